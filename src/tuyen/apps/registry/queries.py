"""What can be asked of the registry: the map, the people on it, and how many they are."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import mapstore, merges, search, standing, suspects
from tuyen.apps.registry.atlas import Atlas
from tuyen.apps.registry.counting import (
    Coverage,
    Population,
    count_covered,
    count_people,
    people_at,
)  # fmt: skip
from tuyen.apps.registry.flows import Flows
from tuyen.apps.registry.flows import flows as _flows
from tuyen.apps.registry.identities import Cover, Identity, covers, identities
from tuyen.apps.registry.kinship import Kin, kin
from tuyen.apps.registry.listed import (
    Held,
    Listed,
    carded,
    cards_of,
    listed,
    listed_count,
    numbers_of,
)  # fmt: skip
from tuyen.apps.registry.merges import born_as, canonical
from tuyen.apps.registry.models import (
    OLDEST_FIRST,
    Entitlement,
    Household,
    Identifier,
    Membership,
    Merge,
    MergeProposal,
    Person,
    PersonEthnicity,
    PersonName,
    PublishedCoverage,
    Residence,
)
from tuyen.apps.registry.reorganising import (
    Decided,
    Preview,
    Proposed,
    preview,
    proposal,
    proposals,
    reorganisations,
)
from tuyen.apps.registry.vital import (
    Vital,
    born_since,
    called,
    deaths,
    former_deaths,
    holders,
    lived_in,
    merged_pairs,
    placed,
    vitals,
)  # fmt: skip
from tuyen.engines.registry.duplicates import Match

READ = "registry.person.read"
EDIT = "registry.person.edit"
SENSITIVE = "registry.person.sensitive"
READ_UNITS = "registry.unit.read"
MOST_FOUND = 20

__all__ = [
    "Cover",
    "Coverage",
    "Decided",
    "Flows",
    "Held",
    "Identity",
    "Kin",
    "Listed",
    "Population",
    "Preview",
    "Proposed",
    "Vital",
    "born_as",
    "born_since",
    "called",
    "canonical",
    "carded",
    "cards_of",
    "covers", "deaths", "former_deaths",
    "holders", "identities",
    "kin", "listed",
    "listed_count",
    "lived_in", "merged_pairs",
    "numbers_of",
    "people_at",
    "placed",
    "preview",
    "proposal",
    "proposals",
    "reorganisations",
    "standing",
    "vitals",
]  # fmt: skip


class PersonRow(NamedTuple):
    """A person in a list. Numbers are masked; names of places are those of the actor's day."""

    id: UUID
    name: str
    sex: int  # 1 male, 2 female, 3 not known
    born_on: date
    birth_precision: str
    died_on: date | None
    place: UUID | None
    village: str
    commune: str
    household: UUID | None
    head: str  # name of the household's head
    numbers: tuple[tuple[str, str], ...]  # (system, masked)
    merged_into: UUID | None = None  # the record that now stands for the person


class Stay(NamedTuple):
    place: UUID
    name: str
    kind: str
    since: date | None
    until: date | None


class NumberRow(NamedTuple):
    system: str
    value: str  # masked
    since: date | None
    until: date | None
    warning: str  # code of what is odd about it


class Insured(NamedTuple):
    card: str  # masked
    group: str
    facility: UUID | None
    since: date | None
    until: date | None
    warning: str


class PersonCard(NamedTuple):
    """Everything on record about a person but what is sensitive."""

    row: PersonRow
    phone: str
    death_cause: str
    registered_at: UUID
    voided_on: date | None
    former_names: tuple[tuple[str, date], ...]
    stays: tuple[Stay, ...]
    numbers: tuple[NumberRow, ...]
    insurance: tuple[Insured, ...]


class MemberRow(NamedTuple):
    person: PersonRow
    role: str
    since: date | None
    until: date | None


class HouseholdCard(NamedTuple):
    id: UUID
    code: str
    address: str
    place: UUID
    village: str
    commune: str
    since: date | None
    members: tuple[MemberRow, ...]


class Suspected(NamedTuple):
    """Two records that may be one person's, and the evidence field by field."""

    one: PersonRow
    other: PersonRow
    match: Match


