"""Plans made better by all communes at once: what one gives up of what is shared, another spends.

While the others stay, every arrangement of a commune has a cost and a use of money, staff and floors. Which
arrangements go best together is a small program (a knapsack with one choice a commune), which HiGHS solves. What
neighbours lose or gain by each other's change is not in it; so its answer is held against the whole
question, and asked again for fewer changes where it does not keep what it promised.
Source: Sinha and Zoltners, The multiple-choice knapsack problem, Oper Res 1979; 27: 503-515.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from tuyen.engines.network import decision_exchange_kernel as kernel
from tuyen.engines.network.decision_columns import limits
from tuyen.engines.network.decision_model import Bools, Model
from tuyen.engines.network.decision_problem import MAIN, SATELLITE, Floats, Ints
from tuyen.engines.network.decision_repair import exceeds

if TYPE_CHECKING:
    from tuyen.engines.network.decision_ways import FreeChoice, Prices

WIDE = 6
"""Sites up to which all arrangements of a commune are looked at; beyond, those that differ in two sites."""

ROUNDS = 8
"""Programs that are solved for one plan at most."""


FAR = 0.003
"""Share of the objective by which an arrangement may cost more than its commune's best at prices."""


@dataclass(frozen=True)
class Offers:
    """Arrangements of all communes: ``owner`` (k,), ``cost`` (k,) and ``use`` (k, r) more than now,
    ``now`` (k,) whether it is the present one, ``kinds`` of each."""

    owner: Ints
    cost: Floats
    use: Floats
    now: Bools
    kinds: list[Ints]


@lru_cache(maxsize=32)
def _all_kinds(sites: int, mains: int) -> Ints:
    grid = np.array(np.meshgrid(*[np.arange(4)] * sites, indexing="ij"), np.int64)
    rows = grid.reshape(sites, -1).T
    kept: Ints = rows[(rows == MAIN).sum(axis=1) == mains]
    return kept


def _near_kinds(own: Ints) -> Ints:
    """All kinds that differ from ``own`` (n,) in two sites at most, with as many main stations."""
    pairs = list(combinations(range(own.size), 2))
    rows = np.tile(own, (16 * len(pairs), 1))
    for place, (a, b) in enumerate(pairs):
        block = rows[16 * place : 16 * place + 16]
        block[:, a], block[:, b] = np.repeat(np.arange(4), 4), np.tile(np.arange(4), 4)
    rows = np.unique(rows, axis=0)
    kept: Ints = rows[(rows == MAIN).sum(axis=1) == (own == MAIN).sum()]
    return kept


def arrangements(found: Model, c: int, own: Ints) -> Ints:
    """(k, n) what commune ``c`` may be made of: satellites near to a main station, nothing barred."""
    wide = own.size
    rows = _all_kinds(wide, int(found.mains[c])) if wide <= WIDE else _near_kinds(own)
    fixed = found.fixed[found.start[c] : found.start[c + 1]]
    allowed = np.isfinite(fixed)[np.arange(wide), rows].all(axis=1)
    near = (rows == MAIN).astype(np.int64) @ found.near(c).astype(np.int64) > 0
    kept: Ints = rows[allowed & (near | (rows != SATELLITE)).all(axis=1)]
    return kept


def exchanged(search: "FreeChoice", kinds: Ints, prices: "Prices") -> Ints:
    """Kinds that are better in all and keep what is shared, or ``kinds`` themselves, which must keep it."""
    best, now = search.worth_of(kinds), kinds
    most = np.inf
    for _round in range(ROUNDS):
        slack = min(0.5 * (best - search.bound), FAR * abs(best))
        if slack <= 1e-5 * abs(best) or search.left() < 0.3:
            break
        made = offers(search, now, prices, slack)
        chosen = _together(search, now, made, best, most)
        if chosen is None:
            break
        tried = now.copy()
        for one in chosen:
            a = search.found.start[made.owner[one]]
            tried[a : a + made.kinds[one].size] = made.kinds[one]
        changes = int((~made.now[chosen]).sum())
        value = search.worth_of(tried) if changes else np.inf
        if value < best - 1e-9 * abs(best):
            best, now, most = value, tried, np.inf
        elif changes <= 1:
            break
        else:
            most = changes // 2
    return now


