"""What of a visit stands apart, by the rule ``clinical/sensitive``."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from tuyen.rules.clinical.programme import programmes
from tuyen.rules.loader import load
from tuyen.rules.supply.medicines import medicine


def kind_of(code: str) -> str:
    """Of which sensitive kind an ICD-10 code is; "" where it is of none.

    >>> kind_of("B20"), kind_of("F32.1"), kind_of("I10")
    ('hiv', 'mental', '')
    """
    return _kind(code)


@cache
def _kind(code: str) -> str:
    for kind, first, last in _ranges():
        if first <= code[: len(first)] <= last and len(code) >= len(first):
            return kind
    return ""


@cache
def _ranges() -> tuple[tuple[str, str, str], ...]:
    found = []
    for kind, rule in _rule()["kinds"].items():
        for entry in rule["codes"]:
            first, _, last = entry.partition("-")
            found.append((kind, first, last or first))
    return tuple(found)


def programme_apart(programme: str) -> bool:
    """Whether what a programme's form asks stands apart."""
    held = programmes().get(programme)
    return programme in _rule()["programmes"] or bool(held and held.sensitive)


def item_apart(item: str) -> bool:
    """Whether a medicine would tell what stands apart."""
    known = medicine(item)
    return known is not None and known.sensitive


def service_apart(code: str) -> bool:
    return code.startswith(tuple(_rule()["services"]))


def paper_apart(fields: Mapping[str, str]) -> bool:
    """Whether what is written on a paper tells what stands apart."""
    marks = tuple(_rule()["papers"])
    return any(text.strip() and name.startswith(marks) for name, text in fields.items())


def right() -> str:
    """The right by which it is read, with its purpose."""
    return str(_rule()["right"])


def texts() -> tuple[str, ...]:
    """Free words that stand apart with the rest."""
    return tuple(_rule()["texts"])


def _rule() -> Mapping[str, Any]:
    held: Mapping[str, Any] = load("clinical/sensitive")
    return held
