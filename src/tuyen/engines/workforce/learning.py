"""Hours of continuing training against those that a licence asks for in a span of years."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from tuyen.kernel.refusal import BadInput


class Hours(NamedTuple):
    """``had`` of ``asked`` hours in [since, until); ``due``: those that would be had by now."""

    since: date
    until: date
    had: int
    asked: int
    due: float

    @property
    def share_due(self) -> float:
        """Hours had, of those due by now; 1 where none are due yet."""
        return self.had / self.due if self.due else 1.0


def hours(
    trained: Sequence[tuple[date, int]], since: date, on: date, asked: int, years: int
) -> Hours:
    """Return the hours of the span of ``years`` that goes on on a day, counted from ``since``.

    Parameters
    ----------
    trained : (day, hours) of each course
    since : the day from which the spans are counted: of the licence
    asked : hours of a whole span; those due grow evenly over it

    Raises
    ------
    BadInput
        If a span or a number of hours cannot be.

    Examples
    --------
    >>> found = hours([(date(2025, 6, 1), 24), (date(2019, 6, 1), 50)], date(2024, 1, 1),
    ...               date(2026, 7, 2), 120, 5)
    >>> found.had, round(found.due), found.until
    (24, 60, datetime.date(2029, 1, 1))
    """
    if years < 1 or asked < 1 or any(n < 0 for _, n in trained):
        raise BadInput(what=f"{asked} hours in {years} years cannot be asked for")
    begun = since
    while _later(begun, years) <= on:
        begun = _later(begun, years)
    until = _later(begun, years)
    had = sum(n for day, n in trained if begun <= day <= on)
    gone = max(0, (on - begun).days) / (until - begun).days
    return Hours(begun, until, had, asked, asked * gone)


def _later(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
