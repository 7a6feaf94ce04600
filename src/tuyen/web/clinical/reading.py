"""From what was typed about a visit to its content: every part is read, and what is wrong is said
beside its field. Nothing is looked up here that was not given; a form that is wrong gives no content.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from tuyen.apps.clinical.operations import (
    Answered,
    Diagnosed,
    Dispensed,
    Measured,
    NextVisit,
    Prescribed,
    Referred,
    Served,
)
from tuyen.kernel.refusal import N_, Refusal
from tuyen.web.clinical import typed_values
from tuyen.web.clinical.cells import Cell, Row, Typed
from tuyen.web.surveillance.views_resources import day_of

SINGLE = ("pulse", "temperature", "respiration", "spo2", "weight", "height", "waist", "hba1c")
NAMES = (
    "op", "pressure", "glucose", "glucose_kind", "line", *SINGLE, "reason", "course", "advice",
    "care", "attendance", "payer", "card", "setting", "began", "next_on", "next_why",
    "next_programme", "refer_name", "refer_to", "refer_reason", "refer_urgent", "refer_findings",
    "refer_treatment", "practitioner", "outcome", "leaving",
)  # fmt: skip
TABLES = {
    "dx": ("text", "chosen", "certainty", "traditional", "note"),
    "rx": (
        "text",
        "chosen",
        "dose",
        "times",
        "days",
        "quantity",
        "lot",
        "route",
        "note",
        "despite",
    ),
    "sv": ("text", "chosen", "quantity", "result"),
}
NO_LOT = "none"  # prescribed, and not given here
Said = Callable[[Refusal], str]
Found = Callable[[str], tuple[str, tuple[str, ...]]]
"""A text -> the one code that it means or "", and what it may mean."""


class NotKnown(Refusal):
    code = "clinical.not-on-the-list"
    message = N_("“{text}” is on no list of this day: choose one of the suggestions. {suggestions}")


class NotWhole(Refusal):
    code = "clinical.not-whole"
    message = N_("“{text}” is no whole number from {least} to {most}.")


class NotADay(Refusal):
    code = "clinical.not-a-day"
    message = N_("“{text}” is no day; write it as 07/03/2026.")


class DayPassed(Refusal):
    code = "clinical.day-passed"
    message = N_("{day} is not after the visit; the next visit is on a later day.")


class NotATime(Refusal):
    code = "clinical.not-a-time"
    message = N_("“{text}” is no time of the visit's day up to now; write it as 08:15.")


class SaidTwice(Refusal):
    code = "clinical.said-twice"
    message = N_("{first} and {second} are given for the same measurement: leave one.")


class Missing(Refusal):
    code = "clinical.missing"
    message = N_("This is missing.")


@dataclass(frozen=True, slots=True)
class Lists:
    """What texts are looked up in: diagnoses, medicines and services of the visit's day."""

    diagnosis: Found
    item: Found
    service: Found


@dataclass(slots=True)
class Parts:
    """What was read, in the words of the content of a visit."""

    measured: tuple[Measured, ...] = ()
    diagnosed: tuple[Diagnosed, ...] = ()
    prescribed: tuple[Prescribed, ...] = ()
    dispensed: tuple[Dispensed, ...] = ()
    served: tuple[Served, ...] = ()
    referred: Referred | None = None
    next: NextVisit | None = None
    answered: tuple[Answered, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)


def read(
    typed: Typed, *, lists: Lists, said: Said, on: date, drugs: bool = True,
    confirmed: Mapping[str, str] | None = None,
) -> Parts:  # fmt: skip
    """Read every part. Sentences stand in the cells of ``typed`` afterwards; where there are any,
    what is returned is not whole. ``drugs`` False leaves the prescription out. ``confirmed`` are
    measurements told to be really so, by what they measure, as text."""
    parts = Parts()
    parts.measured = _measured(typed, said, dict(confirmed or {}))
    parts.diagnosed = _diagnosed(typed, lists.diagnosis, said)
    if drugs:
        parts.prescribed, parts.dispensed = _prescribed(typed, lists.item, said)
    parts.served = _served(typed, lists.service, said)
    parts.referred = _referred(typed, said)
    parts.next = _next(typed, said, on)
    parts.texts = {
        name: typed.text(name)
        for name in ("reason", "course", "advice", "care", "attendance", "payer", "card",
                     "setting", "practitioner", "outcome", "leaving")
        if typed.text(name)
    }  # fmt: skip
    return parts


def began(typed: Typed, said: Said, now: datetime) -> datetime:
    """When the visit began: now, or at the time of the same day that was typed."""
    text = typed.text("began").replace("h", ":").replace("H", ":")
    if not text:
        return now
    match = re.fullmatch(r"(\d{1,2}):(\d{2})?", text)
    hour, minute = (int(match[1]), int(match[2] or 0)) if match else (99, 0)
    if hour < 24 and minute < 60:
        at = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
        if at <= now:
            return at
    typed.wrong("began", said(NotATime(text=text)))
    return now


def values(typed: Typed, said: Said) -> dict[str, Decimal]:
    """What was measured, from the short line and from the single fields."""
    found: dict[str, Decimal] = {}
    glucose = typed.text("glucose_kind")
    glucose = glucose if glucose in typed_values.GLUCOSE else "glucose_random"
    for name in ("pressure", "line"):
        cell = typed[name]
        try:
            told = typed_values.shorthand(cell.value, glucose=glucose)
        except Refusal as refusal:
            cell.error = said(refusal)
            continue
        _take(found, told, cell, said)
    for name in (*SINGLE, "glucose"):
        cell = typed[name]
        try:
            value = typed_values.decimal(cell.value)
        except Refusal as refusal:
            cell.error = said(refusal)
            continue
        if value is not None:
            _take(found, {glucose if name == "glucose" else name: value}, cell, said)
    return found


