"""The same week or month of earlier years, against the calendar of the standard library."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance.same_period import iso_week, same_period, same_step, weeks_in


@given(st.dates(datetime.date(1900, 1, 1), datetime.date(2200, 12, 1)))
def test_weeks_are_those_of_the_standard_library(day):
    monday = day - datetime.timedelta(days=day.weekday())

    year, week = iso_week(np.array([monday], dtype="M8[D]"))

    assert (year[0], week[0]) == monday.isocalendar()[:2]


def test_years_of_53_weeks():
    years = np.arange(1990, 2101)

    long = years[weeks_in(years) == 53]

    assert long.tolist() == [y for y in years if datetime.date(y, 12, 28).isocalendar()[1] == 53]


@pytest.mark.parametrize("shift", [0, -1, 2])
def test_a_week_is_compared_with_its_number_wherever_it_begins(shift):
    first = np.datetime64("2015-01-05") + np.timedelta64(shift, "D")  # Monday, Sunday, Wednesday
    weeks = first + 7 * np.arange(600)
    year, number = iso_week(weeks)

    earlier = same_period(weeks, "week", 5)

    for back in range(5):
        known = earlier[:, back] >= 0
        at = earlier[known, back]
        np.testing.assert_array_equal(year[at], year[known] - back - 1)
        same = number[at] == number[known]
        assert (same | (number[known] == 53)).all()


def test_week_53_is_compared_with_the_last_week_of_each_year():
    weeks = np.datetime64("2014-12-29") + 7 * np.arange(320)  # 2015 and 2020 have 53 weeks
    year, number = iso_week(weeks)
    here = int(np.flatnonzero((year == 2020) & (number == 53))[0])

    earlier = same_period(weeks, "week", 5)[here]

    assert [(int(year[n]), int(number[n])) for n in earlier] == [
        (2019, 52), (2018, 52), (2017, 52), (2016, 52), (2015, 53),
    ]  # fmt: skip


def test_months_and_undated_points():
    months = np.arange("2020-11", "2024-03", dtype="M8[M]").astype("M8[D]")

    assert same_period(months, "month", 3)[-1].tolist() == [27, 15, 3]
    assert same_period(months, "month", 3)[0].tolist() == [-1, -1, -1]
    assert same_step(106, 52, 2)[[104, 105, 51]].tolist() == [[52, 0], [53, 1], [-1, -1]]
