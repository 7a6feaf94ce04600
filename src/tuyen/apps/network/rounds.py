"""A plan of mobile sessions as plain values, and as the month that the engine reads. Nothing is written here.

Ways are those that the plan was made with (:mod:`tuyen.apps.network.rounds_ways`), or the straight distance,
lengthened, at the speed of the team's kind in the season: every page that shows their minutes says which.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.network import places, rounds_ways
from tuyen.apps.network.operations import (
    LeftOut,
    PlannedRound,
    PlannedTeam,
    PlannedVillage,
    PlannedWays,
)
from tuyen.engines.network.outreach_check import Broken, check
from tuyen.engines.network.outreach_problem import Month, Round, Team, Village
from tuyen.kernel.ids import derived_id
from tuyen.rules.calendar import UnknownYear, holidays


class Drawn(NamedTuple):
    """A plan as plain values."""

    unit: UUID
    starts: date
    weeks: int
    villages: Sequence[PlannedVillage]
    teams: Sequence[PlannedTeam]
    rounds: Sequence[PlannedRound]
    missing: Sequence[LeftOut]
    ways: PlannedWays | None = None

    @property
    def ends(self) -> date:
        return self.starts + timedelta(days=7 * self.weeks - 1)


class Numbered(NamedTuple):
    """The engine's month, and which village, team and site is which of its numbers."""

    month: Month
    villages: tuple[UUID, ...]
    teams: tuple[UUID, ...]
    points: tuple[UUID, ...]  # the villages first, then sites


def drawn(row: Mapping[str, Any]) -> Drawn:
    """A row as plain values."""
    return Drawn(
        row["unit_id"], row["starts"], row["weeks"],
        msgspec.convert(row["villages"], list[PlannedVillage]),
        msgspec.convert(row["teams"], list[PlannedTeam]),
        msgspec.convert(row["rounds"], list[PlannedRound]),
        msgspec.convert(row["missing"], list[LeftOut]),
        msgspec.convert(row["ways"], PlannedWays | None),
    )  # fmt: skip


def first_monday(month: date) -> date:
    """The Monday that begins a month's first planned week."""
    first = month.replace(day=1)
    return first + timedelta(days=-first.weekday() % 7)


def weeks_of(starts: date) -> int:
    """Weeks whose Monday lies in the month: four or five."""
    return 5 if (starts + timedelta(days=28)).month == starts.month else 4


def village_reach(unit: UUID, on: date) -> list[UUID]:
    """The villages that a unit serves, by name."""
    atlas = places.atlas()
    mine = [id for id in atlas.reach(unit, "own", on) if atlas.type(id, on) == "village"]
    return sorted(mine, key=lambda id: (atlas.name(id, on), id))


def rest_sites(unit: UUID, on: date) -> list[UUID]:
    """Where a team may sleep, with a fridge: the unit's satellite points that immunise."""
    atlas = places.atlas()
    points = atlas.subjects(unit, "satellite_of", on)
    return sorted(id for id in points if "immunisation" in atlas.functions(id, on))


def points_of(plan: Drawn) -> tuple[UUID, ...]:
    """What a plan's rounds go between: its villages first, then the homes of teams and where they sleep."""
    homes = dict.fromkeys([plan.unit, *(team.home for team in plan.teams)])
    rests = [id for id in rest_sites(plan.unit, plan.starts) if id not in homes]
    return (*(one.village for one in plan.villages), *homes, *rests)


def numbered(plan: Drawn) -> Numbered:
    """The month that the engine reads."""
    on = plan.starts
    villages, points = tuple(one.village for one in plan.villages), points_of(plan)
    number = {id: n for n, id in reversed(list(enumerate(points)))}
    teams = tuple(one.team for one in plan.teams)
    where = {team: n for n, team in enumerate(teams)}
    kinds = [one.kind for one in plan.teams]
    month = Month(
        tuple(_village(one, where, on) for one in plan.villages),
        tuple(
            Team(one.name, one.kind, float(one.minutes), float(one.cold_minutes),
                 frozenset(one.weekdays), number[one.home], frozenset(one.skills), one.nights)
            for one in plan.teams
        ),
        rounds_ways.between(points, kinds, plan.ways, on), plan.weeks, _closed(plan),
        tuple(number[id] for id in rest_sites(plan.unit, on)),
    )  # fmt: skip
    return Numbered(month, villages, teams, points)


def _village(one: PlannedVillage, where: Mapping[UUID, int], on: date) -> Village:
    came = where.get(one.team, -1) if one.team else -1
    return Village(
        places.name(one.village, on), one.visits, float(one.minutes), frozenset(one.weekdays),
        frozenset(one.skills), one.road, one.landing, one.vaccine, float(max(1, one.people)), came,
    )  # fmt: skip


def _closed(plan: Drawn) -> frozenset[int]:
    days = [plan.starts + timedelta(days=n) for n in range(7 * plan.weeks)]
    return frozenset(n for n, day in enumerate(days) if holiday(day))


def holiday(day: date) -> bool:
    """Whether a day is a public holiday; no day is where the calendar does not reach that year."""
    try:
        return day in holidays(day.year)
    except UnknownYear:
        return False


def engine_rounds(plan: Drawn, named: Numbered) -> list[Round]:
    """The rounds by their numbers; a village or site that the plan does not hold is left out."""
    village = {id: n for n, id in enumerate(named.villages)}
    team = {id: n for n, id in enumerate(named.teams)}
    point = {id: n for n, id in reversed(list(enumerate(named.points)))}
    return [
        Round(team[one.team], (one.day - plan.starts).days,
              tuple(village[id] for id in one.stops if id in village),
              point[one.begins], point[one.ends])
        for one in plan.rounds
        if one.team in team and one.begins in point and one.ends in point
    ]  # fmt: skip


def planned_round(plan: Drawn, named: Numbered, one: Round) -> PlannedRound:
    """A round of the engine as an operation carries it."""
    return PlannedRound(
        team=named.teams[one.team], day=plan.starts + timedelta(days=one.day),
        stops=tuple(named.villages[v] for v in one.stops), begins=named.points[one.begins],
        ends=named.points[one.ends],
    )  # fmt: skip


def broken(plan: Drawn) -> list[Broken]:
    """What a plan breaks; who is left out with a reason is not told twice."""
    named = numbered(plan)
    left = {n for n, id in enumerate(named.villages) if id in {one.village for one in plan.missing}}
    rounds = engine_rounds(plan, named)
    served = {v for one in rounds for v in one.stops}
    return [
        one for one in check(named.month, rounds)
        if one.rule != "visits" or one.village not in left or one.village in served
    ]  # fmt: skip


def session_id(plan: UUID, team: UUID, day: date, village: UUID) -> UUID:
    """The id that a stop's session has in the immunisation register, however often it is sent."""
    return derived_id(plan, "session", team, day, village)
