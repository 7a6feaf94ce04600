"""Medicines and consumables of a commune station: what each is, how it is counted, who watches it.

The list is the project's own, written from what is generally known of the lists that it names as
sources; no line of it is verified. A code of the insurer stands where it is known.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tuyen.rules.loader import load

Names = Mapping[str, str]


class Medicine(NamedTuple):
    """One line of the list. ``unit`` is what is handed out and counted: a tablet, a bottle.

    ``tracer``: one of the twenty that stand for all. ``controlled`` is narcotic, psychotropic,
    precursor, or "". ``programme`` pays for it or watches it. ``sensitive``: whoever gets it is told
    by it, so who gets it is shown for care only.
    """

    code: str
    kind: str  # medicine, consumable
    group: str
    names: Names
    substance: str
    strength: str
    form: str
    unit: str
    route: str
    insurer_code: str
    tracer: bool
    controlled: str
    programme: str
    sensitive: bool
    source: str
    confidence: str
    verified: bool

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


@cache
def medicines() -> dict[str, Medicine]:
    """Every medicine and consumable by its code, in the order of the list."""
    return {row["code"]: _medicine(row) for row in load("supply/medicines")}


def medicine(code: str) -> Medicine | None:
    """The medicine of a code; None for a vaccine, and for what is not on the list."""
    return medicines().get(code)


@cache
def tracers() -> tuple[str, ...]:
    """The medicines that stand for all: a station has every one of them, every day."""
    return tuple(code for code, one in medicines().items() if one.tracer)


@cache
def controlled() -> tuple[str, ...]:
    """Narcotics, psychotropics and precursors: they have a register of their own."""
    return tuple(code for code, one in medicines().items() if one.controlled)


def unit_name(unit: str, language: str = "en") -> str:
    """What a medicine is counted in: ``tablet`` -> viên, tablets, 片; an unknown one as it is."""
    return _word("units", unit, language)


def route_name(route: str, language: str = "en") -> str:
    """How a medicine is taken."""
    return _word("routes", route, language)


def group_name(group: str, language: str = "en") -> str:
    """The chapter of the list."""
    return _word("groups", group, language)


def class_name(controlled: str, language: str = "en") -> str:
    """The class of a medicine under special control."""
    return _word("controlled", controlled, language)


def _word(table: str, code: str, language: str) -> str:
    names = load("supply/medicine_words")[table].get(code)
    return str(names[language] if names and language in names else names["en"] if names else code)


def _medicine(row: Mapping[str, str | None]) -> Medicine:
    said = {name: row[name] or "" for name in row}
    return Medicine(
        said["code"], said["kind"], said["group"], {each: said[each] for each in ("vi", "en", "zh")},
        said["substance"], said["strength"], said["form"], said["unit"], said["route"],
        said["insurer_code"], said["tracer"] == "yes", said["controlled"], said["programme"],
        said["sensitive"] == "yes", said["source"], said["confidence"], bool(row["verified"]),
    )  # fmt: skip
