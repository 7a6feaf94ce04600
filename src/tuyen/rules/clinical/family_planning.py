"""Methods of contraception, and who counts as a user."""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from tuyen.rules.loader import load, value

_FILE = "clinical/family_planning"


class Method(NamedTuple):
    """``sex``: 1 men, 2 women, 0 both. ``days``: how long one supply lasts; None: for good."""

    key: str
    name: Mapping[str, str]
    modern: bool
    sex: int
    days: int | None


@cache
def methods() -> Mapping[str, Method]:
    """Every method, by key."""
    return {
        key: Method(key, one["name"], one["modern"], one["sex"], one["days"] or None)
        for key, one in load(_FILE)["methods"].items()
    }


def words(part: str) -> Mapping[str, Mapping[str, str]]:
    """Names of "stop_reasons" or "side_effects": key -> names."""
    said: Mapping[str, Mapping[str, str]] = load(_FILE)[part]
    return said


def grace_days(on: datetime.date) -> int:
    """How long after its supply a user is still counted."""
    values = load(_FILE)["grace_days"]["values"]
    return int(value(values, max(on, values[0]["from"])))


def ages(on: datetime.date) -> tuple[int, int]:
    """First and last year of age of the women who are the denominator."""
    values = load(_FILE)["modern_ages"]["values"]
    first, last = value(values, max(on, values[0]["from"]))
    return int(first), int(last)
