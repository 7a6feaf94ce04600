"""The counts that follow from cases, changed in the commit that changes the cases.

Commits are serialised, so reading a cell, adding to it and writing it back is safe.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from tuyen.apps.journal.bulk import fetch
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
        """Bring both tables up to date. What only grows, as reports make it, is added in one
        statement for each table; what shrinks is read and replaced."""
        self._post_cells()
        self._post_weeks()

    def _post_cells(self) -> None:
        changed = {cell: change for cell, change in self._cells.items() if change != [0, 0]}
        grown, shrunk = [], {}
        for cell, (cases, deaths) in changed.items():
            row = (_cell_id(cell), *cell, monday(cell[2]), cases, deaths)
            if cases > 0 and deaths >= 0:
                grown.append(row)
            else:
                shrunk[row[0]] = row
        bulk.add(Count, _COUNT_COLUMNS, grown, ("cases", "deaths"))
        if not shrunk:
            return
        held = Count.objects.filter(pk__among=shrunk).values_list("pk", "cases", "deaths")
        rows: list[tuple[Any, ...]] = []
        for id, cases, deaths in fetch(held):
            *same, more, dead = shrunk.pop(id)
            rows.append((*same, cases + more, deaths + dead))
        gone = [row[0] for row in rows]
        bulk.replace(Count, gone, _COUNT_COLUMNS, [row for row in rows if row[-2] > 0])

    def _post_weeks(self) -> None:
        changed = {key: change for key, change in self._weeks.items() if change != [0, 0]}
        grown, shrunk = [], {}
        for (unit, week), (cases, late) in changed.items():
            row = (week_id(unit, week), unit, week, cases, late, None)
            if cases > 0 and late >= 0:
                grown.append(row)
            else:
                shrunk[row[0]] = row
        bulk.add(UnitWeek, _WEEK_COLUMNS, grown, ("cases", "late"))
        held = held_weeks(list(shrunk)) if shrunk else {}
        rows = []
        for id, (cases, late, zero_at) in held.items():
            _, unit, week, more, later, _ = shrunk[id]
            if cases + more > 0 or zero_at is not None:
                rows.append((id, unit, week, cases + more, late + later, zero_at))
        bulk.replace(UnitWeek, list(held), _WEEK_COLUMNS, rows)


def held_weeks(ids: list[UUID]) -> dict[UUID, tuple[int, int, Any]]:
    """(cases, late, moment of the zero report) of the weeks already known, by id."""
    held = UnitWeek.objects.filter(pk__among=ids).values_list("pk", "cases", "late", "zero_at")
    return {id: (cases, late, zero_at) for id, cases, late, zero_at in fetch(held)}


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
