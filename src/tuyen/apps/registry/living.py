"""Who lives where, as numbers: one line of 17 bytes for each residence, counted for any day.

A count asked of the store takes a second for 650,000 people, and another for each day and each
choice of ages. Read once as columns, they answer for every day within a few hundredths.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Coalesce, Concat
from numpy.typing import NDArray

from tuyen.apps.journal.store import Strung
from tuyen.apps.registry.models import Residence

_DIGITS = np.array([0, 1, 2, 3, 5, 6, 8, 9])  # of 2026-10-25
_PLACES = 10 ** np.arange(7, -1, -1, dtype=np.int32)
_ANSWERS = 16
_LINE = 32  # sex, three days of ten characters, and the comma after it

Group = tuple[UUID, int, int, int]


class Lived(NamedTuple):
    """The residences of one place. Days are numbers such as 20261025."""

    sex: NDArray[np.int8]
    born: NDArray[np.int32]
    since: NDArray[np.int32]
    until: NDArray[np.int32]


class Living(NamedTuple):
    """All residences, place after place, and the last questions that they answered."""

    places: list[UUID]
    at: NDArray[np.int32]  # row in places
    lived: Lived
    answers: dict[tuple[date, ...], list[Group]]


def read(where: Q) -> dict[UUID, Lived]:
    """The residences of places by place: one query, one row for each place."""
    line = Concat(
        Cast("sex", CharField()),
        *(Coalesce(Cast(F(name), CharField()), Value(none)) for name, none in
          (("born_on", ""), ("since", "0001-01-01"), ("until", "9999-12-31"))),
    )  # fmt: skip
    rows = Residence.objects.filter(where).values("place_id").annotate(lines=Strung(line))
    return {place: _columns(lines) for place, lines in rows.values_list("place_id", "lines")}


def together(places: dict[UUID, Lived]) -> Living:
    """The residences of all places in one."""
    sizes = [len(lived.sex) for lived in places.values()]
    at = np.repeat(np.arange(len(places), dtype=np.int32), sizes)
    columns = zip(*(places.values() or [_columns("")]), strict=True)
    return Living(list(places), at, Lived(*(np.concatenate(column) for column in columns)), {})


def counted(living: Living, on: date, birthdays: Sequence[date]) -> list[Group]:
    """(place, sex, band, people) on a day. ``birthdays`` are the latest birth dates of each band,
    the youngest band first; who is younger than all of them is left out."""
    question = (on, *birthdays)
    if question not in living.answers:
        while len(living.answers) >= _ANSWERS:
            living.answers.pop(next(iter(living.answers)), None)
        living.answers[question] = _counted(living, on, birthdays)
    return living.answers[question]


def _counted(living: Living, on: date, birthdays: Sequence[date]) -> list[Group]:
    day, lived = _number(on), living.lived
    here = np.flatnonzero((lived.since <= day) & (day < lived.until))
    bounds = np.array([_number(one) for one in birthdays][::-1], np.int32)
    band = len(bounds) - 1 - np.searchsorted(bounds, lived.born[here], side="left")
    old = band >= 0
    here, band = here[old], band[old]
    width = 3 * len(bounds)
    cell = living.at[here] * np.int64(width) + (lived.sex[here] - 1) * len(bounds) + band
    counts = np.bincount(cell, minlength=len(living.places) * width)
    full = np.flatnonzero(counts)
    return [
        (living.places[place], sex + 1, nth, count)
        for place, sex, nth, count in zip(
            *(part.tolist() for part in np.unravel_index(
                full, (len(living.places), 3, len(bounds)))),
            counts[full].tolist(), strict=True,
        )
    ]  # fmt: skip


def _columns(lines: str) -> Lived:
    table = np.frombuffer((lines + "," if lines else "").encode(), np.uint8).reshape(-1, _LINE)
    days = table[:, 1:31].reshape(-1, 3, 10)[:, :, _DIGITS].astype(np.int32) - ord("0")
    born, since, until = np.ascontiguousarray((days @ _PLACES).T)
    return Lived((table[:, 0] - ord("0")).astype(np.int8), born, since, until)


def _number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day
