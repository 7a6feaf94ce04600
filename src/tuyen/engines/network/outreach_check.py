"""Is a calendar of rounds allowed? Each round is driven again, each rule looked at by itself.

It shares nothing with the search: no slot, no pattern, no price. What it finds is told in words, to
somebody who moved a village by hand as well as beside an answer of the engine.
"""

import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from tuyen.engines.network.outreach_problem import Month, Round, asked

_SLACK = 1e-6
SOFT = frozenset({"spacing", "team-change", "visits"})
"""What is told, and can be meant: a gap that is uneven, another team, fewer visits than asked for."""


class Driven(NamedTuple):
    """A round as it is driven, in minutes since it began; ``cold`` until the last vaccine was given."""

    arrivals: tuple[float, ...]
    cold: float
    minutes: float
    ways: float


class Broken(NamedTuple):
    """A rule that does not hold; ``amount`` in minutes, days, visits or skills; -1 where it is of none."""

    rule: str
    team: int
    day: int
    village: int
    amount: float

    @property
    def must(self) -> bool:
        return self.rule not in SOFT


def drive(month: Month, one: Round) -> Driven:
    """The times of a round."""
    clock = cold = ways = 0.0
    place, arrivals = one.begins, []
    for v in one.stops:
        ways += month.ways[one.team, place, v]
        clock += month.ways[one.team, place, v]
        arrivals.append(float(clock))
        clock += month.villages[v].minutes
        if month.villages[v].cold:
            cold = clock
        place = v
    ways += month.ways[one.team, place, one.ends]
    clock += month.ways[one.team, place, one.ends]
    return Driven(tuple(arrivals), float(cold), float(clock), float(ways))


def check(month: Month, rounds: Sequence[Round]) -> list[Broken]:
    """All that a calendar breaks, what must hold first."""
    found: list[Broken] = []
    for one in rounds:
        found += _round(month, one)
    found += _teams(month, rounds)
    found += _villages(month, rounds)
    return sorted(found, key=lambda one: (not one.must, one.day, one.team, one.village, one.rule))


def _round(month: Month, one: Round) -> list[Broken]:
    team, found = month.teams[one.team], []
    if one.day in month.closed:
        found.append(Broken("holiday", one.team, one.day, -1, 1.0))
    elif not month.works(one.team, one.day):
        found.append(Broken("off-day", one.team, one.day, -1, 1.0))
    for v in one.stops:
        village = month.villages[v]
        lacking = village.skills - team.skills
        if lacking:
            found.append(Broken("skill", one.team, one.day, v, float(len(lacking))))
        if team.kind == "car" and not village.road:
            found.append(Broken("road", one.team, one.day, v, 1.0))
        if team.kind == "boat" and not village.landing:
            found.append(Broken("landing", one.team, one.day, v, 1.0))
        if one.day % 7 not in village.weekdays:
            found.append(Broken("weekday", one.team, one.day, v, 1.0))
    driven = drive(month, one)
    if not driven.minutes < float("inf"):
        return [*found, Broken("no-way", one.team, one.day, -1, 1.0)]
    if driven.minutes > team.minutes + _SLACK:
        found.append(Broken("hours", one.team, one.day, -1, driven.minutes - team.minutes))
    if driven.cold > team.cold + _SLACK:
        found.append(Broken("cold", one.team, one.day, -1, driven.cold - team.cold))
    return found


def _teams(month: Month, rounds: Sequence[Round]) -> list[Broken]:
    """A team is in one place at a time, and begins where it slept."""
    found, by_day = [], defaultdict[tuple[int, int], list[Round]](list)
    for one in rounds:
        by_day[one.team, one.day].append(one)
    for (t, day), held in by_day.items():
        if len(held) > 1:
            found.append(Broken("twice", t, day, -1, float(len(held) - 1)))
        home, one = month.teams[t].home, held[0]
        after = by_day.get((t, day + 1), [])
        if one.ends != home:
            slept = month.teams[t].nights and one.ends in month.rests
            if not slept or not after or after[0].begins != one.ends:
                found.append(Broken("night", t, day, -1, 1.0))
        if one.begins != home:
            before = by_day.get((t, day - 1), [])
            if not before or before[0].ends != one.begins:
                found.append(Broken("night", t, day, -1, 1.0))
    return found


def _villages(month: Month, rounds: Sequence[Round]) -> list[Broken]:
    """Each village as often as it asked, evenly, by one team and the one that it knows."""
    found, came = [], defaultdict[int, list[tuple[int, int]]](list)
    for one in rounds:
        for v in one.stops:
            came[v].append((one.day, one.team))
    for v, village in enumerate(month.villages):
        visits, wanted = sorted(came[v]), asked(village.visits, month.weeks)
        if len(visits) != wanted:
            found.append(Broken("visits", -1, -1, v, float(wanted - len(visits))))
        for (day, t), (later, u) in itertools.pairwise(visits):
            if day == later:
                found.append(Broken("same-day", u, later, v, 1.0))
            even = 28 // max(1, village.visits)
            if village.visits in (2, 4) and later - day != even:
                found.append(Broken("spacing", u, later, v, float(later - day - even)))
            if t != u:
                found.append(Broken("team-change", u, later, v, 1.0))
        if visits and village.team >= 0 and visits[0][1] != village.team:
            found.append(Broken("team-change", visits[0][1], visits[0][0], v, 1.0))
    return found
