"""What the desk of a station asks: who is expected, and whom nobody wrote back about."""

from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Max

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.models import Referral, Visit
from tuyen.apps.clinical.queries.visits import READ, reached
from tuyen.apps.journal.bulk import fetch

NEAR = timedelta(days=7)


class Expected(NamedTuple):
    """Somebody whose next visit was agreed, and who has not come since the visit that agreed it."""

    person: UUID
    visit: UUID
    day: date  # of that visit
    next_on: date
    main: str


class ReferralRow(NamedTuple):
    """Somebody who was sent on. ``apart``: why is shown for a purpose only."""

    id: UUID  # of the visit
    person: UUID
    unit: UUID
    day: date
    to: UUID | None
    to_name: str
    urgent: bool
    state: str  # sent, returned
    apart: bool
    returned_on: date | None


def expected(
    *, by: Actor, unit: UUID, around: date, near: timedelta = NEAR
) -> list[Expected]:  # fmt: skip
    """Those whom a unit expects from ``near`` before a day until as long after it, and who have not
    come to it since, by their day: two queries."""
    held = Visit.objects.filter(
        reached(policies.scope(by, READ)), unit_id=unit, state="live",
        next_on__range=(around - near, around + near),
    )  # fmt: skip
    rows = fetch(held.values_list("person_id", "id", "day", "next_on", "main", "began_at"))
    if not rows:
        return []
    later = Visit.objects.filter(
        unit_id=unit, state="live", person__id__among={row[0] for row in rows},
        began_at__gte=min(row[5] for row in rows),
    )  # fmt: skip
    last = dict(fetch(later.values_list("person_id").annotate(last=Max("began_at"))))
    found = [Expected(*row[:5]) for row in rows if last.get(row[0]) == row[5]]
    return sorted(found, key=lambda one: (one.next_on, str(one.person)))


def referrals(*, by: Actor, state: str = "sent", limit: int = 500) -> list[ReferralRow]:
    """Who was sent on, and has not come back (``sent``) or has (``returned``), the urgent ones and
    then the oldest first: one query."""
    scope = policies.scope(by, READ)
    held = Referral.objects.filter(state=state)
    if not scope.everything:
        # By the units that sent, and by the people who live there: each by its own index.
        ours = held.filter(unit_id__among=scope.units).values("pk")
        living = held.filter(person__place__id__among=scope.units).values("pk")
        held = held.filter(pk__in=ours.union(living))
    held = held.order_by("-urgent", "day", "id")[:limit]
    return [
        ReferralRow(*row)
        for row in fetch(held.values_list(
            "id", "person_id", "unit_id", "day", "to_id", "to_name", "urgent", "state", "apart",
            "returned_on",
        ))
    ]  # fmt: skip
