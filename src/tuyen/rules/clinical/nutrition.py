"""Limits of growth and malnutrition, and rounds of vitamin A, on a day."""

import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from tuyen.rules.loader import load, value


class Round(NamedTuple):
    """A round of vitamin A: both days among it."""

    key: str
    first: datetime.date
    last: datetime.date


def plausible(on: datetime.date) -> dict[str, tuple[Decimal, Decimal]]:
    """Score -> the lowest and highest that can be true."""
    said = _said("scores", "plausible", on)
    return {index: (Decimal(low), Decimal(high)) for index, (low, high) in said.items()}


def cuts(on: datetime.date) -> dict[str, Decimal]:
    """Scores from which a child is low, severely low, overweight, obese; ``*_old`` from 5 years."""
    return {key: Decimal(str(score)) for key, score in _said("scores", "cuts", on).items()}


def arm(on: datetime.date) -> tuple[Decimal, Decimal]:
    """Centimetres below which an arm is thin, and severely so."""
    said = _said("scores", "arm", on)
    return Decimal(said["low"]), Decimal(said["severe"])


def acute_months(on: datetime.date) -> tuple[int, int]:
    """First and last completed month of age at which acute malnutrition is judged."""
    first, last = _said("scores", "acute_months", on)
    return int(first), int(last)


def every_days(on: datetime.date) -> int:
    """Days between visits of a child under treatment."""
    return int(_said("care", "every_days", on))


def default_days(on: datetime.date) -> int:
    """Days without a visit after which a child counts as defaulted."""
    return int(_said("care", "default_days", on))


def leaving(on: datetime.date) -> tuple[Decimal, Decimal, int, int]:
    """What it takes to leave cured: score, arm, visits in a row, days without oedema."""
    said = _said("care", "leave", on)
    return (
        Decimal(str(said["score"])), Decimal(said["arm"]), int(said["visits"]),
        int(said["without_oedema_days"]),
    )  # fmt: skip


def sphere(on: datetime.date) -> tuple[float, float, float]:
    """Shares of cured (above), died and defaulted (below) that a programme is held to."""
    said = _said("care", "sphere", on)
    return float(said["cured"]), float(said["died"]), float(said["defaulted"])


def prevalence(kind: str, share: float, on: datetime.date) -> str:
    """The class of a prevalence of "stunting" or "wasting": very-low, low, medium, high, very-high."""
    limits = _said("prevalence", kind, on)
    names = ("very-low", "low", "medium", "high", "very-high")
    return names[sum(share >= limit for limit in limits)]


def vitamin_a_rounds(on: datetime.date, year: int) -> list[Round]:
    """The rounds of a year by the rule of a day."""
    found = []
    for one in _said("vitamin_a", "rounds", on):
        first, last = (
            datetime.date.fromisoformat(f"{year}-{one[key]}") for key in ("first", "last")
        )
        found.append(Round(one["key"], first, last))
    return found


def vitamin_a_units(age_months: int, on: datetime.date) -> int | None:
    """International units that a child of an age gets in a round; None where none are given."""
    for one in _said("vitamin_a", "doses", on):
        if one["first_month"] <= age_months <= one["last_month"]:
            return int(one["units"])
    return None


def _said(part: str, name: str, on: datetime.date) -> Any:
    """The value in force; before the first, the first."""
    values = load("clinical/nutrition")[part][name]["values"]
    return value(values, max(on, values[0]["from"]))
