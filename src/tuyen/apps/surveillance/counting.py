"""The counts that a scan judges: every window of days, on the map of one day."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Min, Q, Sum, Value
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from tuyen.apps.journal.bulk import coded
from tuyen.apps.surveillance import places, series, stored
from tuyen.apps.surveillance.models import Count, CountChange
from tuyen.apps.surveillance.windows import Plan
from tuyen.rules import surveillance as rules

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Pair = tuple[str, UUID]


class Counted:
    """Counts of all windows on the map of ``on``: (communes, diseases, windows), and of them the
    m ``pairs`` to judge: those asked for, else those with a case in a judged window."""

    def __init__(
        self, map_: Any, on: date, listed: list[str], plan: Plan, wanted: set[Pair] | None,
        watched: set[Pair], at: datetime | None = None,
    ) -> None:  # fmt: skip
        self.map, self.on, self.diseases = map_, on, listed
        self._names = {disease: with_predecessors([disease]) for disease in listed}
        where = Q(is_disease__among=self.names)
        if wanted is not None:
            asked_for = {commune for _, commune in wanted}
            born = {b for commune in asked_for for b in places.birthplaces(map_, commune)}
            where &= Q(is_commune__among=born)
        cells = _cells(where & plan.days(), at)
        group_a = [d for d in listed if rules.group(d, on) == "A"]
        recent = Q(day__gte=plan.recent[0], day__lte=on, disease__in=group_a)
        confirmed_ = where & recent & Q(classification="confirmed")
        sure = _cells(confirmed_, at) if group_a else _NO_CELLS
        homes, shown = _on_map(map_, cells, plan.windows, on)
        sure_homes, confirmed = _on_map(map_, sure, plan.windows, on)
        asked = {commune for _, commune in (wanted or set()) | watched}
        self.communes = sorted({*homes, *sure_homes, *asked})
        self.cases = self._lay(homes, cells.diseases, shown)
        self.confirmed = self._lay(sure_homes, sure.diseases, confirmed)
        recent_at = [view.now for view in (*plan.weeks, *plan.months)]
        self._drop_what_is_unknown(plan, recent_at, at)
        chosen = self._active(wanted, watched, recent_at)
        self.pairs = [(self.diseases[d], self.communes[n]) for n, d in chosen]
        self.at = {pair: i for i, pair in enumerate(self.pairs)}
        self._n, self._d = np.array(chosen, np.int64).reshape(-1, 2).T
        provinces = [places.province_code(map_, commune, on) for commune in self.communes]
        self._provinces = [provinces[n] for n in self._n]

    @property
    def names(self) -> list[str]:
        """All diseases, and those of older lists that are counted as one of them."""
        return list(dict.fromkeys(name for names in self._names.values() for name in names))

    def _lay(self, communes: Sequence[UUID], diseases: Sequence[str], shown: Ints) -> Floats:
        """Rows in the order of ``communes``; predecessors of a disease count as the disease."""
        out = np.zeros((len(self.communes), len(self.diseases), shown.shape[2]))
        at = {commune: n for n, commune in enumerate(self.communes)}
        rows = [at[commune] for commune in communes]
        column = {disease: k for k, disease in enumerate(diseases)}
        for d, disease in enumerate(self.diseases):
            for name in self._names[disease]:
                if name in column and rows:
                    out[rows, d] += shown[:, column[name]]
        return out

    def _drop_what_is_unknown(self, plan: Plan, recent_at: list[int], at: datetime | None) -> None:
        """Before the first day that anything was reported, nothing is known: not zero."""
        first = _counted(at).aggregate(Min("day"))["day__min"]
        unknown = [
            w
            for w, (start, _) in enumerate(plan.windows)
            if w not in recent_at and (first is None or start < first)
        ]
        self.cases[:, :, unknown] = np.nan

    def _active(
        self, wanted: set[Pair] | None, watched: set[Pair], recent_at: list[int]
    ) -> list[tuple[int, int]]:
        """(commune, disease) of the cells to judge, in order."""
        at = {commune: n for n, commune in enumerate(self.communes)}
        of = {disease: d for d, disease in enumerate(self.diseases)}
        asked = watched if wanted is None else wanted
        cells = {(at[c], of[d]) for d, c in asked if c in at and d in of}
        if wanted is None and self.communes:
            seen = (np.nan_to_num(self.cases[:, :, recent_at]) > 0).any(axis=2)
            cells |= {(int(n), int(d)) for n, d in np.argwhere(seen)}
        return sorted(cells)

    def column(self, window: int) -> Floats:
        """(m,) counts of the pairs in one window."""
        return self.cases[self._n, self._d, window]

    def sure(self, window: int) -> Floats:
        """(m,) confirmed cases of diseases of group A in one window."""
        return self.confirmed[self._n, self._d, window]

    def history(self, windows: Sequence[int]) -> Floats:
        """(m, windows) counts of the pairs."""
        chosen = np.array(windows, np.int64)
        return self.cases[self._n[:, None], self._d[:, None], chosen[None, :]]

    def kinds(self, on: date) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(m,) group A, and (m,) endemic where the commune lies, by the rules of a day."""
        endemic = {code: rules.endemic(on, code) for code in set(self._provinces)}
        group_a = [rules.group(disease, on) == "A" for disease in self.diseases]
        at_home = [
            disease in endemic[code]
            for (disease, _), code in zip(self.pairs, self._provinces, strict=True)
        ]
        return np.array(group_a, bool)[self._d], np.array(at_home, bool)


