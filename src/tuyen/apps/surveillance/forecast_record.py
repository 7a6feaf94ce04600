"""Forecasts made again at past origins, each by what was known then, against what came."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.queries import asof
from tuyen.engines.surveillance.forecasting import forecast
from tuyen.engines.surveillance.scores import LEVELS, pit_of_quantiles, wis
from tuyen.kernel.period import Period
from tuyen.rules.surveillance import VIETNAM

Floats = NDArray[np.float64]
ORIGINS, APART, AHEAD = 12, 4, 4  # forecasts, weeks between them, weeks ahead
_HISTORY = 261  # weeks
_BINS = 10


class Horizon(NamedTuple):
    """Forecasts of one number of weeks ahead."""

    ahead: int
    forecasts: int
    wis: float
    baseline: float  # WIS of the last value carried on
    covered_50: float
    covered_90: float


class Record(NamedTuple):
    """How forecasts of one disease over all of the reader's communes have kept their word."""

    first: date
    last: date
    horizons: list[Horizon]
    transform: list[
        float
    ]  # (10,) share of the outcomes in each tenth of the forecast; flat is right


def record(by: Actor, disease: str, on: date) -> Record | None:
    """Replay a year of forecasts: each sees the counts as known at its origin and nothing later.

    What came is what is known now of weeks that have ended. None where there are fewer than two
    years before the first origin. One query.
    """
    last = Period.of("week", on).previous()
    every = Period.range(
        "week", last.start - timedelta(weeks=_HISTORY + ORIGINS * APART), last.start
    )
    map_ = places.atlas()
    now = datetime.combine(on, time(0), VIETNAM)
    past = asof.history(by=by, until=now, first=every[0].start, last=last.end, diseases=[disease])
    came = (
        past.as_of(now, every, diseases=[disease], map_on=on, map_=map_).totals()[0].astype(float)
    )
    known = np.flatnonzero(came)
    start = int(known[0]) if known.size else len(every)
    told: list[tuple[int, float, Floats, Floats]] = []
    for k in range(ORIGINS):
        origin = len(every) - AHEAD - k * APART  # the first week that is forecast
        if origin - start < 104:
            break
        moment = datetime.combine(every[origin].start, time(0), VIETNAM)
        seen = past.as_of(
            moment, every[start:origin], diseases=[disease], map_on=on, map_=map_
        ).totals()
        counts = seen[:1].astype(float)
        ours = forecast(counts, AHEAD).quantiles[0]
        plain = forecast(counts, AHEAD, "baseline").quantiles[0]
        told += [(h + 1, came[origin + h], ours[h], plain[h]) for h in range(AHEAD)]
    if not told:
        return None
    made = len(told) // AHEAD
    return Record(
        every[len(every) - AHEAD - (made - 1) * APART].start, last.end,
        [_horizon(h, told) for h in range(1, AHEAD + 1)], _transform(told),
    )  # fmt: skip


def _horizon(ahead: int, told: list[tuple[int, float, Floats, Floats]]) -> Horizon:
    mine = [row for row in told if row[0] == ahead]
    came = np.array([row[1] for row in mine])
    ours, plain = (np.stack([row[n] for row in mine]) for n in (2, 3))
    return Horizon(
        ahead, len(mine), float(wis(came, ours, LEVELS).mean()),
        float(wis(came, plain, LEVELS).mean()), _held(came, ours, 0.25, 0.75),
        _held(came, ours, 0.05, 0.95),
    )  # fmt: skip


def _held(came: Floats, quantiles: Floats, low: float, high: float) -> float:
    a, b = (int(np.argmin(np.abs(LEVELS - level))) for level in (low, high))
    return float(((quantiles[:, a] <= came) & (came <= quantiles[:, b])).mean())


def _transform(told: list[tuple[int, float, Floats, Floats]]) -> list[float]:
    """Outcomes of counts spread evenly over the part of the forecast in which they lie."""
    came = np.array([row[1] for row in told])
    low, high = pit_of_quantiles(came, np.stack([row[2] for row in told]), LEVELS)
    edges = np.linspace(0, 1, _BINS + 1)
    width = np.maximum(high - low, 1e-9)[:, None]
    below = np.clip((edges[None] - low[:, None]) / width, 0, 1)
    return [float(share) for share in np.diff(below.mean(axis=0))]
