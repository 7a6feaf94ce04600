"""Rules of sessions: complete, and in three languages."""

from datetime import date

import pytest

from tuyen.rules.immunization import sessions

ON = date(2026, 11, 26)


@pytest.mark.parametrize("names", sessions.kinds().values())
def test_kinds_stand_in_three_languages(names):
    assert set(names) == {"vi", "en", "zh"}


def test_smaller_vials_take_more_room_for_each_dose():
    assert sessions.packed_cc(1, ON) > sessions.packed_cc(5, ON) > sessions.packed_cc(20, ON)


def test_the_plan_is_possible():
    said = sessions.planner(ON)

    assert said["fewest"] <= said["most"] <= 12
    assert said["fixed_km"] < said["mobile_km"]
    assert 0 < said["short"] < 1
    assert 12 - len(sessions.wet_months(ON)) >= said["fewest"]


def test_before_the_first_entry_the_first_holds():
    assert sessions.planner(date(1990, 1, 1)) == sessions.planner(date(2016, 7, 1))
