"""The judge of a choice of packages: it knows nothing of how the choice was found.

Two questions: does a choice keep its rules and bring what it says; and can any choice bring more than a
bound? The bound is Lagrange's: charge for money of each source at a price, let every site choose freely
(exactly, over all sets of lines), and add what the budgets are worth. It holds for any prices that are
not negative, so wrong prices make it loose and never wrong (Geoffrion 1974).
"""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


class Problem(Protocol):
    """The fields of :class:`packages.Offers`."""

    @property
    def site(self) -> Ints: ...
    @property
    def cost(self) -> Numbers: ...
    @property
    def lifts(self) -> Bools: ...
    @property
    def pays(self) -> Bools: ...
    @property
    def gain(self) -> Numbers: ...
    @property
    def budget(self) -> Numbers: ...


def faults(problem: Problem, source: Ints) -> list[str]:
    """What is wrong with a choice: a source that may not pay, a budget that is overdrawn."""
    found = [
        f"work {o} is paid by source {source[o]}, which may not pay for it"
        for o in np.flatnonzero(source >= 0).tolist()
        if not problem.pays[o, source[o]]
    ]
    for k, budget in enumerate(problem.budget.tolist()):
        spent = float(problem.cost[source == k].sum())
        if spent > budget + 1e-6:
            found.append(f"source {k} pays {spent}, and has {budget}")
    return found


def lifted(problem: Problem, source: Ints, site: int) -> Bools:
    """(l,) the lines of a site that a choice makes good."""
    mine = (problem.site == site) & (source >= 0)
    found: Bools = problem.lifts[mine].any(axis=0)
    return found


def value_of(problem: Problem, source: Ints) -> float:
    """What a choice brings: each line of a site once, however many works lift it."""
    return sum(
        float(problem.gain[site][lifted(problem, source, site)].sum())
        for site in range(len(problem.gain))
    )


def bound_of(problem: Problem, prices: Numbers) -> float:
    """No choice brings more than this, whatever ``prices`` (k,) of money are named."""
    able = problem.pays & (problem.cost[:, None] <= problem.budget[None, :])
    charged = np.where(able, np.maximum(prices, 0)[None, :], np.inf).min(axis=1, initial=np.inf)
    total = float(np.maximum(prices, 0) @ problem.budget)
    for site in range(len(problem.gain)):
        total += _free(problem, site, problem.cost * charged)
    return total


def _free(problem: Problem, site: int, price: Numbers) -> float:
    """The most that a site gains net of what it is charged: over every set of its lines that are gaps,
    by the least that it costs to lift them."""
    lines = np.flatnonzero(problem.gain[site] > 0)
    weights = 1 << np.arange(lines.size)
    worth = ((np.arange(1 << lines.size)[:, None] & weights) > 0) @ problem.gain[site][lines]
    least = np.full(1 << lines.size, np.inf)
    least[0] = 0
    sets = np.arange(1 << lines.size)
    for o in np.flatnonzero((problem.site == site) & np.isfinite(price)).tolist():
        mask = int(weights[problem.lifts[o][lines]].sum())
        if mask:
            np.minimum.at(least, sets | mask, least + price[o])
    return float((worth - least).max())
