"""The provincial indicators, as dated data: what each is, what it aims at, what others reached."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NamedTuple

from tuyen.rules.loader import load, value

Words = Mapping[str, str]  # by language: en, vi, zh


class Definition(NamedTuple):
    """How an indicator is made for periods that end on ``since`` or later."""

    since: date
    words: Words
    source: Words
    confidence: str
    verified: bool


class Goal(NamedTuple):
    """A value to be reached by a day. ``beyond``: more than it (or less, where less is better)."""

    by: date
    value: Decimal
    beyond: bool
    source: Words
    verified: bool


class Reference(NamedTuple):
    """What one place reached in the period that begins on a day. Never to be averaged."""

    place: Words
    since: date
    value: Decimal
    qualifier: Literal["exact", "at-least", "about"]
    source: Words
    confidence: str
    verified: bool


class Indicator(NamedTuple):
    """An indicator. ``per`` is what its parts are multiplied by; None where it has no parts."""

    code: str
    name: Words
    measure: Literal["count", "percent", "rate"]
    unit: str
    per: int | None
    may_exceed: bool
    signed: bool
    lower_is_better: bool
    accumulates: bool  # over a year, from zero
    whole: bool  # counts what cannot be divided
    definitions: tuple[Definition, ...]
    goals: tuple[Goal, ...]
    references: tuple[Reference, ...]

    def definition(self, on: date) -> Definition | None:
        """The definition for a period that ends on a day; None before the first."""
        past = [one for one in self.definitions if one.since <= on]
        return past[-1] if past else None

    def goal(self, on: date) -> Goal | None:
        """The next goal from a day on, or the last one set."""
        ahead = [goal for goal in self.goals if goal.by >= on]
        return (ahead or self.goals[-1:] or [None])[0]  # type: ignore[list-item]


@cache
def indicators() -> Mapping[str, Indicator]:
    """Every indicator by its code, in the order of the rule file."""
    return {code: _indicator(code, raw) for code, raw in _rule()["indicators"].items()}


def indicator(code: str) -> Indicator | None:
    return indicators().get(code)


def unit_words(unit: str) -> Words:
    """The words of a unit of measure ("per-10000"); its code where it is not on the list."""
    words: Words = _rule()["units"].get(unit) or {"en": unit}
    return words


def said(words: Words, language: str) -> str:
    """Words in a language of the screens (vi, en, zh-hans), else in English."""
    return words.get({"zh-hans": "zh"}.get(language, language)) or words["en"]


def completeness_gap(on: date) -> Decimal:
    """The share of 1 by which completeness may differ before a comparison is flagged."""
    points = value(load("indicators/comparison")["completeness_gap"]["values"], on)
    return _decimal(points if points is not None else 5) / 100


def _rule() -> Mapping[str, Any]:
    rule: Mapping[str, Any] = load("indicators/definitions")
    return rule


_WORDS = {"measure": ("count", "percent", "rate")}
_FLAGS = ("may_exceed", "signed", "lower_is_better", "accumulates", "whole")
_KNOWN = {"name", "unit", "per", "definition", "goals", "references", *_WORDS, *_FLAGS}
_MOST_PER = 1_000_000


def _check(code: str, raw: Mapping[str, Any]) -> None:
    """An indicator is words of a closed list and numbers: nothing in it is computed or run."""
    wrong = sorted(set(raw) - _KNOWN)
    wrong += [name for name, words in _WORDS.items() if raw.get(name) not in words]
    wrong += [name for name in _FLAGS if not isinstance(raw.get(name, False), bool)]
    per = raw.get("per")
    if per is not None and (type(per) is not int or not 1 <= per <= _MOST_PER):
        wrong.append("per")
    if wrong:
        raise ValueError(
            f"indicators/definitions.yaml: {code} has {', '.join(wrong)}, which it cannot have;"
            f" known are {', '.join(sorted(_KNOWN))}, measure one of {', '.join(_WORDS['measure'])},"
            f" per a whole number up to {_MOST_PER}, the rest true or false"
        )


def _indicator(code: str, raw: Mapping[str, Any]) -> Indicator:
    _check(code, raw)
    return Indicator(
        code=code,
        name=raw["name"],
        measure=raw["measure"],
        unit=raw["unit"],
        per=raw.get("per"),
        may_exceed=raw.get("may_exceed", False),
        signed=raw.get("signed", False),
        lower_is_better=raw.get("lower_is_better", False),
        accumulates=raw.get("accumulates", False),
        whole=raw.get("whole", False),
        definitions=tuple(
            Definition(e["from"], e["value"], _source(e), e["confidence"], e.get("verified", False))
            for e in raw["definition"]["values"]
        ),
        goals=tuple(
            Goal(e["from"], _decimal(e["value"]), e.get("beyond", False), _source(e),
                 e.get("verified", False))
            for e in raw.get("goals", {}).get("values", ())
            if e["value"] is not None
        ),
        references=tuple(
            Reference(_rule()["places"][place], e["from"], _decimal(e["value"]),
                      e.get("qualifier", "exact"), _source(e), e["confidence"],
                      e.get("verified", False))
            for place, held in raw.get("references", {}).items()
            for e in held["values"]
            if e["value"] is not None
        ),
    )  # fmt: skip


def _source(entry: Mapping[str, Any]) -> Words:
    """The act (the same in every language) or the article that an entry names by its key."""
    source = entry["source"]
    source = _rule()["sources"][source] if isinstance(source, str) else source
    words: Words = source["article"] if "act" not in source else {"en": source["act"]}
    return words


def _decimal(number: Any) -> Decimal:
    return Decimal(str(number))


__all__ = [
    "Definition", "Goal", "Indicator", "Reference", "completeness_gap", "indicator",
    "indicators", "said", "unit_words",
]  # fmt: skip
