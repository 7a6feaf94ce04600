"""JSON as it was written: decimals with their zeros, and keys that stand twice."""

import json
from decimal import Decimal
from typing import Any

from tuyen.engines.exchange.fhir.problems import Problem
from tuyen.kernel.refusal import N_


class Doubled(dict[str, Any]):
    """An object in which keys stood twice; the last value counts, as JSON readers do."""

    doubled: tuple[str, ...] = ()


def parse(raw: bytes | str) -> tuple[Any, list[Problem]]:
    """The tree of a JSON text, and why not where there is none.

    Numbers with a point or an exponent become decimals of exactly their digits.
    """
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [_unreadable(N_("The text is not UTF-8 at byte {byte}."), byte=error.start)]
    try:
        return _read(text), []
    except json.JSONDecodeError as error:
        said = N_("This is not JSON: {what} in line {line}, column {column}.")
        return None, [_unreadable(said, what=error.msg, line=error.lineno, column=error.colno)]
    except RecursionError:
        return None, [_unreadable(N_("Objects stand inside one another too deeply."))]
    except ValueError as error:
        return None, [_unreadable(N_("This is not JSON: {what}."), what=error)]


def _read(text: str) -> Any:
    return json.loads(
        text, parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_object
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _value in pairs]
    twice = Doubled(found)
    twice.doubled = tuple(key for key in found if keys.count(key) > 1)
    return twice


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _unreadable(message: str, **values: Any) -> Problem:
    return Problem("error", "structure", "json", "", message, values)
