"""The forms of primitive values, by the regular expressions of the standard.

Dates, codes and ids are searched with shorter expressions that accept the same texts in two thirds of
the time; a test holds them beside the standard's own.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

SMALLEST, LARGEST = -(2**31), 2**31 - 1
LEAST = {"positiveInt": 1, "unsignedInt": 0}
FREE = frozenset({"string", "markdown", "xhtml"})
"""Texts of any form that are not empty."""

_DAY = r"(?!0000)[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]++)?"
_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
SHORTER = {
    "date": _DAY + ")?)?",
    "dateTime": _DAY + f"(?:T{_CLOCK}{_ZONE})?)?)?",
    "instant": r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    + f"T{_CLOCK}{_ZONE}",
    "time": _CLOCK,
    "code": r"\S+(?:\s\S+)*",
    "id": r"[A-Za-z0-9\-.]{1,64}",
    # The standard's lets "=" stand anywhere and a part be cut short.
    "base64Binary": r"\s*(?:(?:[0-9a-zA-Z+/]\s*){4})*+"
    r"(?:(?:[0-9a-zA-Z+/]\s*){2}(?:=\s*){2}|(?:[0-9a-zA-Z+/]\s*){3}=\s*)?",
}
EMPTY_TOO = r"\S*"
"""The standard's form of addresses would take an empty text; no primitive may be empty."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""No text has these; in JSON they can only stand as escapes."""
PRINTABLE = r"^[!-~]+\Z|"
"""Most addresses and codes are plain ASCII: tried first, in half the time."""


class Forms:
    """What a primitive's JSON value and text must look like.

    >>> forms = Forms({"date": {"json": "Date", "regex": ""}})
    >>> forms.fits("date", "2026-02"), forms.fits("date", "02/2026")
    (True, False)
    """

    def __init__(self, primitives: Mapping[str, Mapping[str, str]]) -> None:
        self.json = {name: stated["json"] for name, stated in primitives.items()}
        self.texts = {
            name: self._pattern(name, stated["regex"])
            for name, stated in primitives.items()
            if stated["json"] not in ("Boolean", "Integer", "Decimal")
        }
        """The whole expression of each primitive that is a text; empty where any text will do."""
        self._compiled = {name: re.compile(text) for name, text in self.texts.items() if text}

    @staticmethod
    def _pattern(name: str, stated: str) -> str:
        if name in FREE:
            return ""
        form = SHORTER.get(name, r"\S+" if stated == EMPTY_TOO else stated)
        first = PRINTABLE if stated == EMPTY_TOO or name == "code" else ""
        return rf"{first}^(?:{form})\Z"

    def kind(self, name: str, value: Any) -> bool:
        """Whether the JSON value is of the right kind: a text, a number, a whole number, a truth."""
        wanted = self.json[name]
        if wanted == "Boolean":
            return isinstance(value, bool)
        if wanted == "Integer":
            return isinstance(value, int) and not isinstance(value, bool)
        if wanted == "Decimal":
            return isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        return isinstance(value, str)

    def fits(self, name: str, value: Any) -> bool:
        """Whether a value of the right kind has the right form."""
        wanted = self.json[name]
        if wanted == "Integer":
            return LEAST.get(name, SMALLEST) <= value <= LARGEST
        if wanted in ("Boolean", "Decimal"):
            return True
        if _CONTROL.search(value):
            return False
        compiled = self._compiled.get(name)
        return bool(compiled.search(value)) if compiled else bool(value)
