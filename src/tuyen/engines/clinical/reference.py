"""The same answers one person at a time: slow, literal, and the judge of the columns."""

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import islice
from math import isfinite
from typing import NamedTuple

from tuyen.engines.clinical.programme import Bound, Check, Definition, Groups
from tuyen.engines.clinical.spans import Span


class Person(NamedTuple):
    born: date
    since: date
    until: date | None
    also: int


class Contact(NamedTuple):
    day: date
    appointment: date | None
    drugs: int
    values: Sequence[float]


class State(NamedTuple):
    """As :class:`~tuyen.engines.clinical.programme.States`, of one person."""

    inside: bool
    last: date | None
    due: date
    contact: int
    late_days: int
    reading: int
    visited: int
    under_care: bool
    settled: bool
    step: int
    checks: list[bool]


def state(what: Definition, person: Person, contacts: Sequence[Contact], on: date) -> State:
    """How a person stands on a day, read off from the contacts in order of their days."""
    seen = [c for c in contacts if person.since <= c.day <= on and _is_in(person, c.day)]
    last = seen[-1] if seen else None
    age = _age(person.born, on)
    due = _due(what, person, last, age)
    late = max((on - due).days, 0)
    quarter, year = _months(on, -3), _months(on, -12)
    recent = [c for c in seen if c.day > quarter]
    heard = last.day if last else person.since
    visited = 2 if heard <= year else 1 if heard <= quarter else 0
    inside = person.since <= on and _is_in(person, on)
    return State(
        inside=inside,
        last=last.day if last else None,
        due=due,
        contact=0 if due > on else 2 if late > what.grace else 1,
        late_days=late,
        reading=_last_said(what.control, recent),
        visited=visited,
        under_care=inside and visited != 2,
        settled=inside and person.since <= quarter,
        step=_step(what, person, seen, age),
        checks=[_check_is_due(check, person, seen, on) for check in what.checks],
    )


def outcome(
    what: Definition, person: Person, contacts: Sequence[Contact], why: int, months: int, on: date
) -> int:
    """What became of a person so many months after joining; -1: not yet."""
    at = _months(person.since, months)
    if at > on:
        return -1
    if person.until is not None and person.until <= at:
        return 4 + max(why, 1)
    seen = [c for c in contacts if person.since <= c.day <= at and _is_in(person, c.day)]
    recent = [c for c in seen if c.day > _months(at, -3)]
    if recent:
        return {1: 0, 0: 1, 2: 2}[_last_said(what.control, recent)]
    heard = seen[-1].day if seen else person.since
    return 4 if heard <= _months(at, -12) else 3


def says(groups: Groups, values: Sequence[float]) -> int:
    """0 not on target, 1 on it, 2 nobody measured it."""
    for group in groups:
        there = [bound for bound in group if isfinite(values[bound.column])]
        if any(not holds(bound, values) for bound in there):
            return 0
        if len(there) == len(group):
            return 1
    return 2


def holds(bound: Bound, values: Sequence[float]) -> bool:
    value = values[bound.column]
    low = value >= bound.low if bound.low_inside else value > bound.low
    high = value <= bound.high if bound.high_inside else value < bound.high
    return low and high


def _is_in(person: Person, day: date) -> bool:
    return person.until is None or day < person.until


def _last_said(groups: Groups, contacts: Sequence[Contact]) -> int:
    said = (says(groups, c.values) for c in reversed(contacts))
    return next((one for one in said if one != 2), 2)


def _due(what: Definition, person: Person, last: Contact | None, age: int) -> date:
    if last is not None and last.appointment is not None and last.appointment > last.day:
        return last.appointment
    span = what.every
    for other in what.instead:
        found = last is not None and any(holds(bound, last.values) for bound in other.any)
        if other.age_from <= age <= other.age_to and (found or not other.any):
            span = other.every
            break
    return _after(last.day if last else person.since, span)


def _step(what: Definition, person: Person, seen: Sequence[Contact], age: int) -> int:
    if not seen:
        return -1
    last = seen[-1]
    for number, step in enumerate(what.steps):
        fits = step.age_from <= age <= step.age_to and last.drugs >= step.drugs
        found = not step.any or any(holds(bound, last.values) for bound in step.any)
        all_found = all(holds(bound, last.values) for bound in step.every)
        if fits and found and all_found and _has_run(what, person, seen, age, step.missed_goal):
            return number
    return -1


def _has_run(
    what: Definition, person: Person, seen: Sequence[Contact], age: int, missed: int
) -> bool:
    """Whether the last so many readings missed the goal, one after another."""
    groups: Groups = ()
    for goal in what.goals:
        with_it = not goal.programmes or person.also & goal.programmes
        if goal.age_from <= age <= goal.age_to and with_it:
            groups = goal.groups
            break
    readings = (said for c in reversed(seen) if (said := says(groups, c.values)) != 2)
    last = list(islice(readings, missed))
    return len(last) == missed and not any(last)


def _check_is_due(check: Check, person: Person, seen: Sequence[Contact], on: date) -> bool:
    bound, every = check
    longest = timedelta(days=31 * every.months + every.days)
    for c in reversed(seen):
        if on - c.day > longest:
            break  # made then, or before, it is due again
        if isfinite(c.values[bound.column]) and holds(bound, c.values):
            return _after(c.day, every) <= on
    return True


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _after(day: date, span: Span) -> date:
    return _months(day, span.months) + timedelta(days=span.days)


def _months(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 + months
    year, month = divmod(number, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
