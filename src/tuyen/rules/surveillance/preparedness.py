"""The method of the yearly risk assessment, its levels and hazards, and the rota's horizon."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load, value

LEVELS = ("low", "medium", "high", "very-high")
SHIFTS = ("day", "night")
DIMENSIONS = ("likelihood", "impact", "factors", "capacity")
"""What is scored from 1 to 5. More capacity is less risk; more of the others is more."""


class Method(NamedTuple):
    """How risks are scored on a day."""

    since: datetime.date
    names: Mapping[str, str]
    levels: Mapping[str, float]  # the lowest score of each level
    source: str
    verified: bool

    def score(self, likelihood: int, impact: int, factors: int, capacity: int) -> float:
        """From 1 to 125."""
        return likelihood * impact * (factors + 6 - capacity) / 2

    def level(self, score: float) -> str:
        """The level of the circular that a score reaches."""
        return max(
            (name for name in LEVELS if score >= self.levels[name]),
            key=lambda name: self.levels[name],
        )

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]


def method(on: datetime.date) -> Method:
    """The method in force on ``on``; before the first, the first."""
    values = load("surveillance/preparedness")["method"]["values"]
    entry = dated(values, max(on, values[0]["from"]))
    assert entry is not None
    said, source = entry["value"], entry["source"]
    told = "; ".join(map(str, source.values())) if isinstance(source, Mapping) else str(source)
    return Method(entry["from"], said["name"], said["levels"], told, bool(entry["verified"]))


def suggested_likelihood(years: int, on: datetime.date) -> int:
    """For cases in so many of the last five years."""
    return int(_value("likelihood_by_years", on)[min(5, max(0, years))])


def suggested_impact(group: str | None, on: datetime.date) -> int:
    """For a disease of a group, or of none."""
    table = _value("impact_by_group", on)
    return int(table.get(group or "other", table["other"]))


def rota_days(on: datetime.date) -> int:
    """How many days ahead a gap in the rota is pointed out."""
    return int(_value("rota_days", on))


def hazards() -> dict[str, Mapping[str, str]]:
    """Hazards beside the notifiable diseases: code -> names by language."""
    return dict(load("surveillance/preparedness")["hazards"])


def _value(name: str, on: datetime.date) -> Any:
    values = load("surveillance/preparedness")[name]["values"]
    return value(values, max(on, values[0]["from"]))
