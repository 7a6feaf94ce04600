"""Health education is kept, corrected and taken back; no row of it names who listened."""

from typing import Any
from uuid import UUID

import msgspec

from tuyen.apps.clinical import talk_checks
from tuyen.apps.clinical.models import Talk, TalkStep
from tuyen.apps.clinical.operations import AmendTalk, RecordTalk, TalkFacts, VoidTalk
from tuyen.apps.clinical.refusals import (
    ReasonNeeded,
    TalkIsVoid,
    TalkToldAlready,
    TalkUnchanged,
    UnknownTalk,
)
from tuyen.apps.clinical.services.told import Held, People, Row, day_of
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

WHY = 3
"""Letters of a reason, at least."""
SAME = ("unit_id", "on", "form", "topic", "topic_words", "place_id", "place_name", "speaker")
"""Two talks that agree in all of these are one that was sent twice."""
_encode = msgspec.json.Encoder().encode


@applies(RecordTalk)
def record_talks(batch: Batch[RecordTalk]) -> None:
    """Keep each talk that does not stand in the book already."""
    held = Held(Talk, Talk.objects.filter(
        unit_id__among={entry.unit for entry in batch.entries}, state="live",
        on__in={entry.payload.what.on for entry in batch.entries},
    ))  # fmt: skip
    people = People((), batch.entries[0].happened_on)
    there = {_same(row) for row in held.rows()}
    for entry in batch.entries:
        try:
            people.unit(entry)
            facts = _checked(people, entry, entry.unit, entry.payload.what)
            row = facts | {"unit_id": entry.unit}
            if _same(row) in there:
                raise TalkToldAlready(on=row["on"])
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        there.add(_same(row))
        held.write(row | {
            "id": entry.id, "state": "live", "version": 1, "author_id": entry.author,
            "received_at": entry.received_at,
        })  # fmt: skip
    held.post()


@applies(AmendTalk)
def amend_talks(batch: Batch[AmendTalk]) -> None:
    """Write each talk as it is from now on; what had stood is kept beside it."""
    held, steps, people = _held(batch)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _live(held, people, entry, said.talk)
            facts = _checked(people, entry, row["unit_id"], said.what)
            _check_reason(said.reason)
            if row | facts == row:
                raise TalkUnchanged()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        steps.write(_step(entry, row, "amended"))
        held.write(row | facts | {"version": row["version"] + 1})
    held.post()
    steps.post()


@applies(VoidTalk)
def void_talks(batch: Batch[VoidTalk]) -> None:
    """Take talks out of the book; their rows stay, with the reason."""
    held, steps, people = _held(batch)
    for entry in batch.entries:
        try:
            row = _live(held, people, entry, entry.payload.talk)
            _check_reason(entry.payload.reason)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        steps.write(_step(entry, row, "void"))
        held.write(row | {"state": "void", "version": row["version"] + 1})
    held.post()
    steps.post()


def _held(batch: Batch[Any]) -> tuple[Held, Held, People]:
    ids = {entry.payload.talk for entry in batch.entries}
    people = People((), batch.entries[0].happened_on)
    return Held(Talk, Talk.objects.filter(pk__among=ids)), Held(TalkStep), people


def _live(held: Held, people: People, entry: Entry[Any], id: UUID) -> Row:
    """A talk of the entry's unit that stands. One of another is answered like one that does not exist."""
    row = held.get(id)
    if row is None or not people.may(entry, row["unit_id"]):
        raise UnknownTalk(talk=id)
    if row["state"] != "live":
        raise TalkIsVoid()
    return row


def _checked(people: People, entry: Entry[Any], unit: UUID, what: TalkFacts) -> dict[str, Any]:
    """The columns of what is told, or the first thing that is wrong with it."""
    today = day_of(entry.received_at)
    for _field, refusal in talk_checks.faults(what, map_=people.map, unit=unit, today=today):
        raise refusal
    return {
        "on": what.on, "form": what.form, "topic": what.topic, "topic_words": what.topic_words.strip(),
        "place_id": what.place, "place_name": what.place_name.strip(), "reached": what.reached,
        "speaker": what.speaker.strip(), "note": what.note.strip(),
    }  # fmt: skip


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < WHY:
        raise ReasonNeeded()


def _same(row: Row) -> tuple[Any, ...]:
    return tuple(row[name] for name in SAME)


def _step(entry: Entry[Any], row: Row, what: str) -> Row:
    names = {"place": "place_id"}
    kept = {name: row[names.get(name, name)] for name in TalkFacts.__struct_fields__}
    return {
        "id": entry.id, "talk_id": row["id"], "unit_id": row["unit_id"],
        "version": row["version"], "what": what, "reason": entry.payload.reason.strip(),
        "content": _encode(kept).decode(), "author_id": entry.author,
        "received_at": entry.received_at,
    }  # fmt: skip
