"""The registry's lists as typed rows, by the day on which they hold.

Each list is a CSV beside this module, read by the one loader; a site may replace any of them. A
cell with several values separates them by " | ".
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from tuyen.rules import loader
from tuyen.rules.registry import gazetteer


class Names(NamedTuple):
    """A name in the three languages of the screens."""

    vi: str
    en: str
    zh: str

    def of(self, language: str) -> str:
        """The name in ``language`` ("vi", "en", "zh-hans"...); English where there is none."""
        return {"vi": self.vi, "zh": self.zh}.get(language.split("-")[0].split("_")[0]) or self.en


class Listed(NamedTuple):
    """An entry that has nothing but its code and its names."""

    code: str
    names: Names
    since: date
    until: date | None


class UnitType(NamedTuple):
    code: str
    names: Names
    group: str  # "area" or "facility"
    level: int  # 1 province, 2 district or region, 3 commune, 4 below
    since: date
    until: date | None


class RelationKind(NamedTuple):
    """A dated relation between two units, and which types of unit it may join."""

    code: str
    names: Names
    of: frozenset[str]  # unit types that may have it
    to: frozenset[str]  # unit types that it may point to
    one: bool  # at most one at a time for a unit
    since: date
    until: date | None


class CodeSystem(NamedTuple):
    code: str
    names: Names
    pattern: str  # a regular expression that a whole code matches
    check: str | None  # "gs1": has a check digit (see engines.registry.identifiers)
    of: frozenset[str]  # unit types that carry it
    since: date
    until: date | None


class IdentifierSystem(NamedTuple):
    """A kind of number that a person may have."""

    code: str
    names: Names
    pattern: str
    check: str | None  # "personal_number" or "insurance_card": the checker of the engine
    since: date
    until: date | None


class Sex(NamedTuple):
    code: str
    names: Names
    number: str  # as reported on national forms


def unit_types(on: date | None = None) -> dict[str, UnitType]:
    """By code; all that ever were, or those of a day."""
    rows = _rows("unit_types", on)
    return {
        row["code"]: UnitType(
            row["code"], _names(row), row["group"], int(row["level"]), row["from"], row["until"]
        )
        for row in rows
    }


def functions(on: date | None = None) -> dict[str, Listed]:
    """What a facility may do: examination, immunisation, ..."""
    return _listed("functions", on)


def ethnic_groups(on: date | None = None) -> dict[str, Listed]:
    """The 54 peoples by their two-digit codes, then 55 foreigners and 99 unknown."""
    return _listed("ethnic_groups", on)


def relation_kinds(on: date | None = None) -> dict[str, RelationKind]:
    return {
        row["code"]: RelationKind(
            row["code"],
            _names(row),
            _types(row["of"]),
            _types(row["to"]),
            row["one"] == "yes",
            row["from"],
            row["until"],
        )
        for row in _rows("relation_kinds", on)
    }


def code_systems(on: date | None = None) -> dict[str, CodeSystem]:
    return {
        row["code"]: CodeSystem(
            row["code"],
            _names(row),
            row["pattern"],
            row["check"],
            _types(row["of"]),
            row["from"],
            row["until"],
        )
        for row in _rows("code_systems", on)
    }


def identifier_systems(on: date | None = None) -> dict[str, IdentifierSystem]:
    return {
        row["code"]: IdentifierSystem(
            row["code"], _names(row), row["pattern"], row["check"], row["from"], row["until"]
        )
        for row in _rows("identifier_systems", on)
    }


def sexes() -> dict[str, Sex]:
    return {
        row["code"]: Sex(row["code"], _names(row), row["number"]) for row in _rows("sexes", None)
    }


def insurance_groups(on: date | None = None) -> dict[str, str]:
    """Two-letter groups of insured persons and who pays: employer, fund, state, support,
    household."""
    return {row["code"]: row["payer"] for row in _rows("insurance_groups", on)}


def provinces_of_registration() -> frozenset[str]:
    """The three-digit codes with which personal numbers begin: 0 and the code of one of the 63
    provinces in force until 2025-06-30, which the numbers keep (Circular 59/2021/TT-BCA)."""
    country = gazetteer.load()
    old = {province.code for province in country.former_provinces}
    kept = {province.code for province in country.provinces if province.since is None}
    return frozenset(f"0{code}" for code in old | kept)


def reorganisation(name: str, on: date) -> Any:
    """A published fact about a reorganisation ("stations_of_dien_bien"); None before its day."""
    return loader.value(loader.load("registry/reorganisations")[name]["values"], on)


def _rows(name: str, on: date | None) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for row in loader.load(f"registry/{name}"):
        until = date.fromisoformat(row["until"]) if row["until"] else None
        if on is None or (row["from"] <= on and (until is None or on < until)):
            found.append({**row, "until": until})
    return found


def _listed(name: str, on: date | None) -> dict[str, Listed]:
    return {
        row["code"]: Listed(row["code"], _names(row), row["from"], row["until"])
        for row in _rows(name, on)
    }


def _names(row: Mapping[str, Any]) -> Names:
    return Names(row["vi"], row["en"], row["zh"])


def _types(cell: str) -> frozenset[str]:
    """Unit types named one by one, or by their group."""
    named = {name.strip() for name in cell.split("|")}
    return frozenset(
        row["code"]
        for row in loader.load("registry/unit_types")
        if row["code"] in named or row["group"] in named
    )
