"""What holds when a record is opened in an emergency."""

from dataclasses import dataclass
from datetime import date

from tuyen.rules import load, value


@dataclass(frozen=True, slots=True)
class BreakGlass:
    """The rule on one day."""

    minutes: int
    review_days: int
    case_days: int
    fields: frozenset[str]


def break_glass(on: date) -> BreakGlass:
    """The rule in force on a day.

    >>> break_glass(date(2026, 10, 25)).minutes
    30
    """
    raw = load("access/break_glass")
    held = {name: value(raw[name]["values"], on) for name in raw}
    return BreakGlass(
        int(held["minutes"]),
        int(held["review_days"]),
        int(held["case_days"]),
        frozenset(held["fields"]),
    )
