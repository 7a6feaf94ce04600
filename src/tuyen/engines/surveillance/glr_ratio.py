"""Likelihood ratios of a changed mean over every stretch of counts that ends now."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Score = Callable[[Floats], Floats]

_ROUNDS = 60  # of bisection: a factor to 1 part in 10^15


@dataclass(frozen=True)
class Chart:
    """The counts of n series at p points, and what is tested of them."""

    y: Floats  # (n, p)
    mean: Floats  # (n, p) in control, above 0
    before: Floats  # (n,) the count before the first point
    alpha: Floats  # (n,)
    theta: float | None
    shortest: int
    longest: int
    change: str
    direction: str

    def with_count(self, t: int, count: Floats) -> "Chart":
        """The same, had ``count`` been counted at ``t``."""
        y = self.y.copy()
        y[:, t] = count
        return replace(self, y=y)


def best(chart: Chart, t: int, restart: NDArray[np.int64], *, floor: bool = True) -> Floats:
    """The largest ratio (n,) of all stretches that end at ``t`` and began since ``restart``."""
    earliest = 0 if chart.longest < 0 else max(0, t - chart.longest)
    starts = np.arange(earliest, t + 1)
    y, mean = chart.y[:, earliest : t + 1], chart.mean[:, earliest : t + 1]
    known = ~np.isnan(y)
    driven = mean
    if chart.change == "epi":
        lagged = np.concatenate([chart.before[:, None], chart.y[:, :-1]], axis=1)
        driven = lagged[:, earliest : t + 1]
        known &= ~np.isnan(driven)
    many = known[:, ::-1].cumsum(axis=1)[:, ::-1]
    y, driven = np.where(known, y, 0.0), np.where(known, driven, 0.0)
    if chart.change == "intercept" and (chart.alpha == 0).all():
        ratio = _poisson(y, np.where(known, mean, 0.0), chart)
    else:
        ratio = _solved(y, mean, driven, known, chart)
    allowed = (starts[None, :] >= restart[:, None]) & (many >= chart.shortest)
    least = 0.0 if floor else -np.inf
    return np.where(allowed, ratio, least).max(axis=1, initial=least)


def _backwards(values: Floats) -> Floats:
    """Sums from each start to the end."""
    return values[:, ::-1].cumsum(axis=1)[:, ::-1]


def _poisson(y: Floats, mean: Floats, chart: Chart) -> Floats:
    """Ratios (n, starts): two sums say all."""
    cases, expected = _backwards(y), _backwards(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.full(cases.shape, chart.theta or 1.0)
        if chart.theta is None:
            factor = np.where(expected > 0, cases / expected, 1.0)
            factor = np.maximum(factor, 1) if chart.direction == "inc" else np.minimum(factor, 1)
        grown = np.where(cases > 0, cases * np.log(factor), 0.0)
    return np.asarray(grown - expected * (factor - 1))


def _solved(
    y: Floats, mean: Floats, driven: Floats, known: NDArray[np.bool_], chart: Chart
) -> Floats:
    """Ratios (n, starts) where the likeliest change is the root of a falling score.

    The changed mean is mean + lambda * driven; for the intercept the factor is 1 + lambda and
    ``driven`` the mean itself. The score of a stretch is a sum of falling terms, so that bisection
    on its logarithm finds the root of every stretch together.
    """
    alpha = chart.alpha[:, None]
    rising = chart.direction == "inc" or chart.change == "epi"

    def changed(part: Floats) -> tuple[Floats, Floats]:
        """Mean (n, starts, points) and its slope, for lambda (n, starts)."""
        return mean[:, None] + part[..., None] * driven[:, None], driven[:, None]

    inside = np.triu(np.ones((y.shape[1], y.shape[1]), dtype=bool))[None] & known[:, None]

    def score(part: Floats) -> Floats:
        mu, slope = changed(part)
        with np.errstate(divide="ignore", invalid="ignore"):
            term = slope * (y[:, None] - mu) / (mu * (1 + alpha[..., None] * mu))
        return np.where(inside, np.nan_to_num(term), 0.0).sum(axis=2)

    shape = (len(y), y.shape[1])
    if chart.theta is not None:
        part = np.full(shape, chart.theta - (chart.change == "intercept"))
    elif rising:
        part = _root(score, shape)
    else:
        part = _below(score, shape)
    mu, _slope = changed(part)
    a = alpha[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        grown = np.where(y[:, None] > 0, y[:, None] * np.log(mu / mean[:, None]), 0.0)
        spread = np.where(
            a > 0,
            (y[:, None] + 1 / np.where(a > 0, a, 1)) * (np.log1p(a * mu) - np.log1p(a * mean[:, None])),
            mu - mean[:, None],
        )  # fmt: skip
    return np.asarray(np.where(inside, grown - spread, 0.0).sum(axis=2))


def _root(score: Score, shape: tuple[int, int]) -> Floats:
    """Lambda from 0 up: 0 where the score falls from the start."""
    low, high = np.full(shape, -30.0), np.full(shape, 14.0)  # logarithms
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        up = score(np.exp(middle)) > 0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.where(score(np.zeros(shape)) > 0, np.exp(low), 0.0)


def _below(score: Score, shape: tuple[int, int]) -> Floats:
    """Lambda between -1 and 0, by the factor's logarithm: 0 where the score rises there."""
    low, high = np.full(shape, -40.0), np.zeros(shape)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        up = score(np.exp(middle) - 1) > 0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.where(score(np.zeros(shape)) < 0, np.exp(low) - 1, 0.0)
