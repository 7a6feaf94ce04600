"""Any programme of care over columns: who is due, who is late, who is controlled, what is to be done.

A programme arrives as a :class:`Definition`; nothing here knows a disease. People and their contacts
are columns; every answer is a column in the order of the people. Contacts later than the day that is
asked about, or outside of the time somebody was in the programme, are not seen.

The terms of the figures are those of WHO HEARTS (Technical package for cardiovascular disease
management in primary health care: Systems for monitoring, WHO/NMH/NVI/18.5):

- *visited* in the last 3 months: a contact after the same day of the month three months before;
- *lost*: nobody saw the person for 12 months;
- *controlled*: the last reading of the last 3 months was on target.

:mod:`~tuyen.engines.clinical.reference` says the same one person at a time.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.clinical.spans import Span, after, ages

Days = NDArray[np.datetime64]  # datetime64[D]
Numbers = NDArray[np.float64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]

UNCONTROLLED, CONTROLLED, NOT_MEASURED = 0, 1, 2
"""What a reading says of the target, as the registers write it."""
UP_TO_DATE, DUE, LATE = 0, 1, 2
VISITED, MISSED, LOST = 0, 1, 2
RECENT_MONTHS, LOST_MONTHS = 3, 12


class Bound(NamedTuple):
    """What the value of a column must be; without a value it is not so."""

    column: int
    low: float = -np.inf
    low_inside: bool = True
    high: float = np.inf
    high_inside: bool = True


Groups = tuple[tuple[Bound, ...], ...]


class Goal(NamedTuple):
    """What is aimed at with who is of an age and in one of some programmes (bits; 0: in any)."""

    groups: Groups
    age_from: int = 0
    age_to: int = 200
    programmes: int = 0


class Instead(NamedTuple):
    every: Span
    any: tuple[Bound, ...] = ()
    age_from: int = 0
    age_to: int = 200


class Step(NamedTuple):
    """What is to be done where all that is written holds at the last contact."""

    any: tuple[Bound, ...] = ()
    every: tuple[Bound, ...] = ()
    missed_goal: int = 0
    drugs: int = 0
    age_from: int = 0
    age_to: int = 200


class Check(NamedTuple):
    """Something that is looked at every so often; ``column`` holds it where it was."""

    seen: Bound
    every: Span


class Definition(NamedTuple):
    """A programme. ``grace`` are the days after the due day that nobody calls late."""

    every: Span
    grace: int = 0
    control: Groups = ()
    goals: tuple[Goal, ...] = ()
    steps: tuple[Step, ...] = ()
    instead: tuple[Instead, ...] = ()
    checks: tuple[Check, ...] = ()


class People(NamedTuple):
    """Who is or was in the programme, n rows."""

    born: Days
    since: Days
    until: Days  # the first day on which no more; NaT: still
    also: NDArray[np.int64]  # the bits of the other programmes that each is in


class Contacts(NamedTuple):
    """Visits that count for the programme, v rows in order of person and day."""

    person: NDArray[np.int64]  # the row of the person
    day: Days
    appointment: Days  # the next day as it was told; NaT: none
    drugs: Codes  # how many drugs were prescribed
    values: Numbers  # (v, m), NaN where nothing was measured or said


class States(NamedTuple):
    """How each person stands on a day. Of who is not in the programme only ``inside`` is meant."""

    inside: Flags
    last: Days  # the last contact; NaT: never
    due: Days  # the next contact
    contact: Codes  # UP_TO_DATE, DUE, LATE
    late_days: NDArray[np.int64]  # days since the due day; 0 until it comes
    reading: Codes  # of the last 3 months: UNCONTROLLED, CONTROLLED, NOT_MEASURED
    visited: Codes  # VISITED in the last 3 months, MISSED, LOST
    under_care: Flags  # inside and not lost
    settled: Flags  # in the programme for 3 months
    step: NDArray[np.int64]  # the first step that holds; -1: none
    checks: Flags  # (n, k): a check of which the time has come


def judge(groups: Groups, values: Numbers) -> Codes:
    """What each row of values (v, m) says of a target: (v,) of 0 not on it, 1 on it, 2 not measured.

    The groups are asked in order, and the first that can answer decides: not on target where one value
    is outside, on target where all are there and inside.
    """
    found = np.full(len(values), NOT_MEASURED, np.int8)
    for group in groups:
        inside = [_within(bound, values) for bound in group]
        there = [np.isfinite(values[:, bound.column]) for bound in group]
        outside = np.any([t & ~i for t, i in zip(there, inside, strict=True)], axis=0)
        said = np.where(outside, UNCONTROLLED, np.where(np.all(inside, axis=0), CONTROLLED, 2))
        found = np.where(found == NOT_MEASURED, said, found).astype(np.int8)
    return found


def states(what: Definition, people: People, contacts: Contacts, on: np.datetime64) -> States:
    """How everybody stands on a day. O(n + v), a few passes.

    Parameters
    ----------
    people : n rows
    contacts : v rows, in order of person and day; later ones are not seen
    on : datetime64[D]
    """
    n = len(people.since)
    inside = (people.since <= on) & ~(people.until <= on)
    seen = within(people, contacts, on)
    at = _last(seen.person, n)
    there = at >= 0
    last = np.where(there, _taken(seen.day, at), np.datetime64("NaT", "D"))
    age = ages(people.born, on)
    due = _due(what, people, seen, at, last, age)
    late_days = np.where(due < on, (on - due).astype(np.int64), 0)
    contact = np.where(due > on, UP_TO_DATE, np.where(late_days > what.grace, LATE, DUE))
    return States(
        inside=inside,
        last=last,
        due=due,
        contact=contact.astype(np.int8),
        late_days=late_days,
        reading=_reading(what, seen, n, on),
        visited=_visited(people, last, on),
        under_care=inside & (_visited(people, last, on) != LOST),
        settled=inside & (people.since <= after(on, -RECENT_MONTHS)),
        step=_steps(what, people, seen, at, age),
        checks=_checks(what, people, seen, on),
    )


def within(people: People, contacts: Contacts, on: np.datetime64) -> Contacts:
    """The contacts up to a day, of the time that their people were in the programme."""
    since, until = people.since[contacts.person], people.until[contacts.person]
    return kept(contacts, (contacts.day <= on) & (contacts.day >= since) & ~(contacts.day >= until))


def kept(contacts: Contacts, which: Flags) -> Contacts:
    return Contacts(
        contacts.person[which],
        contacts.day[which],
        contacts.appointment[which],
        contacts.drugs[which],
        contacts.values[which],
    )


def _within(bound: Bound, values: Numbers) -> Flags:
    value = values[:, bound.column]
    low = value >= bound.low if bound.low_inside else value > bound.low
    high = value <= bound.high if bound.high_inside else value < bound.high
    return np.asarray(low & high)


def _last(person: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """The row of each person's last contact; -1 where there is none."""
    found = np.full(n, -1, np.int64)
    found[person] = np.arange(len(person))  # the last of a repeated index stays
    return found


