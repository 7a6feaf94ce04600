"""Scores for one forecast in plain Python, from their definitions: the judge of :mod:`scores`."""

import math
from collections.abc import Sequence


def interval_score_one(
    observed: float, quantiles: Sequence[float], levels: Sequence[float]
) -> float:
    """The weighted interval score from its intervals: levels in pairs round a median.

    (|y - m| / 2 + sum over intervals of alpha / 2 * (width + 2 / alpha * miss)) / (K + 1 / 2).
    """
    pairs = len(levels) // 2
    total = 0.5 * abs(observed - quantiles[pairs])
    for k in range(pairs):
        low, high, alpha = quantiles[k], quantiles[-1 - k], 2 * levels[k]
        miss = max(low - observed, 0) + max(observed - high, 0)
        total += alpha / 2 * (high - low + 2 / alpha * miss)
    return total / (pairs + 0.5)


def crps_sample_one(observed: float, sample: Sequence[float]) -> float:
    """Mean |x - y| less half the mean distance of two draws, every pair written out."""
    size = len(sample)
    near = sum(abs(x - observed) for x in sample) / size
    apart = sum(abs(a - b) for a in sample for b in sample)
    return near - apart / (2 * size**2)


def nb_pmf_one(count: int, mean: float, size: float) -> float:
    """P(Y = count) by the factors of the definition."""
    if count < 0:
        return 0.0
    if math.isinf(size):
        return math.exp(count * math.log(mean) - mean - math.lgamma(count + 1))
    share = size / (size + mean)
    ways = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1)
    return math.exp(ways + size * math.log(share) + count * math.log1p(-share))


def nb_crps_one(observed: int, mean: float, size: float, last: int = 5_000) -> float:
    """The sum of (F(k) - 1{k >= y})^2 over k = 0 ... last."""
    total = below = 0.0
    for k in range(last):
        below += nb_pmf_one(k, mean, size)
        total += (below - (k >= observed)) ** 2
    return total
