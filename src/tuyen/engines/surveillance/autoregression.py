"""Negative binomial autoregression with a season, for many series of counts at once.

Each horizon has its own regression of the count h periods later on what is known at the origin:
recent level at four speeds, harmonics of the target's place in the year, and how counts moved at
this time of earlier years. Coefficients are penalised towards "tomorrow is like a mix of recent
levels, without season", so a series speaks for itself as far as it has something to say.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]

WARM = 12  # origins left out of the fit: their long means have little behind them
_AT_ONCE = 32  # series: their designs lie near the processor
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
    from tuyen.engines.surveillance.regression_kernel import (  # compiles: only when needed
        forecast_each,
    )

    counts = np.asarray(counts, dtype=np.float64)
    if untils[0] < WARM + horizon + 8:
        raise BadInput(what=f"{untils[0]} periods; an autoregression needs {WARM + horizon + 8}")
    ends = [*untils[1:], counts.shape[1] + 1]
    fits = [
        Fitted(np.empty((len(counts), end - until, horizon)), np.empty((len(counts), horizon)))
        for until, end in zip(untils, ends, strict=True)
    ]
    at, fade = np.array(untils, dtype=np.int64), 0.5 ** (1 / speeds.half_life)
    for first in range(0, len(counts), _AT_ONCE):
        rows = slice(first, first + _AT_ONCE)
        part = np.ascontiguousarray(counts[rows])
        levels = Levels(part, known=untils[0])
        for h in range(1, horizon + 1):
            x, prior, penalty = design(levels, h, speeds)
            mean = np.empty((len(part), counts.shape[1] + 1 - untils[0]))
            size = np.empty((len(part), len(untils)))
            forecast_each(x, part, h, WARM, fade, at, prior, penalty, mean, size)
            for u, (until, end) in enumerate(zip(untils, ends, strict=True)):
                fits[u].mean[rows, :, h - 1] = mean[:, until - untils[0] : end - untils[0]]
                fits[u].size[rows, h - 1] = size[:, u]
    return fits


class Levels:
    """Logarithms of mean counts round each period, worked out once for all horizons.

    A missing count is filled by the mean of the known ones of the first ``known`` periods.
    """

    def __init__(self, counts: Floats, known: int) -> None:
        self.series, self.length = counts.shape
        seen = counts[:, :known]
        there = ~np.isnan(seen)
        usual = np.where(there, seen, 0.0).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
        self._total = np.zeros((self.series, self.length + 1))
        filled = np.where(np.isnan(counts), usual[:, None], counts)
        np.cumsum(filled, axis=1, out=self._total[:, 1:])
        self._known: dict[tuple[int, int], Floats] = {}

    def around(self, before: int, after: int) -> Floats:
        """Of each period t (s, m): log of the mean of t - before ... t + after, as far as there."""
        found = self._known.get((before, after))
        if found is None:
            t = np.arange(self.length)
            low, high = np.maximum(t - before, 0), np.minimum(t + after + 1, self.length)
            total = self._total[:, high] - self._total[:, low]
            found = self._known[before, after] = np.log(total / (high - low) + _SMALL)
        return found


def design(levels: Levels, h: int, speeds: Speeds) -> tuple[Floats, Floats, Floats]:
    """Columns (s, p, m) by origin, with the prior value and the penalty (p,) of each.

    Row t uses periods up to t only.
    """
    t = np.arange(levels.length)
    columns: list[tuple[Floats, float, float]] = [(np.ones(levels.length), 0.0, 1e-3)]
    cycles = [(speeds.year, k) for k in range(1, speeds.harmonics + 1)]
    cycles += [(7.0, k) for k in (1, 2, 3)] if speeds.weekly else []
    for period, k in cycles:
        turn = 2 * np.pi * k * (t + h) / period
        strength = 16.0 * k**2 if period == speeds.year else 4.0
        columns += [(wave(turn), 0.0, strength) for wave in (np.sin, np.cos)]
    for wide, towards in ((0, 0.2), (2, 0.3)):
        columns.append((_earlier_years(levels, h, speeds, wide), towards, 20.0))
    mean = [levels.around(width - 1, 0) for width in (1, *speeds.means)]
    for k, towards in enumerate((0.3, 0.6, 0.9)):
        columns.append((mean[k] - mean[k + 1], towards, 8.0))
    columns.append((mean[3], 1.0, 8.0))
    x = np.empty((levels.series, len(columns), levels.length))
    for place, (column, _, _) in enumerate(columns):
        x[:, place] = column
    return x, np.array([prior for _, prior, _ in columns]), np.array([p for _, _, p in columns])


def _earlier_years(levels: Levels, h: int, speeds: Speeds, wide: int) -> Floats:
    """How the logarithm moved, from now to the target, at this time of up to five earlier years."""
    length = levels.length
    moved, years = np.zeros((levels.series, length)), np.ones(length)  # one in which nothing moved
    since, reached = levels.around(2, wide), levels.around(wide, wide)
    for year in range(1, 6):
        back = round(speeds.year * year)
        first = back + wide
        if h + wide > back or first >= length:  # that target had not come by the origin
            continue
        then = slice(first - back, length - back)
        target = slice(first - back + h, length - back + h)
        moved[:, first:] += reached[:, target] - since[:, then]
        years[first:] += 1
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
    from tuyen.engines.surveillance.regression_kernel import fit_each  # compiles: only when needed

    if start is not None:
        beta, alpha = (part.copy() for part in start)
    else:
        beta, alpha = np.empty(x.shape[:2]), np.full(len(x), 0.2)
    given = (np.ascontiguousarray(part) for part in (x, y, weight))
    fit_each(*given, prior, penalty, beta, alpha, start is not None)
    return beta, alpha
