"""Bands of 30 and 60 minutes of a plan: before and after, on the surface, and told where there is none."""

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.unit.apps.network.conftest import PEOPLE, PROGRAM, place
from tests.unit.apps.network.test_plans import choice, drafted
from tests.unit.apps.network.test_ways import surface  # noqa: F401  # a fixture
from tuyen.apps.network import queries, ways

pytestmark = pytest.mark.django_db


def banded(id):
    _row, plan = queries.drawn(by=PROGRAM, id=id)
    return queries.plan_bands(by=PROGRAM, plan=plan)


def test_both_sides_count_everybody_and_a_site_that_closes_takes_nobody_nearer(surface):  # noqa: F811
    found = banded(drafted(choice("pM", "repurposed", "school"), choice("pN", "mobile")))

    total = sum(PEOPLE.values())
    assert sum(found.before.people) == sum(found.after.people) == total
    for limit in (1, 2):
        assert sum(found.after.people[:limit]) <= sum(found.before.people[:limit])
    assert {kind for kind, *_ in found.after.points} == {"main", "mobile"}
    assert len(found.before.points) == 4


def test_a_plan_that_changes_nothing_has_the_same_bands(surface):  # noqa: F811
    found = banded(drafted())

    assert found.before.people == found.after.people
    assert found.before.bands.rings == found.after.bands.rings


def test_the_maps_are_fetched_by_the_page_of_the_plan_and_cost_no_statement_more_for_more(
    signed_in,
    surface,  # noqa: F811
):
    planner = signed_in("planner", place("P"))
    one, other = drafted(), drafted(choice("pM", "repurposed", "school"))
    address = reverse("network-plan-bands", args=[other])
    page = planner.get(address).content.decode()
    counted = []
    for id in (other, one):
        with CaptureQueriesContext(connection) as context:
            planner.get(reverse("network-plan-bands", args=[id]))
        counted.append(len(context))

    assert page.count("<svg") >= 2
    assert page.count('class="reach-band') == 6
    assert "Thử" in page
    assert len(set(counted)) == 1
    assert address in planner.get(reverse("network-plan", args=[other])).content.decode()


def test_without_a_surface_the_page_says_why_there_are_no_bands(signed_in, settings, tmp_path):
    settings.SURFACES = tmp_path
    planner = signed_in("planner", place("P"))
    id = drafted()

    page = planner.get(reverse("network-plan-bands", args=[id]))

    assert page.status_code == 200
    assert "where a travel surface is loaded" in page.content.decode()
    assert planner.get(reverse("network-plan-bands", args=[place("P")])).status_code == 404


def test_roads_between_any_units_are_those_of_the_surface(surface):  # noqa: F811
    roads = queries.roads(by=PROGRAM, on=PROGRAM.on)
    units, goals = [place("hc"), place("stM"), place("P")], [place("stM"), place("stN")]

    found = roads(units, goals)

    loaded = ways.in_use(PROGRAM.on)
    held = ways.opened(loaded, ways.speeds("motorbike", "dry", PROGRAM.on))
    points = np.array([[103.0, 21.06], [103.0, 21.0]])
    points_to = np.array([[103.0, 21.0], [103.3, 21.0]])
    straight = held.pairs(held.cells(points), held.cells(points_to), ways.FARTHEST)
    np.testing.assert_allclose(found[:2], straight, rtol=1e-4)
    assert roads.way.kind == "surface"


def test_without_a_surface_roads_say_nothing(db, settings, tmp_path):
    settings.SURFACES = tmp_path
    roads = queries.roads(by=PROGRAM, on=PROGRAM.on)

    assert roads([place("hc")], [place("stM")]) is None
    assert roads.way.kind == "straight"
