"""Early Aberration Reporting System: is a count high against the points just before it?"""

from statistics import NormalDist
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from tuyen.kernel.refusal import BadInput

Method = Literal["C1", "C2", "C3"]
Floats = NDArray[np.float64]

#: Risk of a false alarm per point, as in R's ``earsC``.
ALPHA: dict[str, float] = {"C1": 0.001, "C2": 0.001, "C3": 0.025}
#: Points between the baseline and the point judged.
LAG: dict[str, int] = {"C1": 0, "C2": 2, "C3": 2}
SHORTEST_BASELINE = 3


class Ears(NamedTuple):
    """What was expected of n series at m points, and which counts raise an alarm."""

    expected: Floats  # (n, m) mean of the baseline; NaN where it holds a missing value
    sd: Floats  # (n, m) sample standard deviation of the baseline, at least min_sigma
    upperbound: Floats  # (n, m); NaN where it cannot be computed
    alarm: NDArray[np.bool_]  # (n, m) count strictly above the bound
    judged: NDArray[np.bool_]  # (n, m) False: not enough data, so alarm says nothing


def first_point(method: Method, baseline: int = 7) -> int:
    """Index (from 0) of the first point with a whole baseline: R's default range begins here."""
    return baseline + LAG[method] + (2 if method == "C3" else 0)


def ears(
    counts: Floats,
    method: Method = "C1",
    *,
    baseline: int = 7,
    min_sigma: float = 0.0,
    alpha: float | Floats | None = None,
) -> Ears:
    """Judge every point of n series by EARS C1, C2 or C3, as R's ``surveillance::earsC`` does.

    With m and s the mean and sample standard deviation of the ``baseline`` points that end 1 (C1)
    or 3 (C2, C3) points before t, and z the upper ``alpha`` quantile of the normal distribution:

    - C1, C2: bound = m + z s;
    - C3: bound = max(0, y[t] + s (z - e[t-1] - e[t-2])), e = max(0, (y - m) / s - 1) of C2. R
      builds the bound on the count itself, so an alarm says that the excesses of the *two previous*
      points exceed z. A baseline without variance (and min_sigma 0) makes e infinite or undefined:
      where it is undefined there is no bound and no alarm.

    Parameters
    ----------
    counts : (n, m) float64
        Evenly spaced counts, oldest first; NaN is a missing value.
    baseline : int
        Points in the baseline, at least 3.
    min_sigma : float
        The standard deviation is never taken below this.
    alpha : float or (n,) float64, optional
        0 < alpha < 1, for all series or for each. Default 0.001 for C1 and C2, 0.025 for C3.

    Returns
    -------
    Ears
        Points before :func:`first_point` are not judged. O(n·m·baseline).

    Raises
    ------
    BadInput
        If an argument is out of its range.

    Notes
    -----
    Sources: Hutwagner et al., J Urban Health 2003; 80 (suppl 1): i89-i96, and the manual page of
    ``earsC`` in R's *surveillance* 1.20.3, whose answers this reproduces.

    Examples
    --------
    >>> week = ears(np.array([[3.0, 4, 3, 5, 4, 3, 4, 12]]), "C1")
    >>> week.upperbound[0, 7].round(2), week.alarm[0, 7]
    (np.float64(6.05), np.True_)
    """
    counts = np.asarray(counts, dtype=np.float64)
    _check(counts, method, baseline, min_sigma, alpha)
    upper = NormalDist().inv_cdf
    levels = np.ravel(ALPHA[method] if alpha is None else alpha)
    quantile = np.array([upper(1 - level) for level in levels.tolist()])[:, None]  # (n or 1, 1)

    mean, sd = _baseline(counts, LAG[method], baseline)
    sd = np.maximum(sd, min_sigma)  # np.maximum keeps NaN
    with np.errstate(invalid="ignore", divide="ignore"):
        if method == "C3":
            excess = np.maximum(0.0, (counts - mean) / sd - 1.0)
            bound = np.full_like(counts, np.nan)
            past = excess[:, 1:-1] + excess[:, :-2]
            bound[:, 2:] = np.maximum(0.0, counts[:, 2:] + sd[:, 2:] * (quantile - past))
        else:
            bound = mean + quantile * sd
    judged = ~(np.isnan(bound) | np.isnan(counts))
    return Ears(mean, sd, bound, judged & (counts > bound), judged)


def pvalues(
    counts: Floats, method: Method = "C1", *, baseline: int = 7, min_sigma: float = 0.0
) -> Floats:
    """The level (n, m) at and below which each point of :func:`ears` stops ringing.

    A point above 0 is an alarm at ``alpha`` where its value is below ``alpha``; NaN where it is not
    judged. A baseline without variance gives 0 or 1. O(n·m·baseline).
    """
    counts = np.asarray(counts, dtype=np.float64)
    _check(counts, method, baseline, min_sigma, None)
    mean, sd = _baseline(counts, LAG[method], baseline)
    sd = np.maximum(sd, min_sigma)
    with np.errstate(invalid="ignore", divide="ignore"):
        above = (counts - mean) / sd
        if method == "C3":
            excess = np.maximum(0.0, above - 1.0)
            above = np.full_like(counts, np.nan)
            above[:, 2:] = excess[:, 1:-1] + excess[:, :-2]
    above[np.isnan(counts)] = np.nan
    return np.asarray(ndtr(-above))


def _baseline(counts: Floats, lag: int, length: int) -> tuple[Floats, Floats]:
    """Mean and sample sd of the ``length`` points that end ``lag + 1`` points before each point."""
    mean, sd = np.full_like(counts, np.nan), np.full_like(counts, np.nan)
    points = counts.shape[1] - lag - length
    if points <= 0:
        return mean, sd
    # One pass over the series per baseline point: no (n, m, length) array is ever built.
    slices = [counts[:, k : k + points] for k in range(length)]
    total = np.add.reduce(slices)
    centre = total / length
    spread = np.zeros_like(centre)
    for part in slices:
        spread += np.square(part - centre)
    mean[:, lag + length :] = centre
    sd[:, lag + length :] = np.sqrt(spread / (length - 1))
    return mean, sd


def _check(
    counts: Floats, method: str, baseline: int, min_sigma: float, alpha: float | Floats | None
) -> None:
    if method not in LAG:
        raise BadInput(what=f"method is {method!r}; use C1, C2 or C3")
    if counts.ndim != 2:
        raise BadInput(what=f"counts has {counts.ndim} dimensions; give (series, points)")
    if baseline < SHORTEST_BASELINE:
        raise BadInput(what=f"baseline is {baseline}; use at least {SHORTEST_BASELINE} points")
    if not 0 <= min_sigma < np.inf:
        raise BadInput(what=f"min_sigma is {min_sigma}; use 0 or more")
    levels = np.ravel(0.5 if alpha is None else alpha)
    if not ((levels > 0) & (levels < 1)).all():
        raise BadInput(what=f"alpha is {alpha}; use a number between 0 and 1")
    if levels.size not in (1, counts.shape[0]):
        raise BadInput(what=f"alpha has {levels.size} levels for {counts.shape[0]} series")
