"""Cells that are not dates: words, ages, numbers, telephones, codes; read by the column."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, NamedTuple

from tuyen.engines.exchange.cell_refusals import (
    AgeImpossible,
    AgeUnreadable,
    ChoiceUnknown,
    Icd10Unreadable,
    NumberDamaged,
    NumberOutOfRange,
    NumberUnreadable,
    PersonalIdUnreadable,
    PhoneSeveral,
    PhoneUnreadable,
    TextDamaged,
    TextTooLong,
)
from tuyen.engines.exchange.fields import word_key
from tuyen.engines.exchange.findings import Outcome, Parsed, read_each
from tuyen.engines.exchange.grid import Value
from tuyen.engines.exchange.tabular import Column
from tuyen.engines.exchange.words import is_blank, is_dash
from tuyen.kernel.text import fold

Unit = Literal["year", "month", "week", "day"]

LONGEST_TEXT = 4_000
OLDEST = 125  # years
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d{1,15})?[eE]\+?\d{1,2}")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[., ]\d{3})+(?:[.,]0{1,2})?")
_PLAIN = re.compile(r"[+-]?\d{1,15}(?:[.,]0{1,6})?")
_ICD10 = re.compile(r"([A-Z]\d\d)(?:[.,]?([0-9A-Z]{1,4}))?[*†+]?")
_PHONE_SIGNS = re.compile(r"[\s.\-()/'’]")
_SEVERAL = re.compile(r"\s*(?:[;/,\n]|\bvà\b|\bhoặc\b)\s*")


class Age(NamedTuple):
    """An age as it was given: "8 tháng" is 8 months, not 0 years."""

    number: int
    unit: Unit

    @property
    def years(self) -> int:
        """Completed years."""
        return self.number // {"year": 1, "month": 12, "week": 52, "day": 365}[self.unit]


def parse_text(column: Column, numbers: list[int], field: str = "") -> Parsed:
    """Text as it stands, in one line of single spaces. A cell of dashes is blank."""

    def read(cell: Value) -> Outcome:
        text = " ".join(shown(cell).split())
        if is_dash(text):
            return Outcome(None)
        if len(text) > LONGEST_TEXT:
            return Outcome(None, TextTooLong(count=len(text), limit=LONGEST_TEXT))
        if "\ufffd" in text:
            return Outcome(None, TextDamaged(value=text[:60]))
        return Outcome(text)

    return read_each(column, numbers, field, read)


def shown(cell: Value) -> str:
    """A cell as the person sees it: 12.0 is "12", a date is day/month/year."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime) and (cell.hour or cell.minute):
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return str(cell)


def parse_code(column: Column, numbers: list[int], field: str = "", *, width: int = 0) -> Parsed:
    """A code: text without spaces at its ends. Digits that lost zeros in front (a spreadsheet
    took the code for a number) get them back, up to ``width`` digits."""

    def read(cell: Value) -> Outcome:
        if is_blank(cell):
            return Outcome(None)
        text = shown(cell).strip("' ")
        if _is_damaged(text, cell):
            return Outcome(None, NumberDamaged(value=text[:60]))
        if len(text) > 100:
            return Outcome(None, TextTooLong(count=len(text), limit=100))
        if "\ufffd" in text:
            return Outcome(None, TextDamaged(value=text[:60]))
        return Outcome(text.zfill(width) if text.isdigit() else text)

    return read_each(column, numbers, field, read)


