"""Farrington's flexible detector for one point, by the textbook: slow, plain, and the judge.

Dense design matrices, NumPy's solver, SciPy's distributions. See :mod:`farrington` for what the
modes mean and for the sources.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from tuyen.engines.surveillance.farrington_control import POWERS, Control, Floats, Mode
from tuyen.engines.surveillance.farrington_window import Calendar, Window, window

NAN = float("nan")
_TINY = float(np.finfo(np.float64).eps)


class Point(NamedTuple):
    """One point judged; NaN where there is no value."""

    reason: str
    expected: float = NAN
    upperbound: float = NAN
    alarm: bool = False
    trend: bool = False
    trend_coef: float = NAN
    phi: float = NAN
    mu0: float = NAN
    score: float = NAN
    pvalue: float = NAN


class _Model(NamedTuple):
    """A fitted model with what is read from it."""

    beta: Floats
    mu: Floats
    weights: Floats  # working weights of the covariance
    covariance: Floats  # (X'WX)^-1
    converged: bool


def farrington_one(
    counts: Floats,
    calendar: Calendar,
    t: int,
    control: Control,
    mode: Mode = "corrected",
    population: Floats | None = None,
) -> Point:
    """Judge point ``t`` (from 0) of one series; NaN is a missing count."""
    past = window(calendar, t, control)
    if past is None:
        return Point("short-history")
    point = _regressed(counts, past, t, control, mode, population)
    gate = _gate(counts, t, control)
    if gate == "judged":
        overflow = point.reason == "judged" and not math.isfinite(point.upperbound)
        return point._replace(reason="overflow", alarm=False) if overflow else point
    if gate != "not-reported":
        point = point._replace(expected=NAN, upperbound=NAN)
    return point._replace(reason=gate, alarm=False)


def _regressed(
    counts: Floats, past: Window, t: int, control: Control, mode: Mode, population: Floats | None
) -> Point:
    """The point as if the gate were open."""
    known = ~np.isnan(counts[past.rows])
    y, level = counts[past.rows][known], past.level[known]
    centre = past.time.mean() if past.time.size else 0.0
    time = past.time[known] - centre
    offset, offset_now = np.zeros(y.size), 0.0
    if control.population_offset and population is not None:
        people = population[past.rows][known]
        if not (population[t] > 0 and np.all(people > 0)):
            return Point("no-population")
        offset, offset_now = np.log(people), math.log(population[t])
    levels = sorted(set(level.tolist()))
    if past.levels - 1 not in levels or y.size <= len(levels):
        return Point("few-points")
    dummies = np.array([[float(one == name) for name in levels] for one in level.tolist()])
    now = np.array([float(name == past.levels - 1) for name in levels])
    fitted = None
    kept = False
    if control.trend and control.b >= 3 and y.size > len(levels) + 1:
        design, point = np.column_stack([dummies, time]), np.append(now, past.now - centre)
        fitted = _fit(y, design, dummies, offset, control, mode)
        if fitted is not None:
            model, _, used = fitted
            error = math.sqrt(used * model.covariance[-1, -1])
            freedom = y.size - design.shape[1]
            p = 2 * stats.t.sf(abs(model.beta[-1]) / error, freedom) if error > 0 else 0.0
            mean = math.exp(point @ model.beta + offset_now)
            kept = bool(p < control.p_threshold_trend and mean <= y.max())
            if mode == "corrected":
                kept = kept and abs(model.beta[-1]) * np.max(np.abs(time)) > 1e-9
    if not kept:
        design, point = dummies, now
        fitted = _fit(y, design, dummies, offset, control, mode)
    if fitted is None:
        return Point("not-converged" if y.sum() else "all-zero")
    model, phi, used = fitted
    eta = float(point @ model.beta + offset_now)
    spread = math.sqrt(used * float(point @ model.covariance @ point))
    return _judged(counts, t, eta, spread, phi, control, mode)._replace(
        trend=kept, trend_coef=float(model.beta[-1]) if kept else NAN
    )


def _fit(
    y: Floats, design: Floats, dummies: Floats, offset: Floats, control: Control, mode: Mode
) -> tuple[_Model, float, float] | None:
    """Fit, weigh down what was an outbreak, fit again: model, phi, dispersion of the errors."""
    filled = _filled(y, dummies) if mode == "corrected" else y
    solve = _converged if mode == "corrected" else _as_r_stops
    omega = np.ones(y.size)
    model = solve(filled, design, omega, offset)
    if not model.converged:
        return None
    freedom = y.size - design.shape[1]
    before = _pearson(y, model, omega, freedom)
    if control.reweight:
        hat = np.einsum("ij,jk,ik->i", design, model.covariance, design) * model.weights
        omega = _omega(y, model.mu, hat, max(before, 1.0), control.weights_threshold)
        model = solve(filled, design, omega, offset)
        if not model.converged:
            return None
    raw = _pearson(y, model, omega, freedom)
    if mode == "corrected":
        errors = before
    elif control.reweight:  # R's slip: the outlier weights stand where the working weights should
        errors = float(np.sum(omega * ((y - model.mu) / model.mu) ** 2) / freedom)
    else:
        errors = raw
    return model, max(raw, 1.0), errors


def _pearson(y: Floats, model: _Model, omega: Floats, freedom: int) -> float:
    working = (y - model.mu) / model.mu
    return float(np.sum(model.weights * working**2) / freedom)


def _omega(y: Floats, mu: Floats, hat: Floats, phi: float, threshold: float) -> Floats:
    """Weights that sum to n: Anscombe residuals above the threshold count by their inverse square.

    The only count of its level is met exactly, has a leverage of 1 and keeps its weight.
    """
    with np.errstate(all="ignore"):
        size = 1.5 * (y ** (2 / 3) * mu ** (-1 / 6) - np.sqrt(mu)) / np.sqrt(phi * (1 - hat))
        raw = np.where((size > threshold) & (1 - hat > 1e-9), size**-2.0, 1.0)
    weights: Floats = raw * (y.size / raw.sum())
    return weights


def _filled(y: Floats, dummies: Floats) -> Floats:
    """Half a case, spread over the points of each level that has none."""
    empty = dummies * ((y @ dummies) == 0)
    more: Floats = (0.5 * empty / np.maximum(empty.sum(axis=0), 1)).sum(axis=1)
    return y + more


def _as_r_stops(y: Floats, design: Floats, omega: Floats, offset: Floats) -> _Model:
    """Iteratively reweighted least squares with R's start, tolerance, limit and leftovers."""
    mu = y + 0.1
    eta = np.log(mu)
    old = math.inf
    for _ in range(25):
        weights = omega * mu
        z = eta - offset + (y - mu) / mu
        information = design.T @ (weights[:, None] * design)
        try:
            covariance = _inverse(information)
        except np.linalg.LinAlgError:
            return _Model(np.zeros(design.shape[1]), mu, weights, information, False)
        beta = covariance @ (design.T @ (weights * z))
        eta = design @ beta + offset
        with np.errstate(over="ignore"):
            mu = np.maximum(np.exp(eta), _TINY)
        deviance = _deviance(y, mu, omega)
        if abs(deviance - old) / (abs(deviance) + 0.1) < 1e-8:
            return _Model(beta, mu, weights, covariance, True)
        old = deviance
    return _Model(beta, mu, weights, covariance, False)


