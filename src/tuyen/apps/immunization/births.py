"""Doses of birth in a copy without people: the day on which one is given tells the day of a birth.

Births are the first of their month there, and so is what was given at one: whoever had the dose in
time still has. A day that is known by its month or year only stands for no birth any more either.
"""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.immunization.operations import AmendDose, RecordDoses, RecordHistory
from tuyen.apps.immunization.services.rows import dose_id
from tuyen.kernel import copies
from tuyen.rules.privacy import drills as rules

_DOSE, _STEP = "immunization.Dose", "immunization.DoseStep"
_CONCERN = "immunization.DoseConcern"
_TIMES = ("arrived_at", "screened_at", "injected_at", "left_at")


@copies.hands("immunization")
class Births:
    """Moves doses of birth to the first of their month: in the journal first, and by their ids in
    the table."""

    tables = frozenset({_DOSE, _STEP, _CONCERN})

    def __init__(self) -> None:
        self._of_birth = rules.birth_doses()
        self._moved: set[UUID] = set()

    def operation(self, kind: str, id: UUID, on: date, said: dict[str, Any]) -> date:
        """Move what was recorded of a birth; moments of that day are left out."""
        if kind == RecordHistory.KIND.name:
            for n, dose in enumerate(said["doses"]):
                self._remembered(dose_id(id, n), dose)
        elif kind == RecordDoses.KIND.name and self._is_of_birth(said):
            self._moved |= {dose_id(id, n) for n in range(len(said["given"]))}
            for part in (said, *said["given"]):
                for name in _TIMES:
                    part.pop(name, None)
            return on.replace(day=1)
        elif kind == AmendDose.KIND.name and UUID(said["dose"]) in self._moved:
            changes = said["changes"]
            changes |= {name: None for name in _TIMES if name in changes}
            if "on" in changes:
                changes["on"] = _first(changes["on"])
        return on

    def row(self, table: str, row: dict[str, Any]) -> None:
        """Move a dose whose operation was moved; of one whose day is not known keep no birth. What
        was done to a dose tells its days as well."""
        if table == _STEP:
            row["changes"] = self._step(UUID(row["dose_id"]), row["changes"])
        elif table == _CONCERN:
            if UUID(row["dose_id"]) in self._moved:
                row["given_on"] = _first(row["given_on"])
        elif UUID(row["id"]) in self._moved:
            row |= dict.fromkeys(_TIMES) | {"given_on": _first(row["given_on"])}
        elif row["precision"] != "day":
            row["given_on"] = unborn(row["given_on"], row["precision"])

    def _step(self, dose: UUID, changes: str) -> str:
        """The two sides of a step, each moved as the dose itself would be."""
        if not changes:
            return changes
        sides = msgspec.json.decode(changes)
        for side in filter(lambda one: isinstance(one, dict), sides.values()):
            if dose in self._moved:
                side |= {name: None for name in _TIMES if name in side}
                side |= {"given_on": _first(side["given_on"])} if "given_on" in side else {}
            elif side.get("precision", "day") != "day" and "given_on" in side:
                side["given_on"] = unborn(side["given_on"], side["precision"])
        return msgspec.json.encode(sides).decode()

    def _remembered(self, id: UUID, dose: dict[str, Any]) -> None:
        if dose["vaccine"] in self._of_birth:
            self._moved.add(id)
            dose["on"] = _first(dose["on"])
        elif dose.get("precision", "day") != "day":
            dose["on"] = _first(dose["on"])

    def _is_of_birth(self, said: dict[str, Any]) -> bool:
        given = {one["vaccine"] for one in said["given"]}
        return said.get("session") is None and given <= self._of_birth


def unborn(kept: str, precision: str) -> str:
    """The day kept of a month or year, had the person been born on the first of the month: it is the
    middle unless it was told before, or the birth came after.

    >>> unborn("2025-03-20", "month"), unborn("2025-03-09", "month"), unborn("2025-09-20", "year")
    ('2025-03-15', '2025-03-09', '2025-09-01')
    """
    day = date.fromisoformat(kept)
    if precision == "month":
        return day.replace(day=min(day.day, 15)).isoformat()
    return kept if day <= date(day.year, 7, 1) else _first(kept)


def _first(day: str) -> str:
    return f"{day[:8]}01"
