"""The other visits of a person, as far as one visit is judged beside another."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.keeping import read
from tuyen.apps.clinical.models import Visit
from tuyen.apps.clinical.operations import Content
from tuyen.apps.clinical.queries.visits import READ, reached
from tuyen.apps.journal.bulk import fetch


class BesideVisit(NamedTuple):
    """A live visit: whose, where, when, and what was told of it but for what stands apart."""

    id: UUID
    unit: UUID
    person: UUID  # the record it was made for
    began_at: datetime
    ended_at: datetime
    content: Content


def visits_beside(
    *, by: Actor, persons: Collection[UUID], first: date, last: date
) -> list[BesideVisit]:
    """The live visits of these records on days from ``first`` to ``last`` that the reader may read,
    wherever they were, in the order of their beginning: one query."""
    rows = Visit.objects.filter(
        reached(policies.scope(by, READ)), person__id__among=set(persons), state="live",
        day__range=(first, last),
    ).order_by("began_at", "id")  # fmt: skip
    told = rows.values_list("id", "unit_id", "person_id", "began_at", "ended_at", "content")
    return [
        BesideVisit(id, unit, person, began, ended, read(content))
        for id, unit, person, began, ended, content in fetch(told)
    ]
