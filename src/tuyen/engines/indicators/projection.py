"""Where a running year will end, by two plain methods that are shown side by side.

Domain rules 9.4: *linear* divides by the share of the year that has passed; *seasonal* by the
share that the same days had of last year. Neither is a forecast with an error: they are what a
planner does on paper, done without slips.
"""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tuyen.kernel.refusal import BadInput


class YearEnd(NamedTuple):
    """Projections of the whole year; ``seasonal`` is None without a base to take a season from."""

    linear: Decimal
    seasonal: Decimal | None


def year_end(
    actual: Decimal | int,
    start: date,
    through: date,
    end: date,
    base_part: Decimal | int | None = None,
    base_year: Decimal | int | None = None,
) -> YearEnd:
    """Project a count of ``start`` to ``through`` to the whole of ``start`` to ``end``.

    Parameters
    ----------
    actual
        What was counted so far.
    base_part, base_year
        Last year's count of the same days, and of the whole of last year.

    Raises
    ------
    BadInput
        If a count is negative, ``through`` lies outside the year, or last year's part exceeds
        its whole.

    Examples
    --------
    >>> done = year_end(600, date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31), 400, 1000)
    >>> round(done.linear), done.seasonal
    (1210, Decimal('1500'))
    """
    if not start <= through <= end:
        raise BadInput(what=f"{through} is not in the year from {start} to {end}.")
    if min(actual, base_part or 0, base_year or 0) < 0:
        raise BadInput(what="A count that is projected cannot be negative.")
    if base_part is not None and base_year is not None and base_part > base_year:
        raise BadInput(what=f"Last year's part, {base_part}, exceeds its whole year, {base_year}.")
    passed, days = (through - start).days + 1, (end - start).days + 1
    return YearEnd(
        linear=Decimal(actual) * days / passed,
        seasonal=Decimal(actual) * Decimal(base_year) / Decimal(base_part)
        if base_part and base_year is not None
        else None,
    )
