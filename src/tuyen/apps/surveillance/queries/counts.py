"""Cases counted by period, disease, commune, age and sex, on the map of any day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Literal, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Max, Q
from numpy.typing import NDArray

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import places, series
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.queries.reporting import reports_sent
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
    Ruled-out and voided cases are not counted. Five queries, whatever is asked.
    """
    map_ = places.atlas()
    map_on = map_on or by.on
    scope = policies.scope(by, COUNTS)
    periods = Period.range(kind, first, last, calendar)
    windows = [(period.start, period.end) for period in periods]
    inside = None if area is None else places.communes_of(map_, area, max(map_on, by.on))
    where = scope.where("commune_id")
    where &= _narrowed(diseases, sexes, age_bands, classifications, inside)

    cells = series.table(where, windows, split, step=_step(kind, calendar))
    shown = series.shown_on(map_, cells, windows, map_on)
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
        as_of=last_change(scope),
    )


@walls.whole("the age of counts, which readers of counts may know")
def last_change(scope: policies.Scope) -> datetime | None:
    """When a case that counts in a scope was last reported or changed."""
    found = Case.objects.filter(scope.where("commune_id")).aggregate(at=Max("changed_at"))
    return found["at"]


def sums(
    *, by: Actor, windows: Sequence[tuple[date, date]], map_on: date, area: UUID | None = None,
    diseases: Sequence[str] = (),
) -> list[int]:  # fmt: skip
    """Cases by day of onset in each of several windows of days that do not overlap, on the map of
    ``map_on``: one query, however far apart they lie."""
    map_ = places.atlas()
    inside = None if area is None else places.communes_of(map_, area, max(map_on, by.on))
    where = policies.scope(by, COUNTS).where("commune_id") & _narrowed(diseases, (), (), (), inside)
    shown = series.shown_on(map_, series.table(where, windows, ()), windows, map_on)
    return [int(total) for total in shown.cases.sum(axis=(0, 1))]


def _step(kind: Kind, calendar: Calendar) -> series.Step:
    """Of what the periods of a kind consist."""
    if kind == "week":
        return "week"
    return "day" if kind in ("day", "epiweek") or calendar == "administrative" else "month"


def completeness_of(
    map_: Any, communes: Sequence[UUID], windows: Sequence[series.Window], map_on: date, on: date
) -> Floats:
    """(communes, windows): which share of the weekly reports due by ``on`` came; NaN if none was.

    One query. A report is due from each unit of the reporting types that was in operation, for
    every week that begins in the window and has ended.
    """
    weeks = {
        week.start: w
        for w, (first, last) in enumerate(windows)
        for week in Period.range("week", first, last)
        if (first <= week.start <= last or (last - first).days < 6) and week.end < on
    }
    sent = reports_sent(list(weeks))
    row = {commune: n for n, commune in enumerate(communes)}
    due = np.zeros((len(communes), len(windows)), np.int64)
    came = np.zeros_like(due)
    for days, units in _eras(map_, weeks):
        homes = [(unit, _commune_on(map_, unit, days[0], map_on)) for unit in units]
        known = [(unit, row[home]) for unit, home in homes if home in row]
        if not known:
            continue
        at = np.array([n for _, n in known])
        weeks_of = [sent.get(unit, frozenset()) for unit, _ in known]
        reported = np.array([[day in told for day in days] for told in weeks_of])
        for t, day in enumerate(days):
            np.add.at(due[:, weeks[day]], at, 1)
            np.add.at(came[:, weeks[day]], at, reported[:, t])
    return np.divide(came, due, out=np.full(due.shape, np.nan), where=due > 0)


def _eras(map_: Any, weeks: Iterable[date]) -> Iterator[tuple[list[date], list[UUID]]]:
    """The weeks in runs within which the map stood still, with the units that owe reports."""
    for (_, types), run in groupby(sorted(weeks), lambda day: (map_.era(day), reporters(day))):
        days = list(run)
        yield days, map_.units(type=types, on=days[0])


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
