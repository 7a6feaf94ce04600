"""A person's record: amended, taken out of use, and the numbers and insurance on it."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from tuyen.apps.registry import search
from tuyen.apps.registry.atlas import EARLIEST, LATEST
from tuyen.apps.registry.models import (
    OLDEST_FIRST,
    Entitlement,
    Identifier,
    Membership,
    Person,
    PersonEthnicity,
    PersonName,
    PublishedCoverage,
    Residence,
)
from tuyen.apps.registry.operations import (
    AmendPerson,
    EndIdentifier,
    Entitle,
    Identify,
    Number,
    PublishCoverage,
    VoidPerson,
)
from tuyen.apps.registry.refusals import (
    AlreadyVoid,
    EndsBeforeItBegins,
    NoSuchNumber,
    NothingChanges,
    PercentDisagrees,
    UnknownPerson,
    UnknownUnit,
)
from tuyen.apps.registry.services.people import Book, masked, recorded_on, touch_places, words_of
from tuyen.engines.registry.identifiers import clean
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal


@applies(AmendPerson)
def amend_persons(batch: Batch[AmendPerson]) -> None:
    for entry in batch.entries:
        try:
            _amend(entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)


def _amend(entry: Entry[AmendPerson]) -> None:
    change, book = entry.payload, Book()
    person = _record(change.person)
    book.within_reach(entry, person.place_id)
    stated = (change.name, change.sex, change.born_on, change.birth_precision)
    if all(value is None for value in (*stated, change.ethnicity, change.phone)):
        raise NothingChanges()
    name = book.check_name("name", change.name) if change.name is not None else person.name
    born_on = change.born_on or person.born_on
    book.check_birth(name, born_on, recorded_on(entry))
    if person.died_on is not None:
        book.check_day("died_on", person.died_on, born_on, LATEST)
    book.check_ethnicity(change.ethnicity or "")
    _check_lives_after(book, person, born_on)
    if name != person.name:
        PersonName.objects.create(
            id=entry.id, person=person, name=person.name, until=entry.happened_on
        )
    person.name, person.born_on = name, born_on
    person.sex = change.sex or person.sex
    person.birth_precision = change.birth_precision or person.birth_precision
    if change.phone is not None:
        person.phone = search.phone(change.phone)
    former = PersonName.objects.filter(person=person).order_by("until", "pk")
    old, person.search = person.search, words_of(person, former.values_list("name", flat=True))
    person.save()
    stays = Residence.objects.filter(person=person)
    stays.update(sex=person.sex, born_on=person.born_on)
    touch_places(dict.fromkeys(stays.values_list("place_id", flat=True), entry.id))
    if change.ethnicity is not None:
        _set_ethnicity(person, change.ethnicity)
    search.replace([(person.number, old, person.search)])


def _check_lives_after(book: Book, person: Person, born_on: date) -> None:
    """Nothing recorded may now lie before the birth; a stay since birth moves with it."""
    first = Residence.objects.filter(person=person).order_by(OLDEST_FIRST).first()
    if first is None or first.since is None or first.since >= born_on:
        return
    if first.since == person.born_on and (first.until is None or first.until > born_on):
        Residence.objects.filter(pk=first.pk).update(since=born_on)
        Membership.objects.filter(person=person, since=person.born_on).update(since=born_on)
        return
    book.check_day("residence", first.since, born_on, LATEST)


def _set_ethnicity(person: Person, group: str) -> None:
    if group:
        PersonEthnicity.objects.update_or_create(person=person, defaults={"group": group})
    else:
        PersonEthnicity.objects.filter(person=person).delete()


@applies(VoidPerson)
def void_persons(batch: Batch[VoidPerson]) -> None:
    """The record leaves every count and search; its numbers are free for their true holder."""
    for entry in batch.entries:
        try:
            person = _record(entry.payload.person)
            Book().within_reach(entry, person.place_id)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        search.replace([(person.number, person.search, "")])
        person.voided_on, person.void_reason = entry.happened_on, entry.payload.reason
        person.search = ""
        person.save(update_fields=["voided_on", "void_reason", "search"])
        stays = Residence.objects.filter(person=person).values_list("place_id", flat=True)
        touch_places(dict.fromkeys(stays, entry.id))
        for model in (Residence, Membership, Identifier, Entitlement):
            model.objects.filter(person=person).delete()


@applies(Identify)
def identify(batch: Batch[Identify]) -> None:
    book = Book()
    book.load_numbers(clean(entry.payload.value) for entry in batch.entries)
    for entry in batch.entries:
        new = entry.payload
        since = new.since or entry.happened_on
        try:
            person = _record(new.person)
            book.within_reach(entry, person.place_id)
            book.check_day("since", since, person.born_on, recorded_on(entry))
            value, warning = book.check_number(
                Number(system=new.system, value=new.value), person.sex, person.born_on,
                person.birth_precision, recorded_on(entry),
            )  # fmt: skip
            _end_numbers(person, new.system, since)
        except Refusal as refusal:
            book.settle_claims(accepted=False)
            batch.refuse(entry, refusal)
            continue
        book.settle_claims(accepted=True)
        Identifier.objects.create(
            id=entry.id, person=person, system=new.system, value=value, since=since,
            warning=warning,
        )  # fmt: skip


def _end_numbers(person: Person, system: str, on: date) -> None:
    held = list(Identifier.objects.filter(person=person, system=system, until=None))
    for number in held:
        if number.since is not None and number.since >= on:
            raise EndsBeforeItBegins(field="since", since=number.since, until=on)
        number.until = on
    Identifier.objects.bulk_update(held, ["until"])


@applies(EndIdentifier)
def end_identifiers(batch: Batch[EndIdentifier]) -> None:
    for entry in batch.entries:
        end = entry.payload
        value = clean(end.value)
        try:
            person = _record(end.person)
            Book().within_reach(entry, person.place_id)
            held = Identifier.objects.filter(
                person=person, system=end.system, value=value, until=None
            ).first()
            if held is None:
                raise NoSuchNumber(value=masked(value), system=end.system, on=end.until)
            if held.since is not None and end.until <= held.since:
                raise EndsBeforeItBegins(field="until", since=held.since, until=end.until)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        held.until = end.until
        held.save(update_fields=["until"])


@applies(Entitle)
def entitle(batch: Batch[Entitle]) -> None:
    """Bulk: cards are renewed by the thousand on one day. Two queries and two statements."""
    book = Book()
    people = Person.objects.in_bulk({entry.payload.person for entry in batch.entries})
    held: dict[UUID, list[Any]] = {}
    for row in Entitlement.objects.filter(person__in=people).order_by(OLDEST_FIRST, "pk"):
        held.setdefault(row.person_id, []).append(row)
    changed: dict[UUID, Entitlement] = {}
    for entry in batch.entries:
        new = entry.payload
        try:
            person = _usable(people.get(new.person), new.person)
            book.within_reach(entry, person.place_id)
            card, group, warning = book.check_insurance(new, person.born_on, recorded_on(entry))
            cut = _overlapping(held.get(person.pk, []), new)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for row in cut:
            row.until = new.since
            changed[row.pk] = row
        held.setdefault(person.pk, []).append(
            Entitlement(
                id=entry.id, person=person, card=card, group=group, facility_id=new.facility,
                since=new.since, until=new.until, warning=warning,
            )
        )  # fmt: skip
    accepted = {entry.id for entry in batch.accepted()}
    fresh = [row for rows in held.values() for row in rows if row.pk in accepted]
    Entitlement.objects.bulk_update(
        [row for id, row in changed.items() if id not in accepted], ["until"], batch_size=200
    )
    Entitlement.objects.bulk_create(fresh)
    last = {entry.payload.person: entry.id for entry in batch.accepted()}
    stays = Residence.objects.filter(person__in=last).values_list("person_id", "place_id")
    order = {entry.id: n for n, entry in enumerate(batch.entries)}
    touched: dict[UUID, UUID] = {}
    for person_id, place in stays:
        touched[place] = max(
            touched.get(place, last[person_id]), last[person_id], key=order.__getitem__
        )
    touch_places(touched)


@applies(PublishCoverage)
def publish_coverage(batch: Batch[PublishCoverage]) -> None:
    atlas = Book().atlas
    rows = []
    for entry in batch.entries:
        new = entry.payload
        percent = Decimal(new.percent)
        if atlas.unit(new.unit) is None:
            batch.refuse(entry, UnknownUnit(field="unit", unit=new.unit))
            continue
        if percent > 100 or (new.insured is not None and new.persons and not _agrees(new, percent)):
            found = round(100 * (new.insured or 0) / (new.persons or 1), 2)
            batch.refuse(
                entry,
                PercentDisagrees(
                    percent=percent, insured=new.insured, persons=new.persons, found=found
                ),
            )
            continue
        rows.append(
            PublishedCoverage(
                id=entry.id, unit_id=new.unit, on=new.on, percent=percent, insured=new.insured,
                persons=new.persons, source=new.source,
            )
        )  # fmt: skip
    PublishedCoverage.objects.bulk_create(rows)


def _agrees(new: PublishCoverage, percent: Decimal) -> bool:
    """The parts give the percentage, to the digits it was published with."""
    digits = -int(percent.as_tuple().exponent)
    found = Decimal(100) * Decimal(new.insured or 0) / Decimal(new.persons or 1)
    return abs(found - percent) <= Decimal(10) ** -digits


def _overlapping(rows: list[Entitlement], new: Entitle) -> list[Entitlement]:
    """Entitlements cut short by the new one; one that begins in it is in the way."""
    cut = []
    for row in rows:
        begin, end = row.since or EARLIEST, row.until or LATEST
        if begin < (new.until or LATEST) and new.since < end:
            if begin >= new.since:
                raise EndsBeforeItBegins(field="since", since=begin, until=new.since)
            cut.append(row)
    return cut


def _record(id: UUID) -> Person:
    return _usable(Person.objects.filter(pk=id).first(), id)


def _usable(person: Person | None, id: UUID) -> Person:
    """A record that may still be amended: the dead have one too."""
    if person is None:
        raise UnknownPerson(person=id)
    if person.voided_on is not None:
        raise AlreadyVoid(on=person.voided_on, reason=person.void_reason)
    return person
