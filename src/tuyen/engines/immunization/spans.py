"""Calendar sums on dates: "2 years + 3 months - 4 days" after a birth (CDSi CALCDT-1 to 6).

A span is added years first, then months, then days (CALCDT-6). What the law leaves open is a
parameter of the schedule pack: where a day that does not exist goes, how the last day of a month
counts, and whether "one month" is a calendar month or a fixed number of days.
"""

import datetime
import re
from calendar import isleap
from dataclasses import dataclass
from typing import Literal

NEVER_BEFORE = datetime.date(1900, 1, 1)
"""What the specification assumes where a lower bound is empty."""
NEVER_AFTER = datetime.date(2999, 12, 31)
"""What the specification assumes where an upper bound is empty."""

_TERM = re.compile(r"([+-]?)\s*(\d+)\s*(year|month|week|day)s?")
_WHOLE = re.compile(r"(?:[+-]?\s*\d+\s*(?:year|month|week|day)s?\s*)+")


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _length(year: int, month: int) -> int:
    """Days of a month."""
    return 29 if month == 2 and isleap(year) else _LENGTHS[month - 1]


class BadSpan(ValueError):
    """A cell that should hold an age or an interval holds something else."""


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time as schedules write it; weeks are counted as days."""

    years: int = 0
    months: int = 0
    days: int = 0

    @property
    def text(self) -> str:
        """As a pack writes it: ``12 months - 4 days``."""
        parts = [(self.years, "year"), (self.months, "month"), (self.days, "day")]
        if self.days and self.days % 7 == 0:
            parts[2] = (self.days // 7, "week")
        said = ""
        for count, unit in parts:
            if count:
                sign = ("-" if count < 0 else "+") + " " if said else "-" if count < 0 else ""
                said += f"{' ' if said else ''}{sign}{abs(count)} {unit}{'s' * (abs(count) != 1)}"
        return said or "0 days"


def parse_span(text: str | None) -> Span | None:
    """``"6 weeks - 4 days"`` as a span; None for an empty cell or ``n/a``."""
    cell = (text or "").strip().lower()
    if cell in ("", "n/a", "-"):
        return None
    if not _WHOLE.fullmatch(cell):
        raise BadSpan(f"{text!r} is not an age or interval such as '12 months - 4 days'")
    total = {"year": 0, "month": 0, "week": 0, "day": 0}
    for sign, count, unit in _TERM.findall(cell):
        total[unit] += -int(count) if sign == "-" else int(count)
    return Span(total["year"], total["month"], total["week"] * 7 + total["day"])


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """How a pack counts time.

    ``invalid_date``: a day that does not exist becomes the 1st of the next month (CALCDT-5) or the
    last day of its month. ``month_end``: from the last day of a month, whole months lead to the
    same day number, or to the last day again. ``month_days``: what "1 month" between two doses
    means, in days (ages and longer intervals are always of the calendar); None: a calendar month.
    """

    invalid_date: Literal["next-month", "month-end"] = "next-month"
    month_end: Literal["same-day", "stay-last"] = "same-day"
    month_days: int | None = None

    def age(self, born: datetime.date, span: Span) -> datetime.date:
        """The day somebody born then reaches an age."""
        return self._sum(born, span.years, span.months, span.days)

    def after(self, day: datetime.date, span: Span) -> datetime.date:
        """The day an interval after another day is over."""
        if self.month_days is not None and span.months == 1 and not span.years:
            return self._sum(day, 0, 0, self.month_days + span.days)
        return self._sum(day, span.years, span.months, span.days)

    def before(self, day: datetime.date, days: int) -> datetime.date:
        """So many days earlier, but never before the calendar begins."""
        return self._sum(day, 0, 0, -days) if days else day

    def _sum(self, day: datetime.date, years: int, months: int, days: int) -> datetime.date:
        if years or months:
            index = day.year * 12 + day.month - 1 + years * 12 + months
            year, month = divmod(index, 12)
            if year < 1:
                return datetime.date.min
            if year > 9998:
                return datetime.date.max
            length = _length(year, month + 1)
            wanted = day.day
            if self.month_end == "stay-last" and wanted == _length(day.year, day.month):
                wanted = length
            if wanted <= length:
                day = datetime.date(year, month + 1, wanted)
            elif self.invalid_date == "month-end":
                day = datetime.date(year, month + 1, length)
            else:
                day = datetime.date(year + month // 11, (month + 1) % 12 + 1, 1)
        try:
            return day + datetime.timedelta(days=days) if days else day
        except OverflowError:
            return datetime.date.max if days > 0 else datetime.date.min
