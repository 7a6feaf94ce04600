"""Counts that follow the weather weeks later: a regression with distributed lags.

To the autoregression of :mod:`autoregression` come, for each covariate (rain, temperature, ...),
its departures from what is usual at that time of the year, over the last weeks before the target.
How much each lag counts is a smooth curve; places share it as far as each has nothing else to say.

Weather after the origin is never what was measured there: it is what is usual (departure 0), or a
forecast of it that the caller says was made by then. The regression is fitted on the same terms,
so that it does not learn to trust weather that it will not have.
"""

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.autoregression import (
    LARGEST,
    WARM,
    WEEKS,
    Fitted,
    Levels,
    Speeds,
    design,
    penalised,
)
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]

_CURVES = 4  # smooth shapes over the lags: a level and three waves
_SHARED = 1.0  # penalty of the shared curve
_OWN = 60.0  # and of a place's departure from it
_WAVES = 2  # harmonics of what is usual in a year
_LAGS = 16 / 52.18  # years: eggs to biting mosquitoes to cases take one to four months


def lags(speeds: Speeds) -> int:
    """The longest lag looked at, in periods: 16 weeks, 4 months, 112 days."""
    return max(2, round(_LAGS * speeds.year))


def departures(weather: Floats, known: int, year: float) -> Floats:
    """How far (s, m, c) the weather was from its season, in deviations; 0 where it is missing.

    Season and deviation are those of the first ``known`` periods.
    """
    series, length, covariates = weather.shape
    t = np.arange(length)
    turns = [2 * np.pi * k * t / year for k in range(1, _WAVES + 1)]
    x = np.stack([np.ones(length), *(f(turn) for turn in turns for f in (np.sin, np.cos))], axis=1)
    answer = np.zeros(weather.shape)
    ridge = np.diag([1e-6] + [1.0] * (x.shape[1] - 1))
    for s in range(series):
        for c in range(covariates):
            value = weather[s, :, c]
            there = ~np.isnan(value)
            learned = x[:known][there[:known]]
            if len(learned) < 4:
                continue
            centre = value[:known][there[:known]].mean()
            value = value - centre
            first = value[:known][there[:known]]
            beta = np.linalg.solve(learned.T @ learned + ridge, learned.T @ first)
            wide = float(np.std(first - learned @ beta))
            if wide > 1e-9 * max(1.0, abs(centre)):
                answer[s, there, c] = (value[there] - x[there] @ beta) / wide
    return np.clip(answer, -4.0, 4.0)


def climate(
    counts: Floats, weather: Floats, horizon: int, speeds: Speeds = WEEKS, *, untils: list[int],
    future: Floats | None = None,
) -> list[Fitted]:  # fmt: skip
    """Predict as :func:`~tuyen.engines.surveillance.autoregression.autoregressions` does.

    Parameters
    ----------
    counts : (s, m) float64
        Whole counts, oldest first; NaN is missing.
    weather : (s, m, c) float64
        Covariates of the same periods; NaN is missing, and taken as usual.
    future : (s, horizon, c) float64, optional
        A forecast of the weather, made by the end of the counts; used from the last origin only.
        NaN, and no forecast at all: what is usual.

    Raises
    ------
    BadInput
        If shapes differ or there are too few periods.

    Notes
    -----
    Sources: Gasparrini, Armstrong and Kenward, Stat Med 2010; 29: 2224-2234 (distributed lags);
    Lowe et al., Lancet Planet Health 2021; 5: e209-e219 (dengue after rain and heat). O(s m c L).
    """
    counts, weather = np.asarray(counts, np.float64), np.asarray(weather, np.float64)
    if weather.ndim != 3 or weather.shape[:2] != counts.shape:
        raise BadInput(what=f"weather has shape {weather.shape}; give {counts.shape} by covariate")
    series, length, covariates = weather.shape
    if future is not None and future.shape != (series, horizon, covariates):
        raise BadInput(
            what=f"future has shape {future.shape}; give {(series, horizon, covariates)}"
        )
    if untils[0] < WARM + horizon + 8:
        raise BadInput(what=f"{untils[0]} periods; a regression needs {WARM + horizon + 8}")
    whole = weather if future is None else np.concatenate([weather, future], axis=1)
    apart = departures(whole, untils[0], speeds.year)
    ends = [*untils[1:], length + 1]
    fits = [
        Fitted(np.empty((series, end - until, horizon)), np.empty((series, horizon)))
        for until, end in zip(untils, ends, strict=True)
    ]
    levels = Levels(counts, known=untils[0])
    for h in range(1, horizon + 1):
        x, prior, penalty = design(levels, h, speeds)
        lagged = _lagged(apart, length, h, lags(speeds))
        x = np.concatenate([x, lagged], axis=1)
        start: tuple[Floats, Floats] | None = None
        for (mean, size), until, end in zip(fits, untils, ends, strict=True):
            y = counts[:, WARM + h : until]
            age = np.arange(y.shape[1])[::-1]
            weight = np.where(np.isnan(y), 0.0, 0.5 ** (age / speeds.half_life))
            rows = x[:, :, WARM : until - h]
            towards, stiff = _shared(rows, np.nan_to_num(y), weight, prior, penalty)
            beta, alpha = penalised(rows, np.nan_to_num(y), weight, towards, stiff, start)
            start = beta, alpha
            later = (beta[:, None] @ x[:, :, until - 1 : end - 1])[:, 0]
            mean[:, :, h - 1] = np.exp(np.clip(later, -8, LARGEST))
            size[:, h - 1] = 1 / alpha
    return fits


def _shared(
    x: Floats, y: Floats, weight: Floats, prior: Floats, penalty: Floats
) -> tuple[Floats, Floats]:
    """Prior and penalty of each place: the curve over the lags that all places together show."""
    series, columns, rows = x.shape
    added = columns - len(prior)
    curves = np.tile(1.0 + np.arange(_CURVES) ** 2, added // _CURVES)  # waves are held shorter
    towards = np.concatenate([prior, np.zeros(added)])
    if series > 1:
        together = np.ascontiguousarray(x.transpose(1, 0, 2).reshape(1, columns, series * rows))
        stiff = np.concatenate([penalty, _SHARED * curves])
        beta, _ = penalised(together, y.reshape(1, -1), weight.reshape(1, -1), towards, stiff)
        towards[len(prior) :] = beta[0, len(prior) :]
    return towards, np.concatenate([penalty, _OWN * curves])


def _lagged(apart: Floats, length: int, h: int, longest: int) -> Floats:
    """Smooth sums (s, curves * c, m) by origin of the departures before the period h later.

    Row t uses what lies up to t; row m - 1 also what ``apart`` holds beyond, a forecast.
    """
    series, held, covariates = apart.shape
    lag = np.arange(longest + 1)
    shape = np.cos(np.pi * np.outer(np.arange(_CURVES), lag + 0.5) / (longest + 1))
    shape /= np.sqrt(longest + 1)
    answer = np.zeros((series, covariates, _CURVES, length))
    past = apart[:, :length].transpose(0, 2, 1)
    for far in lag[lag >= h]:
        back = int(far) - h  # periods before the origin
        moved = past[:, :, : length - back]
        answer[:, :, :, back:] += shape[:, far][:, None] * moved[:, :, None, :]
    for far in lag[lag < h]:
        at = length - 1 + h - int(far)
        if at < held:
            answer[:, :, :, -1] += shape[:, far] * apart[:, at, :, None]
    return answer.reshape(series, covariates * _CURVES, length)
