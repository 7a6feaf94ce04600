"""Kinds of equipment: what belongs to the cold chain, how often each is checked, what a station has.

The cycles follow the measurement law as far as it is known; the list of what a station should have
is the project's proposal in place of the minimum list of TT 28/2020/TT-BYT, which was not obtained.
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tuyen.rules.loader import load


class EquipmentKind(NamedTuple):
    """A kind. ``months`` between two checks (None: no cycle), ``check`` what sort of check it is:
    calibration, inspection, safety. ``cabinet``: medicines are kept in it. ``tracer``: a station has
    ``least`` of them."""

    code: str
    cold: bool
    cabinet: bool
    names: Mapping[str, str]
    months: int | None
    check: str
    tracer: bool
    least: int
    source: str
    confidence: str
    verified: bool

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


@cache
def equipment_kinds() -> dict[str, EquipmentKind]:
    """Every kind by its code, in the order of the list."""
    return {row["code"]: _kind(row) for row in load("supply/equipment")}


def equipment_kind(code: str) -> EquipmentKind | None:
    """The kind of a code; None for one that is not on the list."""
    return equipment_kinds().get(code)


@cache
def cold_kinds() -> tuple[str, ...]:
    """The kinds of the cold chain."""
    return tuple(code for code, one in equipment_kinds().items() if one.cold)


def check_months(kind: str) -> int | None:
    """After how many months a kind is checked again; None where it has no cycle, or is unknown."""
    found = equipment_kind(kind)
    return found.months if found else None


def _kind(row: Mapping[str, str | None]) -> EquipmentKind:
    return EquipmentKind(
        row["code"] or "", row["cold"] == "yes", row["cabinet"] == "yes",
        {each: row[each] or "" for each in ("vi", "en", "zh")},
        int(row["months"]) if row["months"] else None, row["check"] or "",
        row["tracer"] == "yes", int(row["least"] or 0), row["source"] or "",
        row["confidence"] or "", bool(row["verified"]),
    )  # fmt: skip
