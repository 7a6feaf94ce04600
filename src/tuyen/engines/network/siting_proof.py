"""A checker for proofs of p-medians: it shares no code with the solver, and believes nothing.

It takes the costs, the sites that were opened and the record of the search, and computes from
these alone what the answer costs and what nothing can cost less than.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.siting_compiling import compiled


class ProofRejected(Exception):
    """The record does not show what it should; the sentence says where."""


def cost_of(costs: NDArray[Any], opened: NDArray[np.int64], p: int) -> float:
    """What it costs to serve everyone from ``opened``, after counting the sites.

    Parameters
    ----------
    costs : (m, n)
        From site to demand, weight included.
    """
    sites = np.unique(opened)
    if sites.size != p or len(opened) != p or sites[0] < 0 or sites[-1] >= len(costs):
        raise ProofRejected(f"{len(opened)} sites are named where {p} different ones are asked for")
    return float(costs[sites].min(axis=0).sum(dtype=np.float64))


def proven_bound(costs: NDArray[Any], p: int, objective: float, proof: Any) -> float:
    """The largest value that the record shows no choice of ``p`` sites to cost less than.

    Of every part of the search that ends, the Lagrangian bound of its last multipliers; parts that
    hold nothing better than ``objective`` count as that. A site is settled by the bound with that
    site forced to the other side. Costs that are whole numbers make bounds whole.
    """
    whole = costs.dtype.kind == "i"
    if whole:  # what is claimed may have a fraction, what anything costs has none
        objective = float(np.ceil(objective))
    at_least = objective - 1 if whole else objective * (1 - 2e-9)
    bound = objective
    seen = set()
    waiting = [(0, np.zeros(len(costs), np.int8), -np.inf)]
    while waiting:
        place, state, below = waiting.pop()
        if not 0 <= place < len(proof.nodes) or place in seen:
            raise ProofRejected(f"part {place} is missing or used twice")
        seen.add(place)
        node = proof.nodes[place]
        for multipliers in node.multipliers:
            value = _settle(costs, multipliers, state, p, at_least)
            below = max(below, value)
            if below > at_least:
                break
        if below > at_least:
            continue
        if node.branch < 0:
            bound = min(bound, below)
            continue
        if node.branch >= len(costs):
            raise ProofRejected(f"part {place} splits at site {node.branch}, which does not exist")
        for child, side in zip(node.children, (1, -1), strict=True):
            if state[node.branch] not in (0, side):
                continue  # what is settled leaves nothing better on this side
            inner = state.copy()
            inner[node.branch] = side
            waiting.append((child, inner, below))
    return float(np.ceil(bound - 1e-6)) if whole else float(bound)


def _settle(
    costs: NDArray[Any], given: NDArray[np.float64], state: NDArray[np.int8], p: int, goal: float
) -> float:
    """The bound at these multipliers within ``state``, to which what follows from it is added."""
    multipliers = np.asarray(given, np.float64)
    if multipliers.shape != (costs.shape[1],) or not np.isfinite(multipliers).all():
        raise ProofRejected("multipliers are missing or are no numbers")
    free = np.flatnonzero(state == 0)
    inside = np.flatnonzero(state == 1)
    need = p - inside.size
    if need < 0 or need > free.size:
        return float(np.inf)
    must, may = np.empty(inside.size), np.empty(free.size)
    _savings(costs, multipliers, inside, must)
    _savings(costs, multipliers, free, may)
    ranked = np.sort(may)
    value = float(multipliers.sum() + must.sum() + ranked[:need].sum())
    last = ranked[need - 1] if need else -np.inf
    following = ranked[need] if need < free.size else np.inf
    state[free[value + may - last > goal]] = -1
    state[free[value - may + following > goal]] = 1
    if np.count_nonzero(state == 1) == p:
        state[state == 0] = -1
    return value


@compiled
def _savings(costs: Any, multipliers: Any, sites: Any, out: Any) -> None:
    """What each site saves at these multipliers: the sum of the negative reduced costs."""
    for q in range(sites.size):
        total = 0.0
        row = costs[sites[q]]
        for i in range(row.size):
            total += min(0.0, row[i] - multipliers[i])
        out[q] = total
