"""Public holidays and working days, against the calendars the government published."""

import datetime

import pytest

from tuyen.rules import calendar

DAY = datetime.date.fromisoformat


@pytest.mark.parametrize(
    ("why", "year", "days"),
    [
        ("Tet 2024 holds a weekend, made up on 13 and 14 February", 2024,
         ["02-08", "02-09", "02-10", "02-11", "02-12", "02-13", "02-14"]),
        ("Hung Kings' day 2026 is a Sunday, made up on the Monday", 2026, ["04-26", "04-27"]),
        ("National Day 2025 has the day before", 2025, ["09-01", "09-02"]),
        ("2 May 2025 was exchanged for a Saturday", 2025, ["05-01", "05-02"]),
        ("both ends of April 2023 fell on a weekend", 2023,
         ["04-29", "04-30", "05-01", "05-02", "05-03"]),
    ],
)  # fmt: skip
def test_holidays(why, year, days):
    free = calendar.holidays(year)

    assert [day in free for day in (DAY(f"{year}-{day}") for day in days)] == [True] * len(days), (
        why
    )


@pytest.mark.parametrize(
    ("why", "day", "works"),
    [
        ("a plain Tuesday", "2026-10-06", True),
        ("a Sunday", "2026-10-04", False),
        ("a Saturday worked for another day", "2025-04-26", True),
        ("one day of National Day until 2020", "2020-09-01", True),
        ("the first day after Tet 2026", "2026-02-23", True),
    ],
)
def test_working_day(why, day, works):
    assert calendar.is_working_day(DAY(day)) is works, why


@pytest.mark.parametrize(
    ("count", "due"), [(5, "2026-11-06"), (10, "2026-11-13"), (15, "2026-11-20")]
)
def test_deadlines_after_the_end_of_october_2026(count, due):
    assert calendar.add_working_days(DAY("2026-10-31"), count) == DAY(due)


def test_counting_agrees_with_adding():
    first = DAY("2026-01-01")
    last = calendar.add_working_days(first, 250)

    assert calendar.working_days(first + datetime.timedelta(days=1), last) == 250
    assert calendar.working_days(last, first) == 0


def test_a_year_that_nobody_entered_is_refused():
    with pytest.raises(calendar.UnknownYear, match=r"2099.*lunar.csv"):
        calendar.holidays(2099)


def test_a_deadline_never_lies_before():
    with pytest.raises(ValueError, match="0 or more"):
        calendar.add_working_days(DAY("2026-10-31"), -1)
