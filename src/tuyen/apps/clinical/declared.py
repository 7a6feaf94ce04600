"""Declared programmes as the engine takes them: words become columns."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from tuyen.apps.clinical.models import (
    Contact,
    Enrolment,
    SensitiveContact,
    SensitiveEnrolment,
)
from tuyen.engines.clinical.programme import Bound, Check, Definition, Goal, Groups, Instead, Step
from tuyen.engines.clinical.spans import Span
from tuyen.rules.clinical import programme as rules
from tuyen.rules.clinical.programme import Programme
from tuyen.rules.clinical.programme_parts import Limit, read_span

REFER, STEP_UP, LOOK = "refer", "step-up", "look"


class Compiled(NamedTuple):
    """A programme on a day: what the engine takes, and what each of its columns holds."""

    definition: Definition
    columns: Mapping[str, int]


class Tables(NamedTuple):
    enrolments: type[Enrolment] | type[SensitiveEnrolment]
    contacts: type[Contact] | type[SensitiveContact]


PLAIN, APART = Tables(Enrolment, Contact), Tables(SensitiveEnrolment, SensitiveContact)


def tables(programme: Programme) -> Tables:
    """Where a programme is kept."""
    return APART if programme.sensitive else PLAIN


def bits() -> dict[str, int]:
    """A bit for each programme: in which others somebody is."""
    return {key: 1 << n for n, key in enumerate(rules.programmes())}


def in_force(key: str, on: date) -> date:
    """The day whose declaration holds on a day: many days have the same one."""
    one = rules.programmes()[key]
    days = [entry["from"] for part in one.dated.values() for entry in part["values"]]
    return max((day for day in days if day <= on), default=date.min)


def compiled(key: str, on: date) -> Compiled:
    """A programme as it is declared on a day."""
    return _compiled(rules.programmes()[key], in_force(key, on))


_HELD: dict[tuple[int, date], tuple[Programme, Compiled]] = {}


def _compiled(one: Programme, on: date) -> Compiled:
    held = _HELD.get((id(one), on))
    if held is not None and held[0] is one:
        return held[1]
    columns = {what: n for n, what in enumerate(one.needs(on))}
    contacts = one.contacts(on)
    bit = bits()
    goals = [
        Goal(
            _groups(goal.groups, columns), goal.ages.since, goal.ages.to,
            sum(bit.get(key, 0) for key in goal.programmes),
        )
        for goal in one.goals(on)
    ]  # fmt: skip
    steps = [
        Step(
            _bounds(step.any, columns), _bounds(step.every, columns), step.missed_goal, step.drugs,
            step.ages.since, step.ages.to,
        )
        for step in one.steps(on)
    ]  # fmt: skip
    found = Compiled(
        Definition(
            every=_span(contacts.every),
            grace=contacts.grace_days,
            control=_groups(one.control(on), columns),
            goals=tuple(goals),
            steps=tuple(steps),
            instead=tuple(
                Instead(
                    _span(other.every), _bounds(other.any, columns), other.ages.since, other.ages.to
                )
                for other in contacts.instead
            ),
            checks=tuple(
                Check(_seen(one, what, columns), _span(every))
                for what, every in contacts.checks.items()
            ),
        ),
        columns,
    )
    if len(_HELD) > 256:
        _HELD.clear()
    _HELD[id(one), on] = (one, found)
    return found


def _span(text: str) -> Span:
    return Span(read_span(text).months, read_span(text).days)


def _groups(groups: Iterable[Iterable[Limit]], columns: Mapping[str, int]) -> Groups:
    return tuple(_bounds(group, columns) for group in groups)


def _bounds(limits: Iterable[Limit], columns: Mapping[str, int]) -> tuple[Bound, ...]:
    return tuple(_bound(limit, columns[limit.what]) for limit in limits)


def _bound(limit: Limit, column: int) -> Bound:
    low = limit.above if limit.since is None else limit.since
    high = limit.below if limit.to is None else limit.to
    return Bound(
        column,
        float("-inf") if low is None else low,
        limit.above is None,
        float("inf") if high is None else high,
        limit.below is None,
    )


def _seen(one: Programme, what: str, columns: Mapping[str, int]) -> Bound:
    """A check was made where there is a value; of a question with yes and no, where it is yes."""
    asked = one.form.get(what.removeprefix("answer."))
    low = 1.0 if asked is not None and asked.kind == "yes_no" else float("-inf")
    return Bound(columns[what], low)
