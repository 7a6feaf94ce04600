"""Plans of mobile sessions as they are read: planned by the engine, moved by hand, day by day and stop by stop."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places, rounds, rounds_ways
from tuyen.apps.network.models import OutreachPlan
from tuyen.apps.network.operations import (
    DraftRounds,
    LeftOut,
    PlannedRound,
    PlannedTeam,
    PlannedVillage,
)
from tuyen.apps.network.queries.outreach import (
    PLAN_OUTREACH,
    READ_OUTREACH,
    NeedRow,
    TeamRow,
    needs,
    teams,
)
from tuyen.apps.network.refusals import MonthIsPast, TeamWithoutHours
from tuyen.engines.network.outreach_check import Broken, drive
from tuyen.engines.network.outreach_problem import Round
from tuyen.engines.network.outreach_reasons import Missing, inserted
from tuyen.engines.network.outreach_search import plan as searched

CHILDREN = 60
"""Children that the search raises for a month; a time limit of the door may end it before."""


class RoundsRow(NamedTuple):
    """A plan in the list. ``state``: draft, in-force, replaced, withdrawn."""

    id: UUID
    unit: UUID
    unit_name: str
    starts: date
    ends: date
    state: str
    teams: tuple[str, ...]
    visits: int
    missing: int
    changes: int
    author: str
    changed_at: Any
    reason: str


class StopRow(NamedTuple):
    """A stop of a round, in minutes of the day."""

    village: UUID
    name: str
    arrives: int
    leaves: int
    vaccine: bool
    people: int


class DayRow(NamedTuple):
    """A team's day. ``cold`` minutes until the last vaccine is given, of ``cold_most``. ``km`` None where ways
    are minutes over a surface, which has no lengths."""

    team: UUID
    team_name: str
    day: date
    leaves: int
    back: int
    cold: int
    cold_most: int
    minutes: int
    minutes_most: int
    way: int
    km: float | None
    begins: str
    ends: str
    away: bool
    stops: tuple[StopRow, ...]
    broken: tuple[Broken, ...]


class RoundsPage(NamedTuple):
    row: RoundsRow
    plan: rounds.Drawn
    days: tuple[DayRow, ...]
    broken: tuple[Broken, ...]
    staff_days: int

    @property
    def must(self) -> int:
        """Rules that must hold and do not."""
        return sum(one.must for one in self.broken)

    def village(self, number: int) -> str:
        """The name of a village by the engine's number."""
        return places.name(self.plan.villages[number].village, self.plan.starts)

    def team(self, number: int) -> str:
        return self.plan.teams[number].name if number >= 0 else ""


def proposed(
    *, by: Actor, unit: UUID, month: date, spent: Callable[[], float] | None = None,
    only: Sequence[UUID] = (), children: int = CHILDREN, season: str = "", search: UUID | None = None,
) -> DraftRounds:  # fmt: skip
    """The rounds of a month as the engine plans them for the unit's teams (or ``only`` some of them), by the
    ways of a ``season`` (that of the month where none is named), as the answer to a ``search``.

    Raises
    ------
    MonthIsPast, TeamWithoutHours
        Where there is nothing to plan, or nobody to go.
    """
    policies.check(by, PLAN_OUTREACH, unit)
    starts = rounds.first_monday(month)
    weeks = rounds.weeks_of(starts)
    if (by.on - starts).days >= 7 * weeks:
        raise MonthIsPast(starts=starts)
    held = [one for one in teams(by=by, unit=unit, on=by.on) if not only or one.id in only]
    if not held:
        raise TeamWithoutHours(name=places.name(unit, by.on))
    came = _came(unit, starts)
    wanted = [_planned(one, came.get(one.village)) for one in needs(by=by, unit=unit, on=by.on)
              if one.visits]  # fmt: skip
    blank = rounds.Drawn(unit, starts, weeks, wanted, [_team(one) for one in held], (), ())
    blank = blank._replace(ways=rounds_ways.measured(
        rounds.points_of(blank), [one.kind for one in held], on=starts, today=by.on, season=season,
    ))  # fmt: skip
    named = rounds.numbered(blank)
    month_ = named.month
    gone = frozenset(
        range(max(0, (by.on - starts).days + 1))
    )  # days that have passed are not planned
    if gone:
        from dataclasses import replace

        month_ = replace(month_, closed=month_.closed | gone)
    found = searched(month_, seed=1, spent=spent, children=children)
    return DraftRounds(
        starts=starts, weeks=weeks, villages=tuple(wanted), teams=tuple(blank.teams),
        rounds=tuple(rounds.planned_round(blank, named, one) for one in found.rounds),
        missing=tuple(_left(named, one) for one in found.missing), search=search, ways=blank.ways,
    )  # fmt: skip


