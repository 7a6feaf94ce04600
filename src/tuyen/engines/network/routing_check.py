"""Is an answer allowed, and what does it cost? Counted again from the problem, step by step.

It shares nothing with the search but the problem: no kernel, no running sum, no price. What it
finds is what is written beside an answer.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from tuyen.engines.network.routing_problem import FREE, Problem

_SLACK = 1e-6  # of rounding in sums


class Round(NamedTuple):
    """One route as it is driven; duration holds ways, waiting and service."""

    cost: float
    load: float
    duration: float
    arrivals: tuple[float, ...]


class Violation(NamedTuple):
    """A rule that is broken, where, and by how much."""

    rule: str  # load, duration, window, fleet, pattern, visit
    where: str
    amount: float


class Verdict(NamedTuple):
    """Cost and rounds of the routes in their order, and all that they break."""

    objective: float
    rounds: tuple[Round, ...]
    patterns: tuple[int, ...]  # option of each customer, -1 where none fits
    violations: tuple[Violation, ...]

    @property
    def feasible(self) -> bool:
        return not self.violations


def check(problem: Problem, routes: Sequence[tuple[int, Sequence[int]]]) -> Verdict:
    """Drive every route: (slot, customers in order). Never raises on a wrong answer."""
    broken: list[Violation] = []
    rounds = []
    visits: dict[int, list[int]] = {i: [] for i in range(problem.size)}
    used: Counter[int] = Counter()
    for number, (at, customers) in enumerate(routes, start=1):
        if not 0 <= at < len(problem.slots):
            broken.append(Violation("visit", f"route {number}: no such day and depot", 1.0))
            continue
        unknown = [u for u in customers if not 0 <= u < problem.size]
        if unknown:
            broken.append(Violation("visit", f"route {number}: no such customer", len(unknown)))
            continue
        if customers:
            used[at] += 1
        for u in customers:
            visits[u].append(at)
        one, found = _drive(problem, at, customers, number)
        rounds.append(one)
        broken += found
    for at, count in sorted(used.items()):
        slot = problem.slots[at]
        if slot.vehicles is not None and count > slot.vehicles:
            where = f"day {slot.day}, depot {slot.depot}"
            broken.append(Violation("fleet", where, float(count - slot.vehicles)))
    patterns = []
    for i in range(problem.size):
        option, amount = _option(problem, i, visits[i])
        patterns.append(option)
        if option < 0:
            where = f"customer {problem.names[i]}: visited {len(visits[i])} times, not as allowed"
            broken.append(Violation("pattern", where, amount))
    objective = sum(one.cost for one in rounds) / problem.scale
    return Verdict(objective, tuple(rounds), tuple(patterns), tuple(broken))


def _drive(
    problem: Problem, at: int, customers: Sequence[int], number: int
) -> tuple[Round, list[Violation]]:
    slot, n = problem.slots[at], problem.size
    where = f"route {number}, day {slot.day}, depot {slot.depot}"
    cost, load = 0.0, 0.0
    broken = []
    leave = _latest_start(problem, at, customers)
    clock, place, arrivals = leave, n, []
    for u in customers:
        cost += problem.cost[slot.matrix, place, u]
        clock = max(clock + problem.time[slot.matrix, place, u], problem.opens[u])
        if clock > problem.closes[u] + _SLACK:
            late = clock - problem.closes[u]
            broken.append(Violation("window", f"{where}: {problem.names[u]}", float(late)))
            clock = problem.closes[u]  # so that one late start is not told of at every stop after
        arrivals.append(float(clock))
        clock += problem.service[u]
        load += problem.demand[u]
        place = u
    cost += problem.cost[slot.matrix, place, n]
    clock += problem.time[slot.matrix, place, n]
    if clock > slot.closes + _SLACK:
        broken.append(Violation("window", f"{where}: return", float(clock - slot.closes)))
    if load > slot.capacity + _SLACK:
        broken.append(Violation("load", where, float(load - slot.capacity)))
    if clock - leave > slot.longest + _SLACK:
        broken.append(Violation("duration", where, float(clock - leave - slot.longest)))
    return Round(float(cost), float(load), float(clock - leave), tuple(arrivals)), broken


def _latest_start(problem: Problem, at: int, customers: Sequence[int]) -> float:
    """When to leave so that nobody waits in vain: as late as the windows let, from the end back."""
    slot, n = problem.slots[at], problem.size
    if not problem.windowed:
        return 0.0
    clock, place, ends = slot.opens, n, []
    for u in customers:  # the earliest starts
        clock = max(clock + problem.time[slot.matrix, place, u], problem.opens[u])
        ends.append(clock)
        clock += problem.service[u]
        place = u
    slack, waited, place = FREE, 0.0, n
    clock = slot.opens
    for u, start in zip(customers, ends, strict=True):
        arrival = clock + problem.time[slot.matrix, place, u]
        waited += max(0.0, start - arrival)
        slack = min(slack, waited + max(0.0, problem.closes[u] - start))
        clock, place = start + problem.service[u], u
    home = clock + problem.time[slot.matrix, place, n]
    slack = min(slack, waited + max(0.0, slot.closes - home))
    return float(slot.opens + min(slack, waited))


def _option(problem: Problem, i: int, visits: Sequence[int]) -> tuple[int, float]:
    """The option that the visits are, or -1 and how many visits away the nearest is."""
    row = np.bincount(np.array(visits, np.int64), minlength=len(problem.slots))
    options = problem.options[problem.first[i] : problem.first[i + 1]]
    away = np.abs(options - row).sum(axis=1)
    best = int(np.argmin(away))
    return (int(problem.first[i]) + best, 0.0) if away[best] == 0 else (-1, float(away[best]))
