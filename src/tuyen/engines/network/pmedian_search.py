"""Good answers for the p-median: starts, exchange of sites, and shaking."""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network import pmedian_kernel as kernel
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
        order = self.rng.permutation(self.m)
        while self.left() > 0:
            saved = kernel.exchange(
                self.costs, opened, position, order, self.first, self.second, self.near, self.next,
                40,
            )  # fmt: skip
            if saved <= 0:
                break
            order = np.roll(order, -self.m // 3)
        return self._take(opened)

    def _take(self, opened: NDArray[np.int64]) -> float:
        value = float(self.near.sum())
        if value < self.value:
            self.value, self.best = value, opened
            self.d1, self.d2 = self.near.copy(), self.next.copy()
        return value
