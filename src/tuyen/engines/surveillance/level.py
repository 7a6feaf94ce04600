"""Counts round a level that is slowly forgotten: for series too sparse to be regressed."""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.autoregression import Fitted

Floats = NDArray[np.float64]

_MEMORY = 8.0  # half-lives of the level after which an error counts half in the dispersion


def level(counts: Floats, horizon: int, half_life: float, *, until: int | None = None) -> Fitted:
    """Predict negative binomial counts round an exponentially weighted mean.

    The mean is the same for every horizon; the dispersion of each is taken from past errors at
    that horizon, by moments. A missing count changes nothing. The level begins at the mean of the
    first ``half_life`` periods.

    Parameters
    ----------
    counts : (s, m) float64
    horizon : int
    half_life : float
        Periods after which a count weighs half.
    until : int, optional
        As in :func:`~tuyen.engines.surveillance.autoregression.autoregression`: predictions for
        origins ``until`` ... m, the dispersion from errors known by ``until``.

    Notes
    -----
    O(s m). Source: Brown's simple exponential smoothing (Hyndman et al., Forecasting with
    Exponential Smoothing, 2008) with the spread of a gamma-Poisson count.

    Examples
    --------
    >>> found = level(np.array([[2.0, 0, 1, 2, 0, 1, 2, 0]]), 1, 4.0)
    >>> found.mean.round(2)
    array([[[1.01]]])
    """
    last = counts.shape[1] if until is None else until
    return levels(counts, horizon, half_life, untils=[last])[0]


def levels(counts: Floats, horizon: int, half_life: float, *, untils: list[int]) -> list[Fitted]:
    """As :func:`level`, once for each of ``untils``, a rising list; the level is walked once.

    Predictions of each begin at its own ``until`` and end where the next begins, the last at m.
    """
    from tuyen.engines.surveillance.forecast_kernel import level_each  # compiles: only when needed

    counts = np.ascontiguousarray(counts, dtype=np.float64)
    series, length = counts.shape
    at = np.empty((series, length + 1))  # at[:, t]: the level known before period t
    over, square = np.zeros((2, len(untils), series, horizon))
    first = max(1, min(untils[0], round(half_life)))
    keep, decay = 0.5 ** (1 / half_life), 0.5 ** (1 / (_MEMORY * half_life))
    level_each(counts, first, keep, decay, np.array(untils, dtype=np.int64), at, over, square)
    return [
        Fitted(np.repeat(at[:, until:end, None], horizon, axis=2), _size(over[n], square[n]))
        for n, (until, end) in enumerate(zip(untils, [*untils[1:], length + 1], strict=True))
    ]


def spread(came: Floats, mean: Floats, weight: Floats) -> Floats:
    """Size (s,) of the negative binomials with these means (s, n), by the moments of what came."""
    over = (weight * ((came - mean) ** 2 - mean)).sum(axis=1)
    square = (weight * mean**2).sum(axis=1)
    return _size(over, square)


def _size(over: Floats, square: Floats) -> Floats:
    return np.asarray(1 / np.clip((over + 0.1) / (square + 0.5), 1e-4, 20))
