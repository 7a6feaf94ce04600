"""How many people a station should have, how much they should learn, how long a licence runs."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load

_NORMS, _TRAINING = "workforce/norms", "workforce/training"


class StationNorm(NamedTuple):
    """The number of a station: ``zones`` maps a zone to (residents above whom, for each so many,
    coefficient); ``on_total``: whether the coefficient multiplies the total or the base alone."""

    base: int
    zones: Mapping[int, tuple[int, int, float]]
    on_total: bool


class Doctors(NamedTuple):
    """Doctors that every commune's station should have by a day."""

    least: int
    most: int
    by: datetime.date


class Position(NamedTuple):
    """At least so many people of any of some cadres."""

    key: str
    least: int
    of: frozenset[str]


class Training(NamedTuple):
    """Hours to be had in so many years; warned below this share of those due by now."""

    hours: int
    years: int
    warn: float


class LicenceTerm(NamedTuple):
    years: int
    warn: int  # days


def station_norm(on: datetime.date) -> StationNorm:
    """The norm in force on a day; the first there is for days before it."""
    told = _value(_NORMS, "station", on)
    zones = {
        int(zone): (int(one["above"]), int(one["each"]), float(one["coefficient"]))
        for zone, one in told["zones"].items()
    }
    return StationNorm(int(told["base"]), zones, told["multiplies"] == "total")


def zone_assumed(on: datetime.date) -> int:
    """The zone of a commune whose zone nobody has entered."""
    return int(_value(_NORMS, "zone", on))


def doctors_wanted(on: datetime.date) -> Doctors:
    told = _value(_NORMS, "doctors", on)
    return Doctors(int(told["least"]), int(told["most"]), told["by"])


def positions_wanted(on: datetime.date) -> tuple[Position, ...]:
    """Which positions a station should have, in their order."""
    told = _value(_NORMS, "positions", on)
    return tuple(
        Position(key, int(one["least"]), frozenset(one["of"])) for key, one in told.items()
    )


def lasting_doctors(on: datetime.date) -> int:
    """How many doctors of a station should be there for good."""
    return int(_value(_NORMS, "lasting", on))


def network_wanted(on: datetime.date) -> Position:
    """How many of the village network there should be for each village."""
    told = _value(_NORMS, "network", on)
    return Position("village-health-worker", int(told["least"]), frozenset(told["of"]))


def norm_source(name: str, on: datetime.date) -> Mapping[str, Any]:
    """What a norm rests on: its entry with ``from``, ``source``, ``confidence``, ``verified``."""
    values = load(_NORMS)[name]["values"]
    found: Mapping[str, Any] = dated(values, on) or values[0]
    return found


def training(on: datetime.date) -> Training:
    told = _value(_TRAINING, "hours", on)
    return Training(int(told["hours"]), int(told["years"]), float(told["warn"]))


def licence_term(on: datetime.date) -> LicenceTerm:
    told = _value(_TRAINING, "licence", on)
    return LicenceTerm(int(told["years"]), int(told["warn"]))


def _value(file: str, name: str, on: datetime.date) -> Any:
    values = load(file)[name]["values"]
    return (dated(values, on) or values[0])["value"]
