"""What people at work have to be able to do, what upper hospitals pass on, and how a course counts."""

import datetime
from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from tuyen.rules.loader import dated, load
from tuyen.rules.workforce.words import Names

_FILE = "workforce/learning"


class Competence(NamedTuple):
    """Counts ``months`` (0: for good); of ``cadres``, ``least`` of a station, or everybody (0)."""

    months: int
    cadres: frozenset[str]
    least: int
    weight: float


class Technique(NamedTuple):
    """Counts ``months`` after it was signed off, upon ``cases`` supervised; opens ``services``."""

    months: int
    cases: int
    wanted: bool
    services: tuple[str, ...]


class Counting(NamedTuple):
    """``attended``: the share of hours that a certificate asks for; weights of hours behind, of a
    licence that ends, of a technique that lacks and of who was put forward; ``fair``: what a further seat of a unit keeps
    of its weight; ``licence_days``: how long before its end a licence is a need."""

    attended: float
    behind: float
    licence: float
    technique: float
    asked: float
    fair: float
    licence_days: int


def competence_names() -> Names:
    return _list("competences")


def technique_names() -> Names:
    return _list("techniques")


def service_names() -> Names:
    return _list("services")


def funding() -> Names:
    """Where the money of a course comes from."""
    return _list("funding")


@cache
def competences() -> Mapping[str, Competence]:
    """The declared competences and who needs them."""
    return {
        key: Competence(
            int(one["months"]), frozenset(one["cadres"]), int(one["least"]), float(one["weight"])
        )
        for key, one in load(_FILE)["competences"].items()
    }


@cache
def techniques() -> Mapping[str, Technique]:
    """The declared techniques; one that is not of the list counts for ``UNLISTED``."""
    return {
        key: Technique(
            int(one["months"]), int(one["cases"]), bool(one["wanted"]), tuple(one["services"])
        )
        for key, one in load(_FILE)["techniques"].items()
    }


UNLISTED = Technique(36, 1, False, ())
"""A technique that is written in words: three years, one supervised case at least."""


def counting(on: datetime.date) -> Counting:
    """How courses count and needs weigh on a day."""
    values = load(_FILE)["counting"]["values"]
    told: Mapping[str, Any] = (dated(values, on) or values[0])["value"]
    return Counting(**told)


def later(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months later; the first of the next month where there is none."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return day.replace(year=day.year + years, month=month + 1)
    except ValueError:
        return datetime.date(day.year + years + (month + 1) // 12, (month + 1) % 12 + 1, 1)


def _list(name: str) -> Names:
    found: Any = load(_FILE)[name]
    return found
