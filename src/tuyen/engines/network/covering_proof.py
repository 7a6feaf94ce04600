"""A checker for proofs that fewer sites cannot cover everyone: no code shared with the solver."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.siting_proof import ProofRejected

GRID = 2.0**20
"""Prices are rounded down to whole multiples of one over this: sums of them are exact."""


def proven_sites(covers: NDArray[np.bool_], proof: Any) -> float:
    """The number of sites that the record shows nobody can do with fewer than.

    Every part of the search that ends carries a price for each demand; where no site that may be
    open covers demands of more than 1 together, the sites needed are at least the sum of prices
    (weak duality). A part in which someone has no site left needs infinitely many.

    Parameters
    ----------
    covers : (m, n)
        Whether a site reaches a demand.
    """
    m = len(covers)
    least, seen = np.inf, set()
    waiting = [(0, np.zeros(m, np.int8))]
    while waiting:
        place, state = waiting.pop()
        if not 0 <= place < len(proof.nodes) or place in seen:
            raise ProofRejected(f"part {place} is missing or used twice")
        seen.add(place)
        node = proof.nodes[place]
        if node.branch >= 0:
            if node.branch >= m or state[node.branch] != 0:
                raise ProofRejected(f"part {place} splits at site {node.branch}, which is not free")
            for child, side in zip(node.children, (1, -1), strict=True):
                inner = state.copy()
                inner[node.branch] = side
                waiting.append((child, inner))
            continue
        prices = node.multipliers[0] if node.multipliers else np.zeros(covers.shape[1])
        least = min(least, _needed(covers, state, prices))
    return float(least)


def _needed(
    covers: NDArray[np.bool_], state: NDArray[np.int8], given: NDArray[np.float64]
) -> float:
    prices = np.floor(np.asarray(given, np.float64) * GRID) / GRID
    if prices.shape != (covers.shape[1],) or not np.isfinite(prices).all() or (prices < 0).any():
        raise ProofRejected("prices are missing, negative or no numbers")
    inside = state == 1
    waiting = ~covers[inside].any(axis=0)
    may = covers[state >= 0]
    if (waiting & ~may.any(axis=0)).any():
        return float(np.inf)
    prices = np.where(waiting, prices, 0.0)
    priced = prices > 0
    dearest = float((may[:, priced] @ prices[priced]).max(initial=0.0))
    if dearest > 1:
        return float(np.count_nonzero(inside))
    return float(np.count_nonzero(inside) + np.ceil(prices.sum() - 0.5 / GRID))
