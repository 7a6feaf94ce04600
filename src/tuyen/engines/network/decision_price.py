"""The price of a decision: what was issued, beside the best that the same rules allow."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tuyen.engines.network.decision import decided, endless
from tuyen.engines.network.decision_conflicts import exceeded
from tuyen.engines.network.decision_measure import Indicators, measured, nearest, terms
from tuyen.engines.network.decision_model import Model, model
from tuyen.engines.network.decision_problem import (
    MAIN,
    Demand,
    Floats,
    Ints,
    Plan,
    Rules,
    Sites,
)
from tuyen.engines.network.siting_problem import Left


@dataclass(frozen=True)
class Better:
    """A commune in which ``site`` is no worse than ``issued`` on every criterion and better on one."""

    commune: int
    issued: int
    site: int
    minutes: float
    """By how many minutes per person of the commune it is also nearer (negative: farther)."""


@dataclass(frozen=True)
class Price:
    """What the issued decision costs more than the best.

    Attributes
    ----------
    minutes_per_person, main_minutes_per_person : to a point, to a main station; positive is worse
    beyond_60 : people more beyond 60 minutes
    visits : share of expected visits lost more
    refurbish, running : million VND, million VND a year more
    points : of the objective; ``terms`` (4,) by term
    at_least, at_most : of the points, what is certain: the best lies between bound and plan
    breaks : of each shared limit that was issued past, by how much
    better : communes where another site is better on every criterion
    different : communes whose main station differs from the best plan's
    """

    issued: Indicators
    best: Indicators
    plan: Plan
    minutes_per_person: float
    main_minutes_per_person: float
    beyond_60: float
    visits: float
    refurbish: float
    running: float
    points: float
    terms: Floats
    at_least: float
    at_most: float
    breaks: dict[str, float]
    better: tuple[Better, ...]
    different: tuple[int, ...]


def price(
    issued: Ints, sites: Sites, demand: Demand, minutes: Any, rules: Rules, *,
    left: Left = endless, gap: float = 0.001, plan: Plan | None = None,
) -> Price | None:  # fmt: skip
    """The issued kinds (n,) against ``plan``, or against the best found now.

    None where the rules allow no plan. What was issued is judged even where it breaks rules.
    """
    found = model(sites, demand, minutes, rules)
    best = plan or decided(found, left, gap)
    if best.objective is None:
        return None
    kinds = np.asarray(issued, np.int64)[found.order]
    chosen = best.kind[found.order]
    was, now = measured(found, kinds), measured(found, chosen, best.assign)
    service = nearest(found, kinds)
    parts = terms(found, kinds, service.main_minutes, service.point_minutes)
    points = float(parts.sum()) - best.objective
    bound = best.bound if best.bound is not None else -np.inf
    return Price(
        was, now, best, was.mean - now.mean, was.main_mean - now.main_mean,
        was.beyond_60 - now.beyond_60, now.visits - was.visits, was.refurbish - now.refurbish,
        was.running - now.running, points, parts - best.terms, points,
        float(parts.sum()) - bound,
        exceeded(found, kinds), tuple(dominated(found, kinds)), tuple(_different(found, kinds, chosen)),
    )  # fmt: skip


def _different(found: Model, issued: Ints, chosen: Ints) -> list[int]:
    apart = (issued == MAIN) != (chosen == MAIN)
    return [int(c) for c in np.unique(found.commune[apart])]


def dominated(found: Model, kinds: Ints) -> list[Better]:
    """Main stations (kinds in the model's order) that another site of the commune beats on every
    criterion; sites in the caller's order."""
    criteria = np.where(np.isnan(found.sites.criteria), 0.5, found.sites.criteria)[found.order]
    answer = []
    for head in np.flatnonzero(kinds == MAIN):
        c = int(found.commune[head])
        own = np.arange(found.start[c], found.start[c + 1])
        own = own[(kinds[own] != MAIN) & np.isfinite(found.fixed[own, MAIN])]
        good = (criteria[own] >= criteria[head]).all(axis=1) & (criteria[own] > criteria[head]).any(
            axis=1
        )
        for site in own[good][:1]:
            answer.append(
                Better(
                    c, int(found.order[head]), int(found.order[site]),
                    _mean(found, c, int(head)) - _mean(found, c, int(site)),
                )
            )  # fmt: skip
    return answer


def _mean(found: Model, commune: int, site: int) -> float:
    """Minutes per person of a commune to one site."""
    row = found.pairs.row()
    hit = (found.pairs.site == site) & (found.demand.commune[row] == commune)
    people = found.demand.people[row[hit]]
    return float((people * found.pairs.minutes[hit]).sum() / max(people.sum(), 1e-9))