class _Cells(NamedTuple):
    """N cells of the count table, ordered by day."""

    communes: Sequence[UUID]  # (n,) of birth
    diseases: Sequence[str]  # (k,)
    commune: Ints  # (N,) row in communes
    disease: Ints  # (N,) row in diseases
    day: Ints  # (N,) proleptic ordinal
    cases: Ints  # (N,)


_NO_CELLS = _Cells((), (), *[np.zeros(0, np.int64)] * 4)


def _counted(at: datetime | None) -> Any:
    """The counts of today, or what had become known of them by a moment."""
    return Count.objects if at is None else CountChange.objects.filter(known_at__lte=at)


def _cells(where: Q, at: datetime | None = None) -> _Cells:
    """The cells that fit, summed by commune, disease and day: one query, of an index alone.

    ``is_disease`` and ``is_commune`` are those columns out of reach of an index: that of the days
    is the one to use, and SQLite would look up every disease and commune of every day in it.
    """
    communes, diseases, days, cases = coded(
        _counted(at)
        .alias(
            is_disease=Coalesce("disease", Value(None)),
            is_commune=Coalesce("commune_id", Value(None)),
        )
        .filter(where, series.COUNTED)
        .values_list("commune_id", "disease", stored.text("day"))
        .annotate(Sum("cases"))
        .order_by()
    )
    ordinals = [stored.day(text).toordinal() for text in days.values]
    day = np.array(ordinals, np.int64)[days.codes]
    order = np.argsort(day, kind="stable")
    counts = np.array(cases.values, np.int64)[cases.codes]
    return _Cells(
        communes.values, diseases.values, communes.codes[order], diseases.codes[order],
        day[order], counts[order],
    )  # fmt: skip


def _on_map(
    map_: Any, cells: _Cells, windows: Sequence[series.Window], on: date
) -> tuple[Sequence[UUID], Ints]:
    """(n communes of the map of ``on``, (n, diseases, windows) sums of the days of each window,
    both ends included)."""
    n, k = len(cells.communes), len(cells.diseases)
    sums = np.zeros((len(windows), n * k), np.int64)
    at = cells.commune * k + cells.disease
    for w, (first, last) in enumerate(windows):
        i = np.searchsorted(cells.day, first.toordinal(), side="left")
        j = np.searchsorted(cells.day, last.toordinal(), side="right")
        sums[w] = np.bincount(at[i:j], cells.cases[i:j], n * k)
    table = sums.T.reshape(n, k * len(windows))
    live = np.flatnonzero(table.any(axis=0))  # most windows of most diseases are empty
    days = [windows[column % len(windows)][0] for column in live.tolist()]
    communes, counted, _, _ = places.rebase(map_, cells.communes, table[:, live], days, on)
    out = np.zeros((len(communes), k * len(windows)), np.int64)
    out[:, live] = counted
    return communes, out.reshape(len(communes), k, len(windows))


def today(map_: Any, pairs: Collection[Pair], on: date) -> set[Pair]:
    """The pairs with diseases of today's list and communes of today's map."""
    listed = {disease.id for disease in rules.diseases(on)}
    diseases = {disease: list(becomes(disease, listed)) for disease, _ in pairs}
    units = {
        commune: [unit for unit, _ in map_.current(commune, on)]
        for commune in {commune for _, commune in pairs}
    }
    return {(d, unit) for disease, c in pairs for d in diseases[disease] for unit in units[c]}


def becomes(disease: str, listed: Collection[str]) -> Iterator[str]:
    """What a disease is called on a list: itself, or what took its place."""
    if disease in listed:
        yield disease
    yield from (heir for heir in rules.disease(disease).becomes if heir in listed)


def with_predecessors(diseases: Sequence[str]) -> list[str]:
    """The diseases, and those of older lists that are counted as one of them."""
    return list(
        dict.fromkeys(
            name for d in diseases for name in (d, *(old.id for old in rules.predecessors(d)))
        )
    )
