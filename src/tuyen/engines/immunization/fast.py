"""The fast engine: the same answers as the reference, from a pack compiled to tables.

:func:`compiled_pack` once for a pack; :func:`columns_of` or one's own arrays for the people; then
:func:`judge` for columns of answers, or :func:`evaluate_many` for objects. Answers have no trace:
ask :func:`reference.evaluate` for one person to see why.
"""

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from tuyen.engines.immunization import reference
from tuyen.engines.immunization.flat_pack import EMPTY, FlatPack, Told, flatten
from tuyen.engines.immunization.history import (
    REASONS,
    DoseAnswer,
    DoseGiven,
    GroupAnswer,
    Person,
)
from tuyen.engines.immunization.kernel import People, judge_people
from tuyen.engines.immunization.kernel_forecast import REASON_NAMES
from tuyen.engines.immunization.kernel_parts import NOT_COMPLETE
from tuyen.engines.immunization.layout import MOST_DOSES, Ints, R, packed, room_for
from tuyen.engines.immunization.pack import Pack, Series
from tuyen.engines.immunization.reference_groups import guidance_of
from tuyen.engines.immunization.reference_selection import gender_of

Asked = tuple[Person, Sequence[DoseGiven], datetime.date]
VERDICTS = (None, "valid", "not_valid", "sub_standard", "extraneous")
STATUSES = (
    None, "not_complete", "complete", "immune", "contraindicated", "aged_out", "not_recommended",
)  # fmt: skip
CHUNK = 2000
"""People whose answers are held as columns at once by :func:`evaluate_many`."""


def columns_of(
    flat: FlatPack, asked: Sequence[Asked]
) -> tuple[People, list[list[tuple[int, DoseGiven, str]]]]:
    """The people as columns, and their doses in order, with number and vaccine code."""
    ordered = [reference.in_order(flat.pack, person, doses) for person, doses, _ in asked]
    given = [(dose, code) for doses in ordered for _, dose, code in doses]
    seen = [
        [
            (flat.observations[one.code], one.since.toordinal() if one.since else EMPTY)
            for one in person.observations if one.code in flat.observations
        ]
        for person, _, _ in asked
    ]  # fmt: skip
    people = People(
        _ints(person.dob.toordinal() for person, _, _ in asked),
        _ints(flat.genders.get(gender_of(person), 62) for person, _, _ in asked),
        _ints(flat.countries.get(person.birth_country, EMPTY) for person, _, _ in asked),
        _ints(on.toordinal() for _, _, on in asked),
        _starts(map(len, ordered)),
        _ints(dose.date.toordinal() for dose, _ in given),
        _ints(flat.vaccines[code] for _, code in given),
        _ints(map(_substandard, (dose for dose, _ in given))),
        _ints(products_of(flat, dose) for dose, _ in given),
        _starts(map(len, seen)),
        _ints(code for one in seen for code, _ in one),
        _ints(since for one in seen for _, since in one),
    )
    return people, ordered


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, np.int64)


def _starts(lengths: Iterable[int]) -> Ints:
    return np.cumsum([0, *lengths], dtype=np.int64)


def _substandard(dose: DoseGiven) -> int:
    if dose.lot_expires is not None and dose.date > dose.lot_expires:
        return 1
    return 2 if dose.substandard else 0


def products_of(flat: FlatPack, dose: DoseGiven) -> int:
    """Which of the products that a row is bound to a dose is (table 6-26)."""
    bits = 0
    for place, (trade_name, maker) in enumerate(flat.products):
        if dose.trade_name:
            fits = dose.trade_name.casefold() == trade_name
        else:
            fits = bool(maker) and dose.maker.casefold() == maker
        bits |= fits << place
    return bits


@dataclass(frozen=True)
class Answers:
    """A row per forecast of a vaccine group; days are ordinals, -1 where there is none.

    ``rows`` has the columns of :data:`layout.R` (``person`` is the place among the people asked),
    then series, dose, reason and vaccines, each as wide as the widest group. ``doses`` has the
    place among the person's doses, the verdict and the bits of REASONS; those of a row are
    ``doses[first:last]``.
    """

    rows: Ints
    doses: Ints

    def column(self, name: str) -> Ints:
        """A column by the name it has in :class:`GroupAnswer`, as numbers."""
        return self.rows[:, getattr(R, name)]