def _take(found: dict[str, Decimal], told: dict[str, Decimal], cell: Cell, said: Said) -> None:
    for what, value in told.items():
        if found.setdefault(what, value) != value:
            cell.error = said(SaidTwice(first=str(found[what]), second=str(value)))


def _measured(typed: Typed, said: Said, confirmed: dict[str, str]) -> tuple[Measured, ...]:
    return tuple(
        Measured(what=what, value=value, confirmed=confirmed.get(what) == str(value))
        for what, value in values(typed, said).items()
    )


def _looked_up(row: Row, found: Found, said: Said) -> str:
    """The code of a row: chosen from the suggestions, or the only one that the text means."""
    code, near = found(row.text("chosen") or row.text("text"))
    if not code and row.text("chosen"):
        code, near = found(row.text("text"))
    if not code:
        suggestions = "; ".join(near[:3])
        row["text"].error = said(NotKnown(text=row.text("text")[:60], suggestions=suggestions))
    return code


def _diagnosed(typed: Typed, found: Found, said: Said) -> tuple[Diagnosed, ...]:
    """The first row is the main diagnosis."""
    told: list[Diagnosed] = []
    for row in typed.tables["dx"]:
        code = _looked_up(row, found, said)
        if code:
            suspected = row.text("certainty") == "suspected"
            told.append(Diagnosed(
                code=code, main=not told, certainty="suspected" if suspected else "confirmed",
                traditional=row.text("traditional")[:20], note=row.text("note")[:500],
            ))  # fmt: skip
    return tuple(told)


def _prescribed(
    typed: Typed, found: Found, said: Said
) -> tuple[tuple[Prescribed, ...], tuple[Dispensed, ...]]:
    """Lines of the prescription, and what of them is given here: the quantity is times by days by
    dose unless another was typed; a lot that is not named is the first to expire."""
    prescribed, dispensed = [], []
    for row in typed.tables["rx"]:
        code = _looked_up(row, found, said)
        dose = _amount(row["dose"], said)
        times = _whole(row["times"], said, 1, 24)
        days = _whole(row["days"], said, 1, 366)
        quantity = _amount(row["quantity"], said, optional=True)
        if row.wrong or dose is None:
            continue
        quantity = quantity or dose * times * days
        prescribed.append(Prescribed(
            item=code, dose=dose, times=times, days=days, quantity=quantity,
            route=row.text("route")[:40], note=row.text("note")[:500],
            despite=row.text("despite")[:500],
        ))  # fmt: skip
        lot = row.text("lot")
        if lot != NO_LOT:
            dispensed.append(Dispensed(item=code, lot=_id(lot), quantity=quantity, days=days))
    return tuple(prescribed), tuple(dispensed)


def _served(typed: Typed, found: Found, said: Said) -> tuple[Served, ...]:
    told = []
    for row in typed.tables["sv"]:
        code = _looked_up(row, found, said)
        quantity = _amount(row["quantity"], said, optional=True)
        if not row.wrong:
            told.append(Served(code=code, quantity=quantity or Decimal(1),
                               result=row.text("result")[:500]))  # fmt: skip
    return tuple(told)


def _referred(typed: Typed, said: Said) -> Referred | None:
    named = typed.text("refer_name") or typed.text("refer_to")
    rest = ("refer_reason", "refer_findings", "refer_treatment")
    if not named and not any(typed.text(name) for name in rest):
        return None
    for name in ("refer_name", "refer_reason"):
        if not (named if name == "refer_name" else typed.text(name)):
            typed.wrong(name, said(Missing()))
    return Referred(
        to=_id(typed.text("refer_to")), to_name=typed.text("refer_name")[:200],
        reason=typed.text("refer_reason")[:1000], urgent=typed.text("refer_urgent") == "yes",
        findings=typed.text("refer_findings")[:2000], treatment=typed.text("refer_treatment")[:2000],
    )  # fmt: skip


def _next(typed: Typed, said: Said, on: date) -> NextVisit | None:
    text = typed.text("next_on")
    if not text:
        return None
    day = day_of(text)
    if day is None:
        typed.wrong("next_on", said(NotADay(text=text[:40])))
    elif day <= on:
        typed.wrong("next_on", said(DayPassed(day=text)))
    else:
        return NextVisit(on=day, why=typed.text("next_why")[:200],
                         programme=typed.text("next_programme")[:40])  # fmt: skip
    return None


def _amount(cell: Cell, said: Said, *, optional: bool = False) -> Decimal | None:
    try:
        value = typed_values.decimal(cell.value)
    except Refusal as refusal:
        cell.error = said(refusal)
        return None
    if value is None and not optional:
        cell.error = said(Missing())
    if value is not None and value <= 0:
        cell.error = said(typed_values.NotUnderstood(text=cell.value[:40], example="0,5"))
        return None
    return value


def _whole(cell: Cell, said: Said, least: int, most: int) -> int:
    text = cell.value.strip()
    if not text:
        cell.error = said(Missing())
        return least
    if (
        not (text.isascii() and text.isdecimal() and len(text) < 5)
        or not least <= int(text) <= most
    ):
        cell.error = said(NotWhole(text=text[:20], least=least, most=most))
        return least
    return int(text)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def texts(value: Any) -> str:
    """A number as it is typed: with a comma, and without noughts that say nothing.

    >>> texts(Decimal("0.50")), texts(Decimal("30.000")), texts(None)
    ('0,5', '30', '')
    """
    if value is None:
        return ""
    plain = f"{Decimal(value):f}"
    return (plain.rstrip("0").rstrip(".") if "." in plain else plain).replace(".", ",")
