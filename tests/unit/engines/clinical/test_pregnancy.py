from datetime import date, timedelta
from decimal import Decimal as D

import pytest

from tuyen.engines.clinical.pregnancy import (
    Sign,
    Slot,
    begun,
    danger,
    expected,
    four_in_three,
    gestation,
    standing,
    trimester,
)

LMP = date(2026, 1, 1)
FOUR = [Slot("one", 0, 84, 97), Slot("two", 98, 140, 195), Slot("three", 196, 224, 251),
        Slot("four", 210, 259, 300)]  # fmt: skip


def at(weeks, days=0):
    return LMP + timedelta(days=7 * weeks + days)


def test_forty_weeks():
    assert begun(expected(LMP)) == LMP
    assert gestation(LMP, at(12, 3)) == (12, 3)
    assert [trimester(LMP, at(*w)) for w in ((13, 6), (14, 0), (27, 6), (28, 0))] == [1, 2, 2, 3]


def test_contacts_fill_their_time():
    seen = standing(FOUR, LMP, [at(10), at(11), at(20)], at(25))

    assert [place.state for place in seen.places] == ["done", "done", "ahead", "ahead"]
    assert (seen.next.key, seen.late_days, seen.done) == ("three", 0, 2)


def test_two_of_the_last_period_are_two():
    seen = standing(FOUR, LMP, [at(30), at(31)], at(32))

    assert [place.state for place in seen.places] == ["missed", "missed", "done", "done"]
    assert seen.next is None


def test_who_never_came_is_late_since_the_first():
    seen = standing(FOUR, LMP, [], at(20))

    assert seen.places[0].state == "missed"
    assert (seen.next.key, seen.late_days) == ("two", 56)


def test_contacts_told_of_the_future_wait():
    assert standing(FOUR, LMP, [at(20)], at(12)).done == 0


def test_after_all_slots_nobody_is_late():
    assert standing(FOUR, LMP, [], at(50)).late_days == 0


@pytest.mark.parametrize(
    ("weeks", "good"),
    [((10, 20, 30, 36), True), ((10, 20, 21, 36), False), ((15, 20, 30, 36), False),
     ((10, 12, 20, 30), False), ((10, 20, 30, 30), False)],
)  # fmt: skip
def test_four_visits_in_three_periods(weeks, good):
    assert four_in_three(LMP, [at(week) for week in weeks], at(40)) is good


def test_a_sign_is_told_once_and_the_urgent_first():
    signs = [Sign("high", False, "systolic", D(140)), Sign("high", False, "diastolic", D(90)),
             Sign("pale", True, "haemoglobin", below=D(7)), Sign("fits", True)]  # fmt: skip

    seen = danger(
        signs, {"systolic": D(140), "diastolic": D(95), "haemoglobin": D("6.9")}, {"fits"}
    )

    assert seen == ("pale", "fits", "high")
    assert danger(signs, {"systolic": D(139), "haemoglobin": D(7)}, ()) == ()
