"""What a schedule gives to a child: how many doses of which vaccine at which age, for planning."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from tuyen.rules.immunization import schedules
from tuyen.rules.loader import load

_BORN = date(2001, 1, 1)
_UNITS = {
    "day": 0,
    "days": 0,
    "week": 7,
    "weeks": 7,
    "month": 1,
    "months": 1,
    "year": 12,
    "years": 12,
}


class Planned(NamedTuple):
    """A dose that a schedule gives: the vaccine, the age in full months at which it is recommended,
    and whether it is for girls alone."""

    vaccine: str
    month: int
    girls: bool


@lru_cache(maxsize=64)
def planned(code: str, outside: frozenset[str] | None = None) -> tuple[Planned, ...]:
    """The doses of a schedule, by age. An injection that counts in several vaccine groups is one.

    ``outside``: vaccine groups for which nobody is called (:func:`schedules.outside`).

    Raises
    ------
    KeyError
        If there is no such schedule.
    """
    rule = load("immunization/schedule")
    away = schedules.unlisted(code) if outside is None else outside
    ages = {(one.row, one.field): one.value for one in schedules.figures(code)}
    found: dict[tuple[str, date], Planned] = {}
    for series in rule["series"].values():
        if series["group"] in away:
            continue
        girls = "genders" in series and "Male" not in series["genders"]
        day = _BORN
        for row in series["doses"]:
            day = _recommended(ages, row, day)
            vaccine = schedules.vaccine_of(row)
            assert vaccine is not None
            months = (day.year - _BORN.year) * 12 + day.month - _BORN.month
            found.setdefault((vaccine, day), Planned(vaccine, months, girls))
    return tuple(sorted(found.values(), key=lambda one: (one.month, one.vaccine)))


def _recommended(ages: Mapping[tuple[str, str], str], row: str, before: date) -> date:
    """The day on which a dose is recommended: at its age, else so long after the one before."""
    for field, since in (
        ("recommended_age", _BORN), ("minimum_age", _BORN), ("recommended_interval", before),
        ("minimum_interval", before),
    ):  # fmt: skip
        said = ages.get((row, field), "")
        if said:
            return _after(since, said)
    return before


def _after(day: date, span: str) -> date:
    """A day and a length of time such as "2 months"; days of a month beyond its end are its last."""
    count, unit = span.split()
    if unit.startswith(("day", "week")):
        return day + timedelta(days=int(count) * max(1, _UNITS[unit]))
    months = day.year * 12 + day.month - 1 + int(count) * _UNITS[unit]
    return date(months // 12, months % 12 + 1, min(day.day, 28))
