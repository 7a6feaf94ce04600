"""Forecasts of counts as quantiles: single models, and the ensemble that weighs them.

The ensemble replays each member over the past year: its parameters were fitted a year, then three
quarters, and so on ago, and every replayed forecast saw only what was known at its origin. Those
scores give the weights, and those transforms correct the levels.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.autoregression import (
    WEEKS,
    Fitted,
    Speeds,
    autoregressions,
)
from tuyen.engines.surveillance.climate import climate
from tuyen.engines.surveillance.count_quantiles import nb_quantiles
from tuyen.engines.surveillance.ensemble import combined, recalibrated, weights
from tuyen.engines.surveillance.level import levels as levels_of
from tuyen.engines.surveillance.scores import LEVELS
from tuyen.engines.surveillance.walk import walks
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Model = Literal["ensemble", "nb-ar", "level", "fast-level", "baseline", "ets", "arima", "climate"]

MODELS: tuple[Model, ...] = (
    "ensemble", "nb-ar", "level", "fast-level", "baseline", "ets", "arima", "climate",
)  # fmt: skip
MEMBERS: tuple[Model, ...] = MODELS[1:5]
_REGRESSED = ("nb-ar", "ets", "arima", "climate")  # each series by itself, if it has cases enough
_HALF_LIFE = {"level": 20.0, "fast-level": 8.0}  # of the level, in weeks
_REFITS = 4  # in the replayed year
_ORIGINS = 13  # replayed
_ENOUGH = 10  # cases in the last two years: fewer say nothing about a season
_TOGETHER = 256  # series at once, which bounds the memory
_SHORT = 60  # periods: fewer are not regressed


class Forecast(NamedTuple):
    """Quantiles of s series, h periods ahead, at k levels."""

    quantiles: Floats  # (s, h, k) whole numbers, 0 or more; NaN: nothing is known of the series
    mean: Floats  # (s, h)
    weights: Floats  # (s, members) of the members asked for; a single model has weight 1


@dataclass(frozen=True)
class _Task:
    """Series that are forecast together, with all that is known of them."""

    counts: Floats  # (s, m)
    horizon: int
    levels: Floats
    speeds: Speeds
    weather: Floats | None  # (s, m, c)
    future: Floats | None  # (s, h, c)
    dense: bool = True

    def of(self, rows: NDArray[np.int64], dense: bool) -> "_Task":
        weather, future = (None if part is None else part[rows] for part in
                           (self.weather, self.future))  # fmt: skip
        return replace(self, counts=self.counts[rows], weather=weather, future=future, dense=dense)


def forecast(
    counts: Floats,
    horizon: int,
    model: Model = "ensemble",
    *,
    levels: Floats = LEVELS,
    speeds: Speeds = WEEKS,
    members: tuple[Model, ...] | None = None,
    weather: Floats | None = None,
    future: Floats | None = None,
    workers: int = 1,
) -> Forecast:
    """Forecast the next ``horizon`` periods of s series on one calendar.

    Parameters
    ----------
    counts : (s, m) float64
        Whole counts, oldest first; NaN is missing.
    horizon : int
        1 or more.
    model : str
        One of MODELS. A series too short or too sparse for ``nb-ar``, ``ets``, ``arima`` or
        ``climate`` gets ``level`` in its place.
    speeds : Speeds
        WEEKS, MONTHS or DAYS of :mod:`~tuyen.engines.surveillance.autoregression`.
    members : tuple of str, optional
        Of the ensemble; default MEMBERS, and ``climate`` where there is weather. ``ets`` and
        ``arima`` are not among them: with their replays they take seconds a series.
    weather : (s, m, c) float64, optional
        Covariates of the same periods, for ``climate``; NaN is missing.
    future : (s, horizon, c) float64, optional
        Forecasts of them, made by the end of the counts; else what is usual. Replayed forecasts
        never see it, nor the weather after their origins.
    workers : int
        Threads that forecast at the same time; the answer does not depend on it.

    Raises
    ------
    BadInput
        If an argument is out of range.
    """
    counts = np.asarray(counts, dtype=np.float64)
    _check(counts, horizon, model, members, weather)
    if model != "ensemble":
        members = (model,)
    elif members is None:
        members = MEMBERS if weather is None else (*MEMBERS, "climate")
    task = _Task(counts, horizon, levels, speeds, weather, future)
    dense = _dense(counts, horizon, speeds)
    answer = Forecast(
        np.full((len(counts), horizon, len(levels)), np.nan),
        np.full((len(counts), horizon), np.nan),
        np.zeros((len(counts), len(members))),
    )
    parts = _parts(counts, dense)

    def one(part: NDArray[np.int64]) -> Forecast:
        return _of_like(task.of(part, bool(dense[part[0]])), members)

    if workers == 1 or len(parts) == 1:
        made = [one(part) for part in parts]
    else:
        with ThreadPoolExecutor(workers) as pool:  # the kernels let go of Python's lock
            made = list(pool.map(one, parts))
    for part, found in zip(parts, made, strict=True):
        for whole, piece in zip(answer, found, strict=True):
            whole[part] = piece
    zero = np.flatnonzero((counts == 0).all(axis=1))
    if zero.size:
        task = replace(task, weather=None, future=None)  # no member of a sparse series looks at it
        alone = _of_like(task.of(zero[:1], False), members)
        for whole, piece in zip(answer, alone, strict=True):
            whole[zero] = piece[0]
    return answer


def _parts(counts: Floats, dense: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Series that are forecast together; those that never had a case are left out."""
    known = ~np.isnan(counts).all(axis=1) & ~(counts == 0).all(axis=1)
    parts = []
    for chosen in (known & dense, known & ~dense):
        rows = np.flatnonzero(chosen)
        parts += [rows[start : start + _TOGETHER] for start in range(0, rows.size, _TOGETHER)]
    return parts


