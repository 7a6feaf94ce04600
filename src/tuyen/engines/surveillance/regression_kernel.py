"""Penalised regressions of counts, compiled: one series after another, from design to forecast.

A fit of a few hundred rows lies in the processor's own memory, where a round costs some microseconds;
most of it is the curvature. That is worked out anew only while the coefficients still move far: near
the answer the factor of the round before serves (the chord method), and each round is a gradient.
"""

import math

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.compiling import FAST, compiled, exp

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROUNDS = 20
_NEAR = 0.6
_SLOW = 0.3  # of the move before: a chord that gains less than this is given up
_STILL = 3e-4
_LARGEST = 17.0  # log of the largest mean
_SMALLEST = -8.0


@compiled(fastmath=FAST)
def _means(x: Floats, first: int, beta: Floats, mu: Floats) -> None:
    """mu (n,) = exp(beta x), rows ``first`` ... of x (p, m), its columns one after another."""
    rows = len(mu)
    for t in range(rows):
        mu[t] = 0.0
    for j in range(len(beta)):
        factor, column = beta[j], x[j, first : first + rows]
        for t in range(rows):
            mu[t] += factor * column[t]
    for t in range(rows):
        mu[t] = exp(min(max(mu[t], _SMALLEST), _LARGEST))


@compiled(fastmath=FAST)
def _pulls(y: Floats, weight: Floats, mu: Floats, alpha: float, pull: Floats, bend: Floats) -> None:
    """Of each row, the slope of the likelihood and its expected curvature by the predictor."""
    for t in range(len(y)):
        share = weight[t] / (1.0 + alpha * mu[t])
        pull[t], bend[t] = share * (y[t] - mu[t]), share * mu[t]


@compiled(fastmath=FAST)
def _gradient(x: Floats, first: int, pull: Floats, slope: Floats) -> None:
    """Add the slope of the likelihood by each coefficient."""
    rows = len(pull)
    for j in range(len(slope)):
        total, column = 0.0, x[j, first : first + rows]
        for t in range(rows):
            total += pull[t] * column[t]
        slope[j] += total


@compiled(fastmath=FAST)
def _curvature(x: Floats, first: int, bend: Floats, curve: Floats, scaled: Floats) -> None:
    """Add the expected curvature; the lower triangle only. Four columns at once: fewer readings."""
    columns, rows = len(curve), len(bend)
    last = first + rows
    for j in range(columns):
        column = x[j, first:last]
        for t in range(rows):
            scaled[t] = bend[t] * column[t]
        k = 0
        while k + 4 <= j + 1:
            a, b, c, d = 0.0, 0.0, 0.0, 0.0
            xa, xb = x[k, first:last], x[k + 1, first:last]
            xc, xd = x[k + 2, first:last], x[k + 3, first:last]
            for t in range(rows):
                value = scaled[t]
                a += value * xa[t]
                b += value * xb[t]
                c += value * xc[t]
                d += value * xd[t]
            curve[j, k] += a
            curve[j, k + 1] += b
            curve[j, k + 2] += c
            curve[j, k + 3] += d
            k += 4
        while k <= j:
            total, other = 0.0, x[k, first:last]
            for t in range(rows):
                total += scaled[t] * other[t]
            curve[j, k] += total
            k += 1


@compiled(forceinline=True)
def _factor(curve: Floats) -> None:
    """Cholesky's factor in place; ``curve`` is positive definite, thanks to the penalty."""
    for j in range(len(curve)):
        for k in range(j):
            for i in range(k):
                curve[j, k] -= curve[j, i] * curve[k, i]
            curve[j, k] /= curve[k, k]
            curve[j, j] -= curve[j, k] * curve[j, k]
        curve[j, j] = math.sqrt(max(curve[j, j], 1e-12))


@compiled(forceinline=True)
def _solve(factor: Floats, slope: Floats) -> None:
    """Solve in place with a factor of :func:`_factor`."""
    p = len(slope)
    for j in range(p):
        for k in range(j):
            slope[j] -= factor[j, k] * slope[k]
        slope[j] /= factor[j, j]
    for j in range(p - 1, -1, -1):
        for k in range(j + 1, p):
            slope[j] -= factor[k, j] * slope[k]
        slope[j] /= factor[j, j]


@compiled(fastmath=FAST)
def _dispersion(y: Floats, weight: Floats, mu: Floats, alpha: float, degrees: float) -> float:
    """Three steps towards where Pearson's statistic equals its degrees of freedom."""
    for _ in range(3):
        above, fall = -degrees, 1e-9
        for t in range(len(y)):
            inverse = 1.0 / (mu[t] * (1.0 + alpha * mu[t]))
            square = weight[t] * (y[t] - mu[t]) * (y[t] - mu[t]) * inverse
            above += square
            fall += square * mu[t] * mu[t] * inverse
        alpha = min(max(alpha + above / fall, 1e-6), 20.0)
    return alpha


