"""EARS for one series in plain Python: slow, obvious, and the judge of :mod:`ears`."""

import math
from collections.abc import Sequence
from statistics import NormalDist, fmean, stdev
from typing import NamedTuple


class Point(NamedTuple):
    """One point judged; ``alarm`` is None where there is not enough data."""

    expected: float
    upperbound: float
    alarm: bool | None


def ears_one(
    counts: Sequence[float], method: str, baseline: int, min_sigma: float, alpha: float
) -> list[Point]:
    """Judge every point of one series (NaN is missing). See :func:`ears.ears` for the formulas."""
    z = NormalDist().inv_cdf(1 - alpha)
    points = []
    for t, count in enumerate(counts):
        mean, sd = _baseline(counts, t, 0 if method == "C1" else 2, baseline, min_sigma)
        if method == "C3":
            excesses = [_excess(counts, t - back, baseline, min_sigma) for back in (1, 2)]
            bound = _at_least_zero(count + _times(sd, z - sum(excesses)))
        else:
            bound = mean + z * sd
        unknown = math.isnan(bound) or math.isnan(count)
        points.append(Point(mean, bound, None if unknown else count > bound))
    return points


def _baseline(
    counts: Sequence[float], t: int, lag: int, length: int, min_sigma: float
) -> tuple[float, float]:
    first = t - lag - length
    if first < 0:
        return math.nan, math.nan
    values = counts[first : t - lag]
    if any(math.isnan(value) for value in values):
        return math.nan, math.nan
    return fmean(values), max(stdev(values), min_sigma)


def _excess(counts: Sequence[float], t: int, baseline: int, min_sigma: float) -> float:
    if t < 0:
        return math.nan
    mean, sd = _baseline(counts, t, 2, baseline, min_sigma)
    above = counts[t] - mean
    if sd == 0:
        # As floating point divides: something by nothing is infinite, nothing by nothing undefined.
        statistic = math.nan if above == 0 else math.copysign(math.inf, above)
    else:
        statistic = above / sd
    return _at_least_zero(statistic - 1)


def _at_least_zero(value: float) -> float:
    return value if math.isnan(value) else max(0.0, value)


def _times(sd: float, factor: float) -> float:
    return math.nan if sd == 0 and math.isinf(factor) else sd * factor
