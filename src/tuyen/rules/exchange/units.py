"""Values that come in other units than the record's, made ours in exact decimals."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from tuyen.rules import load


class Conversion(NamedTuple):
    """(value + plus) * factor."""

    plus: Fraction
    factor: Fraction


AS_IT_IS = Conversion(Fraction(0), Fraction(1))


def converted(measure: str, unit: str, own: str, value: Decimal, decimals: int) -> Decimal | None:
    """A value of a measure in its own unit, rounded half up to its decimals; None where the unit is
    none that is known for it. A value that came in the own unit keeps its digits.

    >>> converted("glucose_fasting", "mg/dL", "mmol/L", Decimal(126), 1)
    Decimal('7.0')
    >>> converted("weight", "g", "kg", Decimal(3250), 2)
    Decimal('3.25')
    >>> converted("weight", "[stone_av]", "kg", Decimal(9), 2) is None
    True
    """
    if unit == own or unit in _same().get(own, ()):
        return value
    how = _conversions().get((measure, unit))
    if how is None:
        return None
    exact = (Fraction(value) + how.plus) * how.factor
    scaled = exact * 10**decimals
    # Rounded on whole numbers: a quotient of decimals would be rounded twice.
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += 2 * rest >= scaled.denominator
    found = Decimal(whole).scaleb(-decimals).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return -found if exact < 0 else found


@cache
def further_loinc() -> dict[str, str]:
    """Codes of LOINC of a measure taken by mass -> the measure."""
    return {str(code): str(name) for code, name in load("exchange/units")["loinc"].items()}


@cache
def _same() -> dict[str, frozenset[str]]:
    said = load("exchange/units")["same"]
    return {str(unit): frozenset(map(str, others)) for unit, others in said.items()}


@cache
def _conversions() -> dict[tuple[str, str], Conversion]:
    return {
        (str(measure), str(unit)): _conversion(told)
        for measure, units in load("exchange/units")["convert"].items()
        for unit, told in units.items()
    }


def _conversion(told: dict[str, Any]) -> Conversion:
    times, by = Fraction(str(told.get("times", 1))), Fraction(str(told.get("by", 1)))
    return Conversion(Fraction(str(told.get("plus", 0))), times / by)
