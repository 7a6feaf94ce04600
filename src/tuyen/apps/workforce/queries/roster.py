"""The duty roster of a unit and month: as it is in force or proposed, what it lacks, and what could be."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.workforce import places, rostering
from tuyen.apps.workforce.models import Roster, Shift
from tuyen.apps.workforce.operations import PLAN
from tuyen.apps.workforce.queries.people import CORRECT, READ
from tuyen.engines.workforce import roster as engine

SECONDS = 10.0
"""What a roster may take; what was not proved by then is said."""


class Cell(NamedTuple):
    """A shift as it stands; ``was``: who had it before."""

    id: UUID
    kind: str
    was: UUID | None


class Gap(NamedTuple):
    """Who lacks on a day: ``key`` of the demand, how many, and whether nobody of the unit could be it."""

    day: date
    key: str
    short: int
    nobody: bool


class Broken(NamedTuple):
    """A rule of rest that a roster breaks."""

    rule: str
    name: str
    day: date


class RosterPage(NamedTuple):
    """A month: ``state`` is in-force, proposed or "" (none yet); ``waiting``: a proposal beside it."""

    unit: UUID
    unit_name: str
    type: str
    month: date
    id: UUID | None
    state: str
    made: str
    despite: str
    put_on: date | None
    waiting: UUID | None
    people: Sequence[rostering.Person]
    cells: Mapping[tuple[UUID, date], Cell]
    away: Mapping[tuple[UUID, date], str]
    free: Mapping[date, str]
    gaps: Sequence[Gap]
    broken: Sequence[Broken]

    @property
    def days(self) -> list[date]:
        last = rostering.last_day(self.month)
        return [self.month + timedelta(days=n) for n in range((last - self.month).days + 1)]


class Plan(NamedTuple):
    """A roster of the engine. ``without``: rule -> people missing if it were lifted."""

    shifts: Sequence[rostering.Had]
    gaps: Sequence[Gap]
    shortage: int
    shortage_bound: int
    cost: float
    bound: float
    proved: bool
    without: Mapping[str, int]


def readable(*, by: Actor, unit: UUID) -> bool:
    """Whether somebody may see the roster of a unit: those who work there, plan it or keep its files."""
    return any(policies.may(by, right, unit) for right in (PLAN, READ, CORRECT))


def roster(
    *, by: Actor, unit: UUID, month: date, on: date, proposed: bool = False
) -> RosterPage | None:
    """The roster in force, or with ``proposed`` what waits; None out of reach. Nine queries."""
    first = month.replace(day=1)
    if not readable(by=by, unit=unit) or not places.works(unit, first):
        return None
    rows = list(
        Roster.objects.filter(unit_id=unit, month=first)
        .exclude(state="replaced")
        .order_by("put_on", "id")
    )
    waiting = next((row for row in rows if row.state == "proposed"), None)
    force = next((row for row in rows if row.state == "in-force"), None)
    shown = waiting if proposed or force is None else force
    shifts = (
        list(Shift.objects.filter(roster_id=shown.pk, state="live").order_by("day", "id"))
        if shown
        else []
    )
    bearing = rostering.month(unit, first)
    stated = rostering.state(bearing)
    had = [rostering.Had(row.member_id, row.day, row.kind) for row in shifts]
    plans = policies.may(by, PLAN, unit)
    came = {row.pk: row.from_id for row in shifts if row.from_id}
    was = dict(Shift.objects.filter(pk__among=set(came.values())).values_list("id", "member_id"))
    return RosterPage(
        unit, places.name(unit, first), places.atlas().type(unit, first) or "", first,
        shown.pk if shown else None, shown.state if shown else "", shown.made if shown else "",
        shown.despite if shown else "", shown.put_on if shown else None,
        waiting.pk if waiting and waiting is not shown else None, bearing.people,
        {(r.member_id, r.day): Cell(r.pk, r.kind, was.get(came[r.pk]) if r.pk in came else None) for r in shifts},
        _away(bearing, plans), rostering.free_days(first, rostering.last_day(first)),
        gaps(stated, had), [
            Broken(fault.rule, person.name, day) for fault, person, day in rostering.faults(stated, had)
        ] if plans else [],
    )  # fmt: skip


def _away(month: rostering.Month, plans: bool) -> dict[tuple[UUID, date], str]:
    """(member, day) -> why away; colleagues are told that somebody is away, not why."""
    found: dict[tuple[UUID, date], str] = {}
    last = rostering.last_day(month.first)
    for one in month.away:
        if (one.wish or one.nights) and not plans:
            continue
        day = max(one.since, month.first)
        while day < one.until and day <= last:
            found[one.member, day] = one.kind if plans else "away"
            day += timedelta(days=1)
    return found


def gaps(stated: rostering.Stated, shifts: Sequence[rostering.Had]) -> list[Gap]:
    """What a roster leaves uncovered, by day."""
    entries = [e for one in shifts if (e := stated.entry(one)) is not None]
    return _gaps(stated, engine.missing(stated.problem, entries))


def _gaps(stated: rostering.Stated, short: Sequence[int]) -> list[Gap]:
    return [
        Gap(stated.first + timedelta(days=demand.day), asked.key, lack, not demand.group)
        for demand, asked, lack in zip(stated.problem.demands, stated.asked, short, strict=True)
        if lack
    ]


def plan(
    *, by: Actor, unit: UUID, month: date, on: date, fixed: Sequence[rostering.Had] = (),
    seconds: float = SECONDS,
) -> Plan:  # fmt: skip
    """The roster that leaves least uncovered and is fairest, for whoever plans it. Six queries."""
    policies.check(by, PLAN, unit)
    stated = rostering.state(rostering.month(unit, month.replace(day=1)), fixed=fixed)
    made = engine.make(stated.problem, seconds)
    return Plan(
        [stated.shift(entry) for entry in made.entries], _gaps(stated, made.short), made.shortage,
        made.shortage_bound, made.cost, made.bound, made.proved, made.without,
    )  # fmt: skip


def units_to_plan(*, by: Actor, on: date) -> list[tuple[UUID, str]]:
    """Stations and other units whose roster the reader plans, or sees as one of them."""
    map_, found = places.atlas(), []
    scopes = [policies.scope(by, right) for right in (PLAN, READ, CORRECT)]
    for unit in map_.units(("station", "health_centre", "cdc", "hospital"), on):
        if any(scope.covers(unit) for scope in scopes):
            found.append((unit, places.name(unit, on)))
    own = {post.unit for post in by.posts}
    return sorted(found, key=lambda one: (one[0] not in own, one[1]))
