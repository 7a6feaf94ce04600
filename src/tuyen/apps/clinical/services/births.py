"""Births: a delivery with its children, each of them a record of the registry that fits; and what the
audit of a mother's death found."""

from collections.abc import Collection
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from tuyen.apps.clinical.models import Birth, Delivery, MaternalReview
from tuyen.apps.clinical.operations import Born, RecordBirth, ReviewMaternalDeath, VoidBirth
from tuyen.apps.clinical.refusals import (
    BirthTooEarly,
    BornAlready,
    ChildDiffers,
    ChildElsewhere,
    ChildNotRegistered,
    DeliveredAlready,
    DeliveryIsVoid,
    InTheFuture,
    NewbornMeasure,
    NotAMaternalDeath,
    PregnantSince,
    SameChildTwice,
    StillbornRegistered,
    UnknownDelivery,
)
from tuyen.apps.clinical.services.pregnancies import Mothers, woman
from tuyen.apps.clinical.services.told import Held, Row, day_of
from tuyen.apps.registry import queries as registry
from tuyen.engines.clinical.pregnancy import POSTPARTUM_DAYS
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal
from tuyen.rules.clinical import pregnancy as rules


class _Births(Mothers):
    """The mothers of a batch, their children, and who was born already."""

    def __init__(self, entries: Collection[Entry[RecordBirth]]) -> None:
        children = [c.person for e in entries for c in e.payload.children if c.person]
        on = next(iter(entries)).happened_on
        super().__init__([e.payload.mother for e in entries], on, children)
        self.born = Held(
            Birth,
            Birth.objects.filter(
                person__id__among={r for child in children for r in self.records(child)}
            ),
        )
        everyone = {self.people.root(id) for e in entries
                    for id in (e.payload.mother, *(c.person for c in e.payload.children)) if id}  # fmt: skip
        found = registry.people(by=self.people.by, ids=everyone)
        self.household = {id: row.household for id, row in found.items()}

    def check(self, entry: Entry[RecordBirth]) -> Row | None:
        """Raise what is wrong with a delivery; the open pregnancy that it ends, if there is one."""
        said = entry.payload
        self.people.unit(entry)
        woman(self.people, said.mother, said.on, entry)
        if said.at is not None and day_of(said.at) != said.on:
            raise InTheFuture(field="at", on=day_of(said.at), today=said.on)
        limits = rules.dating(said.on)
        for row in self.births_of(said.mother):
            if abs((row["on"] - said.on).days) < limits["least_gap"]:
                raise DeliveredAlready(on=row["on"], days=limits["least_gap"])
        held = self.open_of(said.mother)
        if held is not None and held["begun_on"] > said.on:
            held = None  # told late, of an earlier pregnancy than the one she is under care for
        if held is not None and (said.on - held["begun_on"]).days < limits["least_birth"]:
            weeks = (said.on - held["begun_on"]).days // 7
            raise BirthTooEarly(on=said.on, weeks=weeks, least=limits["least_birth"] // 7)
        self._check_children(said)
        return held

    def _check_children(self, said: RecordBirth) -> None:
        roots = [self.people.root(c.person) for c in said.children if c.person]
        if len(set(roots)) < len(roots) or self.people.root(said.mother) in roots:
            raise SameChildTwice()
        for number, child in enumerate(said.children, 1):
            _check_newborn(number, child, said)
            if child.alive and child.person is None:
                raise ChildNotRegistered(number=number)
            if not child.alive and child.person is not None:
                raise StillbornRegistered(number=number)
            if child.person is not None:
                self._check_record(number, child, said)

    def _check_record(self, number: int, child: Born, said: RecordBirth) -> None:
        assert child.person is not None
        record = self.people.person(child.person)
        root = self.people.root(child.person)
        for row in self.born.rows():
            if row["live"] and self.people.root(row["person_id"]) == root:
                raise BornAlready(number=number, on=row["on"])
        if record.born_on != said.on:
            raise ChildDiffers(
                number=number, field="born_on", told=said.on, registered=record.born_on
            )
        if record.sex != child.sex:
            raise ChildDiffers(number=number, field="sex", told=child.sex, registered=record.sex)
        home = self.household.get(self.people.root(said.mother))
        if home is not None and self.household.get(root) != home:
            raise ChildElsewhere(number=number)


def _check_newborn(number: int, child: Born, said: RecordBirth) -> None:
    limits = rules.newborn(said.on)
    told = (("weight", "g", None if child.weight is None else Decimal(child.weight)),
            ("length", "cm", child.length), ("head", "cm", child.head))  # fmt: skip
    for field, unit, value in told:
        low, high = limits[field]
        if value is not None and not (value.is_finite() and low <= value <= high):
            raise NewbornMeasure(
                number=number, field=field, value=value, unit=unit, low=low, high=high
            )


@applies(RecordBirth)
def record_births(batch: Batch[RecordBirth]) -> None:
    """Take deliveries with their children; the mother's pregnancy ends by it."""
    book = _Births(batch.entries)
    for entry in batch.entries:
        try:
            held = book.check(entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        said = entry.payload
        weeks = said.weeks
        if held is not None:
            weeks = weeks or (said.on - held["begun_on"]).days // 7
            book.pregnancies.write(held | {"state": "born", "ended_on": said.on})
        book.deliveries.write({
            "id": entry.id, "pregnancy_id": held["id"] if held else None,
            "mother_id": said.mother, "unit_id": entry.unit, "on": said.on, "at": said.at,
            "place": said.place, "attendant": said.attendant, "mode": said.mode, "weeks": weeks,
            "note": said.note.strip(), "state": "live", "void_reason": "",
            "author_id": entry.author, "received_at": entry.received_at,
        })  # fmt: skip
        for number, child in enumerate(said.children, 1):
            book.born.write(_birth(entry, number, child))
    book.post()
    book.born.post()


def _birth(entry: Entry[RecordBirth], number: int, child: Born) -> Row:
    said = entry.payload
    plain = ("sex", "alive", "weight", "length", "head", "apgar1", "apgar5", "vitamin_k", "breastfed",
             "essential_care", "malformation")  # fmt: skip
    return {name: getattr(child, name) for name in plain} | {
        "id": derived_id(entry.id, "birth", number), "delivery_id": entry.id,
        "person_id": child.person, "mother_id": said.mother, "unit_id": entry.unit, "on": said.on,
        "number": number, "live": True,
    }  # fmt: skip


@applies(VoidBirth)
def void_births(batch: Batch[VoidBirth]) -> None:
    """Take deliveries out of all counts; the pregnancies that they ended are open again."""
    asked = [e.payload.delivery for e in batch.entries]
    found = Held(Delivery, Delivery.objects.filter(pk__among=set(asked)))
    book = Mothers([row["mother_id"] for row in found.rows()], batch.entries[0].happened_on)
    born = Held(Birth, Birth.objects.filter(delivery_id__among=set(asked)))
    for entry in batch.entries:
        said = entry.payload
        try:
            row = book.deliveries.get(said.delivery)
            if row is None or not book.people.may(entry, row["unit_id"]):
                raise UnknownDelivery(delivery=said.delivery)
            if row["state"] != "live":
                raise DeliveryIsVoid(reason=row["void_reason"])
            ended = book.pregnancies.get(row["pregnancy_id"])
            if ended is not None and book.open_of(row["mother_id"]) is not None:
                raise PregnantSince()
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        book.deliveries.write(row | {"state": "void", "void_reason": said.reason.strip()})
        for birth in born.rows():
            if birth["delivery_id"] == row["id"]:
                born.write(birth | {"live": False})
        if ended is not None:
            book.pregnancies.write(ended | {"state": "open", "ended_on": None})
    book.post()
    born.post()


@applies(ReviewMaternalDeath)
def review_maternal_deaths(batch: Batch[ReviewMaternalDeath]) -> None:
    """Keep what audits found, each of a death while pregnant or within 42 days after."""
    book = Mothers([e.payload.person for e in batch.entries], batch.entries[0].happened_on)
    reviews = Held(MaternalReview)
    for entry in batch.entries:
        said = entry.payload
        try:
            book.people.unit(entry)
            _check_death(book, said.person)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        reviews.write({
            "id": entry.id, "person_id": said.person, "unit_id": entry.unit,
            "on": entry.happened_on, "kind": said.kind, "cause": said.cause,
            "findings": said.findings.strip(), "actions": said.actions.strip(),
            "author_id": entry.author, "received_at": entry.received_at,
        })  # fmt: skip
    reviews.post()


def _check_death(book: Mothers, id: UUID) -> None:
    died = book.people.person(id).died_on
    spans = [
        (row["begun_on"], row["ended_on"]) for row in book.pregnancies.rows()
        if book.people.root(row["person_id"]) == book.people.root(id)
    ]  # fmt: skip
    spans += [(row["on"], row["on"]) for row in book.births_of(id)]
    after = timedelta(days=POSTPARTUM_DAYS)
    if died is None or not any(
        begun <= died and (ended is None or died <= ended + after) for begun, ended in spans
    ):
        raise NotAMaternalDeath(days=POSTPARTUM_DAYS)
