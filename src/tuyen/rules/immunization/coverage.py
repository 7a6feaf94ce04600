"""What coverage is counted of."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from tuyen.rules.loader import dated, load
from tuyen.rules.registry.lists import Names


class Counted(NamedTuple):
    """So many valid doses against an antigen before an age ("12 months")."""

    code: str
    antigen: str
    dose: int
    by: str
    names: Names


@lru_cache(maxsize=8)
def counted(on: date) -> dict[str, Counted]:
    """What is counted on a day, by code, in the order of the schedule."""
    values = load("immunization/coverage")["counted"]["values"]
    entry = dated(values, max(on, values[0]["from"]))
    assert entry is not None
    return {
        code: Counted(code, one["antigen"], int(one["dose"]), one["by"], Names(**one["names"]))
        for code, one in entry["value"].items()
    }


def newborn_days(on: date) -> int:
    """Days after birth within which a first stay counts as being born there."""
    values = load("immunization/coverage")["newborn"]["values"]
    entry = dated(values, max(on, values[0]["from"]))
    assert entry is not None
    return int(entry["value"])
