"""Quantiles of negative binomial counts, many at once."""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.scores import nb_cdf

Floats = NDArray[np.float64]

_LONGEST = 4096.0  # counts summed one by one; beyond, the quantile is searched


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
    Small counts are summed from 0 by the recurrence of their probabilities, compiled; where the mean
    is large, or nothing left of the probability of 0, by bisection on the distribution function.

    Examples
    --------
    >>> nb_quantiles(np.array([0.5, 4.0]), np.array([np.inf, 1.0]), np.array([0.05, 0.5, 0.95]))
    array([[ 0.,  0.,  2.],
           [ 0.,  3., 13.]])
    """
    mean = np.ascontiguousarray(mean, dtype=np.float64)
    size = np.broadcast_to(np.asarray(size, dtype=np.float64), mean.shape)
    answer = np.full((mean.size, len(levels)), np.nan)
    top = float(levels[-1])
    with np.errstate(invalid="ignore"):
        # Chebyshev from above, never sharp, always enough for the top level but in far tails.
        reach = mean + np.sqrt((mean + mean**2 / size) * top / (1 - top)) + 2
    from tuyen.engines.surveillance.quantile_kernel import sum_up  # compiles: only when needed

    long = sum_up(mean, np.ascontiguousarray(size), np.asarray(levels), reach, _LONGEST, answer)
    rows = np.flatnonzero(long)
    if rows.size:
        answer[rows] = _searched(mean[rows], size[rows], levels, reach[rows])
    return answer


def _searched(mean: Floats, size: Floats, levels: Floats, reach: Floats) -> Floats:
    low = np.full((mean.size, len(levels)), -1.0)
    high = np.repeat(np.ceil(reach)[:, None], len(levels), axis=1)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        met = nb_cdf(middle, mean[:, None], size[:, None]) >= levels[None, :] - 1e-12
        high = np.where(met, middle, high)
        low = np.where(met, low, middle)
    return high
