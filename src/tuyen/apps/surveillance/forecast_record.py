"""Forecasts made again at past origins, each by what was known then, against what came."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.queries import asof
from tuyen.engines.surveillance.backtest_forecast import Quality, Replayed, ahead, quality, replay
from tuyen.engines.surveillance.forecasting import forecast
from tuyen.kernel.period import Period
from tuyen.kernel.zone import VIETNAM

Floats = NDArray[np.float64]
ORIGINS, APART, AHEAD = 12, 4, 4  # forecasts, weeks between them, weeks ahead
SHARES = (0.2, 0.5, 0.8, 0.9, 0.95)  # of the central intervals that are checked
_HISTORY = 261  # weeks
_LEAST = 104  # weeks of counts before the first origin
_ONE = np.zeros(1, np.int64)


class Horizon(NamedTuple):
    """Forecasts of one number of weeks ahead."""

    ahead: int
    forecasts: int
    wis: float
    baseline: float  # WIS of the last value carried on
    covered_50: float
    covered_90: float


class Record(NamedTuple):
    """How forecasts of one disease over all of the reader's communes have kept their word.

    A count lies at no single place in the forecast: coverage and transform spread it evenly over the
    part in which it lies.
    """

    first: date
    last: date
    horizons: list[Horizon]
    forecasts: int  # of all horizons
    transform: list[
        float
    ]  # (10,) share of the outcomes in each tenth of the forecast; flat is right
    coverage: list[tuple[float, float]]  # (promised, kept) of each central interval


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
    came = past.as_of(now, every, diseases=[disease], map_on=on, map_=map_).totals()[0]
    found = np.flatnonzero(came)
    start = int(found[0]) if found.size else len(every)
    firsts = [len(every) - AHEAD - k * APART for k in reversed(range(ORIGINS))]
    firsts = [week for week in firsts if week - start >= _LEAST]  # the first week that is forecast
    if not firsts:
        return None

    def known(origin: int) -> Floats:
        moment = datetime.combine(every[origin + 1].start, time(0), VIETNAM)
        seen = past.as_of(
            moment, every[start : origin + 1], diseases=[disease], map_on=on, map_=map_
        )
        return seen.totals()[:1].astype(float)

    replayed = replay(
        came[None].astype(float), np.array(firsts) - 1, AHEAD,
        lambda counts, horizon: forecast(counts, horizon).quantiles, known=known,
    )  # fmt: skip
    whole = quality(replayed, _ONE, shares=SHARES)
    return Record(
        every[firsts[0]].start, last.end, [_horizon(h, replayed) for h in range(1, AHEAD + 1)],
        int(whole.forecasts[0]), whole.histogram[0].tolist(),
        list(zip(SHARES, whole.coverage[0].tolist(), strict=True)),
    )  # fmt: skip


def _horizon(h: int, replayed: Replayed) -> Horizon:
    part = ahead(replayed, h)
    found: Quality = quality(part, _ONE, shares=(0.5, 0.9))
    half, most = found.coverage[0].tolist()
    return Horizon(
        h,
        int(found.forecasts[0]),
        float(found.wis[0]),
        float(np.nanmean(part.baseline)),
        half,
        most,
    )
