"""How much of what is kept of named people one account may read within an hour."""

from datetime import date

from tuyen.rules import load, value


def rows_per_hour(on: date) -> int:
    """The rule in force on a day.

    >>> rows_per_hour(date(2026, 10, 25))
    20000
    """
    return int(value(load("access/bulk_read")["rows_per_hour"]["values"], on))
