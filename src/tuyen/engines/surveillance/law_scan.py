"""The mean-and-SD rule of the law along whole series, as a detector."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.law import Bools, Floats, Limits, baseline
from tuyen.kernel.refusal import BadInput


class Scan(NamedTuple):
    """What n series were expected to count at m points, and which counts raise an alarm."""

    expected: Floats  # (n, m) mean of the usable years; NaN where too few
    sd: Floats  # (n, m)
    upperbound: Floats  # (n, m) mean + k SD; NaN where too few
    alarm: Bools  # (n, m) count above the bound, and at least the floor
    judged: Bools  # (n, m) False: not enough data, so alarm says nothing
    years: NDArray[np.int64]  # (n, m) usable years


def law_scan(
    counts: Floats, earlier: NDArray[np.int64], limits: Limits, *, k: float, floor: float = 0.0
) -> Scan:
    """Judge every point of n series against the same week or month of earlier years.

    Parameters
    ----------
    counts : (n, m) float64
        NaN is a missing value.
    earlier : (m, years) int64
        Where the same period of each earlier year stands (see :mod:`same_period`); -1: nowhere.
    k : float
        Standard deviations above the mean: 1 is AL-B1 on weeks, 2 is EP-B1 on months.
    floor : float
        Fewer cases than this never raise an alarm; the bound shown is then at least floor - 1.

    Notes
    -----
    Source: Circular 15/2026/TT-BYT, Articles 16 and 22. O(n·m·years).
    """
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 2 or earlier.shape[0] != counts.shape[1]:
        raise BadInput(what="earlier must have one row per point of counts (series, points)")
    if not 0 <= k < np.inf:
        raise BadInput(what=f"k is {k}; use 0 or more standard deviations")
    history = np.where(earlier >= 0, counts[:, earlier], np.nan)
    past = baseline(history, limits)
    enough = past.years >= limits.min_years
    mean = np.where(enough, past.mean, np.nan)
    bound = np.where(enough, np.maximum(past.mean + k * past.sd, floor - 1), np.nan)
    judged = ~(np.isnan(bound) | np.isnan(counts))
    return Scan(mean, past.sd, bound, judged & (counts > bound), judged, past.years)
