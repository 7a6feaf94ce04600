"""Forecasts of counts as quantiles: single models, and the ensemble that weighs them.

The ensemble replays each member over the past year: its parameters were fitted a year, then three
quarters, and so on ago, and every replayed forecast saw only what was known at its origin. Those
scores give the weights, and those transforms correct the levels.
"""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.surveillance.autoregression import (
    WEEKS,
    Fitted,
    Speeds,
    autoregression,
    autoregressions,
)
from tuyen.engines.surveillance.count_quantiles import nb_quantiles
from tuyen.engines.surveillance.ensemble import combined, recalibrated, weights
from tuyen.engines.surveillance.level import level
from tuyen.engines.surveillance.scores import LEVELS
from tuyen.engines.surveillance.walk import walks
from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Model = Literal["ensemble", "nb-ar", "level", "fast-level", "baseline"]

MODELS: tuple[Model, ...] = ("ensemble", "nb-ar", "level", "fast-level", "baseline")
MEMBERS: tuple[Model, ...] = MODELS[1:]
_HALF_LIFE = {"level": 20.0, "fast-level": 8.0}  # of the level, in weeks
_REFITS = 4  # in the replayed year
_ORIGINS = 13  # replayed
_ENOUGH = 10  # cases in the last two years: fewer say nothing about a season
_SHORT = 60  # periods: fewer are not regressed


class Forecast(NamedTuple):
    """Quantiles of s series, h periods ahead, at k levels."""

    quantiles: Floats  # (s, h, k) whole numbers, 0 or more; NaN: nothing is known of the series
    mean: Floats  # (s, h)
    weights: Floats  # (s, members) of MEMBERS; a single model has weight 1


def forecast(
    counts: Floats,
    horizon: int,
    model: Model = "ensemble",
    *,
    levels: Floats = LEVELS,
    speeds: Speeds = WEEKS,
) -> Forecast:
    """Forecast the next ``horizon`` periods of s series on one calendar.

    Parameters
    ----------
    counts : (s, m) float64
        Whole counts, oldest first; NaN is missing.
    horizon : int
        1 or more.
    model : str
        One of MODELS. A series too short or too sparse for ``nb-ar`` gets ``level`` in its place.
    speeds : Speeds
        WEEKS, MONTHS or DAYS of :mod:`~tuyen.engines.surveillance.autoregression`.

    Raises
    ------
    BadInput
        If an argument is out of range.
    """
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 2 or counts.shape[1] == 0:
        raise BadInput(what=f"counts has shape {counts.shape}; give (series, periods)")
    if horizon < 1:
        raise BadInput(what=f"horizon is {horizon}; expected 1 or more")
    if model not in MODELS:
        raise BadInput(what=f"model is {model!r}; use one of {', '.join(MODELS)}")
    if (counts < 0).any():
        raise BadInput(what="counts are 0 or more")
    dense = _dense(counts, horizon, speeds)
    answer = Forecast(
        np.full((len(counts), horizon, len(levels)), np.nan),
        np.full((len(counts), horizon), np.nan),
        np.zeros((len(counts), len(MEMBERS))),
    )
    known = ~np.isnan(counts).all(axis=1)
    for chosen in (known & dense, known & ~dense):
        rows = np.flatnonzero(chosen)
        for start in range(0, rows.size, 256):
            part = rows[start : start + 256]
            found = _of_like(counts[part], horizon, model, levels, speeds, bool(dense[part[0]]))
            for whole, piece in zip(answer, found, strict=True):
                whole[part] = piece
    return answer


def _dense(counts: Floats, horizon: int, speeds: Speeds) -> NDArray[np.bool_]:
    """Which series are regressed: long enough, and with cases enough in the last two years."""
    recent = counts[:, -round(2 * speeds.year) :]
    enough = np.nansum(recent, axis=1) >= _ENOUGH
    known = (~np.isnan(counts)).sum(axis=1)
    return enough & (known >= _SHORT + horizon)