class Merged(NamedTuple):
    """A merger of two records on record."""

    id: UUID
    author: UUID | None
    kept: UUID
    duplicate: UUID
    on: date
    undone_on: date | None


class MergeProposed(NamedTuple):
    """A merger that waits for a second person."""

    id: UUID
    author: UUID | None
    kept: UUID
    duplicate: UUID
    proposed_on: date


class Published(NamedTuple):
    """A coverage rate as published; its parts are None where they were not given."""

    unit: UUID
    on: date
    percent: str
    insured: int | None
    persons: int | None
    source: str


def atlas() -> Atlas:
    """The dated map: public knowledge, so nobody is asked who asks. One query when unchanged."""
    return mapstore.atlas()


def search_people(*, by: Actor, text: str, limit: int = MOST_FOUND) -> list[PersonRow]:
    """People whom a text may mean, of the places the reader may read: by name without marks, in
    part and in any order, with a birth year, or by a whole number (identity, card, phone).

    Whole words come before parts. At most 20: type more to narrow it down. Seven queries.
    """
    scope = policies.scope(by, READ)
    limit = max(1, min(limit, MOST_FOUND))
    query = search.asked(text)
    if query.number:
        people = list(_by_number(query.number, scope)[:limit])
    else:
        places = None if scope.everything else scope.units
        with walls.whole("the index of names"):  # numbers only; the rows come from behind the wall
            order = {number: n for n, number in enumerate(search.find(query, places, limit))}
        people = list(Person.objects.filter(number__in=order).filter(scope.where("place_id")))
        people.sort(key=lambda person: order[person.number])
    return _rows(people, by.on)


def people(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, PersonRow]:
    """Several people by id, those the reader may read: four queries."""
    rows = Person.objects.filter(policies.scope(by, READ).where("place_id"), pk__in=ids)
    return {row.id: row for row in _rows(list(rows.filter(voided_on=None)), by.on)}


def on_record(*, by: Actor, ids: Collection[UUID]) -> set[UUID]:
    """Which of these people the reader may read: one query, and nothing of them is read."""
    rows = _readable(by).filter(pk__among=ids, voided_on=None)
    return {id for (id,) in fetch(rows.values_list("pk"))}


def person(*, by: Actor, id: UUID) -> PersonCard | None:
    """A person's record, or None when there is none that the reader may read. The door that shows
    it records the reading."""
    found = _readable(by).filter(pk=id).first()
    if found is None:
        return None
    map = mapstore.atlas()
    names = PersonName.objects.filter(person=found).order_by("until")
    stays: Iterable[Residence]
    numbers: Iterable[Identifier]
    insurance: Iterable[Entitlement]
    if found.merged_into_id is not None:  # its rows are off the tables, but not forgotten
        stays = merges.rows_of(found.pk, Residence)
        numbers = merges.rows_of(found.pk, Identifier)
        insurance = merges.rows_of(found.pk, Entitlement)
    else:
        stays = Residence.objects.filter(person=found).order_by(OLDEST_FIRST)
        numbers = Identifier.objects.filter(person=found).order_by("system", OLDEST_FIRST)
        insurance = Entitlement.objects.filter(person=found).order_by(OLDEST_FIRST)
    numbers = list(numbers)
    # A merged record's are off the table, so none of them holds today.
    held = numbers if found.merged_into_id is None else []
    return PersonCard(
        row=_rows([found], by.on, numbers=held)[0],
        phone=found.phone,
        death_cause=found.death_cause,
        registered_at=found.unit_id,
        voided_on=found.voided_on,
        former_names=tuple(names.values_list("name", "until")),
        stays=tuple(
            Stay(s.place_id, map.full_name(s.place_id, s.since), s.kind, s.since, s.until)
            for s in stays
        ),
        numbers=tuple(
            NumberRow(n.system, masked(n.value), n.since, n.until, n.warning) for n in numbers
        ),
        insurance=tuple(
            Insured(masked(e.card), e.group, e.facility_id, e.since, e.until, e.warning)
            for e in insurance
        ),
    )


