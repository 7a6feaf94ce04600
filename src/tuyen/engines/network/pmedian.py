"""The p-median: open ``p`` sites so that the way of all people together is shortest.

Lagrangian relaxation of the assignment gives bounds, exchange of sites gives answers, reduced costs
settle sites, and a tree of the rest is searched best bound first. Every multiplier that the proof
needs is kept, rounded to a grid on which sums of whole costs are exact.
Source: Beasley, A note on solving large p-median problems, EJOR 1985; 21: 270-273. Resende and
Werneck, A fast swap-based local search for the p-median, Annals of OR 2007; 150: 205-230.
"""

import heapq
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network import pmedian_kernel as kernel
from tuyen.engines.network.pmedian_rows import Rows, grid, rows_of
from tuyen.engines.network.pmedian_search import Search
from tuyen.engines.network.siting_problem import (
    CLOSE,
    FEASIBLE,
    OPTIMAL,
    Answer,
    Costs,
    Left,
    Proof,
    ProofNode,
)  # fmt: skip
from tuyen.engines.network.siting_proof import ProofRejected, cost_of, proven_bound

States = NDArray[np.int8]
Numbers = NDArray[np.float64]
CHUNK = 0.25
"""Seconds that a compiled loop may run before the clock is asked."""


def solve_pmedian(costs: Costs, p: int, left: Left, seed: int = 1) -> Answer:
    """Choose ``p`` of m sites for n demands.

    Parameters
    ----------
    costs : (m, n) int32 or float64, >= 0
        From site to demand, weight included; ``compact`` makes them.
    p : 1 <= p <= m
    left : seconds that may still be used
    seed : of the random starts

    Returns
    -------
    Answer
        ``optimal`` only where :func:`siting_proof.proven_bound` has read the objective out of the
        record again; ``feasible`` with the bound that it read otherwise.
    """
    search = Search(costs, p, left, np.random.default_rng(seed))
    search.restart(2)
    tree = Tree(search, rows_of(costs, p))
    tree.climb()
    tree.grow()
    opened = np.sort(search.best)
    proof = tree.record()
    objective = cost_of(costs, opened, p)
    try:
        bound = proven_bound(costs, p, objective, proof)
    except ProofRejected:  # a fault of ours never becomes a claim
        bound = -np.inf
    bound = max(
        bound, float(costs.min(axis=0).sum(dtype=np.float64))
    )  # everyone at the nearest of all
    reached = bound >= objective if costs.dtype.kind == "i" else bound >= objective * (1 - 3e-9)
    return Answer(
        objective, min(bound, objective), OPTIMAL if reached else FEASIBLE, opened,
        opened[costs[opened].argmin(axis=0)], proof,
    )  # fmt: skip


@dataclass
class _Part:
    """A part of the search that is still open, over the sites that the root left."""

    place: int
    state: States
    lam: Numbers
    bound: float
    share: Numbers


