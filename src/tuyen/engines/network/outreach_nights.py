"""Villages too far for one day: tours of two days, with a night at a site that has a bed and a fridge.

A tour is built before the search, from few villages and exactly: every order, every place to sleep
and every cut between the days is tried, and the shortest kept. Its two days are then taken out of
the team's month. That is not a joint optimum of tours and rounds: which far villages go together
is chosen greedily, the farthest first.
"""

from collections.abc import Sequence
from itertools import permutations
from typing import NamedTuple

from tuyen.engines.network.outreach_check import drive
from tuyen.engines.network.outreach_problem import Month, Round, bars, patterns, regular

MOST = 4
"""Villages of one tour."""


class Tour(NamedTuple):
    """Two days of a team; ``rest`` is where it sleeps."""

    team: int
    rest: int
    first: tuple[int, ...]
    second: tuple[int, ...]
    minutes: float

    @property
    def villages(self) -> tuple[int, ...]:
        return self.first + self.second

    def rounds(self, month: Month, day: int) -> tuple[Round, Round]:
        """The tour as rounds that begin on a day."""
        home = month.teams[self.team].home
        return (
            Round(self.team, day, self.first, home, self.rest),
            Round(self.team, day + 1, self.second, self.rest, home),
        )


def best_tour(month: Month, t: int, villages: Sequence[int]) -> Tour | None:
    """The shortest tour of a team to all of some villages; None where there is none."""
    team, best = month.teams[t], None
    if any(bars(month.villages[v], team) for v in villages):
        return None
    for order in permutations(villages):
        for rest in month.rests:
            for cut in range(len(order) + 1):
                tour = Tour(t, rest, order[:cut], order[cut:], 0.0)
                driven = [drive(month, one) for one in tour.rounds(month, 0)]
                if any(d.minutes > team.minutes or d.cold > team.cold for d in driven):
                    continue
                minutes = sum(d.minutes for d in driven)
                if best is None or minutes < best.minutes - 1e-9:
                    best = tour._replace(minutes=minutes)
    return best


def days_of(month: Month, tour: Tour, taken: frozenset[tuple[int, int]]) -> tuple[int, ...] | None:
    """The first days of a tour's repetitions, the earliest that are free; None where there are none."""
    visits = month.villages[tour.villages[0]].visits
    for chosen in regular(visits, month.weeks):
        for weekday in range(7):
            days = tuple(7 * week + weekday for week in chosen)
            if all(_open(month, tour, day, taken) for day in days):
                return days
    return None


def _open(month: Month, tour: Tour, day: int, taken: frozenset[tuple[int, int]]) -> bool:
    return all(
        month.works(tour.team, on)
        and (tour.team, on) not in taken
        and all(on % 7 in month.villages[v].weekdays for v in stops)
        for on, stops in ((day, tour.first), (day + 1, tour.second))
    )


def tours(month: Month, far: Sequence[int]) -> tuple[list[Round], list[int]]:
    """Rounds with a night for the far villages, and those for whom there is none."""
    teams = [t for t, team in enumerate(month.teams) if team.nights and month.rests]
    left = sorted(far, key=lambda v: -_away(month, v))
    rounds: list[Round] = []
    unserved: list[int] = []
    while left:
        seed = left.pop(0)
        taken = frozenset((one.team, one.day) for one in rounds)
        found = _grown(month, teams, seed, left, taken)
        if found is None:
            unserved.append(seed)
            continue
        tour, days = found
        left = [v for v in left if v not in tour.villages]
        for day in days:
            rounds += tour.rounds(month, day)
    return rounds, unserved


def _grown(
    month: Month, teams: Sequence[int], seed: int, others: Sequence[int],
    taken: frozenset[tuple[int, int]],
) -> tuple[Tour, tuple[int, ...]] | None:  # fmt: skip
    """The tour that takes the seed and as many of the others as go with it."""
    best: tuple[Tour, tuple[int, ...]] | None = None
    for t in teams:
        tour = best_tour(month, t, [seed])
        days = days_of(month, tour, taken) if tour else None
        if tour is None or days is None:
            continue
        for v in others:
            alike = month.villages[v].visits == month.villages[seed].visits
            if alike and len(tour.villages) < MOST:
                more = best_tour(month, t, [*tour.villages, v])
                later = days_of(month, more, taken) if more else None
                if more is not None and later is not None:
                    tour, days = more, later
        if best is None or len(tour.villages) > len(best[0].villages):
            best = tour, days
    return best


def _away(month: Month, v: int) -> float:
    return min(
        (float(month.ways[t, team.home, v]) for t, team in enumerate(month.teams)), default=0.0
    )


def night_helps(month: Month, v: int) -> int:
    """The first team that could serve a village with a night, whether it does so now or not; else -1."""
    for t in range(len(month.teams)):
        if month.rests and patterns(month, v, t) and best_tour(month, t, [v]) is not None:
            return t
    return -1
