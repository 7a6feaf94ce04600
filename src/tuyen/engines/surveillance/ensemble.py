"""Several forecasts made into one, by what each was worth; and levels that keep their promise."""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.scores import pit_of_quantiles, wis

Floats = NDArray[np.float64]

_SHARPNESS = 12.0  # a member whose past score is 6 % worse weighs about half
_FLOOR = 0.02  # of a score per forecast: two members that never missed weigh the same
_ALL = 400.0  # past forecasts of all series that weigh as much as one series' own
_NONE = 60.0  # past forecasts worth of belief that the levels are right


def weights(observed: Floats, members: Floats, levels: Floats) -> Floats:
    """Weight (s, m) of each of m members, from the weighted interval scores of n past forecasts.

    Proportional to a power of the mean score: scale-free, so that a series of ten thousand cases
    and one of three choose alike. Without a past all members weigh the same.

    Parameters
    ----------
    observed : (s, n) float64
        What came; NaN is left out.
    members : (s, m, n, k) float64
        Their past quantiles, made without knowing what came.
    """
    series, count, past, k = members.shape
    each = np.repeat(observed[:, None], count, axis=1).reshape(-1)
    score = wis(each, members.reshape(-1, k), levels).reshape(series, count, past)
    known = ~np.isnan(score)
    mean = np.where(known, score, 0.0).sum(axis=2) / np.maximum(known.sum(axis=2), 1) + _FLOOR
    power = (mean / mean.min(axis=1, keepdims=True)) ** -_SHARPNESS
    return power / power.sum(axis=1, keepdims=True)


def combined(members: Floats, weight: Floats) -> Floats:
    """Quantiles (s, n, k) averaged over members (s, m, n, k), rounded to whole counts."""
    return np.round(np.einsum("smnk,sm->snk", members, weight))


def recalibrated(quantiles: Floats, levels: Floats, observed: Floats, past: Floats) -> Floats:
    """Move the levels of forecasts so that past ones would have held their share.

    The transforms of n past forecasts say how often what came lay below each level. A new level is
    the one below which that share of them lay: split conformal prediction on the transform, each
    series leaning on all others and on the levels as stated until it has a past of its own.

    Parameters
    ----------
    quantiles : (s, h, k) float64
        To be corrected.
    observed, past : (s, n), (s, n, k) float64
        What came, and the quantiles forecast then; NaN observations are left out.

    Notes
    -----
    Source: Chernozhukov, Wüthrich and Zhu, PNAS 2021; 118: e2107794118 (distributional conformal
    prediction); randomised transforms of counts enter by their expectation.
    """
    series, n, k = past.shape
    low, high = pit_of_quantiles(observed.reshape(-1), past.reshape(-1, k), levels)
    with np.errstate(invalid="ignore", divide="ignore"):
        part = (levels - low[:, None]) / (high - low)[:, None]
    part = np.clip(part, 0, 1).reshape(series, n, k)
    known = ~np.isnan(observed)
    own = np.where(known[..., None], part, 0.0).sum(axis=1)  # (s, k)
    pooled = own.sum(axis=0)
    everyone = float(known.sum())
    lean = min(_ALL, everyone) / max(everyone, 1.0)
    below = own + lean * pooled + _NONE * levels
    below /= (known.sum(axis=1) + lean * everyone + _NONE)[:, None]
    answer = np.empty_like(quantiles)
    for row in range(series):
        edge = np.concatenate([[0.0], np.maximum.accumulate(below[row]), [1.0]])
        level = np.interp(levels, edge, np.concatenate([[0.0], levels, [1.0]]))
        for h in range(quantiles.shape[1]):
            answer[row, h] = np.interp(level, levels, quantiles[row, h])
    return np.maximum.accumulate(np.round(np.maximum(answer, 0)), axis=2)
