"""Working days of Vietnamese state offices: public holidays, weekly rest, exchanged days.

A holiday on a day of rest is made up on the next working day (Labour Code, Article 111.3). Years
that lunar.csv does not hold are refused, never guessed.
"""

import datetime
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from tuyen.rules.loader import load, value

_DAY = datetime.timedelta(days=1)


class UnknownYear(LookupError):
    """The holiday calendar does not reach that year."""


@cache
def holidays(year: int) -> Mapping[datetime.date, str]:
    """Free days of ``year`` beyond the weekly rest, each with the id of its holiday, in order.

    The id is that of holidays.yaml; a day that makes one up, or was exchanged for a Saturday,
    carries ``made-up`` or ``exchanged``.

    Raises
    ------
    UnknownYear
        If lunar.csv has no row for ``year``.
    """
    named = _named(year)
    free = dict(named)
    for day in sorted(named):
        if _rests(day):
            substitute = day
            while substitute in free or _rests(substitute):
                substitute += _DAY
            free[substitute] = "made-up"
    for row in load("calendar/exchanged"):
        day = datetime.date.fromisoformat(row["free"])
        if day.year == year:
            free[day] = "exchanged"
    return MappingProxyType(dict(sorted(free.items())))


def is_working_day(day: datetime.date) -> bool:
    """Whether state offices work on ``day``."""
    if day in _worked():
        return True
    return not _rests(day) and day not in holidays(day.year)


def add_working_days(day: datetime.date, count: int) -> datetime.date:
    """The ``count``-th working day after ``day``; ``day`` itself never counts.

    >>> add_working_days(datetime.date(2026, 10, 31), 5)
    datetime.date(2026, 11, 6)
    """
    if count < 0:
        raise ValueError(f"count is {count}; a deadline lies 0 or more working days ahead")
    while count:
        day += _DAY
        count -= is_working_day(day)
    return day


def working_days(first: datetime.date, last: datetime.date) -> int:
    """How many working days lie from ``first`` to ``last``, both included; 0 if out of order."""
    days = (last - first).days + 1
    return sum(is_working_day(first + n * _DAY) for n in range(max(0, days)))


def _named(year: int) -> dict[datetime.date, str]:
    rules, lunar = load("calendar/holidays"), _lunar(year)
    named = {}
    for holiday in rules["solar"]:
        if at := value(holiday["values"], datetime.date(year, 12, 31)):
            named[datetime.date(year, at["month"], at["day"])] = holiday["id"]
    length = {h["id"]: value(h["values"], datetime.date(year, 1, 1)) or 0 for h in rules["lunar"]}
    tet = datetime.date.fromisoformat(lunar["tet"]) - int(lunar["tet_days_before"]) * _DAY
    named |= {tet + n * _DAY: "tet" for n in range(length["tet"])}
    kings = datetime.date.fromisoformat(lunar["hung_kings"])
    named |= {kings + n * _DAY: "hung-kings" for n in range(length["hung-kings"])}
    if value(rules["national_day_neighbour"]["values"], datetime.date(year, 9, 2)):
        national = next(day for day, id_ in named.items() if id_ == "national-day")
        side = 1 if lunar["national_day_neighbour"] == "after" else -1
        named[national + side * _DAY] = "national-day"
    return named


def _lunar(year: int) -> Mapping[str, Any]:
    rows = load("calendar/lunar")
    for row in rows:
        if row["year"] == str(year):
            return row
    raise UnknownYear(
        f"the holidays of {year} are not known (known: {rows[0]['year']} to {rows[-1]['year']});"
        " add a row to rules/calendar/lunar.csv"
    )


def _rests(day: datetime.date) -> bool:
    rest = value(load("calendar/holidays")["weekly_rest"]["values"], day) or ()
    return day.isoweekday() in rest


@cache
def _worked() -> frozenset[datetime.date]:
    return frozenset(
        datetime.date.fromisoformat(row["worked"]) for row in load("calendar/exchanged")
    )
