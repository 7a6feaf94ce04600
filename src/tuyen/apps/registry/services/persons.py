"""A person's record: amended, taken out of use, and the numbers and insurance on it."""

from datetime import date
from decimal import Decimal
from typing import Any

from tuyen.apps.registry import search
from tuyen.apps.registry.atlas import EARLIEST, LATEST
from tuyen.apps.registry.models import (
    Entitlement,
    Identifier,
    Membership,
    Person,
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
    EndsBeforeItBegins,
    NoSuchNumber,
    NothingChanges,
    PercentDisagrees,
    UnknownUnit,
)
from tuyen.apps.registry.services.people import Book, masked, recorded_on
from tuyen.apps.registry.services.records import EVERYTHING, Records
from tuyen.engines.registry.identifiers import clean
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal


@applies(AmendPerson)
def amend_persons(batch: Batch[AmendPerson]) -> None:
    book = Book()
    records = Records.load(
        (entry.payload.person for entry in batch.entries), Residence, Membership, PersonName
    )
    for entry in batch.entries:
        try:
            _amend(book, records, entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
    records.save()


def _amend(book: Book, records: Records, entry: Entry[AmendPerson]) -> None:
    change = entry.payload
    person = records.usable(change.person)
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
    _check_lives_after(book, records, person, born_on)
    if name != person.name:
        records[PersonName].add(
            PersonName(id=entry.id, person_id=person.pk, name=person.name, until=entry.happened_on)
        )
    records.change(
        person, name=name, born_on=born_on, sex=change.sex or person.sex,
        birth_precision=change.birth_precision or person.birth_precision,
        phone=search.phone(change.phone) if change.phone is not None else person.phone,
    )  # fmt: skip
    records.find_anew(person)
    for stay in records[Residence].of(person.pk):
        records[Residence].change(stay, sex=person.sex, born_on=person.born_on)
        records.touch(entry.id, [stay.place_id])
    if change.ethnicity is not None:
        records.set_group(person.pk, change.ethnicity)


def _check_lives_after(book: Book, records: Records, person: Person, born_on: date) -> None:
    """Nothing recorded may now lie before the birth; a stay since birth moves with it."""
    first = next(iter(records[Residence].of(person.pk)), None)
    if first is None or first.since is None or first.since >= born_on:
        return
    if first.since == person.born_on and (first.until is None or first.until > born_on):
        records[Residence].change(first, since=born_on)
        for member in records[Membership].of(person.pk):
            if member.since == person.born_on:
                records[Membership].change(member, since=born_on)
        return
    book.check_day("residence", first.since, born_on, LATEST)


@applies(VoidPerson)
def void_persons(batch: Batch[VoidPerson]) -> None:
    """The record leaves every count and search; its numbers are free for their true holder."""
    book = Book()
    records = Records.load((entry.payload.person for entry in batch.entries), *EVERYTHING)
    for entry in batch.entries:
        try:
            person = records.usable(entry.payload.person)
            book.within_reach(entry, person.place_id)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        records.change(
            person, voided_on=entry.happened_on, void_reason=entry.payload.reason, search=""
        )
        records.touch(entry.id, [stay.place_id for stay in records[Residence].of(person.pk)])
        for model in EVERYTHING:
            records[model].drop_all(person.pk)
    records.save()


@applies(Identify)
def identify(batch: Batch[Identify]) -> None:
    book = Book()
    book.load_numbers(clean(entry.payload.value) for entry in batch.entries)
    records = Records.load((entry.payload.person for entry in batch.entries), Identifier)
    for entry in batch.entries:
        new = entry.payload
        since = new.since or entry.happened_on
        try:
            person = records.usable(new.person)
            book.within_reach(entry, person.place_id)
            book.check_day("since", since, person.born_on, recorded_on(entry))
            value, warning = book.check_number(
                Number(system=new.system, value=new.value), person.sex, person.born_on,
                person.birth_precision, recorded_on(entry),
            )  # fmt: skip
            held = _numbers_that_end(records, person, new.system, since)
        except Refusal as refusal:
            book.settle_claims(accepted=False)
            batch.refuse(entry, refusal)
            continue
        for number in held:
            records[Identifier].change(number, until=since)
            book.release(number.system, number.value)
        book.settle_claims(accepted=True)
        records[Identifier].add(
            Identifier(
                id=entry.id, person_id=person.pk, system=new.system, value=value, since=since,
                warning=warning,
            )
        )  # fmt: skip
    records.save()


def _numbers_that_end(records: Records, person: Person, system: str, on: date) -> list[Any]:
    """The numbers of a system that a new one ends, or the refusal of one that is younger."""
    held = [row for row in records[Identifier].open(person.pk) if row.system == system]
    for number in held:
        if number.since is not None and number.since >= on:
            raise EndsBeforeItBegins(field="since", since=number.since, until=on)
    return held


@applies(EndIdentifier)
def end_identifiers(batch: Batch[EndIdentifier]) -> None:
    book = Book()
    records = Records.load((entry.payload.person for entry in batch.entries), Identifier)
    for entry in batch.entries:
        end = entry.payload
        wanted = end.system, clean(end.value)
        try:
            person = records.usable(end.person)
            book.within_reach(entry, person.place_id)
            open = records[Identifier].open(person.pk)
            held = next((row for row in open if (row.system, row.value) == wanted), None)
            if held is None:
                raise NoSuchNumber(value=masked(wanted[1]), system=end.system, on=end.until)
            if held.since is not None and end.until <= held.since:
                raise EndsBeforeItBegins(field="until", since=held.since, until=end.until)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        records[Identifier].change(held, until=end.until)
    records.save()


@applies(Entitle)
def entitle(batch: Batch[Entitle]) -> None:
    """Bulk: cards are renewed by the thousand on one day."""
    book = Book()
    records = Records.load(
        (entry.payload.person for entry in batch.entries), Residence, Entitlement
    )
    for entry in batch.entries:
        new = entry.payload
        try:
            person = records.usable(new.person)
            book.within_reach(entry, person.place_id)
            card, group, warning = book.check_insurance(new, person.born_on, recorded_on(entry))
            cut = _overlapping(records[Entitlement].of(person.pk), new)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        for row in cut:
            records[Entitlement].change(row, until=new.since)
        records[Entitlement].add(
            Entitlement(
                id=entry.id, person_id=person.pk, card=card, group=group,
                facility_id=new.facility, since=new.since, until=new.until, warning=warning,
            )
        )  # fmt: skip
        records.touch(entry.id, [stay.place_id for stay in records[Residence].of(person.pk)])
    records.save()


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
