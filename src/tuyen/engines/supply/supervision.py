"""What a filled checklist amounts to. Pure.

Each item that applies gives 0, 1 or 2 of 2 points; a percentage is points of those that apply, so an
item that does not apply counts neither way. The form is this project's proposal (rules/supply/supervision.yaml).
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

FULL = 2
"""Points of an item that is as it should be."""


class SectionScore(NamedTuple):
    """Points of a section; ``percent`` is None where nothing applied."""

    key: str
    points: int
    of: int

    @property
    def percent(self) -> float | None:
        return 100 * self.points / self.of if self.of else None


class Outcome(NamedTuple):
    sections: tuple[SectionScore, ...]
    points: int
    of: int
    red: tuple[str, ...]

    @property
    def percent(self) -> float | None:
        return 100 * self.points / self.of if self.of else None


def scored(
    sections: Iterable[tuple[str, Sequence[str]]], given: Mapping[str, int | None], red: set[str]
) -> Outcome:
    """Points by section and together, and the items of ``red`` that got none.

    ``sections``: (key, item keys) in order. ``given``: item -> 0, 1, 2 or None where it does not apply.
    """
    rows = []
    for key, items in sections:
        told = [given[item] for item in items if given.get(item) is not None]
        rows.append(SectionScore(key, sum(p for p in told if p is not None), FULL * len(told)))
    flags = tuple(item for item, points in given.items() if item in red and points == 0)
    return Outcome(tuple(rows), sum(r.points for r in rows), sum(r.of for r in rows), flags)


def next_due(on: date, percent: float | None, months: int, low: float, low_months: int) -> date:
    """The day of the next visit: so many months on, fewer below ``low`` per cent; the last day of a
    shorter month."""
    ahead = low_months if percent is not None and percent < low else months
    index = on.year * 12 + on.month - 1 + ahead
    year, month = divmod(index, 12)
    after = divmod(index + 1, 12)
    last = (date(after[0], after[1] + 1, 1) - timedelta(days=1)).day
    return date(year, month + 1, min(on.day, last))
