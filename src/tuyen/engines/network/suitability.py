"""How well each site suits to be its commune's main station, and how much that rests on the weights.

Sites need not be sorted and a figure may not be known: it then counts as the middle of the scale, and
the commune's ranking is said to rest on what is not known. The choice itself is
:mod:`tuyen.engines.network.choice`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.choice import Choice, Sites, choose, dominated, robustness

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]

EARTH_KM = 6371.0088
UNKNOWN = 50.0
"""What a figure that is not known counts as, from 0 to 100."""


class Ranking(NamedTuple):
    """``order`` (n,) place of a site in its commune from 1; ``total`` (n,) weighted points.

    ``share`` (n,) of all weights under which it is the best; ``known`` (n,) figures that are known;
    ``beaten`` (n,) the site of the commune that is as good on every criterion and better on one, or -1.
    """

    order: Ints
    total: Numbers
    share: Numbers
    known: Ints
    beaten: Ints


def kilometres(one: Numbers, other: Numbers) -> Numbers:
    """(n, m) great-circle distances between points (n, 2) and (m, 2) of longitude and latitude.

    >>> round(float(kilometres(np.array([[103.0, 21.0]]), np.array([[103.0, 22.0]]))[0, 0]), 1)
    111.2
    """
    a, b = np.radians(one)[:, None, :], np.radians(other)[None, :, :]
    half = (b - a) / 2
    square = (
        np.sin(half[..., 1]) ** 2
        + np.cos(a[..., 1]) * np.cos(b[..., 1]) * np.sin(half[..., 0]) ** 2
    )
    found: Numbers = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(square, 0, 1)))
    return found


def scaled(raw: Numbers, worst: float, best: float) -> Numbers:
    """Points from 0 (``worst`` or beyond) to 100 (``best`` or beyond), in a straight line; NaN stays.

    >>> scaled(np.array([5.0, 35.0, 90.0, np.nan]), 60.0, 10.0)
    array([100.,  50.,   0.,  nan])
    """
    found: Numbers = np.clip(100 * (raw - worst) / (best - worst), 0, 100)
    return found


def reach_within(
    minutes: Numbers, people: Numbers, home: Ints, own: Ints, limit: float
) -> tuple[Numbers, Numbers]:
    """Of each site: the mean minutes of its commune's people, and the share of them within a limit.

    Parameters
    ----------
    minutes : (v, n) float64
        From villages to sites; NaN or inf where the way is not known.
    people : (v,) float64
    home, own : (v,), (n,) int
        Commune of each village and site; -1 for none.

    Returns
    -------
    (n,), (n,) float64
        NaN where no village of the commune has people and a known way.
    """
    same = (home[:, None] == own[None, :]) & (own >= 0)[None, :] & np.isfinite(minutes)
    weight = np.where(same, people[:, None], 0.0)
    total = weight.sum(axis=0)
    ways = np.where(same, minutes, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (weight * ways).sum(axis=0) / total
        near = 100 * (weight * (ways <= limit)).sum(axis=0) / total
    return np.where(total > 0, mean, np.nan), np.where(total > 0, near, np.nan)


def rank(scores: Numbers, commune: Ints, weights: Numbers, *, draws: int, seed: int) -> Ranking:
    """Rank the sites of every commune under open weights.

    Parameters
    ----------
    scores : (n, k) float64, 0 to 100, NaN where not known
    commune : (n,) int, of any numbering; the sites of a commune need not stand together
    weights : (k,) >= 0; all zero counts as all alike
    draws, seed : how many weights are drawn at random for the robustness, and of which chance
    """
    size, width = scores.shape
    if not size:
        none = np.zeros(0)
        whole = none.astype(np.int64)
        return Ranking(whole, none, none, whole, whole)
    line = np.argsort(commune, kind="stable")
    start = np.flatnonzero(np.r_[True, np.diff(commune[line]) != 0])
    filled = np.where(np.isnan(scores), UNKNOWN, scores)
    sites = Sites(np.r_[start, size], filled[line], np.zeros(size, np.int8))
    share = np.empty(size)
    rng = np.random.default_rng(seed)
    share[line] = robustness(sites, rng.dirichlet(np.ones(width), draws))
    even = weights if weights.sum() > 0 else np.ones(width)
    total = filled @ (even / even.sum())
    order = np.empty(size, np.int64)
    within = np.lexsort((np.arange(size), -total, commune))
    first = np.flatnonzero(np.r_[True, np.diff(commune[within]) != 0])
    order[within] = np.arange(size) - np.repeat(first, np.diff(np.r_[first, size])) + 1
    beaten = np.full(size, -1)
    for site, better in dominated(sites):
        beaten[line[site]] = line[better]
    return Ranking(order, total, share, np.isfinite(scores).sum(axis=1), beaten)


def chosen(scores: Numbers, commune: Ints, weights: Numbers) -> Choice:
    """The best site of every commune (in order of the commune's number); see :func:`choice.choose`.

    ``main`` are positions in ``scores``.
    """
    line = np.argsort(commune, kind="stable")
    start = np.flatnonzero(np.r_[True, np.diff(commune[line]) != 0])
    filled = np.where(np.isnan(scores), UNKNOWN, scores)
    sites = Sites(np.r_[start, len(scores)], filled[line], np.zeros(len(scores), np.int8))
    found = choose(sites, weights)
    return Choice(line[found.main], found.score, found.lead)


def inside(point: tuple[float, float], rings: Sequence[Sequence[Sequence[float]]]) -> bool:
    """Whether a point lies within rings, by the even-odd rule; holes are rings too.

    >>> square = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
    >>> inside((1, 1), [square]), inside((3, 1), [square])
    (True, False)
    """
    x, y = point
    odd = False
    for ring in rings:
        for (x0, y0), (x1, y1) in pairwise(tuple(corner[:2]) for corner in ring):
            if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
                odd = not odd
    return odd
