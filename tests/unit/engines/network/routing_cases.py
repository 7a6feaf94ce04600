"""Tiny routing problems, and their best answers by trying everything."""

from functools import cache
from itertools import permutations, product

import numpy as np

from tuyen.engines.network.routing_check import check
from tuyen.engines.network.routing_problem import FREE, Problem, SlotFacts


def problem(points, depots=((0, 0),), slots=None, options=None, **facts):
    """A problem in the plane; without slots one day of the first depot, open to all."""
    points, depots = np.array(points, float), np.array(depots, float)
    n = len(points)
    slots = slots or (SlotFacts(),)
    places = [np.vstack([points, depot[None]]) for depot in depots]
    cost = np.stack([np.hypot(*(p[:, None] - p[None]).transpose(2, 0, 1)) for p in places])
    options = options or [[[1] * len(slots)]] * n
    given = {
        "demand": np.ones(n), "service": np.zeros(n), "opens": np.zeros(n),
        "closes": np.full(n, FREE), **{name: np.array(v, float) for name, v in facts.items()},
    }  # fmt: skip
    return Problem(
        names=tuple(str(i + 1) for i in range(n)), slots=tuple(slots), cost=cost, time=cost,
        options=np.array([row for rows in options for row in rows], np.int64),
        first=np.cumsum([0, *map(len, options)]), points=points, depots=depots, **given,
    )  # fmt: skip


def partitions(items):
    """Every way to part a list into groups."""
    if not items:
        yield []
        return
    head, *rest = items
    for groups in partitions(rest):
        yield [[head], *groups]
        for k, group in enumerate(groups):
            yield [*groups[:k], [head, *group], *groups[k + 1 :]]


def best_of_all(given):
    """The least cost of any allowed answer, or None; every option, part and order is tried."""

    @cache
    def slot_best(at, members):
        costs = []
        for groups in partitions(list(members)):
            vehicles = given.slots[at].vehicles
            if vehicles is None or len(groups) <= vehicles:
                each = [round_best(at, tuple(sorted(group))) for group in groups]
                if None not in each:
                    costs.append(sum(each))
        return min(costs, default=None)

    @cache
    def round_best(at, group):
        costs = []
        for order in permutations(group):
            verdict = check(given, [(at, order)])
            if all(one.rule in ("pattern", "fleet") for one in verdict.violations):
                costs.append(verdict.objective)
        return min(costs, default=None)

    costs = []
    ranges = [range(given.first[i], given.first[i + 1]) for i in range(given.size)]
    for chosen in product(*ranges):
        each = [
            slot_best(at, tuple(i for i, o in enumerate(chosen) if given.options[o, at]))
            for at in range(len(given.slots))
        ]
        if None not in each:
            costs.append(sum(each))
    return min(costs, default=None)
