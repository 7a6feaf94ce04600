"""Units, households and people as documents for the tablets of the places where they are."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from tuyen.apps.journal.documents import Document, Shelf, Written, offer
from tuyen.apps.registry import mapstore, tracing
from tuyen.apps.registry.models import (
    Household,
    Identifier,
    Membership,
    Merge,
    MoveRequest,
    Person,
    Reorganisation,
    Residence,
)
from tuyen.apps.registry.queries import READ, READ_UNITS, masked
from tuyen.apps.registry.vocabulary import LIES_IN


def offer_shelves() -> None:
    """Offer the registry's documents; the map first, so that places have names."""
    offer(
        Shelf(
            kind="registry.unit", right=READ_UNITS, page=_units_page, current=_units,
            left=lambda ids, units: (),  # a unit leaves a tablet with its scope, never by itself
            touched=_MAP, crossing=frozenset(_MAP),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="registry.person", right=READ, page=_people_page, current=_people,
            left=_people_left, touched=_PEOPLE, crossing=frozenset(_PEOPLE),
        )
    )  # fmt: skip
    offer(
        Shelf(
            kind="registry.household", right=READ, page=_households_page, current=_households,
            left=_households_left, touched=_HOUSEHOLDS, crossing=frozenset(_HOUSEHOLDS),
        )
    )  # fmt: skip


def _units_page(
    units: Collection[UUID], after: str, limit: int, on: date
) -> tuple[list[Document], str | None]:
    waiting = sorted(unit for unit in units if str(unit) > after)
    page = waiting[:limit]
    return _units(page, units, on), str(page[-1]) if len(waiting) > limit else None


