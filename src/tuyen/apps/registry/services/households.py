"""Households and persons come on record, and households move."""

from datetime import date
from typing import Any, cast
from uuid import UUID

from tuyen.apps.registry import search
from tuyen.apps.registry.bulk import rewrite
from tuyen.apps.registry.models import (
    Entitlement,
    Household,
    Identifier,
    Membership,
    Person,
    PersonEthnicity,
    PersonName,
    Residence,
)
from tuyen.apps.registry.operations import Member, MoveHousehold, RegisterHousehold, RegisterPerson
from tuyen.apps.registry.refusals import (
    NoPlace,
    NotYoursToTake,
    PersonExists,
    UnknownHousehold,
)
from tuyen.apps.registry.services.lives import check_forward
from tuyen.apps.registry.services.people import Book, recorded_on
from tuyen.apps.registry.services.records import Records
from tuyen.engines.registry.identifiers import clean
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal


@applies(RegisterHousehold)
def register_households(batch: Batch[RegisterHousehold]) -> None:
    """Three look-ups and one statement a table, whatever the number of households."""
    book = Book()
    members = [member for entry in batch.entries for member in entry.payload.members]
    book.load_numbers(clean(n.value) for member in members for n in member.numbers)
    known = _known({member.id for member in members})
    for entry in batch.entries:
        new = entry.payload
        since = new.since or entry.happened_on
        try:
            book.place("place", new.place, since)
            book.within_reach(entry, new.place)
            checked = [_check(book, entry, member, known) for member in _once(new.members)]
        except Refusal as refusal:
            book.settle_claims(accepted=False)
            batch.refuse(entry, refusal)
            continue
        book.settle_claims(accepted=True)
        known.update(member.id for member in new.members)
        book.rows.add(
            Household, entry.id, entry.unit, new.place, new.code, new.address, since, None
        )
        for member, ready in zip(new.members, checked, strict=True):
            begins = max(since, member.born_on)
            _add(book, entry, member.id, member, ready, new.place, begins, new.stay)
            book.rows.add(
                Membership, derived_id(member.id, "membership", entry.id), member.id, entry.id,
                member.role, begins, None,
            )  # fmt: skip
    book.rows.save()


@applies(RegisterPerson)
def register_persons(batch: Batch[RegisterPerson]) -> None:
    book = Book()
    book.load_numbers(clean(n.value) for entry in batch.entries for n in entry.payload.numbers)
    households = Household.objects.in_bulk(
        {entry.payload.household for entry in batch.entries if entry.payload.household}
    )
    known = _known({entry.id for entry in batch.entries})
    for entry in batch.entries:
        new = entry.payload
        since = new.since or max(new.born_on, min(entry.happened_on, recorded_on(entry)))
        try:
            place = _place_of(new, households)
            book.place("place", place, since)
            book.within_reach(entry, place)
            book.check_day("since", since, new.born_on, recorded_on(entry))
            ready = _check(book, entry, _Known(entry.id, new), known)
        except Refusal as refusal:
            book.settle_claims(accepted=False)
            batch.refuse(entry, refusal)
            continue
        book.settle_claims(accepted=True)
        _add(book, entry, entry.id, new, ready, place, since, new.stay)
        if new.household is not None:
            book.rows.add(
                Membership, derived_id(entry.id, "membership", new.household), entry.id,
                new.household, new.role, since, None,
            )  # fmt: skip
    book.rows.save()


