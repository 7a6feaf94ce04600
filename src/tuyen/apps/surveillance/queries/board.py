"""The province board: what changed since it was last looked at, and how things stand."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Count as CountOf
from django.db.models import Q
from numpy.typing import NDArray

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import kept, places, series
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.queries.alarms import AlarmMark, AlarmPage, alarm_marks, alarms
from tuyen.apps.surveillance.queries.counts import last_change
from tuyen.apps.surveillance.queries.reporting import Completeness, completeness
from tuyen.apps.surveillance.selection import COUNTS, visible
from tuyen.kernel.period import Period
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import surveillance as rules

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_BAND_YEARS = 5
_RECENT = 8  # weeks whose reporting is summed up
_OPEN = 60  # alarms: as many as a few events of one disease and commune raise together


class Trend(NamedTuple):
    """One disease week by week, beside the same weeks of the years before."""

    disease: str
    weeks: list[Period]  # (t,) oldest first; the last one is still running
    cases: Ints  # (t,)
    low: Floats  # (t,) smallest and largest of the years before; NaN where none is known
    high: Floats  # (t,)
    total: int  # of the last four weeks

    def name(self, language: str = "vi") -> str:
        return rules.disease(self.disease).name(language)


class MapValues(NamedTuple):
    """Cases of the last four weeks by commune of a map, and of the four weeks before."""

    map_on: date
    communes: list[UUID]  # (n,)
    names: list[str]  # (n,)
    diseases: list[str]  # (k,)
    cases: Ints  # (n, k)
    before: Ints  # (n, k)
    reported: Floats  # (n,) share of the weekly reports due that came; NaN: none was due

    def totals(self) -> Ints:
        """(n,) over all diseases."""
        return self.cases.sum(axis=1)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the board shows. ``position`` and ``as_of`` say how old it is."""

    on: date
    position: int
    as_of: datetime | None
    since: datetime | None  # when the reader last looked; None: never
    new_alarms: AlarmPage  # raised or changed since then
    open_alarms: AlarmPage  # the gravest first
    marks: list[AlarmMark]  # of the weeks of the trends
    trends: list[Trend]  # the most cases first
    completeness: Completeness  # of the last eight weeks
    reports: Completeness  # of as many weeks as the trends
    map: MapValues
    new_cases: int  # received since the reader last looked, by those the reader may read
    changed_cases: int  # amended or voided since then


def board(
    *, by: Actor, on: date | None = None, since_position: int = 0, weeks: int = 26,
    diseases: int = 12, map_on: date | None = None, area: UUID | None = None,
) -> Board:  # fmt: skip
    """The board of the reader's scope, in a constant number of queries.

    ``since_position`` is the place in the journal up to which the reader had seen it
    (``access.queries.last_look``); 0 shows the last seven days as new.
    """
    on = on or by.on
    _, position, _ = journal.head()
    since = _moment(since_position, on)
    counts = policies.scope(by, COUNTS)
    new, changed = _news(by, since)
    reports = completeness(by=by, on=on, weeks=weeks, area=area)
    recent = reports.last(_RECENT)
    run = reports.weeks
    return Board(
        on=on,
        position=position,
        as_of=last_change(counts),
        since=since,
        new_alarms=alarms(
            by=by, open_only=True, changed_after=since, size=20, area=area, tally=False
        ),
        open_alarms=alarms(
            by=by, open_only=True, size=_OPEN, area=area, order="gravest", tally=False
        ),
        marks=alarm_marks(by=by, since=run[0].start, area=area),
        trends=weekly(by=by, on=on, weeks=weeks, area=area)[:diseases],
        completeness=recent,
        reports=reports,
        map=map_values(by=by, on=on, map_on=map_on, area=area, reports=recent),
        new_cases=new,
        changed_cases=changed,
    )


def weekly(
    *, by: Actor, on: date | None = None, weeks: int = 52, area: UUID | None = None,
    chosen: tuple[str, ...] = (),
) -> list[Trend]:  # fmt: skip
    """Cases by week of onset for each disease of the scope, and the band of earlier years.

    Two queries. The band is the range of the same weeks of the five years before; years from
    before the first report are unknown, not zero.
    """
    map_, scope, on = places.atlas(), policies.scope(by, COUNTS), on or by.on
    question = ("weekly", scope, on, by.on, weeks, area, chosen)
    return list(kept.answer(map_, question, lambda: _weekly(map_, scope, on, weeks, area, chosen)))


