"""Counting people and their insurance by commune, on either map."""

from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from django.db.models import Count, Exists, OuterRef, Q
from numpy.typing import NDArray

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import store
from tuyen.apps.registry import living
from tuyen.apps.registry.atlas import Atlas
from tuyen.apps.registry.models import Entitlement, PlaceRevision, Residence

_LARGEST = 16  # questions remembered
_MANY = 400  # changed places from which on all are asked again

Group = tuple[UUID, int, int, int]
Part = TypeVar("Part")
Whole = TypeVar("Whole")


class _Kept(NamedTuple):
    """The answer to a question by place, what each place's is valid for, and all of it together."""

    revisions: dict[UUID, UUID]
    parts: dict[UUID, Any]
    whole: Any


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
    everybody = _remembered(("people",), living.read, living.together)
    groups = living.counted(everybody, on, [_birthday(on, age) for age in ages])
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
    groups = _remembered(
        ("covered", on), lambda where: _insured(where, on), lambda places: list(places.values())
    )
    places = {place: np.array(row, np.int64) for place, *row in groups}
    unit_ids, (counts, _, _) = _on_map(atlas, map_on, places, 3)
    return [Coverage(id, *row) for id, row in zip(unit_ids, counts.tolist(), strict=True)]


def _living(on: date) -> Q:
    return (Q(since=None) | Q(since__lte=on)) & (Q(until=None) | Q(until__gt=on))


def _insured(where: Q, on: date) -> dict[UUID, Group]:
    """(place, persons, insured, known) by place."""
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
    counts = ("place_id", "persons", "insured", "known")
    return {group[0]: group for group in rows.values_list(*counts)}


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


def _remembered(
    question: tuple[Any, ...], answer: Callable[[Q], dict[UUID, Part]],
    join: Callable[[dict[UUID, Part]], Whole],
) -> Whole:  # fmt: skip
    """What the answers of all places make ``join`` to, asking the store only for places that
    changed since last time.

    Within a transaction everything is asked: what it sees may yet be undone.
    """
    with walls.whole("counts of everybody, kept for all readers"):
        if store.connection().in_atomic_block:
            return join(answer(Q()))
        return _kept_or_asked(question, answer, join)


def _kept_or_asked(
    question: tuple[Any, ...], answer: Callable[[Q], dict[UUID, Part]],
    join: Callable[[dict[UUID, Part]], Whole],
) -> Whole:  # fmt: skip
    key = (store.alias(), *question)
    now = dict(PlaceRevision.objects.values_list("place_id", "entry_id"))
    with _lock:
        known = _kept.get(key)
    if known is None or len(stale := now.items() - known.revisions.items()) > _MANY:
        parts = answer(Q())
        known = _Kept(now, parts, join(parts))
    elif stale:
        places = {place for place, _ in stale}
        fresh = answer(Q(place__in=places))
        parts = {place: part for place, part in known.parts.items() if place not in places} | fresh
        known = _Kept(now, parts, join(parts))
    with _lock:
        _kept.pop(key, None)
        while len(_kept) >= _LARGEST:
            del _kept[next(iter(_kept))]
        _kept[key] = known
    return known.whole


def people_at(*, by: Actor, on: date) -> dict[UUID, int]:
    """How many people live in each place on a day: villages, and communes of those in none. Like the
    population, for everybody who may read the map. One query."""
    policies.check(by, "registry.unit.read")
    everybody = _remembered(("people",), living.read, living.together)
    found: dict[UUID, int] = {}
    for place, _sex, _band, count in living.counted(everybody, on, [on]):
        found[place] = found.get(place, 0) + count
    return found
