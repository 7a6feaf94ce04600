"""The few facts about people that another room's services stand on: birth, sex, death, and place."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.prepared import prepared
from tuyen.apps.registry.models import FormerDeath, Identifier, Merge, Person, Residence
from tuyen.engines.registry.identifiers import clean

READ = "registry.person.read"


class Vital(NamedTuple):
    """A person's birth and death, and where they live now (None: not on this node)."""

    id: UUID
    sex: int  # 1 male, 2 female, 3 not known
    born_on: date
    died_on: date | None
    place: UUID | None
    voided: bool
    merged_into: UUID | None

    @property
    def here(self) -> bool:
        """Alive, on record by this record, and living on this node."""
        return not (self.voided or self.died_on or self.merged_into) and self.place is not None


_COLUMNS = ("id", "sex", "born_on", "died_on", "place_id", "voided_on", "merged_into_id")


def vitals(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, Vital]:
    """The facts of these people, those whom the reader may read, void and merged records among
    them: one query."""
    scope = policies.scope(by, READ)
    if scope.everything:
        return {row[0]: _vital(row) for row in _of_all(ids)}
    rows = Person.objects.filter(scope.where("place_id"), pk__among=ids)
    return {row[0]: _vital(row) for row in fetch(rows.values_list(*_COLUMNS))}


@prepared
def _of_all(ids: Collection[UUID]) -> Any:
    return Person.objects.filter(pk__among=ids).values_list(*_COLUMNS)


def born_since(*, by: Actor, day: date) -> dict[UUID, Vital]:
    """The facts of everybody born on a day or later whom the reader may read: one query."""
    rows = Person.objects.filter(policies.scope(by, READ).where("place_id"), born_on__gte=day)
    return {row[0]: _vital(row) for row in fetch(rows.values_list(*_COLUMNS))}


def merged_pairs(*, by: Actor, merges: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """(kept, duplicate) of mergers by their ids, undone ones among them, of kept records that the
    reader may read: one query."""
    rows = Merge.objects.filter(policies.scope(by, READ).where("kept__place_id"), pk__among=merges)
    return [(kept, other) for kept, other in fetch(rows.values_list("kept_id", "duplicate_id"))]


def holders(*, by: Actor, values: Collection[str]) -> dict[str, UUID]:
    """Who holds each of these numbers today, of the people whom the reader may read: one query."""
    known = {clean(value): value for value in values}
    rows = Identifier.objects.filter(
        policies.scope(by, READ).where("person__place_id"), value__in=list(known), until=None,
        person__voided_on=None,
    )  # fmt: skip
    return {known[value]: person for value, person in rows.values_list("value", "person_id")}


def called(*, by: Actor, born: Collection[date]) -> list[tuple[UUID, str, date]]:
    """(id, name, birth) of people born on any of these days whom the reader may read, void and
    merged records left out: one query."""
    rows = Person.objects.filter(
        policies.scope(by, READ).where("place_id"), born_on__among=born, voided_on=None,
        merged_into=None,
    )  # fmt: skip
    return [(id, name, day) for id, name, day in fetch(rows.values_list("id", "name", "born_on"))]


def placed(*, by: Actor, ids: Collection[UUID], on: date) -> dict[UUID, UUID]:
    """Where each of these people, of whom the reader may read the place, lived on a day; whoever had
    died by then, where they lived last. Who had moved away, or was not here yet, is left out. One
    query."""
    rows = Residence.objects.filter(
        policies.scope(by, READ).where("place_id"),
        Q(since=None) | Q(since__lte=on), person__id__among=set(ids),
    ).order_by(F("since").asc(nulls_first=True), "pk")  # fmt: skip
    found: dict[UUID, UUID] = {}
    for person, place, until, died in fetch(
        rows.values_list("person_id", "place_id", "until", "person__died_on")
    ):
        if until is None or until > on or (died is not None and died <= on):
            found[person] = place
    return found


class Death(NamedTuple):
    """A death on record, with the cause that was told with it ("" for none)."""

    person: UUID
    sex: int
    born_on: date
    died_on: date
    cause: str
    place: UUID | None


def deaths(*, by: Actor, first: date, last: date, places: Collection[UUID]) -> list[Death]:
    """Who died between two days, both among them, and lived last in one of these places, of those whom
    the reader may read, by the record that stands for each, the earliest first: one query."""
    rows = Person.objects.filter(
        policies.scope(by, READ).where("place_id"), died_on__gte=first, died_on__lte=last,
        place__in=places, voided_on=None, merged_into=None,
    ).order_by("died_on", "number")  # fmt: skip
    columns = ("id", "sex", "born_on", "died_on", "death_cause", "place_id")
    return [Death(*row) for row in fetch(rows.values_list(*columns))]


class DayCorrected(NamedTuple):
    """A day of death that stood until it was corrected, and why it was."""

    died_on: date
    reason: str
    author: UUID | None
    at: datetime


def former_deaths(*, by: Actor, person: UUID) -> list[DayCorrected]:
    """The days on which a person had been said to have died, the latest correction first, of somebody
    whom the reader may read: one query."""
    rows = FormerDeath.objects.filter(
        policies.scope(by, READ).where("person__place_id"), person=person
    ).order_by("-received_at", "-pk")
    columns = ("died_on", "reason", "author_id", "received_at")
    return [DayCorrected(*row) for row in fetch(rows.values_list(*columns))]


def lived_in(people: Collection[UUID], places: Collection[UUID]) -> set[UUID]:
    """Which of these people live or once lived in any of the places, by whichever record: one
    query. For tablets, which hold nobody who moved away; behind the wall only who lives there."""
    rows = Residence.objects.filter(person__id__among=set(people), place__in=places)
    return {id for (id,) in fetch(rows.order_by().values_list("person_id").distinct())}


def _vital(row: tuple[object, ...]) -> Vital:
    id, sex, born_on, died_on, place, voided_on, merged_into = row
    return Vital(id, sex, born_on, died_on, place, voided_on is not None, merged_into)  # type: ignore[arg-type]