def offers(search: "FreeChoice", kinds: Ints, prices: "Prices", slack: float) -> Offers:
    """What every commune might do instead, where it costs at most ``slack`` more than its best at ``prices``."""
    found, pairs = search.found, search.pairs
    many = len(found.resources)
    shared = np.flatnonzero([not one.each for one in found.rules.floors])
    price = np.concatenate([prices.resources, prices.floors[shared, 0]])
    fees = search.fees(prices)
    fees[shared] = 0.0
    cf, fixed = search.cf, found.fixed
    if search.tight:
        cf = cf + found.demand.people[search.row] * prices.dues[pairs.site]
        fixed = fixed.copy()
        fixed[:, MAIN] -= prices.dues * search.cap
    owner, costs, uses, present, made = [], [], [], [], []
    for c in range(found.communes):
        a, b = found.start[c], found.start[c + 1]
        options = arrangements(found, c, kinds[a:b])
        cost, far = np.empty(len(options)), np.empty((len(options), search.floor.size))
        kernel.valued(
            c, a, pairs.start, pairs.site, pairs.minutes, found.rules.mobile_wait, cf, search.cb,
            search.cv, search.none, search.floor, fees, found.commune, search.back_start, search.back,
            search.row, found.demand.people, kinds, options, cost, far,
        )  # fmt: skip
        at = np.arange(b - a)
        cost += fixed[a:b][at, options].sum(axis=1)
        use = np.empty((len(options), price.size))
        for r, one in enumerate(found.resources):
            use[:, r] = one.use[a:b][at, options].sum(axis=1)
        use[:, many:] = far[:, shared]
        now = (options == kinds[a:b]).all(axis=1)
        kept = _worth_it(cost, use, now, cost + use @ price, slack)
        own = int(np.flatnonzero(now)[0])
        owner.append(np.full(kept.size, c))
        costs.append(cost[kept] - cost[own])
        uses.append(use[kept] - use[own])
        present.append(now[kept])
        made += list(options[kept])
    return Offers(
        np.concatenate(owner), np.concatenate(costs), np.concatenate(uses), np.concatenate(present),
        made,
    )  # fmt: skip


def _worth_it(cost: Floats, use: Floats, now: Bools, priced: Floats, slack: float) -> Ints:
    """The arrangements that are near the best at prices and that no other beats in every respect; and the
    present one."""
    kept = np.flatnonzero((priced <= priced.min() + slack) | now)
    table = np.column_stack([cost, use])[kept]
    less = (table[:, None, :] <= table[None, :, :]).all(axis=2)
    same = less & less.T
    beaten = (less & ~same).any(axis=0) | np.triu(same, 1).any(axis=0)
    answer: Ints = kept[~beaten | now[kept]]
    return answer


def _together(
    search: "FreeChoice", kinds: Ints, made: Offers, best: float, most: float
) -> Ints | None:
    """The arrangements, one for each commune and at most so many new ones, that cost the least together."""
    found, size = search.found, made.owner.size
    # Uses as numbers about one: a limit shared by all communes, in shares of a commune.
    limit = np.maximum(np.abs(limits(found)[1]), 1e-9) / found.communes
    one_each = coo_array((np.ones(size), (made.owner, np.arange(size))), (found.communes, size))
    asked = [LinearConstraint(one_each.tocsr(), 1, 1)]
    if limit.size:
        room = np.maximum(-exceeds(search.short, kinds), 0.0) * found.communes
        asked.append(LinearConstraint((made.use / limit).T, -np.inf, room))
    if np.isfinite(most):
        asked.append(LinearConstraint((~made.now)[None, :].astype(np.float64), -np.inf, most))
    # As the objective of a whole plan, so that the gap at which HiGHS stops is a share of that.
    cost = made.cost + best / found.communes
    answer = milp(
        cost, integrality=np.ones(size), bounds=Bounds(0, 1), constraints=asked,
        options={"time_limit": float(min(max(search.left(), 0.1), 1e6)), "mip_rel_gap": 5e-5},
    )  # fmt: skip
    return None if answer.x is None else np.flatnonzero(answer.x > 0.5)
