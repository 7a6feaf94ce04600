"""The counts that follow from cases, changed in the commit that changes the cases.

Commits are serialised, so reading a cell, adding to it and writing it back is safe.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from tuyen.apps.surveillance import bulk
from tuyen.apps.surveillance.models import Count, UnitWeek
from tuyen.kernel.ids import derived_id

Cell = tuple[str, UUID, date, int, str, str]
_COUNT_COLUMNS = (
    "id", "disease", "commune_id", "day", "age_band", "sex", "classification", "week", "cases", "deaths",
)  # fmt: skip
_WEEK_COLUMNS = ("id", "unit_id", "week", "cases", "late", "zero_at")


class Ledger:
    """Additions and subtractions of one batch, written together by :meth:`post`."""

    def __init__(self) -> None:
        self._cells: dict[Cell, list[int]] = {}
        self._weeks: dict[tuple[UUID, date], list[int]] = {}

    def enter(self, case: Mapping[str, Any], sign: int = 1) -> None:
        """Count a case row in (1) or out (-1)."""
        cell = (
            case["disease"], case["commune_id"], case["onset_on"],
            case["age_band"], case["sex"], case["classification"],
        )  # fmt: skip
        change = self._cells.setdefault(cell, [0, 0])
        change[0] += sign
        change[1] += sign * case["died"]
        week = (case["unit_id"], monday(case["diagnosed_on"]))
        change = self._weeks.setdefault(week, [0, 0])
        change[0] += sign
        change[1] += sign * case["late"]

    def post(self) -> None:
        """Bring both tables up to date: two reads, two deletes, two inserts, whatever the batch."""
        self._post_cells()
        self._post_weeks()

    def _post_cells(self) -> None:
        changed = {_cell_id(cell): (cell, change) for cell, change in self._cells.items()
                   if change != [0, 0]}  # fmt: skip
        held = {
            id: (cases, deaths)
            for id, cases, deaths in Count.objects.filter(pk__among=changed).values_list(
                "pk", "cases", "deaths"
            )
        }
        rows = []
        for id, (cell, (cases, deaths)) in changed.items():
            before = held.get(id, (0, 0))
            if before[0] + cases > 0:
                rows.append((id, *cell, monday(cell[2]), before[0] + cases, before[1] + deaths))
        bulk.replace(Count, list(held), _COUNT_COLUMNS, rows)

    def _post_weeks(self) -> None:
        changed = {week_id(*key): (key, change) for key, change in self._weeks.items()
                   if change != [0, 0]}  # fmt: skip
        held = held_weeks(list(changed))
        rows = []
        for id, ((unit, week), (cases, late)) in changed.items():
            before = held.get(id, (0, 0, None))
            if before[0] + cases > 0 or before[2] is not None:
                rows.append((id, unit, week, before[0] + cases, before[1] + late, before[2]))
        bulk.replace(UnitWeek, list(held), _WEEK_COLUMNS, rows)


def held_weeks(ids: list[UUID]) -> dict[UUID, tuple[int, int, Any]]:
    """(cases, late, moment of the zero report) of the weeks already known, by id."""
    rows = UnitWeek.objects.filter(pk__among=ids).values_list("pk", "cases", "late", "zero_at")
    return {id: (cases, late, zero_at) for id, cases, late, zero_at in rows}


def write_zeros(rows: list[tuple[Any, ...]], known: list[UUID]) -> None:
    """Rows (id, unit, week, cases, late, zero_at), some of which replace ``known`` ones."""
    bulk.replace(UnitWeek, known, _WEEK_COLUMNS, rows)


@lru_cache(maxsize=4096)
def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def week_id(unit: UUID, week: date) -> UUID:
    return derived_id(unit, "week", week)


def _cell_id(cell: Cell) -> UUID:
    return derived_id(cell[1], *cell)
