"""Cases counted by period, disease, commune, age and sex, on the map of any day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Max, Q
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import places, series
from tuyen.apps.surveillance.models import Case, UnitWeek
from tuyen.apps.surveillance.selection import COUNTS
from tuyen.kernel.period import Calendar, Kind, Period
from tuyen.rules.surveillance.detectors import reporters

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Split = Literal["disease", "age_band", "sex", "classification"]


class Cell(NamedTuple):
    """One number of a table, with what it stands for."""

    commune: UUID
    key: tuple[Any, ...]
    period: Period
    cases: int
    deaths: int
    lower: int
    upper: int
    complete: float | None


@dataclass(frozen=True, slots=True)
class CountTable:
    """Counts of n communes by k keys by t periods.

    A key holds a value per column of ``split``. Where a commune was split and the map is another
    than that of the cases, the true number lies from ``lower`` to ``upper``. ``complete`` is the
    share of the weekly reports due in the period that came, NaN where none was due: a zero under
    an incomplete cell is not yet a zero.
    """

    map_on: date
    split: tuple[str, ...]
    communes: list[UUID]  # (n,)
    keys: list[tuple[Any, ...]]  # (k,)
    periods: list[Period]  # (t,)
    cases: Ints  # (n, k, t)
    deaths: Ints  # (n, k, t)
    lower: Ints  # (n, k, t)
    upper: Ints  # (n, k, t)
    complete: Floats  # (n, t)
    position: int  # of the journal, when this was read
    as_of: datetime | None  # the last report that changed a case of the scope

    def totals(self) -> Ints:
        """(k, t) over all communes."""
        return self.cases.sum(axis=0)

    def cells(self, *, empty: bool = False) -> Iterator[Cell]:
        """The numbers one by one, those that are zero only when asked for."""
        for n, commune in enumerate(self.communes):
            for k, key in enumerate(self.keys):
                for t, period in enumerate(self.periods):
                    if not empty and not self.upper[n, k, t]:
                        continue
                    share = self.complete[n, t]
                    yield Cell(
                        commune, key, period, int(self.cases[n, k, t]), int(self.deaths[n, k, t]),
                        int(self.lower[n, k, t]), int(self.upper[n, k, t]),
                        None if np.isnan(share) else float(share),
                    )  # fmt: skip


def counts(
    *, by: Actor, kind: Kind, first: date, last: date, map_on: date | None = None,
    diseases: Sequence[str] = (), area: UUID | None = None, split: Sequence[Split] = ("disease",),
    sexes: Sequence[str] = (), age_bands: Sequence[int] = (),
    classifications: Sequence[str] = (), calendar: Calendar = "statistics",
) -> CountTable:  # fmt: skip
    """Cases by day of onset, from the period that holds ``first`` to the one that holds ``last``.

    Rows keep the commune of their day; the table shows them on the map of ``map_on`` (the reader's
    day when left out), every commune of that map in the reader's scope, with or without cases.
    Ruled-out and voided cases are not counted. Six queries, whatever is asked.
    """
    map_ = places.atlas()
    map_on = map_on or by.on
    scope = policies.scope(by, COUNTS)
    periods = Period.range(kind, first, last, calendar)
    windows = [(period.start, period.end) for period in periods]
    where = scope.where("commune_id") & Q(day__gte=windows[0][0], day__lte=windows[-1][1])
    inside = None if area is None else places.communes_of(map_, area, max(map_on, by.on))
    where &= _narrowed(diseases, sexes, age_bands, classifications, inside)

    cells = series.fetch(where, split)
    shown = series.on_map(map_, cells, windows, map_on)
    listed = [
        unit for unit in map_.communes(map_on)
        if scope.covers(unit) and (inside is None or unit in inside)
    ]  # fmt: skip
    communes = sorted({*listed, *shown.communes}, key=lambda unit: _order(map_, unit, map_on))
    # Cells are keyed by the communes of the whole table, so that every array has the same rows.
    at = {unit: n for n, unit in enumerate(communes)}
    rows = np.array([at[unit] for unit in shown.communes], np.int64)
    order = sorted(range(len(cells.keys)), key=lambda k: tuple(map(str, cells.keys[k])))
    size = (len(communes), len(order), len(periods))

    def spread(part: Ints) -> Ints:
        out = np.zeros(size, np.int64)
        if rows.size:
            out[rows] = part[:, order]
        return out

    _, position, _ = journal.head()
    latest = Case.objects.filter(scope.where("commune_id")).aggregate(Max("changed_at"))
    return CountTable(
        map_on=map_on,
        split=tuple(split),
        communes=communes,
        keys=[cells.keys[k] for k in order],
        periods=periods,
        cases=spread(shown.cases),
        deaths=spread(shown.deaths),
        lower=spread(shown.lower),
        upper=spread(shown.upper),
        complete=completeness_of(map_, communes, windows, map_on, by.on),
        position=position,
        as_of=latest["changed_at__max"],
    )


def completeness_of(
    map_: Any, communes: Sequence[UUID], windows: Sequence[series.Window], map_on: date, on: date
) -> Floats:
    """(communes, windows): which share of the weekly reports due by ``on`` came; NaN if none was.

    One query. A report is due from each unit of the reporting types that was in operation, for
    every week that begins in the window and has ended.
    """
    due, came = _weekly_reports(map_, windows, map_on, on)
    out = np.full((len(communes), len(windows)), np.nan)
    for n, commune in enumerate(communes):
        for w in range(len(windows)):
            if expected := due.get((commune, w)):
                out[n, w] = came.get((commune, w), 0) / expected
    return out


def _weekly_reports(
    map_: Any, windows: Sequence[series.Window], map_on: date, on: date
) -> tuple[dict[tuple[UUID, int], int], dict[tuple[UUID, int], int]]:
    """How many weekly reports each commune owed in each window, and how many came."""
    weeks = {
        week.start: w
        for w, (first, last) in enumerate(windows)
        for week in Period.range("week", first, last)
        if (first <= week.start <= last or (last - first).days < 6) and week.end < on
    }
    sent = set(UnitWeek.objects.filter(week__in=weeks).values_list("unit_id", "week"))
    due: dict[tuple[UUID, int], int] = {}
    came: dict[tuple[UUID, int], int] = {}
    home: dict[tuple[UUID, int], UUID | None] = {}
    for monday, w in weeks.items():
        for unit in map_.units(type=reporters(monday), on=monday):
            if (unit, w) not in home:
                home[unit, w] = _commune_on(map_, unit, monday, map_on)
            if (commune := home[unit, w]) is None:
                continue
            due[commune, w] = due.get((commune, w), 0) + 1
            if (unit, monday) in sent:
                came[commune, w] = came.get((commune, w), 0) + 1
    return due, came


def _commune_on(map_: Any, unit: UUID, day: date, map_on: date) -> UUID | None:
    """The commune of the map of ``map_on`` in which a unit of ``day`` stands."""
    then = map_.commune_of(unit, day)
    return None if then is None else map_.commune_of(then, map_on) or then


def _narrowed(
    diseases: Sequence[str],
    sexes: Sequence[str],
    age_bands: Sequence[int],
    classifications: Sequence[str],
    inside: Sequence[UUID] | None,
) -> Q:
    where = Q()
    if diseases:
        where &= Q(disease__in=list(diseases))
    if sexes:
        where &= Q(sex__in=list(sexes))
    if age_bands:
        where &= Q(age_band__in=list(age_bands))
    if classifications:
        where &= Q(classification__in=list(classifications))
    if inside is not None:
        where &= Q(commune_id__in=list(inside))
    return where


def _order(map_: Any, unit: UUID, on: date) -> tuple[str, str]:
    return map_.code(unit, "administrative", on) or "", str(unit)
