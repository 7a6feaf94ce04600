"""Whom another schedule would change, counted over everybody whom the register follows."""

import time
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import walls
from tuyen.apps.immunization import packs as pack_of
from tuyen.apps.immunization.evaluating import given
from tuyen.apps.immunization.models import Child, Dose
from tuyen.apps.journal.bulk import coded
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization import Person, evaluate_many
from tuyen.engines.immunization.impact import WORTH_SIEVING, Case, Change, Count, Kind, changes
from tuyen.engines.immunization.impact_tally import Move, Tally
from tuyen.engines.immunization.pack import Pack
from tuyen.rules.immunization import lists

_GENDER = {1: "M", 2: "F"}
THREADS = 2
Ints = NDArray[np.int64]
Pair = tuple[Pack, Pack]


class Impact(NamedTuple):
    """Whom a schedule changes from a day on, against the one in force then."""

    old: str
    new: str
    on: date
    people: int  # compared
    changed: int  # people with a change in any group
    counts: tuple[Count, ...]  # ``commune`` is the id of one, or ""
    moves: tuple[Move, ...]
    seconds: float  # of work


class _Register(NamedTuple):
    """Everybody followed, by their place in the columns, with the doses that count, by day."""

    people: list[UUID]
    dob: Ints
    sex: Ints
    commune: Ints  # place in ``communes``
    communes: list[str]
    lives: list[pack_of.Where]
    where: Ints  # place in ``lives``
    doses: Ints  # (n + 1,)
    date: Ints
    vaccine: Ints
    vaccines: list[str]
    product: Ints
    products: list[str]


@walls.whole("whom a change of the schedule concerns, in the whole province")
def impact_of(old: str, new: str, on: date) -> Impact:
    """The impact of one schedule against another on a day. A constant number of queries.

    A large register is compared in columns by the compiled engine, with two threads; a small one, and
    whoever does not fit the columns, one by one: both count the same.
    """
    began = time.process_time()
    everybody = _register(on)
    tally = Tally()
    alone = _in_columns(everybody, _pairs(everybody, old, new, on), on, tally)
    _one_by_one(everybody, alone, on, tally)
    return Impact(
        old, new, on, len(everybody.people), tally.changed, tally.counts(everybody.communes),
        tally.moves(), time.process_time() - began,
    )  # fmt: skip


def _register(on: date) -> _Register:
    rows = Child.objects.filter(active=True).order_by("place_id", "person_id")
    person, place, sex, born = coded(rows.values_list("person_id", "place_id", "sex", "born_on"))
    people = [person.values[code] for code in person.codes.tolist()]
    atlas = registry.atlas()
    wheres = [pack_of.where(atlas, one, on) for one in place.values]
    lives = list(dict.fromkeys(wheres))
    homes = [atlas.commune_of(one, on) if one else None for one in place.values]
    communes = list(dict.fromkeys(str(home or "") for home in homes))
    doses, columns = _doses({one: at for at, one in enumerate(people)})
    return _Register(
        people, _ordinals(born.values)[born.codes], _ints(sex.values)[sex.codes],
        _ints(communes.index(str(home or "")) for home in homes)[place.codes], communes, lives,
        _ints(lives.index(one) for one in wheres)[place.codes], doses, *columns,
    )  # fmt: skip


def _doses(place: dict[UUID, int]) -> tuple[Ints, tuple[Any, ...]]:
    """Where each person's doses begin, and their columns: those of merged records with the record
    that stands for them."""
    rows = Dose.objects.filter(counted=True).order_by("given_on", "id")
    person, given_on, vaccine, product = coded(
        rows.values_list("person_id", "given_on", "vaccine", "product")
    )
    others = {one for one in person.values if one not in place}
    roots = registry.canonical(others) if others else {}
    owner = _ints(place.get(roots.get(one, one), -1) for one in person.values)[person.codes]
    order = np.argsort(owner, kind="stable")
    order = order[owner[order] >= 0]
    counts = np.bincount(owner[order], minlength=len(place))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return starts, (
        _ordinals(given_on.values)[given_on.codes][order], vaccine.codes[order],
        list(vaccine.values), product.codes[order], list(product.values),
    )  # fmt: skip


