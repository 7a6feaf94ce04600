"""What another pack would change, counted in columns: nobody is built, so that a province takes seconds.

The twin of :mod:`impact` for a whole register: the same kinds of change, counted by commune and by what
became of what, without a name. Both packs are judged by the compiled engine and their columns compared.
"""

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.immunization.differences import concerned, differences, narrowed
from tuyen.engines.immunization.fast import STATUSES, Answers, compiled_pack, judge, products_of
from tuyen.engines.immunization.flat_pack import EMPTY, FlatPack
from tuyen.engines.immunization.history import DoseGiven, Person
from tuyen.engines.immunization.impact import KINDS
from tuyen.engines.immunization.impact_tally import Tally
from tuyen.engines.immunization.kernel import People
from tuyen.engines.immunization.layout import MOST_DOSES, Ints, R
from tuyen.engines.immunization.pack import Pack
from tuyen.engines.immunization.reference_selection import gender_of

BLOCK = 50_000
"""People whose answers under both packs are held at once."""
_NOT_COMPLETE, _COMPLETE, _VALID = 1, 2, 1
_STATUS, _NUMBER, _EARLIEST, _RECOMMENDED, _PAST_DUE, _GIVEN = range(6)
_A_DAY = datetime.date(2000, 1, 1)
_CALLED, _RELEASED, _REOPENED, _COMPLETED, _EARLIER, _LATER, _DOSES, _OTHER = range(len(KINDS))


class Histories(NamedTuple):
    """Many people with what they had, as columns. Days are ordinals; the doses of person ``i`` are
    ``doses[i]`` to ``doses[i + 1]``, by day and then as they were entered."""

    dob: Ints  # (n,)
    gender: Ints  # (n,) place in ``genders``
    commune: Ints  # (n,) any number from 0
    doses: Ints  # (n + 1,)
    date: Ints  # (d,)
    vaccine: Ints  # (d,) place in ``vaccines``
    product: Ints  # (d,) place in ``products``
    genders: Sequence[str]  # as a Person spells them
    vaccines: Sequence[str]  # codes
    products: Sequence[tuple[str, str]]  # (trade name, maker)


def compare(
    tally: Tally, old: Pack, new: Pack, all_: Histories, whose: Ints, on: int, threads: int = 1
) -> bool:
    """Count what changes for some people (``whose``, by their place) from one pack to another on a
    day; False where the compiled engine cannot tell, and then nothing is counted.

    Only the groups in which the packs differ are judged.
    """
    if old is new or not len(whose):
        return True
    found = differences(old, new)
    groups = concerned(found, old) | concerned(found, new)
    if not groups:
        return True
    flats = tuple(compiled_pack(narrowed(pack, groups)) for pack in (old, new))
    before, after = flats
    if before is None or after is None:
        return False
    order = _ordered(all_)
    names = sorted(groups)
    long = np.diff(all_.doses)[whose] > MOST_DOSES
    tally.left_out += whose[long].tolist()
    for block in _blocks(whose[~long]):
        dense = [
            _standings(judge(flat, _people(flat, all_, order, block, on), threads), flat, names,
                       len(block))
            for flat in (before, after)
        ]  # fmt: skip
        _count(tally, dense[0], dense[1], names, all_.commune[block])
    return True


def _blocks(whose: Ints) -> Iterator[Ints]:
    for first in range(0, len(whose), BLOCK):
        yield whose[first : first + BLOCK]


class _Order(NamedTuple):
    """The doses of everybody in the order in which the engine takes them."""

    place: Ints
    person: Ints


def _ordered(all_: Histories) -> _Order:
    """As :func:`reference.in_order`: by day, then by what a dose is, then as it was entered."""
    person = np.repeat(np.arange(len(all_.dob)), np.diff(all_.doses))
    vaccine = _ranks(all_.vaccines)[all_.vaccine]
    product = _ranks([(maker, trade) for trade, maker in all_.products])[all_.product]
    place = np.lexsort((np.arange(len(person)), product, vaccine, all_.date, person))
    return _Order(place, person[place])


def _ranks(values: Sequence[Any]) -> Ints:
    rank = np.zeros(len(values), np.int64)
    for at, place in enumerate(sorted(range(len(values)), key=lambda n: values[n])):
        rank[place] = at
    return rank


def _people(flat: FlatPack, all_: Histories, order: _Order, whose: Ints, on: int) -> People:
    """Some people as the compiled engine takes them; doses it cannot judge are left out."""
    codes = _of(all_.vaccines, lambda code: _vaccine(flat, code))
    bits = _of(all_.products, lambda product: _product(flat, product))
    genders = _of(all_.genders, lambda said: _gender(flat, said))
    starts, ends = all_.doses[whose], all_.doses[whose + 1]
    lengths = ends - starts
    owner = np.repeat(np.arange(len(whose)), lengths)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    place = order.place[starts[owner] + within]
    usable = codes[all_.vaccine[place]] >= 0
    usable &= all_.date[place] >= all_.dob[whose][owner]
    place, owner = place[usable], owner[usable]
    count, none = len(whose), np.zeros(len(place), np.int64)
    ends = np.cumsum(np.bincount(owner, minlength=count))
    nobody, empty = np.zeros(count + 1, np.int64), np.zeros(0, np.int64)
    return People(
        all_.dob[whose], genders[all_.gender[whose]], np.full(count, EMPTY), np.full(count, on),
        np.concatenate([[0], ends]).astype(np.int64), all_.date[place], codes[all_.vaccine[place]],
        none, bits[all_.product[place]], nobody, empty, empty,
    )  # fmt: skip


