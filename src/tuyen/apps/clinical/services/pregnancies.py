"""Pregnancies are registered, corrected and ended; what is wrong with a date is answered."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from msgspec import UNSET

from tuyen.apps.clinical.models import Delivery, Pregnancy, PregnancyEnd
from tuyen.apps.clinical.operations import AmendPregnancy, EndPregnancy, RegisterPregnancy
from tuyen.apps.clinical.refusals import (
    AgeOfAMother,
    DatesApart,
    DatingMissing,
    EndBeforeBeginning,
    InTheFuture,
    LossUnsaid,
    NotAWoman,
    NothingOfPregnancyChanges,
    ParaOverGravida,
    PregnancyOver,
    PregnancyTooLong,
    PregnantAlready,
    TooSoonAfterBirth,
    UnknownPregnancy,
)
from tuyen.apps.clinical.services.told import Held, People, Row, day_of
from tuyen.apps.registry.queries import Vital
from tuyen.engines.clinical import pregnancy as engine
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import pregnancy as rules


class Mothers:
    """Women, their pregnancies and their births: a constant number of reads."""

    def __init__(self, ids: Sequence[UUID], on: date, also: Sequence[UUID] = ()) -> None:
        self.people = People([*ids, *also], on)
        records = {record for id in ids for record in self.records(id)}
        self.pregnancies = Held(Pregnancy, Pregnancy.objects.filter(person__id__among=records))
        self.deliveries = Held(Delivery, Delivery.objects.filter(mother__id__among=records))

    def records(self, id: UUID) -> frozenset[UUID]:
        return self.people.records.get(self.people.root(id), frozenset({id}))

    def open_of(self, id: UUID) -> Row | None:
        """The pregnancy that a woman is under care for."""
        root = self.people.root(id)
        return next(
            (row for row in self.pregnancies.rows()
             if row["state"] == "open" and self.people.root(row["person_id"]) == root), None,
        )  # fmt: skip

    def births_of(self, id: UUID) -> list[Row]:
        root = self.people.root(id)
        return [
            row for row in self.deliveries.rows()
            if row["state"] == "live" and self.people.root(row["mother_id"]) == root
        ]  # fmt: skip

    def post(self) -> None:
        self.pregnancies.post()
        self.deliveries.post()


def woman(people: People, id: UUID, on: date, entry: Entry[Any], field: str = "on") -> Vital:
    """A woman of an age to bear, alive on a day that is not to come."""
    person = people.alive(id, on, entry, field)
    if person.sex == 1:
        raise NotAWoman()
    limits = rules.dating(on)
    days = (on - person.born_on).days
    if not limits["youngest_mother"] <= days <= limits["oldest_mother"]:
        low, high = (limits[key] // 365 for key in ("youngest_mother", "oldest_mother"))
        raise AgeOfAMother(born=person.born_on, age=int(days // 365.25), on=on, low=low, high=high)
    return person


@applies(RegisterPregnancy)
def register_pregnancies(batch: Batch[RegisterPregnancy]) -> None:
    """Take women under care, one open pregnancy each."""
    book = Mothers([e.payload.person for e in batch.entries], batch.entries[0].happened_on)
    for entry in batch.entries:
        said = entry.payload
        try:
            book.people.unit(entry)
            woman(book.people, said.person, entry.happened_on, entry)
            held = book.open_of(said.person)
            if held is not None:
                raise PregnantAlready(since=held["registered_on"], edd=held["edd"])
            begun, edd = dated(said.lmp, said.edd, entry.happened_on, day_of(entry.received_at))
            _check_birth(book.births_of(said.person), begun)
            check_counts(said.gravida, said.para)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.pregnancies.write({
            "id": entry.id, "person_id": said.person, "unit_id": entry.unit,
            "registered_on": entry.happened_on, "begun_on": begun, "edd": edd,
            "dated_by": said.dated_by, "gravida": said.gravida, "para": said.para,
            "caesareans": said.caesareans, "note": said.note.strip(), "state": "open",
            "ended_on": None, "revision": 0, "author_id": entry.author,
            "received_at": entry.received_at,
        })  # fmt: skip
    book.post()


def dated(lmp: date | None, edd: date | None, on: date, today: date) -> tuple[date, date]:
    """(the day a pregnancy is counted from, the day its birth is expected), if they can be true."""
    if lmp is None and edd is None:
        raise DatingMissing()
    limits = rules.dating(on)
    if lmp is not None and lmp > today:
        raise InTheFuture(field="lmp", on=lmp, today=today)
    counted = engine.expected(lmp) if lmp is not None else edd
    assert counted is not None
    told = edd or counted
    apart = abs((told - counted).days)
    if apart > limits["apart"]:
        raise DatesApart(edd=told, lmp=lmp, days=apart, counted=counted, limit=limits["apart"])
    begun = engine.begun(told)
    days = (on - begun).days
    if days > limits["longest"]:
        raise PregnancyTooLong(begun=begun, weeks=days // 7, on=on)
    if begun > on:
        raise InTheFuture(field="edd", on=begun, today=on)
    return begun, told


def check_counts(gravida: int | None, para: int | None) -> None:
    if gravida is not None and para is not None and para >= max(gravida, 1):
        raise ParaOverGravida(para=para, gravida=gravida)


def _check_birth(births: Sequence[Row], begun: date) -> None:
    last = max((row["on"] for row in births), default=None)
    if last is not None and begun < last - timedelta(days=14):
        raise TooSoonAfterBirth(begun=begun, birth=last)


def _find(book: Held, people: People, entry: Entry[Any], id: UUID) -> Row:
    """The open pregnancy that an entry is about, of its own unit."""
    row = book.get(id)
    if row is None or not people.may(entry, row["unit_id"]):
        raise UnknownPregnancy(pregnancy=id)
    if row["state"] != "open":
        raise PregnancyOver(on=row["ended_on"])
    return row


@applies(AmendPregnancy)
def amend_pregnancies(batch: Batch[AmendPregnancy]) -> None:
    """Correct pregnancies that are open; a new dating is judged like a first one."""
    held = Held(
        Pregnancy, Pregnancy.objects.filter(pk__among={e.payload.pregnancy for e in batch.entries})
    )
    book = Mothers([row["person_id"] for row in held.rows()], batch.entries[0].happened_on)
    for entry in batch.entries:
        said = entry.payload.changes
        try:
            row = _find(book.pregnancies, book.people, entry, entry.payload.pregnancy)
            changed = dict(row)
            if said.lmp is not UNSET or said.edd is not UNSET:
                begun, edd = dated(
                    None if said.lmp is UNSET else said.lmp,
                    None if said.edd is UNSET else said.edd,
                    entry.happened_on, day_of(entry.received_at),
                )  # fmt: skip
                _check_birth(book.births_of(row["person_id"]), begun)
                changed |= {"begun_on": begun, "edd": edd}
            for name in ("dated_by", "gravida", "para", "caesareans", "note"):
                value = getattr(said, name)
                if value is not UNSET:
                    changed[name] = value
            check_counts(changed["gravida"], changed["para"])
            if changed == row:
                raise NothingOfPregnancyChanges()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.pregnancies.write(changed | {"revision": row["revision"] + 1})
    book.pregnancies.post()


@applies(EndPregnancy)
def end_pregnancies(batch: Batch[EndPregnancy]) -> None:
    """End pregnancies that brought no birth here; how stands apart."""
    held = Held(
        Pregnancy, Pregnancy.objects.filter(pk__among={e.payload.pregnancy for e in batch.entries})
    )
    people = People((row["person_id"] for row in held.rows()), batch.entries[0].happened_on)
    ends = Held(PregnancyEnd)
    for entry in batch.entries:
        said = entry.payload
        try:
            row = _find(held, people, entry, said.pregnancy)
            people.alive(row["person_id"], said.on, entry)
            if said.on < row["begun_on"]:
                raise EndBeforeBeginning(on=said.on, begun=row["begun_on"])
            if (said.how == "loss") != bool(said.loss):
                raise LossUnsaid()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.write(row | {"state": "over", "ended_on": said.on})
        ends.write({
            "id": entry.id, "pregnancy_id": row["id"], "person_id": row["person_id"],
            "unit_id": row["unit_id"], "on": said.on, "how": said.how, "loss": said.loss,
            "note": said.note.strip(),
        })  # fmt: skip
    held.post()
    ends.post()