def _planned(one: NeedRow, team: UUID | None) -> PlannedVillage:
    return PlannedVillage(
        village=one.village, visits=one.visits, minutes=one.minutes, weekdays=one.weekdays,
        skills=one.skills, road=one.road, landing=one.landing, vaccine=one.vaccine, people=one.people,
        team=team,
    )  # fmt: skip


def _team(one: TeamRow) -> PlannedTeam:
    return PlannedTeam(
        team=one.id, name=one.name, kind=one.kind, skills=one.skills, minutes=one.minutes,  # type: ignore[arg-type]
        cold_minutes=one.cold_minutes, starts=one.starts, weekdays=one.weekdays, home=one.home,
        nights=one.nights,
    )  # fmt: skip


def _left(named: rounds.Numbered, one: Missing) -> LeftOut:
    def team(n: int) -> UUID | None:
        return named.teams[n] if n >= 0 else None

    large = 1e6  # where no number of minutes is enough
    return LeftOut(
        village=named.villages[one.village], why=one.why, team=team(one.team),
        amount=min(float(one.amount), large), way=one.way.kind, way_team=team(one.way.team),
        way_weekday=one.way.weekday, way_amount=min(float(one.way.amount), large),
    )  # fmt: skip


def _came(unit: UUID, before: date) -> dict[UUID, UUID]:
    """Village -> the team that came last, by the plan in force before: one query."""
    last = OutreachPlan.objects.filter(unit_id=unit, state="in-force", starts__lt=before)
    row = last.order_by("-starts").values("rounds").first()
    return {
        UUID(village): UUID(one["team"]) for one in (row["rounds"] if row else ())
        for village in one["stops"]
    }  # fmt: skip


def rounds_plans(*, by: Actor, unit: UUID | None = None) -> list[RoundsRow]:
    """Plans of the units that the reader may see, the latest month first. Two queries."""
    scope = policies.scope(by, READ_OUTREACH)
    found = OutreachPlan.objects.filter(scope.where("unit_id"))
    if unit is not None:
        found = found.filter(unit_id=unit)
    rows = list(found.order_by("-starts", "-changed_at", "id")[:200])
    names = access.names({one.author_id for one in rows})
    return [_row(one, names.get(one.author_id, "")) for one in rows]


def _row(one: OutreachPlan, author: str) -> RoundsRow:
    ends = one.starts + timedelta(days=7 * one.weeks - 1)
    visits = sum(len(told["stops"]) for told in one.rounds)
    return RoundsRow(
        one.pk, one.unit_id, places.name(one.unit_id, one.starts), one.starts, ends, one.state,
        tuple(team["name"] for team in one.teams), visits, len(one.missing), one.changes, author,
        one.changed_at, one.reason,
    )  # fmt: skip


def _found(by: Actor, id: UUID) -> OutreachPlan | None:
    scope = policies.scope(by, READ_OUTREACH)
    return OutreachPlan.objects.filter(scope.where("unit_id"), pk=id).first()


def _drawn(one: OutreachPlan) -> rounds.Drawn:
    columns = ("unit_id", "starts", "weeks", "villages", "teams", "rounds", "missing", "ways")
    return rounds.drawn({name: getattr(one, name) for name in columns})


