"""Who can be drawn for an outbreak, what that would uncover, and who was drawn."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places, rostering
from tuyen.apps.workforce.models import Draw, Member, Roster, Shift, Surge, Tenure
from tuyen.apps.workforce.operations import PLAN
from tuyen.engines.workforce import roster as engine
from tuyen.rules import workforce as rules

MOST = 62
"""Days that are looked at when somebody is to be drawn."""


class Lack(NamedTuple):
    """What nobody covers on a day any more: ``key`` of the demand; ``only``: nobody else of the unit is it."""

    day: date
    key: str
    short: int
    only: bool


class SurgeRow(NamedTuple):
    """Somebody on the surge roster: ``stale``: their consent is older than the rule lets it be."""

    member: UUID
    name: str
    unit: UUID
    unit_name: str
    type: str
    cadre: str
    skills: tuple[str, ...]
    contact: str
    ready: bool
    said_on: date
    stale: bool


class Drawable(NamedTuple):
    """Somebody who could go: ``away``: on days asked for they cannot; ``planned``: months whose roster is in
    force, the others are not known yet; ``lacks``: what stays uncovered; ``duties``: their shifts then."""

    row: SurgeRow
    away: Sequence[tuple[date, date, str]]
    planned: Sequence[date]
    unplanned: Sequence[date]
    duties: Sequence[tuple[date, str]]
    lacks: Sequence[Lack]
    sole: Sequence[str]


class DrawRow(NamedTuple):
    id: UUID
    member: UUID
    name: str
    unit: UUID
    unit_name: str
    subject: UUID
    work: str
    group: str
    emergency: bool
    since: date
    until: date
    left: str
    state: str
    may_release: bool


def surge(*, by: Actor, on: date, skill: str = "", ready: bool = False) -> list[SurgeRow]:
    """The surge roster in reach, by unit and name: three queries."""
    rows = Surge.objects.filter(policies.scope(by, PLAN).where("unit_id"))
    if ready:
        rows = rows.filter(ready=True)
    found = [row for row in rows.order_by("id") if not skill or skill in row.skills.split()]
    people = Member.objects.in_bulk({row.member_id for row in found})
    held = Q(void=False, since__lte=on) & (Q(until=None) | Q(until__gt=on))
    posts = {
        row.member_id: row
        for row in Tenure.objects.filter(held, member_id__among=set(people)).order_by(
            "main", "since"
        )
    }
    term = timedelta(days=rules.surge_days(on))
    told = [
        SurgeRow(
            row.member_id, people[row.member_id].name, unit, places.name(unit, on),
            places.atlas().type(unit, on) or "", posts[row.member_id].cadre,
            tuple(row.skills.split()), row.contact, row.ready, row.said_on, row.said_on + term < on,
        )
        for row in found if row.member_id in people and row.member_id in posts
        for unit in [places.now_at(posts[row.member_id].unit_id, on)]
    ]  # fmt: skip
    return sorted(told, key=lambda one: (not one.ready, one.unit_name, one.name, str(one.member)))


def candidates(*, by: Actor, on: date, since: date, until: date, skill: str = "") -> list[Drawable]:
    """Who of the surge roster could go on some days, half-open, those who leave least first. Ten queries
    for any number of people."""
    until = min(until, since + timedelta(days=MOST))
    rows = surge(by=by, on=on, skill=skill, ready=True)
    firsts = _months(since, until)
    pairs = {(row.unit, first) for row in rows for first in firsts}
    months = rostering.months(pairs)
    force = _in_force({unit for unit, _ in pairs}, firsts)
    away = rostering.away_of([row.member for row in rows], since, until)
    stated = {pair: rostering.state(month) for pair, month in months.items()}
    found = []
    for row in rows:
        duties: list[tuple[date, str]] = []
        lacks: list[Lack] = []
        sole: dict[str, None] = {}
        for first in firsts:
            pair = (row.unit, first)
            one = stated[pair]
            sole |= dict.fromkeys(_only(one, row.member))
            if pair not in force:
                continue
            duties += [
                (had.day, had.kind)
                for had in force[pair]
                if had.member == row.member and since <= had.day < until
            ]
            lacks += uncovered(one, force[pair], row.member, since, until)
        met = [
            (a.since, a.until, a.kind)
            for a in away
            if a.member == row.member and not (a.wish or a.nights)
        ]
        planned = [first for first in firsts if (row.unit, first) in force]
        found.append(Drawable(
            row, [(a, b, k) for a, b, k in met if a < until and since < b], planned,
            [first for first in firsts if first not in planned], duties, lacks, list(sole),
        ))  # fmt: skip
    return sorted(found, key=lambda c: (
        bool(c.away), c.row.stale, len(c.lacks), len(c.sole), len(c.duties), c.row.name, str(c.row.member)
    ))  # fmt: skip


def _months(since: date, until: date) -> list[date]:
    found, first = [], since.replace(day=1)
    while first < until:
        found.append(first)
        first = rostering.after(first)
    return found


def _in_force(
    units: Collection[UUID], firsts: Iterable[date]
) -> dict[rostering.Pair, list[rostering.Had]]:
    """The shifts of the rosters in force: two queries."""
    rosters = {
        id: (unit, month) for id, unit, month in
        Roster.objects.filter(unit_id__among=set(units), month__in=list(firsts), state="in-force")
        .values_list("id", "unit_id", "month")
    }  # fmt: skip
    found: dict[rostering.Pair, list[rostering.Had]] = {pair: [] for pair in rosters.values()}
    rows = Shift.objects.filter(roster_id__among=set(rosters), state="live").order_by("day", "id")
    for roster, member, day, kind in rows.values_list("roster_id", "member_id", "day", "kind"):
        found[rosters[roster]].append(rostering.Had(member, day, kind))
    return found


def uncovered(
    stated: rostering.Stated,
    shifts: Sequence[rostering.Had],
    member: UUID,
    since: date,
    until: date,
) -> list[Lack]:
    """What a roster leaves uncovered besides when somebody is taken for some days."""
    at = next((n for n, person in enumerate(stated.people) if person.id == member), None)
    if at is None:
        return []
    entries = [e for one in shifts if (e := stated.entry(one)) is not None]
    days = range((since - stated.first).days, (until - stated.first).days)
    return [
        Lack(
            stated.first + timedelta(days=stated.problem.demands[j].day), stated.asked[j].key, more,
            stated.problem.demands[j].group == {at},
        )
        for j, more in engine.uncovers(stated.problem, entries, at, days)
    ]  # fmt: skip


def _only(stated: rostering.Stated, member: UUID) -> list[str]:
    """What somebody alone is at their unit."""
    at = next((n for n, person in enumerate(stated.people) if person.id == member), None)
    return [
        asked.key for demand, asked in zip(stated.problem.demands, stated.asked, strict=True)
        if at is not None and demand.group == {at}
    ]  # fmt: skip


def draws(*, by: Actor, on: date, subject: UUID | None = None) -> list[DrawRow]:
    """Who is or was drawn in reach, the latest first: two queries."""
    scope = policies.scope(by, PLAN)
    rows = Draw.objects.filter(scope.where("unit_id"))
    rows = rows.filter(subject_id=subject) if subject else rows.filter(until__gt=on)
    found = list(rows.order_by("-since", "id")[:300])
    names = dict(
        Member.objects.filter(pk__among={r.member_id for r in found}).values_list("id", "name")
    )
    return [
        DrawRow(
            r.pk, r.member_id, names.get(r.member_id, ""), r.unit_id,
            places.name(places.now_at(r.unit_id, on), on), r.subject_id, r.work, r.group, r.emergency,
            r.since, r.until, r.left, r.state, r.state == "drawn" and scope.covers(r.unit_id),
        )
        for r in found
    ]  # fmt: skip
