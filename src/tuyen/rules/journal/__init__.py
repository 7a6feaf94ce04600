"""How many backups are kept."""

from datetime import date
from typing import NamedTuple

from tuyen.rules import loader


class Keep(NamedTuple):
    """Backups kept of days, weeks and months."""

    daily: int
    weekly: int
    monthly: int


def keep(on: date) -> Keep:
    """The rule of a day; a value that is repealed keeps none of its kind."""
    raw = loader.load("journal/backups")
    return Keep(*(loader.value(raw[name]["values"], on) or 0 for name in Keep._fields))