def rounds_plan(*, by: Actor, id: UUID) -> RoundsPage | None:
    """A plan with the times of every stop and all that it breaks; None where there is none for the reader."""
    one = _found(by, id)
    if one is None:
        return None
    plan = _drawn(one)
    author = access.names({one.author_id}).get(one.author_id, "")
    broken = rounds.broken(plan)
    days = _days(plan, broken)
    crews = sum(1 for day in days if day.stops)
    return RoundsPage(_row(one, author), plan, days, tuple(broken), crews)


def _days(plan: rounds.Drawn, broken: Sequence[Broken]) -> tuple[DayRow, ...]:
    named = rounds.numbered(plan)
    found = [_day(plan, named, one, broken) for one in rounds.engine_rounds(plan, named)]
    return tuple(sorted(found, key=lambda one: (one.day, one.team_name)))


def _day(
    plan: rounds.Drawn, named: rounds.Numbered, one: Round, broken: Sequence[Broken]
) -> DayRow:
    team, driven = plan.teams[one.team], drive(named.month, one)
    hour, minute = team.starts.split(":")
    leaves = 60 * int(hour) + int(minute)
    stops = []
    for v, arrives in zip(one.stops, driven.arrivals, strict=True):
        said = plan.villages[v]
        at = leaves + _whole(arrives)
        name = places.name(said.village, plan.starts)
        stops.append(StopRow(said.village, name, at, at + said.minutes, said.vaccine, said.people))
    over = plan.ways is not None and plan.ways.surface is not None
    speed = rounds_ways.pace(team.kind, plan.starts, plan.ways.season if plan.ways else "")
    return DayRow(
        team.team, team.name, plan.starts + timedelta(days=one.day), leaves,
        leaves + _whole(driven.minutes), _whole(driven.cold), team.cold_minutes, _whole(driven.minutes),
        team.minutes, _whole(driven.ways),
        None if over else round(_whole(driven.ways) * speed / 60, 1),
        places.name(named.points[one.begins], plan.starts),
        places.name(named.points[one.ends], plan.starts), one.begins != one.ends, tuple(stops),
        tuple(b for b in broken if (b.team, b.day) == (one.team, one.day)),
    )  # fmt: skip


def _whole(minutes: float) -> int:
    return round(min(minutes, 10_000.0))


def moved(
    *,
    by: Actor,
    id: UUID,
    village: UUID,
    at: tuple[UUID, date] | None,
    to: tuple[UUID, date] | None,
) -> tuple[PlannedRound, ...]:
    """The rounds that change when a village's visit goes from a team's day to another, where it costs
    least there. ``at`` None: a visit more; ``to`` None: one less. Empty where there is nothing to move.

    What it breaks is asked of the plan afterwards: a hand may pass through what is not allowed.
    """
    one = _found(by, id)
    if one is None:
        return ()
    policies.check(by, PLAN_OUTREACH, one.unit_id)
    plan = _drawn(one)
    named = rounds.numbered(plan)
    held, changed = rounds.engine_rounds(plan, named), []
    number = {id: n for n, id in enumerate(named.teams)}
    places_ = {id: n for n, id in enumerate(named.villages)}
    if village not in places_ or any(key and key[0] not in number for key in (at, to)):
        return ()
    v = places_[village]
    if at is not None:
        t, day = number[at[0]], (at[1] - plan.starts).days
        old = next((r for r in held if (r.team, r.day) == (t, day) and v in r.stops), None)
        if old is None:
            return ()
        new = old._replace(stops=tuple(n for n in old.stops if n != v))
        held = [new if r is old else r for r in held]
        changed.append((t, day))
    if to is not None and plan.starts <= to[1] <= plan.ends:
        t, day = number[to[0]], (to[1] - plan.starts).days
        if any((r.team, r.day) == (t, day) and v in r.stops for r in held):
            return ()
        held = inserted(named.month, held, v, t, day)
        changed.append((t, day))
    return tuple(rounds.planned_round(plan, named, r) for r in held if (r.team, r.day) in changed)
