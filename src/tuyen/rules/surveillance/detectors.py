"""Parameters of the project itself: checks of reports, clocks of alarms, settings of detectors."""

import datetime
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tuyen.rules.loader import load, value


class CaseChecks(NamedTuple):
    """How a report is looked at."""

    old_onset_days: int
    duplicate_days: Mapping[str, int]

    def window(self, disease: str) -> int:
        """Days in which a second report of the same person is taken for the same illness."""
        return self.duplicate_days.get(disease, self.duplicate_days["otherwise"])

    @property
    def longest(self) -> int:
        return max(self.duplicate_days.values())


class Detectors(NamedTuple):
    """How counts are looked at; the fields of detectors.yaml."""

    weeks_back: int
    months_back: int
    ears_methods: tuple[str, ...]
    ears_baseline: int
    ears_min_sigma: float
    ears_min_count: int
    farrington: Mapping[str, Any]
    farrington_min_years: int
    changed_definitions: Mapping[str, datetime.date]  # disease -> since when it is comparable


class Clusters(NamedTuple):
    """How the night looks for clusters of neighbouring communes."""

    weeks: int
    longest: int
    nearest: int
    fewest: int
    replicates: int
    hopeless: int
    recurrence: int


class Ahead(NamedTuple):
    """How the night looks ahead."""

    days: int
    delays: int
    nowcast_cases: int
    forecast_cases: int
    horizon: int


class Chances(NamedTuple):
    """From what the night learns how often alarms are false."""

    past: int
    shortest: int
    fewest_told: int


@lru_cache(maxsize=4096)
def case_checks(on: datetime.date) -> CaseChecks:
    """The checks of reports received on ``on``."""
    return CaseChecks(*(_value(name, on) for name in CaseChecks._fields))


@lru_cache(maxsize=4096)
def detectors(on: datetime.date) -> Detectors:
    """The settings of the detectors on ``on``."""
    return Detectors(*(_value(name, on) for name in Detectors._fields))


def clusters(on: datetime.date) -> Clusters:
    """The settings of the scan for clusters on ``on``."""
    return Clusters(**_value("clusters", on))


def ahead(on: datetime.date) -> Ahead:
    """The settings of nowcasts and forecasts on ``on``."""
    return Ahead(**_value("ahead", on))


def serial_interval(disease: str, on: datetime.date) -> tuple[float, float] | None:
    """Mean and standard deviation in days from one case to the next; None where nobody says."""
    found = _value("serial_intervals", on).get(disease)
    return None if found is None else (float(found[0]), float(found[1]))


def answer_hours(rule: str, on: datetime.date) -> int:
    """Hours in which an alarm of that rule ("EP-B1") is to be answered."""
    return int(_value("answer_hours", on)[rule.partition("-")[0]])


def level_range(on: datetime.date) -> tuple[float, float]:
    """The p-values between which a decision may move a threshold."""
    least, most = _value("level_range", on)
    return float(least), float(most)


def chances(on: datetime.date) -> Chances:
    """From what is learnt how often alarms are false, on ``on``."""
    return Chances(**_value("alarm_chances", on))


def alarm_line(on: datetime.date) -> tuple[float | None, int | None]:
    """The share of false alarms and the number a team and week that are shipped; None: no line."""
    found = _value("alarm_line", on)
    return found["share"], found["budget"]


def commune_sizes(on: datetime.date) -> tuple[int, int]:
    """The people from which a commune is medium, and large."""
    medium, large = _value("commune_sizes", on)
    return int(medium), int(large)


def reporters(on: datetime.date) -> tuple[str, ...]:
    """The types of units that are expected to report every week."""
    return tuple(_value("reporters", on))


def _value(name: str, on: datetime.date) -> Any:
    """The value of ``on``; days before the first entry are looked at as its first day was."""
    values = load("surveillance/detectors")[name]["values"]
    return value(values, max(on, values[0]["from"]))
