"""Single values of a claim: whether they are written as their kind asks, and what they mean.

Every function is pure and cached where the same text comes by the thousand. A text that is not what
it should be has the meaning None; saying so is the affair of the field's own rule.
"""

import re
from calendar import monthrange
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Wide enough for a product of the widest quantity, price and two rates."""

_NUMBER = re.compile(r"[0-9]{1,24}(?:\.[0-9]{1,6})?")
_CENT = Decimal("0.01")

DECIMALS = {"count": 0, "quantity": 3, "price": 3, "money": 2, "percent": 2, "weight": 2}
"""Most decimals of each kind of number."""

NUMBERS = frozenset(DECIMALS)
MOMENTS = frozenset({"date", "moment", "birth", "day"})


@lru_cache(200_000)
def number(text: str) -> Decimal | None:
    """A number without sign, exponent or comma; None for anything else.

    >>> number("115.5"), number("62,5"), number("-1")
    (Decimal('115.5'), None, None)
    """
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def decimals(text: str) -> int:
    """How many digits follow the point.

    >>> decimals("55.10"), decimals("55")
    (2, 0)
    """
    return len(text.partition(".")[2])


@lru_cache(50_000)
def is_date(text: str) -> bool:
    """Whether ``text`` is a day, yyyymmdd.

    >>> is_date("20260229"), is_date("20240229")
    (False, True)
    """
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return False
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    return 1850 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def is_moment(text: str) -> bool:
    """Whether ``text`` is a minute, yyyymmddHHMM.

    >>> is_moment("202610150931"), is_moment("202610152460")
    (True, False)
    """
    return (
        len(text) == 12 and is_date(text[:8]) and text[8:].isdigit() and text[8:] < "2400"
    ) and text[10:] < "60"


def is_birth(text: str) -> bool:
    """A minute of birth; an unknown day, or day and month, and an unknown hour are written as 0.

    >>> is_birth("195500000000"), is_birth("195513010000")
    (True, False)
    """
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        return False
    month, day = text[4:6], text[6:8]
    if month == "00":
        return day == "00" and is_moment(f"{text[:4]}0101{text[8:]}")
    return is_moment(f"{text[:6]}{'01' if day == '00' else day}{text[8:]}")


def as_date(text: str) -> date:
    """The day of a text that `is_date`, or the first eight digits of a moment.

    An unknown month or day of birth counts as the first.
    """
    month, day = int(text[4:6]) or 1, int(text[6:8]) or 1
    return date(int(text[:4]), month, day)


def parts(text: str) -> list[str]:
    """The values of a ";" list.

    >>> parts("I10; E11.9;")
    ['I10', 'E11.9']
    """
    return [part.strip() for part in text.split(";") if part.strip()]


def half_up(value: Decimal | int) -> Decimal:
    """Two decimals, a half goes up: the amounts of a claim.

    >>> half_up(Decimal("0.125"))
    Decimal('0.13')
    """
    return Decimal(value).quantize(_CENT, ROUND_HALF_UP, EXACT)


def meanings(kind: str, texts: list[str]) -> list[Any]:
    """What values of a kind mean in a comparison: numbers, or their texts; None where one is not
    written as its kind asks."""
    if kind in NUMBERS:
        return list(map(number, texts))
    if kind in MOMENTS or kind == "dates":
        return [_dated(kind, text) for text in texts]
    return [text or None for text in texts]


@lru_cache(100_000)
def _dated(kind: str, text: str) -> str | None:
    return text if text and written_as(kind, text) else None


def written_as(kind: str, text: str) -> bool:
    """Whether a text, not blank, is written as its kind asks."""
    if kind in NUMBERS:
        return number(text) is not None and decimals(text) <= DECIMALS[kind]
    if kind == "date":
        return is_date(text)
    if kind == "moment":
        return is_moment(text)
    if kind == "birth":
        return is_birth(text)
    if kind == "day":
        return is_date(text) or is_moment(text)
    if kind == "dates":
        return bool(parts(text)) and all(is_date(part) for part in parts(text))
    if kind == "weights":
        return bool(parts(text)) and all(number(part) is not None for part in parts(text))
    return True
