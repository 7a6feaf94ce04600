"""Counts exactly as they were known at a moment, and reporting triangles: nothing looks ahead.

Back-tests, nowcasts and replays read counts here and nowhere else. What became known after the
moment asked about is left in the store, so it cannot change a byte of the answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.bulk import coded
from tuyen.apps.surveillance import counting, places, series
from tuyen.apps.surveillance.models import CountChange
from tuyen.apps.surveillance.selection import COUNTS
from tuyen.engines.surveillance.triangle import seen
from tuyen.kernel.period import Period
from tuyen.kernel.refusal import BadInput
from tuyen.kernel.zone import VIETNAM
from tuyen.rules import surveillance as rules

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Clock = Literal["reported", "received"]
Step = Literal["day", "week"]


@dataclass(frozen=True, slots=True)
class AsOf:
    """Counts of n communes by k diseases by t periods, as known at a moment."""

    at: datetime
    clock: Clock
    map_on: date
    communes: list[UUID]  # (n,) of the map of ``map_on``, sorted by code
    diseases: list[str]  # (k,) of the list of ``map_on``
    periods: list[Period]  # (t,)
    cases: Ints  # (n, k, t)
    lower: Ints  # (n, k, t) where a commune was split, the true number is at least this
    upper: Ints  # (n, k, t) and at most this

    def totals(self) -> Ints:
        """(k, t) over all communes."""
        return self.cases.sum(axis=0)


class Triangles(NamedTuple):
    """Reporting triangles of s series as known at a moment, all of the same shape."""

    at: datetime
    keys: list[tuple[str, UUID]]  # (s,) disease, and the area or commune
    first: date  # the first reference day, or Monday
    counts: Floats  # (s, m, delays + 1) by onset and delay; NaN where the report would come later


@dataclass(frozen=True, slots=True)
class History:
    """Every change of some counts up to a moment: many looks back for one look at the store."""

    until: datetime
    clock: Clock
    communes: Sequence[UUID]  # (c,) of birth
    diseases: Sequence[str]  # (d,) by the names that were used
    commune: Ints  # (N,) row in communes
    disease: Ints  # (N,) row in diseases
    day: Ints  # (N,) ordinal of onset
    reported: Ints  # (N,) ordinal of the case's first report
    moment: NDArray[np.float64]  # (N,) seconds since 1970 at which it became known
    cases: Ints  # (N,) 1 or -1
    covered: policies.Scope

    def as_of(
        self, at: datetime, periods: Sequence[Period], *, diseases: Sequence[str] = (),
        map_on: date | None = None, map_: Any = None,
    ) -> AsOf:  # fmt: skip
        """The counts of ``periods`` as known at ``at``, on the map of ``map_on`` (the day of
        ``at`` when left out). No query where the atlas ``map_`` is given.

        Raises
        ------
        BadInput
            If ``at`` is later than what was read.
        """
        if at > self.until:
            raise BadInput(what=f"{at} is later than {self.until}, up to which changes were read")
        known = self.moment <= at.timestamp()
        on = map_on or at.astimezone(VIETNAM).date()
        windows = [(period.start, period.end) for period in periods]
        starts = np.array([first.toordinal() for first, _ in windows], np.int64)
        ends = np.array([last.toordinal() for _, last in windows], np.int64)
        column = np.searchsorted(starts, self.day, side="right") - 1
        inside = known & (column >= 0)
        inside[inside] = self.day[inside] <= ends[column[inside]]
        names = list(diseases) or _listed(self.diseases, on)
        row_of = _rows(names, self.diseases)
        row = row_of[self.disease] if self.diseases else self.disease
        inside &= row >= 0
        cases = np.zeros((len(self.communes), len(names), len(periods)), np.int64)
        np.add.at(cases, (self.commune[inside], row[inside], column[inside]), self.cases[inside])
        return _on_map(self, cases, names, periods, windows, at, on, map_ or places.atlas())


def history(
    *, by: Actor, until: datetime, first: date, last: date, diseases: Sequence[str] = (),
    area: UUID | None = None, clock: Clock = "reported",
) -> History:  # fmt: skip
    """Every change of the counts of onsets from ``first`` to ``last`` that was known by ``until``.

    ``diseases`` are ids of today's or older lists; those that were counted as one of them before
    are read with them. One query, whatever is asked.
    """
    scope = policies.scope(by, COUNTS)
    where = _where(scope, until, first, last, diseases, area, clock)
    columns = ("commune_id", "disease", "day", "reported_on", _field(clock), "cases")
    communes, names, days, reported, moments, cases = coded(
        CountChange.objects.filter(where).order_by("known_at", "id").values_list(*columns)
    )
    return History(
        until=until,
        clock=clock,
        communes=communes.values,
        diseases=names.values,
        commune=communes.codes,
        disease=names.codes,
        day=_ordinals(days.values)[days.codes],
        reported=_ordinals(reported.values)[reported.codes],
        moment=np.array([m.timestamp() for m in moments.values], float)[moments.codes],
        cases=np.array(cases.values, np.int64)[cases.codes],
        covered=scope,
    )


def as_of(
    *, by: Actor, at: datetime, first: date, last: date, kind: Step = "week",
    diseases: Sequence[str] = (), area: UUID | None = None, map_on: date | None = None,
    clock: Clock = "reported",
) -> AsOf:  # fmt: skip
    """Counts by disease, commune and week (or day) of onset exactly as known at ``at``.

    From the period that holds ``first`` to the one that holds ``last``; every commune of the map of
    ``map_on`` (the day of ``at`` when left out) in the reader's scope and in ``area``, with or
    without cases. One query.
    """
    on = map_on or at.astimezone(VIETNAM).date()
    periods = Period.range(kind, first, last)
    past = history(
        by=by, until=at, first=periods[0].start, last=periods[-1].end, diseases=diseases,
        area=area, clock=clock,
    )  # fmt: skip
    found = past.as_of(at, periods, diseases=diseases, map_on=on)
    if area is None:
        return found
    inside = set(places.communes_of(places.atlas(), area, on))
    rows = [n for n, commune in enumerate(found.communes) if commune in inside]
    return AsOf(
        found.at, found.clock, found.map_on, [found.communes[n] for n in rows], found.diseases,
        found.periods, found.cases[rows], found.lower[rows], found.upper[rows],
    )  # fmt: skip


def triangles(
    *, by: Actor, at: datetime, periods: int, delays: int, step: Step = "day",
    diseases: Sequence[str] = (), area: UUID | None = None, by_commune: bool = False,
    map_on: date | None = None, clock: Clock = "reported",
) -> Triangles:  # fmt: skip
    """Reporting triangles of the last ``periods`` days or weeks of onset, as known at ``at``.

    A case stands at its onset as then known and at the delay of its *first* report; one that was
    voided or ruled out by then stands nowhere, so no cell is negative. Delays longer than
    ``delays`` count at it. One series a disease over all communes of the scope (or of ``area``,
    which then names the series), or, with ``by_commune``, one a disease and commune of the map.
    A week that runs is its own last period. One query.

    Raises
    ------
    BadInput
        If ``periods`` or ``delays`` is below 1.
    """
    if periods < 1 or delays < 1:
        raise BadInput(what=f"{periods} periods and {delays} delays; expected 1 or more of each")
    today = at.astimezone(VIETNAM).date()
    on, length = map_on or today, 7 if step == "week" else 1
    last = today - timedelta(days=today.weekday()) if step == "week" else today
    first = last - timedelta(days=length * (periods - 1))
    past = history(
        by=by, until=at, first=first, last=today, diseases=diseases, area=area, clock=clock
    )
    names = list(diseases) or _listed(past.diseases, on)
    origin = first.toordinal()
    row = (past.day - origin) // length
    delay = (past.reported - origin) // length - row
    cell = np.clip(row, 0, periods - 1) * (delays + 1) + np.clip(delay, 0, delays)
    width = periods * (delays + 1)
    counts = np.zeros((len(past.communes), len(names), width), np.int64)
    of = _rows(names, past.diseases)[past.disease] if past.diseases else past.disease
    good = of >= 0
    np.add.at(counts, (past.commune[good], of[good], cell[good]), past.cases[good])
    if by_commune:
        keys, table = _by_commune(past, counts, names, first, length, periods, delays, on)
    else:
        whole = area or _whole(places.atlas(), on)
        keys, table = [(name, whole) for name in names], counts.sum(axis=0)
    answer = table.reshape(len(keys), periods, delays + 1).astype(np.float64)
    answer[:, ~seen(periods, delays)] = np.nan
    return Triangles(at, keys, first, answer)


def _by_commune(
    past: History, counts: Ints, names: Sequence[str], first: date, length: int, periods: int,
    delays: int, on: date,
) -> tuple[list[tuple[str, UUID]], Ints]:  # fmt: skip
    """Series by disease and commune of the map of ``on``: those with a case."""
    n, k, width = counts.shape
    days = [
        first + timedelta(days=length * (cell // (delays + 1)))
        for _ in range(k)
        for cell in range(width)
    ]
    communes, shown, _, _ = places.rebase(
        places.atlas(), past.communes, counts.reshape(n, k * width), days, on
    )
    table = shown.reshape(len(communes), k, width)
    with_cases = [(int(n), int(d)) for n, d in np.argwhere(table.any(axis=2))]
    keys = [(names[d], communes[n]) for n, d in with_cases]
    found = np.array([table[n, d] for n, d in with_cases], np.int64).reshape(-1, width)
    return keys, found


def _on_map(
    past: History, cases: Ints, names: list[str], periods: Sequence[Period],
    windows: Sequence[series.Window], at: datetime, on: date, map_: Any,
) -> AsOf:  # fmt: skip
    keys: list[tuple[Any, ...]] = [(name,) for name in names]
    table = series.Table(list(past.communes), keys, cases, np.zeros_like(cases))
    shown = series.shown_on(map_, table, windows, on)
    listed = [unit for unit in map_.communes(on) if past.covered.covers(unit)]
    communes = sorted(
        {*listed, *shown.communes}, key=lambda unit: (_code(map_, unit, on), str(unit))
    )
    row = {unit: n for n, unit in enumerate(communes)}
    rows = np.array([row[unit] for unit in shown.communes], np.int64)
    size = (len(communes), len(names), len(periods))
    parts = []
    for part in (shown.cases, shown.lower, shown.upper):
        out = np.zeros(size, np.int64)
        if rows.size:
            out[rows] = part
        parts.append(out)
    return AsOf(at, past.clock, on, communes, names, list(periods), *parts)


def _where(
    scope: policies.Scope, until: datetime, first: date, last: date, diseases: Sequence[str],
    area: UUID | None, clock: Clock,
) -> Q:  # fmt: skip
    where = scope.where("commune_id") & Q(day__gte=first, day__lte=last)
    where &= Q(known_at__lte=until) if clock == "reported" else Q(received_at__lte=until)
    if diseases:
        where &= Q(disease__in=counting.with_predecessors(diseases))
    if area is not None:
        on = until.astimezone(VIETNAM).date()
        where &= Q(commune_id__in=places.communes_of(places.atlas(), area, on))
    return where


def _field(clock: Clock) -> str:
    if clock not in ("reported", "received"):
        raise BadInput(what=f"clock is {clock!r}; use reported or received")
    return "known_at" if clock == "reported" else "received_at"


def _ordinals(days: Sequence[date]) -> Ints:
    return np.array([day.toordinal() for day in days], np.int64)


def _listed(names: Sequence[str], on: date) -> list[str]:
    """The diseases of the list of a day under which these names are counted, sorted."""
    listed = {disease.id for disease in rules.diseases(on)}
    return sorted({heir for name in names for heir in counting.becomes(name, listed)})


def _rows(names: Sequence[str], used: Sequence[str]) -> Ints:
    """(used,) the row of each name that was used; -1 where it is none of ``names``."""
    row = {
        name: n for n, disease in enumerate(names) for name in counting.with_predecessors([disease])
    }
    return np.array([row.get(name, -1) for name in used], np.int64)


def _whole(map_: Any, on: date) -> UUID:
    """The province, where the map has one; else the first of them."""
    return next(iter(map_.provinces(on)))


def _code(map_: Any, unit: UUID, on: date) -> str:
    return map_.code(unit, "administrative", on) or ""
