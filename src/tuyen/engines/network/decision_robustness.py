"""How often each site would be its commune's main station, over all weights of the criteria.

Source: Lahdelma and Salminen, SMAA-2, Opns Res 2001; 49: 444-454.
"""

import numpy as np

from tuyen.engines.network.decision_problem import FREE, MAIN, Floats, Ints

CLEAR, LEANING = 0.8, 0.5
TOGETHER = 200
"""Draws that are judged at once."""


def robustness(
    criteria: Floats, commune: Ints, draws: int = 10_000, seed: int = 1, pinned: Ints | None = None
) -> Floats:
    """(n,) in which share of all weights each site wins its commune.

    Parameters
    ----------
    criteria : (n, k) 0..1; NaN counts as one half
    commune : (n,)
    draws : weights from a flat Dirichlet distribution; equal sites share a draw
    pinned : (n,) a kind or ``FREE``: who must be main wins always, who must be another never
    """
    order = np.argsort(commune, kind="stable")
    known = np.where(np.isnan(criteria), 0.5, criteria)[order]
    own = np.unique(commune[order], return_inverse=True)[1]
    start = np.flatnonzero(np.diff(own, prepend=-1))
    lift = np.zeros(order.size)
    if pinned is not None:
        given = pinned[order]
        lift = np.where(given == MAIN, 10.0, np.where(given == FREE, 0.0, -np.inf))
    wins = np.zeros(order.size)
    rng = np.random.default_rng(seed)
    weights = rng.dirichlet(np.ones(known.shape[1]), draws)
    for first in range(0, draws, TOGETHER):
        points = known @ weights[first : first + TOGETHER].T + lift[:, None]
        best = np.maximum.reduceat(points, start, axis=0)
        equal = (points >= best[own] - 1e-12) & np.isfinite(points)
        many = np.add.reduceat(equal, start, axis=0, dtype=np.float64)
        wins += (equal / np.maximum(many[own], 1)).sum(axis=1)
    found = np.empty(order.size)
    found[order] = wins / draws
    return found


def verdict(share: float) -> str:
    """ "clear", "leaning" or "discuss", of a site that wins this share of all weights."""
    return "clear" if share > CLEAR else "leaning" if share > LEANING else "discuss"
