"""What a station needs to be ready, what work lifts it, who may pay, and how a project runs."""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from tuyen.rules.loader import load, value

Words = Mapping[str, str]


class Line(NamedTuple):
    """A line of readiness: ``weight`` when gaps are compared, ``sources`` in the order they are asked."""

    key: str
    name: Words
    weight: float
    sources: tuple[str, ...]


class Counting(NamedTuple):
    """From how much on a count makes a line good, or good in part."""

    good: float
    part: float


class Package(NamedTuple):
    """A kind of work: the lines that it lifts, and its usual cost in million VND (``floor``: that of
    the pieces that are missing)."""

    key: str
    name: Words
    lifts: tuple[str, ...]
    cost: float
    floor: bool


class Source(NamedTuple):
    """A source of money: the packages that it may pay for, and whether for the sites of a list only."""

    key: str
    name: Words
    pays: frozenset[str]
    listed: bool


class Programme(NamedTuple):
    key: str
    name: Words
    kinds: tuple[str, ...]


@cache
def lines() -> Mapping[str, Line]:
    """The lines of readiness in their order, by key."""
    return {
        one["key"]: Line(one["key"], _words(one), float(one["weight"]), tuple(one["sources"]))
        for one in load("governance/readiness")["lines"]
    }


def number(key: str) -> int:
    """``stale_days``, ``count_days`` or ``floor_kept`` of the matrix of readiness."""
    return int(load("governance/readiness")[key])


def counting(key: str) -> Counting:
    """From how many ``visits`` or ``claims``, or per cent of the ``floor``, a line is good."""
    told = load("governance/readiness")[key]
    return Counting(float(told["good"]), float(told["part"]))


def supervised(line: str) -> str:
    """The item of the supervision checklist that speaks for a line; "" where none does."""
    return str(load("governance/readiness")["supervision"].get(line, ""))


def registered(line: str) -> tuple[str, ...]:
    """The kinds of equipment that all have to work for a line to be good."""
    return tuple(load("governance/readiness")["register"].get(line, ()))


@cache
def packages() -> Mapping[str, Package]:
    """The kinds of work in their order, by key."""
    return {
        one["key"]: Package(
            one["key"], _words(one), tuple(one["lifts"]), float(one["cost"]),
            bool(one.get("floor")),
        )
        for one in load("governance/packages")["packages"]
    }  # fmt: skip


def price(kind: str) -> float:
    """What a piece of equipment costs, in million VND; an estimate for planning."""
    told = load("governance/packages")
    return float(told["prices"].get(kind, told["price_else"]))


@cache
def sources() -> Mapping[str, Source]:
    """The sources of money in their order, by key."""
    every = frozenset(packages())
    return {
        one["key"]: Source(
            one["key"], _words(one), every if one["pays"] == "all" else frozenset(one["pays"]),
            bool(one.get("listed")),
        )
        for one in load("governance/sources")["sources"]
    }  # fmt: skip


@cache
def stages() -> Mapping[str, Words]:
    """The stages of a project in their order."""
    return {one["key"]: _words(one) for one in load("governance/projects")["stages"]["list"]}


def term(key: str, on: datetime.date) -> Any:
    """A value of ``governance/projects`` in force on a day; the first there is on a day before it."""
    values = load("governance/projects")[key]["values"]
    found = value(values, on)
    return values[0]["value"] if found is None else found


@cache
def programmes() -> tuple[Programme, ...]:
    """Programmes, each with the kinds of equipment that serve it first."""
    return tuple(
        Programme(one["key"], _words(one), tuple(one["kinds"]))
        for one in load("governance/programmes")["programmes"]
    )


def verified(name: str) -> bool:
    """Whether somebody compared a rule file with its source; else it is shown as open to change."""
    return bool(load(f"governance/{name}").get("verified"))


def _words(node: Mapping[str, Any]) -> Words:
    return {language: node[language] for language in ("vi", "en", "zh")}
