"""Periods on both calendars: the days they hold, their names, and the same period a year before."""

from datetime import date, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.kernel.period import BadPeriod, Calendar, Kind, Period, epi_week

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
KINDS = st.sampled_from([kind for kind in get_args(Kind) if kind != "nine-months"])
CALENDARS = st.sampled_from(get_args(Calendar))


@pytest.mark.parametrize(
    ("why", "kind", "calendar", "day", "start", "end"),
    [
        ("the statistics month is the calendar's", "month", "statistics", "2026-10-25", "2026-10-01", "2026-10-31"),
        ("from the 15th an administrative month is the next", "month", "administrative", "2026-10-15", "2026-10-15", "2026-11-14"),
        ("the 14th still closes its own month", "month", "administrative", "2026-10-14", "2026-09-15", "2026-10-14"),
        ("six administrative months begin in December", "half", "administrative", "2025-12-15", "2025-12-15", "2026-06-14"),
        ("the administrative year ends on 14 December", "year", "administrative", "2026-12-14", "2025-12-15", "2026-12-14"),
        ("nine months end on 14 September", "nine-months", "administrative", "2026-05-01", "2025-12-15", "2026-09-14"),
        ("a reporting week begins on Monday", "week", "statistics", "2026-10-25", "2026-10-19", "2026-10-25"),
        ("an epidemiological week begins on Sunday", "epiweek", "statistics", "2026-10-25", "2026-10-25", "2026-10-31"),
    ],
)  # fmt: skip
def test_period_of(why, kind, calendar, day, start, end):
    period = Period.of(kind, date.fromisoformat(day), calendar)

    assert (period.start.isoformat(), period.end.isoformat()) == (start, end), why


@given(KINDS, DAYS, CALENDARS)
def test_a_period_holds_its_day_and_its_name_leads_back(kind, day, calendar):
    period = Period.of(kind, day, calendar)

    assert period.contains(day)
    assert (Period.parse(period.label).start, Period.parse(period.label).end) == (
        period.start,
        period.end,
    )


@given(KINDS, DAYS, CALENDARS)
def test_periods_follow_each_other_without_gap_or_overlap(kind, day, calendar):
    period = Period.of(kind, day, calendar)

    assert period.next().start == period.end + timedelta(days=1)
    assert period.next().previous() == period


@given(DAYS)
def test_epi_weeks_number_one_to_fifty_three_and_step_by_seven_days(day):
    year, week = epi_week(day)

    assert 1 <= week <= 53
    assert epi_week(day + timedelta(days=7)) in {(year, week + 1), (year + 1, 1)}


def test_week_53_is_compared_with_week_52_of_a_short_year():
    long_year = Period.parse("2026-W53")

    assert long_year.year_before().label == "2025-W52"
    assert long_year.year_before(6).label == "2020-W53"


def test_the_29th_of_february_is_compared_with_1_march():
    assert Period.of("day", date(2024, 2, 29)).year_before().start == date(2023, 3, 1)


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-W54", "2024-E53", "2026-Q5", "2026-H3", "26-01", "2026+B", "2026-02-30"],
)
def test_a_name_that_is_no_period_is_refused_with_its_value(text):
    with pytest.raises(BadPeriod) as refused:
        Period.parse(text)

    assert text in str(refused.value)


def test_a_range_runs_from_the_first_to_the_last_day_named():
    months = Period.range("month", date(2025, 11, 30), date(2026, 2, 1))

    assert [month.label for month in months] == ["2025-11", "2025-12", "2026-01", "2026-02"]


def test_october_has_no_nine_month_period():
    with pytest.raises(BadPeriod):
        Period.of("nine-months", date(2026, 10, 1))
