"""Counts fetched once and laid out as arrays: communes by keys by periods, on any map."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any, Literal, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Case, IntegerField, Q, Sum, Value, When
from django.db.models.functions import Substr
from numpy.typing import NDArray

from tuyen.apps.surveillance import places, stored
from tuyen.apps.surveillance.models import Count

Ints = NDArray[np.int64]
Window = tuple[date, date]
Step = Literal["day", "week", "month"]
_FEW = 12  # windows

COUNTED = ~Q(classification="discarded")
"""A case that was ruled out is kept, listed and never counted."""


class Table(NamedTuple):
    """Sums by commune of birth, key and window of days."""

    communes: list[UUID]  # (n,)
    keys: list[tuple[Any, ...]]  # (k,)
    cases: Ints  # (n, k, w)
    deaths: Ints  # (n, k, w)


class OnMap(NamedTuple):
    """Counts on one map."""

    communes: list[UUID]  # (n,)
    cases: Ints  # (n, keys, windows)
    deaths: Ints  # (n, keys, windows)
    lower: Ints  # (n, keys, windows): the true number of cases is at least this
    upper: Ints  # and at most this


def table(
    where: Q, windows: Sequence[Window], split: Sequence[str] = ("disease",), *, step: Step = "day"
) -> Table:
    """The counts that fit, summed by the store in each window: one query.

    step: of what the windows consist, whole days, weeks from Monday or calendar months; the
    coarser it is, the fewer rows come back. Windows do not overlap. A few are told apart by the
    store itself, whatever they consist of.
    """
    if len(windows) <= _FEW:
        ranges = [Q(day__gte=first, day__lte=last) for first, last in windows]
        where &= reduce(or_, ranges, Q(pk__in=()))
        whens = [When(days, then=Value(w)) for w, days in enumerate(ranges)]
        label: Any = Case(*whens, output_field=IntegerField())
        column: Callable[[Any], int | None] = int
    else:
        where &= Q(day__gte=windows[0][0], day__lte=windows[-1][1])
        label = stored.text("week" if step == "week" else "day")
        label = Substr(label, 1, 7) if step == "month" else label
        column = _labels(windows, step).get
    rows = list(
        Count.objects.filter(where, COUNTED)
        .annotate(born=stored.text("commune_id"), label=label)
        .values_list("born", "label", *split)
        .annotate(Sum("cases"), Sum("deaths"))
        .order_by()
    )
    born = {text: n for n, text in enumerate(sorted({row[0] for row in rows}))}
    keys = {key: n for n, key in enumerate(sorted({row[2:-2] for row in rows}, key=repr))}
    cases = np.zeros((len(born), len(keys), len(windows)), np.int64)
    deaths = np.zeros_like(cases)
    if rows:
        found = [
            (born[row[0]], keys[row[2:-2]], w, row[-2], row[-1])
            for row in rows
            if (w := column(row[1])) is not None
        ]
        *cell, sum_of_cases, sum_of_deaths = np.array(found, np.int64).reshape(-1, 5).T
        np.add.at(cases, tuple(cell), sum_of_cases)
        np.add.at(deaths, tuple(cell), sum_of_deaths)
    return Table([stored.id(text) for text in born], list(keys), cases, deaths)


def _labels(windows: Sequence[Window], step: Step) -> dict[str, int]:
    """In which window each day, week or month falls, by its text."""
    labels: dict[str, int] = {}
    for w, (first, last) in enumerate(windows):
        for ordinal in range(first.toordinal(), last.toordinal() + 1, 7 if step == "week" else 1):
            text = date.fromordinal(ordinal).isoformat()
            labels[text[:7] if step == "month" else text] = w
    return labels


def shown_on(map_: Any, table: Table, windows: Sequence[Window], map_on: date) -> OnMap:
    """The communes of birth of a table led to the map of a day; totals are kept to the case."""
    n, k, w = table.cases.shape
    width = k * w
    both = np.hstack([table.cases.reshape(n, width), table.deaths.reshape(n, width)])
    live = np.flatnonzero(both.any(axis=0))  # most columns of a long and fine table are empty
    days = [windows[at % w][0] for at in live.tolist()]
    communes, *parts = places.rebase(map_, table.communes, both[:, live], days, map_on)
    counted, lower, upper = (np.zeros((len(communes), 2 * width), np.int64) for _ in range(3))
    for whole, part in zip((counted, lower, upper), parts, strict=True):
        whole[:, live] = part
    shape = (len(communes), k, w)
    cases, dead = counted[:, :width], counted[:, width:]
    kept = (cases, dead, lower[:, :width], upper[:, :width])
    return OnMap(communes, *(part.reshape(shape) for part in kept))


def by_week(where: Q, weeks: Sequence[date]) -> tuple[Ints, list[str], date]:
    """(diseases, weeks) sums over all communes for weeks named by their Mondays, the diseases, and
    the first Monday with a case among those that fit: two queries."""
    known = Count.objects.filter(where, COUNTED)
    rows = list(
        known.filter(week__in=sorted(set(weeks)))
        .values_list("disease", stored.text("week"))
        .annotate(Sum("cases"))
        .order_by()
    )
    names = sorted({row[0] for row in rows})
    at, column = {disease: n for n, disease in enumerate(names)}, _columns(weeks)
    out = np.zeros((len(names), len(weeks)), np.int64)
    for disease, week, cases in rows:
        for w in column[stored.day(week)]:
            out[at[disease], w] = cases
    first = known.order_by("week").values_list("week", flat=True).first()
    return out, names, first or date.max


def _columns(weeks: Sequence[date]) -> dict[date, list[int]]:
    """Where each week stands; week 52 stands twice when it is compared with a 53rd as well."""
    columns: dict[date, list[int]] = {}
    for w, week in enumerate(weeks):
        columns.setdefault(week, []).append(w)
    return columns