@compiled(fastmath=FAST)
def _begin(x: Floats, first: int, y: Floats, weight: Floats, prior: Floats, beta: Floats) -> None:
    """Where a fit starts that knows of none before: the prior, at the level of the counts."""
    mass, cases = 1e-9, 0.0
    for t in range(len(y)):
        mass += weight[t]
        cases += weight[t] * y[t]
    beta[:] = prior
    beta[0] = math.log(cases / mass + 0.1)
    for j in range(1, len(prior)):
        centre, column = 0.0, x[j, first : first + len(y)]
        for t in range(len(y)):
            centre += weight[t] * column[t]
        beta[0] -= prior[j] * centre / mass


@compiled()
def _fit(
    x: Floats, first: int, y: Floats, weight: Floats, prior: Floats, penalty: Floats, beta: Floats,
    alpha: float, begun: bool, factor: Floats, work: Floats,
) -> float:  # fmt: skip
    """Fit rows ``first`` ... of one series from beta (p,) in place; the dispersion is returned.

    It is left as given for two rounds, while the coefficients are far, unless the fit has ``begun``.
    ``factor`` (p, p) and ``work`` (4, n) are room to work in.
    """
    p, rows = len(beta), len(y)
    mu, pull, bend, scaled = work[0, :rows], work[1, :rows], work[2, :rows], work[3, :rows]
    slope = np.empty(p)
    degrees = max(weight.sum() - 0.7 * p, 1.0)
    _means(x, first, beta, mu)
    anew, before = True, np.inf
    for n in range(_ROUNDS):
        _pulls(y, weight, mu, alpha, pull, bend)
        if anew:
            factor[:] = 0.0
            for j in range(p):
                factor[j, j] = penalty[j]
            _curvature(x, first, bend, factor, scaled)
            _factor(factor)
        for j in range(p):
            slope[j] = -penalty[j] * (beta[j] - prior[j])
        _gradient(x, first, pull, slope)
        _solve(factor, slope)
        largest = 0.0
        for j in range(p):
            largest = max(largest, abs(slope[j]))
        brake = min(1.0, 2.0 / max(largest, 1e-9))
        for j in range(p):
            beta[j] += brake * slope[j]
        moved = largest * brake
        _means(x, first, beta, mu)
        if begun or n >= 2:
            old = alpha
            alpha = _dispersion(y, weight, mu, old, degrees)
            moved = max(moved, abs(math.log(alpha / old)))
            if moved <= _STILL:
                break
        anew = moved > _NEAR or (not anew and moved > _SLOW * before)
        before = moved
    return alpha


@compiled()
def fit_each(
    x: Floats, y: Floats, weight: Floats, prior: Floats, penalty: Floats, beta: Floats,
    alpha: Floats, begun: bool,
) -> None:  # fmt: skip
    """Fit series s of x (s, p, n), y and weight (s, n), in beta (s, p) and alpha (s,) in place.

    Not ``begun``: nothing of worth stands in beta yet.
    """
    series, p, rows = x.shape
    factor, work = np.empty((p, p)), np.empty((4, rows))
    for s in range(series):
        if not begun:
            _begin(x[s], 0, y[s], weight[s], prior, beta[s])
        alpha[s] = _fit(
            x[s], 0, y[s], weight[s], prior, penalty, beta[s], alpha[s], begun, factor, work
        )  # fmt: skip


@compiled()
def forecast_each(
    x: Floats, counts: Floats, h: int, warm: int, fade: float, untils: Ints, prior: Floats,
    penalty: Floats, mean: Floats, size: Floats,
) -> None:  # fmt: skip
    """Regress counts (s, m) on what x (s, p, m) knew h periods before, once for each of ``untils``.

    Writes mean (s, o), from each origin untils[0] ... m by the latest fit that it may know, and size
    (s, u). The first ``warm`` origins are left out; an origin's weight falls by ``fade`` a period. A
    fit starts from the one before: a quarter of a year later it is nearly the same.
    """
    series, p, length = x.shape
    beta, factor, work = np.empty(p), np.empty((p, p)), np.empty((4, length))
    y, weight = np.empty(length), np.empty(length)
    for s in range(series):
        alpha = 0.2
        for u in range(len(untils)):
            rows = untils[u] - h - warm
            faded = 1.0
            for t in range(rows - 1, -1, -1):
                value = counts[s, t + warm + h]
                there = value == value
                y[t], weight[t] = value if there else 0.0, faded if there else 0.0
                faded *= fade
            if u == 0:
                _begin(x[s], warm, y[:rows], weight[:rows], prior, beta)
            alpha = _fit(
                x[s], warm, y[:rows], weight[:rows], prior, penalty, beta, alpha, u > 0, factor, work
            )  # fmt: skip
            end = untils[u + 1] if u + 1 < len(untils) else length + 1
            from_here = untils[u] - untils[0]
            _means(x[s], untils[u] - 1, beta, mean[s, from_here : from_here + end - untils[u]])
            size[s, u] = 1.0 / alpha
