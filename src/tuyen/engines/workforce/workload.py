"""Workload Indicators of Staffing Need: how many people the work that was done asks for."""

from collections.abc import Mapping
from typing import NamedTuple

from tuyen.kernel.refusal import BadInput


class Year(NamedTuple):
    """A year of work of one person: days in units of days, ``hours`` of one day.

    ``outreach`` are days of mobile rounds, which are not there for the work at the station.
    """

    weeks: int
    days: int
    leave: float
    holidays: float
    training: float
    sick: float
    outreach: float
    hours: float


class Need(NamedTuple):
    """``people`` = ``basic`` x ``category`` + ``individual``; basic is of the counted work alone."""

    basic: float
    category: float  # the factor, >= 1
    individual: float  # people
    people: float


def available_hours(year: Year) -> float:
    """Return the hours a year that one person is there for the work.

    Raises
    ------
    BadInput
        If nothing is left of the year.

    >>> available_hours(Year(52, 5, 12, 11, 10, 3, 24, 8.0))
    1600.0
    """
    away = year.leave + year.holidays + year.training + year.sick + year.outreach
    left = year.weeks * year.days - away
    if left <= 0 or year.hours <= 0:
        raise BadInput(
            what=f"of {year.weeks * year.days} working days a year {away:g} are away; nothing is left to work"
        )
    return left * year.hours


def need(
    done: Mapping[str, float], minutes: Mapping[str, float], year: Year, *, category: float = 0.0,
    individual: float = 0.0,
) -> Need:  # fmt: skip
    """Return the people of a cadre that a year's work needs.

    Parameters
    ----------
    done : activity -> units of it in a year (visits, prescriptions)
    minutes : activity -> minutes of one unit; the activities of ``done`` that are not named here
        are another cadre's
    category : share of all working time, 0 to 1, that everybody spends beside the counted work
    individual : hours a year of what only some of the cadre do

    Raises
    ------
    BadInput
        If a share, a number or a standard cannot be.

    Notes
    -----
    standard = available time / minutes of one unit; need = sum(done / standard) x CAF + IAF with
    CAF = 1 / (1 - category) and IAF = individual / available time. Source: World Health
    Organization, Workload Indicators of Staffing Need, user's manual, 2010.

    Examples
    --------
    >>> year = Year(52, 5, 12, 11, 10, 3, 24, 8)
    >>> found = need({"visit": 9600}, {"visit": 15}, year, category=0.25, individual=160)
    >>> round(found.basic, 2), round(found.category, 3), found.individual, round(found.people, 2)
    (1.5, 1.333, 0.1, 2.1)
    """
    if not 0 <= category < 1 or individual < 0:
        raise BadInput(
            what=f"a category allowance of {category:g} and individual allowances of {individual:g} hours cannot be; the first is a share below 1"
        )
    hours = available_hours(year)
    basic = 0.0
    for activity, each in minutes.items():
        if each <= 0:
            raise BadInput(what=f"one {activity} takes {each:g} minutes; write more than 0")
        count = done.get(activity, 0.0)
        if not count >= 0:
            raise BadInput(what=f"{count:g} of {activity} in a year cannot be")
        basic += count * each / (60 * hours)
    factor = 1 / (1 - category)
    extra = individual / hours
    return Need(basic, factor, extra, basic * factor + extra)


def ratio(have: float, needed: float) -> float | None:
    """Return have / need: below 1 is pressure; None where the work needs nobody.

    >>> ratio(2, 2.5), ratio(1, 0)
    (0.8, None)
    """
    return have / needed if needed > 0 else None
