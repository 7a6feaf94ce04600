"""Records that may be one person's: read from the tables, judged by the engine."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from threading import Lock
from typing import Any
from uuid import UUID

from django.db.models import Q, Value
from django.db.models.functions import Mod

from tuyen.apps.access import walls
from tuyen.apps.journal import queries as journal
from tuyen.apps.journal import store
from tuyen.apps.registry import mapstore
from tuyen.apps.registry.models import Apart, Identifier, Person
from tuyen.engines.registry import duplicates
from tuyen.engines.registry.duplicates import Frequencies, Match, Record
from tuyen.kernel.text import fold

Pair = tuple[UUID, UUID, Match]

_SAMPLE = 5_000  # records whose names tell how frequent a name is
_LARGEST = 8  # answers remembered
_POOL = 400  # records compared with one
_kept: dict[tuple[Any, ...], Any] = {}
_lock = Lock()


@walls.whole("who may be one person with whom")
def pairs_in(unit: UUID, places: Collection[UUID], on: date) -> list[Pair]:
    """Pairs among the living of some places, the most likely first. Two queries, and a second of
    work for each 6,000 people; remembered until the registry changes."""

    def answer() -> list[Pair]:
        records = _records(_usable().filter(place__in=places).order_by("number"), on)
        apart = _kept_apart()
        # Those kept apart take nobody's place among the few that are shown of each.
        room = max(Counter(id for pair in apart for id in pair).values(), default=0)
        found = duplicates.find(records, _known(records), most=duplicates.MOST + room)
        pairs = [(UUID(records[i].id), UUID(records[j].id), match) for i, j, match in found]
        return _few(pair for pair in pairs if frozenset(pair[:2]) not in apart)

    return _remembered(("pairs", unit, on), answer)


@walls.whole("who may be one person with whom")
def of(person: UUID, allowed: Q, on: date) -> list[tuple[UUID, Match]]:
    """The few records that may be the same person's, wherever they are within ``allowed``: those
    with a number, the telephone, the birth date or the folded name and birth year in common."""
    here = Person.objects.filter(pk=person).first()
    if here is None:
        return []
    mine = _records([here], on)
    if not mine:
        return []
    values = [value for _, value in mine[0].numbers]
    near = Q(pk__in=Identifier.objects.filter(value__in=values).values("person"))
    near |= Q(born_on=here.born_on)
    if here.phone:
        near |= Q(phone=here.phone)
    if here.place_id is not None:
        words = fold(here.name).split()
        years = [date(here.born_on.year - 1, 1, 1), date(here.born_on.year + 1, 12, 31)]
        near |= Q(place=here.place_id, born_on__range=years, search__contains=words[-1])
    pool = _usable().filter(near, allowed).exclude(pk=person).order_by("number")[:_POOL]
    others = _records(pool, on)
    known = _remembered(("names",), lambda: _known(_records(_sample(), on)))
    known = known._replace(total=max(known.total, Person.objects.count()))
    apart = _kept_apart(person)
    others = [other for other in others if frozenset((person, UUID(other.id))) not in apart]
    return _candidates(mine[0], others, known)


@walls.whole("who may be one person with whom")
def like(draft: Record, allowed: Q, on: date) -> list[tuple[UUID, Match]]:
    """The few records that may be of somebody who is not on record yet; see :func:`of`."""
    values = [value for _, value in draft.numbers]
    near = Q(pk__in=Identifier.objects.filter(value__in=values).values("person"))
    near |= Q(born_on=draft.born_on)
    if draft.phone:
        near |= Q(phone=draft.phone)
    words = fold(draft.name).split()
    if words and draft.village:
        years = [date(draft.born_on.year - 1, 1, 1), date(draft.born_on.year + 1, 12, 31)]
        near |= Q(place=draft.village, born_on__range=years, search__contains=words[-1])
    pool = _usable().filter(near, allowed).order_by("number")[:_POOL]
    others = _records(pool, on)
    known = _remembered(("names",), lambda: _known(_records(_sample(), on)))
    known = known._replace(total=max(known.total, Person.objects.count()))
    return _candidates(draft, others, known)


@walls.whole("who may be one person with whom")
def judge(one: UUID, other: UUID, on: date) -> Match | None:
    """How two records agree; None when one of them is not there."""
    found = {record.id: record for record in _records(_usable().filter(pk__in=[one, other]), on)}
    if len(found) < 2:
        return None
    known = _remembered(("names",), lambda: _known(_records(_sample(), on)))
    known = known._replace(total=max(known.total, Person.objects.count()))
    return duplicates.compare(found[str(one)], found[str(other)], known)


def _candidates(one: Record, others: list[Record], known: Frequencies) -> list[tuple[UUID, Match]]:
    return [(UUID(others[n].id), match) for n, match in duplicates.candidates(one, others, known)]


def _kept_apart(person: UUID | None = None) -> set[frozenset[UUID]]:
    """Pairs that somebody found to be two people, of one person or of all; one query."""
    rows = Apart.objects.filter(undone_on=None)
    if person is not None:
        rows = rows.filter(Q(one=person) | Q(other=person))
    return {frozenset(pair) for pair in rows.values_list("one_id", "other_id")}


def _few(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs in their order, each record in no more than the few that are shown."""
    used: Counter[UUID] = Counter()
    kept = []
    for one, other, match in pairs:
        if max(used[one], used[other]) < duplicates.MOST:
            used.update((one, other))
            kept.append((one, other, match))
    return kept


def _usable() -> Any:
    return Person.objects.filter(voided_on=None, merged_into=None, died_on=None)


def _sample() -> Any:
    """Persons at even distances in the order of registration."""
    step = max(1, Person.objects.count() // _SAMPLE)
    return _usable().annotate(rest=Mod("number", Value(step))).filter(rest=0)


def _known(records: list[Record]) -> Frequencies:
    return Frequencies.of(records)


def _records(people: Iterable[Person], on: date) -> list[Record]:
    people = list(people)
    map = mapstore.atlas()
    numbers: dict[UUID, list[tuple[str, str]]] = {}
    held = Identifier.objects.filter(person__in=people)
    for id, system, value in held.values_list("person_id", "system", "value"):
        numbers.setdefault(id, []).append((system, value))
    return [
        Record(
            id=str(p.pk), name=p.name, born_on=p.born_on, precision=p.birth_precision, sex=p.sex,
            village=str(p.place_id or ""), commune=str(map.commune_of(p.place_id, on) or ""),
            household=str(p.household_id or ""), phone=p.phone,
            numbers=tuple(sorted(numbers.get(p.pk, ()))),
        )
        for p in people
    ]  # fmt: skip


def _remembered(question: tuple[Any, ...], answer: Any) -> Any:
    """Within a transaction everything is asked: what it sees may yet be undone."""
    if store.connection().in_atomic_block:
        return answer()
    key = (store.alias(), journal.revision("registry"), *question)
    with _lock:
        if key in _kept:
            return _kept[key]
    found = answer()
    with _lock:
        while len(_kept) >= _LARGEST:
            del _kept[next(iter(_kept))]
        _kept[key] = found
    return found
