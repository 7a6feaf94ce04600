"""What a reader of codes types at the desk: a citizen card, an insurance card, or a bare number.

The square code of a citizen card holds one line of parts between bars: personal number, number of
the old identity card, name, birth date as ddmmyyyy, sex, address, day of issue; cards since July
2024 add parts after these. That of an insurance card holds the card number, the name and the
address as UTF-8 bytes in hexadecimal digits, the birth date, the sex as 1 or 2, the facility of
first care, and the days of its validity, and ends with a dollar sign. Neither is published as a
specification; both are read here by their structure, and a part that is not understood is left
empty, because a person at the desk reads the card as well.
"""

import re
import unicodedata
from datetime import date
from typing import Literal, NamedTuple

EARLIEST = 1900  # nobody alive was born before; a card that says so was misread
MOST = 2_000  # characters: a code of this kind has about 200
_CARD = re.compile(r"[A-Z]{2}[1-5]\d{12}")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Scanned(NamedTuple):
    """What was on the card. ``number`` is a personal number (12 digits); ``card`` an insurance card
    or number. ``sex`` is 1 male, 2 female, 3 not told. ``precision`` is how much of the birth date
    the card told: day, month or year; the rest is 1. ``odd`` names parts that cannot be true."""

    kind: Literal["citizen", "insurance", "number"]
    number: str = ""
    old_number: str = ""
    card: str = ""
    name: str = ""
    born_on: date | None = None
    precision: Literal["day", "month", "year"] = "day"
    sex: int = 3
    address: str = ""
    since: date | None = None
    until: date | None = None
    facility: str = ""
    odd: tuple[str, ...] = ()


def read(text: str) -> Scanned | None:
    """What a line holds, or None when it is none of these: then it is letters of a name.

    >>> read("011087001234|045123456|Lò Văn Páo|05061987|Nam|Bản Huổi Lèng, xã X|01072021").name
    'Lò Văn Páo'
    >>> read("0110 8700 1234").number, read("pao")
    ('011087001234', None)
    """
    text = unicodedata.normalize("NFC", text.strip())[:MOST]
    parts = [part.strip() for part in text.split("|")]
    if len(parts) >= 6 and re.fullmatch(r"\d{12}", parts[0]):
        return _citizen(parts)
    head = parts[0].replace(" ", "").upper()
    if len(parts) >= 6 and (_CARD.fullmatch(head) or re.fullmatch(r"\d{10}", head)):
        return _insurance(head, parts)
    bare = re.sub(r"[\s.-]", "", text).upper()
    if re.fullmatch(r"\d{12}", bare):
        return Scanned("number", number=bare)
    if re.fullmatch(r"\d{8,11}", bare) or _CARD.fullmatch(bare):
        return Scanned("number", card=bare)
    return None


def _citizen(parts: list[str]) -> Scanned:
    born, precision = _born(parts[3])
    odd = ("born_on",) if born is None or born.year < EARLIEST else ()
    old = parts[1] if re.fullmatch(r"\d{9}|\d{12}", parts[1]) else ""
    return Scanned(
        "citizen", number=parts[0], old_number=old, name=" ".join(parts[2].split()),
        born_on=None if odd else born, precision=precision, sex=_sex(parts[4]), address=parts[5],
        odd=odd,
    )  # fmt: skip


def _insurance(card: str, parts: list[str]) -> Scanned:
    parts = [*parts, *[""] * (8 - len(parts))]
    born, precision = _born(parts[2])
    odd = ("born_on",) if born is None or born.year < EARLIEST else ()
    since, until = _born(parts[6])[0], _born(parts[7])[0]
    return Scanned(
        "insurance", card=card, name=_hexadecimal(parts[1]), born_on=None if odd else born,
        precision=precision, sex=_sex(parts[3]), address=_hexadecimal(parts[4]), since=since,
        until=until, facility=re.sub(r"\D", "", parts[5])[:5], odd=odd,
    )  # fmt: skip


def _hexadecimal(text: str) -> str:
    """``4cc3b2`` is Lò; what is no hexadecimal text is taken as it stands."""
    try:
        told = bytes.fromhex(text).decode("utf-8")
    except ValueError:
        told = text
    return " ".join(unicodedata.normalize("NFC", told).split())


def _born(text: str) -> tuple[date | None, Literal["day", "month", "year"]]:
    """A date as ddmmyyyy or dd/mm/yyyy; parts that are not known are 00 or left out."""
    text = text.strip()
    if match := _DAY.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    elif re.fullmatch(r"\d{8}", text):
        day, month, year = int(text[:2]), int(text[2:4]), int(text[4:])
    elif re.fullmatch(r"\d{4}", text):
        day, month, year = 0, 0, int(text)
    else:
        return None, "day"
    precision: Literal["day", "month", "year"] = "day" if day else "month" if month else "year"
    try:
        return date(year, month or 1, day or 1), precision
    except ValueError:
        return None, "day"


def _sex(text: str) -> int:
    plain = text.casefold()
    return 1 if plain in ("nam", "1", "m") else 2 if plain in ("nữ", "nu", "2", "f") else 3
