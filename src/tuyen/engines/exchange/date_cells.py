"""What one cell says about a date: all of it, or a day and a month in an unknown order."""

import re
import unicodedata
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from tuyen.engines.exchange.cell_refusals import DateImpossible, DateUnreadable
from tuyen.engines.exchange.grid import Value
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.text import fold

Precision = Literal["day", "month", "year"]


class PartialDate(NamedTuple):
    """A date of which perhaps only the month or the year is known; ``day`` is its first day."""

    day: date
    precision: Precision


class Undecided(NamedTuple):
    """Day and month in an unknown order; an order that makes no date is None."""

    dmy: date | None
    mdy: date | None


Reading = PartialDate | Undecided | ExchangeRefusal

_TIME = re.compile(
    r"(?:T|\b)\d{1,2}(?::|h|g| giờ )\d{0,2}(?::\d{2})?(?:[.,]\d{1,9})?(?: ?phút)?"
    r"(?: ?(?:AM|PM|SA|CH|am|pm|sa|ch))?(?P<zone>Z|[+-]\d{2}:?\d{2})?(?!\d)"
)
_Y_M_D = re.compile(r"(\d{4}) ?[-/.,年 ] ?(\d{1,2}) ?[-/.,月 ] ?(\d{1,2}) ?日?")
_TWO_TWO_YEAR = re.compile(r"(\d{1,2}) ?[-/.,\\ ] ?(\d{1,2}) ?[-/.,\\ ] ?(\d{4}|\d{2})")
_MONTH_YEAR = re.compile(r"(\d{1,2}) ?[-/.] ?(\d{4})")
_YEAR_MONTH = re.compile(r"(\d{4}) ?[-/.年] ?(\d{1,2}) ?月?")
_IN_WORDS = re.compile(
    r"(?:(?:ngay )?(?:mong )?(\d{1,2}) )?thang (\d{1,2}|muoi mot|muoi hai|[a-z]+),? (?:nam )?(\d{4}|\d{2})"
)
_DAY_NAME_YEAR = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th)? )?([a-z]{3,9}) (\d{4}|\d{2})")
_NAME_DAY_YEAR = re.compile(r"([a-z]{3,9}) (\d{1,2})(?:st|nd|rd|th)? (\d{4})")
_LEADING = re.compile(  # the day of the week, and "ngày"
    r"^(?:(?:thứ|thu) ?\w{1,4}|chủ nhật|chu nhat|cn|t[2-7]|星期.|周."
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)[,.]? +|^(?:ngày|ngay) +",
    re.IGNORECASE,
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "mot gieng jan january",
            "hai feb february",
            "ba mar march",
            "tu bon apr april",
            "nam may",
            "sau jun june",
            "bay jul july",
            "tam aug august",
            "chin sep sept september",
            "muoi oct october",
            "muoi_mot nov november",
            "muoi_hai chap dec december",
        ),
        start=1,
    )
    for name in names.replace("_", "-").split()
}
_LONGEST = 64
_EXCEL_EPOCH, _MAC_EPOCH = date(1899, 12, 30), date(1904, 1, 1)
_LAST_SERIAL = 73_050  # 2099-12-31
_HERE = 7 * 60  # minutes east of Greenwich: all of Viet Nam


def read_date(cell: Value, *, today: date, from_1904: bool = False) -> Reading:
    """What one cell says by itself; :func:`dates.parse_dates` settles what it leaves open."""
    if isinstance(cell, datetime):
        return PartialDate(cell.date(), "day")
    if isinstance(cell, date):
        return PartialDate(cell, "day")
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        return DateUnreadable(value=str(cell)[:60])
    if isinstance(cell, (int, float)):
        if not 1 <= cell < 10**8:
            return DateUnreadable(value=f"{cell:g}")
        return _from_number(int(cell), str(cell)[:60], from_1904)
    if len(cell) > _LONGEST:
        return DateUnreadable(value=cell[:60])
    text = unicodedata.normalize("NFKC", cell).strip(" '.,;()").replace("–", "-")
    return _from_text(text, cell, today, from_1904)


def _from_number(number: int, shown: str, from_1904: bool) -> Reading:
    """A year, a serial date, or digits without separators (2026-03-05 as 20260305)."""
    if 1900 <= number <= 2100:
        return PartialDate(date(number, 1, 1), "year")
    if number <= _LAST_SERIAL:
        if from_1904:
            return PartialDate(_MAC_EPOCH + timedelta(number), "day")
        # Serial 60 is 1900-02-29, a day that never was; before it all are one day off.
        return PartialDate(_EXCEL_EPOCH + timedelta(number + (number < 60)), "day")
    digits = f"{number:08d}"
    if len(digits) == 8 and number >= 1_011_900:
        for year, month, day in (
            (digits[:4], digits[4:6], digits[6:]),
            (digits[4:], digits[2:4], digits[:2]),
        ):
            found = _day(int(year), int(month), int(day))
            if found and 1900 <= found.year <= 2100:
                return PartialDate(found, "day")
        return DateImpossible(value=shown)
    return DateUnreadable(value=shown)


