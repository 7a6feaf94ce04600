"""What people see before anybody knows the disease: the signs of event-based surveillance."""

import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tuyen.rules.loader import load, value

LANGUAGES = ("vi", "en", "zh")


class Sign(NamedTuple):
    """One sign: whom it is about, how grave it is, who meets it, and what it may point to."""

    code: str
    about: str  # people or animals
    severity: float  # share of 1
    seen_by: frozenset[str]  # sources of signals that are offered this sign
    diseases: tuple[str, ...]
    names: Mapping[str, str]
    verified: bool

    def name(self, language: str = "vi") -> str:
        return self.names.get(language, self.names["en"])


class Weights(NamedTuple):
    """Points that each part of the alarm score can give; together 100."""

    hazard: float
    evidence: float
    excess: float
    agreement: float
    freshness: float


class Scoring(NamedTuple):
    """Everything by which signals are ranked on one day."""

    weights: Weights
    hazard_of_group: Mapping[str, float]
    evidence_of: Mapping[str, float]
    excess_full: float
    half_life: float


@lru_cache(maxsize=512)
def signs(on: datetime.date) -> Mapping[str, Sign]:
    """The signs of a day by their code, in the order in which they are shown."""
    found = {}
    for row in load("surveillance/signs"):
        until = row["until"]
        if row["from"] > on or (until and datetime.date.fromisoformat(str(until)) <= on):
            continue
        found[str(row["code"])] = Sign(
            code=row["code"],
            about=row["about"],
            severity=float(row["severity"]),
            seen_by=frozenset(row["seen_by"].split()),
            diseases=tuple((row["diseases"] or "").split()),
            names={language: row[language] for language in LANGUAGES},
            verified=bool(row["verified"]),
        )
    return found


def name_of(code: str, language: str = "vi") -> str:
    """The name of a sign, on the list or no longer; an unknown code is shown as it is."""
    for row in load("surveillance/signs"):
        if row["code"] == code:
            return str(row.get(language) or row["en"])
    return code


def step_hours(step: str, on: datetime.date) -> int:
    """Hours for one step (screen, verify, assess) of a signal that reached it on a day."""
    return int(_value("step_hours", on)[step])


@lru_cache(maxsize=512)
def scoring(on: datetime.date) -> Scoring:
    """How signals are ranked on a day."""
    return Scoring(
        Weights(**_value("weights", on)),
        _value("hazard_of_group", on),
        _value("evidence_of", on),
        float(_value("excess_full", on)),
        float(_value("half_life", on)),
    )


def shown_days(on: datetime.date) -> int:
    """How far back the inbox reaches by itself, in days."""
    return int(_value("shown_days", on))


def laboratory(on: datetime.date) -> tuple[int, frozenset[str]]:
    """(days in which a positive result is news, windows of which one result is a signal)."""
    return int(_value("laboratory_days", on)), frozenset(_value("laboratory_windows", on))


def nearness(on: datetime.date) -> tuple[float, int]:
    """(kilometres, days) of what counts as near a signal."""
    return float(_value("near_km", on)), int(_value("near_days", on))


def _value(name: str, on: datetime.date) -> Any:
    """The value of ``on``; days before the first entry are looked at as its first day was."""
    values = load("surveillance/signals")[name]["values"]
    return value(values, max(on, values[0]["from"]))
