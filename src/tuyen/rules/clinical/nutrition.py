"""Limits of growth and malnutrition, and rounds of vitamin A, on a day."""

import datetime
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from tuyen.rules.loader import load, value

Supplement = Literal["vitamin_a", "deworming"]
SUPPLEMENTS: tuple[Supplement, ...] = ("vitamin_a", "deworming")
"""What is given to children in rounds."""


class Round(NamedTuple):
    """A round: both days among it."""

    key: str
    first: datetime.date
    last: datetime.date


class Dose(NamedTuple):
    """What is given once: in units (IU, mg), and so much of an item of the store."""

    units: int
    item: str
    quantity: Decimal


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


def rounds(what: Supplement, on: datetime.date, year: int) -> list[Round]:
    """The rounds of a year, by the rule of a day."""
    found = []
    for one in _said(what, "rounds", on):
        first, last = (
            datetime.date.fromisoformat(f"{year}-{one[key]}") for key in ("first", "last")
        )
        found.append(Round(one["key"], first, last))
    return found


def round_of(what: Supplement, on: datetime.date) -> Round:
    """The round in which a day lies; between two of them, the one before."""
    known = [one for year in (on.year - 1, on.year) for one in rounds(what, on, year)]
    return max((one for one in known if one.first <= on), key=lambda one: one.first)


def dose(what: Supplement, age_months: int, on: datetime.date) -> Dose | None:
    """What a child of an age gets in a round; None where nothing is given."""
    for one in _said(what, "doses", on):
        if one["first_month"] <= age_months <= one["last_month"]:
            return Dose(int(one["units"]), one["item"], Decimal(one["quantity"]))
    return None


def span(what: Supplement, on: datetime.date) -> tuple[int, int]:
    """The first and the last completed months of age at which anything is given."""
    said = _said(what, "doses", on)
    return min(one["first_month"] for one in said), max(one["last_month"] for one in said)


def vitamin_a_units(age_months: int, on: datetime.date) -> int | None:
    """International units that a child of an age gets in a round; None where none are given."""
    found = dose("vitamin_a", age_months, on)
    return None if found is None else found.units


def food_item(on: datetime.date) -> str:
    """The item of the store that therapeutic food is."""
    return str(_said("food", "item", on))


def _said(part: str, name: str, on: datetime.date) -> Any:
    """The value in force; before the first, the first."""
    values = load("clinical/nutrition")[part][name]["values"]
    return value(values, max(on, values[0]["from"]))
