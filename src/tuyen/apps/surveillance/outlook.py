"""What the night expects of each disease: the cases still to be reported, growth, the weeks to come.

Everything is read as it was known at the moment of the night. A forecast is made once a week, in the
first night after it ended, and kept; nowcast and growth are kept every night.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.cores import cores
from tuyen.apps.surveillance.models import Outlook
from tuyen.apps.surveillance.operations import Ahead, KeepOutlook
from tuyen.apps.surveillance.queries.asof import AsOf, Triangles, as_of, triangles
from tuyen.engines.surveillance import reproduction as engine
from tuyen.engines.surveillance.count_quantiles import nb_quantiles
from tuyen.engines.surveillance.forecasting import forecast
from tuyen.engines.surveillance.nowcast import nowcast
from tuyen.engines.surveillance.reconcile import reconcile, rescaled
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import Ahead as Settings
from tuyen.rules.surveillance.detectors import ahead, serial_interval

Floats = NDArray[np.float64]
Key = tuple[str, UUID]

LEVELS = np.array([0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975, 0.99])
METHOD = "chain-ladder/1, ensemble/1"
WEEKS_SHOWN = 8
_YEARS = 6  # of weeks that a forecast may learn from
_WINDOWS = 42  # days of which the reproduction number is kept
_SLOW = 10.0  # days: an interval longer than this is estimated over two weeks
_OUTLOOKS = UUID("2f6a4a94-5a0f-5b0f-9a7e-0d5a6a8f3b21")


class Now(NamedTuple):
    """One series that can be nowcast."""

    reported: Floats  # (days,)
    mean: Floats  # (days,) of the final counts
    sd: Floats  # (days,)


def operations(*, on: date, at: datetime) -> list[Operation]:
    """What is to be kept of this night; nothing of a disease that was looked at today."""
    map_, by = places.atlas(), Actor.program(on)
    province = next(iter(map_.provinces(on)), None)
    if province is None:
        return []
    settings, week = ahead(on), Period.of("week", on)
    made = Outlook.objects.filter(made_on__gte=week.start, made_on__lte=on, area_id=province)
    rows = list(made.values_list("disease", "made_on", "horizon"))
    kept = {disease for disease, day, _ in rows if day == on}
    forecast_ = {disease for disease, _, horizon in rows if horizon}

    tables = [
        triangles(
            by=by, at=at, periods=settings.days, delays=settings.delays, by_commune=by_commune
        )
        for by_commune in (False, True)
    ]
    nows = _nowcasts(tables, settings)
    first = week.start - timedelta(weeks=round(52.18 * _YEARS))
    seen = as_of(by=by, at=at, first=first, last=on)
    wanted = [d for d in seen.diseases if d not in kept]
    futures = _forecasts(seen, nows, [d for d in wanted if d not in forecast_], province, settings)
    start = tables[0].first
    told = []
    for disease in wanted:
        parts = [
            part
            for area in (province, *seen.communes)
            if (part := _part(disease, area, nows, futures, seen, province, start, on)) is not None
        ]
        if not parts:
            continue
        payload = KeepOutlook(
            disease=disease, known_at=at, first_week=_weeks(on)[0].start, origin=week.start,
            levels=tuple(LEVELS.tolist()), areas=tuple(parts), method=METHOD,
        )  # fmt: skip
        id = derived_id(_OUTLOOKS, disease, province, on)
        told.append(Operation.of(payload, id=id, unit=province, happened_on=on, recorded_at=at))
    return told


def _weeks(on: date) -> list[Period]:
    """The weeks of which a nowcast is kept, up to the one that runs."""
    return Period.range("week", on - timedelta(weeks=WEEKS_SHOWN - 1), on)


def _nowcasts(tables: Sequence[Triangles], settings: Settings) -> dict[Key, Now]:
    """The series with cases enough in the last days, completed: by disease and area."""
    found: dict[Key, Now] = {}
    for table in tables:
        cases = np.nansum(table.counts, axis=(1, 2))
        rows = np.flatnonzero(cases >= settings.nowcast_cases)
        if not rows.size:
            continue
        weekday = table.first.weekday()
        levels = np.array([0.025, 0.5, 0.975])
        for n, now in zip(
            rows.tolist(), nowcast(table.counts[rows], levels, weekday=weekday), strict=True
        ):
            sd = (now.quantiles[:, 2] - now.quantiles[:, 0]) / 3.92
            found.setdefault(table.keys[n], Now(now.reported, now.mean, sd))
    return found


def _by_week(now: Now, start: date, weeks: Sequence[Period]) -> tuple[list[int], Floats, Floats]:
    """(reported, mean, sd) of weeks. Days of one week err together: their delays are the same."""
    day = [(week.start - start).days for week in weeks]
    spans = [slice(max(at, 0), max(at + 7, 0)) for at in day]
    return (
        [int(now.reported[span].sum()) for span in spans],
        np.array([now.mean[span].sum() for span in spans]),
        np.array([now.sd[span].sum() for span in spans]),
    )


def _quantiles(reported: Sequence[int], mean: Floats, sd: Floats) -> list[tuple[float, ...]]:
    """Quantiles of the final counts, none below what is reported."""
    known = np.array(reported, float)
    rest = np.maximum(mean - known, 0.0)
    over = np.maximum(sd**2 - rest, 0.0)
    size = np.divide(rest**2, over, out=np.full(rest.shape, np.inf), where=over > 1e-9)
    whole = known[:, None] + nb_quantiles(rest, np.maximum(size, 1e-6), LEVELS)
    return [tuple(row) for row in whole.tolist()]


def _forecasts(
    seen: AsOf, nows: dict[Key, Now], wanted: Sequence[str], province: UUID, settings: Settings
) -> dict[Key, list[tuple[float, ...]]]:
    """Quantiles of the next weeks of the wanted diseases, of which communes sum to the province.

    The week that runs is the first to be forecast. Weeks that are still being reported enter with
    what the nowcast expects of them.
    """
    answer: dict[Key, list[tuple[float, ...]]] = {}
    whole = seen.cases.sum(axis=0)
    enough = [
        k for k, disease in enumerate(seen.diseases)
        if disease in wanted and whole[k, -53:-1].sum() >= settings.forecast_cases
    ]  # fmt: skip
    known = np.flatnonzero(whole.any(axis=0))
    if not enough or not known.size:
        return answer
    past = slice(int(known[0]), -1)
    lived = [
        (k, n)
        for k in enough
        for n in np.flatnonzero(seen.cases[:, k, -105:-1].any(axis=1)).tolist()
    ]
    weeks = seen.periods[past]
    parents = np.stack([
        _completed(whole[k, past], nows.get((seen.diseases[k], province)), weeks, seen)
        for k in enough
    ])  # fmt: skip
    children = np.stack([
        _completed(seen.cases[n, k, past], nows.get((seen.diseases[k], seen.communes[n])), weeks, seen)
        for k, n in lived
    ])  # fmt: skip
    top, bottom = (
        forecast(table, settings.horizon, levels=LEVELS, workers=cores())
        for table in (parents, children)
    )
    parent_of = np.array([enough.index(k) for k, _ in lived], np.int64)
    sums = reconcile(
        top.mean, bottom.mean, _variance(top.quantiles), _variance(bottom.quantiles), parent_of
    )
    parts = (
        ([(seen.diseases[k], province) for k in enough], top, sums.parents),
        ([(seen.diseases[k], seen.communes[n]) for k, n in lived], bottom, sums.children),
    )
    for keys, made, mean in parts:
        for key, rows in zip(keys, rescaled(made.quantiles, made.mean, mean), strict=True):
            answer[key] = [tuple(row) for row in rows.tolist()]
    return answer


def _completed(
    counts: NDArray[np.int64], now: Now | None, weeks: Sequence[Period], seen: AsOf
) -> Floats:
    """Weekly counts, the last of them as they will probably be once all is reported."""
    table = counts.astype(np.float64)
    if now is None:
        return table
    start = seen.map_on - timedelta(days=len(now.mean) - 1)  # the triangle ends that day
    last = min(WEEKS_SHOWN - 1, len(weeks))
    _, mean, _ = _by_week(now, start, weeks[-last:])
    table[-last:] = np.maximum(table[-last:], np.round(mean))
    return table


def _variance(quantiles: Floats) -> Floats:
    """(n, h) of the middle half, which far tails do not move; never nothing."""
    low, high = (int(np.searchsorted(LEVELS, level)) for level in (0.25, 0.75))
    spread = (quantiles[..., high] - quantiles[..., low]) / 1.349
    return np.maximum(spread, 0.25) ** 2


def _part(
    disease: str, area: UUID, nows: dict[Key, Now], futures: dict[Key, list[tuple[float, ...]]], seen: AsOf, province: UUID,
    start: date, on: date,
) -> Ahead | None:  # fmt: skip
    """What is kept of one area; None where nothing can be said of it."""
    now, future = nows.get((disease, area)), futures.get((disease, area), [])
    if now is None and not future:
        return None
    weeks, k = _weeks(on), seen.diseases.index(disease)
    table = seen.cases[:, k].sum(axis=0) if area == province else None
    if table is None:
        table = seen.cases[seen.communes.index(area), k]
    reported = [int(cases) for cases in table[-len(weeks) :]]
    shown: list[tuple[float, ...]] = []
    if now is not None:
        known, mean, sd = _by_week(now, start, weeks)
        shown = _quantiles(known, mean, sd)
    return Ahead(
        area=area,
        reported=tuple(reported),
        nowcast=tuple(shown),
        forecast=tuple(future),
        reproduction=_reproduction(disease, now, on) if now is not None else (),
        growth=_growth(now) if now is not None else (),
    )


def _reproduction(disease: str, now: Now, on: date) -> tuple[tuple[float, ...], ...]:
    """(mean, low, high) for windows that end on each of the last days up to yesterday."""
    interval = serial_interval(disease, on)
    if interval is None:
        return ()
    mean, sd = interval
    counts = np.maximum(now.mean, 0.0)[None, :-1]
    window = 14 if mean > _SLOW else 7
    weights = engine.serial_interval(mean, sd, counts.shape[1])
    found = engine.reproduction(counts, weights, window=window, levels=(0.025, 0.975))
    rows: list[tuple[float, ...]] = []
    for t in range(max(0, found.mean.shape[1] - _WINDOWS), found.mean.shape[1]):
        row = (found.mean[0, t], *found.quantiles[0, t])
        rows.append(tuple(_short(v) for v in row) if found.enough[0, t] else ())
    return tuple(rows) if any(rows) else ()


def _growth(now: Now) -> tuple[float, ...]:
    """(rate a day, low, high) over the last two weeks up to yesterday; nothing where none is."""
    found = engine.growth(np.maximum(now.mean, 0.0)[None, -15:-1], window=14)
    row: list[Any] = [found.rate[0, -1], found.low[0, -1], found.high[0, -1]]
    return tuple(_short(v) for v in row) if np.isfinite(row).all() else ()


def _short(value: float) -> float:
    return float(f"{value:.4g}")
