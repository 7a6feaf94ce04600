"""The criterion of an epidemic as the figures have it: group A by its rule, B and C by their alarms."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.surveillance.conftest import NOW, TODAY, nth, place
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Alarm
from tuyen.apps.surveillance.queries.outbreaks import OutbreakRow
from tuyen.rules.surveillance import outbreaks as law

BY = Actor.program(TODAY)


def row(**changes):
    plain = dict.fromkeys(OutbreakRow._fields)
    about = {"disease": "measles", "group": "B", "communes": (place("M"),), "confirmed": 0,
             "since": TODAY - timedelta(days=14)}  # fmt: skip
    return OutbreakRow(**plain | about | changes)


@pytest.fixture
def alarm(db):
    def make(n, **changes):
        plain = {
            "rule": "EP-B1", "disease": "measles", "commune_id": place("M"), "period": f"2026-1{n}",
            "since": date(2026, 10, 1), "until": date(2026, 10, 31), "level": "epidemic",
            "observed": 9, "expected": 2.4, "bound": 4.7, "figures": "{}", "method": "law",
            "revision": 0, "raised_on": TODAY, "raised_at": NOW, "changed_at": NOW,
            "due_at": NOW, "state": "new", "reason": "", "closed_because": "",
        }  # fmt: skip
        id = nth("criterion", n)
        with guard.opened("test"):
            Alarm.objects.create(id=id, last_id=id, **plain | changes)

    return make


@pytest.mark.parametrize(("confirmed", "met"), [(0, False), (1, True), (4, True)])
def test_one_confirmed_case_of_group_a_is_an_epidemic_by_the_proposal(confirmed, met):
    (found,) = queries.criteria(by=BY, row=row(disease="plague", group="A", confirmed=confirmed))

    assert (found.code, found.met, found.counted, found.needed) == ("EP-A", met, confirmed, 1.0)
    assert (found.source, found.verified) == ("proposal", False)


def test_the_rule_is_that_of_the_day_and_of_group_a_alone():
    before, now = law.epidemic_a("cholera", date(2026, 6, 30)), law.epidemic_a("cholera", TODAY)

    assert before is not None
    assert before.source == "qd-ttg-02-2016"
    assert now is None, "cholera left group A on 1 July 2026"
    assert law.epidemic_a("", TODAY) is None


def test_of_groups_b_and_c_the_open_alarms_of_its_communes_speak(alarm):
    alarm(0)
    alarm(1, commune_id=place("D"))
    alarm(2, disease="mumps")
    alarm(3, state="dismissed", period="2026-09")
    alarm(4, rule="AL-B1", period="2026-W43")
    alarm(5, rule="EP-B2", observed=6, bound=5.0, commune_id=place("A"), period="2026-08")

    found = queries.criteria(by=BY, row=row())

    assert [(one.code, one.counted, one.above) for one in found] == [
        ("EP-B1", 9, True), ("EP-B2", 6, False),
    ]  # fmt: skip
    assert found[0].at == NOW


def test_of_a_syndrome_nothing_is_computed(db):
    assert queries.criteria(by=BY, row=row(disease="", group="")) == []
