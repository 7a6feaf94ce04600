"""RKI's and the Bayesian detector: is a count high against the same weeks of a few years?"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.farrington_bounds import negative_binomial_quantile
from tuyen.engines.surveillance.farrington_control import Floats
from tuyen.kernel.refusal import BadInput


class SameWeeks(NamedTuple):
    """What n series were expected to count at m points, and which counts raise an alarm."""

    expected: Floats  # (n, m) mean of the baseline; NaN where it is not whole
    upperbound: Floats  # (n, m)
    alarm: NDArray[np.bool_]  # (n, m) count strictly above the bound
    judged: NDArray[np.bool_]  # (n, m) False: not enough data, so alarm says nothing


#: Upper 95 % limits of a Poisson mean after observing 0 ... 20 (Crow & Gardner, Biometrika 1959; 46:
#: 441-453).
POISSON_LIMITS = np.array([
    3.285, 5.323, 6.686, 8.102, 9.598, 11.177, 12.817, 13.765, 14.921, 16.768, 17.633, 19.05, 20.335,
    21.364, 22.945, 23.762, 25.4, 26.306, 27.735, 28.966, 30.017,
])  # fmt: skip


def rki(
    counts: Floats, *, b: int = 2, w: int = 4, own_year: bool = False, frequency: int = 52
) -> SameWeeks:
    """Judge every point of n series as the Robert Koch Institute did before 2013.

    The bound is mean + 2 standard deviations of the baseline where its mean is above 20, else the
    upper limit of a Poisson mean that was observed as the whole part of the mean.

    Parameters
    ----------
    counts : (n, m) float64
        NaN is a missing value, and left out of a baseline.
    b, w : int
        Years back, and points on either side of each anniversary.
    own_year : bool
        Count the ``w`` points just before as well (``actY``).

    Notes
    -----
    Source: the manual page of ``algo.rki`` in R's *surveillance*, whose answers this gives.
    """
    counts = np.asarray(counts, dtype=np.float64)
    many, total, spread = _sums(counts, b, w, own_year, frequency)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = total / np.where(many > 1, many, np.nan)
        sd = np.sqrt(spread / (many - 1))
    few = np.nan_to_num(np.minimum(mean, 20.0)).astype(np.int64)
    bound = np.where(mean > 20, mean + 2 * sd, POISSON_LIMITS[few])
    return _verdict(counts, mean, np.where(np.isnan(mean), np.nan, bound))


def bayes(
    counts: Floats, *, b: int = 0, w: int = 6, own_year: bool = True, alpha: float = 0.05,
    frequency: int = 52,
) -> SameWeeks:  # fmt: skip
    """Judge every point of n series by the Bayesian prediction from its baseline.

    Poisson counts with the prior of Jeffreys: after n counts that sum to S the next one is negative
    binomial with size S + 1/2 and probability n / (n + 1); the bound is its 1 - alpha quantile.

    Notes
    -----
    Sources: Riebler 2004 as described by Höhle, Comput Stat 2007; 22: 571-582; the manual page of
    ``algo.bayes`` in R's *surveillance*, whose answers this gives.
    """
    if not 0 < alpha < 1:
        raise BadInput(what=f"alpha is {alpha}; use a number between 0 and 1")
    counts = np.asarray(counts, dtype=np.float64)
    many, total, _ = _sums(counts, b, w, own_year, frequency)
    usable = many > 0
    n = np.where(usable, many, 1).astype(np.float64)
    # Size r and probability p as mean r (1 - p) / p and variance 1 / p times the mean.
    quantile = negative_binomial_quantile(
        ((total + 0.5) / n).ravel(), ((n + 1) / n).ravel(), alpha
    ).reshape(total.shape)
    bound = np.where(usable, quantile, np.nan)
    return _verdict(counts, np.where(usable, total / n, np.nan), bound)


def first_point(b: int, w: int, own_year: bool, frequency: int = 52) -> int:
    """The first point (from 0) with a whole baseline."""
    return max(b * frequency + w if b else 0, w if own_year else 0)


def _sums(
    counts: Floats, b: int, w: int, own_year: bool, frequency: int
) -> tuple[Floats, Floats, Floats]:
    """Of the baseline of every point: how many are known, their sum, their squared deviations."""
    if counts.ndim != 2:
        raise BadInput(what=f"counts has {counts.ndim} dimensions; give (series, points)")
    if b < 0 or w < 0 or (b == 0 and not (own_year and w > 0)):
        raise BadInput(what=f"b is {b} and w is {w}: no count is left to compare with")
    back = [year * frequency + step for year in range(1, b + 1) for step in range(-w, w + 1)]
    back += list(range(1, w + 1)) if own_year else []
    many, total, spread = np.zeros_like(counts), np.zeros_like(counts), np.zeros_like(counts)
    first = max(back)
    points = counts.shape[1] - first
    if points <= 0:
        return many, total, spread
    # One pass per point of the baseline: no (n, m, k) array is ever built.
    slices = [counts[:, first - lag : first - lag + points] for lag in back]
    for part in slices:
        many[:, first:] += ~np.isnan(part)
        total[:, first:] += np.nan_to_num(part)
    centre = total[:, first:] / np.maximum(many[:, first:], 1)
    for part in slices:
        spread[:, first:] += np.where(np.isnan(part), 0.0, np.square(part - centre))
    return many, total, spread


def _verdict(counts: Floats, mean: Floats, bound: Floats) -> SameWeeks:
    judged = ~(np.isnan(bound) | np.isnan(counts))
    return SameWeeks(mean, bound, judged & (counts > bound), judged)
