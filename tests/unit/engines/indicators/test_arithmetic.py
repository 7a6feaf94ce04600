"""The engine against plain fractions, and its laws."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.indicators.comparison import Figure, Part, compare, cut, equal_lengths
from tuyen.engines.indicators.projection import year_end
from tuyen.engines.indicators.rates import agrees, rate, shares
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import BadInput

COUNTS = st.integers(0, 10**9)
NOW, THEN = Period.parse("2025-H1"), Period.parse("2024-H1")


def figure(value, period, **more):
    return Figure(Decimal(value), period.start, period.end, **more)


@given(COUNTS, COUNTS)
def test_change_agrees_with_fractions(now, then):
    done = compare(figure(now, NOW), figure(then, THEN))

    assert done.change == now - then
    if then:
        exact = Fraction(now - then, then) * 100
        assert abs(Fraction(done.percent) - exact) <= abs(exact) * Fraction(1, 10**24)
    else:
        assert done.percent is None


@given(st.lists(COUNTS, min_size=1, max_size=12).filter(any), st.integers(0, 4))
def test_rounded_shares_add_up_and_stay_within_one_step(parts, digits):
    rounded = shares(parts, digits)

    assert sum(rounded) == 100
    for part, share in zip(parts, rounded, strict=True):
        exact = Fraction(part * 100, sum(parts))
        assert abs(Fraction(share) - exact) < Fraction(1, 10**digits)


@given(st.sampled_from(["month", "quarter", "half", "nine-months", "year", "week"]),
       st.dates(date(2000, 1, 1), date(2030, 9, 30)),
       st.sampled_from(["statistics", "administrative"]))  # fmt: skip
def test_a_period_can_always_be_compared_with_its_own_year_before(kind, day, calendar):
    if kind == "nine-months" and day.month > 8:
        day = day.replace(month=3, day=1)
    period = Period.of(kind, day, calendar)
    before = period.year_before()

    assert equal_lengths(period.start, period.end, before.start, before.end)


def test_a_base_must_come_before():
    with pytest.raises(BadInput, match="not before"):
        compare(figure(1, NOW), figure(1, NOW))


def test_a_base_is_cut_at_the_same_day():
    months = [Part(p.start, p.end, Decimal(n)) for n, p in enumerate(
        Period.range("month", date(2024, 1, 1), date(2024, 12, 1)), start=1)]  # fmt: skip

    assert cut(months, date(2024, 1, 1), date(2024, 9, 30)) == 45


@pytest.mark.parametrize(
    ("why", "parts", "until"),
    [
        ("a month reaches over the end", ["2024-01", "2024-02"], date(2024, 2, 15)),
        ("a month is missing", ["2024-01", "2024-03"], date(2024, 3, 31)),
        ("a month stands twice", ["2024-01", "2024-01", "2024-02"], date(2024, 2, 29)),
        ("the last month is missing", ["2024-01"], date(2024, 2, 29)),
    ],
)
def test_what_cannot_be_cut_is_refused(why, parts, until):
    months = [Part(p.start, p.end, Decimal(1)) for p in map(Period.parse, parts)]

    with pytest.raises(BadInput):
        cut(months, date(2024, 1, 1), until)


@pytest.mark.parametrize(
    ("value", "numerator", "denominator", "expected"),
    [
        ("95.23", 9523, 10000, True),
        ("95.2", 9526, 10000, True),  # cut off
        ("95.3", 9526, 10000, True),  # rounded
        ("95.4", 9526, 10000, False),
        ("95", 1, 0, False),
    ],
)
def test_a_published_percentage_agrees_with_its_parts(value, numerator, denominator, expected):
    assert agrees(Decimal(value), Decimal(numerator), Decimal(denominator), 100) is expected


def test_a_rate_of_nobody_is_no_rate():
    assert rate(3, 0) is None


@given(COUNTS, COUNTS, COUNTS)
def test_projections_scale_with_what_was_counted(actual, part, more):
    half = Period.of("half", date(2026, 1, 1))
    year = Period.of("year", date(2026, 1, 1))
    days = (year.start, half.end, year.end)

    one = year_end(actual, *days, part, part + more)
    two = year_end(2 * actual, *days, part, part + more)

    assert abs(two.linear - 2 * one.linear) <= one.linear * Decimal("1e-24")
    assert one.linear >= actual
    assert (one.seasonal is None) == (part == 0)
