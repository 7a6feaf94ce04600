"""Equipment beyond the cold chain: which checks are due, and what a station should have and lacks."""

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.supply.queries.cold import EquipmentRow, equipment
from tuyen.rules import supply as rules

SOON = timedelta(days=30)


class FloorRow(NamedTuple):
    """A kind that a station should have: how many it should, how many work, how many do not."""

    kind: str
    least: int
    working: int
    faulty: int

    @property
    def missing(self) -> int:
        return max(0, self.least - self.working)


def check_state(row: EquipmentRow, on: date) -> str:
    """Where the check of a piece stands: none (it has no cycle), never, overdue, soon, good."""
    if row.state == "retired" or rules.check_months(row.kind) is None:
        return "none"
    if row.calibrate_by is None:
        return "never"
    if row.calibrate_by < on:
        return "overdue"
    return "soon" if row.calibrate_by <= on + SOON else "good"


def floor(*, by: Actor, unit: UUID, on: date) -> list[FloorRow]:
    """What a station should have by the proposal of ``rules/supply/equipment``, beside what it has.
    Two queries."""
    rows = equipment(by=by, on=on, unit=unit)
    working = Counter(row.kind for row in rows if row.state == "working")
    faulty = Counter(row.kind for row in rows if row.state == "faulty")
    return [
        FloorRow(code, kind.least, working[code], faulty[code])
        for code, kind in rules.equipment_kinds().items()
        if kind.tracer
    ]