def _of(values: Sequence[Any], number: Callable[[Any], int]) -> Ints:
    return np.array([number(value) for value in values], np.int64).reshape(-1)


def _vaccine(flat: FlatPack, written: str) -> int:
    code = flat.pack.vaccine_code(written)
    return -1 if code is None else flat.vaccines[code]


def _product(flat: FlatPack, product: tuple[str, str]) -> int:
    dose = DoseGiven(_A_DAY, "", trade_name=product[0], maker=product[1])
    return products_of(flat, dose)


def _gender(flat: FlatPack, said: str) -> int:
    return flat.genders.get(gender_of(Person(_A_DAY, said)), 62)


def _standings(found: Answers, flat: FlatPack, names: Sequence[str], people: int) -> Ints:
    """(people, groups, 6): status, number, earliest, recommended, past due, and which doses count,
    as bits of their place; 0 for what is not."""
    place = {name: at for at, name in enumerate(names)}
    group_of = np.array([place.get(one.name, -1) for one in flat.pack.groups], np.int64)
    dense = np.zeros((people, len(names), 6), np.int64)
    rows = found.rows
    group = group_of[rows[:, R.group]]
    rows, group = (
        rows[group >= 0][::-1],
        group[group >= 0][::-1],
    )  # the first of two is written last
    told = rows[:, (R.status, R.number, R.earliest, R.recommended, R.past_due)]
    columns = np.column_stack([np.maximum(told, 0), _given(found, rows)])
    dense[rows[:, R.person], group] = columns
    return dense


def _given(found: Answers, rows: Ints) -> Ints:
    """For each row the doses that count, as bits."""
    lengths = rows[:, R.last] - rows[:, R.first]
    owner = np.repeat(np.arange(len(rows)), lengths)
    within = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    doses = found.doses[rows[owner, R.first] + within]
    valid = doses[:, 1] == _VALID
    bits = np.zeros(len(rows), np.int64)
    np.add.at(bits, owner[valid], np.int64(1) << doses[valid, 0])
    return bits


def _count(tally: Tally, before: Ints, after: Ints, names: Sequence[str], communes: Ints) -> None:
    who, group = np.nonzero((before != after).any(axis=2))
    if not len(who):
        return
    tally.changed += len(np.unique(who))
    was, becomes = before[who, group], after[who, group]
    kind = _kinds(was, becomes)
    places = np.column_stack([communes[who], group, kind])
    for (commune, at, of), people in _groups(places):
        tally.count(commune, names[at], KINDS[of], len(people))
    both = (was[:, _RECOMMENDED] > 0) & (becomes[:, _RECOMMENDED] > 0)
    days = np.where(both, becomes[:, _RECOMMENDED] - was[:, _RECOMMENDED], 0)
    ways = np.column_stack([group, kind, was[:, _STATUS], becomes[:, _STATUS]])
    for (at, of, old, new), people in _groups(ways):
        moved = days[people]
        key = (names[at], KINDS[of], STATUSES[old] or "", STATUSES[new] or "")
        tally.move(key, len(people), moved[moved != 0])


def _kinds(was: Ints, becomes: Ints) -> Ints:
    """As :func:`impact.kind_of`, for standings that differ."""
    called, will = was[:, _STATUS] == _NOT_COMPLETE, becomes[:, _STATUS] == _NOT_COMPLETE
    old, new = was[:, _RECOMMENDED], becomes[:, _RECOMMENDED]
    moved = called & will & (old > 0) & (new > 0) & (old != new)
    doses = (was[:, (_NUMBER, _GIVEN)] != becomes[:, (_NUMBER, _GIVEN)]).any(axis=1)
    made: Ints = np.select(
        [
            ~called & will & (was[:, _STATUS] == _COMPLETE), ~called & will,
            called & ~will & (becomes[:, _STATUS] == _COMPLETE), called & ~will,
            moved & (new < old), moved, doses,
        ],
        [_REOPENED, _CALLED, _COMPLETED, _RELEASED, _EARLIER, _LATER, _DOSES],
        _OTHER,
    )  # fmt: skip
    return made


def _groups(keys: Ints) -> Iterator[tuple[tuple[int, ...], NDArray[np.intp]]]:
    """(key, places) of each different row, in order."""
    order = np.lexsort(keys.T[::-1])
    kept = keys[order]
    cuts = np.flatnonzero((kept[1:] != kept[:-1]).any(axis=1)) + 1
    for part in np.split(order, cuts):
        yield tuple(keys[part[0]].tolist()), part
