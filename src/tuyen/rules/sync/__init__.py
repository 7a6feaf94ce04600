"""How much a tablet may send in a day, and for how long it keeps what was confirmed."""

from datetime import date
from typing import NamedTuple

from tuyen.rules import loader


class Limits(NamedTuple):
    """Limits in force on a day."""

    operations: int
    megabytes: int
    kept_days: int


def limits(on: date) -> Limits:
    """The limits of a day; a value that is repealed sets no limit of its kind."""
    raw = loader.load("sync/limits")
    names = ("operations_a_day", "megabytes_a_day", "confirmed_kept")
    found = [loader.value(raw[name]["values"], on) for name in names]
    operations, megabytes, days = found
    no_limit = 2**31
    return Limits(
        no_limit if operations is None else operations,
        no_limit if megabytes is None else megabytes,
        days or 0,  # 0: for ever
    )
