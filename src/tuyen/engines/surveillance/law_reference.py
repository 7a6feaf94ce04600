"""The legal thresholds for one cell in plain Python: slow, obvious, and the judge of :mod:`law`."""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from tuyen.engines.surveillance.law import Limits


class Past(NamedTuple):
    """Mean, standard deviation and number of the usable years of one history."""

    mean: float
    sd: float
    years: int


def past_of(history: Sequence[float], epidemic: Sequence[bool], limits: Limits) -> Past:
    """The latest usable years of one history, last year first; NaN is missing."""
    years = list(zip(history, epidemic, strict=True))[: limits.look_back_years]
    usable = [count for count, struck in years if not struck and not math.isnan(count)]
    taken = usable[: limits.years]
    if len(taken) <= limits.ddof:
        return Past(fmean(taken) if taken else math.nan, math.nan, len(taken))
    mean = fmean(taken)
    spread = math.fsum((count - mean) ** 2 for count in taken)
    return Past(mean, math.sqrt(spread / (len(taken) - limits.ddof)), len(taken))


def weekly_alert(count: float, linked: float, past: Past, limits: Limits) -> tuple[bool, str]:
    """AL-B1 for one cell: raised or not, and why."""
    return _decide(
        count, linked, past, limits, limits.alert_sd, limits.alert_floor, limits.linked_alert
    )


def monthly_epidemic(count: float, linked: float, past: Past, limits: Limits) -> tuple[bool, str]:
    """EP-B1 for one cell: raised or not, and why."""
    return _decide(
        count, linked, past, limits, limits.epidemic_sd, limits.epidemic_floor,
        limits.linked_epidemic,
    )  # fmt: skip


def _decide(
    count: float,
    linked: float,
    past: Past,
    limits: Limits,
    multiple: float,
    floor: float,
    needed: float,
) -> tuple[bool, str]:
    if math.isnan(count):
        return False, "no-count"
    if past.years < limits.min_years or math.isnan(past.sd):
        if linked >= needed:
            return True, "linked-without-history"
        return False, "not-enough-data"
    if count <= past.mean + multiple * past.sd:
        return False, "within"
    if count < floor:
        return False, "under-floor"
    if count > past.mean + limits.epidemic_sd * past.sd:
        return True, "above-epidemic"
    return True, "above-alert"
