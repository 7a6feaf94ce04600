"""CUSUM, GLR, RKI and Bayes for one series in plain Python: slow, obvious, and the judge.

See :mod:`cusum`, :mod:`glr` and :mod:`same_weeks` for the formulas and their sources.
"""

import math
from collections.abc import Sequence
from statistics import fmean, stdev
from typing import NamedTuple

from scipy import optimize, stats

from tuyen.engines.surveillance.same_weeks import POISSON_LIMITS


class Point(NamedTuple):
    """One point judged; ``alarm`` is None where there is not enough data."""

    upperbound: float
    alarm: bool | None


def cusum_one(
    counts: Sequence[float], means: Sequence[float], k: float, h: float, scale: str
) -> list[Point]:
    """Sum up from the first of ``counts``; the bound is searched, not solved."""
    total, points = 0.0, []
    for y, m in zip(counts, means, strict=True):

        def score(count: float, m: float = m) -> float:
            if scale == "standard":
                return (count - m) / math.sqrt(m)
            return (count - 3 * m + 2 * math.sqrt(m * count)) / (2 * math.sqrt(m))

        need = h + k - total
        if score(0.0) >= need:
            bound = 0.0
        elif scale == "standard":
            bound = next(float(n) for n in range(10**6) if score(n) >= need - 1e-12)
        else:
            high = 1.0
            while score(high) < need:
                high *= 2
            bound = float(
                optimize.brentq(lambda c, need=need: score(c) - need, 0.0, high, xtol=1e-13)
            )
        if not math.isnan(y):
            total = max(0.0, total + score(y) - k)
        points.append(Point(bound, None if math.isnan(y) else total >= h))
    return points


def glr_one(
    counts: Sequence[float],
    mean: Sequence[float],
    alpha: float,
    limit: float,
    theta: float | None,
    change: str = "intercept",
    direction: str = "inc",
) -> list[Point]:
    """The likelihoods of scipy, maximised over a factor or lambda by search, from every start."""
    points, start = [], 0
    before = [math.nan, *counts[:-1]]
    for t, y in enumerate(counts):
        best = 0.0
        for first in range(start, t + 1):
            part = [
                (counts[i], mean[i], mean[i] if change == "intercept" else before[i])
                for i in range(first, t + 1)
                if not math.isnan(counts[i]) and not (change == "epi" and math.isnan(before[i]))
            ]
            if part:
                best = max(best, _ratio(part, alpha, theta, direction))
        alarm = best >= limit
        points.append(Point(best, None if math.isnan(y) else alarm))
        if alarm:
            start = t + 1
    return points


def _ratio(
    part: list[tuple[float, float, float]], alpha: float, theta: float | None, direction: str
) -> float:
    """Of counts with their means and what is added to these, times the likeliest number."""
    y, mean, driven = (list(column) for column in zip(*part, strict=True))

    def likelihood(times: float) -> float:
        mu = [m + times * d for m, d in zip(mean, driven, strict=True)]
        if alpha == 0:
            return float(stats.poisson.logpmf(y, mu).sum())
        return float(stats.nbinom.logpmf(y, 1 / alpha, [1 / (1 + alpha * m) for m in mu]).sum())

    if theta is not None:
        return likelihood(theta - 1) - likelihood(0.0)
    # Log scale, so that changes of every size are searched alike; falls end at 1 - 1e-9.
    sign, highest = (1.0, 14.0) if direction == "inc" else (-1.0, math.log(1 - 1e-9))
    found = optimize.minimize_scalar(
        lambda log: -likelihood(sign * math.exp(log)), bounds=(-14.0, highest),
        options={"xatol": 1e-9, "maxiter": 2000},
    )  # fmt: skip
    return max(-float(found.fun) - likelihood(0.0), 0.0)


def rki_one(counts: Sequence[float], t: int, b: int, w: int, own_year: bool, year: int) -> Point:
    """Judge point ``t`` (from 0)."""
    past = _past(counts, t, b, w, own_year, year)
    if past is None or len(past) < 2:
        return Point(math.nan, None)
    mean = fmean(past)
    bound = mean + 2 * stdev(past) if mean > 20 else float(POISSON_LIMITS[int(mean)])
    return Point(bound, None if math.isnan(counts[t]) else counts[t] > bound)


def bayes_one(
    counts: Sequence[float], t: int, b: int, w: int, own_year: bool, year: int, alpha: float
) -> Point:
    """Judge point ``t`` (from 0)."""
    past = _past(counts, t, b, w, own_year, year)
    if not past:
        return Point(math.nan, None)
    n = len(past)
    bound = float(stats.nbinom.ppf(1 - alpha, sum(past) + 0.5, n / (n + 1)))
    return Point(bound, None if math.isnan(counts[t]) else counts[t] > bound)


def _past(
    counts: Sequence[float], t: int, b: int, w: int, own_year: bool, year: int
) -> list[float] | None:
    """The known counts of the baseline; None where it begins before the series."""
    at = [t - back * year + step for back in range(1, b + 1) for step in range(-w, w + 1)]
    at += [t - step for step in range(1, w + 1)] if own_year else []
    if min(at) < 0:
        return None
    return [counts[place] for place in at if not math.isnan(counts[place])]
