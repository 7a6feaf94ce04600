"""Measures of a visit: their unit, what cannot be, what is unlikely, what calls for action."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from tuyen.rules.loader import BadRule, load

LANGUAGES = ("vi", "en", "zh")


class Band(NamedTuple):
    """Values from ``low`` to ``high``, both among them, at ages in months [first, last)."""

    first: int
    last: int | None
    low: Decimal
    high: Decimal


class Limit(NamedTuple):
    """From this value on something is to be done at once: what, says ``say``.

    ``above`` holds at the value and over it, ``below`` only under it. ``pregnant``: of pregnant
    women only. ``instead_of``: the words of a lesser degree, which are left out beside these.
    """

    above: Decimal | None
    below: Decimal | None
    first: int
    last: int | None
    pregnant: bool
    say: str
    instead_of: str = ""


class Measure(NamedTuple):
    """One thing that is measured."""

    code: str
    names: Mapping[str, str]
    unit: str
    decimals: int
    low: Decimal  # below it nothing is taken
    high: Decimal
    believable: tuple[Band, ...]
    critical: tuple[Limit, ...]

    def name(self, language: str = "en") -> str:
        return self.names.get(language) or self.names["en"]

    def band(self, months: int) -> tuple[Decimal, Decimal]:
        """What is believed without asking, at an age in months."""
        for band in self.believable:
            if band.first <= months and (band.last is None or months < band.last):
                return band.low, band.high
        return self.low, self.high


@cache
def measures() -> dict[str, Measure]:
    """Every measure by its code, in the order of the list."""
    held = load("clinical/measures")["measures"]
    return {
        code: _measure(code, {**held.get(rule.get("like", ""), {}), **rule})
        for code, rule in held.items()
    }


def measure(code: str) -> Measure | None:
    return measures().get(code)


def says() -> Mapping[str, Mapping[str, str]]:
    """What is to be done, by key and language (vi, en, zh)."""
    held: Mapping[str, Mapping[str, str]] = load("clinical/measures")["says"]
    return held


def _measure(code: str, rule: Mapping[str, Any]) -> Measure:
    low, high = (_exact(value) for value in rule["possible"])
    bands = tuple(
        Band(*_months(band), _exact(band["low"]), _exact(band["high"]))
        for band in rule["believable"]
    )
    limits = tuple(_limit(code, limit) for limit in rule.get("critical", ()))
    names = {language: rule[language] for language in LANGUAGES}
    return Measure(code, names, rule["unit"], rule["decimals"], low, high, bands, limits)


def _limit(code: str, rule: Mapping[str, Any]) -> Limit:
    words = load("clinical/measures")["says"]
    for key in filter(None, (rule["say"], rule.get("instead_of"))):
        if key not in words:
            raise BadRule(f"clinical/measures: {code} says {key}, which has no words")
    above, below = rule.get("above"), rule.get("below")
    return Limit(
        None if above is None else _exact(above), None if below is None else _exact(below),
        *_months(rule), rule.get("state") == "pregnant", rule["say"],
        rule.get("instead_of", ""),
    )  # fmt: skip


def _months(rule: Mapping[str, Any]) -> tuple[int, int | None]:
    first, last = rule.get("months", (0, None))
    return first, last


def _exact(value: float) -> Decimal:
    return Decimal(str(value))
