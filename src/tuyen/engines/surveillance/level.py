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
    counts = np.asarray(counts, dtype=np.float64)
    series, length = counts.shape
    until = length if until is None else until
    there = ~np.isnan(counts)
    plain = np.where(there, counts, 0.0)
    first = slice(0, max(1, min(until, round(half_life))))
    mean = plain[:, first].sum(axis=1) / np.maximum(there[:, first].sum(axis=1), 1)
    keep = 0.5 ** (1 / half_life)
    at = np.empty((series, length + 1))  # at[:, t]: the level known before period t
    at[:, 0] = mean
    for t in range(length):
        gain = np.where(there[:, t], 1 - keep, 0.0)
        mean = mean + gain * (plain[:, t] - mean)
        at[:, t + 1] = mean
    at = np.maximum(at, 1e-6)
    size = np.empty((series, horizon))
    for h in range(1, horizon + 1):
        before, came = at[:, 1 : until - h + 1], plain[:, h:until]
        weight = there[:, h:until] * 0.5 ** (np.arange(came.shape[1])[::-1] / (_MEMORY * half_life))
        size[:, h - 1] = spread(came, before, weight)
    return Fitted(np.repeat(at[:, until:, None], horizon, axis=2), size)


def spread(came: Floats, mean: Floats, weight: Floats) -> Floats:
    """Size (s,) of the negative binomials with these means (s, n), by the moments of what came."""
    over = (weight * ((came - mean) ** 2 - mean)).sum(axis=1)
    square = (weight * mean**2).sum(axis=1)
    return np.asarray(1 / np.clip((over + 0.1) / (square + 0.5), 1e-4, 20))
