"""Good answers for the p-median: starts, exchange of sites, and shaking."""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network import pmedian_kernel as kernel
from tuyen.engines.network.pmedian_rows import Rows
from tuyen.engines.network.siting_problem import Costs, Left


class Search:
    """The best answer so far, and ways to a better one.

    ``value`` is what ``best`` (p,) costs; ``d1`` and ``d2`` (n,) are the cheapest and the second
    cheapest way of every demand in it.
    """

    def __init__(self, costs: Costs, p: int, left: Left, rng: np.random.Generator) -> None:
        self.costs, self.p, self.left, self.rng = costs, p, left, rng
        self.m, n = costs.shape
        self.first, self.second = np.empty(n, np.int64), np.empty(n, np.int64)
        self.near, self.next = np.empty(n), np.empty(n)
        self.value = np.inf
        self.best = np.arange(p)
        self.d1 = self.d2 = np.empty(n)
        self.seen: set[bytes] = set()

    def restart(self, times: int) -> None:
        """Random sites, exchanged; the first even where no time is left."""
        for time in range(times):
            if time == 0 or self.left() > 0:
                self.polish(self.rng.choice(self.m, self.p, replace=False))

    def polish(self, sites: NDArray[np.int64]) -> float:
        """Exchange from these sites on; keeps the result if it is the best. Returns its cost."""
        mark = np.sort(sites).tobytes()
        if mark in self.seen:
            return np.inf
        self.seen.add(mark)
        opened = sites.astype(np.int64).copy()
        position = np.full(self.m, -1, np.int64)
        position[opened] = np.arange(self.p)
        kernel.nearest(self.costs, opened, self.first, self.second, self.near, self.next)
        if self.p == self.m:
            return self._take(opened)
        if self.p == 1:
            opened[0] = int(self.costs.sum(axis=1, dtype=np.float64).argmin())
            kernel.nearest(self.costs, opened, self.first, self.second, self.near, self.next)
            return self._take(opened)
        self._exchange(opened, position, self.rng.permutation(self.m))
        return self._take(opened)

    def _exchange(
        self, opened: NDArray[np.int64], position: NDArray[np.int64], order: NDArray[np.int64]
    ) -> None:
        while self.left() > 0:
            saved = kernel.exchange(
                self.costs, opened, position, order, self.first, self.second, self.near, self.next,
                40,
            )  # fmt: skip
            if saved <= 0:
                break
            order = np.roll(order, -order.size // 3)

    def shake(self, rows: Rows, patience: int) -> None:
        """Exchange some sites of one neighbourhood for others in it, and mend what that breaks;
        stops after ``patience`` tries in a row that were no better."""
        if not 1 < self.p < self.m - 1:
            return
        n = self.near.size
        width = min(self.m, max(30, 6 * self.m // self.p))
        idle = 0
        while idle < patience and self.left() > 0.1:
            idle += 1
            at = rows.start[int(self.rng.integers(n))]
            around = self.rng.permutation(rows.site[at : at + width].astype(np.int64))
            opened = self.best.copy()
            position = np.full(self.m, -1, np.int64)
            position[opened] = np.arange(self.p)
            inside = around[position[around] >= 0]
            outside = around[position[around] < 0]
            many = min(inside.size, outside.size, int(self.rng.integers(1, 4)))
            for gone, fresh in zip(inside[:many], outside[:many], strict=True):
                place = position[gone]
                opened[place], position[fresh], position[gone] = fresh, place, -1
            kernel.nearest_listed(
                rows.start, rows.site, rows.cost, self.costs, opened, position, self.first,
                self.second, self.near, self.next,
            )  # fmt: skip
            before = self.value
            self._exchange(opened, position, around)
            if self.near.sum() < before:
                self._exchange(opened, position, self.rng.permutation(self.m))
            if self._take(opened) < before:
                idle = 0
            elif self.near.sum() == before:
                self.best = opened  # a plateau is walked on

    def _take(self, opened: NDArray[np.int64]) -> float:
        value = float(self.near.sum())
        if value < self.value:
            self.value, self.best = value, opened
            self.d1, self.d2 = self.near.copy(), self.next.copy()
        return value
