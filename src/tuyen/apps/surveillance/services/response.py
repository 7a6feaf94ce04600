"""Bookings as rows: a team is in one place at a time, a good is promised once."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.surveillance import bulk, means, places, subjects, vials
from tuyen.apps.surveillance.models import Booking
from tuyen.apps.surveillance.operations import Arrive, BookResponse, ReleaseBooking
from tuyen.apps.surveillance.refusals import (
    ArrivedAlready,
    BadDays,
    BookingIsOver,
    CorrectsAnother,
    NotEnough,
    NotItsCommune,
    OneThingOnly,
    SubjectIsClosed,
    TeamDisbanded,
    TeamIsTaken,
    TeamNotThere,
    UnknownBooking,
    UnknownItem,
    UnknownSubject,
    UnknownTeam,
    UsedTooMuch,
)
from tuyen.apps.surveillance.services.resources import Ledger
from tuyen.apps.surveillance.subjects import Subject
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.surveillance import response as rules

LONGEST = timedelta(days=60)
_COLUMNS = (
    "id", "unit_id", "from_id", "commune_id", "subject_kind", "subject_id", "disease", "team_id",
    "item", "quantity", "since", "until", "state", "left", "note", "booked_at", "booked_by_id",
    "arrived_at", "released_at", "used", "reason", "changed_at",
)  # fmt: skip
_encode = msgspec.json.Encoder(order="sorted").encode


@applies(BookResponse)
def book(batch: Batch[BookResponse]) -> None:
    """Promise teams and goods: the first who asks has them, whoever asks after is told by whom."""
    desk = _Desk(batch.entries)
    rows = []
    for entry in batch.entries:
        try:
            rows.append(desk.booked(entry))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    bulk.insert(Booking, _COLUMNS, rows)


@applies(Arrive)
def arrive(batch: Batch[Arrive]) -> None:
    """What has come: goods leave the shelf they were promised from."""
    book = _Book(batch.entries)
    ledger = book.ledger()
    for entry in batch.entries:
        try:
            row = book.find(entry)
            if row["state"] == "arrived":
                raise ArrivedAlready(on=row["arrived_at"].date())
            if _from_own_shelf(row):
                shelf = ledger.get(row["unit_id"], row["item"])
                there = shelf["on_hand"] if shelf else 0
                if there < row["quantity"]:
                    raise NotEnough(
                        wanted=row["quantity"], item=row["item"], free=there, on_hand=there,
                        promised=row["quantity"],
                    )  # fmt: skip
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        if _from_own_shelf(row):
            ledger.move(
                entry, row["unit_id"], row["item"], -row["quantity"], "issued",
                other=row["commune_id"], booking=row["id"],
            )  # fmt: skip
        book.write(row | {
            "state": "arrived", "arrived_at": entry.payload.arrived_at or entry.received_at,
            "changed_at": entry.received_at,
        })  # fmt: skip
    ledger.post()
    book.post()


@applies(ReleaseBooking)
def release(batch: Batch[ReleaseBooking]) -> None:
    """Free a team from that day on; goods that came and were not used go back to their shelf."""
    book = _Book(batch.entries)
    ledger = book.ledger()
    for entry in batch.entries:
        try:
            row = book.find(entry)
            came = row["state"] == "arrived"
            used = entry.payload.used if came and row["item"] else None
            if used is not None and used > row["quantity"]:
                raise UsedTooMuch(used=used, quantity=row["quantity"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        if row["item"] and came:
            used = row["quantity"] if used is None else used
            if used < row["quantity"] and _from_own_shelf(row):
                ledger.move(
                    entry, row["unit_id"], row["item"], row["quantity"] - used, "returned",
                    other=row["commune_id"], booking=row["id"],
                )  # fmt: skip
        book.write(row | {
            "state": "released", "released_at": entry.received_at, "used": used,
            "until": max(row["since"], min(row["until"], entry.happened_on)),
            "reason": entry.payload.reason.strip(), "changed_at": entry.received_at,
        })  # fmt: skip
    ledger.post()
    book.post()


def _from_own_shelf(row: dict[str, Any]) -> bool:
    """Whether a booking's goods lie on this room's shelf; vials of a lot are moved by the stock."""
    return bool(
        row["item"] and means.keeps_own_ledger() and not vials.of(msgspec.json.decode(row["left"]))
    )


class _Desk:
    """All that bookings are judged by, as it stands while a batch is worked through."""

    def __init__(self, entries: Iterable[Entry[BookResponse]]) -> None:
        entries = list(entries)
        self.map = places.atlas()
        self.items = rules.items()
        asked: dict[str, set[UUID]] = {}
        for entry in entries:
            asked.setdefault(entry.payload.subject_kind, set()).add(entry.payload.subject)
        self.subjects = {kind: subjects.find(kind, ids) for kind, ids in sorted(asked.items())}
        wanted = {entry.payload.team for entry in entries if entry.payload.team}
        self.teams = {team.id: team for team in means.teams(wanted)} if wanted else {}
        active = means.bound()
        self.taken: dict[UUID, list[tuple[date, date]]] = {}
        for one in active:
            if one.team is not None:
                self.taken.setdefault(one.team, []).append((one.since, one.until))
        self.promised = means.promised(active)
        self.stocks = (
            {(stock.unit, stock.item): stock for stock in means.stocks()}
            if any(entry.payload.item for entry in entries) else {}
        )  # fmt: skip
        self._vials: dict[date, vials.Vials] = {}

    def booked(self, entry: Entry[BookResponse]) -> tuple[Any, ...]:
        said = entry.payload
        if (said.team is None) == (said.item == ""):
            raise OneThingOnly()
        if said.until < said.since or said.until - said.since > LONGEST:
            raise BadDays(since=said.since, until=said.until)
        subject = self._subject(said)
        commune = self._commune(said, subject)
        if said.team is not None:
            stands = self._take_team(entry, said.team)
        else:
            stands = self._take_goods(entry)
        return (
            entry.id, entry.unit, stands, commune, subject.kind, subject.id, subject.disease,
            said.team, said.item, said.quantity if said.item else 1, said.since, said.until,
            "booked", _encode(self._left(entry)).decode(), said.note.strip(), entry.received_at,
            entry.author, None, None, None, "", entry.received_at,
        )  # fmt: skip

    def _subject(self, said: BookResponse) -> Subject:
        subject = self.subjects[said.subject_kind].get(said.subject)
        if subject is None:
            raise UnknownSubject(kind=said.subject_kind, subject=said.subject)
        if subject.closed_on is not None:
            raise SubjectIsClosed(kind=said.subject_kind, on=subject.closed_on)
        return subject

    def _commune(self, said: BookResponse, subject: Subject) -> UUID:
        commune = said.commune or subject.communes[0]
        if commune not in subject.communes:
            name = self.map.full_name(commune) or commune
            raise NotItsCommune(commune=name, kind=subject.kind)
        return commune

    def _take_team(self, entry: Entry[BookResponse], id: UUID) -> UUID:
        said, team = entry.payload, self.teams.get(id)
        if team is None or team.unit != entry.unit:
            raise UnknownTeam(team=id)
        if team.disbanded_on is not None:
            raise TeamDisbanded(team=team.name, on=team.disbanded_on)
        if why := team.missing(said.since):
            raise TeamNotThere(team=team.name, on=said.since, why=why)
        for since, until in self.taken.get(id, ()):
            if since <= said.until and said.since <= until:
                raise TeamIsTaken(team=team.name, since=since, until=until)
        self.taken.setdefault(id, []).append((said.since, said.until))
        return team.stands

    def _of_stock(self, on: date) -> vials.Vials:
        """The stock's vials on a day, as they stand while the batch is worked through."""
        if on not in self._vials:
            self._vials[on] = vials.Vials(Actor.program(on), on)
        return self._vials[on]

    def _take_lots(self, entry: Entry[BookResponse]) -> None:
        said, there = entry.payload, self._of_stock(entry.happened_on)
        lacking = there.lacks(entry.unit, said.item, said.lots)
        if lacking or there.doses_in(entry.unit, said.item, said.lots) < said.quantity:
            free = there.free(entry.unit, said.item)
            raise NotEnough(
                wanted=said.quantity, item=said.item, free=free, on_hand=free, promised=0
            )
        there.take(entry.unit, said.item, said.lots)

    def _left(self, entry: Entry[BookResponse]) -> dict[str, Any]:
        """What was told of the cover, and the lots with their numbers and expiry."""
        said = entry.payload
        if not said.lots:
            return dict(said.left)
        known = self._of_stock(entry.happened_on).known(entry.unit, said.item)
        return said.left | {vials.LOTS: [
            {"lot": str(part.lot), "vials": part.vials, "number": known[part.lot].number,
             "expires": known[part.lot].expires_on.isoformat()}
            for part in said.lots
        ]}  # fmt: skip

    def _take_goods(self, entry: Entry[BookResponse]) -> UUID:
        said = entry.payload
        if said.item not in self.items:
            raise UnknownItem(value=said.item, known=", ".join(self.items))
        if said.lots:
            self._take_lots(entry)
            return entry.unit
        key = (entry.unit, said.item)
        stock, promised = self.stocks.get(key), self.promised.get(key, 0)
        there = stock.on_hand if stock else 0
        free = max(0, there - promised)
        if said.quantity > free:
            raise NotEnough(
                wanted=said.quantity, item=said.item, free=free, on_hand=there, promised=promised
            )
        self.promised[key] = promised + said.quantity
        return entry.unit


