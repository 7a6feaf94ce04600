"""Which days people were seen on, and where: to tell a visit from one that is on record."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import Visit
from tuyen.apps.clinical.queries.visits import READ, reached
from tuyen.apps.journal.bulk import fetch


class Attended(NamedTuple):
    """A live visit by its record, unit and day."""

    id: UUID
    person: UUID
    unit: UUID
    day: date


def attended(*, by: Actor, people: Collection[UUID], days: Collection[date]) -> list[Attended]:
    """The live visits of these people on these days, of those that the reader may read: one query."""
    rows = Visit.objects.filter(
        reached(policies.scope(by, READ)),
        person__id__among=set(people),
        day__in=set(days),
        state="live",
    )
    return [Attended(*row) for row in fetch(rows.values_list("id", "person_id", "unit_id", "day"))]
