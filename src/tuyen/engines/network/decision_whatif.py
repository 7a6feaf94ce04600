"""What if: a station pinned, closed or opened, a doctor lost, a budget cut. All figures at once.

A change is judged on the plan as it stands, within milliseconds; and the plan can be made again from
the prices that it rests on, which takes a fraction of the first time.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tuyen.engines.network.decision import decided, endless
from tuyen.engines.network.decision_conflicts import exceeded
from tuyen.engines.network.decision_measure import Indicators, measured, nearest, terms
from tuyen.engines.network.decision_model import model
from tuyen.engines.network.decision_problem import Demand, Floats, Plan, Rules, Sites, ways
from tuyen.engines.network.siting_problem import Left


@dataclass(frozen=True)
class Change:
    """What is different.

    Attributes
    ----------
    kinds : site -> kind that it gets now, as a pin
    freed : sites whose pins fall
    barred : pairs (site, kind) that are excluded
    staff : (site, cadre) -> posts that come (negative: are lost)
    budget : factor of the budget and of every earmarked fund
    """

    kinds: Mapping[int, int] = field(default_factory=dict)
    freed: tuple[int, ...] = ()
    barred: tuple[tuple[int, int], ...] = ()
    staff: Mapping[tuple[int, int], int] = field(default_factory=dict)
    budget: float = 1.0


@dataclass(frozen=True)
class Effect:
    """The plan under a change as it stands (``indicators``, points by ``terms``, ``breaks`` of what is
    shared) and, where it was made again, the new ``plan``."""

    indicators: Indicators
    terms: Floats
    breaks: dict[str, float]
    plan: Plan | None = None


def changed(sites: Sites, rules: Rules, change: Change) -> tuple[Sites, Rules]:
    """Sites and rules after a change."""
    pinned, staff = sites.pinned.copy(), sites.staff.copy().reshape(sites.commune.size, -1)
    pinned[list(change.freed)] = -1
    for site, kind in change.kinds.items():
        pinned[site] = kind
    barred = None if sites.barred is None else sites.barred.copy()
    if change.barred:
        barred = np.zeros((pinned.size, 4), np.bool_) if barred is None else barred
        for site, kind in change.barred:
            barred[site, kind] = True
    for (site, cadre), posts in change.staff.items():
        staff[site, cadre] = max(staff[site, cadre] + posts, 0)

    def times(money: Any) -> Any:
        return None if money is None else change.budget * np.asarray(money, np.float64)

    return (
        replace(sites, pinned=pinned, staff=staff, barred=barred),
        replace(
            rules, budget=rules.budget * change.budget, funds=times(rules.funds),
            budget_by_source=times(rules.budget_by_source),
        ),
    )  # fmt: skip


def effect(
    sites: Sites, demand: Demand, minutes: Any, rules: Rules, plan: Plan, change: Change, *,
    again: bool = False, left: Left = endless, gap: float = 0.001,
) -> Effect:  # fmt: skip
    """What a change does to a plan; ``again`` has the plan made anew from its own prices.

    Sites that the change gives a kind have it in the figures at once; everyone goes to the nearest.
    """
    after, then = changed(sites, rules, change)
    found = model(after, demand, ways(minutes), then)
    kinds = plan.kind.copy()
    for site, kind in change.kinds.items():
        kinds[site] = kind
    here = kinds[found.order]
    service = nearest(found, here)
    fresh = decided(found, left, gap, replace(plan, kind=kinds)) if again else None
    return Effect(
        measured(found, here), terms(found, here, service.main_minutes, service.point_minutes),
        exceeded(found, here), fresh,
    )  # fmt: skip