def duplicates(*, by: Actor, unit: UUID, limit: int = 50) -> list[Suspected]:
    """Pairs of records of a unit's people that may be one person's, the most likely first; nobody
    stands in more than three. For those who may amend the records."""
    policies.check(by, EDIT, unit)
    places = mapstore.atlas().reach(unit, "own", by.on)
    found = suspects.pairs_in(unit, places, by.on)[:limit]
    rows = people(by=by, ids={id for one, other, _ in found for id in (one, other)})
    return [
        Suspected(rows[one], rows[other], match)
        for one, other, match in found
        if one in rows and other in rows
    ]


def duplicates_of(*, by: Actor, person: UUID) -> list[Suspected]:
    """At most three other records that may be this person's, of those the reader may read."""
    here = people(by=by, ids=[person])
    if not here:
        return []
    found = suspects.of(person, policies.scope(by, READ).where("place_id"), by.on)
    rows = people(by=by, ids=[id for id, _ in found])
    return [Suspected(here[person], rows[id], match) for id, match in found if id in rows]


def mergers(*, by: Actor, limit: int = 50) -> list[Merged]:
    """Records that were merged, of those whose kept record the reader may read; newest first."""
    rows = Merge.objects.filter(policies.scope(by, READ).where("kept__place_id"))
    return [
        Merged(m.pk, m.author_id, m.kept_id, m.duplicate_id, m.on, m.undone_on)
        for m in rows.defer("trace").order_by("-on", "-pk")[:limit]
    ]


def merge_proposals(*, by: Actor) -> list[MergeProposed]:
    """Mergers across communes that wait for a second person, where the reader may read either."""
    scope = policies.scope(by, READ)
    either = scope.where("kept__place_id") | scope.where("duplicate__place_id")
    rows = MergeProposal.objects.filter(either, decision=None).order_by("-proposed_on", "-pk")
    return [
        MergeProposed(p.pk, p.author_id, p.kept_id, p.duplicate_id, p.proposed_on) for p in rows
    ]


def number(*, by: Actor, person: UUID, system: str) -> str | None:
    """A person's number in full, for a form that needs it; who states no purpose gets none."""
    if not _readable(by, SENSITIVE).filter(pk=person).exists():
        return None
    held = Identifier.objects.filter(person=person, system=system, until=None)
    return held.values_list("value", flat=True).first()


