"""Who may stand otherwise under another pack, found in columns: most people do not, and are not built.

Both packs are judged by the compiled engine, and its columns are compared. Whoever differs in a status, a
number, a day or a valid dose is a suspect; only suspects are answered in full. Nobody who differs is missed.
"""

import datetime
from collections.abc import Sequence

import numpy as np

from tuyen.engines.immunization.fast import Answers, columns_of, compiled_pack, judge
from tuyen.engines.immunization.flat_pack import FlatPack
from tuyen.engines.immunization.history import DoseGiven, Person
from tuyen.engines.immunization.layout import MOST_DOSES, Ints, R
from tuyen.engines.immunization.pack import Pack

_TOLD = (R.group, R.status, R.number, R.earliest, R.recommended, R.past_due)
_VALID = 1
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]


def suspects(
    old: Pack,
    new: Pack,
    asked: Sequence[tuple[Person, Sequence[DoseGiven]]],
    on: datetime.date,
    threads: int = 1,
) -> list[bool]:
    """For each person whether they may differ; True where the compiled engine cannot tell."""
    flats = compiled_pack(old), compiled_pack(new)
    before, after = flats
    if before is None or after is None or not _alike(before, after):
        return [True] * len(asked)
    short = [len(doses) <= MOST_DOSES for _, doses in asked]
    some = [(*one, on) for one, fits in zip(asked, short, strict=True) if fits]
    people = columns_of(before, some)[0]
    others = people if _same_columns(before, after) else columns_of(after, some)[0]
    differ = _differing(
        judge(before, people, threads), judge(after, others, threads), len(some)
    ).tolist()
    found = iter(differ)
    return [next(found) if fits else True for fits in short]


def _alike(before: FlatPack, after: FlatPack) -> bool:
    """Whether a number of a group means the same group in both."""
    return [group.name for group in before.pack.groups] == [g.name for g in after.pack.groups]


def _same_columns(before: FlatPack, after: FlatPack) -> bool:
    """Whether people are the same numbers to both packs."""
    return all(
        getattr(before, name) == getattr(after, name)
        for name in ("vaccines", "products", "genders", "countries", "observations")
    )


def _differing(before: Answers, after: Answers, people: int) -> Flags:
    told = (R.person, *_TOLD)
    differ = _unlike(before.rows[:, told], after.rows[:, told], people)
    return differ | _unlike(_valid_doses(before), _valid_doses(after), people)


def _unlike(before: Ints, after: Ints, people: int) -> Flags:
    """Who has another number of rows, or another row; the first column is the person."""
    counts = [np.bincount(one[:, 0], minlength=people) for one in (before, after)]
    differ = counts[0] != counts[1]
    kept = [one[~differ[one[:, 0]]] for one in (before, after)]
    apart = (kept[0] != kept[1]).any(axis=1)
    differ[kept[0][apart, 0]] = True
    return differ


def _valid_doses(answers: Answers) -> Ints:
    """(person, group, place of the dose) for each valid dose, in the order of the rows."""
    rows = answers.rows
    first = np.ones(len(rows), bool)  # a group with two forecasts names its doses twice
    first[1:] = (rows[1:, R.person] != rows[:-1, R.person]) | (
        rows[1:, R.group] != rows[:-1, R.group]
    )
    rows = rows[first]
    lengths = rows[:, R.last] - rows[:, R.first]
    owner = np.repeat(np.arange(len(rows)), lengths)
    at = np.arange(len(owner)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    doses = answers.doses[rows[owner, R.first] + at]
    valid = doses[:, 1] == _VALID
    owner = owner[valid]
    return np.column_stack([rows[owner, R.person], rows[owner, R.group], doses[valid, 0]])