@applies(MoveHousehold)
def move_households(batch: Batch[MoveHousehold]) -> None:
    """A household may move twice in one batch: each entry sees where the one before has led."""
    book = Book()
    wanted = {entry.payload.household for entry in batch.entries}
    homes = Household.objects.in_bulk(wanted)
    living = Person.objects.filter(
        household__in=wanted, died_on=None, voided_on=None, merged_into=None
    )
    records = Records(living.order_by("number"), Residence, PersonName)
    members: dict[UUID, list[Person]] = {}
    for person in records.people.values():
        members.setdefault(cast(UUID, person.household_id), []).append(person)
    moved: dict[UUID, Household] = {}
    for entry in batch.entries:
        move = entry.payload
        since = move.since or entry.happened_on
        try:
            household = homes.get(move.household)
            if household is None:
                raise UnknownHousehold(household=move.household)
            book.place("place", move.place, since)
            people = members.get(household.pk, [])
            if not book.answers_for(entry, household.place_id):
                book.within_reach(entry, move.place)
                raise NotYoursToTake(name=people[0].name if people else household.code or "—")
            for person in people:
                check_forward(records, person, since)
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        household.place_id = move.place
        household.address = move.address or household.address
        moved[household.pk] = household
        for person in people:
            records.settle(entry.id, person, move.place, since)
    rewrite(Household, ["place_id", "address"], list(moved.values()))
    records.save()


def _known(ids: set[UUID]) -> set[UUID]:
    return set(Person.objects.filter(pk__in=ids).values_list("pk", flat=True))


def _once(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """The members, if each has an id of its own."""
    seen: set[UUID] = set()
    for member in members:
        if member.id in seen:
            raise PersonExists(person=member.id)
        seen.add(member.id)
    return members


class _Known:
    """A registered person with the id that a household's member brings along."""

    def __init__(self, id: UUID, new: RegisterPerson) -> None:
        self.id, self.name, self.sex, self.born_on = id, new.name, new.sex, new.born_on
        self.birth_precision, self.ethnicity = new.birth_precision, new.ethnicity
        self.numbers, self.insurance = new.numbers, new.insurance


def _place_of(new: RegisterPerson, households: dict[UUID, Household]) -> UUID:
    if new.household is not None:
        if new.household not in households:
            raise UnknownHousehold(household=new.household)
        return new.place or households[new.household].place_id
    if new.place is None:
        raise NoPlace(name=new.name)
    return new.place


def _check(book: Book, entry: Entry[Any], new: Any, known: set[UUID]) -> tuple[Any, ...]:
    """(name, numbers as stored, insurance as stored), or the refusal."""
    on = recorded_on(entry)
    if new.id in known:
        raise PersonExists(person=new.id)
    name = book.check_name("name", new.name)
    book.check_birth(name, new.born_on, on)
    book.check_ethnicity(new.ethnicity)
    numbers = [
        book.check_number(number, new.sex, new.born_on, new.birth_precision, on)
        for number in new.numbers
    ]
    insured = book.check_insurance(new.insurance, new.born_on, on) if new.insurance else None
    return name, numbers, insured


def _add(
    book: Book, entry: Entry[Any], id: UUID, new: Any, ready: tuple[Any, ...], place: UUID,
    since: date, stay: str,
) -> None:  # fmt: skip
    """Gather the rows of one person."""
    name, numbers, insured = ready
    rows = book.rows
    rows.touched[place] = entry.id
    household = entry.id if isinstance(entry.payload, RegisterHousehold) else new.household
    rows.add(
        Person, id, book.number(), entry.unit, name, new.sex, new.born_on, new.birth_precision,
        search.phone(new.phone), place, household,
        search.words(name, (), place, new.born_on), "", "",
    )  # fmt: skip
    rows.add(
        Residence, derived_id(id, "residence", entry.id), id, place, stay, new.sex, new.born_on,
        since, None,
    )  # fmt: skip
    if new.ethnicity:
        rows.add(PersonEthnicity, id, new.ethnicity)
    for n, (number, (value, warning)) in enumerate(zip(new.numbers, numbers, strict=True)):
        rows.add(
            Identifier, derived_id(id, "number", n), id, number.system, value,
            number.since, None, warning,
        )  # fmt: skip
    if insured is not None:
        card, group, warning = insured
        rows.add(
            Entitlement, derived_id(id, "insurance"), id, card, group, new.insurance.facility,
            new.insurance.since, new.insurance.until, warning,
        )  # fmt: skip