def _from_text(text: str, cell: str, today: date, from_1904: bool) -> Reading:
    shown = cell[:60]
    if text.isdigit() and text.isascii():
        if len(text) in (4, 5, 7, 8):
            return _from_number(int(text), shown, from_1904)
        return DateUnreadable(value=shown)
    if len(text) > 10 and (time := _TIME.search(text)):
        text = (text[: time.start()] + " " + text[time.end() :]).strip(" ,-")
        if found := _Y_M_D.fullmatch(text):
            return _moved(found, time[0], time["zone"], shown)
    text = _LEADING.sub("", _LEADING.sub("", text))
    if found := _Y_M_D.fullmatch(text):
        return _or_impossible(_day(int(found[1]), int(found[2]), int(found[3])), shown)
    if found := _TWO_TWO_YEAR.fullmatch(text):
        return _two_numbers(int(found[1]), int(found[2]), _year(found[3], today), shown)
    if found := _MONTH_YEAR.fullmatch(text):
        return _or_impossible(_day(int(found[2]), int(found[1]), 1), shown, "month")
    if found := _YEAR_MONTH.fullmatch(text):
        return _or_impossible(_day(int(found[1]), int(found[2]), 1), shown, "month")
    return _from_words(text, shown, today)


def _moved(found: re.Match[str], time: str, zone: str | None, shown: str) -> Reading:
    """The day here of a moment that was written with another zone ("…T20:00Z" is tomorrow)."""
    day = _day(int(found[1]), int(found[2]), int(found[3]))
    if day is None or zone is None:
        return _or_impossible(day, shown)
    clock = re.findall(r"\d+", time)
    offset = 0
    if zone != "Z":
        offset = (int(zone[1:3]) * 60 + int(zone[-2:])) * (-1 if zone[0] == "-" else 1)
    minutes = int(clock[0]) * 60 + int(clock[1]) - offset + _HERE
    try:
        return PartialDate(day + timedelta(days=minutes // 1440), "day")
    except OverflowError:
        return DateImpossible(value=shown)


def _two_numbers(first: int, second: int, year: int, shown: str) -> Reading:
    dmy, mdy = _day(year, second, first), _day(year, first, second)
    if dmy is None and mdy is None:
        if first > 31:  # "99-03-05": the year in front, of two digits
            return _or_impossible(_day(1900 + first, second, year % 100), shown)
        return DateImpossible(value=shown)
    if dmy == mdy and dmy is not None:
        return PartialDate(dmy, "day")
    return Undecided(dmy, mdy)


def _from_words(text: str, shown: str, today: date) -> Reading:
    words = fold(text)
    if words.startswith("nam ") and words[4:].isdigit() and len(words) == 8:
        return _or_impossible(_day(int(words[4:]), 1, 1), shown, "year")
    if (found := _IN_WORDS.fullmatch(words)) or (found := _DAY_NAME_YEAR.fullmatch(words)):
        month = _month(found[2])
    elif found := _NAME_DAY_YEAR.fullmatch(words):
        month, day, year = _month(found[1]), int(found[2]), int(found[3])
        return (
            _or_impossible(_day(year, month, day), shown) if month else DateUnreadable(value=shown)
        )
    if found is None or month is None:
        return DateUnreadable(value=shown)
    year = _year(found[3], today)
    if found[1] is None:
        return _or_impossible(_day(year, month, 1), shown, "month")
    return _or_impossible(_day(year, month, int(found[1])), shown)


def _month(word: str) -> int | None:
    if word.isdigit():
        return int(word)
    return _MONTHS.get(word.replace(" ", "-"))


def _year(digits: str, today: date) -> int:
    """A year of two digits lies in the hundred years up to this one."""
    year = int(digits)
    if len(digits) == 4:
        return year
    year += today.year // 100 * 100
    return year if year <= today.year else year - 100


def _day(year: int, month: int | None, day: int) -> date | None:
    try:
        return date(year, month or 0, day)
    except ValueError:
        return None


def _or_impossible(day: date | None, shown: str, precision: Precision = "day") -> Reading:
    return DateImpossible(value=shown) if day is None else PartialDate(day, precision)
