"""Which services people reach under a plan, and two plans side by side."""

import pytest

from tests.unit.apps.network.conftest import small_map
from tests.unit.apps.network.test_plans import choice, drafted, plan
from tuyen.apps.network import places


def reached(id):
    return {one.service: one for one in plan(id).offered}


def test_nothing_changes_where_nothing_does(db):
    for one in reached(drafted()).values():
        assert one.near[0] == one.near[1]
        assert one.far[0] == one.far[1]


def test_a_station_that_stays_is_given_nothing_that_nobody_wrote_down(db, monkeypatch):
    written = small_map({"stM": ["examination"], "stN": ["examination"]})
    monkeypatch.setattr(places, "atlas", lambda: written)

    for one in reached(drafted()).values():
        assert (one.near[0], one.far[0]) == (one.near[1], one.far[1]), one


def test_a_closed_point_takes_its_services_from_those_who_lived_by_it(db):
    before = reached(drafted())["chronic"]
    closed = reached(drafted(choice("pN", "repurposed", "school")))["chronic"]

    assert closed.near[0] == before.near[0]
    assert closed.near[1] <= before.near[1]


def test_first_aid_is_there_only_at_a_full_station(db):
    moved = reached(drafted(choice("stM", "satellite"), choice("pM", "main")))

    # both sites of M offer it now: the station that was keeps what it has, the new one gets all
    assert moved["emergency"].far[1] >= moved["emergency"].far[0]
    stop = reached(drafted(choice("pM", "mobile")))
    assert stop["chronic"].near[1] <= stop["chronic"].near[0]
    assert stop["immunisation"].far[1] == pytest.approx(stop["immunisation"].far[0])
