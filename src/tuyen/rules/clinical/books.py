"""The books of a station that follow from visits, by the rule ``clinical/books``."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from tuyen.rules.loader import BadRule, load

LANGUAGES = ("vi", "en", "zh")
SOURCES = {"visits", "births", "contraception", "deaths", "doses", "talks", "advice"}
CLOSED_BY = 3
"""The version of the closing of a month that freezes every book there is."""
Names = Mapping[str, str]
_SAID = (*LANGUAGES, "people", "reached")


class Field(NamedTuple):
    """A column of a book. ``named``: it tells whose visit it was, and leaves in no file."""

    code: str
    names: Names
    named: bool


class Figure(NamedTuple):
    """A number counted from a book: the visits, or the people, for which all of ``of`` holds; with
    ``reached`` the people whom those lines speak of without naming them."""

    code: str
    names: Names
    people: bool
    of: Mapping[str, Any]
    reached: bool = False


class Book(NamedTuple):
    """One book: which visits stand in it (``of``) and which other ``lines``, its columns and figures.
    ``sources`` are visits, births (a line for each child), contraception, deaths, doses, talks and advice
    (a line for each day); without visits none stands in it. ``since``: the version of the closing that freezes its figures."""

    code: str
    names: Names
    apart: bool
    of: Mapping[str, Any]
    columns: tuple[Field, ...]
    figures: tuple[Figure, ...]
    sources: tuple[str, ...] = ("visits",)
    lines: Mapping[str, Any] = {}
    since: int = 1


@cache
def books() -> dict[str, Book]:
    """Every book by its code, in the order of the rule."""
    held = load("clinical/books")
    fields = {code: _field(code, rule) for code, rule in held["fields"].items()}
    return {code: _book(code, rule, fields) for code, rule in held["books"].items()}


def _field(code: str, rule: Mapping[str, Any]) -> Field:
    return Field(code, _names(rule), bool(rule.get("named")))


def _book(code: str, rule: Mapping[str, Any], fields: Mapping[str, Field]) -> Book:
    lacking = [name for name in rule["columns"] if name not in fields]
    if lacking:
        raise BadRule(f"clinical/books: {code} has columns that are no field: {', '.join(lacking)}")
    figures = tuple(
        Figure(
            name, _names(figure), bool(figure.get("people")),
            {key: value for key, value in figure.items() if key not in _SAID},
            bool(figure.get("reached")),
        )
        for name, figure in rule["figures"].items()
    )  # fmt: skip
    columns = tuple(fields[name] for name in rule["columns"])
    sources = tuple(rule.get("sources", ("visits",)))
    if wrong := set(sources) - SOURCES:
        raise BadRule(f"clinical/books: {code} has sources that are none: {', '.join(wrong)}")
    apart = bool(rule.get("apart"))
    return Book(
        code, _names(rule["names"]), apart, rule["of"], columns, figures, sources,
        rule.get("lines", {}), rule.get("since", 1),
    )  # fmt: skip


def _names(rule: Mapping[str, Any]) -> Names:
    return {language: rule[language] for language in LANGUAGES}
