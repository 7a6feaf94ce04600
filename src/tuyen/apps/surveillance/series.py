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
    communes: dict[UUID, int] = {}
    keys: dict[tuple[Any, ...], int] = {}
    table = np.zeros((len(rows), 5), np.int64)
    for n, (commune, day, *key, cases, deaths) in enumerate(rows):
        table[n] = (
            communes.setdefault(commune, len(communes)),
            keys.setdefault(tuple(key), len(keys)),
            day.toordinal(),
            cases,
            deaths,
        )
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


def by_day(where: Q, windows: Sequence[Window]) -> tuple[Ints, list[str], date]:
    """(diseases, windows) sums over all communes, the diseases, and the first day with a case
    among those that fit: one query, whatever the number of communes."""
    rows = list(
        Count.objects.filter(where, COUNTED)
        .values_list("disease", "day")
        .annotate(Sum("cases"))
        .order_by("day")
    )
    names = sorted({disease for disease, _, _ in rows})
    at = {disease: n for n, disease in enumerate(names)}
    table = np.array([(at[d], day.toordinal(), n) for d, day, n in rows], np.int64).reshape(-1, 3)
    out = np.zeros((len(names), len(windows)), np.int64)
    for w, (first, last) in enumerate(windows):
        i = np.searchsorted(table[:, 1], first.toordinal(), side="left")
        j = np.searchsorted(table[:, 1], last.toordinal(), side="right")
        np.add.at(out[:, w], table[i:j, 0], table[i:j, 2])
    return out, names, rows[0][1] if rows else date.max
