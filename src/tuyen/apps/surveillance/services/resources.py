"""Teams and the ledger of goods as rows; nothing on a shelf is ever below zero."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, means, places
from tuyen.apps.surveillance.models import Movement, Resource, Team
from tuyen.apps.surveillance.operations import (
    CountResource,
    MoveResource,
    ReceiveResource,
    SetResource,
    SetTeam,
)
from tuyen.apps.surveillance.refusals import (
    BadAbsence,
    CorrectsAnother,
    CountDiffers,
    MovesToItself,
    NotEnough,
    NotKeptHere,
    UnknownItem,
    UnknownPlace,
    UnknownSkill,
    UnknownTeam,
)
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import response as rules

_TEAM = (
    "id", "unit_id", "stands_id", "name", "skills", "languages", "size", "contact", "days", "away",
    "members", "disbanded_on", "changed_at",
)  # fmt: skip
_RESOURCE = ("id", "unit_id", "item", "on_hand", "minimum", "counted_on", "changed_at")
_MOVEMENT = (
    "id", "unit_id", "item", "kind", "delta", "balance", "on", "at", "other_id", "booking_id",
    "note", "author_id",
)  # fmt: skip
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(SetTeam)
def set_teams(batch: Batch[SetTeam]) -> None:
    """Write each team as it is from now on; a team belongs to one unit for ever."""
    named = {entry.payload.team for entry in batch.entries if entry.payload.team}
    held = {team.id: team.unit for team in means.own_teams(named)}
    there = set(held)
    map_, known = places.atlas(), rules.skills()
    rows: dict[UUID, tuple[Any, ...]] = {}
    for entry in batch.entries:
        said = entry.payload
        try:
            _check_team(entry, held, known)
            stands = said.stands or entry.unit
            if map_.unit(stands) is None:
                raise UnknownPlace(value=stands)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        id = said.team or entry.id
        held[id] = entry.unit
        rows[id] = _team_row(id, entry, stands)
    bulk.replace(Team, [id for id in rows if id in there], _TEAM, list(rows.values()))


def _check_team(entry: Entry[SetTeam], held: dict[UUID, UUID], known: Iterable[str]) -> None:
    said = entry.payload
    if said.team is not None:
        if held.get(said.team) != entry.unit:
            raise UnknownTeam(team=said.team)
        if entry.corrects != said.team:
            raise CorrectsAnother(expected=said.team)
    for member in said.members:
        for skill in member.skills:
            if skill not in known:
                raise UnknownSkill(value=skill, known=", ".join(known))
    for away in said.away:
        if away.until < away.since:
            raise BadAbsence(since=away.since, until=away.until)


def _team_row(id: UUID, entry: Entry[SetTeam], stands: UUID) -> tuple[Any, ...]:
    said = entry.payload
    skills = sorted({skill for member in said.members for skill in member.skills})
    spoken = sorted({word for member in said.members for word in member.languages})
    return (
        id, entry.unit, stands, said.name.strip(), " ".join(skills), " ".join(spoken),
        len(said.members), said.contact.strip(),
        "".join("1" if day in said.days else "0" for day in range(1, 8)),
        _encode(said.away).decode(), _encode(said.members).decode(),
        entry.happened_on if said.disbanded else None, entry.received_at,
    )  # fmt: skip


@applies(SetResource)
def set_resources(batch: Batch[SetResource]) -> None:
    """Keep a good at a unit from now on, or set another minimum."""
    ledger = Ledger((entry.unit, entry.payload.item) for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        if not _listed(batch, entry, said.item):
            continue
        ledger.keep(entry.unit, said.item, entry.received_at)["minimum"] = said.minimum
    ledger.post()


@applies(ReceiveResource)
def receive_resources(batch: Batch[ReceiveResource]) -> None:
    """Goods that came in; a good not yet kept there is kept from now on."""
    ledger = Ledger((entry.unit, entry.payload.item) for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        if not _listed(batch, entry, said.item):
            continue
        ledger.keep(entry.unit, said.item, entry.received_at)
        ledger.move(entry, entry.unit, said.item, said.quantity, "received", note=said.document)
    ledger.post()


@applies(MoveResource)
def move_resources(batch: Batch[MoveResource]) -> None:
    """Goods from one unit to another: what is promised to a response stays."""
    pairs = {(unit, entry.payload.item) for entry in batch.entries
             for unit in (entry.unit, entry.payload.to)}  # fmt: skip
    ledger, map_ = Ledger(pairs), places.atlas()
    for entry in batch.entries:
        said = entry.payload
        if not _listed(batch, entry, said.item):
            continue
        try:
            if said.to == entry.unit:
                raise MovesToItself()
            if map_.unit(said.to) is None:
                raise UnknownPlace(value=said.to)
            ledger.check_free(entry.unit, said.item, said.quantity)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        ledger.keep(said.to, said.item, entry.received_at)
        ledger.move(
            entry, entry.unit, said.item, -said.quantity, "moved-out", other=said.to, note=said.note
        )
        ledger.move(
            entry, said.to, said.item, said.quantity, "moved-in", other=entry.unit, note=said.note,
            id=derived_id(entry.id, "moved-in"),
        )  # fmt: skip
    ledger.post()


@applies(CountResource)
def count_resources(batch: Batch[CountResource]) -> None:
    """What was found on the shelf is what is there, even where more was promised."""
    ledger = Ledger((entry.unit, entry.payload.item) for entry in batch.entries)
    for entry in batch.entries:
        said = entry.payload
        row = ledger.get(entry.unit, said.item)
        if not _listed(batch, entry, said.item):
            continue
        if row is None:
            batch.refuse(entry, NotKeptHere(item=said.item))
            continue
        delta = said.counted - row["on_hand"]
        if delta and len(said.note.strip()) < 3:
            batch.refuse(entry, CountDiffers(counted=said.counted, expected=row["on_hand"]))
            continue
        ledger.move(entry, entry.unit, said.item, delta, "counted", note=said.note)
        ledger.keep(entry.unit, said.item, entry.received_at)["counted_on"] = entry.happened_on
    ledger.post()


def _listed(batch: Batch[Any], entry: Entry[Any], item: str) -> bool:
    known = rules.items()
    if item not in known:
        batch.refuse(entry, UnknownItem(value=item, known=", ".join(known)))
    return item in known


class Ledger:
    """The goods that a batch is about, as they stand while it is worked through: three queries."""

    def __init__(self, pairs: Iterable[tuple[UUID, str]]) -> None:
        wanted = {resource_id(unit, item) for unit, item in pairs}
        rows = fetch(Resource.objects.filter(pk__among=wanted).values_list(*_RESOURCE))
        self._rows = {row[0]: dict(zip(_RESOURCE, row, strict=True)) for row in rows}
        self._held = set(self._rows)
        self._changed: dict[UUID, None] = {}
        self._moves: list[tuple[Any, ...]] = []
        self._promised: dict[tuple[UUID, str], int] | None = None

    def get(self, unit: UUID, item: str) -> dict[str, Any] | None:
        return self._rows.get(resource_id(unit, item))

    def keep(self, unit: UUID, item: str, at: datetime) -> dict[str, Any]:
        """The row of a good at a unit, made when it was not kept there yet; marked as changed."""
        id = resource_id(unit, item)
        row = self._rows.setdefault(
            id, dict(zip(_RESOURCE, (id, unit, item, 0, 0, None, at), strict=True))
        )
        row["changed_at"] = at
        self._changed[id] = None
        return row

    def promise(self, unit: UUID, item: str, quantity: int) -> None:
        """Count a booking made in this batch (or, below zero, one that ended) as promised."""
        held = self._promises()
        held[unit, item] = held.get((unit, item), 0) + quantity

    def check_free(self, unit: UUID, item: str, wanted: int) -> None:
        """Refuse what is more than lies there and is not promised."""
        row = self.get(unit, item)
        if row is None:
            raise NotKeptHere(item=item)
        promised = self._promises().get((unit, item), 0)
        free = max(0, row["on_hand"] - promised)
        if wanted > free:
            raise NotEnough(
                wanted=wanted, item=item, free=free, on_hand=row["on_hand"], promised=promised
            )

    def move(
        self, entry: Entry[Any], unit: UUID, item: str, delta: int, kind: str, *,
        other: UUID | None = None, booking: UUID | None = None, note: str = "",
        id: UUID | None = None, on: date | None = None,
    ) -> None:  # fmt: skip
        """One line of the ledger, and the shelf after it."""
        row = self.keep(unit, item, entry.received_at)
        row["on_hand"] += delta
        self._moves.append(
            (id or entry.id, unit, item, kind, delta, row["on_hand"], on or entry.happened_on,
             entry.received_at, other, booking, note.strip(), entry.author)
        )  # fmt: skip

    def post(self) -> None:
        rows = [tuple(map(self._rows[id].__getitem__, _RESOURCE)) for id in self._changed]
        bulk.replace(Resource, [id for id in self._changed if id in self._held], _RESOURCE, rows)
        bulk.insert(Movement, _MOVEMENT, self._moves)

    def _promises(self) -> dict[tuple[UUID, str], int]:
        if self._promised is None:
            self._promised = means.promised(means.bound())
        return self._promised


def resource_id(unit: UUID, item: str) -> UUID:
    return derived_id(unit, "resource", item)
