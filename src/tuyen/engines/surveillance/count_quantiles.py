"""Quantiles of negative binomial counts, many at once."""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.scores import nb_cdf

Floats = NDArray[np.float64]

_LONGEST = 4096  # counts written out one by one; beyond, the quantile is searched
_CELLS = 4_000_000  # at once


def nb_quantiles(mean: Floats, size: Floats, levels: Floats) -> Floats:
    """Return the smallest counts whose cumulative probability reaches each level.

    Parameters
    ----------
    mean : (n,) float64
        0 or more; NaN gives NaN.
    size : (n,) float64
        Variance is mean + mean^2 / size; infinite is Poisson.
    levels : (k,) float64
        Rising, within (0, 1).

    Returns
    -------
    (n, k) float64
        Whole numbers.

    Notes
    -----
    Small counts are summed from 0 by the recurrence of their probabilities, all rows of like
    length together; large ones are found by bisection on the distribution function.

    Examples
    --------
    >>> nb_quantiles(np.array([0.5, 4.0]), np.array([np.inf, 1.0]), np.array([0.05, 0.5, 0.95]))
    array([[ 0.,  0.,  2.],
           [ 0.,  3., 13.]])
    """
    mean = np.asarray(mean, dtype=np.float64)
    size = np.broadcast_to(np.asarray(size, dtype=np.float64), mean.shape)
    answer = np.full((mean.size, len(levels)), np.nan)
    top = float(levels[-1])
    with np.errstate(invalid="ignore"):
        # Chebyshev from above, never sharp, always enough for the top level but in far tails.
        reach = mean + np.sqrt((mean + mean**2 / size) * top / (1 - top)) + 2
    length = np.where(np.isnan(reach), 0, 2 ** np.ceil(np.log2(np.maximum(reach, 8))))
    for long in np.unique(length[length > 0]):
        rows = np.flatnonzero(length == long)
        if long > _LONGEST:
            answer[rows] = _searched(mean[rows], size[rows], levels, reach[rows])
            continue
        step = max(1, int(_CELLS // long))
        for start in range(0, rows.size, step):
            part = rows[start : start + step]
            answer[part] = _summed(mean[part], size[part], levels, int(long))
    return answer


def _summed(mean: Floats, size: Floats, levels: Floats, length: int) -> Floats:
    k = np.arange(1, length, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        zero = np.where(np.isinf(size), -mean, -size * np.log1p(mean / size))
        grow = np.where(
            np.isinf(size)[:, None], mean[:, None] / k,
            (1 - 1 / (1 + mean / size))[:, None] * (1 + (size[:, None] - 1) / k),
        )  # fmt: skip
        logs = np.cumsum(np.log(np.maximum(grow, 1e-300)), axis=1) + zero[:, None]
    below = np.empty((mean.size, length))
    below[:, 0] = np.exp(zero)
    np.exp(logs, out=below[:, 1:])
    np.cumsum(below, axis=1, out=below)
    # A level met to the last digit is met: rounding must not push the quantile one up.
    return np.stack([(below < level - 1e-12).sum(axis=1) for level in levels], axis=1).astype(float)


def _searched(mean: Floats, size: Floats, levels: Floats, reach: Floats) -> Floats:
    low = np.full((mean.size, len(levels)), -1.0)
    high = np.repeat(np.ceil(reach)[:, None], len(levels), axis=1)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        met = nb_cdf(middle, mean[:, None], size[:, None]) >= levels[None, :] - 1e-12
        high = np.where(met, middle, high)
        low = np.where(met, low, middle)
    return high
