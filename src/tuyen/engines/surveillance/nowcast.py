"""How many cases will the last days have, when all are reported? Chain ladder with honest spread.

The method, for many series at once:

1. Delays and weekdays of reporting are the main effects of a Poisson model of the triangle, whose
   maximum likelihood is the chain ladder; recent periods count more, so that delays may drift.
2. What is known of a period is weighed against the level and growth of its neighbours, as two
   gamma-Poisson guesses: a day with nothing reported yet is not a day without cases.
3. The spread is checked against the past: the same nowcast is repeated as of earlier periods, and
   the variance multiplied by how much larger the real errors were.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.count_quantiles import nb_quantiles
from tuyen.engines.surveillance.triangle import ages, seen
from tuyen.engines.surveillance.truncation import Nowcast
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]

_ROUNDS = 12  # of proportional fitting; effects settle to a per cent of their error
_STEADY = 20.0  # reports worth of belief that a weekday is like the others
_CAUTION = 5.0  # past errors worth of belief that the theoretical variance is right
_UNSEEN = 1.2  # how much larger errors are of periods that the delays were not fitted to


class Settings(NamedTuple):
    """What can be chosen; the defaults were tuned on simulated triangles only."""

    half_life: float = 42.0  # periods after which a row counts half in the delays
    level_window: int = 14  # periods that level and growth are taken from
    growth_sd: float = 0.06  # how fast growth per period is expected to be
    past: int = 28  # earlier periods that the nowcast is repeated for


def nowcast(
    counts: Floats,
    levels: Floats,
    *,
    weekday: int | None = None,
    settings: Settings = Settings(),  # noqa: B008  # a tuple: it cannot change
) -> list[Nowcast]:
    """Complete s reporting triangles of the same shape.

    Parameters
    ----------
    counts : (s, m, d + 1) float64
        Counts by reference period and delay; NaN where the report would lie in the future.
    levels : (k,) float64
        Quantile levels, rising.
    weekday : int, optional
        Weekday (0 to 6, any numbering) of the first reference period, when periods are days;
        None: no weekday effect.

    Returns
    -------
    list of Nowcast
        One per series; quantiles are whole numbers, never below what is reported. A triangle of
        zeros gives zeros.

    Raises
    ------
    BadInput
        If counts is not a triangle.

    Notes
    -----
    Chain ladder as a Poisson model: Mack, ASTIN Bull 1991; 21: 93-109. Gamma-Poisson weighing of
    neighbours: as Höhle and an der Heiden, Biometrics 2014; 70: 993-1002, with a level that moves.
    """
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 3 or counts.shape[2] < 2:
        raise BadInput(what=f"counts has shape {counts.shape}; give (series, periods, delays)")
    known = seen(*_shape(counts))
    if np.isnan(counts[:, known]).any() or not np.isnan(counts[:, ~known]).all():
        raise BadInput(
            what="counts is not a triangle: a known cell is missing, or a future one not"
        )
    plain = np.where(known, counts, 0.0)
    share = shares(plain, known, weekday, settings)
    upto = np.cumsum(plain, axis=2)
    age = ages(*_shape(counts))
    rows = np.arange(counts.shape[1])
    reported, done = upto[:, rows, age], share[:, rows, age]
    rest, variance = _completed(upto, share, reported, done, settings)
    size = np.full(rest.shape, np.inf)
    over = variance > rest * (1 + 1e-9)
    size[over] = rest[over] ** 2 / (variance[over] - rest[over])
    quantiles = np.empty((*rest.shape, len(levels)))
    open_rows = rest > 0
    quantiles[~open_rows] = 0
    quantiles[open_rows] = nb_quantiles(rest[open_rows], size[open_rows], levels)
    quantiles += reported[..., None]
    return [
        Nowcast(reported[n], done[n], reported[n] + rest[n], quantiles[n])
        for n in range(len(counts))
    ]


def _shape(counts: Floats) -> tuple[int, int]:
    return counts.shape[1], counts.shape[2] - 1


def shares(
    plain: Floats, known: NDArray[np.bool_], weekday: int | None, settings: Settings
) -> Floats:
    """Share (s, m, d + 1) of each period's final count that is reported by each delay.

    ``plain`` is the triangle with 0 in the cells that are not ``known``.
    """
    series, length, delays = plain.shape
    recent = 0.5 ** (np.arange(length)[::-1] / settings.half_life)
    on = ((weekday or 0) + np.add.outer(np.arange(length), np.arange(delays))) % 7
    days = 7 if weekday is not None else 0
    day = np.ones((series, 7))
    delay = np.full((series, delays), 1 / delays)
    by_row, by_delay = plain.sum(axis=2), np.einsum("t,std->sd", recent, plain)
    marks = [(on == w) & known for w in range(days)]
    by_day = [(plain * mark).sum(axis=(1, 2)) for mark in marks]
    for _ in range(_ROUNDS):
        reach = np.where(known, day[:, on], 0.0) if days else known[None] * 1.0
        row = _over(by_row, np.einsum("std,sd->st", reach, delay))
        delay = _over(by_delay, np.einsum("t,st,std->sd", recent, row, reach))
        delay = _over(delay, delay.sum(axis=1, keepdims=True))
        if days:
            base = row[:, :, None] * delay[:, None, :]
            for w, mark in enumerate(marks):
                day[:, w] = (by_day[w] + _STEADY) / ((base * mark).sum(axis=(1, 2)) + _STEADY)
            day /= day.mean(axis=1, keepdims=True)
    part = np.cumsum(delay[:, None, :] * (day[:, on] if days else np.ones((1, length, 1))), axis=2)
    return _over(part, part[:, :, -1:])


def _completed(
    upto: Floats, share: Floats, reported: Floats, done: Floats, settings: Settings
) -> tuple[Floats, Floats]:
    """Mean and variance (s, m) of what is still to come of each period."""
    series, length, delays = upto.shape
    window = min(settings.level_window, length)
    # As of the present (the first row here) and of up to ``past`` earlier periods.
    last = np.arange(length - 1, max(length - 2 - settings.past, window - 2), -1)
    row = last[:, None] - np.arange(window)[::-1][None, :]  # (a, w), oldest first
    age = np.minimum(last[:, None] - row, delays - 1)
    n, f = upto[:, row, age], share[:, row, age]
    level, spread = _levels(n, f, settings)
    rest, variance = still_to_come(n, f, level, spread[:, None, None])
    now_rest, now_variance = rest[:, 0], variance[:, 0]
    ratio = np.ones((series, window))
    complete = row <= length - delays
    complete[0] = False
    if complete.any():
        final = upto[:, np.where(complete, row, 0), -1]
        error = np.where(complete, (final - n - rest) ** 2, 0.0)
        with np.errstate(invalid="ignore", divide="ignore"):
            surprise = np.where(variance > 1e-9, error / variance, 0.0)
        counted = (complete & (variance > 1e-9)).sum(axis=1)
        # Old and young periods err differently; each leans on all of them until it has its own.
        pooled = (surprise.sum(axis=(1, 2)) + _CAUTION) / (counted.sum(axis=1) + _CAUTION)
        ratio = surprise.sum(axis=1) + _CAUTION * pooled[:, None]
        ratio /= counted + _CAUTION
    answer = np.zeros((2, series, length))
    answer[0, :, length - window :] = now_rest
    answer[1, :, length - window :] = np.maximum(now_variance * ratio * _UNSEEN, now_rest)
    early = slice(0, length - window)  # beyond the window: the plain chain ladder
    answer[0, :, early] = _over(reported[:, early], done[:, early]) * (1 - done[:, early])
    answer[1, :, early] = _over(answer[0, :, early], done[:, early])
    return answer[0], answer[1]


def still_to_come(
    reported: Floats, share: Floats, level: Floats, spread: Floats
) -> tuple[Floats, Floats]:
    """Mean and variance of what is to come of periods of which a share is known.

    The rate of a period is gamma round the level of its neighbours, with squared coefficient of
    variation ``spread``; of its Poisson count a share is known. What is to come is then negative
    binomial. No level, no cases to come.
    """
    size = 1 / spread
    weight = np.where(level > 0, _over(size, level), 1.0)
    rest = np.where(level > 0, (size + reported) / (weight + share) * (1 - share), 0.0)
    return rest, rest + rest**2 / (size + reported)


def _levels(n: Floats, share: Floats, settings: Settings) -> tuple[Floats, Floats]:
    """Level (s, a, w) by log-linear growth, and the squared coefficient of variation (s,) round it.

    Penalised Poisson regression of what is known on exposure ``share``; Newton, intercept
    profiled out. The penalty says that growth per period is about ``growth_sd`` or less.
    """
    time = np.arange(n.shape[2]) - n.shape[2] + 1.0
    total = n.sum(axis=2)
    slope = np.zeros(total.shape)
    spread = np.full((len(n), 1), 0.1)
    for _ in range(6):
        level = share * np.exp(slope[..., None] * time)
        scale = _over(total, level.sum(axis=2))
        fitted = level * scale[..., None]
        # The likelihood of overdispersed counts counts for less against the penalty.
        phi = 1 + spread * _over(fitted.sum(axis=2), np.full(total.shape, n.shape[2]))
        mean_time = _over(fitted @ time, total)
        info = (fitted @ time**2 - total * mean_time**2) / phi + settings.growth_sd**-2
        slope += np.clip(((n - fitted) @ time / phi - slope / settings.growth_sd**2) / info, -1, 1)
        slope = np.clip(slope, -0.7, 0.7)
        square = ((n - fitted) ** 2 - fitted).sum(axis=(1, 2))
        spread = np.clip(_over(square + 0.1, (fitted**2).sum(axis=(1, 2)) * 0.86 + 1), 0.01, 4.0)[
            :, None
        ]
    level = np.exp(slope[..., None] * time)
    scale = _over(total, (share * level).sum(axis=2))
    return level * scale[..., None], spread[:, 0]


def _over(part: Floats, whole: Floats) -> Floats:
    """A ratio that is 0 where there is nothing to divide by."""
    shape = np.broadcast_shapes(part.shape, whole.shape)
    return np.divide(part, whole, out=np.zeros(shape), where=np.broadcast_to(whole > 0, shape))
