"""What is usual before a chart begins: a mean, or a yearly wave, of the counts before."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]

_MOST_ALPHA = 1e4


class Wave(NamedTuple):
    """A log-linear mean: harmonics of the year and, if wanted, a trend."""

    harmonics: int = 1
    trend: bool = False


def usual(
    counts: Floats, first: int, points: NDArray[np.int64], wave: Wave | None, alpha: float | None,
    frequency: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Mean (n, p) at ``points`` and dispersion (n,) learnt from the counts before ``first``.

    Without ``wave`` the mean is that of the counts. With it the coefficients are those of greatest
    likelihood, Poisson or negative binomial. ``alpha`` None: it too is what is likeliest. A series
    without a solution has NaN.
    """
    n = len(counts)
    mean = np.full((n, points.size), np.nan)
    spread = np.full(n, np.nan if alpha is None else alpha)
    t = np.arange(1, counts.shape[1] + 1, dtype=np.float64)
    x = _columns(t, wave or Wave(0), frequency)
    for s in range(n):
        y = counts[s, :first]
        there = ~np.isnan(y)
        if not there.any() or y[there].sum() == 0:
            continue
        beta = np.zeros(x.shape[1])
        beta[0] = np.log(y[there].mean())
        rows, known = x[:first][there], y[there]
        if wave is not None:
            beta = _fitted(rows, known, beta, alpha or 0.0)
        if alpha is None:
            spread[s], beta = _together(rows, known, beta, wave is not None)
        mean[s] = np.exp(x[points] @ beta)
    return np.where(np.isfinite(mean), mean, np.nan), spread


def _columns(t: Floats, wave: Wave, frequency: float) -> Floats:
    columns = [np.ones(t.size)]
    if wave.trend:
        columns.append(t / t.size)
    for k in range(1, wave.harmonics + 1):
        turn = 2 * np.pi * k * t / frequency
        columns += [np.sin(turn), np.cos(turn)]
    return np.stack(columns, axis=1)


def _fitted(x: Floats, y: Floats, beta: Floats, alpha: float) -> Floats:
    """Fisher scoring to the end; NaN where it does not get there."""
    for _ in range(100):
        mu = np.exp(np.clip(x @ beta, -30, 30))
        weight = mu / (1 + alpha * mu)
        curve = (x * weight[:, None]).T @ x
        try:
            step = np.linalg.solve(curve, x.T @ ((y - mu) / (1 + alpha * mu)))
        except np.linalg.LinAlgError:
            break
        beta = beta + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-12:
            return beta
    return beta if np.abs(step).max() < 1e-7 else np.full(beta.size, np.nan)


def _together(x: Floats, y: Floats, beta: Floats, fit: bool) -> tuple[float, Floats]:
    """Dispersion and coefficients in turn, until neither moves."""
    alpha = 0.1
    for _ in range(200):
        if fit:
            beta = _fitted(x, y, beta, alpha)
        if np.isnan(beta).any():
            return np.nan, beta
        before, alpha = alpha, _likeliest(y, np.exp(x @ beta))
        if abs(alpha - before) <= 1e-10 * max(before, 1e-6) or not fit:
            break
    return alpha, beta


def _likeliest(y: Floats, mu: Floats) -> float:
    """Where the likelihood of the dispersion is flat, by bisection on its logarithm; 0: Poisson."""

    def slope(size: float) -> float:
        terms = special.digamma(y + size) - special.digamma(size) + np.log(size / (size + mu))
        return float((terms + (mu - y) / (size + mu)).sum())

    if float(((y - mu) ** 2 - y).sum()) <= 0:  # the slope where the dispersion is none
        return 0.0
    low, high = np.log(1 / _MOST_ALPHA), np.log(1e8)
    for _ in range(80):
        middle = (low + high) / 2
        if slope(float(np.exp(middle))) > 0:
            low = middle
        else:
            high = middle
    return float(np.exp(-low))
