"""The forecast every other has to beat: tomorrow is like today, give or take past steps."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NEAR = 24  # steps up to this long are convolved directly, longer ones by their transforms


def walk_quantiles(counts: Floats, horizon: int, levels: Floats) -> Floats:
    """Return quantiles (horizon, k) of a walk from the last count of one series.

    The median is the last count; a step is a past difference of neighbours or its opposite, each
    equally likely; h periods ahead are h independent steps. Their distribution is exact: that of
    one step, convolved h times over whole numbers. Quantiles below 0 are 0.

    Parameters
    ----------
    counts : (m,) float64
        Whole counts, oldest first; NaN is missing, and a step over a gap is no step.

    Notes
    -----
    The baseline of forecast hubs (Cramer et al., PNAS 2022; 119: e2113561119), without its draws.
    O(h * r log r) with r the largest step.

    Examples
    --------
    >>> walk_quantiles(np.array([3.0, 4, 4, 6]), 1, np.array([0.1, 0.5, 0.9]))
    array([[4., 6., 8.]])
    """
    known = counts[~np.isnan(counts)]
    if known.size == 0:
        return np.full((horizon, len(levels)), np.nan)
    steps = np.diff(counts)
    steps = steps[~np.isnan(steps)].astype(np.int64)
    far = int(np.abs(steps).max(initial=0))
    one = np.ones(1)
    if steps.size:
        both = np.concatenate([steps, -steps]) + far
        one = np.bincount(both, minlength=2 * far + 1) / both.size
    answer = np.empty((horizon, len(levels)))
    reach = np.ones(1)
    for h in range(horizon):
        size = reach.size + one.size - 1
        length = 1 << (size - 1).bit_length()
        reach = np.fft.irfft(np.fft.rfft(reach, length) * np.fft.rfft(one, length), length)[:size]
        below = np.cumsum(np.maximum(reach, 0))
        at = np.searchsorted(below / below[-1], levels - 1e-9)
        answer[h] = np.maximum(known[-1] + at - (size - 1) // 2, 0)
    return answer


def walks(counts: Floats, origins: NDArray[np.int64], horizon: int, levels: Floats) -> Floats:
    """The same (s, o, horizon, k) of many series (s, m), as they would stand at each origin.

    Origin o knows the first o periods.
    """
    from tuyen.engines.surveillance.forecast_kernel import walk_each  # compiles: only when needed

    counts = np.ascontiguousarray(counts, dtype=np.float64)
    answer = walk_each(counts, origins, horizon, levels, _NEAR)
    for row, place in np.argwhere(np.isnan(answer[:, :, 0, 0])):
        answer[row, place] = walk_quantiles(counts[row, : origins[place]], horizon, levels)
    return answer
