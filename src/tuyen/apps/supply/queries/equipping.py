"""Equipment beyond the cold chain: what a station should have, and what of it is missing."""

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply.models import Equipment
from tuyen.apps.supply.queries.cold import COLD, equipment
from tuyen.kernel.zone import VIETNAM
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


class PieceRow(NamedTuple):
    """A piece of equipment as the register has it: ``state`` working or faulty, ``overdue`` where its
    check is due or was never made."""

    id: UUID
    unit: UUID
    kind: str
    name: str
    state: str
    since: date
    changed_on: date
    overdue: bool


def pieces(*, by: Actor, on: date, ids: Collection[UUID] | None = None) -> list[PieceRow]:
    """The pieces in use on a day at the reader's units, of ``ids`` where some are named. One query.
    Whether one works is what the register says now."""
    found = Equipment.objects.filter(policies.scope(by, COLD).where("unit_id"), since__lte=on)
    found = found.filter(Q(retired_on=None) | Q(retired_on__gt=on))
    if ids is not None:
        found = found.filter(pk__among=set(ids))
    rows = found.order_by("unit_id", "kind", "name", "id").values_list(
        "id", "unit_id", "kind", "name", "state", "since", "calibrate_by", "changed_at"
    )
    return [
        PieceRow(
            id, unit, kind, name, state, since, changed.astimezone(VIETNAM).date(),
            rules.check_months(kind) is not None and (by_ is None or by_ < on),
        )
        for id, unit, kind, name, state, since, by_, changed in rows
    ]  # fmt: skip


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
