"""Blood pressures: an upper and a lower value belong together by the order in which they are told."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple


class Pair(NamedTuple):
    """One reading of the blood pressure, in mmHg."""

    systolic: Decimal
    diastolic: Decimal


def pairs(told: Iterable[tuple[str, Decimal]]) -> list[Pair]:
    """The readings among ``told`` (what, value): the nth upper value with the nth lower.

    >>> [tuple(map(int, pair)) for pair in pairs([("systolic", Decimal(130)), ("pulse", Decimal(80)),
    ...  ("diastolic", Decimal(85))])]
    [(130, 85)]
    """
    upper: list[Decimal] = []
    lower: list[Decimal] = []
    for what, value in told:
        if what == "systolic":
            upper.append(value)
        elif what == "diastolic":
            lower.append(value)
    return [Pair(*pair) for pair in zip(upper, lower, strict=False)]


def swapped(told: Iterable[tuple[str, Decimal]]) -> Pair | None:
    """The first reading whose lower value is not below the upper: the two were swapped."""
    return next((pair for pair in pairs(told) if pair.diastolic >= pair.systolic), None)
