"""What can be traded for what: plans of which none is better on access, cost and disruption at once.

Access is made best under a row of limits on yearly cost and on disruption; a small weight on both
keeps out plans that another equals in access and beats elsewhere.
Source: Mavrotas, Effective implementation of the epsilon-constraint method, Appl Math Comput 2009;
213: 455-465.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tuyen.engines.network.decision import by_columns, by_ways, decided, endless
from tuyen.engines.network.decision_columns import Columns
from tuyen.engines.network.decision_measure import measured
from tuyen.engines.network.decision_model import Model, model
from tuyen.engines.network.decision_problem import Demand, Floats, Plan, Rules, Sites
from tuyen.engines.network.siting_problem import Left

SMALL = 1e-3
"""Weight of cost and disruption beside access."""


@dataclass(frozen=True)
class Point:
    """A plan of the frontier: ``access`` (points lost for people's way and for the criteria of main stations,
    each by its weight; less is better), ``cost`` (million VND a year), ``disruption`` (posts moved);
    ``visits``: share of the expected ones that are made; ``knee`` marks the one nearest to the best of all."""

    plan: Plan
    access: float
    cost: float
    disruption: float
    minutes: float
    visits: float
    knee: bool = False


def frontier(
    sites: Sites, demand: Demand, minutes: Any, rules: Rules, *, points: int = 40,
    left: Left = endless, gap: float = 0.001,
) -> list[Point]:  # fmt: skip
    """About ``points`` plans, from dear to cheap; fewer where limits find the same, none where the
    rules allow none."""
    bare = replace(rules, weight_cost=SMALL, weight_disruption=SMALL)
    best = decided(model(sites, demand, minutes, bare), left, gap)
    if best.objective is None:
        return []
    ends = [best]
    for weights in ((1e3, SMALL), (SMALL, 1e3)):
        ask = replace(bare, weight_cost=weights[0], weight_disruption=weights[1])
        ends.append(decided(model(sites, demand, minutes, ask), left, gap, best))
    usable = [one for one in ends if one.objective is not None]
    judge = model(sites, demand, minutes, bare)
    costs = [_three(judge, one)[1] for one in usable]
    across = 3 if points >= 9 else 1
    along = max(points // across, 1)
    near = Along(sites, demand, minutes, bare, left, gap, best)
    still = Along(sites, demand, minutes, replace(bare, weight_disruption=1e3), left, gap, best)
    found: list[Plan] = list(usable)
    for cost in np.linspace(max(costs), min(costs) * (1 + 1e-9) + 1e-9, along):
        tried = [near.at(cost)] if across == 1 else [near.at(cost), still.at(cost)]
        pair: list[Plan] = [one for one in tried if one is not None]
        found += pair
        if len(pair) == 2:
            moved = [_three(judge, one)[2] for one in pair]
            middle = near.at(cost, sum(moved) / 2)
            found += [one for one in (middle,) if one is not None]
    return marked(judge, found)


class Along:
    """Plans under limits, each beginning with what the ones before it found."""

    def __init__(
        self, sites: Sites, demand: Demand, minutes: Any, rules: Rules, left: Left, gap: float,
        start: Plan,
    ) -> None:  # fmt: skip
        self.rules, self.left, self.gap, self.start = rules, left, gap, start
        self.task = (sites, demand, minutes)
        self.columns: Columns | None = None

    def at(self, cost: float, moved: float = 1e12) -> Plan | None:
        """The best plan of at most ``cost`` a year and ``moved`` posts; None where there is none."""
        if self.left() < 0.3:
            return None
        rules = replace(
            self.rules, cost_at_most=min(self.rules.cost_at_most, cost),
            disruption_at_most=min(self.rules.disruption_at_most, moved),
        )  # fmt: skip
        found = model(*self.task, rules)
        if by_ways(found):
            plan = decided(found, self.left, self.gap, self.start)
        else:
            if self.columns is None:
                self.columns = Columns(found, self.left)
            else:
                self.columns.limited(found)
            plan = by_columns(self.columns, self.gap)
        if plan.objective is None:
            return None
        self.start = plan
        return plan


def _three(judge: Model, plan: Plan) -> tuple[float, float, float]:
    kinds = plan.kind[judge.order]
    places = np.arange(kinds.size)
    return (
        float(plan.terms[0] + plan.terms[1]), float(judge.raw[1, places, kinds].sum()),
        float(judge.raw[2, places, kinds].sum()),
    )  # fmt: skip


def marked(judge: Model, plans: list[Plan]) -> list[Point]:
    """The plans that no other beats, dearest first, the knee marked."""
    values = np.array([_three(judge, plan) for plan in plans])
    span = np.ptp(values, axis=0)
    close = 1e-9 * np.maximum(np.abs(values).max(axis=0), 1)
    kept: list[int] = []
    for k, own in enumerate(values):
        as_good = (values <= own + close).all(axis=1)
        better = as_good & (values < own - close).any(axis=1)
        twin = as_good & (np.abs(values - own) <= close).all(axis=1)
        if not better.any() and not twin[:k].any():
            kept.append(k)
    shares: Floats = (values[kept] - values[kept].min(axis=0)) / np.where(span > 0, span, 1)
    knee = int(np.argmin((shares**2).sum(axis=1)))
    figures = [measured(judge, plans[k].kind[judge.order], plans[k].assign) for k in kept]
    answer = [
        Point(
            plans[k], float(values[k, 0]), float(values[k, 1]), float(values[k, 2]),
            figures[place].mean, figures[place].visits, place == knee,
        )
        for place, k in enumerate(kept)
    ]  # fmt: skip
    return sorted(answer, key=lambda point: (-point.cost, point.access))
