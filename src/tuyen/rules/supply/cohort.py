"""What a child of the birth cohort needs of each item, by the schedule in force where it lives."""

import datetime
from collections.abc import Mapping
from functools import lru_cache

from tuyen.rules.immunization import schedules
from tuyen.rules.immunization.planned import planned
from tuyen.rules.loader import load, value
from tuyen.rules.supply.items import codes_of


def doses_per_child(
    on: datetime.date, schedule: str | None = None, province: str | None = None,
    commune: str | None = None,
) -> Mapping[str, Mapping[int, float]]:  # fmt: skip
    """Item -> month of age -> doses for each child of the cohort.

    ``schedule`` is the code of the one in force (None: that of the law on the day); ``province`` and
    ``commune``, codes of the map of the day, say which vaccines have begun there. A vaccine for girls
    is needed by the share of girls. A vaccine of which no vial is on the list of items is left out.
    """
    code = schedule or schedules.in_force(on).code
    outside = schedules.outside(code, on, province=province, commune=commune)
    return _needed(code, outside, _girls(on))


@lru_cache(maxsize=64)
def _needed(code: str, outside: frozenset[str], girls: float) -> Mapping[str, Mapping[int, float]]:
    found: dict[str, dict[int, float]] = {}
    for dose in planned(code, outside):
        item = next(iter(codes_of(dose.vaccine)), None)
        if item is not None:
            months = found.setdefault(item, {})
            months[dose.month] = months.get(dose.month, 0.0) + (girls if dose.girls else 1.0)
    return found


def _girls(on: datetime.date) -> float:
    values = load("supply/need")["girls"]["values"]
    found = value(values, on)
    return float(values[0]["value"] if found is None else found)
