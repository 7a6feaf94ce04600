"""People as a program lists them: by plain conditions, page by page, with their numbers apart."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import search
from tuyen.apps.registry.models import Entitlement, Identifier, Person

READ, SENSITIVE = "registry.person.read", "registry.person.sensitive"
MOST_BY_NAME = 1000


class Listed(NamedTuple):
    """A person's plain facts. ``number`` is the order of registration, to go on after."""

    number: int
    id: UUID
    name: str
    sex: int  # 1 male, 2 female, 3 not known
    born_on: date
    precision: str
    died_on: date | None
    place: UUID | None
    phone: str
    merged_into: UUID | None


class Held(NamedTuple):
    """A number or card of a person. ``value`` is empty for whom may not see it."""

    key: UUID
    person: UUID
    system: str
    value: str
    since: date | None
    until: date | None


_COLUMNS = (
    "number", "id", "name", "sex", "born_on", "birth_precision", "died_on", "place_id", "phone",
    "merged_into_id",
)  # fmt: skip


def listed(
    *, by: Actor, ids: Collection[UUID] | None = None, text: str = "", sexes: Collection[int] = (),
    born: Collection[tuple[date | None, date | None]] = (), after: int = 0, limit: int = 20,
) -> list[Listed]:  # fmt: skip
    """People whom the reader may read, in the order of registration: of these ids, by words of the
    name, of these sexes, and born within each of some half-open spans. Two queries at most; of a
    name that means more than 1,000, those that the index gives first. Void records are left out,
    and merged ones where no ids are given."""
    rows = _meant(by, ids, text, sexes, born).filter(number__gt=after)
    page = rows.order_by("number")[:limit]
    return [Listed(*row) for row in fetch(page.values_list(*_COLUMNS))]


def listed_count(
    *, by: Actor, ids: Collection[UUID] | None = None, text: str = "", sexes: Collection[int] = (),
    born: Collection[tuple[date | None, date | None]] = (),
) -> int:  # fmt: skip
    """How many :func:`listed` would give without an end."""
    return _meant(by, ids, text, sexes, born).count()


def _meant(
    by: Actor, ids: Collection[UUID] | None, text: str, sexes: Collection[int],
    born: Collection[tuple[date | None, date | None]],
) -> "QuerySet[Person]":  # fmt: skip
    scope = policies.scope(by, READ)
    rows = Person.objects.filter(scope.where("place_id"), voided_on=None)
    rows = rows.filter(merged_into=None) if ids is None else rows.filter(pk__among=set(ids))
    if text:
        asked = search.asked(text)
        places = None if scope.everything else scope.units
        with walls.whole("the index of names"):  # numbers only; the rows come from behind the wall
            found = search.find(asked, places, MOST_BY_NAME) if asked.words else []
        rows = rows.filter(number__in=found)
    if sexes:
        rows = rows.filter(sex__in=sexes)
    for since, until in born:
        rows = rows.filter(Q(born_on__gte=since) if since else Q())
        rows = rows.filter(Q(born_on__lt=until) if until else Q())
    return rows


def numbers_of(*, by: Actor, ids: Collection[UUID]) -> list[Held]:
    """The numbers by which people are known today; in full only for a purpose that the right to
    what is sensitive accepts. Two queries."""
    scope, full = policies.scope(by, READ), policies.scope(by, SENSITIVE)
    rows = Identifier.objects.filter(
        scope.where("person__place_id"), person__id__among=set(ids), until=None
    ).order_by("system", "id")
    columns = ("id", "person_id", "system", "value", "since", "until", "person__place_id")
    return [_held(row, full) for row in fetch(rows.values_list(*columns))]


def cards_of(*, by: Actor, ids: Collection[UUID]) -> list[Held]:
    """The insurance of people, past ones among them; cards in full only for a purpose. One query."""
    scope, full = policies.scope(by, READ), policies.scope(by, SENSITIVE)
    rows = Entitlement.objects.filter(
        scope.where("person__place_id"), person__id__among=set(ids)
    ).order_by("since", "id")
    columns = ("id", "person_id", "group", "card", "since", "until", "person__place_id")
    return [_held(row, full) for row in fetch(rows.values_list(*columns))]


def carded(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Whose insurance each of these rows is, of people whom the reader may read: one query."""
    scope = policies.scope(by, READ)
    rows = Entitlement.objects.filter(scope.where("person__place_id"), pk__among=set(ids))
    return dict(fetch(rows.values_list("id", "person_id")))


def _held(row: tuple[object, ...], full: policies.Scope) -> Held:
    *said, place = row
    held = Held(*said)  # type: ignore[arg-type]
    return held if full.everything or full.covers(place) else held._replace(value="")  # type: ignore[arg-type]
