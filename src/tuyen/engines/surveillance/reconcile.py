"""Forecasts that add up: communes to their province, in the mean."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]


class Coherent(NamedTuple):
    """Means that add up; parents (p, h), children (c, h)."""

    parents: Floats
    children: Floats


def reconcile(
    parents: Floats,
    children: Floats,
    parent_variance: Floats,
    child_variance: Floats,
    parent_of: NDArray[np.int64],
) -> Coherent:
    """Spread what a parent's forecast and the sum of its children's disagree about.

    Each takes a part of the difference in proportion to its variance, which is the minimum-trace
    answer for two levels with independent errors. A child that would fall below 0 is held at 0 and
    the others share again, so that counts are never negative and sums still hold.

    Parameters
    ----------
    parents, parent_variance : (p, h) float64
        Means and variances, periods ahead by column.
    children, child_variance : (c, h) float64
    parent_of : (c,) int64
        Index of each child's parent.

    Raises
    ------
    BadInput
        If a mean or variance is negative or missing, or a parent does not exist.

    Notes
    -----
    Source: Wickramasuriya, Athanasopoulos and Hyndman, JASA 2019; 114: 804-819; held at 0 as in
    Wickramasuriya, Turlach and Hyndman, Stat Comput 2020; 30: 1167-1182.

    Examples
    --------
    >>> sums = reconcile(np.array([[12.0]]), np.array([[4.0], [6.0]]), np.array([[1.0]]),
    ...                  np.array([[1.0], [2.0]]), np.array([0, 0]))
    >>> sums.parents, sums.children
    (array([[11.5]]), array([[4.5],
           [7. ]]))
    """
    given = (parents, children, parent_variance, child_variance)
    if any(np.isnan(part).any() or (part < 0).any() for part in given):
        raise BadInput(what="means and variances are 0 or more, none missing")
    if parent_of.size and not (parent_of.min() >= 0 and parent_of.max() < len(parents)):
        raise BadInput(what="a child names a parent that does not exist")
    top, bottom = parents.astype(np.float64).copy(), children.astype(np.float64).copy()
    for p in range(len(top)):
        mine = np.flatnonzero(parent_of == p)
        if not mine.size:
            continue
        for h in range(top.shape[1]):
            top[p, h], bottom[mine, h] = _one(
                top[p, h], bottom[mine, h], parent_variance[p, h], child_variance[mine, h]
            )
    return Coherent(top, bottom)


def _one(parent: float, children: Floats, variance: float, spread: Floats) -> tuple[float, Floats]:
    free = np.ones(children.size, dtype=bool)
    for _ in range(children.size + 1):
        gap = parent - children[free].sum()
        total = variance + spread[free].sum()
        # Without any variance nobody gives way: the sum of the children is the better known.
        part = spread[free] / total if total > 0 else np.zeros(int(free.sum()))
        moved = np.zeros(children.size)
        moved[free] = children[free] + part * gap
        if (moved >= 0).all():
            return float(moved.sum()), moved
        free &= moved > 0
    return 0.0, np.zeros(children.size)


def rescaled(quantiles: Floats, before: Floats, after: Floats) -> Floats:
    """Quantiles (n, h, k) of forecasts whose means (n, h) moved: stretched, whole, 0 or more."""
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(before > 0, after / before, 1.0)
    return np.round(np.maximum(quantiles * factor[..., None], 0)).astype(np.float64)
