"""Several forecasts made into one, by what each was worth; and levels that keep their promise."""

import numpy as np
from numpy.typing import NDArray

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
    from tuyen.engines.surveillance.quantile_kernel import (
        member_scores,  # compiles: only when needed
    )

    mean = _FLOOR + member_scores(*(np.ascontiguousarray(p) for p in (observed, members, levels)))
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
    from tuyen.engines.surveillance.quantile_kernel import (  # compiles: only when needed
        move_levels,
        transform_shares,
    )

    levels = np.asarray(levels)
    own = transform_shares(np.ascontiguousarray(observed), np.ascontiguousarray(past), levels)
    known = ~np.isnan(observed)
    pooled = own.sum(axis=0)
    everyone = float(known.sum())
    lean = min(_ALL, everyone) / max(everyone, 1.0)
    below = own + lean * pooled + _NONE * levels
    below /= (known.sum(axis=1) + lean * everyone + _NONE)[:, None]
    return np.asarray(move_levels(below, levels, np.ascontiguousarray(quantiles)))
