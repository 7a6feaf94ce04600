"""The staff of sites and their places: from the people at work where on record, else from the review."""

import numpy as np
import pytest

from tests.unit.apps.network.conftest import PROGRAM, TODAY, codes, op, place
from tests.unit.apps.network.test_wishes import ON, answered, drafted, pin
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.network import queries, staffing
from tuyen.apps.network.operations import ChangePlan, Found, ReviewSite, Staffed, Wishes
from tuyen.apps.network.staffing import Load, SiteStaff
from tuyen.apps.workforce import queries as workforce
from tuyen.rules import network as rules


@pytest.fixture
def at_work(monkeypatch, db):
    """Two doctors and a nurse at stM, of whom one doctor is a preventive one; nobody else on record."""
    counts = {place("stM"): {"doctor": 1, "preventive-doctor": 1, "nurse": 1, "village-midwife": 4}}
    monkeypatch.setattr(workforce, "staff_by_unit", lambda *, by, on, map_on: counts)
    told = Found(staff=(Staffed(post="doctor", number=9), Staffed(post="midwife", number=1)))
    assert (
        codes(op(ReviewSite(found=told), "stM"), op(ReviewSite(found=told), "stN"))
        == ["accepted"] * 2
    )


def test_the_people_at_work_come_before_the_review_and_each_figure_says_which(at_work):
    rows = {row.unit: row for row in queries.network(by=PROGRAM, on=TODAY).rows}
    staff = {
        unit: next(s for s in row.scores if s.criterion == "staff") for unit, row in rows.items()
    }

    assert (staff[place("stM")].raw, staff[place("stM")].source) == ("2/5", "workforce")
    assert (staff[place("stN")].raw, staff[place("stN")].source) == ("2/5", "review")
    assert (staff[place("pN")].points, staff[place("pN")].source) == (None, "review")

    page = queries.plan(by=PROGRAM, id=drafted())
    assert dict(page.compared.staff_from) == {"workforce": 1, "review": 1, "": 2}
    assert page.compared.doctors == 11
    lines = {line.commune: line for line in page.compared.communes}
    assert lines[place("M")].doctors == 2
    assert lines[place("M")].missing[1] == 3  # physician, midwife and pharmacist
    assert lines[place("M")].staff_from == ("", "workforce")


def test_places_are_the_time_of_the_posts_over_the_work_of_a_resident():
    two = SiteStaff({"doctor": 1, "nurse": 1, "population": 3}, "workforce", TODAY)
    commune = np.array([0, 0, 1, 2])

    served = staffing.people_served(
        [two, two, SiteStaff({}, "review", TODAY), staffing.NOBODY], commune, Load(2.0, 68.0, "norm"), ON)  # fmt: skip

    # 1,600 hours a year, of which 65 % are for the counted work; population officers see no visits.
    each = 60 * 1600 * 0.65
    assert served.tolist() == [np.floor(4 * each / 68)] * 2 + [0.0, np.inf]


def test_work_is_counted_from_visits_or_taken_from_the_norm(db, monkeypatch):
    norm = staffing.load(by=PROGRAM, on=TODAY, people=1000)
    monkeypatch.setattr(
        clinical, "work_done", lambda *, by, first, last: {place("stM"): {"visit": 3000}}
    )
    counted = staffing.load(by=PROGRAM, on=TODAY, people=1000)

    assert (norm.source, norm.visits) == ("norm", 1.0)
    assert (counted.source, counted.visits) == ("clinical", 3.0)
    assert counted.minutes == pytest.approx(3 * norm.minutes)


def test_places_from_posts_bind_only_where_they_are_wished(at_work):
    id = drafted(wishes=Wishes(capacity=True))
    page = queries.plan(by=PROGRAM, id=id)

    assert page.problem.work.source == "norm"
    assert np.isfinite(page.problem.after.staffed).all()
    assert codes(op(ChangePlan(plan=id, wishes=Wishes()), "P")) == ["accepted"]
    assert queries.plan(by=PROGRAM, id=id).problem.after.staffed is None


def test_days_of_supervision_leave_a_main_station_with_fewer_people_to_serve(db, monkeypatch):
    def staffed(n):
        return Found(staff=(Staffed(post="doctor", number=n),))

    assert codes(op(ReviewSite(found=staffed(2)), "stM"), op(ReviewSite(found=staffed(1)), "stN"))
    load = Load(1.0, 34.0, "norm")
    assert staffing.people_supervised(load, ON) == pytest.approx(12 * 8 * 60 * 0.65 / 34)
    pins = (pin("stN", "main"), pin("pN", "satellite"))
    assert answered(capacity=True, pins=pins).answer.status == "optimal"

    norm = rules.norm
    monkeypatch.setattr(
        rules, "norm", lambda key, on: 120 if key == "supervision_days" else norm(key, on)
    )
    found = answered(capacity=True, pins=pins)
    free = answered(capacity=True, pins=pins[:1])

    # One doctor serves 1,835 people; the point takes 1,101 of them, and 900 live there.
    (clash,) = found.clashes
    assert {rule.key for rule in clash.rules} == {"capacity", "pinned"}
    assert next(rule.short for rule in clash.rules if rule.key == "capacity") == pytest.approx(166, abs=1)  # fmt: skip
    assert (clash.people, clash.places) == (900, 733)
    assert free.answer.status == "optimal"
    kinds = {one.unit: one.kind for one in free.sites}
    assert kinds[place("pN")] in ("mobile", "repurposed")
    assert "satellite" in {
        one.kind for one in answered(pins=pins[:1]).sites if one.unit == place("pN")
    }


def test_doctors_of_a_wish_are_those_at_work(at_work):
    assert answered(doctors=5).answer  # two at stM, nine at stN by its review
    found = answered(doctors=6)
    (clash,) = found.clashes
    assert [(rule.key, rule.limit, rule.short) for rule in clash.rules] == [("doctors", 11, 1)]
