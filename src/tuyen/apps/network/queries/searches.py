"""Months that the program was asked to plan: what waits, what is at work, what came of it."""

from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places
from tuyen.apps.network.models import RoundsSearch
from tuyen.apps.network.queries.outreach import READ_OUTREACH
from tuyen.kernel.operation import Outcome


class SearchRow(NamedTuple):
    """An asking. ``state``: asked, made (``plan`` is the draft), failed (``why``), stopped; ``before`` how
    many others were asked earlier and are not answered yet."""

    id: UUID
    unit: UUID
    unit_name: str
    starts: date
    quick: bool
    state: str
    plan: UUID | None
    why: Outcome | None
    author: str
    asked_at: datetime
    changed_at: datetime
    before: int


def searches(*, by: Actor, unit: UUID) -> list[SearchRow]:
    """The askings of a unit that did not come to a plan, the last first: two queries."""
    policies.check(by, READ_OUTREACH, unit)
    found = RoundsSearch.objects.filter(unit_id=unit, state__in=("asked", "failed"))
    rows = list(found.order_by("-asked_at", "-id")[:5])
    names = access.names({one.author_id for one in rows})
    return [_row(one, names, 0) for one in rows]


def search(*, by: Actor, id: UUID) -> SearchRow | None:
    """One asking; None where there is none for the reader. Three queries."""
    scope = policies.scope(by, READ_OUTREACH)
    one = RoundsSearch.objects.filter(scope.where("unit_id"), pk=id).first()
    if one is None:
        return None
    before = 0
    if one.state == "asked":
        earlier = RoundsSearch.objects.filter(state="asked", asked_at__lt=one.asked_at)
        before = earlier.count()
    return _row(one, access.names({one.author_id}), before)


def _row(one: RoundsSearch, names: Any, before: int) -> SearchRow:
    why = Outcome(one.code, one.message, dict(one.told)) if one.state == "failed" else None
    return SearchRow(
        one.pk, one.unit_id, places.name(one.unit_id, one.starts), one.starts, one.quick, one.state,
        one.plan_id, why, names.get(one.author_id, ""), one.asked_at, one.changed_at, before,
    )  # fmt: skip
