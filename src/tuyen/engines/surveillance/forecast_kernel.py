"""The loops of the simple forecasts, compiled: levels, walks and what they were worth."""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.compiling import compiled

Floats = NDArray[np.float64]


@compiled()
def level_each(
    counts: Floats, first: int, keep: float, decay: float, untils: NDArray[np.int64], at: Floats,
    over: Floats, square: Floats,
) -> None:  # fmt: skip
    """Levels at (s, m + 1) before each period of counts (s, m), and moments of their errors.

    ``over`` and ``square`` (u, s, h) are, as of each of ``untils``, the sums of squared errors beyond
    the mean and of squared means, h + 1 periods ahead, a period's weight falling by ``decay``.
    """
    series, length = counts.shape
    horizon = over.shape[2]
    above, squares = np.empty(horizon), np.empty(horizon)
    for s in range(series):
        mean, known = 0.0, 0
        for t in range(min(first, length)):
            if counts[s, t] == counts[s, t]:
                mean += counts[s, t]
                known += 1
        mean /= max(known, 1)
        above[:], squares[:] = 0.0, 0.0
        at[s, 0] = max(mean, 1e-6)
        place = 0
        for t in range(length):
            count = counts[s, t]
            there = count == count
            for h in range(horizon):
                if t > h:
                    before = at[s, t - h]
                    error = (count - before) * (count - before) - before
                    above[h] = above[h] * decay + (error if there else 0.0)
                    squares[h] = squares[h] * decay + (before * before if there else 0.0)
            if there:
                mean += (1 - keep) * (count - mean)
            at[s, t + 1] = max(mean, 1e-6)
            while place < len(untils) and untils[place] == t + 1:
                over[place, s], square[place, s] = above, squares
                place += 1


@compiled()
def _walk(one: Floats, far: int, horizon: int, last: float, levels: Floats, answer: Floats) -> None:
    """Quantiles (horizon, k) of 1 ... horizon steps from ``last``; one (2 far + 1,) is one step.

    A step and its opposite are equally likely: only distances from 0 up are worked out, then mirrored.
    """
    middle = horizon * far
    before, after = np.zeros(2 * middle + 1), np.zeros(2 * middle + 1)
    before[middle] = 1.0
    for h in range(horizon):
        reach = (h + 1) * far
        up = after[middle : middle + reach + 1]
        up[:] = 0.0
        for step in range(-far, far + 1):
            chance = one[far + step]
            if chance == 0.0:
                continue
            # Nothing lies beyond h * far yet, so that what would come from there is left out.
            high = min(reach, h * far + step) + 1
            if high > 0:
                came = before[middle - step : middle - step + high]
                for at in range(high):
                    up[at] += came[at] * chance
        for at in range(1, reach + 1):
            after[middle - at] = up[at]
        first = middle - reach
        below, place = after[first], first
        for k in range(len(levels)):
            while below < levels[k] - 1e-9 and place < 2 * middle:
                place += 1
                below += after[place]
            answer[h, k] = max(last + place - middle, 0.0)
        before, after = after, before


@compiled()
def walk_each(
    counts: Floats, origins: NDArray[np.int64], horizon: int, levels: Floats, near: int
) -> Floats:
    """Quantiles (s, o, horizon, k) of walks from each origin; NaN: no count, or a step too long.

    ``origins`` rise. Steps of up to ``near`` are convolved directly, whole counts of all series one
    after another.
    """
    series = len(counts)
    answer = np.full((series, len(origins), horizon, len(levels)), np.nan)
    seen = np.empty(near + 1)  # how many steps, up or down, were so long
    for s in range(series):
        seen[:] = 0.0
        far, steps, last, t = 0, 0, -1.0, 0
        for o in range(len(origins)):
            while t < origins[o]:
                if counts[s, t] == counts[s, t]:
                    last = counts[s, t]
                    if t > 0 and counts[s, t - 1] == counts[s, t - 1]:
                        step = int(abs(counts[s, t] - counts[s, t - 1]))
                        far = max(far, step)
                        steps += 1
                        seen[min(step, near)] += 1.0
                t += 1
            if last < 0 or far > near:
                continue
            one = np.zeros(2 * far + 1)
            for step in range(far + 1):
                share = 0.5 * seen[step] / max(steps, 1)
                one[far + step] += share
                one[far - step] += share
            if steps == 0:
                one[far] = 1.0
            _walk(one, far, horizon, last, levels, answer[s, o])
    return answer