def judge(flat: FlatPack, people: People, threads: int = 1) -> Answers:
    """Answers for columns of people, none with more than ``MOST_DOSES`` doses.

    People are shared out among threads; the answer does not depend on how many there are.
    """
    count, tables = len(people.dob), packed(flat)
    threads = max(min(threads, count // 100), 1)
    cuts = [count * part // threads for part in range(threads + 1)]
    if threads == 1:
        return joined(_judge(flat, tables, people, 0, count))
    with ThreadPoolExecutor(threads) as pool:
        parts = pool.map(
            lambda part: _judge(flat, tables, people, cuts[part], cuts[part + 1]), range(threads)
        )
        return joined([block for part in parts for block in part])


def _judge(flat: FlatPack, tables: Ints, people: People, begin: int, end: int) -> list[Answers]:
    """A block of people at a time, each cut to the rows it used."""
    blocks, room = [], room_for(flat)
    for first in range(begin, end, CHUNK) or (begin,):
        last = min(first + CHUNK, end)
        held = int(people.doses[last] - people.doses[first])
        rows = np.empty(((last - first) * flat.most_rows, len(R) - 1 + 4 * flat.widest), np.int64)
        doses, used = np.empty((held * flat.most_groups, 3), np.int64), np.zeros(2, np.int64)
        judge_people(tables, room, people, first, last, rows, doses, used)
        blocks.append(Answers(rows[: used[0]].copy(), doses[: used[1]].copy()))
    return blocks


def joined(blocks: Sequence[Answers]) -> Answers:
    """Answers of consecutive people as one."""
    before = 0
    for block in blocks:
        block.rows[:, R.first : R.last + 1] += before
        before += len(block.doses)
    if len(blocks) == 1:
        return blocks[0]
    return Answers(
        *(np.concatenate([getattr(one, n) for one in blocks]) for n in ("rows", "doses"))
    )


def evaluate_many(
    pack: Pack,
    asked: Iterable[Asked],
    fall_back: Callable[[Asked], list[GroupAnswer]] | None = None,
) -> Iterator[list[GroupAnswer]]:
    """The answers of :func:`reference.evaluate` without their trace, for many people.

    Histories longer than the tables hold are given to the reference (``fall_back``).
    """
    flat = compiled_pack(pack)
    slow = fall_back or _plainly(pack)
    block: list[Asked] = []
    for one in asked:
        block.append(one)
        if len(block) == CHUNK:
            yield from _block(flat, block, slow)
            block = []
    yield from _block(flat, block, slow)


def _plainly(pack: Pack) -> Callable[[Asked], list[GroupAnswer]]:
    def answer(one: Asked) -> list[GroupAnswer]:
        person, doses, on = one
        return [
            reference.without_trace(each) for each in reference.evaluate(pack, person, doses, on)
        ]

    return answer


def compiled_pack(pack: Pack) -> FlatPack | None:
    """The tables of a pack, made once."""
    if not hasattr(pack, "_flat"):
        object.__setattr__(pack, "_flat", flatten(pack))
    return pack._flat  # type: ignore[attr-defined]


def _block(
    flat: FlatPack | None, block: Sequence[Asked], slow: Callable[[Asked], list[GroupAnswer]]
) -> Iterator[list[GroupAnswer]]:
    if flat is None:
        yield from map(slow, block)
        return
    short = [one for one in block if len(one[1]) <= MOST_DOSES]
    people, ordered = columns_of(flat, short)
    answers = iter(_answers(flat, short, ordered, judge(flat, people)))
    for one in block:
        yield next(answers) if len(one[1]) <= MOST_DOSES else slow(one)


def _answers(
    flat: FlatPack, asked: Sequence[Asked], ordered: Sequence[Sequence[tuple[int, DoseGiven, str]]],
    found: Answers,
) -> Iterator[list[GroupAnswer]]:  # fmt: skip
    rows, verdicts = found.rows.tolist(), found.doses.tolist()
    at = 0
    for i, (person, _, _) in enumerate(asked):
        answers: list[GroupAnswer] = []
        doses: tuple[DoseAnswer, ...] = ()
        told = EMPTY
        while at < len(rows) and rows[at][R.person] == i:
            row = rows[at]
            if row[R.group] != told:
                told = row[R.group]
                doses = tuple(
                    _dose(ordered[i], one) for one in verdicts[row[R.first] : row[R.last]]
                )
            answers.append(_answer(flat, person, row, doses))
            at += 1
        yield answers


_TOLD = {
    bits: tuple(name for place, name in enumerate(REASONS) if bits >> place & 1)
    for bits in range(1 << len(REASONS))
}


def _dose(doses: Sequence[tuple[int, DoseGiven, str]], verdict: Sequence[int]) -> DoseAnswer:
    place, status, failed = verdict
    n, dose, code = doses[place]
    return DoseAnswer(n, dose.date, code, VERDICTS[status], _TOLD[failed])


def _answer(
    flat: FlatPack, person: Person, row: Sequence[int], doses: tuple[DoseAnswer, ...]
) -> GroupAnswer:
    status = row[R.status]
    key = (status, *row[R.series :])
    told = flat.told.get(key)
    if told is None:
        told = flat.told[key] = _told_of(flat, status, row)
    names, vaccines, reasons, guiding = told
    return GroupAnswer(
        flat.pack.groups[row[R.group]].name, STATUSES[status], row[R.number] or None,
        _day(row[R.earliest]), _day(row[R.recommended]), _day(row[R.past_due]), _day(row[R.latest]),
        doses, names, vaccines, reasons, guidance_of(person, guiding) if guiding else (),
    )  # fmt: skip


@lru_cache(maxsize=1 << 16)
def _day(ordinal: int) -> datetime.date | None:
    return datetime.date.fromordinal(ordinal) if ordinal > 0 else None


def _told_of(flat: FlatPack, status: int, row: Sequence[int]) -> Told:
    """What an answer says beside its dates: the same for all who stand alike in the same series."""
    wide = flat.widest
    series, at, reasons, masks = (
        row[R.series + wide * part : R.series + wide * (part + 1)] for part in range(4)
    )
    used = [place for place, one in enumerate(series) if one >= 0] if status else []
    vaccines: dict[str, None] = {}
    guiding: tuple[Series, ...] = ()
    if status == NOT_COMPLETE:
        for place in used:
            if REASON_NAMES[reasons[place]] == "due":
                held = flat.doses[at[place]].preferable
                vaccines |= {
                    one.vaccine: None for j, one in enumerate(held) if masks[place] >> j & 1
                }
        guiding = tuple(
            one for one in (flat.series[series[place]] for place in used)
            if any(one.guidance) or any(each.guidance for each in one.indications)
        )  # fmt: skip
    return (
        tuple(flat.series[series[place]].name for place in used), tuple(vaccines),
        tuple(dict.fromkeys(REASON_NAMES[reasons[place]] for place in used)), guiding,
    )  # fmt: skip
