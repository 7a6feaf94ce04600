"""A threshold that was moved is what the detector rings by; the nearer decision goes first."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.surveillance.conftest import NOW, TODAY, place
from tests.unit.apps.surveillance.test_seasonal import MONDAY, counted, weeks  # noqa: F401
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import places, thresholds
from tuyen.apps.surveillance.detection import detect
from tuyen.apps.surveillance.models import OperatingPoint
from tuyen.apps.surveillance.operations import SetOperatingPoint
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

SEASON = thresholds.SEASONAL


def decide(unit="P", on=TODAY, reason="Quá nhiều cảnh báo", **what):
    """The receipts of decisions on thresholds, sent one commit each."""
    asked = SetOperatingPoint(**({"rule": SEASON, "reason": reason} | what))
    operation = Operation.of(asked, id=uuid7(), unit=place(unit), happened_on=on, recorded_at=NOW)
    (receipt,) = commit(by=Actor.program(on), operations=[operation], at=NOW)
    return receipt


def level(commune, disease="mumps", on=TODAY):
    decided = thresholds.Decided(places.atlas(), on)
    return decided.levels(SEASON, [(disease, place(commune))], 0.01)[0]


def rings(commune="D", rule=SEASON):
    return any(
        f.rule == rule and f.commune == place(commune) and f.period.start == MONDAY
        for f in detect(TODAY).findings
    )


def test_without_a_decision_the_shipped_level_holds(db):
    assert level("D") == 0.01
    assert thresholds.shipped(SEASON, TODAY) == 0.01
    assert thresholds.shipped("EARS-C3", TODAY) == 0.025


def test_a_stricter_level_silences_and_giving_it_back_lets_it_ring_again(counted):  # noqa: F811
    counted(weeks("D", 2) | {("D", MONDAY): 9})
    assert rings()

    assert decide(level=0.000001).ok
    assert not rings()
    assert decide(reason="Trở lại mức ban đầu").ok
    assert rings()
    assert OperatingPoint.objects.count() == 2


def test_a_looser_level_of_ears_rings_where_it_was_silent(counted):  # noqa: F811
    past = {("D", MONDAY - timedelta(weeks=n)): 6 + n % 3 for n in range(1, 12)}
    counted(past | {("D", MONDAY): 9})
    assert not rings(rule="EARS-C1")

    assert decide(rule="EARS-C1", level=0.2).ok

    assert rings(rule="EARS-C1")


def test_the_nearer_decision_goes_before_the_wider(db):
    for unit, what in (
        ("P", {"level": 0.02}),
        ("P", {"level": 0.03, "disease": "mumps"}),
        ("hc", {"level": 0.04}),
    ):
        assert decide(unit, **what).ok

    assert level("D") == 0.04
    assert level("D", "measles") == 0.04
    assert decide("hc", level=0.05, disease="mumps").ok
    assert level("D") == 0.05
    assert level("D", "measles") == 0.04


def test_a_decision_for_one_size_leaves_the_others_alone(db, monkeypatch):
    people = {place("D"): 20_000, place("M"): 7_000, place("N"): 900}
    monkeypatch.setattr(places, "people_in", lambda day, on: people)

    assert decide(level=0.05, size="large").ok

    assert thresholds.sizes(places.atlas(), TODAY)[place("M")] == "medium"
    assert (level("D"), level("M"), level("N")) == (0.05, 0.01, 0.01)


def test_a_decision_holds_from_its_day_on(db):
    assert decide(level=0.05, on=date(2026, 10, 20)).ok

    assert level("D", on=date(2026, 10, 19)) == 0.01
    assert level("D", on=date(2026, 10, 20)) == 0.05


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"level": 0.5}, "surveillance.level-out-of-range"),
        ({"level": 0.0000001}, "surveillance.level-out-of-range"),
        ({"level": 0.05, "disease": "no-such"}, "surveillance.unknown-disease"),
        ({}, "surveillance.point-unchanged"),
    ],
)
def test_what_is_no_decision_is_refused(db, what, code):
    receipt = decide(**what)

    assert receipt.refusal.code == code
    assert not OperatingPoint.objects.exists()


def test_many_decisions_at_once_are_as_one_after_the_other(db):
    asked = [
        SetOperatingPoint(rule=SEASON, level=n, reason="Thử mức mới") for n in (0.02, 0.02, 0.03)
    ]
    operations = [
        Operation.of(one, id=uuid7(), unit=place("P"), happened_on=TODAY, recorded_at=NOW)
        for one in asked
    ]

    receipts = commit(by=Actor.program(TODAY), operations=operations, at=NOW)

    assert [receipt.ok for receipt in receipts] == [True, False, True]
    assert level("D") == 0.03
