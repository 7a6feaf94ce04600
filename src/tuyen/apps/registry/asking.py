"""People that units ask one another for, and look-alikes: what waits, and what was decided."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import mapstore, suspects
from tuyen.apps.registry.models import Apart, Identifier, MergeProposal, MoveRequest, Person
from tuyen.apps.registry.queries import EDIT, READ, PersonRow, Suspected, people
from tuyen.apps.registry.suspects import Pair
from tuyen.engines.registry.duplicates import Match, Record
from tuyen.engines.registry.identifiers import clean
from tuyen.kernel.text import fold

RELEASE = "registry.person.release"
_SHOWN = "personal_number"


class Request(NamedTuple):
    """A unit asks for a person. ``name`` is None for those who may not read the record yet."""

    id: UUID
    person: UUID
    name: str | None
    lives: str  # where, by the record, for those who may read it
    unit: UUID  # that asks
    place: UUID  # where the person came to live
    since: date
    asked_on: date
    reason: str
    author: UUID | None
    answer: str  # "" while it waits, "agreed", "declined" or "withdrawn"
    answered_on: date | None
    answer_reason: str
    may_agree: bool
    may_withdraw: bool


class KeptApart(NamedTuple):
    """Two records that look alike and are two people's."""

    id: UUID
    one: PersonRow
    other: PersonRow
    on: date
    reason: str
    author: UUID | None


class Waiting(NamedTuple):
    """A merger that waits for a second person; a record that the reader may not read is None."""

    id: UUID
    author: UUID | None
    proposed_on: date
    kept: UUID
    duplicate: UUID
    kept_row: PersonRow | None
    duplicate_row: PersonRow | None


@walls.whole("who asks for whom")
def requests(*, by: Actor, person: UUID | None = None, limit: int = 200) -> list[Request]:
    """Requests that the reader may answer, or whose unit is theirs; those that wait first, then
    the newest. Three queries; one for a person whom nobody asks for."""
    if person is not None and not MoveRequest.objects.filter(person=person).exists():
        return []
    release, edit = policies.scope(by, RELEASE), policies.scope(by, EDIT)
    rows = MoveRequest.objects.filter(
        release.where("person__place_id") & Q(answer="") | edit.where("place_id")
    )
    if person is not None:
        rows = rows.filter(person=person)
    found = list(rows.select_related("person").order_by("-asked_on", "-pk")[:limit])
    if not found:
        return []
    map, readable = mapstore.atlas(), policies.scope(by, READ)
    told = []
    for row in found:
        lives = row.person.place_id
        open = readable.everything or (lives is not None and readable.covers(lives))
        waits = row.answer == ""
        told.append(
            Request(
                row.pk, row.person_id, row.person.name if open else None,
                map.full_name(lives, by.on) if open and lives else "", row.unit_id, row.place_id,
                row.since, row.asked_on, row.reason, row.author_id, row.answer, row.answered_on,
                row.answer_reason,
                waits and (release.everything or (lives is not None and release.covers(lives))),
                waits and edit.covers(row.place_id),
            )
        )  # fmt: skip
    return sorted(told, key=lambda request: request.answer != "")


@walls.whole("who asks for whom")
def requests_waiting(*, by: Actor) -> int:
    """How many requests wait for the reader's answer: one query."""
    scope = policies.scope(by, RELEASE)
    return MoveRequest.objects.filter(scope.where("person__place_id"), answer="").count()


@walls.whole("whether there is such a record")
def by_number(*, by: Actor, number: str, born_on: date) -> UUID | None:
    """The living person, wherever on this node, who holds a personal number and was born on a day.

    For a unit to which somebody came with the card in hand: it learns that there is such a record,
    and its id, not what it says. Who knows neither number nor day learns nothing.
    """
    policies.check(by, EDIT)
    held = Identifier.objects.filter(system=_SHOWN, value=clean(number), until=None)
    rows = held.filter(
        person__born_on=born_on, person__voided_on=None, person__merged_into=None,
        person__died_on=None,
    )  # fmt: skip
    return rows.values_list("person", flat=True).first()


@walls.whole("whether there is such a record")
def by_name(*, by: Actor, name: str, born_on: date, commune: UUID) -> UUID | None:
    """The one living person of a commune with that whole name and birth date, or None: there is
    none, or there are several. What it says of the record is only that it is there."""
    policies.check(by, EDIT)
    map = mapstore.atlas()
    places = map.reach(commune, "own", by.on)
    rows = Person.objects.filter(
        place__in=places, born_on=born_on, voided_on=None, merged_into=None, died_on=None
    )
    asked = fold(name)
    found = [id for id, known in rows.values_list("pk", "name") if fold(known) == asked]
    return found[0] if len(found) == 1 else None


