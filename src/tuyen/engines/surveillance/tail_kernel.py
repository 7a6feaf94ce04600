"""Compiled tails of the negative binomial law: quantiles and p-values of many counts."""

import math

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.compiling import compiled

Floats = NDArray[np.float64]


@compiled(forceinline=True)
def _probability(k: float, size: float, q: float, phi: float) -> float:
    return math.exp(
        math.lgamma(k + size) - math.lgamma(size) - math.lgamma(k + 1.0)
        - size * math.log(phi) + k * math.log(q)
    )  # fmt: skip


@compiled(forceinline=True)
def _sum_up(k: float, here: float, size: float, q: float) -> float:
    """P(Y > k) from P(Y = k)."""
    total, term = 0.0, here
    while True:
        k += 1.0
        term *= (k - 1.0 + size) / k * q
        total += term
        # Beyond the mode the terms fall faster than a geometric series.
        ratio = (k + size) / (k + 1.0) * q
        if ratio < 1.0 and term * ratio <= 1e-16 * total * (1.0 - ratio):
            return total
        if term == 0.0 and ratio < 1.0:
            return total


@compiled(forceinline=True)
def _sum_down(k: float, here: float, size: float, q: float) -> float:
    """P(Y < k) from P(Y = k)."""
    total, term = 0.0, here
    while k > 0.0:
        term *= k / ((k - 1.0 + size) * q)
        k -= 1.0
        total += term
        if term <= 1e-18 * total:
            return total
    return total


@compiled()
def tail_bounds(
    counts: Floats, mean: Floats, phi: Floats, alpha: float, guess: Floats, bound: Floats, p: Floats
) -> None:
    """Negative binomial quantiles and P(Y >= count), variance phi > 1 times the mean.

    One probability by the gamma function, its neighbours by ratio: the quantile is walked to from a
    guess near it. Good for means up to 1e5; NaN counts have no p.
    """
    for i in range(mean.size):
        size, q = mean[i] / (phi[i] - 1.0), 1.0 - 1.0 / phi[i]
        k = guess[i]
        here = _probability(k, size, q, phi[i])
        above = _sum_up(k, here, size, q)
        while above <= alpha and k >= 0.0:  # to the last k whose tail is too heavy, or -1
            above += here
            here *= k / ((k - 1.0 + size) * q)
            k -= 1.0
        while above > alpha:
            k += 1.0
            here = here * (k - 1.0 + size) / k * q if k > 0.0 else _probability(k, size, q, phi[i])
            above -= here
            if above <= 2.0 * alpha:  # no cancellation where it decides
                above = _sum_up(k, here, size, q)
        bound[i] = k
        y = counts[i]
        if np.isnan(y):
            p[i] = np.nan
        elif y == 0.0:
            p[i] = 1.0
        else:
            here = _probability(y, size, q, phi[i])
            if y > mean[i]:
                p[i] = here + _sum_up(y, here, size, q)
            else:
                p[i] = 1.0 - _sum_down(y, here, size, q)
