"""What a form of a programme says: read by kind, and what does not fit named."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from tuyen.rules.clinical.programme import Programme
from tuyen.rules.clinical.programme_parts import Question


class Asks(Protocol):
    """What has a form: a programme, or a paper."""

    @property
    def form(self) -> dict[str, Question]: ...


class Named(Asks, Protocol):
    """A form that is told from others by its key."""

    @property
    def key(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Wrong:
    """An answer that does not fit its question. ``why``: unknown-field, not-a-number, out-of-range,
    not-a-choice, not-yes-or-no, not-a-day, needed."""

    field: str
    value: str
    why: str
    expected: str = ""


def read_form(
    one: Asks, fields: Mapping[str, str]
) -> tuple[dict[str, str | float | date], list[Wrong]]:
    """What a form says, by kind, and what of it does not fit. A blank answer is none.

    A choice is its code; yes and no are 1.0 and 0.0; what is wrong is left out of the first.
    """
    found: dict[str, str | float | date] = {}
    wrong: list[Wrong] = [
        Wrong(name, text, "unknown-field", ", ".join(one.form))
        for name, text in fields.items()
        if name not in one.form
    ]
    for name, asked in one.form.items():
        text = fields.get(name, "").strip()
        if not text:
            wrong += [Wrong(name, "", "needed")] if asked.needed else []
            continue
        read = _READ[asked.kind](asked, name, text)
        if isinstance(read, Wrong):
            wrong.append(read)
        else:
            found[name] = read
    return found, wrong


Place = tuple[str, str]
"""A programme's key and a question of its form."""


def alike(one: Question, other: Question) -> bool:
    """Whether two questions ask the same: in the same words, answered in the same way."""
    return _asks(one) == _asks(other)


def _asks(one: Question) -> tuple[Any, ...]:
    return (one.kind, one.names.vi.casefold(), one.unit, one.low, one.high, *one.choices)


def asked_once(forms: Iterable[Named]) -> dict[Place, Place]:
    """Each question of several forms -> that of the first form that asks the same. What several
    programmes want to know of somebody is asked there, and the answer is one for all."""
    first: dict[tuple[Any, ...], Place] = {}
    found = {}
    for one in forms:
        for name, asked in one.form.items():
            if asked.asked:
                place = first.setdefault(_asks(asked), (one.key, name))
                found[one.key, name] = place if place[0] != one.key else (one.key, name)
    return found


def score(one: Programme, name: str, value: str | float | date) -> float | None:
    """An answer as a number that limits can be put to; None where it has none."""
    asked = one.form.get(name)
    if asked is None or isinstance(value, date):
        return None
    if asked.kind == "choice":
        choice = asked.choices.get(str(value))
        return None if choice is None or choice.score is None else float(choice.score)
    if asked.kind == "text":
        return float(bool(str(value).strip()))
    return float(value) if asked.kind in ("number", "yes_no") else None


def _number(asked: Question, name: str, text: str) -> float | Wrong:
    try:
        value = float(text.replace(",", ".").replace("_", "?"))
    except ValueError:
        return Wrong(name, text, "not-a-number", _range(asked))
    low = -_NO_LIMIT if asked.low is None else asked.low
    high = _NO_LIMIT if asked.high is None else asked.high
    if not low <= value <= high:  # what is no number at all is in no range
        return Wrong(name, text, "out-of-range", _range(asked))
    return value


def _range(asked: Question) -> str:
    """What a number may be: 0 - 31 days."""
    low, high = (None if bound is None else f"{bound:.10g}" for bound in (asked.low, asked.high))
    parts = [
        f"{low} - {high}" if low and high else f">= {low}" if low else f"<= {high}" if high else ""
    ]
    return " ".join(filter(None, (*parts, asked.unit))) or "1, 2.5"


def _yes_no(asked: Question, name: str, text: str) -> float | Wrong:
    if text not in ("yes", "no"):
        return Wrong(name, text, "not-yes-or-no", "yes, no")
    return float(text == "yes")


def _choice(asked: Question, name: str, text: str) -> str | Wrong:
    return text if text in asked.choices else Wrong(
        name, text, "not-a-choice", ", ".join(asked.choices)
    )  # fmt: skip


def _day(asked: Question, name: str, text: str) -> date | Wrong:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Wrong(name, text, "not-a-day", "2026-07-01")


_NO_LIMIT = 1e12
_READ: dict[str, Any] = {
    "number": _number,
    "yes_no": _yes_no,
    "choice": _choice,
    "day": _day,
    "text": lambda asked, name, text: text,
}
