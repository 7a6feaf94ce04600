"""The register of drugs under special control: what came and went, for whom, and who counted it."""

from collections import defaultdict
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, Sum

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply import places
from tuyen.apps.supply.models import Balance, ControlledCount, ControlledLine, Lot, Movement
from tuyen.apps.supply.queries.stock import LYING, READ

FOR_SOMEBODY = ("dispensed", "handed-out", "given-back")


class RegisterRow(NamedTuple):
    """One line of the register. ``visit``: for whom it was handed out stands there."""

    on: date
    at: datetime
    kind: str
    number: str
    came: int
    went: int
    balance: int
    author: str
    visit: UUID | None
    other: str  # the unit at the other end, where it is another
    note: str


class RegisterPage(NamedTuple):
    """The register of an item at a unit: what lay there before the first day, and what followed."""

    item: str
    opening: int
    closing: int
    rows: list[RegisterRow]


class CountedLot(NamedTuple):
    lot: UUID
    item: str
    number: str
    there: int
    found: int


class CountRow(NamedTuple):
    """A count, or a destruction (``purpose`` "destroy", with its ``reason``), by two: ``witness`` is
    empty while it waits for the second."""

    id: UUID
    purpose: str
    reason: str
    unit: UUID
    on: date
    at: datetime
    author: str
    author_id: UUID | None
    note: str
    state: str
    witness: str
    witnessed_at: datetime | None
    witness_note: str
    lines: tuple[CountedLot, ...]


def register(*, by: Actor, unit: UUID, item: str, first: date, last: date) -> RegisterPage:
    """The register of an item at a unit, by day and in the order of writing; its balance is that of
    all the unit's shelves. Five queries."""
    scope = policies.scope(by, READ)
    numbers = dict(Lot.objects.filter(item=item).values_list("id", "number"))
    if not scope.covers(unit) or not numbers:
        return RegisterPage(item, 0, 0, [])
    now = Balance.objects.filter(
        scope.where("unit_id"), unit_id=unit, state__in=LYING, lot_id__among=set(numbers)
    ).aggregate(pieces=Sum("vials"))["pieces"]
    found = Movement.objects.filter(
        Q(from_unit_id=unit) | Q(to_unit_id=unit), lot_id__among=set(numbers), on__gte=first
    )
    moved = [(row, change) for row in found.order_by("on", "seq") if (change := _change(row, unit))]
    names = access.names({row.author_id for row, _ in moved})
    held = opening = (now or 0) - sum(change for _, change in moved)
    rows = []
    for row, change in moved:
        if row.on > last:
            break
        held += change
        other = row.from_unit_id if row.to_unit_id == unit else row.to_unit_id
        rows.append(RegisterRow(
            row.on, row.at, row.kind, numbers[row.lot_id], max(change, 0), max(-change, 0), held,
            names.get(row.author_id, ""), row.cause_id if row.kind in FOR_SOMEBODY else None,
            places.name(other, row.on) if other != unit else "", row.note,
        ))  # fmt: skip
    return RegisterPage(item, opening, held, rows)


def _change(row: Movement, unit: UUID) -> int:
    """How many pieces more (or fewer) lay on the unit's shelves after a movement."""
    came = row.to_unit_id == unit and row.to_state in LYING
    went = row.from_unit_id == unit and row.from_state in LYING
    return row.vials * (int(came) - int(went))


def counts(*, by: Actor, unit: UUID, state: str = "", limit: int = 50) -> list[CountRow]:
    """Counts by two of a unit, the newest first. Four queries."""
    found = ControlledCount.objects.filter(policies.scope(by, READ).where("unit_id"), unit_id=unit)
    if state:
        found = found.filter(state=state)
    rows = list(found.order_by("-at", "id")[:limit])
    lines = list(ControlledLine.objects.filter(count_id__among={row.pk for row in rows}))
    lots = {lot.pk: lot for lot in Lot.objects.filter(pk__among={line.lot_id for line in lines})}
    parts: dict[UUID, list[CountedLot]] = defaultdict(list)
    for line in lines:
        lot = lots[line.lot_id]
        parts[line.count_id].append(
            CountedLot(lot.pk, lot.item, lot.number, line.there, line.found)
        )
    names = access.names({id for row in rows for id in (row.author_id, row.witness_id)})
    return [
        CountRow(
            row.pk, row.purpose, row.reason, row.unit_id, row.on, row.at, names.get(row.author_id, ""), row.author_id, row.note,
            row.state, names.get(row.witness_id, ""), row.witnessed_at, row.witness_note,
            tuple(sorted(parts[row.pk], key=lambda one: (one.item, one.number))),
        )
        for row in rows
    ]  # fmt: skip