def _weekly(
    map_: Any, scope: policies.Scope, on: date, weeks: int, area: UUID | None,
    chosen: tuple[str, ...],
) -> list[Trend]:  # fmt: skip
    run = [Period.of("week", on)]
    while len(run) < weeks:
        run.insert(0, run[0].previous())
    past = [[week.year_before(n) for week in run] for n in range(1, _BAND_YEARS + 1)]
    mondays = [week.start for week in (*run, *(week for year in past for week in year))]
    where = scope.where("commune_id") & Q(week__gte=min(mondays), week__lte=on)
    if area is not None:
        where &= Q(commune_id__in=places.communes_of(map_, area, on))
    if chosen:
        where &= Q(disease__in=chosen)
    table, keys, first = series.by_week(where, mondays)
    trends = []
    for k, key in enumerate(keys):
        now = table[k, : len(run)]
        if not now.any() and key not in chosen:
            continue
        band = table[k, len(run) :].reshape(_BAND_YEARS, len(run)).astype(float)
        for n, year in enumerate(past):
            band[n, [week.start < first for week in year]] = np.nan
        known = ~np.isnan(band).all(axis=0)
        low, high = np.full(len(run), np.nan), np.full(len(run), np.nan)
        low[known] = np.nanmin(band[:, known], axis=0)
        high[known] = np.nanmax(band[:, known], axis=0)
        trends.append(Trend(key, run, now, low, high, int(now[-4:].sum())))
    return sorted(trends, key=lambda trend: (-trend.total, -int(trend.cases.sum()), trend.disease))


def map_values(
    *, by: Actor, on: date | None = None, map_on: date | None = None, area: UUID | None = None,
    days: int = 28, reports: Completeness | None = None,
) -> MapValues:  # fmt: skip
    """Cases of the last ``days`` days by commune and disease, on the map of ``map_on``."""
    map_ = places.atlas()
    on = on or by.on
    map_on = map_on or on
    scope = policies.scope(by, COUNTS)
    span = timedelta(days=days)
    windows = [(on - span + timedelta(days=1), on), (on - 2 * span + timedelta(days=1), on - span)]
    where = scope.where("commune_id")
    inside = None if area is None else set(places.communes_of(map_, area, max(map_on, on)))
    if inside is not None:
        where &= Q(commune_id__in=inside)
    question = ("map", scope, on, map_on, area, days)
    counted, shown = kept.answer(
        map_,
        question,
        lambda: (
            table := series.table(where, windows),
            series.shown_on(map_, table, windows, map_on),
        ),
    )
    listed = [u for u in map_.communes(map_on) if scope.covers(u) and (not inside or u in inside)]
    communes = list(dict.fromkeys([*listed, *shown.communes]))
    at = {unit: n for n, unit in enumerate(communes)}
    out = np.zeros((len(communes), len(counted.keys), 2), np.int64)
    if shown.communes:
        out[[at[unit] for unit in shown.communes]] = shown.cases
    if reports is None:
        reports = completeness(by=by, on=on, area=area)
    return MapValues(
        map_on=map_on,
        communes=communes,
        names=[map_.full_name(unit, map_on) for unit in communes],
        diseases=[key[0] for key in counted.keys],
        cases=out[:, :, 0],
        before=out[:, :, 1],
        reported=_reported(reports, communes, map_on),
    )


def _reported(reports: Completeness, communes: list[UUID], map_on: date) -> Floats:
    """(communes,) the share of the last four weeks' reports of the units in it that came."""
    map_ = places.atlas()
    at = {unit: n for n, unit in enumerate(communes)}
    due, came = np.zeros(len(communes)), np.zeros(len(communes))
    recent = slice(-5, None)  # the running week is never due
    for n, commune in enumerate(reports.communes):
        here = map_.commune_of(commune, map_on) if commune else None
        if here in at:
            due[at[here]] += reports.expected[n, recent].sum()
            came[at[here]] += (reports.expected & reports.came)[n, recent].sum()
    return np.divide(came, due, out=np.full(len(communes), np.nan), where=due > 0)


@walls.whole("when the journal stood where")
def _moment(position: int, on: date) -> datetime | None:
    """When the journal stood at a position: the receipt of the first entry after it."""
    if position <= 0:
        return None
    page = journal.feed(by=Actor.program(on), after=position, limit=1)
    if page.entries:
        return page.entries[0].received_at - timedelta(microseconds=1)
    return datetime.max.replace(tzinfo=VIETNAM) - timedelta(days=1)


def _news(by: Actor, since: datetime | None) -> tuple[int, int]:
    if since is None:
        return 0, 0
    found = Case.objects.filter(visible(by), changed_at__gt=since).aggregate(
        new=CountOf("id", filter=Q(received_at__gt=since)),
        changed=CountOf("id", filter=Q(received_at__lte=since)),
    )
    return found["new"], found["changed"]
