"""Schedules of contacts, danger signs and limits of pregnancy, birth and the weeks after, on a day."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from tuyen.rules.loader import load, value

SCHEDULES = ("national", "who")
_FILE = "clinical/pregnancy"


class Contact(NamedTuple):
    """A contact of a schedule, in days since the beginning: both ends count."""

    key: str
    first: int
    due: int
    last: int


class DangerSign(NamedTuple):
    """An answer of the same key, or (with ``measure``) a value at or above, or below, a limit."""

    key: str
    urgent: bool
    measure: str
    at_least: Decimal | None
    below: Decimal | None
    covers: str  # the lesser sign that need not be told beside it


def schedule(name: str, on: datetime.date) -> list[Contact]:
    """The contacts of a schedule of pregnancy: "national" or "who"."""
    said = _in_force(load(_FILE)["schedules"][name]["values"], on)
    return [
        Contact(one["key"], one["first"] * 7, one["due"] * 7, one["last"] * 7 + 6) for one in said
    ]


def postnatal(on: datetime.date) -> list[Contact]:
    """The contacts after a birth, in days since it."""
    said = _in_force(load(_FILE)["postnatal"]["values"], on)
    return [Contact(one["key"], one["first"], one["due"], one["last"]) for one in said]


def signs(on: datetime.date) -> list[DangerSign]:
    """The danger signs, the worse of two limits of one measure first."""
    return [
        DangerSign(
            one["key"], one["urgent"], one.get("measure", ""), _limit(one, "at_least"),
            _limit(one, "below"), one.get("covers", ""),
        )
        for one in _in_force(load(_FILE)["signs"]["values"], on)
    ]  # fmt: skip


def _limit(sign: Mapping[str, Any], name: str) -> Decimal | None:
    return Decimal(sign[name]) if name in sign else None


def answers() -> tuple[str, ...]:
    """The signs that are asked for, not measured."""
    return tuple(load(_FILE)["answers"])


def dating(on: datetime.date) -> Mapping[str, int]:
    """How far days may lie apart to be believed; see the file."""
    said: Mapping[str, int] = _in_force(load(_FILE)["dating"]["limits"]["values"], on)
    return said


def newborn(on: datetime.date) -> Mapping[str, Any]:
    """Outer limits of a newborn's measures, low weight (g) and preterm (weeks)."""
    said: Mapping[str, Any] = _in_force(load(_FILE)["newborn"]["limits"]["values"], on)
    return said


def choices(name: str) -> Mapping[str, Mapping[str, str]]:
    """The words of a list of choices: key -> names."""
    said: Mapping[str, Mapping[str, str]] = load(_FILE)["choices"][name]
    return said


def words(part: str) -> Mapping[str, Mapping[str, str]]:
    """Names of "slots", "words" (of signs) or "advice": key -> names."""
    said: Mapping[str, Mapping[str, str]] = load(_FILE)[part]
    return said


def schedule_name(name: str) -> Mapping[str, str]:
    """What a schedule is called."""
    told: Mapping[str, str] = load(_FILE)["schedules"][name]["name"]
    return told


def skilled() -> frozenset[str]:
    """Who counts as a skilled attendant of a birth."""
    return frozenset(load(_FILE)["skilled"])


def _in_force(values: Any, on: datetime.date) -> Any:
    """The value in force; before the first, the first."""
    return value(values, max(on, values[0]["from"]))
