"""The loops of the forecasts, compiled: penalised regressions and walks, one series after another."""

import math

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.compiling import FAST, compiled, exp

Floats = NDArray[np.float64]

_ROUNDS = 20
_LARGEST = 17.0  # log of the largest mean
_SMALLEST = -8.0


@compiled(fastmath=FAST)
def _means(x: Floats, beta: Floats, mu: Floats) -> None:
    """mu = exp(beta x), the columns of x (p, n) one after another."""
    columns, rows = x.shape
    for t in range(rows):
        mu[t] = 0.0
    for j in range(columns):
        factor = beta[j]
        for t in range(rows):
            mu[t] += factor * x[j, t]
    for t in range(rows):
        mu[t] = exp(min(max(mu[t], _SMALLEST), _LARGEST))


@compiled(fastmath=FAST)
def _normal_equations(
    x: Floats, y: Floats, weight: Floats, mu: Floats, alpha: float, slope: Floats, curve: Floats,
    pull: Floats, bend: Floats, scaled: Floats,
) -> None:  # fmt: skip
    """Add the gradient and the expected curvature of the likelihood; the lower triangle only."""
    columns, rows = x.shape
    for t in range(rows):
        share = weight[t] / (1.0 + alpha * mu[t])
        pull[t], bend[t] = share * (y[t] - mu[t]), share * mu[t]
    for j in range(columns):
        total = 0.0
        for t in range(rows):
            total += pull[t] * x[j, t]
            scaled[t] = bend[t] * x[j, t]
        slope[j] += total
        for k in range(j + 1):
            total = 0.0
            for t in range(rows):
                total += scaled[t] * x[k, t]
            curve[j, k] += total


@compiled(forceinline=True)
def _solve(curve: Floats, slope: Floats) -> None:
    """Solve in place by Cholesky; ``curve`` is positive definite, thanks to the penalty."""
    p = len(slope)
    for j in range(p):
        for k in range(j):
            for i in range(k):
                curve[j, k] -= curve[j, i] * curve[k, i]
            curve[j, k] /= curve[k, k]
            curve[j, j] -= curve[j, k] * curve[j, k]
        curve[j, j] = math.sqrt(max(curve[j, j], 1e-12))
    for j in range(p):
        for k in range(j):
            slope[j] -= curve[j, k] * slope[k]
        slope[j] /= curve[j, j]
    for j in range(p - 1, -1, -1):
        for k in range(j + 1, p):
            slope[j] -= curve[k, j] * slope[k]
        slope[j] /= curve[j, j]


@compiled(fastmath=FAST)
def _dispersion(y: Floats, weight: Floats, mu: Floats, alpha: float, degrees: float) -> float:
    """Three steps towards where Pearson's statistic equals its degrees of freedom."""
    for _ in range(3):
        above, fall = -degrees, 1e-9
        for t in range(len(y)):
            variance = mu[t] * (1.0 + alpha * mu[t])
            square = weight[t] * (y[t] - mu[t]) * (y[t] - mu[t]) / variance
            above += square
            fall += square * mu[t] * mu[t] / variance
        alpha = min(max(alpha + above / fall, 1e-6), 20.0)
    return alpha


@compiled()
def fit_each(
    x: Floats, y: Floats, weight: Floats, prior: Floats, penalty: Floats, beta: Floats,
    alpha: Floats,
) -> None:  # fmt: skip
    """Fit series s of x (s, p, n), y and weight (s, n), from beta (s, p) and alpha (s,) in place."""
    series, p, rows = x.shape
    slope, curve, mu = np.empty(p), np.empty((p, p)), np.empty(rows)
    pull, bend, scaled = np.empty(rows), np.empty(rows), np.empty(rows)
    for s in range(series):
        degrees = max(weight[s].sum() - 0.7 * p, 1.0)
        _means(x[s], beta[s], mu)
        for n in range(_ROUNDS):
            curve[:] = 0.0
            for j in range(p):
                slope[j] = -penalty[j] * (beta[s, j] - prior[j])
                curve[j, j] = penalty[j]
            _normal_equations(x[s], y[s], weight[s], mu, alpha[s], slope, curve, pull, bend, scaled)
            _solve(curve, slope)
            largest = 0.0
            for j in range(p):
                largest = max(largest, abs(slope[j]))
            brake = min(1.0, 2.0 / max(largest, 1e-9))
            for j in range(p):
                beta[s, j] += brake * slope[j]
            moved = largest * brake
            _means(x[s], beta[s], mu)
            if n >= 2:
                before = alpha[s]
                alpha[s] = _dispersion(y[s], weight[s], mu, before, degrees)
                moved = max(moved, abs(math.log(alpha[s] / before)))
                if moved <= 3e-4:
                    break


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
    """Quantiles (horizon, k) of 1 ... horizon steps from ``last``; one (2 far + 1,) is one step."""
    middle = horizon * far
    before, after = np.zeros(2 * middle + 1), np.zeros(2 * middle + 1)
    before[middle] = 1.0
    for h in range(horizon):
        after[:] = 0.0
        for step in range(-far, far + 1):
            chance = one[far + step]
            if chance == 0.0:
                continue
            for at in range(middle - h * far, middle + h * far + 1):
                after[at + step] += before[at] * chance
        below, place = after[0], 0
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

    Steps of up to ``near`` are convolved directly, whole counts of all series one after another.
    """
    series = len(counts)
    answer = np.full((series, len(origins), horizon, len(levels)), np.nan)
    for s in range(series):
        for o in range(len(origins)):
            far, steps, last = 0, 0, -1.0
            for t in range(origins[o]):
                if counts[s, t] == counts[s, t]:
                    last = counts[s, t]
                    if t > 0 and counts[s, t - 1] == counts[s, t - 1]:
                        far = max(far, int(abs(counts[s, t] - counts[s, t - 1])))
                        steps += 1
            if last < 0 or far > near:
                continue
            one = np.zeros(2 * far + 1)
            if steps == 0:
                one[far] = 1.0
            for t in range(1, origins[o]):
                step = counts[s, t] - counts[s, t - 1]
                if step == step:
                    one[far + int(step)] += 0.5 / steps
                    one[far - int(step)] += 0.5 / steps
            _walk(one, far, horizon, last, levels, answer[s, o])
    return answer