class _Book:
    """The bookings that a batch is about, as they stand while it is worked through."""

    def __init__(self, entries: Iterable[Entry[Any]]) -> None:
        wanted = {entry.payload.booking for entry in entries}
        rows = fetch(Booking.objects.filter(pk__among=wanted).values_list(*_COLUMNS))
        self._rows = {row[0]: dict(zip(_COLUMNS, row, strict=True)) for row in rows}
        self._changed: dict[UUID, None] = {}

    def ledger(self) -> Ledger:
        return Ledger((row["unit_id"], row["item"]) for row in self._rows.values() if row["item"])

    def find(self, entry: Entry[Any]) -> dict[str, Any]:
        """The booking an entry is about, if it is of its unit or for it; else as if none."""
        row = self._rows.get(entry.payload.booking)
        if row is None or entry.unit not in (row["unit_id"], row["commune_id"]):
            raise UnknownBooking(booking=entry.payload.booking)
        if entry.corrects != row["id"]:
            raise CorrectsAnother(expected=row["id"])
        if row["state"] == "released":
            raise BookingIsOver(on=row["released_at"].date())
        return row

    def write(self, row: dict[str, Any]) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        rows = [tuple(map(self._rows[id].__getitem__, _COLUMNS)) for id in self._changed]
        bulk.replace(Booking, list(self._changed), _COLUMNS, rows)