def _deviance(y: Floats, mu: Floats, omega: Floats) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(y > 0, y * np.log(y / mu), 0.0)
    return float(2 * np.sum(omega * (logs - (y - mu))))


def _converged(y: Floats, design: Floats, omega: Floats, offset: Floats) -> _Model:
    """Newton's method from the level means until the step is nothing, halved where it overshoots.

    A trend that multiplies the mean by more than e^30 within the baseline has no finite estimate.
    """
    beta = np.zeros(design.shape[1])
    rising = _has_trend(design)
    dummies = design[:, :-1] if rising else design
    for n in range(dummies.shape[1]):
        inside = dummies[:, n] > 0
        beta[n] = math.log((omega * y)[inside].sum() / (omega * np.exp(offset))[inside].sum())
    done = False
    for _ in range(200):
        mu = np.exp(design @ beta + offset)
        try:
            covariance = _inverse(design.T @ ((omega * mu)[:, None] * design))
        except np.linalg.LinAlgError:
            return _Model(beta, mu, omega * mu, np.zeros((beta.size, beta.size)), False)
        if done:
            break
        step = covariance @ (design.T @ (omega * (y - mu)))
        before = _likelihood(y, design @ beta + offset, omega)
        while _likelihood(y, design @ (beta + step) + offset, omega) < before - 1e-9 * abs(before):
            step = step / 2
        beta = beta + step
        done = bool(np.max(np.abs(step)) < 1e-12 * (1 + np.max(np.abs(beta))))
        if rising and not abs(beta[-1]) * np.max(np.abs(design[:, -1])) < 30:
            return _Model(beta, mu, omega * mu, covariance, False)
    return _Model(beta, mu, omega * mu, covariance, done)


def _likelihood(y: Floats, eta: Floats, omega: Floats) -> float:
    with np.errstate(over="ignore"):
        return float(np.sum(omega * (y * eta - np.exp(eta))))


def _inverse(matrix: Floats) -> Floats:
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def _has_trend(design: Floats) -> bool:
    return bool(np.any((design[:, -1] != 0) & (design[:, -1] != 1)))


def _judged(
    counts: Floats, t: int, eta: float, spread: float, phi: float, control: Control, mode: Mode
) -> Point:
    y, mean = float(counts[t]), math.exp(eta)
    z = float(stats.norm.ppf(1 - control.alpha))
    if control.threshold_method == "delta":
        mu0 = NAN
        power = POWERS[control.powertrans]
        tau = phi + (mean * spread) ** 2 / mean
        sd = power * math.sqrt(mean ** (2 * power - 1) * tau)
        root = mean**power + z * sd
        bound = max(root, 0.0) ** (1 / power)
        p = float(stats.norm.sf((y**power - mean**power) / sd))
    else:
        exponent = eta + (z * spread if control.threshold_method == "muan" else 0.0)
        mu0 = math.exp(exponent) if exponent < 709 else math.inf
        law = stats.nbinom(mu0 / (phi - 1), 1 / phi) if phi > 1 else stats.poisson(mu0)
        bound = float(law.ppf(1 - control.alpha)) if mu0 < 1e15 else math.inf
        p = float(law.sf(y - 1)) if mu0 < 1e15 else NAN
    on_link = mode == "r_compat" and control.threshold_method != "delta"
    centre = eta if on_link else mean
    finite = math.isfinite(bound) and bound != centre
    score = (y - centre) / (bound - centre) if finite else NAN
    return Point("judged", mean, bound, y > 0 and y > bound, False, NAN, phi, mu0, score, p)


def _gate(counts: Floats, t: int, control: Control) -> str:
    cases, weeks = control.limit54
    recent = counts[max(0, t - weeks + 1) : t + 1]
    if math.isnan(counts[t]):
        return "not-reported"
    if np.isnan(recent).any():
        return "gap-near-now"
    return "few-cases" if recent.sum() < cases else "judged"
