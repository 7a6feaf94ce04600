"""Generalised likelihood ratio: since when, and by how much, have counts been higher?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.farrington_control import Floats
from tuyen.kernel.refusal import BadInput


class Glr(NamedTuple):
    """The statistic of n series at p points, and where it reached the limit."""

    points: NDArray[np.int64]  # (p,) from 0
    expected: Floats  # (n, p) the mean in control
    statistic: Floats  # (n, p) log likelihood ratio of the best change
    alarm: NDArray[np.bool_]  # (n, p) the statistic is at least the limit; it then starts again
    judged: NDArray[np.bool_]  # (n, p) False: no count, or no mean


def glr(
    counts: Floats,
    first: int,
    last: int | None = None,
    *,
    mean: Floats | None = None,
    alpha: float = 0.0,
    limit: float = 5.0,
    theta: float | None = None,
    shortest: int = 1,
    longest: int = -1,
) -> Glr:
    """Test at each point from ``first`` to ``last`` whether the mean rose at some point before.

    With LR(s, t) the log likelihood ratio of counts s ... t under a mean multiplied by a factor of
    at least 1, against the mean in control, the statistic is the largest LR(s, t) over the starts s
    since the last alarm. The factor is the likeliest one, or ``theta`` where it is given.

    Parameters
    ----------
    counts : (n, m) float64
        NaN is a missing value and tells nothing.
    mean : (n,) float64, optional
        In control; default: the mean of the counts before ``first``.
    alpha : float
        Dispersion of the negative binomial, variance mean + alpha mean^2; 0 is Poisson.
    limit : float
        ``c.ARL``: alarm when the statistic reaches it.
    shortest, longest : int
        ``Mtilde`` and ``M``: fewest counts since the change, and most points back (-1: all).

    Notes
    -----
    Sources: Höhle & Paul, Comput Stat Data Anal 2008; 52: 4357-4368, intercept charts; the manual
    page of ``algo.glrnb`` in R's *surveillance* (``ret = "value"``), whose answers this gives. The
    mean is constant, so that a sum and a number of counts say all. O(n p^2).

    Examples
    --------
    >>> weeks = np.array([[4.0, 5, 3, 4, 4, 9, 8, 12]])
    >>> glr(weeks, 5).statistic.round(2)
    array([[2.3 , 3.81, 8.59]])
    """
    counts = np.asarray(counts, dtype=np.float64)
    _check(counts, first, alpha, limit, theta, shortest, longest)
    points = np.arange(first, counts.shape[1] if last is None else last + 1)
    centre = _usual(counts, first) if mean is None else np.asarray(mean, dtype=np.float64)
    usable = centre > 0
    mu = np.where(usable, centre, 1.0)
    y = counts[:, points]
    known = ~np.isnan(y)
    # Sums before each start, so that the sum from s to t is a difference of two columns.
    cases = np.zeros((y.shape[0], points.size + 1))
    number = np.zeros_like(cases)
    cases[:, 1:], number[:, 1:] = (
        np.cumsum(np.where(known, y, 0.0), axis=1),
        np.cumsum(known, axis=1),
    )
    restart = np.zeros(y.shape[0], dtype=np.int64)
    statistic = np.zeros(y.shape)
    for t in range(points.size):
        earliest = 0 if longest < 0 else max(0, t - longest)
        starts = np.arange(earliest, t + 1)
        total = cases[:, t + 1, None] - cases[:, starts]
        many = number[:, t + 1, None] - number[:, starts]
        ratio = _ratio(total, many, mu[:, None], alpha, theta)
        open_start = (starts[None, :] >= restart[:, None]) & (many >= shortest)
        best = np.where(open_start, ratio, 0.0).max(axis=1, initial=0.0)
        statistic[:, t] = best
        restart = np.where(best >= limit, t + 1, restart)
    judged = known & usable[:, None]
    return Glr(
        points,
        np.where(usable, centre, np.nan)[:, None] + np.zeros(points.size),
        np.where(usable[:, None], statistic, np.nan),
        judged & (statistic >= limit),
        judged,
    )


def _ratio(total: Floats, many: Floats, mean: Floats, alpha: float, theta: float | None) -> Floats:
    """Log likelihood ratio of ``many`` counts that sum to ``total``."""
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.maximum(total / (many * mean), 1.0) if theta is None else theta
        factor = np.where(many > 0, factor, 1.0)
        growth = total * np.log(factor)
    if alpha == 0:
        return np.asarray(growth - many * mean * (factor - 1))
    spread = np.log1p(alpha * mean * factor) - np.log1p(alpha * mean)
    return np.asarray(growth - (total + many / alpha) * spread)


def _usual(counts: Floats, first: int) -> Floats:
    past = counts[:, :first]
    known = (~np.isnan(past)).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known > 0, np.nansum(past, axis=1) / known, np.nan))


def _check(
    counts: Floats, first: int, alpha: float, limit: float, theta: float | None, shortest: int,
    longest: int,
) -> None:  # fmt: skip
    if counts.ndim != 2:
        raise BadInput(what=f"counts has {counts.ndim} dimensions; give (series, points)")
    if not 0 <= first <= counts.shape[1]:
        raise BadInput(what=f"first is {first}; use a point of the series")
    if not (0 <= alpha < np.inf and 0 < limit < np.inf):
        raise BadInput(what=f"alpha is {alpha}, limit {limit}; use alpha from 0, limit above 0")
    if theta is not None and not 1 < theta < np.inf:
        raise BadInput(what=f"theta is {theta}; use a factor above 1")
    if shortest < 1 or longest < -1:
        raise BadInput(
            what=f"shortest is {shortest}, longest {longest}; use 1 or more, and -1 or more"
        )
