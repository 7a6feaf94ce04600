"""How old somebody is, as people say it: "34", "8 tháng", "1990", "15/03/1990"."""

import re
from datetime import date
from typing import NamedTuple

from tuyen.kernel.text import fold
from tuyen.web.surveillance import filters

OLDEST = 130
_SPAN = re.compile(
    r"(\d{1,3})\s*(tuoi|years?|y|岁|thang|months?|m|个月|月|tuan|weeks?|w|周|ngay|days?|d|天)?"
)
_UNITS = {
    **dict.fromkeys(("thang", "month", "months", "m", "个月", "月"), 12),
    **dict.fromkeys(("tuan", "week", "weeks", "w", "周"), 52),
    **dict.fromkeys(("ngay", "day", "days", "d", "天"), 365),
}


class Old(NamedTuple):
    """A date of birth, or completed years."""

    born: date | None = None
    years: int | None = None


def read(text: str, onset: date | None) -> Old | None:
    """What ``text`` says; None when it says nothing that can be read.

    A year of birth alone makes the age on the day of onset, which is an estimate and stays one.

    >>> read("34", None), read("8 tháng", None)
    (Old(born=None, years=34), Old(born=None, years=0))
    >>> read("1990", date(2026, 3, 7)).years, read("15/03/1990", None).born
    (36, datetime.date(1990, 3, 15))
    """
    bare = text.strip()
    if (day := filters.day(bare)) is not None:
        return Old(born=day)
    if re.fullmatch(r"(18|19|20)\d\d", bare) and onset is not None:
        years = onset.year - int(bare)
        return Old(years=years) if 0 <= years <= OLDEST else None
    found = _SPAN.fullmatch(fold(bare) if bare.isascii() or not _chinese(bare) else bare)
    if found is None:
        return None
    years = int(found[1]) // _UNITS.get(found[2] or "", 1)
    return Old(years=years) if years <= OLDEST else None


def write(born: date | None, years: int | None) -> str:
    """The text that :func:`read` gives back."""
    if born is not None:
        return f"{born:%d/%m/%Y}"
    return "" if years is None else str(years)


def _chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
