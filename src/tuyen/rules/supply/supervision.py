"""The checklist of a supervision visit: its sections, its items, and when the next visit is due."""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tuyen.rules.loader import load, value

_FILE = "supply/supervision"


class CheckItem(NamedTuple):
    """One line: ``red`` must become a task where it is not met; ``tracer`` is counted on the shelf;
    ``fact`` names what the program knows about it."""

    key: str
    name: Mapping[str, str]
    red: bool
    tracer: bool
    fact: str


class CheckSection(NamedTuple):
    key: str
    name: Mapping[str, str]
    items: tuple[CheckItem, ...]


class NextVisit(NamedTuple):
    """Months to the next visit, and the fewer of them where the total lies below ``low`` per cent."""

    months: int
    low: float
    low_months: int


class Photographs(NamedTuple):
    side: int
    most: int
    bytes: int


@cache
def checklist() -> tuple[CheckSection, ...]:
    """The sections in their order."""
    return tuple(
        CheckSection(
            section["key"], _words(section["name"]),
            tuple(
                CheckItem(one["key"], _words(one), bool(one.get("red")), bool(one.get("tracer")),
                          str(one.get("fact", "")))
                for one in section["items"]
            ),
        )
        for section in load(_FILE)["sections"]
    )  # fmt: skip


@cache
def check_items() -> Mapping[str, CheckItem]:
    """Every item by its key."""
    return {one.key: one for section in checklist() for one in section.items}


def next_visit(on: datetime.date) -> NextVisit:
    """When one comes again, by the rule of a day."""
    told = _dated("next_visit", on)
    return NextVisit(int(told["months"]), float(told["low"]), int(told["low_months"]))


def finding_days(red: bool, on: datetime.date) -> int:
    """Within how many days a finding is to be mended where nobody says."""
    return int(_dated("finding_days", on)["red" if red else "other"])


def photographs(on: datetime.date) -> Photographs:
    """How large and how many the photographs of a visit may be."""
    told = _dated("photograph", on)
    return Photographs(int(told["side"]), int(told["most"]), int(told["bytes"]))


def _dated(name: str, on: datetime.date) -> Mapping[str, int]:
    values = load(_FILE)[name]["values"]
    found: Mapping[str, int] = value(values, on) or values[0]["value"]
    return found


def _words(node: Mapping[str, str]) -> Mapping[str, str]:
    return {language: node[language] for language in ("vi", "en", "zh")}
