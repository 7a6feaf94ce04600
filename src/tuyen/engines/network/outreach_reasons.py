"""Who is not served: why, by how much, and the smallest thing that would serve them.

A weekday more, longer hours in a month that is full, and a night are tried before they are named: the
village is put into the calendar under the changed value, and the checker finds nothing more. A skill, another
kind of team, longer hours for one that is too far and one team more are what is lacking, and not tried.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.network.outreach_check import check
from tuyen.engines.network.outreach_nights import night_helps
from tuyen.engines.network.outreach_problem import (
    ANY_DAY,
    Month,
    Round,
    alone,
    bars,
    patterns,
    within_a_day,
)

BARS = ("skill", "road", "landing")


class Way(NamedTuple):
    """What would serve a village: ``kind`` meet (on one weekday more), longer (hours), box (cold hours),
    day (the team goes out on one weekday more), night, skill, team (one more), bike, place (give it
    its coordinates); ``amount`` in minutes or skills."""

    kind: str
    team: int = -1
    weekday: int = -1
    amount: float = 0.0


class Missing(NamedTuple):
    """``why``: no-team, skill, road, landing, no-way, far, cold, weekday, full; ``amount`` as its kind."""

    village: int
    why: str
    team: int
    amount: float
    way: Way


def reasons(month: Month, rounds: Sequence[Round], villages: Sequence[int]) -> list[Missing]:
    """Of each village that is left out."""
    return [_reason(month, rounds, v) for v in villages]


def _reason(month: Month, rounds: Sequence[Round], v: int) -> Missing:
    village, teams = month.villages[v], range(len(month.teams))
    if not month.teams:
        return Missing(v, "no-team", -1, 0.0, Way("team"))
    able = [t for t in teams if not bars(village, month.teams[t])]
    if not able:
        return _barred(month, v)
    placed = [t for t in able if np.isfinite(alone(month, v, t).minutes)]
    if not placed:
        return Missing(v, "no-way", able[0], 0.0, Way("place"))
    near = [t for t in placed if within_a_day(month, v, t)]
    if not near:
        return _far(month, v, placed)
    open_ = [t for t in near if patterns(month, v, t)]
    if not open_:
        for t in near:
            for way in _days(month, rounds, v, t):
                return Missing(v, "weekday", t, 1.0, way)
        return Missing(v, "weekday", near[0], 1.0, Way("team", near[0]))
    t, over = min(((t, _overrun(month, rounds, v, t)) for t in open_), key=lambda one: one[1])
    return Missing(v, "full", t, over, _smallest(month, rounds, v, near, t, over))


def _barred(month: Month, v: int) -> Missing:
    """No team may come: the one that lacks the least."""
    village = month.villages[v]
    lacks = [
        (len(village.skills - team.skills), BARS.index(bars(village, team)), t)
        for t, team in enumerate(month.teams)
    ]
    fewest, _, t = min(lacks)
    why = bars(village, month.teams[t])
    if why == "skill":
        return Missing(v, why, t, float(fewest), Way("skill", t, -1, float(fewest)))
    return Missing(v, why, t, 1.0, Way("bike", t))


def _far(month: Month, v: int, teams: Sequence[int]) -> Missing:
    """There and back is too long for everybody; the night that helps, or the hours that lack."""

    def over(t: int) -> float:
        one = alone(month, v, t)
        return max(one.over, one.over_cold)

    t = min(teams, key=over)
    one = alone(month, v, t)
    why, kind = ("far", "longer") if one.over >= one.over_cold else ("cold", "box")
    sleeper = night_helps(month, v)
    if sleeper >= 0:
        way = Way("night", sleeper)
        if month.teams[sleeper].nights:  # it does sleep out: no two days in a row were free
            way = Way("day", sleeper)
        return Missing(v, why, t, over(t), way)
    return Missing(v, why, t, over(t), Way(kind, t, -1, over(t)))


def _overrun(month: Month, rounds: Sequence[Round], v: int, t: int) -> float:
    """The least number of minutes by which the worst day would be too long."""
    best = np.inf
    for pattern in patterns(month, v, t):
        worst = 0.0
        for day in pattern:
            held = [one for one in rounds if (one.team, one.day) == (t, day)]
            if held and held[0].begins != held[0].ends:
                worst = np.inf  # it is away for the night
                continue
            later = inserted(month, rounds, v, t, day)
            worst = max([worst, *(
                one.amount for one in check(month, later)
                if (one.team, one.day) == (t, day) and one.rule in ("hours", "cold")
            )])  # fmt: skip
        best = min(best, worst)
    return float(best)


def inserted(month: Month, rounds: Sequence[Round], v: int, t: int, day: int) -> list[Round]:
    """The rounds with a village put where it costs least in a team's day."""
    home = month.teams[t].home
    mine = next((one for one in rounds if (one.team, one.day) == (t, day)), None)
    others = [one for one in rounds if one is not mine]
    if mine is None:
        return [*others, Round(t, day, (v,), home, home)]
    places = [mine.begins, *mine.stops, mine.ends]
    ways = month.ways[t]
    added = [ways[a, v] + ways[v, b] - ways[a, b] for a, b in itertools.pairwise(places)]
    at = int(np.argmin(added))
    return [*others, mine._replace(stops=(*mine.stops[:at], v, *mine.stops[at:]))]


def fits(month: Month, rounds: Sequence[Round], v: int, t: int) -> bool:
    """Whether a village finds room in a team's month, beside all that is there."""
    before = len([one for one in check(month, rounds) if one.must])
    for pattern in patterns(month, v, t):
        later = list(rounds)
        for day in pattern:
            later = inserted(month, later, v, t, day)
        if len([one for one in check(month, later) if one.must]) <= before:
            return True
    return False


def _days(month: Month, rounds: Sequence[Round], v: int, t: int) -> Iterator[Way]:
    """One weekday more: of the village, then of the team."""
    village, team = month.villages[v], month.teams[t]
    for weekday in sorted(team.weekdays - village.weekdays):
        changed = village._replace(weekdays=village.weekdays | {weekday})
        villages = (*month.villages[:v], changed, *month.villages[v + 1 :])
        if fits(replace(month, villages=villages), rounds, v, t):
            yield Way("meet", t, weekday)
    for weekday in sorted(ANY_DAY - team.weekdays):
        if fits(_with(month, t, weekdays=team.weekdays | {weekday}), rounds, v, t):
            yield Way("day", t, weekday)


def _with(month: Month, t: int, **changes: Any) -> Month:
    changed = month.teams[t]._replace(**changes)
    return replace(month, teams=(*month.teams[:t], changed, *month.teams[t + 1 :]))


HALF_HOUR = 30.0


def _smallest(
    month: Month, rounds: Sequence[Round], v: int, near: Sequence[int], t: int, over: float
) -> Way:
    """A weekday of the village; half an hour; a weekday of a team; more hours; one more team."""
    found = [way for u in near for way in _days(month, rounds, v, u)]
    meet = [way for way in found if way.kind == "meet"]
    if meet:
        return meet[0]
    hours, box = month.teams[t].minutes + over, month.teams[t].cold + over
    longer = np.isfinite(over) and fits(_with(month, t, minutes=hours, cold=box), rounds, v, t)
    if longer and over <= HALF_HOUR:
        return Way("longer", t, -1, over)
    if found:
        return found[0]
    return Way("longer", t, -1, over) if longer and over <= 4 * HALF_HOUR else Way("team", t)
