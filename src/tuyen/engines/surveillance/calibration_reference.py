"""Evidence, chances and choices one at a time, in plain Python: slow, obvious, and the judge."""

import math
from collections.abc import Sequence

from scipy import stats


def log_odds_one(
    recent: Sequence[float], mean: float, variance: float, sizes: Sequence[float],
    course: Sequence[float], begins: float,
) -> float:  # fmt: skip
    """Log odds that an outbreak has cases in this week; ``recent`` has this week first.

    Every history is written out: when it began, how large it is, and whether this week's cases are
    all usual ones.
    """
    hit, rest = 0.0, 1.0
    for size in sizes:
        for start in range(len(recent)):
            ratio = 1.0
            for back in range(start + 1):
                more = size * course[start - back]
                ratio *= _probability(recent[back], mean + more, variance + more)
                ratio /= _probability(recent[back], mean, variance)
            more = size * course[start]
            none = (mean / (mean + more)) ** recent[0]
            hit += begins / len(sizes) * ratio * (1 - none)
            rest += begins / len(sizes) * ratio * none
    return math.log(hit + 1e-12) - math.log(rest)


def _probability(y: float, mean: float, variance: float) -> float:
    if variance <= mean * (1 + 1e-6):
        return float(stats.poisson.pmf(y, mean))
    return float(stats.nbinom.pmf(y, mean * mean / (variance - mean), mean / variance))


def false_share_one(chances: Sequence[float], q: float) -> list[bool]:
    """The rows of one week that ring: add the likeliest while the mean of 1 - chance allows it."""
    rings, total = [False] * len(chances), 0.0
    for taken, row in enumerate(
        sorted(range(len(chances)), key=lambda row: -chances[row]), start=1
    ):
        total += 1 - chances[row]
        if total / taken > q * (1 + 1e-12):  # a share that is q but for rounding is q
            break
        rings[row] = True
    return rings


def conformal_one(score: float, past: Sequence[float], weights: Sequence[float]) -> float:
    """The share of the past that scores as high, this row being one of them."""
    above = sum(w for s, w in zip(past, weights, strict=True) if s >= score)
    return (1 + above) / (1 + sum(weights))


def minus_log_likelihood(
    odds: Sequence[float], told: Sequence[bool], shares: Sequence[float]
) -> float:
    """Of rows with these log odds, of which the told are told by chance; without any penalty."""
    total = 0.0
    for line, known, share in zip(odds, told, shares, strict=True):
        outbreak = 1 / (1 + math.exp(-line))
        total -= math.log(share * outbreak if known else 1 - share * outbreak)
    return total
