"""Forecasts as draws and as quantiles: from one form to the other."""

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]


def draws(quantiles: Floats, levels: Floats, number: int, rng: np.random.Generator) -> Floats:
    """``number`` whole counts (n, number) from each of n forecasts (n, k) at rising levels (k,).

    Levels are drawn one from each of ``number`` equal parts of (0, 1), so that few draws already
    hold the shape; forecasts are drawn independently. Between two levels counts lie evenly; beyond
    the last one they fall off as an exponential that goes on as the last two levels fell.

    Examples
    --------
    >>> some = draws(np.array([[0.0, 2, 9]]), np.array([0.1, 0.5, 0.9]), 9, np.random.default_rng(1))
    >>> some.shape, np.median(some).item()
    ((1, 9), 2.0)
    """
    if number < 1:
        raise BadInput(what=f"number is {number}; draw 1 or more")
    n = len(quantiles)
    place = (np.arange(number) + rng.random((n, number))) / number
    answer = np.empty((n, number))
    for row in range(n):
        answer[row] = np.interp(place[row], levels, quantiles[row])
    if len(levels) > 1:
        rest, before = 1 - levels[-1], 1 - levels[-2]
        beyond = np.log(rest / np.maximum(1 - place, 1e-12)) / np.log(before / rest)
        last = quantiles[:, -1:] - quantiles[:, -2:-1]
        answer += np.where(place > levels[-1], last * beyond, 0.0)
    return rng.permuted(np.round(np.maximum(answer, 0)), axis=1)


def quantiles_of(samples: Floats, levels: Floats) -> Floats:
    """Quantiles (n, k) of n samples (n, d): the smallest draw that so many do not exceed."""
    if not len(levels) or samples.ndim != 2 or samples.shape[1] == 0:
        raise BadInput(what=f"samples have shape {samples.shape}; give (forecasts, draws)")
    return np.quantile(samples, levels, axis=1, method="inverted_cdf").T
