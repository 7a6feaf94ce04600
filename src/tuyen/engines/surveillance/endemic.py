"""Endemic and epidemic parts of counts in neighbouring areas, by maximum likelihood."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]

NAMES = ("epidemic", "neighbours", "endemic", "trend", "sine", "cosine", "overdispersion")


class Areas(NamedTuple):
    """Counts of u areas in m periods, and what the model knows of them beforehand."""

    counts: Floats  # (m, u)
    share: Floats  # (u,) of the population: scales the endemic part
    weights: Floats  # (u, u) [from, to]: how much cases there matter here
    season: float = 52.0  # periods in a year


class Endemic(NamedTuple):
    """A fitted model: seven coefficients in the order of NAMES."""

    coefficients: Floats  # (7,) logarithms, but for trend, sine, cosine and overdispersion
    errors: Floats  # (7,) standard errors
    likelihood: float  # its logarithm at the maximum


def fit_endemic(areas: Areas, *, until: int | None = None, start: Floats | None = None) -> Endemic:
    """Fit counts of neighbouring areas to their own past, their neighbours' and a season.

    The mean of area i at time t is

        exp(a) y[i, t-1] + exp(n) sum_j w[j, i] y[j, t-1] + share[i] exp(e + b t + season(t)),

    and the variance mean + psi mean^2, with season one harmonic and t = 0 for the first period.

    Parameters
    ----------
    until : int, optional
        Periods used; default all. The first has no past and enters only as such.
    start : (7,) float64, optional
        Where to begin, such as the coefficients of a fit to slightly fewer periods.

    Raises
    ------
    BadInput
        If shapes differ, or the maximum is not found.

    Notes
    -----
    Fisher scoring from BFGS's answer. Source: Held, Höhle and Hofmann, Stat Model 2005; 5: 187-199,
    and Paul, Held and Toschke, Stat Med 2008; 27: 6250-6267.
    """
    _check(areas)
    known = areas.counts[: until or len(areas.counts)]
    parts = _parts(areas, len(known))
    y = known[1:]
    first = np.array([-1.0, -4.0, np.log(y.mean() + 0.1), 0.0, 0.1, 0.1, 0.0])
    if start is not None:
        first = np.append(start[:6], np.log(start[6]))

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, slope = _likelihood(theta, y, *parts)
        return -value, -slope

    found = optimize.minimize(loss, first, jac=True, method="BFGS", options={"gtol": 1e-6})
    theta = found.x
    for _ in range(8):  # Newton on the gradient's differences: to the last digits
        curve = _curvature(loss, theta)
        step = np.linalg.solve(curve, loss(theta)[1])
        theta = theta - step
        if np.abs(step).max() < 1e-10:
            break
    if not np.isfinite(theta).all() or np.abs(loss(theta)[1]).max() > 1e-3:
        raise BadInput(what="the model did not converge; give more periods with cases")
    variance = np.diag(np.linalg.inv(_curvature(loss, theta)))
    psi = np.exp(theta[6])
    scale = np.array([1, 1, 1, 1, 1, 1, psi])  # overdispersion is fitted by its logarithm
    return Endemic(
        np.append(theta[:6], psi), np.sqrt(np.maximum(variance, 0)) * scale, -loss(theta)[0]
    )


def expected(areas: Areas, fitted: Endemic, period: int) -> Floats:
    """Mean (u,) of the areas in a period (index from 0, at least 1) given the one before."""
    return areas.counts[period - 1] @ _passed_on(areas, fitted) + _endemic(areas, fitted, period)


def endemic_forecast(areas: Areas, fitted: Endemic, horizon: int) -> tuple[Floats, Floats]:
    """Mean and negative binomial size (u, h) of the areas in the periods after the last.

    Means and covariances of the model are carried forward exactly: a period's variance is that of
    its own count plus what is passed on of the uncertainty of the period before. The distribution
    of a count more than one period ahead is taken as the negative binomial with these moments.
    """
    length, units = areas.counts.shape
    passed, psi = _passed_on(areas, fitted), fitted.coefficients[6]
    mean, spread = areas.counts[-1], np.zeros((units, units))
    means, sizes = np.empty((units, horizon)), np.empty((units, horizon))
    for h in range(horizon):
        mean = mean @ passed + _endemic(areas, fitted, length + h)
        spread = passed.T @ spread @ passed
        own = mean + psi * (mean**2 + np.diag(spread))
        spread[np.diag_indices(units)] += own
        means[:, h] = mean
        sizes[:, h] = mean**2 / np.maximum(np.diag(spread) - mean, 1e-12)
    return means, sizes


def _passed_on(areas: Areas, fitted: Endemic) -> Floats:
    """Cases [from, to] that one case brings forth in the next period."""
    own, near = np.exp(fitted.coefficients[:2])
    return own * np.eye(len(areas.share)) + near * areas.weights


def _endemic(areas: Areas, fitted: Endemic, period: int) -> Floats:
    theta, turn = fitted.coefficients, 2 * np.pi * period / areas.season
    line = theta[2] + theta[3] * period + theta[4] * np.sin(turn) + theta[5] * np.cos(turn)
    return areas.share * np.exp(line)


def _parts(areas: Areas, length: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Own past, neighbours' past (n, u), share (u,), and the endemic design (n, 4)."""
    past = areas.counts[: length - 1]
    t = np.arange(1, length, dtype=np.float64)
    turn = 2 * np.pi * t / areas.season
    design = np.column_stack([np.ones(t.size), t, np.sin(turn), np.cos(turn)])
    return past, past @ areas.weights, areas.share, design