class Tree:
    """Bounds over parts of the choice, and the record of them.

    ``checking``: seconds set aside for reading the record again.
    """

    def __init__(self, search: Search, rows: Rows) -> None:
        self.search, self.rows = search, rows
        self.p, self.left = search.p, search.left
        self.whole = search.costs.dtype.kind == "i"
        self.scale = grid(search.costs)
        self.used: list[list[Numbers]] = [[]]
        self.splits: dict[int, tuple[int, tuple[int, int]]] = {}
        self.rate: float | None = None
        self.checking = 0.1
        m = len(search.costs)
        lam = 0.5 * (search.d1 + np.minimum(search.d2, rows.beyond))
        share = np.full(m, self.p / m)
        self.root = _Part(0, np.zeros(m, np.int8), np.minimum(lam, rows.beyond), -np.inf, share)
        self.share = share
        self.ids = np.arange(m)

    @property
    def goal(self) -> float:
        """A part whose bound is above this holds nothing better than the best answer."""
        value = self.search.value
        return value - 1 if self.whole or not value else value * (1 - CLOSE)

    # ------------------------------------------------------------------ the root

    def climb(self) -> None:
        """Raise the bound of the whole, and let its multipliers point at better answers."""
        part, rows, state = self.root, self.rows, self.root.state
        lam, bound = self._raise(part.lam, 1.0, min(80, 20 + 2 * self.p))
        for _again in range(3):
            if bound > self.goal or self.left() <= self.checking:
                break
            value = self.search.value
            self.search.shake(self.rows, max(40, 2 * self.p))
            if self.search.value == value:
                break
            lam, bound = self._raise(lam, 0.5, min(80, 20 + 2 * self.p))
        for again in range(4):
            lam, bound = self._keep(0, rows, lam, state)
            if bound > self.goal or again == 3 or self.left() <= self.checking:
                break
            before = np.count_nonzero(state == 0)
            self._settle(rows, lam, state, bound)
            if np.count_nonzero(state == 0) > 0.9 * before:
                break
            rows, self.ids, state, self.share = rows.without(self.ids, state, self.share)
            self.rows = rows
            _top, lam, _taken, _theta = self._ascend(
                rows, lam, state, 0.3, self._rounds(rows, CHUNK, 5, 300), 15, self.share
            )
        self.root = _Part(0, state, lam, bound, self.share)

    def _raise(self, lam: Numbers, theta: float, patience: int) -> tuple[Numbers, float]:
        """Ascend over everything; where the multipliers point is tried after every stretch."""
        rows, state = self.rows, self.root.state
        top = -np.inf
        while theta >= 1e-3 and self.left() > self.checking:
            top, lam, taken, theta = self._ascend(
                rows, lam, state, theta, self._rounds(rows, CHUNK, 5, 300), patience, self.share
            )
            _rho, chosen, _bound = self._relax(rows, lam, state)
            self.search.polish(np.flatnonzero(chosen))
            if top > self.goal or not taken:
                break
        return lam, top

    # ------------------------------------------------------------------ the parts

    def grow(self) -> None:
        """Split the part with the lowest bound until none is left or the time is over."""
        waiting = [(self.root.bound, 0, self.root)]
        while waiting and self.left() > self.checking:
            bound, _place, part = heapq.heappop(waiting)
            if bound > self.goal:
                continue
            if (site := self._ripe(part)) is None:
                continue
            children = (len(self.used), len(self.used) + 1)
            self.used += [[], []]
            self.splits[part.place] = (int(self.ids[site]), children)
            for place, side in zip(children, (1, -1), strict=True):
                state = part.state.copy()
                state[site] = side
                child = _Part(place, state, part.lam, part.bound, part.share)
                self._bound(child)
                if child.bound <= self.goal:
                    heapq.heappush(waiting, (child.bound, place, child))

    def _ripe(self, part: _Part) -> int | None:
        """The site to split at; None where the part is a single answer, which is then judged."""
        free = np.flatnonzero(part.state == 0)
        if free.size and np.count_nonzero(part.state >= 0) > self.p:
            return int(free[np.argmin(np.abs(part.share[free] - 0.7))])
        self.search.polish(self.ids[part.state >= 0])
        self._finish(part)
        return None

    def _finish(self, part: _Part) -> None:
        """Multipliers that are exact where only ``p`` sites are left: the second cheapest way."""
        costs = self.search.costs[self.ids[part.state >= 0]]
        second = np.partition(costs, 1, axis=0)[1] if len(costs) > 1 else costs[0]
        self.used[part.place].append(second.astype(np.float64))

    def _bound(self, part: _Part) -> None:
        """Raise the bound of a part and settle what follows; two rounds where the first pays."""
        rows, ids, state = self.rows, np.arange(part.state.size), part.state
        rows, ids, state, share = rows.without(ids, state, part.share.copy())
        # Where a round costs next to nothing, more of them save parts.
        lam, theta, rounds = part.lam, 0.5, self._rounds(rows, 0.004, 60, 500)
        patience = max(5, rounds // 12)
        while self.left() > self.checking:
            _top, lam, _taken, _theta = self._ascend(
                rows, lam, state, theta, rounds, patience, share
            )
            lam, bound = self._keep(part.place, rows, lam, state)
            part.bound = max(part.bound, bound)
            if bound > self.goal:
                break
            before = np.count_nonzero(state == 0)
            self._settle(rows, lam, state, bound)
            after = np.count_nonzero(state == 0)
            if not after or after > 0.9 * before:
                break
            theta = 0.5 * theta
        part.lam = lam
        whole = np.full(part.state.size, -1, np.int8)
        whole[ids] = state
        part.state = whole
        part.share = np.zeros(part.state.size)
        part.share[ids] = share

    # ------------------------------------------------------------------ loops and records

    def _rounds(self, rows: Rows, seconds: float, least: int, most: int) -> int:
        """Rounds that take about ``seconds``, and never more than fit between looks at the clock."""
        if self.rate is None:
            return 20
        one = max(self.rate * rows.site.size, 1e-9)
        return int(max(5, min(CHUNK / one, max(least, min(most, seconds / one)))))

    def _ascend(
        self, rows: Rows, lam: Numbers, state: States, theta: float, rounds: int, patience: int,
        share: Numbers,
    ) -> tuple[float, Numbers, int, float]:  # fmt: skip
        before = self.left()
        found: Any = kernel.ascend(
            rows.start, rows.site, rows.cost, rows.beyond, lam, state, self.p, self.goal,
            self.search.value, theta, rounds, min(patience, rounds // 2), share,
        )  # fmt: skip
        spent = max(before - self.left(), 0.0) / max(found[2], 1) / max(rows.site.size, 1)
        self.rate = max(spent, 0.7 * (self.rate or 0.0))
        return found

    def _relax(
        self, rows: Rows, lam: Numbers, state: States
    ) -> tuple[Numbers, NDArray[np.int8], float]:
        rho, room = np.empty(state.size), np.empty(state.size)
        chosen = np.empty(state.size, np.int8)
        bound = kernel.relax(
            rows.start, rows.site, rows.cost, lam, state, self.p, rho, chosen, room
        )
        return rho, chosen, float(bound)

    def _keep(self, place: int, rows: Rows, lam: Numbers, state: States) -> tuple[Numbers, float]:
        """Round multipliers to the grid, enter them in the record; their bound."""
        if self.scale:
            lam = np.rint(lam * self.scale) / self.scale
        self.used[place].append(lam)
        self.checking += 2e-9 * lam.size * np.count_nonzero(state >= 0)
        _rho, _chosen, bound = self._relax(rows, lam, state)
        return lam, bound

    def _settle(self, rows: Rows, lam: Numbers, state: States, bound: float) -> None:
        """Settle each site whose other side would lift the bound over the goal."""
        rho, chosen, _bound = self._relax(rows, lam, state)
        taken, spared = (state == 0) & (chosen == 1), (state == 0) & (chosen == 0)
        last = rho[taken].max() if taken.any() else -np.inf
        following = rho[spared].min() if spared.any() else np.inf
        state[spared & (bound + rho - last > self.goal)] = -1
        state[taken & (bound - rho + following > self.goal)] = 1
        if np.count_nonzero(state == 1) == self.p:
            state[state == 0] = -1

    def record(self) -> Proof:
        """Everything a checker needs to find the bound again."""
        return Proof(
            tuple(
                ProofNode(tuple(used), *self.splits.get(place, (-1, (-1, -1))))
                for place, used in enumerate(self.used)
            )
        )
