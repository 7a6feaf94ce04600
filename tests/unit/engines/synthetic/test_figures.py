"""What the synthetic province publishes about itself agrees with what it is."""

from datetime import date
from decimal import Decimal

import pytest

from tuyen.engines.indicators.rates import agrees
from tuyen.rules.indicators import indicator


@pytest.fixture(scope="module")
def figures(dien_bien):
    return dien_bien.figures


def test_the_same_seed_publishes_the_same(make_province):
    assert make_province().figures == make_province().figures
    assert make_province().figures != make_province(seed=2).figures


def test_what_is_counted_is_what_stands_on_the_map(figures):
    counted = {(f.indicator, f.period): f.value for f in figures}

    assert counted["stations", "2024"] == 129
    assert (counted["stations", "2025"], counted["satellite-points", "2025"]) == (45, 84)


def test_parts_give_the_value_that_is_printed(figures):
    parted = [f for f in figures if f.numerator is not None]

    assert {f.indicator for f in parted} >= {"insurance-coverage", "doctors-per-10000"}
    for figure in parted:
        per = indicator(figure.indicator).per
        assert agrees(figure.value, figure.numerator, figure.denominator, per), figure


def test_some_percentages_come_without_their_parts(figures):
    halves = [f for f in figures if (f.indicator, f.period) == ("insurance-coverage", "2024-H1")]

    assert [(f.numerator, f.denominator) for f in halves] == [(None, None)]
    assert Decimal(80) < halves[0].value <= 100


def test_nothing_is_published_before_it_is_over_or_after_the_last_day(figures, dien_bien):
    assert all(f.published <= dien_bien.until for f in figures)
    assert not [f for f in figures if f.period == "2026"]
    assert max(f.published for f in figures if f.period == "2026-H1") == date(2026, 7, 12)
