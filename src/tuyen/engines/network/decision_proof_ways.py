"""The checker's bound where people may go to other communes: from what everyone pays to be served."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from tuyen.engines.network.decision_problem import Demand, Floats, Part, Rules, Sites

FARTHEST = 1e12
"""What being out of reach may be taken to cost at least, where it is forbidden."""


def priced_ways(
    sites: Sites, demand: Demand, rules: Rules, pairs: tuple[Any, Any, Floats], worth: Floats,
    floors: list[tuple[float, float]], part: Part, losses: tuple[float, float, Callable[..., Any]],
    close: Any,
) -> float:  # fmt: skip
    """What all pay, less what sites gain at most by serving those who pay more than it costs.

    Parameters
    ----------
    pairs : village, site, minutes of each way
    worth : (n, 4) of each kind, with prices of what is shared
    floors : minutes and price of a person beyond them
    losses : points of one person's visit; what nobody serving loses; the loss of minutes
    close : pairs (satellite, main station) that are near enough; None where all are
    """
    assert part.main is not None
    assert part.point is not None
    row, to, minutes = pairs
    visit, nothing, lost = losses
    people, n = demand.people, sites.commune.size
    late = minutes + rules.mobile_wait
    main = visit * rules.full * people[row] * lost(minutes)
    fixed = visit * (1 - rules.full) * people[row] * lost(minutes)
    mobile = visit * (1 - rules.full) * people[row] * lost(late)
    idle = [visit * share * people * nothing for share in (rules.full, 1 - rules.full)]
    fees = [(limit, np.full(people.size, price)) for limit, price in floors]
    allowed = 0.0
    each = [floor for floor in rules.floors if floor.each]
    if each:
        prices = np.asarray(part.floors, float)
        own = np.bincount(demand.commune, weights=people, minlength=prices.shape[1])
        if (prices < 0).any() or len(prices) != len(each):
            raise ValueError("prices of floors are missing or negative")
        for floor, price in zip(each, prices, strict=True):
            fees.append((floor.minutes, price[demand.commune]))
            allowed += float((price * own).sum() * (1 - floor.share))
    for limit, price in fees:
        fixed = fixed + people[row] * price[row] * (minutes > limit)
        mobile = mobile + people[row] * price[row] * (late > limit)
        idle[1] = idle[1] + people * price
    fixed = np.where(minutes > rules.max_minutes, np.inf, fixed)
    mobile = np.where(late > rules.max_minutes, np.inf, mobile)
    if np.isfinite(rules.max_minutes):
        idle[1] = np.full(people.size, FARTHEST)
    worth = worth.copy()
    full = rules.capacity and bool(np.isfinite(sites.capacity).any())
    if full:
        idle[0] = np.full(people.size, FARTHEST)
        dues = np.asarray(part.capacity, float)
        if (dues < 0).any() or (dues[~np.isfinite(sites.capacity)] != 0).any():
            raise ValueError("prices of places are negative, or of places without number")
        main = main + people[row] * dues[to]
        worth[:, 1] -= np.where(dues > 0, dues * np.where(dues > 0, sites.capacity, 0), 0)

    def gained(cost: Floats, pays: Floats) -> Floats:
        weights = np.minimum(cost - pays[row], 0)
        return np.bincount(to, weights=weights, minlength=n).astype(np.float64)

    by_point = gained(fixed, part.point)
    worth[:, 1] += gained(main, part.main) + by_point
    worth[:, 2] += by_point
    worth[:, 3] += gained(mobile, part.point)
    total = float(
        sum(np.minimum(x, y).sum() for x, y in ((part.main, idle[0]), (part.point, idle[1])))
    )
    heads = np.broadcast_to(np.asarray(rules.mains_per_commune), int(sites.commune.max()) + 1)
    by = np.argsort(sites.commune, kind="stable")
    ends = np.searchsorted(sites.commune[by], np.arange(heads.size + 1))
    for c in range(heads.size):
        own_sites = by[ends[c] : ends[c + 1]]
        total += least_kinds(int(heads[c]), worth[own_sites], _near(own_sites, close))
    return total - allowed


def _near(own: Any, close: Any) -> Any:
    if close is None:
        return np.ones((own.size, own.size), bool)
    return np.array([[(int(a), int(b)) in close for b in own] for a in own]).reshape(
        own.size, own.size
    )


def least_kinds(mains: int, worth: Floats, near: Any) -> float:
    """The least sum of ``worth`` (k, 4) with so many main stations, satellites near to one."""
    n = len(worth)
    if mains > n:
        return float(np.inf)
    best = np.inf
    alone = np.minimum(worth[:, 0], worth[:, 3])
    for heads in combinations(range(n), mains):
        reach = near[:, heads].any(axis=1)
        others = np.where(reach, np.minimum(alone, worth[:, 2]), alone)
        others[list(heads)] = worth[list(heads), 1]
        best = min(best, float(others.sum()))
    return float(best)