def _of_like(
    counts: Floats, horizon: int, model: Model, levels: Floats, speeds: Speeds, dense: bool
) -> Forecast:
    """Forecasts of series that are all regressed, or all not."""
    series = len(counts)
    if model != "ensemble":
        weight = np.tile([float(model == member) for member in MEMBERS], (series, 1))
        quantiles, mean = _member(counts, horizon, model, levels, speeds, dense)
        return Forecast(quantiles, mean, weight)
    chosen = [member for member in MEMBERS if dense or member != "nb-ar"]
    now = [_member(counts, horizon, member, levels, speeds, dense) for member in chosen]
    present = np.stack([quantiles for quantiles, _ in now], axis=1)  # (s, m, h, k)
    means = np.stack([mean for _, mean in now], axis=1)
    observed, past = _replayed(counts, horizon, chosen, levels, speeds)
    weight = weights(observed, past, levels)
    quantiles = recalibrated(combined(present, weight), levels, observed, combined(past, weight))
    whole = np.zeros((series, len(MEMBERS)))
    whole[:, [MEMBERS.index(member) for member in chosen]] = weight
    return Forecast(quantiles, np.einsum("smh,sm->sh", means, weight), whole)


def _member(
    counts: Floats, horizon: int, model: Model, levels: Floats, speeds: Speeds, dense: bool
) -> tuple[Floats, Floats]:
    """Quantiles (s, h, k) and means (s, h) of one model."""
    if model == "baseline":
        quantiles = walks(counts, np.array([counts.shape[1]]), horizon, levels)[:, 0]
        return quantiles, quantiles.mean(axis=2)
    if model == "nb-ar" and dense:
        found = autoregression(counts, horizon, speeds)
    else:
        found = level(counts, horizon, _half_life(model, speeds))
    return _quantiles(found, levels)[:, 0], found.mean[:, 0]


def _half_life(model: Model, speeds: Speeds) -> float:
    """Of a level, in periods; ``nb-ar`` without enough cases is ``level``."""
    return _HALF_LIFE.get(model, _HALF_LIFE["level"]) * speeds.year / 52.18


def _quantiles(found: Fitted, levels: Floats) -> Floats:
    """Quantiles (s, o, h, k) of predictions for o origins."""
    size = np.broadcast_to(found.size[:, None], found.mean.shape)
    flat = nb_quantiles(found.mean.ravel(), size.ravel(), levels)
    return flat.reshape(*found.mean.shape, len(levels))


def _replayed(
    counts: Floats, horizon: int, chosen: list[Model], levels: Floats, speeds: Speeds
) -> tuple[Floats, Floats]:
    """What came (s, n) and what each member had forecast (s, m, n, k) over the past year.

    n runs over origins and horizons; forecasts whose target has not come yet are left out.
    """
    length = counts.shape[1]
    year = min(round(speeds.year), length // 3)
    origins = length - np.unique(np.linspace(1, max(year, 1), _ORIGINS).round().astype(int))[::-1]
    origins = origins[origins >= 8]
    target = origins[:, None] + np.arange(horizon)  # the periods forecast
    came = target < length
    observed = counts[:, np.minimum(target, length - 1)][:, came]
    past = np.empty((len(counts), len(chosen), int(came.sum()), len(levels)))
    for m, member in enumerate(chosen):
        past[:, m] = _replay(counts, origins, horizon, member, levels, speeds)[:, came]
    return observed, past


def _replay(
    counts: Floats, origins: NDArray[np.int64], horizon: int, member: Model, levels: Floats,
    speeds: Speeds,
) -> Floats:  # fmt: skip
    """Quantiles (s, o, h, k) as they would have been given at the origins."""
    answer = np.empty((len(counts), origins.size, horizon, len(levels)))
    if member == "baseline":
        walked = walks(counts, origins, horizon, levels)
        return np.where(np.isnan(walked), 0.0, walked)  # nothing yet: nobody expected anything
    groups = [part for part in np.array_split(np.arange(origins.size), _REFITS) if part.size]
    untils = [int(origins[part[0]]) for part in groups]
    half_life = _half_life(member, speeds)
    regressed = member == "nb-ar" and untils[0] >= _SHORT // 2 + horizon
    fits = autoregressions(counts, horizon, speeds, untils=untils) if regressed else []
    for n, (part, until) in enumerate(zip(groups, untils, strict=True)):
        found = (
            fits[n]
            if regressed
            else level(counts[:, : int(origins[part[-1]])], horizon, half_life, until=until)
        )
        picked = Fitted(found.mean[:, origins[part] - until], found.size)
        answer[:, part] = _quantiles(picked, levels)
    return answer
