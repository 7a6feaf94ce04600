"""Good and different solutions, kept side by side: allowed ones, and ones that break a limit.

Vidal, Crainic, Gendreau, Lahrichi and Rei, Operations Research 2012; 60: 611-624: a solution is
judged by its rank in cost and its rank in distance to its nearest fellows; the worst go when there
are too many.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.routing_crossover import different

FEWEST, GROWTH, ELITE, NEAREST = 25, 40, 4, 5


class Population:
    """Solutions in rows of shared arrays, P at most; feats is (P, 4): cost and three excesses."""

    def __init__(self, slots: int, customers: int, rng: np.random.Generator) -> None:
        most = 2 * (FEWEST + GROWTH) + 4
        shape = (most, slots, customers)
        self.orders = np.full(shape, -1, np.int64)
        self.starts = np.zeros(shape, np.int64)
        self.after = np.full(shape, -2, np.int64)
        self.ahead = np.full(shape, -2, np.int64)
        self.feats = np.zeros((most, 4))
        self.apart = np.zeros((most, most))
        self.groups: dict[bool, list[int]] = {True: [], False: []}
        self.free = list(range(most))
        self.rng = rng
        self._judged: dict[bool, NDArray[np.float64] | None] = {True: None, False: None}

    def clear(self) -> None:
        """Forget all solutions."""
        self.free = list(range(len(self.feats)))
        self.groups = {True: [], False: []}
        self._judged = {True: None, False: None}

    def add(self, row: int, prices: NDArray[np.float64]) -> bool:
        """Take in the solution written to ``row`` (one of ``free``). True if it breaks nothing."""
        self.free.remove(row)
        allowed = bool((self.feats[row, 1:] < 1e-6).all())
        group = self.groups[allowed]
        if group:
            others, out = np.array(group), np.empty(len(group))
            different(self.after, self.ahead, row, others, out)
            self.apart[row, others] = out
            self.apart[others, row] = out
        self.apart[row, row] = np.inf
        group.append(row)
        self._judged[allowed] = None
        if len(group) > FEWEST + GROWTH:
            while len(group) > FEWEST:
                self._drop(allowed, prices)
        return allowed

    def prices_changed(self) -> None:
        """Solutions that break a limit are worth something else now."""
        self._judged[False] = None

    def costs(self, rows: Any, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """What solutions cost, the excess at these prices included."""
        return self.feats[rows, 0] + self.feats[rows, 1:] @ prices

    def _fitness(self, allowed: bool, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        group = np.array(self.groups[allowed])
        size = group.size
        if size < 2:
            return np.zeros(size)
        apart = self.apart[np.ix_(group, group)]
        near = min(NEAREST, size - 1)
        lonely = -np.partition(apart, near - 1, axis=1)[:, :near].mean(axis=1)
        rank = np.empty(size)
        rank[np.argsort(self.costs(group, prices), kind="stable")] = np.arange(size) / (size - 1)
        own = np.empty(size)
        own[np.argsort(lonely, kind="stable")] = np.arange(size) / (size - 1)
        return rank + (1.0 - min(ELITE, size) / size) * own

    def _drop(self, allowed: bool, prices: NDArray[np.float64]) -> None:
        """Let the worst go; copies of others before anything else."""
        group = self.groups[allowed]
        worth = self._fitness(allowed, prices)
        rows = np.array(group)
        copies = self.apart[np.ix_(rows, rows)].min(axis=1) < 1e-9
        worth[int(np.argmin(self.costs(rows, prices)))] = -1.0  # the best always stays
        worst = int(np.argmax(worth + 10.0 * (copies & (worth >= 0))))
        self.free.append(group.pop(worst))
        self._judged[allowed] = None

    def parent(self, prices: NDArray[np.float64]) -> int:
        """The better of two drawn from both groups."""
        drawn = []
        total = len(self.groups[True]) + len(self.groups[False])
        for place in self.rng.integers(total, size=2):
            allowed = bool(place < len(self.groups[True]))
            at = int(place) - (0 if allowed else len(self.groups[True]))
            worth = self._judged[allowed]
            if worth is None:
                worth = self._judged[allowed] = self._fitness(allowed, prices)
            drawn.append((float(worth[at]), self.groups[allowed][at]))
        return min(drawn)[1]