def _check(
    counts: Floats, horizon: int, model: str, members: tuple[Model, ...] | None,
    weather: Floats | None,
) -> None:  # fmt: skip
    if counts.ndim != 2 or counts.shape[1] == 0:
        raise BadInput(what=f"counts has shape {counts.shape}; give (series, periods)")
    if horizon < 1:
        raise BadInput(what=f"horizon is {horizon}; expected 1 or more")
    if model not in MODELS:
        raise BadInput(what=f"model is {model!r}; use one of {', '.join(MODELS)}")
    if members is not None and not (members and set(members) <= set(MODELS[1:])):
        raise BadInput(what=f"members are {members!r}; use some of {', '.join(MODELS[1:])}")
    if weather is None and "climate" in (model, *(members or ())):
        raise BadInput(what="climate needs weather; give covariates of the same periods")
    if (counts < 0).any():
        raise BadInput(what="counts are 0 or more")


def _dense(counts: Floats, horizon: int, speeds: Speeds) -> NDArray[np.bool_]:
    """Which series are regressed: long enough, and with cases enough in the last two years."""
    recent = counts[:, -round(2 * speeds.year) :]
    enough = np.nansum(recent, axis=1) >= _ENOUGH
    known = (~np.isnan(counts)).sum(axis=1)
    return enough & (known >= _SHORT + horizon)


def _of_like(task: _Task, members: tuple[Model, ...]) -> Forecast:
    """Forecasts of series that are all regressed, or all not; the ensemble, if several."""
    length = task.counts.shape[1]
    if len(members) == 1:
        _, quantiles, mean = _member(task, members[0], np.empty(0, dtype=np.int64))
        return Forecast(quantiles, mean, np.ones((len(task.counts), 1)))
    chosen = [one for one in members if task.dense or one not in _REGRESSED] or ["level"]
    origins = _origins(task)
    target = origins[:, None] + np.arange(task.horizon)  # the periods forecast
    came = target < length
    observed = task.counts[:, np.minimum(target, length - 1)][:, came]  # (s, n)
    past = np.empty((len(task.counts), len(chosen), int(came.sum()), len(task.levels)))
    present = np.empty((len(task.counts), len(chosen), task.horizon, len(task.levels)))
    means = np.empty((len(task.counts), len(chosen), task.horizon))
    for m, member in enumerate(chosen):
        replayed, present[:, m], means[:, m] = _member(task, member, origins)
        past[:, m] = replayed[:, came]
    weight = weights(observed, past, task.levels)
    quantiles = recalibrated(
        combined(present, weight), task.levels, observed, combined(past, weight)
    )
    whole = np.zeros((len(task.counts), len(members)))
    for place, member in enumerate(chosen):
        if member in members:
            whole[:, members.index(member)] = weight[:, place]
    return Forecast(quantiles, np.einsum("smh,sm->sh", means, weight), whole)


