"""Who people are, in whole numbers: for a list with names that a second person agreed to."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.journal.prepared import prepared
from tuyen.apps.registry.models import Entitlement, Identifier, Person

READ = "registry.person.read"
SYSTEMS = (
    "personal_number",
    "old_identity_card",
    "passport",
)  # that by which one is asked for first


class Identity(NamedTuple):
    """What tells who somebody is; empty where it is not on record. ``address``: of the household."""

    number: str
    phone: str
    card: str
    address: str


def identities(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, Identity]:
    """The whole numbers of people whom the reader may read, by id: three queries. The door that
    lets them out has asked a second person, and writes the reading down."""
    scope = policies.scope(by, READ)
    rows = Person.objects.filter(scope.where("place_id"), pk__among=set(ids), voided_on=None)
    known = {id: (phone, address or "") for id, phone, address in fetch(
        rows.values_list("pk", "phone", "household__address"))}  # fmt: skip
    numbers: dict[UUID, dict[str, str]] = {}
    # Of which kind a number is, is looked at here: asked for in the query, SQLite reads every personal
    # number of the province by its index of kinds instead of the few of these people.
    held = Identifier.objects.filter(person__id__among=set(known), until=None)
    for person, system, value in fetch(held.values_list("person_id", "system", "value")):
        numbers.setdefault(person, {})[system] = value
    cards = Entitlement.objects.filter(person__id__among=set(known), until=None)
    card = dict(fetch(cards.order_by("since").values_list("person_id", "card")))
    return {
        id: Identity(
            next((numbers[id][one] for one in SYSTEMS if one in numbers.get(id, {})), ""),
            phone, card.get(id, ""), address,
        )
        for id, (phone, address) in known.items()
    }  # fmt: skip


class Cover(NamedTuple):
    """An insurance card and the days on which it holds: [since, until); where care begins with it."""

    card: str
    since: date | None
    until: date | None
    facility: UUID | None = None

    def holds(self, day: date) -> bool:
        begun = self.since is None or self.since <= day
        return begun and (self.until is None or day < self.until)


def covers(*, by: Actor, ids: Collection[UUID]) -> dict[UUID, list[Cover]]:
    """The insurance cards of people whom the reader may read, by the record that holds them, the
    oldest first: one query."""
    scope = policies.scope(by, READ)
    rows = (
        _covers(set(ids))
        if scope.everything
        else fetch(_covers_of(ids).filter(scope.where("person__place_id")))
    )
    found: dict[UUID, list[Cover]] = {}
    for person, *cover in rows:
        found.setdefault(person, []).append(Cover(*cover))
    return found


def _covers_of(ids: Collection[UUID]) -> Any:
    rows = Entitlement.objects.filter(person__id__among=ids).order_by("since", "pk")
    return rows.values_list("person_id", "card", "since", "until", "facility_id")


_covers = prepared(_covers_of)
