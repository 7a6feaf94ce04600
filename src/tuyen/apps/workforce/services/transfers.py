"""Transfers between units: the unit that wants somebody proposes, the unit that gives them answers."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.workforce import places
from tuyen.apps.workforce.desk import Desk
from tuyen.apps.workforce.models import Transfer, Zone
from tuyen.apps.workforce.operations import AnswerTransfer, Post, ProposeTransfer, SetZone
from tuyen.apps.workforce.refusals import (
    DaysTurned,
    EndsBeforeItBegan,
    NoCommune,
    NotAtWork,
    NoWorkplace,
    ReasonMissing,
    TransferSettled,
    TransferToSelf,
    TransferWaits,
    UnknownWord,
)
from tuyen.apps.workforce.rows import Row, Rows
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules import workforce as rules


@applies(ProposeTransfer)
def propose_transfers(batch: Batch[ProposeTransfer]) -> None:
    """Somebody is wanted at the operation's unit; nothing changes until the other unit answers."""
    wanted = {e.payload.member for e in batch.entries}
    desk, transfers = Desk(members=wanted), Rows(Transfer)
    transfers.take(Q(member_id__among=wanted, state="proposed"))
    waiting = {row["member_id"] for row in transfers.all()}
    for entry in batch.entries:
        said = entry.payload
        try:
            member = desk.member(said.member)
            held = _main(desk, said.member, said.since)
            if held is None:
                raise NotAtWork(name=member["name"], on=said.since)
            if said.member in waiting:
                raise TransferWaits(name=member["name"])
            _check(entry, member, held)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        waiting.add(said.member)
        transfers.put({
            "id": entry.id, "member_id": said.member, "from_unit_id": held["unit_id"],
            "unit_id": entry.unit, "cadre": held["cadre"],
            "contract": "rotated" if said.until else said.contract, "since": said.since,
            "until": said.until, "reason": said.reason.strip(), "proposed_on": entry.happened_on,
            "proposed_by_id": entry.author, "state": "proposed", "answer": "", "answered_on": None,
            "answered_by_id": None, "changed_at": entry.received_at,
        })  # fmt: skip
    transfers.post()


def _check(entry: Entry[ProposeTransfer], member: Row, held: Row) -> None:
    said = entry.payload
    if said.until is not None and said.until <= said.since:
        raise DaysTurned(since=said.since, until=said.until)
    if said.contract not in rules.contracts():
        known = ", ".join(rules.contracts())
        raise UnknownWord(value=said.contract, what="contract", known=known)
    if not places.works(entry.unit, said.since):
        raise NoWorkplace(unit=places.name(entry.unit, said.since), on=said.since)
    if places.now_at(held["unit_id"], said.since) == entry.unit:
        raise TransferToSelf(name=member["name"], unit=places.name(entry.unit, said.since))
    if said.since <= held["since"]:
        raise EndsBeforeItBegan(since=held["since"], until=said.since)


@applies(AnswerTransfer)
def answer_transfers(batch: Batch[AnswerTransfer]) -> None:
    """The unit that gives somebody agrees, and the posts change on the day; or it says why not."""
    transfers = Rows(Transfer)
    transfers.take(Q(pk__among={e.payload.transfer for e in batch.entries}))
    desk = Desk(members=[row["member_id"] for row in transfers.all()])
    for entry in batch.entries:
        said = entry.payload
        row = transfers.get(said.transfer)
        try:
            if row is None or row["state"] != "proposed" or row["from_unit_id"] != entry.unit:
                raise TransferSettled(transfer=said.transfer)
            if not said.accepted and len(said.note.strip()) < 3:
                raise ReasonMissing()
            if said.accepted:
                _move(desk, entry, row)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        transfers.put(row | {
            "state": "accepted" if said.accepted else "declined", "answer": said.note.strip(),
            "answered_on": entry.happened_on, "answered_by_id": entry.author,
            "changed_at": entry.received_at,
        })  # fmt: skip
    desk.post_all()
    transfers.post()


def _move(desk: Desk, entry: Entry[AnswerTransfer], row: Row) -> None:
    """End the post that somebody leaves, and begin the one they go to.

    A rotation leaves a post at home that begins again on the day after its last.
    """
    member = desk.member(row["member_id"])
    held = _main(desk, row["member_id"], row["since"])
    if held is None or held["unit_id"] != row["from_unit_id"] or row["since"] <= held["since"]:
        raise NotAtWork(name=member["name"], on=row["since"])
    desk.tenures.put(held | {
        "until": row["since"], "why": row["reason"], "changed_at": entry.received_at,
    })  # fmt: skip
    new = Post(
        cadre=held["cadre"],
        since=row["since"],
        until=row["until"],
        percent=held["percent"],
        contract=row["contract"],
    )
    begun = None
    try:
        begun = desk.take_post(row["id"], _at(entry, row["unit_id"]), member, new)
        if row["until"] is not None and (held["until"] is None or row["until"] < held["until"]):
            home = Post(
                cadre=held["cadre"], since=row["until"], until=held["until"],
                position=held["position"], percent=held["percent"], contract=held["contract"],
            )  # fmt: skip
            back = places.now_at(held["unit_id"], row["until"])
            desk.take_post(derived_id(row["id"], "home"), _at(entry, back), member, home)
    except Refusal:
        desk.tenures.put(held)  # as it was
        if begun is not None:
            desk.tenures.drop(begun["id"])
        raise
    if row["until"] is None:  # somebody who is rotated stays of their own unit
        desk.settle(row["member_id"], entry)


def _at(entry: Entry[Any], unit: UUID) -> Entry[Any]:
    """The same operation as seen from another unit: the one at which a post begins."""
    return Entry(
        id=entry.id, payload=entry.payload, unit=unit, author=entry.author,
        happened_on=entry.happened_on, recorded_at=entry.recorded_at,
        received_at=entry.received_at, corrects=entry.corrects,
    )  # fmt: skip


def _main(desk: Desk, member: UUID, on: Any) -> Row | None:
    """The main post that somebody holds on a day."""
    held = [
        row for row in desk.posts(member)
        if row["main"] and row["since"] <= on and (row["until"] is None or on < row["until"])
    ]  # fmt: skip
    return held[0] if held else None


@applies(SetZone)
def set_zones(batch: Batch[SetZone]) -> None:
    """The zone of a commune from a day on; what was said of the same day before is replaced."""
    zones = Rows(Zone)
    zones.take(Q(unit_id__among={e.unit for e in batch.entries}))
    for entry in batch.entries:
        said = entry.payload
        if not places.works(entry.unit, said.since) or places.atlas().level(entry.unit) != 3:
            batch.refuse(entry, NoCommune(
                unit=places.name(entry.unit, said.since), on=said.since
            ))  # fmt: skip
            continue
        zones.put({
            "id": derived_id(entry.unit, "zone", said.since.isoformat()), "unit_id": entry.unit,
            "zone": said.zone, "since": said.since, "source": said.source.strip()[:200],
            "changed_at": entry.received_at,
        })  # fmt: skip
    zones.post()
