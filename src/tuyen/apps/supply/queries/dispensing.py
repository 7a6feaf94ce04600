"""What was handed out for visits, what waits for it, and what the ledger did not hold."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.supply import places
from tuyen.apps.supply.models import (
    Balance,
    DispensedLot,
    Dispensing,
    Lot,
    Prescription,
    Shortfall,
)
from tuyen.apps.supply.queries.stock import READ

GIVEN = (READ, "clinical.visit.read", "claims.claim.read")
"""Rights that let a reader know what was handed out at a unit: of the shelf, the care, the claim."""


class Out(NamedTuple):
    """Pieces of a lot that went out."""

    lot: UUID
    number: str
    expires_on: date
    pieces: int


class DispensedLine(NamedTuple):
    """One line handed out for a visit. ``short`` of its ``pieces`` the ledger did not hold, so no lot
    is known of them."""

    visit: UUID
    unit: UUID
    source: str  # visit, desk
    line: int
    item: str
    prescribed: str
    quantity: Decimal
    pieces: int
    short: int
    days: int
    on: date
    at: datetime
    author: UUID | None
    lots: tuple[Out, ...]


class HeldPiece(NamedTuple):
    """Usable pieces of a lot in one place of a unit, in the order in which they go out."""

    lot: UUID
    number: str
    expires_on: date
    pieces: int
    held_in: UUID
    held_name: str


class OnHand(NamedTuple):
    """What a unit can hand out of an item on a day."""

    item: str
    pieces: int
    soonest: date | None
    lots: tuple[HeldPiece, ...]


class WaitingLine(NamedTuple):
    """An item that was prescribed and not yet, or not wholly, handed out."""

    visit: UUID
    unit: UUID
    item: str
    quantity: Decimal
    given: Decimal
    dose: Decimal | None
    times: int
    days: int
    on: date
    at: datetime

    @property
    def left(self) -> Decimal:
        return self.quantity - self.given


class ShortRow(NamedTuple):
    """A difference between what was handed out and what the ledger held."""

    id: UUID
    unit: UUID
    unit_name: str
    visit: UUID
    item: str
    lot: UUID | None
    number: str
    pieces: int
    why: str
    on: date
    state: str
    how: str
    settled_on: date | None
    settled_by: str
    note: str


def dispensed(*, by: Actor, visits: Collection[UUID]) -> dict[UUID, list[DispensedLine]]:
    """Visit -> the lines that were handed out for it, in the visit and later, with their lots: as the
    claim and the record need them. A visit of which nothing was handed out is not in it. Three
    queries, whatever their number."""
    ids = set(visits)
    if not ids:
        return {}
    seen = _seen(by)
    found = Dispensing.objects.filter(seen, visit_id__among=ids)
    rows = list(found.order_by("visit_id", "at", "source", "line", "id"))
    taken = list(DispensedLot.objects.filter(seen, visit_id__among=ids).order_by("id"))
    lots = {lot.pk: lot for lot in Lot.objects.filter(pk__among={one.lot_id for one in taken})}
    out: dict[UUID, list[Out]] = defaultdict(list)
    for one in taken:
        lot = lots[one.lot_id]
        out[one.dispensing_id].append(Out(lot.pk, lot.number, lot.expires_on, one.pieces))
    lines: dict[UUID, list[DispensedLine]] = defaultdict(list)
    for row in rows:
        gone = sorted(out[row.pk], key=lambda one: (one.expires_on, one.number))
        lines[row.visit_id].append(DispensedLine(
            row.visit_id, row.unit_id, row.source, row.line, row.item, row.prescribed,
            row.quantity, row.pieces, row.short, row.days, row.on, row.at, row.author_id,
            tuple(gone),
        ))  # fmt: skip
    return dict(lines)


def _seen(by: Actor) -> Q:
    """Rows of units over which one of the rights reaches."""
    condition = policies.scope(by, GIVEN[0]).where("unit_id")
    for right in GIVEN[1:]:
        condition |= policies.scope(by, right).where("unit_id")
    return condition


def kept_items(*, by: Actor, pairs: Collection[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
    """Of these (unit, item), those of which the unit's ledger has ever held a lot: what it lacks of them
    is a difference, and not a ledger that nobody keeps. Two queries."""
    wanted = set(pairs)
    if not wanted:
        return set()
    held = Balance.objects.filter(_seen(by), unit_id__among={unit for unit, _ in wanted})
    rows = set(held.values_list("unit_id", "lot_id"))
    items = dict(Lot.objects.filter(pk__among={lot for _, lot in rows}).values_list("pk", "item"))
    return {(unit, items[lot]) for unit, lot in rows if lot in items} & wanted


def on_hand(*, by: Actor, unit: UUID, items: Iterable[str], on: date) -> dict[str, OnHand]:
    """Item -> what a unit can hand out of it on a day: for each item that is asked for, also where it
    holds none. Nothing expired, suspended or set apart. Three queries."""
    wanted = list(dict.fromkeys(items))
    scope = policies.scope(by, READ)
    lots = Lot.objects.filter(item__in=wanted, expires_on__gte=on)
    held = Balance.objects.filter(
        scope.where("unit_id"), unit_id=unit, state="usable", vials__gt=0,
        lot_id__in=lots.values("id"),
    )  # fmt: skip
    rows = fetch(held.order_by("id").values_list("holder_id", "lot_id", "vials"))
    facts = {lot.pk: lot for lot in Lot.objects.filter(pk__among={row[1] for row in rows})}
    names = {id: name for id, (_, name) in
             places.equipment_of({row[0] for row in rows} - {unit}).items()}  # fmt: skip
    found: dict[str, list[HeldPiece]] = {item: [] for item in wanted}
    for holder, id, pieces in rows:
        lot = facts[id]
        suspended = lot.suspended_on is not None and lot.suspended_on <= on
        if suspended or (holder != unit and holder not in names):
            continue
        found[lot.item].append(
            HeldPiece(id, lot.number, lot.expires_on, pieces, holder, names.get(holder, ""))
        )
    answers = {}
    for item, pieces_ in found.items():
        order = sorted(pieces_, key=lambda one: (one.expires_on, one.number, one.held_name))
        total = sum(one.pieces for one in order)
        answers[item] = OnHand(item, total, order[0].expires_on if order else None, tuple(order))
    return answers


def to_dispense(
    *, by: Actor, unit: UUID, first: date, last: date, visit: UUID | None = None
) -> list[WaitingLine]:
    """What visits of a unit prescribed on some days and what is not wholly handed out, the oldest
    first. One query."""
    scope = policies.scope(by, READ)
    found = Prescription.objects.filter(
        scope.where("unit_id"), unit_id=unit, on__range=(first, last)
    )
    if visit is not None:
        found = found.filter(visit_id=visit)
    return [
        WaitingLine(
            row.visit_id, row.unit_id, row.item, row.quantity, row.given, row.dose, row.times,
            row.days, row.on, row.at,
        )
        for row in found.order_by("at", "visit_id", "item")
        if row.given < row.quantity
    ]  # fmt: skip


def shortfalls(
    *, by: Actor, on: date, unit: UUID | None = None, state: str = "open", item: str = "",
    limit: int = 500,
) -> list[ShortRow]:  # fmt: skip
    """Differences at the reader's units, the newest first. Three queries."""
    found = Shortfall.objects.filter(policies.scope(by, READ).where("unit_id"))
    if unit is not None:
        found = found.filter(unit_id=unit)
    if state:
        found = found.filter(state=state)
    if item:
        found = found.filter(item=item)
    rows = list(found.order_by("-on", "id")[:limit])
    numbers: dict[UUID | None, str] = dict(
        Lot.objects.filter(pk__among={row.lot_id for row in rows} - {None}).values_list(
            "id", "number"
        )
    )
    names = access.names({row.settled_by_id for row in rows})
    return [
        ShortRow(
            row.pk, row.unit_id, places.name(row.unit_id, on), row.visit_id, row.item, row.lot_id,
            numbers.get(row.lot_id, ""), row.pieces, row.why, row.on, row.state, row.how,
            row.settled_on, names.get(row.settled_by_id, ""), row.note,
        )
        for row in rows
    ]  # fmt: skip
