"""Equipment beyond the cold chain: what a station should have, and what of it is missing."""

from collections import Counter
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.supply.queries.cold import equipment
from tuyen.rules import supply as rules


class FloorRow(NamedTuple):
    """A kind that a station should have: how many it should, how many work, how many do not."""

    kind: str
    least: int
    working: int
    faulty: int

    @property
    def missing(self) -> int:
        return max(0, self.least - self.working)


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