def _units(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    """All that ever held of each unit, with its days: a document that no passing day changes."""
    map = mapstore.atlas()
    documents = []
    for id in ids:
        lives = map.unit(id)
        if id not in units or lives is None:
            continue
        body = {
            "kind": lives.kind, "since": lives.since, "until": lives.until,
            "names": [(n.since, n.until, n.value.name, n.value.full_name) for n in lives.names],
            "types": [(t.since, t.until, t.value) for t in lives.types],
            "points": [(p.since, p.until, *p.value) for p in lives.points],
            "lies_in": sorted(
                (tie.since or date.min, tie.until or date.max, tie.object)
                for tie in map.relations(id)
                if tie.kind == LIES_IN and tie.subject == id
            ),
        }  # fmt: skip
        documents.append(Document("registry.unit", id, (id,), body))
    return documents


def _people_page(
    units: Collection[UUID], after: str, limit: int, on: date
) -> tuple[list[Document], str | None]:
    rows = Person.objects.filter(place__in=units, voided_on=None, merged_into=None)
    if after:
        rows = rows.filter(number__lt=int(after))
    found = list(rows.order_by("-number")[: limit + 1])
    page = found[:limit]
    return _as_documents(page), str(page[-1].number) if len(found) > limit else None


def _people(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    rows = Person.objects.filter(pk__in=ids, place__in=units, voided_on=None, merged_into=None)
    return _as_documents(list(rows.order_by("-number")))


def _people_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    """Those who once lived here, or were registered here in error."""
    lived = Residence.objects.filter(person__in=ids, place__in=units).values("person")
    here = Q(pk__in=lived) | Q(place__in=units)
    return Person.objects.filter(here, pk__in=ids).values_list("pk", flat=True)


def _as_documents(people: Sequence[Person]) -> list[Document]:
    """Numbers are masked, and what is sensitive stays at the server: two queries."""
    ids = [person.pk for person in people]
    numbers: dict[UUID, list[tuple[str, str]]] = {}
    for id, system, value in (
        Identifier.objects.filter(person__in=ids, until=None)
        .order_by("system", "value")
        .values_list("person_id", "system", "value")
    ):
        numbers.setdefault(id, []).append((system, masked(value)))
    return [
        Document(
            "registry.person", p.pk, (p.place_id,) if p.place_id else (),
            {"name": p.name, "sex": p.sex, "born_on": p.born_on, "precision": p.birth_precision,
             "died_on": p.died_on, "phone": p.phone, "place": p.place_id,
             "household": p.household_id, "numbers": numbers.get(p.pk, [])},
        )
        for p in people
    ]  # fmt: skip


def _households_page(
    units: Collection[UUID], after: str, limit: int, on: date
) -> tuple[list[Document], str | None]:
    rows = Household.objects.filter(place__in=units)
    if after:
        rows = rows.filter(pk__lt=UUID(after))
    found = list(rows.order_by("-pk")[: limit + 1])
    page = found[:limit]
    return _with_members(page), str(page[-1].pk) if len(found) > limit else None


def _households(ids: Collection[UUID], units: Collection[UUID], on: date) -> list[Document]:
    return _with_members(
        list(Household.objects.filter(pk__in=ids, place__in=units).order_by("-pk"))
    )


def _households_left(ids: Collection[UUID], units: Collection[UUID]) -> Iterable[UUID]:
    """Households of people who once lived here: they moved away together."""
    lived = Residence.objects.filter(place__in=units).values("person")
    members = Membership.objects.filter(household__in=ids, person__in=lived)
    return set(members.values_list("household_id", flat=True))


def _with_members(households: Sequence[Household]) -> list[Document]:
    ids = [household.pk for household in households]
    members: dict[UUID, list[tuple[UUID, str]]] = {}
    for id, person, role in (
        Membership.objects.filter(household__in=ids, until=None, person__voided_on=None)
        .order_by("person__number")
        .values_list("household_id", "person_id", "role")
    ):
        members.setdefault(id, []).append((person, role))
    return [
        Document(
            "registry.household", h.pk, (h.place_id,),
            {"code": h.code, "address": h.address, "place": h.place_id, "since": h.since,
             "until": h.until, "members": members.get(h.pk, [])},
        )
        for h in households
    ]  # fmt: skip


def _field(name: str) -> Callable[[Sequence[Written]], list[UUID]]:
    """The documents that one field of the payloads names."""
    return lambda entries: [id for e in entries if (id := getattr(e.payload, name)) is not None]


def _itself(entries: Sequence[Written]) -> list[UUID]:
    """The document that an operation makes bears its id."""
    return [entry.id for entry in entries]


def _members(entries: Sequence[Written]) -> list[UUID]:
    return [member.id for entry in entries for member in entry.payload.members]


def _of_households(entries: Sequence[Written]) -> list[UUID]:
    households = _field("household")(entries)
    members = Membership.objects.filter(household__in=households)
    return list(members.values_list("person_id", flat=True))


def _households_of(entries: Sequence[Written]) -> list[UUID]:
    """Every household that the person of an operation belongs or belonged to."""
    people = [getattr(e.payload, "person", e.id) for e in entries]
    members = Membership.objects.filter(person__in=people)
    return list(members.values_list("household_id", flat=True))


def _reorganised(entries: Sequence[Written]) -> list[UUID]:
    found: list[Any] = []
    for entry in entries:
        change = entry.payload
        found += [opening.id for opening in change.opens]
        found += [id for gift in change.gives for id in (gift.predecessor, gift.successor)]
        found += [conversion.unit for conversion in change.converts]
        found += [link.subject for link in (*change.relates, *change.ends)]
    map = mapstore.atlas()
    inside = [map.subjects(id, LIES_IN) for id in found if id is not None]
    found += [id for each in inside for id in each]
    return [id for id in found if id is not None]


def _undone(entries: Sequence[Written]) -> list[UUID]:
    decisions = Reorganisation.objects.filter(pk__in=[e.payload.decision for e in entries])
    lines = [line for decision in decisions for line in tracing.read(decision.trace)]
    return [unit for line in lines if (unit := tracing.unit_of(line)) is not None]


def _merged(entries: Sequence[Written]) -> list[UUID]:
    return [id for e in entries for id in (e.payload.kept, e.payload.duplicate)]


def _parted(entries: Sequence[Written]) -> list[UUID]:
    merges = Merge.objects.filter(pk__in=[entry.payload.merge for entry in entries])
    return [id for pair in merges.values_list("kept", "duplicate") for id in pair]


def _households_merged(entries: Sequence[Written]) -> list[UUID]:
    """The households that the duplicate was in: its membership may be off the table now."""
    homes = Person.objects.filter(pk__in=_merged(entries)).exclude(household=None)
    return list(homes.values_list("household_id", flat=True))


def _households_parted(entries: Sequence[Written]) -> list[UUID]:
    homes = Person.objects.filter(pk__in=_parted(entries)).exclude(household=None)
    return list(homes.values_list("household_id", flat=True))


def _answered(entries: Sequence[Written]) -> list[UUID]:
    """The people whom answered requests were about."""
    asked = MoveRequest.objects.filter(pk__in=[entry.payload.request for entry in entries])
    return list(asked.values_list("person_id", flat=True))


def _households_of_answered(entries: Sequence[Written]) -> list[UUID]:
    members = Membership.objects.filter(person__in=_answered(entries))
    return list(members.values_list("household_id", flat=True))


_MAP = {
    "registry.create_unit": _itself,
    "registry.change_unit": _field("unit"),
    "registry.relate": _field("subject"),
    "registry.end_relation": _field("subject"),
    "registry.close_unit": _field("unit"),
    "registry.reorganise": _reorganised,
    "registry.undo_reorganisation": _undone,
}
_PEOPLE = {
    "registry.register_household": _members,
    "registry.register_person": _itself,
    "registry.amend_person": _field("person"),
    "registry.void_person": _field("person"),
    "registry.move_person": _field("person"),
    "registry.answer_move": _answered,
    "registry.move_household": _of_households,
    "registry.record_death": _field("person"),
    "registry.amend_death": _field("person"),
    "registry.void_death": _field("person"),
    "registry.identify": _field("person"),
    "registry.end_identifier": _field("person"),
    "registry.merge_persons": _merged,
    "registry.undo_merge": _parted,
}
_HOUSEHOLDS = {
    "registry.register_household": _itself,
    "registry.register_person": _households_of,
    "registry.void_person": _households_of,
    "registry.move_person": _households_of,
    "registry.answer_move": _households_of_answered,
    "registry.move_household": _field("household"),
    "registry.record_death": _households_of,
    "registry.amend_death": _households_of,
    "registry.void_death": _households_of,
    "registry.merge_persons": _households_merged,
    "registry.undo_merge": _households_parted,
}
