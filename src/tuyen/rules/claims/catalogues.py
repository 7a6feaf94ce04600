"""What the lines of a facility's catalogues hold, and whether a value may stand there."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import NamedTuple

from tuyen.rules.loader import load

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?")
KINDS = ("facility", "drug", "service", "practitioner")


class Field(NamedTuple):
    """A field of a line: the field of the claim that it fills, and what may stand in it."""

    name: str
    fills: str
    needed: bool
    default: str
    size: int
    kind: str
    form: str
    codes: tuple[str, ...]
    words: Mapping[str, str]


class Catalogue(NamedTuple):
    """A catalogue: what its lines are known by ("" where it has one line), and their fields."""

    kind: str
    key: str
    words: Mapping[str, str]
    fields: Mapping[str, Field]


@cache
def catalogues() -> Mapping[str, Catalogue]:
    """The catalogues by kind."""
    held = load("claims/catalogues")["catalogues"]
    return {
        kind: Catalogue(
            kind, told["key"], _words(told),
            {name: _field(name, field) for name, field in told["fields"].items()},
        )
        for kind, told in held.items()
    }  # fmt: skip


def completed(kind: str, values: Mapping[str, str]) -> dict[str, str]:
    """The values of a line with the defaults where it says nothing."""
    fields = catalogues()[kind].fields
    defaults = {name: field.default for name, field in fields.items() if field.default}
    return defaults | {name: value for name, value in values.items() if value}


def fault(field: Field, value: str) -> str | None:
    """What was expected of a value that may not stand in a field; None if it may."""
    if field.codes and value not in field.codes:
        return ", ".join(field.codes[:12])
    if field.kind in ("price", "percent"):
        try:
            number = Decimal(value) if _NUMBER.fullmatch(value) else None
        except InvalidOperation:
            number = None
        if number is None:
            return "36500.5"
        return "0..100" if field.kind == "percent" and number > 100 else None
    if field.form and not re.fullmatch(_form(field.form), value):
        return _form(field.form)
    return f"<= {field.size}" if len(value) > field.size else None


def _field(name: str, told: Mapping[str, object]) -> Field:
    codes = str(told.get("list", ""))
    return Field(
        name, str(told["field"]), bool(told.get("need", False)), str(told.get("default", "")),
        int(str(told.get("size", 255))), str(told.get("kind", "text")), str(told.get("form", "")),
        _codes(codes) if codes else (), _words(told),
    )  # fmt: skip


def _codes(named: str) -> tuple[str, ...]:
    if "|" in named:
        return tuple(named.split("|"))
    if named == "ethnic":
        return tuple(row["code"] for row in load("registry/ethnic_groups"))
    return tuple(dict.fromkeys(row["code"] for row in load("claims/lists") if row["list"] == named))


def _form(name: str) -> str:
    return str(load("claims/forms")["forms"][name])


def _words(told: Mapping[str, object]) -> Mapping[str, str]:
    return {language: str(told[language]) for language in ("vi", "en", "zh")}
