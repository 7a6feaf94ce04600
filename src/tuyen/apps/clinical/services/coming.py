"""Who is sent here by others: taken once, changed as they tell, answered by our note."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.clinical.models import Coming
from tuyen.apps.clinical.operations import AnswerComing, ChangeComing, ReceivePatient, Sent
from tuyen.apps.clinical.refusals import (
    AfterDeath,
    AnsweredAlready,
    AnsweredBefore,
    AppointmentPassed,
    AppointmentTooFar,
    ComingOfAnother,
    InTheFuture,
    NothingToAnswer,
    NotWaiting,
    UnknownComing,
)
from tuyen.apps.clinical.services.told import Held, People, Row, day_of
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

FARTHEST = timedelta(days=731)
"""Within which an appointment lies."""
UNANSWERED = {
    "answered_on": None, "diagnosis": "", "text": "", "treatment": "", "answered_by_id": None,
}  # fmt: skip


@applies(ReceivePatient)
def receive_patients(batch: Batch[ReceivePatient]) -> None:
    """Write a row for each. A constant number of reads, one statement."""
    if not batch.entries:
        return
    people = People((e.payload.sent.person for e in batch.entries), batch.entries[0].happened_on)
    held = Held(Coming)
    for entry in batch.entries:
        try:
            people.unit(entry)
            _check(entry, entry.payload.sent, people, state="waiting")
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.write(_row(entry, entry.payload.sent) | UNANSWERED)
    held.post()


@applies(ChangeComing)
def change_comings(batch: Batch[ChangeComing]) -> None:
    """What others tell anew stands in the place of what they told; an answer is not undone by it."""
    if not batch.entries:
        return
    held = _standing(batch)
    people = People((e.payload.sent.person for e in batch.entries), batch.entries[0].happened_on)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _find(held, people, entry, said.coming)
            if people.root(row["person_id"]) != people.root(said.sent.person):
                raise ComingOfAnother()
            if row["state"] == "answered":
                raise AnsweredAlready(on=row["answered_on"])
            _check(entry, said.sent, people, state=said.state)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        told = _row(entry, said.sent) | {
            "id": row["id"], "unit_id": row["unit_id"], "person_id": row["person_id"],
            "state": said.state, "why": said.reason.strip(), "version": row["version"] + 1,
        }  # fmt: skip
        held.write(row | told)
    held.post()


@applies(AnswerComing)
def answer_comings(batch: Batch[AnswerComing]) -> None:
    """Keep the return note beside the referral: the first stands."""
    if not batch.entries:
        return
    held, people = _standing(batch), People((), batch.entries[0].happened_on)
    for entry in batch.entries:
        try:
            row = _find(held, people, entry, entry.payload.coming)
            _check_answer(entry, row)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        said = entry.payload
        held.write(row | {
            "state": "answered", "answered_on": said.on, "diagnosis": said.diagnosis.strip(),
            "text": said.text.strip(), "treatment": said.treatment.strip(),
            "answered_by_id": entry.author, "version": row["version"] + 1,
        })  # fmt: skip
    held.post()


def _check(entry: Entry[Any], sent: Sent, people: People, *, state: str) -> None:
    today = day_of(entry.received_at)
    if sent.kind == "referral":
        people.alive(sent.person, sent.on, entry)
        return
    person = people.person(sent.person)
    if person.died_on is not None and sent.on > person.died_on:
        raise AfterDeath(on=sent.on, died=person.died_on)
    if state == "waiting" and sent.on < today:
        raise AppointmentPassed(on=sent.on, today=today)
    if sent.on > today + FARTHEST:
        raise AppointmentTooFar(on=sent.on, days=FARTHEST.days)


def _check_answer(entry: Entry[AnswerComing], row: Row) -> None:
    if row["kind"] != "referral":
        raise NothingToAnswer()
    if row["state"] == "answered":
        raise AnsweredAlready(on=row["answered_on"])
    if row["state"] == "withdrawn":
        raise NotWaiting()
    on, today = entry.payload.on, day_of(entry.received_at)
    if on < row["on"]:
        raise AnsweredBefore(on=on, day=row["on"])
    if on > today:
        raise InTheFuture(field="on", on=on, today=today)


def _find(held: Held, people: People, entry: Entry[Any], id: UUID) -> Row:
    """The row that an entry is about, of its own unit; one of another is answered as none."""
    row = held.get(id)
    if row is None or not people.may(entry, row["unit_id"]):
        raise UnknownComing(coming=id)
    return row


def _standing(batch: Batch[Any]) -> Held:
    ids = {entry.payload.coming for entry in batch.entries}
    return Held(Coming, Coming.objects.filter(pk__among=ids))


def _row(entry: Entry[Any], sent: Sent) -> Row:
    return {
        "id": entry.id, "person_id": sent.person, "unit_id": entry.unit, "kind": sent.kind,
        "on": sent.on, "at": sent.at, "from_name": sent.from_name.strip(),
        "reason": sent.reason.strip(), "urgent": sent.urgent, "source": sent.source,
        "state": "waiting", "why": "", "apart": sent.apart, "version": 1,
        "author_id": entry.author, "received_at": entry.received_at,
    }  # fmt: skip