def _taken(column: NDArray[np.generic], at: NDArray[np.int64]) -> NDArray[np.generic]:
    """The values at rows; anything where the row is -1."""
    if len(column) == 0:
        return np.zeros((len(at), *column.shape[1:]), column.dtype)
    return column[np.maximum(at, 0)]


def _due(
    what: Definition, people: People, seen: Contacts, at: NDArray[np.int64], last: Days,
    age: NDArray[np.int64],
) -> Days:  # fmt: skip
    """The appointment of the last contact; else so long after it, or after the first day inside."""
    there = at >= 0
    values = np.where(there[:, None], _taken(seen.values, at), np.nan)
    begin = np.where(there, last, people.since)
    due, open_ = after(begin, what.every.months, what.every.days), np.ones(len(at), bool)
    for other in what.instead:
        fits = open_ & (age >= other.age_from) & (age <= other.age_to)
        fits &= _any(other.any, values) if other.any else True
        due = np.where(fits, after(begin, other.every.months, other.every.days), due)
        open_ &= ~fits
    told = np.where(there, _taken(seen.appointment, at), np.datetime64("NaT", "D"))
    return np.where(np.isnat(told) | (told <= last), due, told)


def _visited(people: People, last: Days, on: np.datetime64) -> Codes:
    """Nobody is missed or lost before having been in the programme for so long."""
    seen = np.where(np.isnat(last), people.since, last)
    missed = seen <= after(on, -RECENT_MONTHS)
    lost = seen <= after(on, -LOST_MONTHS)
    return np.where(lost, LOST, np.where(missed, MISSED, VISITED)).astype(np.int8)


