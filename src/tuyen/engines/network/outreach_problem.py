"""A month of mobile sessions as plain values: villages, teams, ways, days; and the days that fit.

Days are numbered from the Monday that begins the month's first week, so that ``day % 7`` is the
weekday. A village asks for so many visits in four weeks, on weekdays on which its people are met
(market, fixed session day). A team goes out on its weekdays, from its home, no longer than its
hours, and its vaccine stays cold no longer than its box: from leaving the fridge until the end of
the last session at which vaccine is given.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import N_, Refusal

Floats = NDArray[np.float64]
ANY_DAY = frozenset(range(7))
UNEVEN = 3
"""How many days a gap between visits may differ from the regular one, where no regular days are open."""


class BadOutreach(Refusal):
    code = "network.bad-outreach"
    message = N_("The month cannot be planned: {what}")


class Village(NamedTuple):
    """``minutes`` is the length of a session; ``team`` the one that came last, -1 if none did."""

    name: str
    visits: int
    minutes: float
    weekdays: frozenset[int] = ANY_DAY
    skills: frozenset[str] = frozenset()
    road: bool = True
    landing: bool = False
    cold: bool = True
    people: float = 1.0
    team: int = -1


class Team(NamedTuple):
    """``minutes`` from leaving to being back; ``cold`` minutes that the box holds; ``home`` a point."""

    name: str
    kind: str  # car, motorbike, boat, foot
    minutes: float
    cold: float
    weekdays: frozenset[int]
    home: int
    skills: frozenset[str] = frozenset()
    nights: bool = False
    away: frozenset[int] = frozenset()  # days on which it has something else to do


@dataclass(frozen=True)
class Month:
    """``ways`` (T, m, m) are minutes of each team between points: the villages first, then sites; not
    finite where there is no way. ``rests`` are sites with a bed and a fridge."""

    villages: tuple[Village, ...]
    teams: tuple[Team, ...]
    ways: Floats
    weeks: int = 4
    closed: frozenset[int] = frozenset()  # holidays
    rests: tuple[int, ...] = ()

    def works(self, t: int, day: int) -> bool:
        """Whether a team goes out on a day."""
        team = self.teams[t]
        return (
            0 <= day < 7 * self.weeks
            and day % 7 in team.weekdays
            and day not in self.closed
            and day not in team.away
        )


class Round(NamedTuple):
    """What a team does on a day: from a point, villages in order, to a point."""

    team: int
    day: int
    stops: tuple[int, ...]
    begins: int
    ends: int


def checked(month: Month) -> Month:
    """The month itself, if its values fit together.

    Raises
    ------
    BadOutreach
        Naming the village or team that is wrong.
    """
    n, points = len(month.villages), month.ways.shape[-1]
    if month.ways.shape != (len(month.teams), points, points) or points < n:
        raise BadOutreach(what=f"ways are {month.ways.shape} for {len(month.teams)} teams")
    for one in month.villages:
        if not 0 <= one.visits <= 4:
            raise BadOutreach(what=f"{one.name}: {one.visits} visits in four weeks, not 0 to 4")
        if not one.minutes >= 0:
            raise BadOutreach(what=f"{one.name}: a session of {one.minutes} minutes")
    for team in month.teams:
        if not (team.minutes > 0 and team.cold > 0 and team.weekdays):
            raise BadOutreach(what=f"{team.name} has no hours or no day on which it goes out")
        if not n <= team.home < points:
            raise BadOutreach(what=f"{team.name} has no home among the sites")
    return month


def bars(village: Village, team: Team) -> str:
    """Why a team cannot serve a village at all: skill, road, landing; empty if it can."""
    if not village.skills <= team.skills:
        return "skill"
    if team.kind == "car" and not village.road:
        return "road"
    if team.kind == "boat" and not village.landing:
        return "landing"
    return ""


def asked(visits: int, weeks: int) -> int:
    """Visits in so many weeks, of those in four: every week stays every week."""
    return visits + max(0, weeks - 4) if visits == 4 else visits


def regular(visits: int, weeks: int) -> list[tuple[int, ...]]:
    """The weeks of a village's visits, evenly spaced: fortnightly is every second week."""
    count = asked(visits, weeks)
    step = max(1, 4 // visits) if visits in (1, 2, 4) else 1
    found = [
        chosen for chosen in combinations(range(weeks), count)
        if visits == 3 or all(b - a == step for a, b in pairwise(chosen))
    ]  # fmt: skip
    return found or list(combinations(range(weeks), count))


def patterns(month: Month, v: int, t: int) -> list[tuple[int, ...]]:
    """The days on which a team may pay a village its visits.

    The same weekday in evenly spaced weeks; where none of these are open (a holiday, a market that
    moves), days of the same weeks whose gaps differ by at most ``UNEVEN`` days.
    """
    village = month.villages[v]
    if not village.visits:
        return []
    days = [w for w in range(7) if w in village.weekdays]
    weeks = regular(village.visits, month.weeks)
    even = [tuple(7 * k + w for k in chosen) for chosen in weeks for w in days]
    open_ = [p for p in even if all(month.works(t, day) for day in p)]
    return open_ or sorted(set(_uneven(month, t, weeks, days)))


def _uneven(
    month: Month, t: int, weeks: list[tuple[int, ...]], days: list[int]
) -> Iterator[tuple[int, ...]]:
    for chosen in weeks:
        for each in product(days, repeat=len(chosen)):
            pattern = tuple(7 * k + w for k, w in zip(chosen, each, strict=True))
            steady = all(
                abs((b - a) - 7 * (j - i)) <= UNEVEN
                for (a, i), (b, j) in zip(
                    zip(pattern, chosen, strict=True),
                    list(zip(pattern, chosen, strict=True))[1:],
                    strict=False,
                )
            )
            if steady and all(month.works(t, day) for day in pattern):
                yield pattern


class Alone(NamedTuple):
    """A round to one village and back: minutes, of these until its session ends, and what is too much."""

    minutes: float
    cold: float
    over: float  # over the hours
    over_cold: float


def alone(month: Month, v: int, t: int) -> Alone:
    """What a team needs for a village by itself."""
    village, team = month.villages[v], month.teams[t]
    out, back = month.ways[t, team.home, v], month.ways[t, v, team.home]
    whole, cold = float(out + village.minutes + back), float(out + village.minutes)
    over_cold = max(0.0, cold - team.cold) if village.cold else 0.0
    return Alone(whole, cold, max(0.0, whole - team.minutes), over_cold)


def within_a_day(month: Month, v: int, t: int) -> bool:
    """Whether a team can serve a village and be back, on a day with nothing else."""
    if bars(month.villages[v], month.teams[t]):
        return False
    one = alone(month, v, t)
    return bool(np.isfinite(one.minutes)) and not one.over and not one.over_cold
