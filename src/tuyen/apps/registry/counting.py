"""Counting people and their insurance by commune, on either map."""

from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Case, Count, Exists, IntegerField, OuterRef, Q, Value, When
from numpy.typing import NDArray

from tuyen.apps.access import walls
from tuyen.apps.journal import store
from tuyen.apps.registry.atlas import Atlas
from tuyen.apps.registry.models import Entitlement, PlaceRevision, Residence

_LARGEST = 16  # questions remembered
_MANY = 400  # changed places from which on all are asked again

Group = tuple[UUID, int, int, int]


class _Kept(NamedTuple):
    """The answer to a question, by place, and what each place's is valid for."""

    revisions: dict[UUID, UUID]
    groups: dict[UUID, list[Group]]


_kept: dict[tuple[Any, ...], _Kept] = {}
_lock = Lock()


class Population(NamedTuple):
    """People by commune, sex and age band."""

    unit_ids: tuple[UUID, ...]  # (n,) communes of the map asked, by code
    ages: tuple[int, ...]  # (b,) first age of each band
    counts: NDArray[np.int64]  # (n, 3, b): sex 1, 2, 3
    lower: NDArray[np.int64]  # (n, 3, b); the true count is at least this
    upper: NDArray[np.int64]

    @property
    def totals(self) -> dict[UUID, int]:
        """People in each commune."""
        sums = self.counts.sum(axis=(1, 2)).tolist()
        return dict(zip(self.unit_ids, sums, strict=True))


class Coverage(NamedTuple):
    """Insurance of a commune's people on a day."""

    unit: UUID
    persons: int
    insured: int
    known: int  # persons with any insurance on record, past ones too

    @property
    def percent(self) -> float | None:
        return 100 * self.insured / self.persons if self.persons else None

    @property
    def completeness(self) -> float | None:
        """The share of people about whose insurance anything is known, in percent."""
        return 100 * self.known / self.persons if self.persons else None


def count_people(atlas: Atlas, on: date, map_on: date, ages: tuple[int, ...]) -> Population:
    """People by commune of the map, sex and age band; sums are those of the people on record."""
    ages = tuple(sorted(set(ages)))
    groups = _remembered(("people", on, ages), lambda where: _grouped(where, on, ages))
    width = 3 * len(ages)
    places: dict[UUID, NDArray[np.int64]] = {}
    for place, sex, band, count in groups:
        row = places.setdefault(place, np.zeros(width, np.int64))
        row[(sex - 1) * len(ages) + band] += count
    unit_ids, tables = _on_map(atlas, map_on, places, width)
    shape = (len(unit_ids), 3, len(ages))
    counts, lower, upper = (table.reshape(shape) for table in tables)
    return Population(unit_ids, ages, counts, lower, upper)


def count_covered(atlas: Atlas, on: date, map_on: date) -> list[Coverage]:
    """Persons, insured and known by commune of the map."""
    groups = _remembered(("covered", on), lambda where: _insured(where, on))
    places = {place: np.array(row, np.int64) for place, *row in groups}
    unit_ids, (counts, _, _) = _on_map(atlas, map_on, places, 3)
    return [Coverage(id, *row) for id, row in zip(unit_ids, counts.tolist(), strict=True)]


def _living(on: date) -> Q:
    return (Q(since=None) | Q(since__lte=on)) & (Q(until=None) | Q(until__gt=on))


def _grouped(where: Q, on: date, ages: tuple[int, ...]) -> list[Group]:
    """(place, sex, band, people); an age below the first band is left out."""
    bands = [
        When(born_on__lte=_birthday(on, age), then=Value(n))
        for n, age in reversed(list(enumerate(ages)))
    ]
    rows = (
        Residence.objects.filter(where, _living(on), born_on__lte=_birthday(on, ages[0]))
        .annotate(band=Case(*bands, output_field=IntegerField()))
        .values("place_id", "sex", "band")
        .annotate(people=Count("pk"))
        .order_by()
    )
    return list(rows.values_list("place_id", "sex", "band", "people"))


def _insured(where: Q, on: date) -> list[Group]:
    mine = Entitlement.objects.filter(person=OuterRef("person"))
    rows = (
        Residence.objects.filter(where, _living(on))
        .annotate(now=Exists(mine.filter(_living(on))), ever=Exists(mine))
        .values("place_id")
        .annotate(
            persons=Count("pk"),
            insured=Count("pk", filter=Q(now=True)),
            known=Count("pk", filter=Q(ever=True)),
        )
        .order_by()
    )
    return list(rows.values_list("place_id", "persons", "insured", "known"))


def _birthday(on: date, age: int) -> date:
    """The latest birth date of somebody who is ``age`` years old on a day."""
    try:
        return on.replace(year=on.year - age)
    except ValueError:  # 29 February: a year is complete on the 28th only for those born by then
        return date(on.year - age, 2, 28)


def _on_map(
    atlas: Atlas, map_on: date, places: dict[UUID, NDArray[np.int64]], width: int
) -> tuple[tuple[UUID, ...], list[NDArray[np.int64]]]:
    """Rows of all communes of a map (zeros where nobody lives), and of what lies in none."""
    unit_ids = atlas.communes(map_on)
    table = np.vstack(list(places.values())) if places else np.zeros((0, width), np.int64)
    done = atlas.rebase(map_on).to_communes(list(places), table)
    unit_ids += sorted(set(done.unit_ids) - set(unit_ids), key=str)
    row = {id: n for n, id in enumerate(unit_ids)}
    at = [row[id] for id in done.unit_ids]
    tables = []
    for part in (done.counts, done.lower, done.upper):
        whole = np.zeros((len(unit_ids), width), np.int64)
        if at:
            whole[at] = part
        tables.append(whole)
    return tuple(unit_ids), tables


def _remembered(question: tuple[Any, ...], answer: Callable[[Q], list[Group]]) -> list[Group]:
    """The groups of all places, asking the store only for places that changed since last time.

    Within a transaction everything is asked: what it sees may yet be undone.
    """
    with walls.whole("counts of everybody, kept for all readers"):
        return _kept_or_asked(question, answer)


def _kept_or_asked(question: tuple[Any, ...], answer: Callable[[Q], list[Group]]) -> list[Group]:
    if store.connection().in_atomic_block:
        return answer(Q())
    key = (store.alias(), *question)
    now = dict(PlaceRevision.objects.values_list("place_id", "entry_id"))
    with _lock:
        known = _kept.get(key)
    if known is None or len(stale := now.items() - known.revisions.items()) > _MANY:
        known = _Kept(now, _by_place(answer(Q())))
    elif stale:
        places = {place for place, _ in stale}
        fresh = _by_place(answer(Q(place__in=places)))
        rest = {p: groups for p, groups in known.groups.items() if p not in places}
        known = _Kept(now, rest | fresh)
    with _lock:
        _kept.pop(key, None)
        while len(_kept) >= _LARGEST:
            del _kept[next(iter(_kept))]
        _kept[key] = known
    return [group for groups in known.groups.values() for group in groups]


def _by_place(groups: list[Group]) -> dict[UUID, list[Group]]:
    found: dict[UUID, list[Group]] = {}
    for group in groups:
        found.setdefault(group[0], []).append(group)
    return found
