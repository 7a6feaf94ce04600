"""What answers a disease: skills, goods and their amounts, and how far and how fast people drive."""

import datetime
import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load, value
from tuyen.rules.surveillance.diseases import group

BASES = ("case", "contact", "household", "person", "team")
"""What an amount is counted for."""


class Named(NamedTuple):
    """A skill or a good of the list."""

    code: str
    names: Mapping[str, str]
    units: Mapping[str, str]  # empty for a skill
    vaccine: str = ""  # of a good whose lots the stock keeps

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]

    def unit(self, language: str = "en") -> str:
        return self.units.get(language) or self.units.get("en", "")


class Amount(NamedTuple):
    """How much of a good is needed, and of what it was counted."""

    item: str
    amount: int
    counted: tuple[tuple[str, float, float], ...]  # (for what, how many of them, for each)


class Answer(NamedTuple):
    """What the rule of a day says to a disease."""

    disease: str
    skills: tuple[str, ...]  # the first one leads
    items: Mapping[str, Mapping[str, float]]
    since: datetime.date
    source: str
    verified: bool

    def amounts(self, people: Mapping[str, float]) -> tuple[Amount, ...]:
        """How much of each good for so many of each of :data:`BASES`, rounded up."""
        found = []
        for item, each in self.items.items():
            counted = tuple((base, people.get(base, 0.0), per) for base, per in each.items())
            total = sum(many * per for _, many, per in counted)
            found.append(Amount(item, math.ceil(total - 1e-9), counted))
        return tuple(found)


class Travel(NamedTuple):
    """Great-circle distance to road, and road to time, until roads are known."""

    road_factor: float
    speed: float  # km/h
    cover_limit: float  # minutes
    cover_longest: float  # minutes
    cover_weight: float
    days: int  # a deployment lasts


def answer(disease: str, on: datetime.date) -> Answer:
    """What is sent for ``disease``: its own rule, that of its group, or the general one. A signal
    of dying poultry names no disease yet ("") and is answered by the general rule."""
    rules = load("surveillance/response")
    family = group(disease, on) if disease else None
    own = rules["answers"].get(disease) or rules["groups"].get(family or "")
    values = (own or rules["answers"]["otherwise"])["values"]
    entry = dated(values, max(on, values[0]["from"]))
    assert entry is not None
    said = entry["value"]
    return Answer(
        disease, tuple(said["skills"]), said["items"], entry["from"], _told(entry["source"]),
        bool(entry["verified"]),
    )  # fmt: skip


def people(disease: str, cases: int, on: datetime.date, teams: int = 1) -> dict[str, float]:
    """How many cases, contacts, households, persons and teams a rule's amounts are counted for."""
    table = _value(load("surveillance/response")["sizes"], on)
    each = {**table["otherwise"], **table.get(disease, {})}
    return {"case": float(cases), "team": float(teams)} | {
        base: float(cases * many) for base, many in each.items()
    }


def travel(on: datetime.date) -> Travel:
    """The parameters of travel and cover on a day."""
    rules = load("surveillance/response")
    return Travel(
        _value(rules["travel"]["road_factor"], on), _value(rules["travel"]["speed"], on),
        _value(rules["cover"]["limit"], on), _value(rules["cover"]["longest"], on),
        _value(rules["cover"]["weight"], on),
        int(_value(rules["deployment_days"], on)),
    )  # fmt: skip


def skills() -> dict[str, Named]:
    """Every skill, in the order of the list."""
    table = load("surveillance/response")["skills"]
    return {code: Named(code, names, {}) for code, names in table.items()}


def items() -> dict[str, Named]:
    """Every good, in the order of the list."""
    table = load("surveillance/response")["items"]
    apart = ("unit", "vaccine")  # the rest are names
    return {
        code: Named(
            code,
            {k: v for k, v in said.items() if k not in apart},
            said["unit"],
            said.get("vaccine", ""),
        )
        for code, said in table.items()
    }


def _value(node: Mapping[str, Any], on: datetime.date) -> Any:
    values = node["values"]
    return value(values, max(on, values[0]["from"]))


def _told(source: Any) -> str:
    if isinstance(source, Mapping):
        return "; ".join(str(part) for part in source.values())
    return str(source)
