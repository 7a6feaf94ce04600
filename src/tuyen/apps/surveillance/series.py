"""Counts fetched once and laid out as arrays: communes by keys by periods, on any map."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q, Sum
from numpy.typing import NDArray

from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import Count

Ints = NDArray[np.int64]
Window = tuple[date, date]

COUNTED = ~Q(classification="discarded")
"""A case that was ruled out is kept, listed and never counted."""


class Cells(NamedTuple):
    """N cells of the count table, ordered by day."""

    communes: list[UUID]
    keys: list[tuple[Any, ...]]
    commune: Ints  # (N,) row in communes
    key: Ints  # (N,) row in keys
    day: Ints  # (N,) proleptic ordinal
    cases: Ints  # (N,)
    deaths: Ints  # (N,)


class OnMap(NamedTuple):
    """Counts on one map."""

    communes: list[UUID]  # (n,)
    cases: Ints  # (n, keys, windows)
    deaths: Ints  # (n, keys, windows)
    lower: Ints  # (n, keys, windows): the true number of cases is at least this
    upper: Ints  # and at most this


def fetch(where: Q, split: Sequence[str] = ("disease",)) -> Cells:
    """The cells that fit, summed over all columns but commune, day and ``split``: one query."""
    rows = list(
        Count.objects.filter(where, COUNTED)
        .values_list("commune_id", "day", *split)
        .annotate(Sum("cases"), Sum("deaths"))
        .order_by("day")
    )
    communes = {id: n for n, id in enumerate(dict.fromkeys(row[0] for row in rows))}
    keys = {key: n for n, key in enumerate(dict.fromkeys(row[2:-2] for row in rows))}
    table = np.array(
        [(communes[r[0]], keys[r[2:-2]], r[1].toordinal(), r[-2], r[-1]) for r in rows], np.int64
    ).reshape(-1, 5)
    return Cells(list(communes), list(keys), *table.T)


def tabulate(cells: Cells, windows: Sequence[Window], deaths: bool = False) -> Ints:
    """(communes, keys, windows) sums of the days of each window, both ends included."""
    n, k = len(cells.communes), len(cells.keys)
    out = np.zeros((len(windows), n * k), np.int64)
    if n * k:
        at = cells.commune * k + cells.key
        what = cells.deaths if deaths else cells.cases
        for w, (first, last) in enumerate(windows):
            i = np.searchsorted(cells.day, first.toordinal(), side="left")
            j = np.searchsorted(cells.day, last.toordinal(), side="right")
            out[w] = np.bincount(at[i:j], what[i:j], n * k)
    return out.T.reshape(n, k, len(windows))


def on_map(
    map_: Any, cells: Cells, windows: Sequence[Window], map_on: date, *, deaths: bool = True
) -> OnMap:
    """The cells' communes of birth led to the map of a day; totals are kept to the case.

    Without ``deaths`` that table is all zero.
    """
    n, k, w = len(cells.communes), len(cells.keys), len(windows)
    days = [first for _ in range(k) for first, _ in windows]
    cases = tabulate(cells, windows).reshape(n, k * w)
    communes, counted, lower, upper = places.rebase(map_, cells.communes, cases, days, map_on)
    dead = np.zeros_like(counted)
    if deaths and cells.deaths.any():
        died = tabulate(cells, windows, deaths=True).reshape(n, k * w)
        _, dead, _, _ = places.rebase(map_, cells.communes, died, days, map_on)
    shape = (len(communes), k, w)
    return OnMap(
        communes,
        counted.reshape(shape),
        dead.reshape(shape),
        lower.reshape(shape),
        upper.reshape(shape),
    )


def by_week(where: Q, weeks: Sequence[date]) -> tuple[Ints, list[str], date]:
    """(diseases, weeks) sums over all communes for weeks named by their Mondays, the diseases, and
    the first Monday with a case among those that fit: one query."""
    rows = list(
        Count.objects.filter(where, COUNTED)
        .values_list("disease", "week")
        .annotate(Sum("cases"))
        .order_by()
    )
    names = sorted({row[0] for row in rows})
    at, column = {disease: n for n, disease in enumerate(names)}, _columns(weeks)
    out = np.zeros((len(names), len(weeks)), np.int64)
    for disease, week, cases in rows:
        for w in column.get(week, ()):
            out[at[disease], w] = cases
    return out, names, min((row[1] for row in rows), default=date.max)


def _columns(weeks: Sequence[date]) -> dict[date, list[int]]:
    """Where each week stands; week 52 stands twice when it is compared with a 53rd as well."""
    columns: dict[date, list[int]] = {}
    for w, week in enumerate(weeks):
        columns.setdefault(week, []).append(w)
    return columns
