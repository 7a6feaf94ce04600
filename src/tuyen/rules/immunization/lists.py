"""Vaccines, products, antigens and the words of a dose, as typed rows by the day on which they hold.

A *vaccine* is a type (its CVX); a *product* is what one maker sells of it; an *antigen* is what the
schedule counts. A dose row keeps the vaccine's code, the product's code or "", and the lot's text.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from tuyen.rules.loader import load
from tuyen.rules.registry.lists import Names

LISTS = ("programme", "place-kind", "route", "site", "vvm", "open-rule", "payer")
"""The short lists that :func:`words` answers."""


class AgeAntigen(NamedTuple):
    """An antigen of a vaccine, at which ages: [since, until), "" where there is no bound."""

    antigen: str
    since: str  # "28 days"
    until: str


class Antigen(NamedTuple):
    code: str
    reported_as: str  # in the national fields; the birth dose of HepB is reported as HepB
    group: str  # the vaccine group of the schedules in which it stands, or ""
    names: Names
    verified: bool


class Vaccine(NamedTuple):
    """A type of vaccine: what it holds, how it is given, and how an opened vial is kept."""

    code: str
    cvx: str
    names: Names
    antigens: tuple[AgeAntigen, ...]
    route: str
    site: str  # the usual one
    dose_ml: Decimal
    live: bool
    freeze_sensitive: bool
    diluent: bool  # is reconstituted
    open_rule: str  # "single", "session" or "keep"
    open_hours: int  # so long may an opened vial be used; 0: at once
    vials: tuple[int, ...]  # doses in a vial, smallest first
    payer: str  # "state": supplied by the programme, or "private"
    since: date
    until: date | None
    source: str
    confidence: str
    verified: bool

    def holds(self, antigen: str) -> bool:
        """Whether it has the antigen at any age."""
        return any(held.antigen == antigen for held in self.antigens)


class Product(NamedTuple):
    """What one maker sells of a vaccine."""

    code: str
    trade_name: str
    maker: str
    mvx: str  # the maker's code in CDC's list, or ""
    vaccine: str
    vials: tuple[int, ...]
    min_age: str  # licensed from, "6 weeks"; "" where not known
    max_age: str  # licensed before
    since: date
    until: date | None
    confidence: str
    verified: bool


class Word(NamedTuple):
    """An entry of a short list."""

    code: str
    names: Names
    verified: bool


@lru_cache(maxsize=64)
def vaccines(on: date | None = None) -> Mapping[str, Vaccine]:
    """By code: all that ever were, or those of a day."""
    return {row["code"]: _vaccine(row) for row in rows("vaccines", on)}


@lru_cache(maxsize=64)
def by_cvx() -> Mapping[str, Vaccine]:
    """By CVX with its leading zero, of any day."""
    return {vaccine.cvx: vaccine for vaccine in vaccines().values()}


@lru_cache(maxsize=64)
def products(on: date | None = None) -> Mapping[str, Product]:
    """By code: all that ever were, or those of a day."""
    return {
        row["code"]: Product(
            row["code"],
            row["trade_name"],
            row["maker"],
            row["mvx"] or "",
            row["vaccine"],
            _numbers(row["vials"]),
            row["min_age"] or "",
            row["max_age"] or "",
            row["from"],
            _day(row["until"]),
            row["confidence"],
            row["verified"],
        )
        for row in rows("products", on)
    }


@lru_cache(maxsize=64)
def antigens(on: date | None = None) -> Mapping[str, Antigen]:
    """By code, in the order of the list."""
    return {
        row["code"]: Antigen(
            row["code"], row["reported_as"], row["group"] or "", _names(row), row["verified"]
        )
        for row in rows("antigens", on)
    }


@lru_cache(maxsize=64)
def words(name: str, on: date | None = None) -> Mapping[str, Word]:
    """A short list ("programme", "place-kind", "route", ...) by code, in its order.

    Raises
    ------
    KeyError
        If there is no such list.
    """
    if name not in LISTS:
        raise KeyError(f"there is no list {name!r}; there are {', '.join(LISTS)}")
    return {
        row["code"]: Word(row["code"], _names(row), row["verified"])
        for row in rows("lists", on)
        if row["list"] == name
    }


def source(key: str) -> str:
    """The act or text behind a key of ``source``, as it is shown; the key itself if unknown."""
    said = load("immunization/sources").get(key)
    return str(said["act"]) if said else key


def _vaccine(row: Mapping[str, Any]) -> Vaccine:
    return Vaccine(
        row["code"],
        row["cvx"],
        _names(row),
        tuple(_age_antigens(row["antigens"])),
        row["route"],
        row["site"],
        Decimal(row["dose_ml"]),
        row["live"] == "yes",
        row["freeze_sensitive"] == "yes",
        row["diluent"] == "yes",
        row["open_rule"],
        int(row["open_hours"]),
        _numbers(row["vials"]),
        row["payer"],
        row["from"],
        _day(row["until"]),
        row["source"],
        row["confidence"],
        row["verified"],
    )


def _age_antigens(cell: str) -> Iterator[AgeAntigen]:
    """``"HepB-birth <28 days | HepB >=28 days"``."""
    for part in cell.split(" | "):
        if " >=" in part:
            antigen, since = part.split(" >=")
            yield AgeAntigen(antigen, since, "")
        elif " <" in part:
            antigen, until = part.split(" <")
            yield AgeAntigen(antigen, "", until)
        else:
            yield AgeAntigen(part, "", "")


def rows(name: str, on: date | None) -> Iterator[Mapping[str, Any]]:
    """The rows of a list of this room that hold on a day; all of them for None."""
    for row in load(f"immunization/{name}"):
        until = _day(row["until"])
        if on is None or (row["from"] <= on and (until is None or on < until)):
            yield row


def _day(cell: str | None) -> date | None:
    return date.fromisoformat(cell) if cell else None


def _numbers(cell: str) -> tuple[int, ...]:
    return tuple(sorted(int(part) for part in cell.split("|")))


def _names(row: Mapping[str, Any]) -> Names:
    return Names(row["vi"], row["en"], row["zh"])
