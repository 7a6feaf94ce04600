"""A checker for proofs of capacitated p-medians: it shares no code with the solver."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.siting_compiling import compiled
from tuyen.engines.network.siting_proof import ProofRejected

MOST_STEPS = 4000
"""Whole capacities up to this are packed exactly; above, a last demand may be cut."""


def cost_of_assignment(
    costs: NDArray[Any], load: NDArray[np.float64], room: NDArray[np.float64], p: int,
    opened: NDArray[np.int64], assigned: NDArray[np.int64],
) -> float:  # fmt: skip
    """What the assignment costs, after counting the sites and weighing what each holds."""
    m, n = costs.shape
    if len(set(opened.tolist())) != p or len(opened) != p:
        raise ProofRejected(f"{len(opened)} sites are named where {p} different ones are asked for")
    if assigned.shape != (n,) or not np.isin(assigned, opened).all():
        raise ProofRejected("someone goes to a site that is not open")
    held = np.bincount(assigned, weights=load, minlength=m)
    over = held - room
    if (over > 1e-9 * np.maximum(1.0, room)).any():
        raise ProofRejected(f"site {int(over.argmax())} holds {over.max():g} more than it can")
    return float(costs[assigned, np.arange(n)].sum(dtype=np.float64))


def proven_bound_packed(
    costs: NDArray[Any], load: NDArray[np.float64], room: NDArray[np.float64], p: int,
    objective: float, proof: Any,
) -> float:  # fmt: skip
    """The largest value that the record shows nothing to cost less than; see ``siting_proof``.

    A part splits at a site (open, closed) or at a pair (a demand goes to a site, or elsewhere).
    """
    whole = costs.dtype.kind == "i"
    if whole:  # what is claimed may have a fraction, what anything costs has none
        objective = float(np.ceil(objective))
    goal = objective - 1 if whole else objective * (1 - 2e-9)
    m, n = costs.shape
    bound, seen = objective, set()
    waiting = [(0, np.zeros(m, np.int8), np.ones((m, n), bool), -np.inf)]
    while waiting:
        place, state, allowed, below = waiting.pop()
        if not 0 <= place < len(proof.nodes) or place in seen:
            raise ProofRejected(f"part {place} is missing or used twice")
        seen.add(place)
        node = proof.nodes[place]
        for multipliers in node.multipliers:
            below = max(below, _settle(costs, load, room, p, multipliers, state, allowed, goal))
            if below > goal:
                break
        if below > goal:
            continue
        if node.branch < 0 and node.pair[0] < 0:
            bound = min(bound, max(below, _only(costs, load, room, state, allowed)))
            continue
        if node.branch >= m or (
            node.branch < 0 and not (node.pair[0] < n and 0 <= node.pair[1] < m)
        ):
            raise ProofRejected(f"part {place} splits at what does not exist")
        for child, side in zip(node.children, (1, -1), strict=True):
            inner, pairs = state.copy(), allowed.copy()
            if node.branch >= 0:
                if state[node.branch] not in (0, side):
                    continue  # what is settled leaves nothing better on this side
                inner[node.branch] = side
            else:
                demand, site = node.pair
                kept = pairs[site, demand]
                pairs[:, demand] &= side < 0
                pairs[site, demand] = kept and side > 0
            waiting.append((child, inner, pairs, below))
    return float(np.ceil(bound - 1e-6)) if whole else float(bound)


def _only(
    costs: NDArray[Any], load: NDArray[np.float64], room: NDArray[np.float64],
    state: NDArray[np.int8], allowed: NDArray[np.bool_],
) -> float:  # fmt: skip
    """What a part costs that holds one answer at most, infinite where that is none; else nothing."""
    places = allowed & (state == 1)[:, None]
    ways = places.sum(axis=0)
    if (state == 0).any() or (ways > 1).any():
        return float(-np.inf)
    if (ways == 0).any():
        return float(np.inf)
    at = places.argmax(axis=0)
    over = np.bincount(at, weights=load, minlength=len(room)) - room
    if (over > 1e-9 * np.maximum(1.0, room)).any():
        return float(np.inf)
    return float(costs[at, np.arange(load.size)].sum(dtype=np.float64))


def _settle(
    costs: NDArray[Any], load: NDArray[np.float64], room: NDArray[np.float64], p: int,
    given: NDArray[np.float64], state: NDArray[np.int8], allowed: NDArray[np.bool_], goal: float,
) -> float:  # fmt: skip
    multipliers = np.asarray(given, np.float64)
    if multipliers.shape != (costs.shape[1],) or not np.isfinite(multipliers).all():
        raise ProofRejected("multipliers are missing or are no numbers")
    free, inside = np.flatnonzero(state == 0), np.flatnonzero(state == 1)
    need = p - inside.size
    if need < 0 or need > free.size:
        return float(np.inf)
    worth = np.zeros(len(costs))
    for site in np.flatnonzero(state >= 0):
        worth[site] = _knapsack(costs[site] - multipliers, load, float(room[site]), allowed[site])
    may = worth[free]
    ranked = np.sort(may)
    value = float(multipliers.sum() + worth[inside].sum() + ranked[:need].sum())
    last = ranked[need - 1] if need else -np.inf
    following = ranked[need] if need < free.size else np.inf
    state[free[value + may - last > goal]] = -1
    state[free[value - may + following > goal]] = 1
    if np.count_nonzero(state == 1) == p:
        state[state == 0] = -1
    return value


def _knapsack(
    gains: NDArray[np.float64], load: NDArray[np.float64], room: float, allowed: NDArray[np.bool_]
) -> float:
    """No set of allowed demands that fits into ``room`` has a smaller sum of ``gains``."""
    use = np.flatnonzero((gains < 0) & allowed & (load <= room))
    if load[use].sum() <= room:
        return float(gains[use].sum())
    if room <= MOST_STEPS and room == int(room) and (load == np.floor(load)).all():
        best = np.zeros(int(room) + 1)
        _fill(best, gains[use], load[use].astype(np.int64))
        return float(best[-1])
    order = use[np.argsort(gains[use] / np.maximum(load[use], 1e-300), kind="stable")]
    filled = np.minimum(np.cumsum(load[order]), room)
    part = np.diff(filled, prepend=0.0) / np.maximum(load[order], 1e-300)
    return float((np.where(load[order] > 0, part, 1.0) * gains[order]).sum())


@compiled
def _fill(best: Any, gains: Any, load: Any) -> None:
    """``best[q]``: the smallest sum of gains of a set that weighs at most ``q``."""
    for i in range(gains.size):
        for q in range(best.size - 1, load[i] - 1, -1):
            best[q] = min(best[q], best[q - load[i]] + gains[i])
