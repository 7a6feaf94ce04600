"""Rows of costs, sorted, from which Lagrangian bounds are read."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.siting_problem import Costs

ALL = 4_000_000
"""Up to so many costs the lists are whole; above, they hold the sites near each demand."""


@dataclass(frozen=True)
class Rows:
    """Demand ``i`` has its sites in ``site[start[i]:start[i + 1]]``, cheapest first, at ``cost``.

    Nothing is missing below ``beyond[i]``, which no multiplier passes.
    """

    start: NDArray[np.int64]
    site: NDArray[np.int32]
    cost: NDArray[np.float64]
    beyond: NDArray[np.float64]

    def without(
        self, ids: NDArray[Any], state: NDArray[np.int8], share: NDArray[np.float64]
    ) -> tuple["Rows", NDArray[Any], NDArray[np.int8], NDArray[np.float64]]:
        """The same without the sites that are shut; they are numbered anew."""
        stay = state >= 0
        if np.count_nonzero(stay) > 0.8 * stay.size:
            return self, ids, state.copy(), share
        number = (np.cumsum(stay) - 1).astype(np.int32)
        kept = stay[self.site]
        before = np.concatenate([[0], np.cumsum(kept)])
        rows = Rows(before[self.start], number[self.site[kept]], self.cost[kept], self.beyond)
        return rows, ids[stay], state[stay], share[stay]


def rows_of(costs: Costs, p: int) -> Rows:
    """Sort the sites of every demand; only the nearest of them where all would be too many."""
    m, n = costs.shape
    width = m if m * n <= ALL else min(m, max(60, 12 * m // p, ALL // n))
    starts = np.arange(0, n * width + 1, width)
    site, cost = np.empty((n, width), np.int32), np.empty((n, width))
    step = max(1, ALL // m)
    for at in range(0, n, step):  # in pieces, so that a nation's costs stand in memory once
        piece = slice(at, at + step)
        site[piece], cost[piece] = _ranked(np.ascontiguousarray(costs[:, piece].T), width)
    # Above the dearest way a multiplier gains nothing: every site would give it back.
    beyond = cost[:, -1].copy()
    return Rows(starts, site.ravel(), cost.ravel(), beyond)


def _ranked(costs: Costs, width: int) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The cheapest ``width`` sites of each row, in order; of equals the first stands first."""
    m = costs.shape[1]
    if costs.dtype != np.int32:
        site = np.argsort(costs, axis=1, kind="stable")[:, :width].astype(np.int32)
        return site, np.take_along_axis(costs, site, axis=1)
    bits = max(1, int(m - 1).bit_length())
    keyed = costs.astype(np.int64) << bits
    keyed |= np.arange(m)
    if width < m:
        keyed.partition(width - 1, axis=1)
        keyed = keyed[:, :width].copy()
    keyed.sort(axis=1)
    return (keyed & ((1 << bits) - 1)).astype(np.int32), (keyed >> bits).astype(np.float64)


def grid(costs: Costs) -> float:
    """Multipliers are whole multiples of one over this, so that sums of them are exact; 0 for costs
    that are not whole, where rounding is covered by a margin."""
    if costs.dtype != np.int32:
        return 0.0
    largest = float(costs.max(axis=0).sum(dtype=np.float64)) + costs.shape[1]
    return float(2.0 ** max(0, min(20, int(51 - np.log2(largest + 1)))))
