"""Negative binomial autoregression with a season, for many series of counts at once.

Each horizon has its own regression of the count h periods later on what is known at the origin:
recent level at four speeds, harmonics of the target's place in the year, and how counts moved at
this time of earlier years. Coefficients are penalised towards "tomorrow is like a mix of recent
levels, without season", so a series speaks for itself as far as it has something to say.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.forecast_kernel import fit_each
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]

WARM = 12  # origins left out of the fit: their long means have little behind them
_SMALL = 0.5  # added to a level before its logarithm
LARGEST = 17.0  # log of the largest mean


class Speeds(NamedTuple):
    """What a period is: how long a year and the means are, in periods."""

    year: float = 52.18
    means: tuple[int, int, int] = (3, 8, 26)
    harmonics: int = 4
    weekly: bool = False  # harmonics of seven periods, for days
    half_life: float = 156.0  # after which an origin counts half in the fit


WEEKS, MONTHS = Speeds(), Speeds(12.0, (2, 4, 12), 3, half_life=60.0)
DAYS = Speeds(365.25, (7, 28, 90), 3, weekly=True, half_life=365.0)


class Fitted(NamedTuple):
    """Predictive negative binomials of s series."""

    mean: Floats  # (s, o, h) for the origins asked for
    size: Floats  # (s, h)


def autoregression(
    counts: Floats, horizon: int, speeds: Speeds = WEEKS, *, until: int | None = None
) -> Fitted:
    """Fit on the first ``until`` periods; predict from there and from every later origin.

    Parameters
    ----------
    counts : (s, m) float64
        Whole counts, oldest first; NaN is missing.
    horizon : int
        Periods ahead, 1 ... horizon.
    until : int, optional
        Periods used in the fit; default m. Predictions begin at origin ``until`` (its last known
        period is ``until - 1``) and end at origin m: m - until + 1 origins.

    Returns
    -------
    Fitted
        The variance is mean + mean^2 / size. A series without any count gives means near 0.

    Raises
    ------
    BadInput
        If there are fewer than 12 + horizon + 8 periods to fit.

    Notes
    -----
    Ridge-penalised Fisher scoring, dispersion by moments, O(s m p^2) per round. Sources: Held, Höhle
    and Hofmann, Stat Model 2005; 5: 187-199 (counts with an epidemic and an endemic part); the
    direct form for each horizon: Marcellino, Stock and Watson, J Econom 2006; 135: 499-526.
    """
    length = counts.shape[1] if until is None else until
    return autoregressions(counts, horizon, speeds, untils=[length])[0]


def autoregressions(
    counts: Floats, horizon: int, speeds: Speeds = WEEKS, *, untils: list[int]
) -> list[Fitted]:
    """As :func:`autoregression`, fitted once for each of ``untils``, a rising list.

    Predictions of each fit begin at its own ``until`` and end where the next begins, the last at
    origin m. What a missing count is filled with is known by the first of them.
    """
    counts = np.asarray(counts, dtype=np.float64)
    if untils[0] < WARM + horizon + 8:
        raise BadInput(what=f"{untils[0]} periods; an autoregression needs {WARM + horizon + 8}")
    ends = [*untils[1:], counts.shape[1] + 1]
    fits = [
        Fitted(np.empty((len(counts), end - until, horizon)), np.empty((len(counts), horizon)))
        for until, end in zip(untils, ends, strict=True)
    ]
    for h in range(1, horizon + 1):
        x, prior, penalty = design(counts, h, speeds, known=untils[0])
        start: tuple[Floats, Floats] | None = None
        for (mean, size), until, end in zip(fits, untils, ends, strict=True):
            y = counts[:, WARM + h : until]
            age = np.arange(y.shape[1])[::-1]
            weight = np.where(np.isnan(y), 0.0, 0.5 ** (age / speeds.half_life))
            beta, alpha = penalised(
                x[:, :, WARM : until - h], np.nan_to_num(y), weight, prior, penalty, start
            )
            start = beta, alpha  # a quarter of a year later the fit is nearly the same
            later = (beta[:, None] @ x[:, :, until - 1 : end - 1])[:, 0]
            mean[:, :, h - 1] = np.exp(np.clip(later, -8, LARGEST))
            size[:, h - 1] = 1 / alpha
    return fits


def design(counts: Floats, h: int, speeds: Speeds, known: int) -> tuple[Floats, Floats, Floats]:
    """Columns (s, p, m) by origin, with the prior value and the penalty (p,) of each.

    Row t uses periods up to t only. A missing count is filled by the mean of the known ones of the
    first ``known`` periods.
    """
    series, length = counts.shape
    seen = counts[:, :known]
    there = ~np.isnan(seen)
    usual = np.where(there, seen, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    filled = np.where(np.isnan(counts), usual[:, None], counts)
    total = np.concatenate([np.zeros((series, 1)), np.cumsum(filled, axis=1)], axis=1)
    t = np.arange(length)

    def log_mean(low: NDArray[np.int64], high: NDArray[np.int64]) -> Floats:
        low, high = np.clip(low, 0, length), np.clip(high, 0, length)
        return np.log((total[:, high] - total[:, low]) / np.maximum(high - low, 1) + _SMALL)

    columns, prior, penalty = [np.ones(series)[:, None] + 0 * t], [0.0], [1e-3]

    def add(column: Floats, towards: float, how_much: float) -> None:
        columns.append(np.broadcast_to(column, (series, length)))
        prior.append(towards)
        penalty.append(how_much)

    cycles = [(speeds.year, k) for k in range(1, speeds.harmonics + 1)]
    cycles += [(7.0, k) for k in (1, 2, 3)] if speeds.weekly else []
    for period, k in cycles:
        turn = 2 * np.pi * k * (t + h) / period
        strength = 16.0 * k**2 if period == speeds.year else 4.0
        add(np.sin(turn), 0.0, strength)
        add(np.cos(turn), 0.0, strength)
    for wide, towards in ((0, 0.2), (2, 0.3)):
        add(_earlier_years(log_mean, t, h, speeds, wide), towards, 20.0)
    short, middle, long = speeds.means
    level = [log_mean(np.maximum(t - w + 1, 0), t + 1) for w in (1, short, middle, long)]
    for k, towards in enumerate((0.3, 0.6, 0.9)):
        add(level[k] - level[k + 1], towards, 8.0)
    add(level[3], 1.0, 8.0)
    return np.stack(columns, axis=1), np.array(prior), np.array(penalty)


LogMean = Callable[[NDArray[np.int64], NDArray[np.int64]], Floats]


def _earlier_years(
    log_mean: LogMean, t: NDArray[np.int64], h: int, speeds: Speeds, wide: int
) -> Floats:
    """How the logarithm moved, from now to the target, at this time of up to five earlier years."""
    moved, years = np.zeros(t.size), np.ones(t.size)  # a year in which nothing moved comes first
    for year in range(1, 6):
        back = round(speeds.year * year)
        then, target = t - back, t - back + h
        there = then - wide >= 0
        since = log_mean(then - 2, then + 1 + wide)
        move = log_mean(target - wide, target + wide + 1) - since
        moved = moved + np.where(there, move, 0.0)
        years = years + there
    return moved / years


def penalised(
    x: Floats, y: Floats, weight: Floats, prior: Floats, penalty: Floats,
    start: tuple[Floats, Floats] | None = None,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Coefficients (s, p) and dispersion (s,) of log-linear negative binomial regressions.

    Maximises the weighted likelihood less penalty / 2 * (beta - prior)^2, all series together,
    x (s, p, n), y and weight (s, n); the dispersion is where Pearson's statistic equals its
    degrees of freedom, 0.7 p of them spent, and stays in [1e-6, 20]. ``start`` holds both of a fit
    that is thought to be near.
    """
    series = len(x)
    if start is not None:
        beta, alpha = (part.copy() for part in start)
        given = (np.ascontiguousarray(part) for part in (x, y, weight))
        fit_each(*given, prior, penalty, beta, alpha)
        return beta, alpha
    weights = weight.sum(axis=1)
    centre = (x @ weight[..., None])[..., 0] / np.maximum(weights, 1e-9)[:, None]
    mean = (weight * y).sum(axis=1) / np.maximum(weights, 1e-9)
    beta = np.repeat(prior[None], series, axis=0)
    beta[:, 0] = np.log(mean + 0.1) - (centre[:, 1:] * prior[1:]).sum(axis=1)
    alpha = np.full(series, 0.2)
    fit_each(*(np.ascontiguousarray(part) for part in (x, y, weight)), prior, penalty, beta, alpha)
    return beta, alpha
