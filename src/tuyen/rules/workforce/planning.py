"""What plans are made with: standards of work, who may be spared, cohorts, pay."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load


class Sparing(NamedTuple):
    """Type of unit -> position -> people who must stay; ``months`` at a post before a move."""

    keep: Mapping[str, Mapping[str, int]]
    months: int


class Way(NamedTuple):
    """A way by road is ``detour`` times the straight line, at ``speed`` km/h; ``most`` minutes."""

    detour: float
    speed: float
    most: float


class Work(NamedTuple):
    """Standards of work: the year of one person (numbers of ``time``), minutes by cadre and
    activity, the category share, individual hours a year by cadre."""

    year: Mapping[str, float]
    minutes: Mapping[str, Mapping[str, float]]
    category: float
    individual: Mapping[str, float]


class Leaving(NamedTuple):
    low: float
    middle: float
    high: float


class Intake(NamedTuple):
    """People a year for a million residents."""

    graduates: float
    rotated: float


def sparing(on: datetime.date) -> Sparing:
    """Who may be taken from where."""
    told = _value("norms", "sparing", on)
    return Sparing(told["keep"], int(told["months"]))


def way(on: datetime.date) -> Way:
    told = _value("norms", "way", on)
    return Way(float(told["detour"]), float(told["speed"]), float(told["most"]))


def work(on: datetime.date) -> Work:
    """How long work takes, and what of a year is left for it."""
    allowances = _value("wisn", "allowances", on)
    return Work(
        _value("wisn", "time", on), _value("wisn", "activities", on),
        float(allowances["category"]), allowances["individual"],
    )  # fmt: skip


def retirement(on: datetime.date) -> Mapping[str, tuple[int, int, int, int]]:
    """Sex -> (year from which it counts, first months of age, months more a year, most)."""
    told = _value("projection", "retirement", on)
    return {
        sex: (int(told["since"]), int(one["first"]), int(one["step"]), int(one["most"]))
        for sex, one in told.items()
        if sex != "since"
    }


def leaving(on: datetime.date) -> Leaving:
    told = _value("projection", "leaving", on)
    return Leaving(float(told["low"]), float(told["middle"]), float(told["high"]))


def intake(on: datetime.date) -> Intake:
    told = _value("projection", "intake", on)
    return Intake(float(told["graduates"]), float(told["rotated"]))


def _value(file: str, name: str, on: datetime.date) -> Any:
    values = load(f"workforce/{file}")[name]["values"]
    return (dated(values, on) or values[0])["value"]
