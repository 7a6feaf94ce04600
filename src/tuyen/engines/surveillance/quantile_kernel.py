"""Quantiles of counts and what they were worth, compiled: millions of them in a nation's forecast."""

import math

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.compiling import compiled

Floats = NDArray[np.float64]

_NOTHING = -700.0  # log of a probability of 0 from which nothing can be summed


@compiled()
def sum_up(
    mean: Floats, size: Floats, levels: Floats, reach: Floats, longest: float, answer: Floats
) -> NDArray[np.bool_]:
    """Write the quantiles (n, k) of negative binomials; True (n,) where the sum would be too long.

    ``reach`` (n,) is a count that surely lies above the top level; NaN leaves a row as it is. A level
    met to the last digit is met: rounding must not push the quantile one up.
    """
    long = np.zeros(len(mean), np.bool_)
    for n in range(len(mean)):
        if reach[n] != reach[n]:  # NaN
            continue
        mu, poisson = mean[n], math.isinf(size[n])
        zero = -mu if poisson else -size[n] * math.log1p(mu / size[n])
        if reach[n] > longest or zero < _NOTHING:
            long[n] = True
            continue
        # P(k) = P(k - 1) (share + rest / k): for Poisson the share is 0.
        share = 0.0 if poisson else mu / (size[n] + mu)
        rest = mu if poisson else share * (size[n] - 1.0)
        chance = math.exp(zero)
        below, count, most = chance, 0.0, 2.0 * max(reach[n], 8.0)
        for k in range(len(levels)):
            while below < levels[k] - 1e-12 and count < most:
                count += 1.0
                chance *= share + rest / count
                below += chance
            answer[n, k] = count
    return long


@compiled()
def member_scores(observed: Floats, members: Floats, levels: Floats) -> Floats:
    """Mean weighted interval scores (s, m) of members (s, m, n, k) for what came (s, n).

    As :func:`~tuyen.engines.surveillance.scores.wis`; what is NaN is left out, and nothing scores 0.
    """
    series, count, past, k = members.shape
    answer = np.zeros((series, count))
    for s in range(series):
        for m in range(count):
            total, known = 0.0, 0
            for n in range(past):
                came = observed[s, n]
                score = 0.0
                for place in range(k):
                    gap = came - members[s, m, n, place]
                    score += max(levels[place] * gap, (levels[place] - 1.0) * gap)
                if score == score:
                    total += 2.0 * score / k
                    known += 1
            answer[s, m] = total / max(known, 1)
    return answer


@compiled()
def transform_shares(observed: Floats, quantiles: Floats, levels: Floats) -> Floats:
    """Of s series, how many of n past forecasts (s, n, k) held less than each level, (s, k).

    What came lies, by the quantiles, in an interval of levels (that of
    :func:`~tuyen.engines.surveillance.scores.pit_of_quantiles`); a level within it counts by how far
    up it lies. NaN observations are left out.
    """
    series, past, k = quantiles.shape
    answer = np.zeros((series, k))
    for s in range(series):
        for n in range(past):
            came = observed[s, n]
            if came != came:  # NaN
                continue
            below, upto = 0, 0
            for place in range(k):
                below += quantiles[s, n, place] < came
                upto += quantiles[s, n, place] <= came
            low = 0.0 if below == 0 else levels[below - 1]
            high = 1.0 if upto == k else levels[upto]
            for place in range(k):
                answer[s, place] += min(max((levels[place] - low) / (high - low), 0.0), 1.0)
    return answer


@compiled()
def move_levels(below: Floats, levels: Floats, quantiles: Floats) -> Floats:
    """Quantiles (s, h, k) at corrected levels: whole, 0 or more, not falling.

    ``below`` (s, k) is the share of outcomes found below each level; a level is read where that share
    is the level itself, by straight lines through (0, 0) and (1, 1), and held at the outer levels.
    """
    series, horizon, k = quantiles.shape
    answer = np.empty_like(quantiles)
    edge, stated, level = np.empty(k + 2), np.empty(k + 2), np.empty(k)
    edge[0], stated[0], edge[k + 1], stated[k + 1] = 0.0, 0.0, 1.0, 1.0
    stated[1 : k + 1] = levels
    for s in range(series):
        for place in range(k):
            edge[place + 1] = max(edge[place], below[s, place])
        level[:] = np.interp(levels, edge, stated)
        for h in range(horizon):
            at = np.interp(level, levels, quantiles[s, h])
            highest = 0.0
            for place in range(k):
                highest = max(highest, np.rint(max(at[place], 0.0)))
                answer[s, h, place] = highest
    return answer
