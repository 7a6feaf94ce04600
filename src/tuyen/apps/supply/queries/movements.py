"""A lot with its whole journey, and what is on the way between units."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.supply import places
from tuyen.apps.supply.models import Lot, Movement, Transfer, TransferLine
from tuyen.apps.supply.queries.stock import READ, HeldLot, lots_at

MOST_SHOWN = 500


class JourneyRow(NamedTuple):
    """One movement of a lot."""

    at: datetime
    on: date
    kind: str
    vials: int
    from_unit: UUID
    from_name: str
    from_state: str
    to_unit: UUID
    to_name: str
    to_state: str
    reason: str
    note: str
    author: str
    cause: UUID | None


class LotPage(NamedTuple):
    """A lot, where its vials are, and how they came there; as far as the reader's units go."""

    id: UUID
    item: str
    vaccine: str
    number: str
    maker: str
    expires_on: date
    doses: int
    suspended_on: date | None
    suspended_why: str
    diluent: tuple[UUID, str] | None
    held: list[HeldLot]
    journey: list[JourneyRow]
    more: bool  # older movements than those shown

    @property
    def vials(self) -> int:
        return sum(one.vials for one in self.held)


def lot(*, by: Actor, id: UUID, on: date) -> LotPage | None:
    """One lot; None when there is none, or none that ever was at a unit of the reader's,
    or on the way there."""
    row = Lot.objects.filter(pk=id).first()
    scope = policies.scope(by, READ)
    if row is None or not scope:
        return None
    seen = scope.where("from_unit_id") | scope.where("to_unit_id")
    rows = list(Movement.objects.filter(seen, lot_id=id).order_by("-at", "-seq")[: MOST_SHOWN + 1])
    if not rows and not _is_coming(scope, id):
        return None
    held = [one for one in lots_at(by=by, on=on, item=row.item) if one.lot == id]
    found = Lot.objects.filter(pk__among={row.diluent_id} - {None})
    paired = found.values_list("id", "number").first() if row.diluent_id else None
    return LotPage(
        row.pk, row.item, row.vaccine, row.number, row.maker, row.expires_on, row.doses,
        row.suspended_on, row.suspended_why, paired, held,
        _journey(rows[:MOST_SHOWN]), len(rows) > MOST_SHOWN,
    )  # fmt: skip


def _is_coming(scope: policies.Scope, lot: UUID) -> bool:
    """Whether vials of a lot are, or were, on the way to a unit of the reader's."""
    to = Transfer.objects.filter(scope.where("to_unit_id")).values("id")
    return TransferLine.objects.filter(lot_id=lot, transfer_id__in=to).exists()


def _journey(rows: list[Movement]) -> list[JourneyRow]:
    names = access.names({row.author_id for row in rows})
    ends = {h for row in rows for h in (row.from_holder_id, row.to_holder_id)}
    fridges = {id: name for id, (_, name) in places.equipment_of(ends).items()}

    def called(unit: UUID, holder: UUID, on: date) -> str:
        name = places.name(unit, on)
        return f"{name}, {fridges[holder]}" if holder in fridges else name

    return [
        JourneyRow(
            row.at, row.on, row.kind, row.vials, row.from_unit_id,
            called(row.from_unit_id, row.from_holder_id, row.on), row.from_state, row.to_unit_id,
            called(row.to_unit_id, row.to_holder_id, row.on), row.to_state, row.reason, row.note,
            names.get(row.author_id, ""), row.cause_id,
        )
        for row in rows
    ]  # fmt: skip


class TransferRow(NamedTuple):
    """A transfer with its lines: (lot, item, number, expires, state, sent, arrived, broken)."""

    id: UUID
    from_unit: UUID
    from_name: str
    to_unit: UUID
    to_name: str
    state: str
    sent_at: datetime
    received_at: datetime | None
    short: int
    note: str
    received_note: str
    lines: list["Sent"]

    @property
    def vials(self) -> int:
        return sum(line.sent for line in self.lines)


class Sent(NamedTuple):
    lot: UUID
    item: str
    number: str
    expires_on: date
    state: str
    sent: int
    arrived: int | None
    broken: int | None


def transfers(*, by: Actor, state: str = "", limit: int = 100) -> list[TransferRow]:
    """Transfers from or to the reader's units, the newest first. Three queries."""
    scope = policies.scope(by, READ)
    found = Transfer.objects.filter(scope.where("from_unit_id") | scope.where("to_unit_id"))
    if state:
        found = found.filter(state=state)
    return _rows(list(found.order_by("-sent_at", "id")[:limit]))


def transfer(*, by: Actor, id: UUID) -> TransferRow | None:
    """One transfer that ``by`` may see from either end."""
    scope = policies.scope(by, READ)
    seen = scope.where("from_unit_id") | scope.where("to_unit_id")
    rows = _rows(list(Transfer.objects.filter(seen, pk=id)))
    return rows[0] if rows else None


def _rows(found: list[Transfer]) -> list[TransferRow]:
    lines = list(TransferLine.objects.filter(transfer_id__among={row.pk for row in found}))
    lots = {row.pk: row for row in Lot.objects.filter(pk__among={line.lot_id for line in lines})}
    parts: dict[UUID, list[Sent]] = {}
    for line in lines:
        facts = lots[line.lot_id]
        parts.setdefault(line.transfer_id, []).append(Sent(
            facts.pk, facts.item, facts.number, facts.expires_on, line.state, line.sent,
            line.arrived, line.broken,
        ))  # fmt: skip
    return [
        TransferRow(
            row.pk, row.from_unit_id, places.name(row.from_unit_id, row.sent_at.date()),
            row.to_unit_id, places.name(row.to_unit_id, row.sent_at.date()), row.state, row.sent_at,
            row.received_at, row.short, row.note, row.received_note,
            sorted(parts.get(row.pk, []), key=lambda line: (line.item, line.number)),
        )
        for row in found
    ]  # fmt: skip
