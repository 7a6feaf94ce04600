"""Who lives in one household with whom, by the roles that its book gives them."""

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry.models import Membership

READ = "registry.person.read"


class Kin(NamedTuple):
    """Two people of one household: ``role`` and ``other_role`` are theirs towards its head."""

    person: UUID
    other: UUID
    role: str
    other_role: str


def kin(*, by: Actor, ids: Collection[UUID]) -> list[Kin]:
    """With whom each of these people lives in a household today, those whom the reader may read, void
    records left out: two queries."""
    scope = policies.scope(by, READ)
    held = Membership.objects.filter(until=None, person__voided_on=None).filter(
        scope.where("person__place_id")
    )
    columns = ("household_id", "person_id", "role")
    asked = list(fetch(held.filter(person__id__among=set(ids)).values_list(*columns)))
    homes = {home for home, *_ in asked}
    if not homes:
        return []
    members: dict[UUID, list[tuple[UUID, str]]] = {}
    there = held.filter(household__id__among=homes).order_by("household_id", "person__number")
    for home, person, role in fetch(there.values_list(*columns)):
        members.setdefault(home, []).append((person, role))
    return [
        Kin(person, other, role, other_role)
        for home, person, role in asked
        for other, other_role in members[home]
        if other != person
    ]