def _is_damaged(text: str, cell: Value) -> bool:
    """A long number that went through a spreadsheet's 15 digits or its display as 7.9E+11."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return abs(cell) >= 1e15
    return len(text) < 30 and _SCIENTIFIC.fullmatch(text) is not None


def parse_choice(
    column: Column,
    numbers: list[int],
    field: str = "",
    *,
    choices: Mapping[str, str],
    examples: str = "",
) -> Parsed:
    """A word from a closed list: ``choices`` maps each :func:`word_key` to its code.

    ``examples`` are the words to advise; the codes if it is empty.
    """
    wanted = examples or ", ".join(dict.fromkeys(choices.values()))

    def read(cell: Value) -> Outcome:
        text = {True: "yes", False: "no"}[cell] if isinstance(cell, bool) else shown(cell)
        code = choices.get(word_key(unicodedata.normalize("NFKC", text)))
        if code is not None:
            return Outcome(code)
        if is_blank(cell):
            return Outcome(None)
        return Outcome(None, ChoiceUnknown(value=text[:60], choices=wanted))

    return read_each(column, numbers, field, read)


def parse_integer(
    column: Column, numbers: list[int], field: str = "", *, lowest: int = 0, highest: int = 10**12
) -> Parsed:
    """A whole number; "1.234", "1,234" and "1 234" are 1234, "3,0" is 3."""

    def read(cell: Value) -> Outcome:
        if is_blank(cell):
            return Outcome(None)
        number = _whole(cell)
        if number is None:
            return Outcome(None, NumberUnreadable(value=shown(cell)[:60]))
        if not lowest <= number <= highest:
            refusal = NumberOutOfRange(value=shown(cell)[:60], lowest=lowest, highest=highest)
            return Outcome(None, refusal)
        return Outcome(number)

    return read_each(column, numbers, field, read)


def _whole(cell: Value) -> int | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return int(cell) if abs(cell) < 1e15 and cell == int(cell) else None
    if not isinstance(cell, str) or len(cell) > 40:
        return None
    text = unicodedata.normalize("NFKC", cell).strip("' ")
    if not text.isascii():
        return None
    if _GROUPED.fullmatch(text):
        whole = re.sub(r"[.,]0{1,2}$", "", text)
        return int(re.sub(r"[., ]", "", whole))
    if _PLAIN.fullmatch(text):
        return int(re.split(r"[.,]", text)[0])
    return None


_UNIT_WORDS: tuple[tuple[Unit, str], ...] = (
    ("year", "tuoi t nam year years yr yrs y yo 岁 周岁"),
    ("month", "thang thg th month months mon mo m 个月 月 月龄"),
    ("week", "tuan week weeks wk w 周"),
    ("day", "ngay ng day days d 天 日 日龄"),
)
_AGE_UNITS: dict[str, Unit] = {word: unit for unit, words in _UNIT_WORDS for word in words.split()}
_AGE = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))? ?([^\d\s.,]{0,12})(?: (?:tuoi|old))?")
_AGE_PAIR = re.compile(
    r"(\d{1,3}) ?([^\d\s.,]{1,8}) ?(?:va )?(\d{1,2}) ?([^\d\s.,]{1,8})(?: tuoi)?"
)


def parse_age(column: Column, numbers: list[int], field: str = "") -> Parsed:
    """An age with its unit; without one, the unit in the header ("Tuổi (tháng)"), else years."""
    heading = fold(column.header).split()
    default: Unit = "year"
    for unit, word in (("month", "thang"), ("day", "ngay"), ("month", "months"), ("day", "days")):
        if word in heading:
            default = unit  # type: ignore[assignment]
            break

    def read(cell: Value) -> Outcome:
        if is_blank(cell):
            return Outcome(None)
        age = _age(cell, default)
        if age is None:
            return Outcome(None, AgeUnreadable(value=shown(cell)[:60]))
        if age.years > OLDEST or age.number < 0:
            return Outcome(None, AgeImpossible(value=shown(cell)[:60], limit=OLDEST))
        return Outcome(age)

    return read_each(column, numbers, field, read)


def _age(cell: Value, default: Unit) -> Age | None:
    if isinstance(cell, (bool, date)):
        return None
    if isinstance(cell, (int, float)):
        if not abs(cell) < 1e6:
            return None
        return _split_years(float(cell)) if default == "year" else Age(int(cell), default)
    if not isinstance(cell, str) or len(cell) > 40:
        return None
    text = _plain_age(cell)
    if pair := _AGE_PAIR.fullmatch(text):
        first, second = _AGE_UNITS.get(pair[2]), _AGE_UNITS.get(pair[4])
        if first == "year" and second == "month":
            return Age(12 * int(pair[1]) + int(pair[3]), "month")
        if first == "month" and second == "day":
            return Age(int(pair[1]), "month")
        return None
    found = _AGE.fullmatch(text)
    if found is None:
        return None
    unit = _AGE_UNITS.get(found[3]) if found[3] else default
    if unit is None:
        return None
    if found[2] and unit == "year":
        return _split_years(float(f"{found[1]}.{found[2]}"))
    return Age(int(found[1]), unit)


def _plain_age(cell: str) -> str:
    """Folded, but with the decimal sign, which folding would take for a space."""
    text = unicodedata.normalize("NFKC", cell).lower().strip("' ~<>≈")
    pieces = re.split(r"(\d[.,]\d)", text)
    folded = "".join(piece if at % 2 else _fold_between(piece) for at, piece in enumerate(pieces))
    return " ".join(folded.split())


def _fold_between(piece: str) -> str:
    return f"{' ' * piece[:1].isspace()}{fold(piece)}{' ' * piece[-1:].isspace()}"


def _split_years(years: float) -> Age:
    """Two and a half years are 30 months; whole years stay years."""
    if years == int(years) or years >= 18:
        return Age(int(years), "year")
    return Age(round(12 * years), "month")


# Prefixes of mobile numbers with 11 digits, changed to 10 digits in 2018 (Decision 798/QĐ-BTTTT).
_OLD_MOBILE = {f"016{digit}": f"03{digit}" for digit in range(2, 10)} | {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip


def parse_phone(column: Column, numbers: list[int], field: str = "") -> Parsed:
    """A telephone number: "0912345678" for one of Viet Nam, "+86…" for another country's.

    Of several numbers in a cell the first is taken, with a warning.
    """

    def read(cell: Value) -> Outcome:
        if is_blank(cell):
            return Outcome(None)
        text = shown(cell)
        if _is_damaged(text, cell):
            return Outcome(None, NumberDamaged(value=text[:60]))
        phone = _phone(text)
        if phone is None and len(text) <= 200:
            parts = [part for part in _SEVERAL.split(text) if part]
            phone = next(filter(None, map(_phone, parts)), None)
            if phone is not None:
                return Outcome(phone, PhoneSeveral(value=text[:60], first=phone), "warning")
        if phone is None:
            return Outcome(None, PhoneUnreadable(value=text[:60]))
        return Outcome(phone)

    return read_each(column, numbers, field, read)


def _phone(text: str) -> str | None:
    if len(text) > 40:
        return None
    digits = _PHONE_SIGNS.sub("", unicodedata.normalize("NFKC", text))
    for prefix in ("+84", "0084"):
        if digits.startswith(prefix):
            digits = "0" + digits[len(prefix) :].removeprefix("0")
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("+"):
        abroad = digits[1:]
        good = abroad.isascii() and abroad.isdigit() and 7 <= len(abroad) <= 15
        return digits if good and not abroad.startswith("0") else None
    if not (digits.isascii() and digits.isdigit()):
        return None
    if digits.startswith("84") and len(digits) == 11:
        digits = "0" + digits[2:]
    if len(digits) == 9 and digits[0] in "35789":
        digits = "0" + digits  # a spreadsheet took the zero
    if len(digits) == 11 and digits[:4] in _OLD_MOBILE:
        digits = _OLD_MOBILE[digits[:4]] + digits[4:]
    mobile = len(digits) == 10 and digits[0] == "0" and digits[1] in "35789"
    landline = len(digits) in (10, 11) and digits.startswith("02")
    return digits if mobile or landline else None


def parse_personal_id(column: Column, numbers: list[int], field: str = "") -> Parsed:
    """A personal identification number: 12 digits, or 9 of the older card.

    A spreadsheet that takes it for a number drops the zeros in front (every province code below
    100 begins with one): 10 or 11 digits of a numeric cell, and 11 of text, get them back.
    """

    def read(cell: Value) -> Outcome:
        if is_blank(cell):
            return Outcome(None)
        text = shown(cell)
        if _is_damaged(text, cell):
            return Outcome(None, NumberDamaged(value=text[:60]))
        digits = re.sub(r"[\s.\-']", "", text[:60])
        numeric = not isinstance(cell, str)
        if digits.isascii() and digits.isdigit():
            if len(digits) == 11 or (numeric and len(digits) == 10):
                digits = digits.zfill(12)
            if len(digits) in (9, 12):
                return Outcome(digits)
        return Outcome(None, PersonalIdUnreadable(value=text[:60]))

    return read_each(column, numbers, field, read)


def parse_icd10(column: Column, numbers: list[int], field: str = "") -> Parsed:
    """An ICD-10 code with its point: "a971" and "A97.1 - Sốt xuất huyết" are A97.1."""

    def read(cell: Value) -> Outcome:
        if is_blank(cell):
            return Outcome(None)
        text = shown(cell).strip()
        first = re.split(r"[\s\-–:;(]", text[:60], maxsplit=1)[0].upper()
        found = _ICD10.fullmatch(first)
        if found is None:
            return Outcome(None, Icd10Unreadable(value=text[:60]))
        return Outcome(f"{found[1]}.{found[2]}" if found[2] else found[1])

    return read_each(column, numbers, field, read)
