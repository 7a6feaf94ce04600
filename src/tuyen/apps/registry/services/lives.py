"""What happens in a life: people move, and people die."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.registry import search
from tuyen.apps.registry.models import (
    Entitlement,
    Household,
    Membership,
    Person,
    PersonName,
    Residence,
)
from tuyen.apps.registry.operations import MovePerson, RecordDeath
from tuyen.apps.registry.refusals import (
    AlreadyDead,
    AlreadyVoid,
    MovesBackward,
    UnknownHousehold,
    UnknownPerson,
)
from tuyen.apps.registry.services.people import Book, recorded_on, touch_places, words_of
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Batch, Entry, applies
from tuyen.kernel.refusal import Refusal

Settling = tuple[Person, Residence | None, UUID | None, date]


@applies(MovePerson)
def move_persons(batch: Batch[MovePerson]) -> None:
    """One entry after the other: somebody may move twice in one batch."""
    for entry in batch.entries:
        try:
            _move(entry)
        except Refusal as refusal:
            batch.refuse(entry, refusal)


def _move(entry: Entry[MovePerson]) -> None:
    move, book = entry.payload, Book()
    person = open_record(move.person)
    since = move.since or entry.happened_on
    household = None
    if move.household is not None:
        household = Household.objects.filter(pk=move.household).first()
        if household is None:
            raise UnknownHousehold(household=move.household)
    place = move.place or (household.place_id if household else None)
    book.within_reach(entry, person.place_id, place)
    if place is not None:
        book.place("place", place, since)
    book.check_day("since", since, person.born_on, recorded_on(entry))
    stay = Residence.objects.filter(person=person, until=None).first()
    if stay is not None and since <= (stay.since or date.min):
        raise MovesBackward(field="since", day=since, since=stay.since, name=person.name)
    member = Membership.objects.filter(person=person, until=None).first()
    if member is not None and member.household_id != move.household:
        if member.since is not None and since <= member.since:
            raise MovesBackward(field="since", day=since, since=member.since, name=person.name)
        member.until = since
        member.save(update_fields=["until"])
        member = None
    if move.household is not None and member is None:
        Membership.objects.create(
            id=derived_id(entry.id, "membership"), person=person, household_id=move.household,
            role=move.role, since=since,
        )  # fmt: skip
    person.household_id = move.household
    settle(entry.id, [(person, stay, place, since)], move.stay)


def settle(entry: UUID, moves: Sequence[Settling], kind: str = Residence.PERMANENT) -> None:
    """End residences, begin new ones (none for a place not on this node), and let the people be
    found where they now are. ``moves`` are (person, residence that ends, place, day)."""
    ended = []
    begun = []
    words = []
    names = _former_names([person.pk for person, *_ in moves])
    touched: dict[UUID, UUID] = {}
    for person, stay, place, since in moves:
        touched |= {where: entry for where in (stay.place_id if stay else None, place) if where}
        if stay is not None:
            stay.until = since
            ended.append(stay)
        if place is not None:
            begun.append(
                Residence(
                    id=derived_id(person.pk, "residence", entry), person=person, place_id=place,
                    kind=kind, sex=person.sex, born_on=person.born_on, since=since,
                )
            )  # fmt: skip
        person.place_id = place
        new = words_of(person, names.get(person.pk, ()))
        words.append((person.number, person.search, new))
        person.search = new
    Residence.objects.bulk_update(ended, ["until"])
    Residence.objects.bulk_create(begun)
    Person.objects.bulk_update([m[0] for m in moves], ["place", "household", "search"])
    search.replace(words)
    touch_places(touched)


@applies(RecordDeath)
def record_deaths(batch: Batch[RecordDeath]) -> None:
    """Six statements for any number of deaths."""
    book = Book()
    people = Person.objects.in_bulk({entry.payload.person for entry in batch.entries})
    ends: dict[UUID, date] = {}
    touched: dict[UUID, UUID] = {}
    for entry in batch.entries:
        death = entry.payload
        try:
            person = _alive(people.get(death.person), death.person)
            book.within_reach(entry, person.place_id)
            book.check_day("on", death.on, person.born_on, recorded_on(entry))
        except Refusal as refusal:
            batch.refuse(entry, refusal)
            continue
        person.died_on, person.death_cause = death.on, death.cause
        ends[person.pk] = death.on + timedelta(days=1)
        if person.place_id is not None:
            touched[person.place_id] = entry.id
    dead = [people[id] for id in ends]
    Person.objects.bulk_update(dead, ["died_on", "death_cause"])
    dated: tuple[type[Any], ...] = (Residence, Membership, Entitlement)
    for model in dated:
        rows = []
        for row in model.objects.filter(person__in=dead).order_by("pk"):
            end = ends[row.person_id]
            if (row.until is None or row.until > end) and (row.since or date.min) < end:
                row.until = end
                rows.append(row)
        model.objects.bulk_update(rows, ["until"])
    touch_places(touched)


def open_record(id: UUID) -> Person:
    """The living person behind an id, or the refusal."""
    return _alive(Person.objects.filter(pk=id).first(), id)


def _alive(person: Person | None, id: UUID) -> Person:
    if person is None:
        raise UnknownPerson(person=id)
    if person.voided_on is not None:
        raise AlreadyVoid(on=person.voided_on, reason=person.void_reason)
    if person.died_on is not None:
        raise AlreadyDead(name=person.name, died_on=person.died_on)
    return person


def _former_names(people: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    rows = PersonName.objects.filter(Q(person__in=people)).order_by("until", "pk")
    for person, name in rows.values_list("person_id", "name"):
        found.setdefault(person, []).append(name)
    return found
