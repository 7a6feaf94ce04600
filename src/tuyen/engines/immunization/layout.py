"""Where things stand in the two arrays of the compiled engine: ``t`` (the pack) and ``x`` (a person).

Compiled code is given two arrays of numbers and nothing else, so that it compiles in seconds and its
calls cost nothing. Each begins with a header: single numbers, and where each column starts.
``t[t[D.ages] + d]`` is column ``ages`` of dose ``d``; ``x[x[X.status] + s * MOST_DOSES + r]`` how
series ``s`` judged dose ``r``; ``x[X.on]`` the day asked about.
"""

from typing import Any, NamedTuple

import numpy as np

from tuyen.engines.immunization.flat_pack import FlatPack
from tuyen.engines.immunization.tables import Ints, Tables

__all__ = ["MOST_DOSES", "A", "B", "D", "Ints", "K", "L", "N", "R", "S", "T", "V", "X"]

MOST_DOSES = 60
"""Doses of one person that fit; longer histories are left to the reference."""


class _Settings(NamedTuple):
    width: int  # vaccines and one: the rows of the two tables of vaccines
    spans: int
    antigens: int  # those with series
    groups: int
    series: int
    steps: int
    observations: int
    widest: int
    month_days: int
    month_end_invalid: int
    stay_last: int
    grace: int
    all_seasons: int
    months: int
    days: int
    single: int


class _Person(NamedTuple):
    dob: int
    gender: int
    country: int
    on: int
    held: int
    date: int
    vaccine: int
    substandard: int
    products: int
    age: int
    antigens: int  # bits, by dose
    any_valid: int
    any_judged: int
    relevant: int
    at: int  # the series' current dose
    steps: int
    step_dose: int
    step_status: int
    step_record: int
    status: int
    reasons: int
    previous: int
    forecast: int
    reason: int
    number: int
    earliest: int
    recommended: int
    past_due: int
    latest: int
    priority: int
    vaccines: int
    best: int
    points: int
    scored: int
    mark: int
    observed: int
    observed_on: int
    completed: int  # bits of series groups, by antigen


class _Row(NamedTuple):
    """Columns of a row of answers; the last four are each as wide as the widest group."""

    person: int
    group: int
    status: int
    number: int
    earliest: int
    recommended: int
    past_due: int
    latest: int
    first: int
    last: int
    series: int


T = _Settings(*range(len(_Settings._fields)))
X = _Person(*range(len(_Person._fields)))
R = _Row(*range(len(_Row._fields)))


def _numbered(name: str, kind: Any, first: int) -> Any:
    """A named tuple of the fields of a table, each its place in the header."""
    fields = kind._fields
    made = NamedTuple(name, [(field, int) for field in fields])  # type: ignore[misc]
    return made(*range(first, first + len(fields)))


_KINDS = [(name, kind) for name, kind in Tables.__annotations__.items() if name != "settings"]
_FIRST = [len(T)]
for _, _kind in _KINDS:
    _FIRST.append(_FIRST[-1] + len(_kind._fields))
S, D, A, N, V, K, B, L = (
    _numbered(name, kind, first) for (name, kind), first in zip(_KINDS, _FIRST, strict=False)
)


def packed(flat: FlatPack) -> Ints:
    """The tables of a pack as one array."""
    settings = flat.tables.settings
    columns = [settings.months, settings.days, settings.single]
    columns += [column for table in flat.tables[1:] for column in table]
    steps = MOST_DOSES + max(len(one.doses) for one in flat.series)
    single = [
        len(flat.vaccines) + 1, len(settings.months), len(flat.pack.antigens),
        len(flat.pack.groups), len(flat.series), steps, max(len(flat.observations), 1),
        flat.widest, *settings[3:],
    ]  # fmt: skip
    return _laid_out(single, columns)


def _laid_out(single: list[int], columns: list[Any]) -> Ints:
    at = len(single) + len(columns)
    header = list(single)
    for column in columns:
        header.append(at)
        at += column.size
    return np.concatenate([header, *(column.ravel() for column in columns)]).astype(np.int64)


def room_for(flat: FlatPack) -> Ints:
    """Working room for one person at a time."""
    series, codes = len(flat.series), max(len(flat.observations), 1)
    steps = series * (MOST_DOSES + max(len(one.doses) for one in flat.series))
    sizes = {
        "age": len(flat.tables.settings.months), "completed": len(flat.pack.antigens),
        "observed": codes, "observed_on": codes,
        **dict.fromkeys(("step_dose", "step_status", "step_record"), steps),
        **dict.fromkeys(("status", "reasons"), series * MOST_DOSES),
        **dict.fromkeys(
            ("date", "vaccine", "substandard", "products", "antigens", "any_valid", "any_judged"),
            MOST_DOSES,
        ),
    }  # fmt: skip
    single = X.held + 1
    columns = [np.zeros(sizes.get(name, series), np.int64) for name in X._fields[single:]]
    return _laid_out([0] * single, columns)
