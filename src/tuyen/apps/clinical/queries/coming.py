"""Who was sent here by others and who has an appointment here that others made."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max, Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import Coming, Visit
from tuyen.apps.clinical.queries.visits import READ, SENSITIVE, reached
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry


class ComingRow(NamedTuple):
    """Somebody who is to come, or came. ``shut``: why stands apart, and the reader may not open it.
    ``came``: the last visit at the unit since it was told, if there is one."""

    id: UUID
    person: UUID
    unit: UUID
    kind: str  # referral, appointment
    on: date
    at: datetime | None
    from_name: str
    reason: str
    urgent: bool
    source: str
    state: str  # waiting, kept, withdrawn, answered
    why: str
    apart: bool
    version: int
    author: UUID | None
    received_at: datetime
    answered_on: date | None
    diagnosis: str
    text: str
    treatment: str
    answered_by: UUID | None
    shut: bool = False
    came: date | None = None


_COLUMNS = (
    "id", "person_id", "unit_id", "kind", "on", "at", "from_name", "reason", "urgent", "source",
    "state", "why", "apart", "version", "author_id", "received_at", "answered_on", "diagnosis",
    "text", "treatment", "answered_by_id",
)  # fmt: skip


def coming(
    *, by: Actor, unit: UUID | None = None, states: Collection[str] = ("waiting",),
    first: date | None = None, last: date | None = None, limit: int = 500,
) -> list[ComingRow]:  # fmt: skip
    """Who is expected at a unit (None: at all that the reader reads) in one of these states; of
    appointments those from ``first`` to ``last``. Urgent referrals, referrals, then appointments by their
    day. Three queries at most."""
    rows = Coming.objects.filter(reached(policies.scope(by, READ)), state__in=list(states))
    if unit is not None:
        rows = rows.filter(unit_id=unit)
    if first is not None:
        rows = rows.filter(Q(kind="referral") | Q(on__gte=first))
    if last is not None:
        rows = rows.filter(Q(kind="referral") | Q(on__lte=last))
    found = _told(by, rows.order_by("-kind", "-urgent", "on", "id")[:limit])
    return _with_visits(by, found)


def coming_by_ids(*, by: Actor, ids: Collection[UUID]) -> list[ComingRow]:
    """Those of these ids that the reader may read: three queries at most."""
    rows = Coming.objects.filter(reached(policies.scope(by, READ)), pk__among=set(ids))
    return _with_visits(by, _told(by, rows.order_by("id")))


def coming_of(*, by: Actor, person: UUID) -> list[ComingRow]:
    """All that others told of a person by every record that stands for them, the latest first."""
    root = registry.canonical([person])[person]
    records = registry.born_as([root])[root] | {person}
    rows = Coming.objects.filter(
        reached(policies.scope(by, READ)), person__id__among=records
    ).order_by("-on", "-id")
    return _told(by, rows)


def _told(by: Actor, rows: object) -> list[ComingRow]:
    found = [ComingRow(*row) for row in fetch(rows.values_list(*_COLUMNS))]  # type: ignore[attr-defined]  # a QuerySet
    open_ = policies.scope(by, SENSITIVE)
    return [
        one._replace(reason="", diagnosis="", text="", treatment="", shut=True)
        if one.apart and not open_.covers(one.unit)
        else one
        for one in found
    ]


def _with_visits(by: Actor, rows: list[ComingRow]) -> list[ComingRow]:
    """Whether they came since: one query."""
    if not rows:
        return rows
    held = Visit.objects.filter(
        reached(policies.scope(by, READ)), state="live",
        unit_id__in={one.unit for one in rows}, person__id__among={one.person for one in rows},
    )  # fmt: skip
    last = {
        (unit, person): day
        for unit, person, day in fetch(
            held.values_list("unit_id", "person_id").annotate(last=Max("day"))
        )
    }
    return [one._replace(came=_since(one, last.get((one.unit, one.person)))) for one in rows]


def _since(one: ComingRow, day: date | None) -> date | None:
    return day if day is not None and day >= one.on else None