def _origins(task: _Task) -> NDArray[np.int64]:
    """The origins in the past year from which the members are replayed."""
    length = task.counts.shape[1]
    year = min(round(task.speeds.year), length // 3)
    back = np.unique(np.linspace(1, max(year, 1), _ORIGINS).round().astype(np.int64))[::-1]
    return (length - back)[length - back >= 8]


def _member(task: _Task, model: Model, origins: NDArray[np.int64]) -> tuple[Floats, Floats, Floats]:
    """Of one model, quantiles (s, o, h, k) as it would have given them at the origins, and now
    (s, h, k), and means (s, h) now."""
    length = task.counts.shape[1]
    if model == "baseline":
        walked = walks(task.counts, np.append(origins, length), task.horizon, task.levels)
        past = np.where(np.isnan(walked), 0.0, walked)  # nothing yet: nobody expected anything
        return past[:, :-1], walked[:, -1], walked[:, -1].mean(axis=2)
    groups = [part for part in np.array_split(np.arange(origins.size), _REFITS) if part.size]
    untils = [int(origins[part[0]]) for part in groups]
    fits = _fits(task, model, untils)
    past = np.empty((len(task.counts), origins.size, task.horizon, len(task.levels)))
    for found, part, until in zip(fits, groups, untils, strict=False):
        picked = Fitted(found.mean[:, origins[part] - until], found.size)
        past[:, part] = _quantiles(picked, task.levels)
    return past, _quantiles(fits[-1], task.levels)[:, 0], fits[-1].mean[:, 0]


def _fits(task: _Task, model: Model, untils: list[int]) -> list[Fitted]:
    """One fit for each of ``untils`` and one for now."""
    now = task.counts.shape[1]
    half_life = _half_life(model, task.speeds)
    if not (task.dense and model in _REGRESSED):
        return levels_of(task.counts, task.horizon, half_life, untils=[*untils, now])
    if untils and untils[0] < _SHORT // 2 + task.horizon:  # too short then, not now
        before = levels_of(task.counts, task.horizon, half_life, untils=[*untils, now])
        return [*before[:-1], *_regressed(task, model, [now])]
    return _regressed(task, model, [*untils, now])


def _regressed(task: _Task, model: Model, untils: list[int]) -> list[Fitted]:
    """One fit for each of ``untils`` of a model that needs cases enough."""
    if model == "nb-ar":
        return autoregressions(task.counts, task.horizon, task.speeds, untils=untils)
    if model == "climate":
        assert task.weather is not None  # checked at the door
        return climate(
            task.counts, task.weather, task.horizon, task.speeds, untils=untils,
            future=task.future,
        )  # fmt: skip
    from tuyen.engines.surveillance.classical import classical  # its library is slow to wake

    kind: Literal["ets", "arima"] = "ets" if model == "ets" else "arima"
    return classical(task.counts, task.horizon, kind, task.speeds, untils=untils)


def _half_life(model: Model, speeds: Speeds) -> float:
    """Of a level, in periods; a regression without enough cases is ``level``."""
    return _HALF_LIFE.get(model, _HALF_LIFE["level"]) * speeds.year / 52.18


def _quantiles(found: Fitted, levels: Floats) -> Floats:
    """Quantiles (s, o, h, k) of predictions for o origins."""
    size = np.broadcast_to(found.size[:, None], found.mean.shape)
    flat = nb_quantiles(found.mean.ravel(), size.ravel(), levels)
    return flat.reshape(*found.mean.shape, len(levels))
