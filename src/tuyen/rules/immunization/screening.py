"""The examination before a dose, what follows it, and how many come to a session.

Source: QĐ 1575/QĐ-BYT (2023-03-27); Circular 13/2026/TT-BYT Article 12 for the observation. What was
read through one note only is marked unverified.
"""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from tuyen.rules.immunization.lists import Vaccine
from tuyen.rules.loader import dated, load
from tuyen.rules.registry.lists import Names

EFFECTS = ("contraindicated", "hospital", "defer")
"""What a reason leads to, the gravest first."""


class Reason(NamedTuple):
    """Why a dose is not given now."""

    code: str
    effect: str  # of EFFECTS: never this vaccine; only in a hospital; not today
    against: str  # "all", "live", "same" (ingredient as the dose that harmed) or "antigen:CODE"
    asked: str  # "yes": ticked on the form; "vital": follows from a measurement; "adult": of adults
    names: Names
    source: str
    confidence: str
    verified: bool

    def concerns(self, vaccine: Vaccine, harmed_by: Iterable[str] = ()) -> bool:
        """Whether it stands against a vaccine; ``harmed_by``: antigens of doses that harmed.

        Without a word on which dose harmed, "same" stands against every vaccine.
        """
        kind, _, antigen = self.against.partition(":")
        if kind == "antigen":
            return vaccine.holds(antigen)
        if kind == "live":
            return vaccine.live
        if kind == "same":
            harmed = set(harmed_by)
            return not harmed or any(held.antigen in harmed for held in vaccine.antigens)
        return True


class Parameter(NamedTuple):
    """A dated figure with its unit, and on whose word."""

    code: str
    value: Any
    unit: str
    names: Names
    source: str
    confidence: str
    verified: bool


class Limits(NamedTuple):
    """The figures in force on one day; ``unverified`` names those open to change."""

    fever: float  # °C, from
    hypothermia: float  # °C, up to
    lowest_weight: int  # g
    immunoglobulin: int  # months
    corticosteroid: int  # days
    observation: int  # minutes on site
    home_observation: int  # hours
    told_at_once: int  # minutes
    session_per_table: int  # persons: a warning, never a block
    session_size: int
    unverified: frozenset[str]


@lru_cache(maxsize=256)
def reasons(on: date) -> dict[str, Reason]:
    """What is asked and measured on a day, by code, in the order of the form."""
    found = {}
    for row in load("immunization/screening_reasons"):
        until = date.fromisoformat(row["until"]) if row["until"] else None
        if _not_before(row["from"], on) and (until is None or on < until):
            found[row["code"]] = Reason(
                row["code"],
                row["effect"],
                row["against"],
                row["asked"],
                Names(row["vi"], row["en"], row["zh"]),
                row["source"],
                row["confidence"],
                row["verified"],
            )
    return found


@lru_cache(maxsize=256)
def parameters(on: date) -> dict[str, Parameter]:
    """Every figure of a day; days before the first entry are judged by it."""
    return {name: _parameter(name, rule, on) for name, rule in _rules().items()}


@lru_cache(maxsize=256)
def limits(on: date) -> Limits:
    """The figures of a day as one row."""
    found = parameters(on)
    return Limits(
        **{name: found[name].value for name in Limits._fields if name != "unverified"},
        unverified=frozenset(name for name, figure in found.items() if not figure.verified),
    )


def measured(
    on: date, *, temperature: float | None = None, weight_g: float | None = None
) -> list[Reason]:
    """The reasons that follow from what was measured: °C and grams."""
    known, limit = reasons(on), limits(on)
    codes = []
    if temperature is not None and temperature >= limit.fever:
        codes.append("fever")
    if temperature is not None and temperature <= limit.hypothermia:
        codes.append("hypothermia")
    if weight_g is not None and weight_g < limit.lowest_weight:
        codes.append("low-weight")
    return [known[code] for code in codes if code in known]


def against(
    vaccine: Vaccine, codes: Iterable[str], on: date, harmed_by: Iterable[str] = ()
) -> list[Reason]:
    """Which of the ticked or measured reasons stand against a vaccine, the gravest first.

    Raises
    ------
    KeyError
        If a code is none of the day's reasons.
    """
    known, harmed = reasons(on), tuple(harmed_by)
    standing = [known[code] for code in codes if known[code].concerns(vaccine, harmed)]
    return sorted(standing, key=lambda reason: (EFFECTS.index(reason.effect), reason.code))


def _rules() -> Any:
    return load("immunization/screening")


def _not_before(since: date, on: date) -> bool:
    """Sessions of before the first decision are read by its list: there is none earlier."""
    return since <= max(on, date(2023, 3, 27))


def _parameter(name: str, rule: Any, on: date) -> Parameter:
    values = rule["values"]
    entry = dated(values, max(on, values[0]["from"]))
    assert entry is not None
    said = rule["name"]
    return Parameter(
        name,
        entry["value"],
        rule["unit"],
        Names(said["vi"], said["en"], said["zh"]),
        entry["source"],
        entry["confidence"],
        bool(entry["verified"]),
    )