def _reading(what: Definition, seen: Contacts, n: int, on: np.datetime64) -> Codes:
    recent = kept(seen, seen.day > after(on, -RECENT_MONTHS))
    return last_reading(judge(what.control, recent.values), recent.person, n)


def last_reading(said: Codes, person: NDArray[np.int64], n: int) -> Codes:
    """The last of what readings said of each person that was a reading; 2 where there is none."""
    found = np.full(n, NOT_MEASURED, np.int8)
    is_reading = said != NOT_MEASURED
    found[person[is_reading]] = said[is_reading]
    return found


def _steps(
    what: Definition, people: People, seen: Contacts, at: NDArray[np.int64],
    age: NDArray[np.int64],
) -> NDArray[np.int64]:  # fmt: skip
    there = at >= 0
    values = np.where(there[:, None], _taken(seen.values, at), np.nan)
    drugs = np.where(there, _taken(seen.drugs, at), 0)
    running = _running(what, people, seen, age) if any(s.missed_goal for s in what.steps) else None
    found = np.full(len(at), -1, np.int64)
    for number, step in enumerate(what.steps):
        holds = there & (age >= step.age_from) & (age <= step.age_to) & (drugs >= step.drugs)
        if step.any:
            holds &= _any(step.any, values)
        for bound in step.every:
            holds &= _within(bound, values)
        if step.missed_goal and running is not None:
            holds &= running >= step.missed_goal
        found = np.where((found < 0) & holds, number, found)
    return found


def _any(bounds: tuple[Bound, ...], values: Numbers) -> Flags:
    return np.asarray(np.any([_within(bound, values) for bound in bounds], axis=0))


def _running(
    what: Definition, people: People, seen: Contacts, age: NDArray[np.int64]
) -> NDArray[np.int64]:
    """How many readings running, up to the last, were not on the person's goal."""
    n = len(age)
    said, open_ = np.full(len(seen.day), NOT_MEASURED, np.int8), np.ones(n, bool)
    for goal in what.goals:
        fits = open_ & (age >= goal.age_from) & (age <= goal.age_to)
        if goal.programmes:
            fits &= (people.also & goal.programmes) != 0
        rows = fits[seen.person]
        said[rows] = judge(goal.groups, seen.values[rows])
        open_ &= ~fits
    is_reading = said != NOT_MEASURED
    person, good = seen.person[is_reading], said[is_reading] == CONTROLLED
    readings = np.bincount(person, minlength=n)
    starts = np.cumsum(readings) - readings
    last_good = starts - 1
    last_good[person[good]] = np.flatnonzero(good)
    running: NDArray[np.int64] = starts + readings - 1 - last_good
    return running


def _checks(what: Definition, people: People, seen: Contacts, on: np.datetime64) -> Flags:
    found = np.zeros((len(people.since), len(what.checks)), bool)
    for number, check in enumerate(what.checks):
        rows = np.flatnonzero(
            np.isfinite(seen.values[:, check.seen.column]) & _within(check.seen, seen.values)
        )
        begin = people.since.copy()
        never = np.ones(len(begin), bool)
        begin[seen.person[rows]] = seen.day[rows]
        never[seen.person[rows]] = False
        found[:, number] = never | (after(begin, check.every.months, check.every.days) <= on)
    return found