def _pairs(everybody: _Register, old: str, new: str, on: date) -> list[tuple[Pair, Ints]]:
    """Who comes under which two packs."""
    found: dict[tuple[int, int], tuple[Pair, list[Ints]]] = {}
    for at, lives in enumerate(everybody.lives):
        there = np.flatnonzero(everybody.where == at)
        befores = pack_of.packs_by_birth(on, lives, old)
        afters = pack_of.packs_by_birth(on, lives, new)
        dob = everybody.dob[there]
        which = np.column_stack(
            [np.searchsorted(np.array(one.last, np.int64), dob) for one in (befores, afters)]
        )
        for i, j in np.unique(which, axis=0).tolist():
            pair = befores.packs[i], afters.packs[j]
            key = id(pair[0]), id(pair[1])
            whose = there[(which == (i, j)).all(axis=1)]
            found.setdefault(key, (pair, []))[1].append(whose)
    return [(pair, np.sort(np.concatenate(parts))) for pair, parts in found.values()]


def _in_columns(
    everybody: _Register, pairs: list[tuple[Pair, Ints]], on: date, tally: Tally
) -> list[tuple[Pair, Ints]]:
    """Count in columns; returns who is left to be looked at one by one, by their packs."""
    if len(everybody.people) < WORTH_SIEVING:
        return pairs
    from tuyen.engines.immunization.impact_columns import Histories, compare

    known, products = lists.vaccines(), lists.products()
    held = Histories(
        everybody.dob, everybody.sex, everybody.commune, everybody.doses, everybody.date,
        everybody.vaccine, everybody.product, [_GENDER.get(n, "U") for n in range(4)],
        [known[code].cvx if code in known else code for code in everybody.vaccines],
        [
            (products[code].trade_name, products[code].mvx) if code in products else ("", "")
            for code in everybody.products
        ],
    )  # fmt: skip
    left = []
    for pair, whose in pairs:
        if compare(tally, *pair, held, whose, on.toordinal(), THREADS):
            whose = np.intersect1d(whose, np.array(tally.left_out, np.int64))
        left.append((pair, whose))
    return left


def _one_by_one(
    everybody: _Register, left: list[tuple[Pair, Ints]], on: date, tally: Tally
) -> None:
    """Count with everybody built."""
    of: dict[str, Pair] = {str(at): pair for pair, whose in left for at in whose.tolist()}
    cases = [_case(everybody, int(key), on) for key in sorted(of, key=int)]
    ready = partial(partial, evaluate_many)
    found = list(changes(cases, lambda case: of[case.key][0], lambda case: of[case.key][1], ready))
    tally.changed += len({one.key for one in found})
    ways: dict[tuple[str, Kind, str, str], list[Change]] = defaultdict(list)
    for one in found:
        tally.count(int(one.commune), one.group, one.kind, 1)
        ways[one.group, one.kind, one.before.status or "", one.after.status or ""].append(one)
    for key, some in ways.items():
        tally.move(key, len(some), _ints(filter(None, map(_moved, some))))


def _moved(one: Change) -> int:
    """By how many days the next dose moves; 0 where there is none, before or after."""
    old, new = one.before.recommended, one.after.recommended
    return (new - old).days if old and new else 0


def _case(everybody: _Register, at: int, on: date) -> Case:
    doses = [
        {
            "given_on": date.fromordinal(int(everybody.date[n])),
            "vaccine": everybody.vaccines[everybody.vaccine[n]],
            "product": everybody.products[everybody.product[n]],
        }
        for n in range(everybody.doses[at], everybody.doses[at + 1])
    ]
    person = Person(
        dob=date.fromordinal(int(everybody.dob[at])),
        gender=_GENDER.get(int(everybody.sex[at]), "U"),
    )
    return Case(str(at), str(everybody.commune[at]), person, given(doses), on)


def _ints(values: Any) -> Ints:
    return np.fromiter(values, np.int64)


def _ordinals(days: Collection[date]) -> Ints:
    return _ints(day.toordinal() for day in days)
