"""The parameters of the legal thresholds, and which diseases are endemic where."""

import datetime
from typing import NamedTuple

from tuyen.rules.loader import load, value


class Thresholds(NamedTuple):
    """The parameters of AL-* and EP-* in force on one day; the fields of thresholds.yaml."""

    years: int
    look_back_years: int
    min_years: int
    ddof: int
    alert_sd: float
    epidemic_sd: float
    alert_floor: int
    epidemic_floor: int
    linked_alert: int
    linked_epidemic: int


def thresholds(on: datetime.date) -> Thresholds | None:
    """The parameters of ``on``; None before 2026-07-01, when no act set such thresholds.

    ``thresholds(on)._asdict()`` are the arguments of ``tuyen.engines.surveillance.law.Limits``.
    """
    rules = load("surveillance/thresholds")
    found = {name: value(rules[name]["values"], on) for name in Thresholds._fields}
    return None if None in found.values() else Thresholds(**found)


def unverified(on: datetime.date) -> tuple[str, ...]:
    """The names of the parameters of ``on`` that are a proposal, not the text of the circular."""
    rules = load("surveillance/thresholds")
    return tuple(
        name
        for name in Thresholds._fields
        if any(e["from"] <= on and not e["verified"] for e in rules[name]["values"])
    )


def endemic(on: datetime.date, province: str | None = None) -> frozenset[str]:
    """The ids of the diseases that count as endemic on ``on`` in ``province`` (2-digit code).

    An editable parameter: no act lists them. Without a province, the general list.
    """
    rules = load("surveillance/endemic")
    general = frozenset(value(rules["values"], on) or ())
    own = rules["provinces"].get(province)
    change = value(own["values"], on) if own else None
    if change is None:
        return general
    return (general | frozenset(change["add"])) - frozenset(change["remove"])


def is_endemic(id: str, on: datetime.date, province: str | None = None) -> bool:
    """Whether AL-B1 and EP-B1 (its own history) apply, and not AL-B2 and EP-B2 (linked cases)."""
    return id in endemic(on, province)