def ethnicity(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """Codes of ethnic groups, only for who states a purpose that the right accepts."""
    allowed = _readable(by, SENSITIVE).filter(pk__in=ids).values("pk")
    rows = PersonEthnicity.objects.filter(person__in=allowed)
    return dict(rows.values_list("person_id", "group"))


def household(*, by: Actor, id: UUID) -> HouseholdCard | None:
    """A household with everybody who belongs or belonged to it."""
    scope = policies.scope(by, READ)
    found = Household.objects.filter(scope.where("place_id"), pk=id).first()
    if found is None:
        return None
    members = list(
        Membership.objects.filter(household=found, person__voided_on=None)
        .select_related("person")
        .order_by(OLDEST_FIRST, "person__number")
    )
    visible = [m for m in members if m.person.place_id is None or scope.covers(m.person.place_id)]
    heads = {m.household_id: m.person.name for m in members if m.role == "head" and m.until is None}
    rows = {row.id: row for row in _rows([m.person for m in visible], by.on, heads=heads)}
    village, commune = _place_names(mapstore.atlas(), found.place_id, by.on)
    return HouseholdCard(
        found.pk, found.code, found.address, found.place_id, village, commune, found.since,
        tuple(MemberRow(rows[m.person_id], m.role, m.since, m.until) for m in visible),
    )  # fmt: skip


def residents(
    *, by: Actor, unit: UUID, limit: int = 50, after: int = 0
) -> tuple[list[PersonRow], int | None]:
    """People who live in a place (a village, or a commune with its villages), in the order of
    registration; and the number to go on after, None at the end. Void records, and those merged
    into another, are nobody's who lives there."""
    map = mapstore.atlas()
    places = map.reach(unit, "own", by.on)
    found = list(
        _readable(by)
        .filter(place__in=places, number__gt=after, died_on=None, voided_on=None, merged_into=None)
        .order_by("number")[: limit + 1]
    )
    page = found[:limit]
    return _rows(page, by.on), page[-1].number if len(found) > limit else None


def population(
    *, by: Actor, on: date, map_on: date | None = None, ages: Sequence[int] = (0,)
) -> Population:
    """How many people live in each commune on a day, by sex and age band, on the map of another.

    ``ages`` are the first ages of the bands: (0, 1, 5, 15) counts infants, 1 to 4, 5 to 14, and 15
    and older. Everybody who may read the map may read these counts. One query.
    """
    policies.check(by, READ_UNITS)
    return count_people(mapstore.atlas(), on, map_on or on, tuple(ages))


def flows(
    *, by: Actor, first: date, last: date, on: date, places: Collection[UUID] | None, newborn: int
) -> dict[int, Flows]:
    """By year of birth, how those born in a span of days came to live in some places and left them,
    as of a day. Like the population, for everybody who may read the map. One query."""
    policies.check(by, READ_UNITS)
    return _flows(first=first, last=last, on=on, places=places, newborn=newborn)


def coverage(*, by: Actor, on: date, map_on: date | None = None) -> list[Coverage]:
    """Insurance coverage of each commune on a day, with how complete it is known. One query."""
    policies.check(by, READ_UNITS)
    return count_covered(mapstore.atlas(), on, map_on or on)


def published_coverage(*, by: Actor, unit: UUID) -> list[Published]:
    """Coverage rates of a unit as they were published."""
    policies.check(by, READ_UNITS)
    rows = PublishedCoverage.objects.filter(unit=unit).order_by("on", "pk")
    return [
        Published(r.unit_id, r.on, str(r.percent), r.insured, r.persons, r.source) for r in rows
    ]


def masked(value: str) -> str:
    """A number with only its last three characters shown."""
    return "•" * max(0, len(value) - 3) + value[-3:]


def _readable(by: Actor, right: str = READ) -> "QuerySet[Person]":
    """Persons of the reader's places; one who left the node only for those who read everything."""
    return Person.objects.filter(policies.scope(by, right).where("place_id"))


def _by_number(number: str, scope: policies.Scope) -> "QuerySet[Person]":
    # Three look-ups by index: joined by OR, PostgreSQL reads the whole table.
    found = set(Identifier.objects.filter(value=number).values_list("person", flat=True))
    found |= set(Entitlement.objects.filter(card=number).values_list("person", flat=True))
    phones = Person.objects.filter(~Q(phone=""), phone=number)
    found |= set(phones.values_list("pk", flat=True)[:MOST_FOUND])
    return Person.objects.filter(
        scope.where("place_id"), pk__in=found, voided_on=None, merged_into=None
    ).order_by("number")


def _rows(
    people: list[Person], on: date, *, numbers: Iterable[Identifier] | None = None,
    heads: Mapping[UUID, str] | None = None,
) -> list[PersonRow]:  # fmt: skip
    """Two queries for any number of people: for their numbers, and for the heads of households
    that ``heads`` does not name; none for what is given."""
    map = mapstore.atlas()
    if numbers is None:
        numbers = Identifier.objects.filter(person__in=people, until=None).order_by("system")
    held: dict[UUID, list[tuple[str, str]]] = {}
    for number in numbers:
        if number.until is None:
            held.setdefault(number.person_id, []).append((number.system, masked(number.value)))
    heads = dict(heads or {})
    homes = {person.household_id for person in people if person.household_id} - heads.keys()
    heads |= Membership.objects.filter(household__in=homes, role="head", until=None).values_list(
        "household_id", "person__name"
    )
    rows = []
    for p in people:
        village, commune = _place_names(map, p.place_id, on)
        rows.append(
            PersonRow(
                p.pk, p.name, p.sex, p.born_on, p.birth_precision, p.died_on, p.place_id, village,
                commune, p.household_id, heads.get(p.household_id, "") if p.household_id else "",
                tuple(held.get(p.pk, ())), p.merged_into_id,
            )
        )  # fmt: skip
    return rows


def _place_names(map: Atlas, place: UUID | None, on: date) -> tuple[str, str]:
    """(village, commune) as they are called on a day."""
    if place is None:
        return "", ""
    commune = map.commune_of(place, on)
    village = map.full_name(place, on) if map.level(place, on) == 4 else ""
    return village, map.full_name(commune or place, on)
