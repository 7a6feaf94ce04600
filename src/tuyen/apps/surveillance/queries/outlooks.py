"""What was expected of a disease, as it was said on its day; and how it compares with what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places, seasonal
from tuyen.apps.surveillance.epidemics import Marks
from tuyen.apps.surveillance.models import Outlook
from tuyen.apps.surveillance.operations import Ahead
from tuyen.apps.surveillance.queries.asof import as_of
from tuyen.apps.surveillance.selection import COUNTS
from tuyen.engines.surveillance.scores import wis
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import detectors
from tuyen.rules.surveillance.detectors import serial_interval as _interval

Floats = NDArray[np.float64]
_LOOKED_BACK = timedelta(days=370)


@dataclass(frozen=True, slots=True)
class Expected:
    """The last outlook of a disease in one area, and the last forecast in it."""

    disease: str
    area: UUID
    made_on: date
    known_at: datetime
    levels: tuple[float, ...]
    weeks: list[Period]  # (w,) of the nowcast, the last one running when it was made
    reported: tuple[int, ...]  # (w,) as known then
    nowcast: tuple[tuple[float, ...], ...]  # (w, levels), or empty: too few cases
    reproduction: tuple[tuple[float, ...], ...]  # (mean, low, high) by day, the last one yesterday
    growth: tuple[float, ...]  # a day: rate, low, high; empty where there is none
    interval: tuple[float, float] | None  # the serial interval used
    forecast_on: date | None
    ahead: list[Period]  # (h,)
    forecast: tuple[tuple[float, ...], ...]  # (h, levels)

    def column(self, level: float) -> int:
        """Where a level stands."""
        return int(np.argmin(np.abs(np.array(self.levels) - level)))


class Scored(NamedTuple):
    """Forecasts of one number of weeks ahead, against what came."""

    horizon: int
    forecasts: int
    wis: float
    covered_50: float  # share of the outcomes inside the middle half
    covered_90: float


class Season(NamedTuple):
    """Weekly counts of one area against what the same weeks of earlier years lead to expect."""

    weeks: list[Period]  # (w,)
    cases: NDArray[np.int64]  # (w,) as known now
    expected: Floats  # (w,) NaN where the records are too young
    bound: Floats  # (w,) above it the detector calls the week loud
    years: int  # that the expectation is drawn from; 0: none


def outlooks(*, by: Actor, disease: str, on: date | None = None) -> dict[UUID, Expected]:
    """The last outlook of a disease up to ``on``, for each area of the reader. Two queries."""
    on = on or by.on
    seen = Outlook.objects.filter(
        policies.scope(by, COUNTS).where("area_id"), disease=disease, made_on__lte=on,
        made_on__gt=on - timedelta(days=60),
    ).order_by("made_on")  # fmt: skip
    columns = (
        "area_id", "made_on", "known_at", "levels", "first_week", "origin", "horizon", "content",
    )  # fmt: skip
    last: dict[UUID, tuple[Any, ...]] = {}
    ahead: dict[UUID, tuple[Any, ...]] = {}
    for row in seen.values_list(*columns):
        last[row[0]] = row
        if row[6]:
            ahead[row[0]] = row
    return {area: _expected(disease, row, ahead.get(area), on) for area, row in last.items()}


def _expected(
    disease: str, row: tuple[Any, ...], forecast: tuple[Any, ...] | None, on: date
) -> Expected:
    area, made_on, known_at, levels, first_week, _, _, content = row
    said = msgspec.json.decode(content, type=Ahead)
    future = msgspec.json.decode(forecast[7], type=Ahead).forecast if forecast else ()
    return Expected(
        disease=disease,
        area=area,
        made_on=made_on,
        known_at=known_at,
        levels=tuple(msgspec.json.decode(levels)),
        weeks=_run(first_week, len(said.reported)),
        reported=said.reported,
        nowcast=said.nowcast,
        reproduction=said.reproduction,
        growth=said.growth,
        interval=_interval(disease, on),
        forecast_on=forecast[1] if forecast else None,
        ahead=_run(forecast[5], len(future)) if forecast else [],
        forecast=future,
    )


def _run(first: date, weeks: int) -> list[Period]:
    return [Period.of("week", first + timedelta(weeks=n)) for n in range(weeks)]


def forecast_scores(
    *, by: Actor, disease: str, area: UUID, at: datetime, on: date | None = None
) -> list[Scored]:
    """The forecasts kept in the last year against what is known at ``at`` of the weeks that ended:
    by weeks ahead. Two queries; empty where no week that was forecast has ended."""
    on = on or by.on
    seen = Outlook.objects.filter(
        policies.scope(by, COUNTS).where("area_id"), disease=disease, area_id=area, horizon__gt=0,
        made_on__gt=on - _LOOKED_BACK, made_on__lte=on,
    ).order_by("made_on")  # fmt: skip
    rows = list(seen.values_list("origin", "levels", "content"))
    if not rows:
        return []
    map_ = places.atlas()
    inside = None if area in map_.provinces(on) else area
    came = as_of(by=by, at=at, first=rows[0][0], last=on, diseases=(disease,), area=inside)
    cases = {
        period.start: int(total)
        for period, total in zip(came.periods, came.totals()[0], strict=True)
        if period.end < on
    }
    pairs: dict[int, list[tuple[int, tuple[float, ...], tuple[float, ...]]]] = {}
    for origin, levels, content in rows:
        for h, quantiles in enumerate(msgspec.json.decode(content, type=Ahead).forecast):
            if (week := origin + timedelta(weeks=h)) in cases:
                told = (cases[week], quantiles, tuple(msgspec.json.decode(levels)))
                pairs.setdefault(h + 1, []).append(told)
    return [_scored(h, told) for h, told in sorted(pairs.items())]


def _scored(
    horizon: int, told: Sequence[tuple[int, tuple[float, ...], tuple[float, ...]]]
) -> Scored:
    observed = np.array([came for came, _, _ in told], float)
    table = np.array([quantiles for _, quantiles, _ in told])
    levels = np.array(told[0][2])

    def held(low: float, high: float) -> float:
        a, b = (int(np.argmin(np.abs(levels - level))) for level in (low, high))
        return float(((table[:, a] <= observed) & (observed <= table[:, b])).mean())

    score = float(wis(observed, table, levels).mean())
    return Scored(horizon, len(told), score, held(0.25, 0.75), held(0.05, 0.95))


def season(
    *, by: Actor, disease: str, at: datetime, area: UUID | None = None, weeks: int = 53,
    map_on: date | None = None,
) -> Season:  # fmt: skip
    """The last ``weeks`` weeks of a disease against earlier years, in an area or in the whole scope,
    as known at ``at``: by the settings of the night's detector, without its gate. Three queries."""
    on = by.on
    settings = detectors(on)
    years = int(settings.farrington["b"]) if settings.farrington else 0
    first = on - timedelta(days=366 * years + 7 * (weeks + 8))
    seen = as_of(
        by=by, at=at, first=first, last=on, diseases=(disease,), area=area, map_on=map_on or on
    )
    cases = seen.cases[:, 0].sum(axis=0) if seen.cases.size else np.zeros(len(seen.periods), int)
    shown = slice(len(seen.periods) - weeks, None)
    place = area or next(iter(places.atlas().provinces(on)), None)
    marks = Marks.of(places.atlas(), on, [(disease, place)]) if place else None
    expected, bound, used = seasonal.expectation(
        cases, seen.periods, settings, weeks, marks, disease
    )
    return Season(seen.periods[shown], cases[shown], expected, bound, used)