def _likelihood(
    theta: Floats, y: Floats, own: Floats, near: Floats, share: Floats, design: Floats
) -> tuple[float, Floats]:
    """Log-likelihood and its gradient at the logarithms of the coefficients."""
    epidemic, neighbours = np.exp(theta[0]) * own, np.exp(theta[1]) * near
    endemic = np.exp(np.clip(design @ theta[2:6], -50, 50))[:, None] * share
    mean = np.maximum(epidemic + neighbours + endemic, 1e-12)
    psi = np.exp(np.clip(theta[6], -20, 20))
    size = 1 / psi
    value = (
        special.gammaln(y + size) - special.gammaln(size) - special.gammaln(y + 1)
        + special.xlogy(y, mean) - special.xlogy(y, mean + size)
        - size * np.log1p(mean / size)
    )  # fmt: skip
    by_mean = y / mean - (y + size) / (mean + size)
    by_size = (
        special.digamma(y + size) - special.digamma(size)
        - np.log1p(mean / size) + (mean - y) / (mean + size)
    )  # fmt: skip
    slope = np.empty(7)
    slope[0], slope[1] = (by_mean * epidemic).sum(), (by_mean * neighbours).sum()
    slope[2:6] = (by_mean * endemic).sum(axis=1) @ design
    slope[6] = -size * by_size.sum()
    return float(value.sum()), slope


def _curvature(loss: Callable[[Floats], tuple[float, Floats]], theta: Floats) -> Floats:
    """Second derivatives (7, 7) by central differences of the gradient."""
    curve = np.empty((theta.size, theta.size))
    for k in range(theta.size):
        step = np.zeros(theta.size)
        step[k] = 1e-5 * max(1.0, abs(theta[k]))
        curve[k] = (loss(theta + step)[1] - loss(theta - step)[1]) / (2 * step[k])
    return (curve + curve.T) / 2


def _check(areas: Areas) -> None:
    units = areas.counts.shape[1]
    if areas.share.shape != (units,) or areas.weights.shape != (units, units):
        raise BadInput(what=f"{units} areas need {units} shares and {units} x {units} weights")
    if len(areas.counts) < 20 or np.isnan(areas.counts).any():
        raise BadInput(what="give at least 20 periods without a missing count")
