"""Values in other units become ours exactly, and an unknown unit becomes nothing."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.rules import load
from tuyen.rules.clinical import measures
from tuyen.rules.exchange import units
from tuyen.rules.exchange.fhir_types import measure_codes


@pytest.mark.parametrize(
    ("measure", "unit", "value", "wanted"),
    [
        ("systolic", "mmHg", "150", "150"),
        ("systolic", "kPa", "20", "150"),
        ("glucose_fasting", "mg/dL", "126", "7.0"),
        ("glucose_random", "mg/dl", "200", "11.1"),
        ("creatinine", "mg/dL", "1.2", "106"),
        ("cholesterol", "mg/dL", "200", "5.17"),
        ("weight", "g", "3255", "3.26"),
        ("temperature", "[degF]", "98.6", "37.0"),
        ("haemoglobin", "g/L", "123", "12.3"),
        ("height", "m", "1.53", "153.0"),
    ],
)
def test_known_units_are_made_ours(measure, unit, value, wanted):
    own, rule = measure_codes()[measure].unit, measures.measure(measure)

    found = units.converted(measure, unit, own, Decimal(value), rule.decimals)

    assert found == Decimal(wanted).quantize(Decimal(1).scaleb(-rule.decimals))


def test_an_unknown_unit_is_no_value():
    assert units.converted("weight", "[stone_av]", "kg", Decimal(9), 1) is None
    assert units.converted("glucose_fasting", "%", "mmol/L", Decimal(9), 1) is None


def test_what_came_in_our_unit_keeps_its_digits():
    assert str(units.converted("weight", "kg", "kg", Decimal("52.50"), 1)) == "52.50"


def test_every_unit_is_of_a_measure_that_is_exchanged():
    told = load("exchange/units")
    assert told["convert"].keys() <= measure_codes().keys()
    assert set(told["loinc"].values()) <= measure_codes().keys()
    assert not told["loinc"].keys() & {one.loinc for one in measure_codes().values()}


@given(st.decimals("0.001", "5000", places=3), st.sampled_from(sorted(units._conversions())))
def test_a_value_is_the_exact_quotient_rounded_once(value, which):
    measure, unit = which
    decimals = measures.measure(measure).decimals
    how = units._conversions()[which]
    exact = (Fraction(value) + how.plus) * how.factor

    found = units.converted(measure, unit, "-", value, decimals)

    with localcontext() as context:
        context.prec = 60
        assert abs(Fraction(found) - exact) <= Fraction(1, 2 * 10**decimals)
        assert found.as_tuple().exponent == -decimals