# -- look-alikes ---------------------------------------------------------------------------------


def likely(*, by: Actor, unit: UUID, first: int = 0, size: int = 20) -> tuple[list[Suspected], int]:
    """A page of the pairs among a unit's people that may be one person's, the most likely first,
    and how many there are. The pairs are found once for each state of the registry."""
    policies.check(by, RELEASE, unit)
    places = mapstore.atlas().reach(unit, "own", by.on)
    found = suspects.pairs_in(unit, places, by.on)
    return _judged(by, found[first : first + size]), len(found)


def like_draft(
    *, by: Actor, name: str, born_on: date, sex: int, place: UUID | None = None, phone: str = "",
    number: str = "", precision: str = "day",
) -> list[tuple[PersonRow, Match]]:  # fmt: skip
    """At most three records, of those the reader may read, that may be of somebody about to be
    registered."""
    policies.check(by, READ)
    map = mapstore.atlas()
    commune = map.commune_of(place, by.on) if place else None
    draft = Record(
        id="", name=name, born_on=born_on, precision=precision, sex=sex, phone=phone,
        village=str(place or ""), commune=str(commune or ""),
        numbers=((_SHOWN, clean(number)),) if number.strip() else (),
    )  # fmt: skip
    found = suspects.like(draft, policies.scope(by, READ).where("place_id"), by.on)
    rows = people(by=by, ids=[id for id, _ in found])
    return [(rows[id], match) for id, match in found if id in rows]


def compared(*, by: Actor, one: UUID, other: UUID) -> Match | None:
    """How two records agree, field by field, where the reader may read both."""
    rows = people(by=by, ids=[one, other])
    return suspects.judge(one, other, by.on) if len(rows) == 2 else None


def kept_apart(*, by: Actor, limit: int = 100) -> list[KeptApart]:
    """Pairs found to be two people's, where the reader may read both, newest first."""
    scope = policies.scope(by, READ)
    both = scope.where("one__place_id") & scope.where("other__place_id")
    found = list(Apart.objects.filter(both, undone_on=None).order_by("-on", "-pk")[:limit])
    rows = people(by=by, ids={id for row in found for id in (row.one_id, row.other_id)})
    return [
        KeptApart(r.pk, rows[r.one_id], rows[r.other_id], r.on, r.reason, r.author_id)
        for r in found
        if r.one_id in rows and r.other_id in rows
    ]


def apart_decision(*, by: Actor, one: UUID, other: UUID) -> tuple[UUID, date, str] | None:
    """(decision, day, reason) that keeps two records apart, where the reader may read either."""
    if not people(by=by, ids=[one, other]):
        return None
    pair = Q(one=one, other=other) | Q(one=other, other=one)
    row = Apart.objects.filter(pair, undone_on=None).first()
    return (row.pk, row.on, row.reason) if row else None


def mergers_waiting(*, by: Actor) -> list[Waiting]:
    """Mergers across communes that wait for a second person, where the reader answers for either
    record. Pairs that were kept apart since do not wait."""
    scope = policies.scope(by, RELEASE)
    either = scope.where("kept__place_id") | scope.where("duplicate__place_id")
    usable = Q(
        kept__merged_into=None, duplicate__merged_into=None, kept__voided_on=None,
        duplicate__voided_on=None,
    )  # fmt: skip
    # One of the two records is another unit's: that it waits is told here, what it says is not.
    with walls.whole("which mergers wait for the reader's word"):
        waits = MergeProposal.objects.filter(either, usable, decision=None)
        found = list(waits.order_by("-proposed_on", "-pk"))
        ids = {id for row in found for id in (row.kept_id, row.duplicate_id)}
        kept_apart = Apart.objects.filter(undone_on=None, one__in=ids)
        apart = {frozenset(pair) for pair in kept_apart.values_list("one_id", "other_id")}
    rows = people(by=by, ids=ids)
    return [
        Waiting(
            p.pk, p.author_id, p.proposed_on, p.kept_id, p.duplicate_id, rows.get(p.kept_id),
            rows.get(p.duplicate_id),
        )
        for p in found
        if frozenset((p.kept_id, p.duplicate_id)) not in apart
    ]  # fmt: skip


def _judged(by: Actor, found: list[Pair]) -> list[Suspected]:
    rows = people(by=by, ids={id for one, other, _ in found for id in (one, other)})
    return [
        Suspected(rows[one], rows[other], match)
        for one, other, match in found
        if one in rows and other in rows
    ]
