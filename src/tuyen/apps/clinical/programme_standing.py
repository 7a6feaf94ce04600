"""How somebody stands in a programme after the contacts so far: kept on the enrolment's row.

One person at a time, by the plain words of the engine; the columns are judged by the same.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from tuyen.apps.clinical.declared import Compiled, compiled
from tuyen.apps.clinical.keeping import Row
from tuyen.apps.clinical.operations import Content
from tuyen.engines.clinical import reference
from tuyen.engines.clinical.programme import NOT_MEASURED, UNCONTROLLED
from tuyen.rules.clinical.answers import read_form, score
from tuyen.rules.clinical.programme import FOLLOWED, Programme, fits_pair, programmes

Values = dict[str, float | str]
_decode = msgspec.json.Decoder(dict[str, float | str]).decode
_TIER = {"refer": 3, "step-up": 2, "look": 1, "step-down": 1}


def counts_for(one: Programme, content: Content, on: date) -> bool:
    """Whether a visit is a contact of a programme: its diagnosis, its form, its next visit, or a
    measure of its target. Of what stands apart, no measure tells."""
    who = one.who(on)
    if any(fits_pair(who, found.code, found.traditional) for found in content.diagnosed):
        return True
    if any(answer.programme == one.key for answer in content.answered):
        return True
    if content.next is not None and content.next.programme == one.key:
        return True
    asked = {limit.what for group in one.control(on) for limit in group}
    return not one.sensitive and any(value.what in asked for value in content.measured)


def enrols(one: Programme, content: Content, on: date) -> bool:
    """Whether a visit takes the person into a programme: a confirmed diagnosis, or its form."""
    if one.kind == FOLLOWED:
        return False  # a pregnancy, a child's curve: who is due is known there
    who = one.who(on)
    found = any(
        diagnosis.certainty == "confirmed" and fits_pair(who, diagnosis.code, diagnosis.traditional)
        for diagnosis in content.diagnosed
    )
    return found or any(answer.programme == one.key for answer in content.answered)


def values_of(one: Programme, content: Content, on: date) -> Values:
    """What a programme keeps of a visit: its measures, the last of each, and its answers."""
    needed = compiled(one.key, on).columns
    found: Values = {
        value.what: float(value.value) for value in content.measured if value.what in needed
    }
    for answer in content.answered:
        if answer.programme == one.key:
            said, _ = read_form(one, answer.fields)
            found |= {
                f"answer.{name}": value.isoformat() if isinstance(value, date) else value
                for name, value in said.items()
            }
    return found


def written(values: Mapping[str, float | str]) -> str:
    return msgspec.json.encode(values, order="sorted").decode() if values else ""


def told(text: str) -> Values:
    return _decode(text) if text else {}


def vector(one: Programme, what: Compiled, values: Mapping[str, float | str]) -> list[float]:
    """Values in the engine's columns; NaN where there is none."""
    found = [math.nan] * len(what.columns)
    for name, value in values.items():
        column = what.columns.get(name)
        if column is None:
            continue
        field = name.removeprefix("answer.")
        number = value if field == name else score(one, field, value)
        if isinstance(number, (int, float)):
            found[column] = float(number)
    return found


class _Told(Sequence[float]):
    """The values of a contact, read when somebody asks: how a person stands follows from the last
    few of what may be hundreds."""

    __slots__ = ("_of", "_values")

    def __init__(self, one: Programme, what: Compiled, text: str) -> None:
        self._of = (one, what, text)
        self._values: list[float] | None = None

    def __getitem__(self, column: Any) -> Any:
        if self._values is None:
            one, what, text = self._of
            self._values = vector(one, what, told(text))
        return self._values[column]

    def __len__(self) -> int:
        return len(self._of[1].columns)


def reading_of(one: Programme, values: Mapping[str, float | str], on: date) -> int:
    """What a visit says of the target: 0 not on it, 1 on it, 2 not measured."""
    what = compiled(one.key, on)
    return reference.says(what.definition.control, vector(one, what, values))


def stand(row: Row, contacts: Sequence[Row], also: int) -> Row:
    """The row of an enrolment with how the person stands after its contacts, oldest first."""
    one = programmes()[row["programme"]]
    inside = [
        c for c in contacts
        if c["day"] >= row["since"] and (row["until"] is None or c["day"] < row["until"])
    ]  # fmt: skip
    last = inside[-1] if inside else None
    on = last["day"] if last else row["since"]
    what = compiled(one.key, on)
    person = reference.Person(row["born_on"], row["since"], row["until"], also)
    seen = [
        reference.Contact(c["day"], c["appointment"], c["drugs"], _Told(one, what, c["values"]))
        for c in inside
    ]
    state = reference.state(what.definition, person, seen, on)
    readings = [c for c in inside if c["reading"] != NOT_MEASURED]
    measured = readings[-1] if readings else None
    step = one.steps(on)[state.step] if state.step >= 0 else None
    reading = measured["reading"] if measured else NOT_MEASURED
    return row | {
        "contacts": len(inside),
        "last_on": last["day"] if last else None,
        "last_visit_id": last["visit_id"] if last else None,
        "due_on": state.due,
        "reading": reading,
        "reading_on": measured["day"] if measured else None,
        "values": last["values"] if last else "",
        "step": step.key if step else "",
        "step_do": step.do if step else "",
        "risk": _risk(one, what, reading, step.do if step else "", measured),
        **_answered(row, last),
    }


def _answered(row: Row, last: Row | None) -> Row:
    """A contact answers what was planned and asked before it."""
    found: Row = {}
    for name, since in (("home_on", row["planned_on"]), ("next_try", row["called_on"])):
        if (
            row[name] is not None
            and last is not None
            and (last["day"] > since or last["day"] >= row[name])
        ):
            found[name] = None
    return found


def _risk(one: Programme, what: Compiled, reading: int, do: str, measured: Row | None) -> int:
    """Hundreds by what is to be done; below them, how far the last reading is from the target (%)."""
    tier = max(_TIER.get(do, 0), {UNCONTROLLED: 2, NOT_MEASURED: 1}.get(reading, 0))
    far = 0.0
    if measured is not None and reading == UNCONTROLLED:
        values = vector(one, what, told(measured["values"]))
        far = max(_far(what.definition.control, values), default=0.0)
    return 100 * tier + min(99, round(far))


def _far(groups: Iterable[Iterable[Any]], values: Sequence[float]) -> Iterable[float]:
    for group in groups:
        for bound in group:
            value = values[bound.column]
            if bound.high > 0 and value > bound.high:
                yield 100 * (value - bound.high) / bound.high
            if bound.low > 0 and value < bound.low and math.isfinite(bound.low):
                yield 100 * (bound.low - value) / bound.low
