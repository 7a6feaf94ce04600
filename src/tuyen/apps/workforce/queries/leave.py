"""Leave that waits, and what somebody has to do and to ask: one's own duty, swaps, days left."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import leaving, places
from tuyen.apps.workforce.models import Draw, Leave, Member, Roster, Shift, Surge, Swap, Tenure
from tuyen.apps.workforce.operations import PLAN
from tuyen.apps.workforce.queries.people import CORRECT
from tuyen.rules import workforce as rules

AHEAD = 62
"""Days ahead that one's own page shows."""


class LeaveRow(NamedTuple):
    """Days away; ``duties``: shifts in force on them; ``own``: the reader's, who does not answer it."""

    id: UUID
    member: UUID
    name: str
    unit: UUID
    unit_name: str
    kind: str
    since: date
    until: date
    days: int
    reason: str
    state: str
    answer: str
    duties: int
    own: bool


class DutyRow(NamedTuple):
    id: UUID
    member: UUID
    name: str
    unit: UUID
    unit_name: str
    day: date
    kind: str


class SwapRow(NamedTuple):
    """A swap: ``asker`` offers ``day``, for ``for_day`` or for nothing; ``to_me``: it waits for the reader."""

    id: UUID
    unit: UUID
    asker: str
    asked: str
    day: date
    kind: str
    for_day: date | None
    for_kind: str
    reason: str
    state: str
    answer: str
    to_me: bool


class Mine(NamedTuple):
    """What concerns the reader: ``left`` days of yearly leave this year, ``earned`` in all."""

    member: UUID
    name: str
    unit: UUID
    duties: Sequence[DutyRow]
    colleagues: Sequence[tuple[UUID, str]]
    theirs: Sequence[DutyRow]
    leaves: Sequence[LeaveRow]
    swaps: Sequence[SwapRow]
    left: int
    earned: int
    skills: Sequence[str]
    contact: str
    ready: bool
    drawn: Sequence[tuple[date, date]]


def leaves(*, by: Actor, on: date, waiting: bool = True) -> list[LeaveRow]:
    """Leave in the reach of whoever plans, oldest first: three queries."""
    rows = Leave.objects.filter(policies.scope(by, PLAN).where("unit_id"))
    rows = rows.filter(state="waiting") if waiting else rows.filter(until__gt=on)
    found = list(rows.order_by("since", "id")[:500])
    return _leaves(found, by, on)


def _leaves(found: Sequence[Leave], by: Actor, on: date) -> list[LeaveRow]:
    people = Member.objects.in_bulk({row.member_id for row in found})
    lo = min((row.since for row in found), default=on)
    hi = max((row.until for row in found), default=on)
    duties = list(
        _shifts(Q(member_id__among=set(people), day__gte=lo, day__lt=hi))
        .exclude(kind__in=[key for key, one in rules.shifts(on).items() if one.implied])
        .values_list("member_id", "day")
    )  # fmt: skip
    return [
        LeaveRow(
            row.pk, row.member_id, people[row.member_id].name, row.unit_id,
            places.name(places.now_at(row.unit_id, on), on), row.kind, row.since, row.until, row.days,
            row.reason, row.state, row.answer,
            sum(who == row.member_id and row.since <= day < row.until for who, day in duties),
            by.user is not None and people[row.member_id].user_id == by.user,
        )
        for row in found if row.member_id in people
    ]  # fmt: skip


def _shifts(which: Q) -> QuerySet[Shift]:
    force = Roster.objects.filter(state="in-force").values("id")
    return Shift.objects.filter(which, state="live", roster_id__in=force)


def mine(*, by: Actor, on: date) -> Mine | None:
    """One's own duty, leave and swaps; None where no file is linked. Eleven queries."""
    if by.user is None or not policies.may(by, CORRECT):
        return None
    me = Member.objects.filter(user_id=by.user).order_by("id").first()
    if me is None:
        return None
    held = Q(void=False, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    beside = Tenure.objects.filter(held, unit_id=me.unit_id).values_list("member_id", flat=True)
    people = dict(Member.objects.filter(pk__among=set(beside) | {me.pk}).values_list("id", "name"))
    ahead = Q(day__gte=on, day__lt=on + timedelta(days=AHEAD))
    shifts = list(_shifts(ahead & Q(member_id__among=set(people))).order_by("day", "id"))
    duties = [
        DutyRow(s.pk, s.member_id, people[s.member_id], s.unit_id, places.name(s.unit_id, on), s.day, s.kind)
        for s in shifts if not (s.kind in (kinds := rules.shifts(s.day)) and kinds[s.kind].implied)
    ]  # fmt: skip
    asked = list(Leave.objects.filter(member_id=me.pk).order_by("-since", "id")[:60])
    rule = rules.leave(on)
    posts = (
        Tenure.objects.filter(member_id=me.pk, void=False)
        .order_by("since")
        .values_list("since", flat=True)
    )
    began = posts.first() or on
    counted = [
        (row.since, row.until) for row in asked
        if row.kind in rule.counted and row.state in ("waiting", "agreed")
    ]  # fmt: skip
    surge = Surge.objects.filter(pk=me.pk).first()
    drawn = Draw.objects.filter(member_id=me.pk, until__gt=on).order_by("since", "id")
    return Mine(
        me.pk, me.name, me.unit_id, [row for row in duties if row.member == me.pk],
        sorted(((id, name) for id, name in people.items() if id != me.pk), key=lambda one: one[1]),
        [row for row in duties if row.member != me.pk], _leaves(asked, by, on), _swaps(me, people, on),
        leaving.leave_left(rule, began, on.year, counted), rule.earned(began, on.year),
        surge.skills.split() if surge else [], surge.contact if surge else me.phone,
        bool(surge and surge.ready), [(row.since, row.until) for row in drawn],
    )  # fmt: skip


def _swaps(me: Member, people: dict[UUID, str], on: date) -> list[SwapRow]:
    rows = list(
        Swap.objects.filter(Q(member_id=me.pk) | Q(asker_id=me.pk)).order_by("-asked_on", "id")[:40]
    )
    named = {id for row in rows for id in (row.shift_id, row.for_shift_id) if id}
    shifts = Shift.objects.in_bulk(named)
    found = []
    for row in rows:
        one, other = shifts.get(row.shift_id), shifts.get(row.for_shift_id)
        if one is not None:
            found.append(SwapRow(
                row.pk, row.unit_id, people.get(row.asker_id, ""), people.get(row.member_id, ""), one.day,
                one.kind, other.day if other else None, other.kind if other else "", row.reason, row.state,
                row.answer, row.state == "waiting" and row.member_id == me.pk,
            ))  # fmt: skip
    return found
