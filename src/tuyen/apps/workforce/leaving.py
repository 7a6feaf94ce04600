"""How many days of leave are left, and how many working days lie in some days away."""

from collections.abc import Iterable
from datetime import date, timedelta

from tuyen.rules import workforce as rules
from tuyen.rules.calendar import UnknownYear, working_days


def working(since: date, until: date) -> int:
    """Working days of a span, half-open; without a calendar of the year, Monday to Friday."""
    if until <= since:
        return 0
    try:
        return working_days(since, until - timedelta(days=1))
    except UnknownYear:
        days = (since + timedelta(days=n) for n in range((until - since).days))
        return sum(day.isoweekday() < 6 for day in days)


def leave_left(
    rule: rules.Leave, since: date, year: int, taken: Iterable[tuple[date, date]]
) -> int:
    """Days of yearly leave that somebody who came on ``since`` has left in a year; never below zero."""
    start, end = date(year, 1, 1), date(year + 1, 1, 1)
    used = sum(working(max(a, start), min(b, end)) for a, b in taken)
    return max(0, rule.earned(since, year) - used)
