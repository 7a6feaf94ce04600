"""A number of a siting file, or the sentence that says why it is none."""

import math
import re

from tuyen.engines.network.siting_refusals import (
    Contradiction,
    NoSuchPlace,
    NotANumber,
    NotSigned,
    NotWhole,
    NumberTooLarge,
)

LARGEST = 1e15
"""Of lengths, coordinates, people: a million of them, weighted, still add up."""
_FORM = re.compile(r"[-+.0-9eE]+")  # and no "1_000", "nan" or "infinity", which Python would take


def number(
    text: str, name: str, row: int, field: str, *, signed: bool = False, whole: bool = False
) -> float:
    """The number that stands in a row.

    Raises
    ------
    NotANumber
        If it is none, or is negative, has a fraction or is too large for what it should be.
    """
    try:
        value = float(text) if _FORM.fullmatch(text) else math.nan
    except ValueError:
        value = math.nan
    told = {"name": name, "row": row, "value": text[:40], "field": field}
    if abs(value) > LARGEST:
        raise NumberTooLarge(**told, most=f"{LARGEST:.0e}")
    if math.isnan(value) or (value < 0 and not signed):
        raise (NotSigned if signed else NotANumber)(**told)
    if whole and value != int(value):
        raise NotWhole(**told)
    return value


def in_order(numbers: list[float], rows: list[int], name: str) -> list[int]:
    """Where each of the places 1 to n stands, by the numbers that its rows have.

    Raises
    ------
    NoSuchPlace, Contradiction
        Where a number is not one of them, or is given twice.
    """
    at: dict[int, int] = {}
    for k, (value, row) in enumerate(zip(numbers, rows, strict=True)):
        if value != int(value) or not 1 <= value <= len(numbers):
            raise NoSuchPlace(name=name, row=row, value=f"{value:g}", most=len(numbers))
        if (other := at.setdefault(int(value), k)) != k:
            raise Contradiction(
                name=name, row=row, field="number", place=f"{value:g}", value=f"{value:g}",
                other=f"{value:g} (row {rows[other]})",
            )  # fmt: skip
    return [at[place] for place in range(1, len(numbers) + 1)]
