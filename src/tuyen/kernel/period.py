"""Periods of a report: a day, a week of either kind, a month … a year, on either calendar.

Two calendars are in force at once (domain rules 9.2). *Statistics* (circulars 23/2025 and
15/2026) counts calendar months. *Administrative* (decree 09/2019) closes each report on the
14th: a month runs from the 15th of the month before to the 14th, a year from 15 December to
14 December. A half-year figure therefore always carries its calendar.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from tuyen.kernel.refusal import N_, Refusal

Kind = Literal["day", "week", "epiweek", "month", "quarter", "half", "nine-months", "year"]
Calendar = Literal["statistics", "administrative"]

_MONTHS: dict[str, int] = {"month": 1, "quarter": 3, "half": 6, "nine-months": 12, "year": 12}
_LENGTH: dict[str, int] = {"month": 1, "quarter": 3, "half": 6, "nine-months": 9, "year": 12}


class BadPeriod(Refusal):
    code = "kernel.bad-period"
    message = N_(
        "{value} is not a period; expected for instance 2026-10-25, 2026-W43, 2026-E43,"
        " 2026-10, 2026-Q4, 2026-H2, 2026-9M or 2026, with +A for the administrative calendar."
    )


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``start`` to ``end``, both included, as one ``kind`` on one ``calendar``."""

    start: date
    end: date
    kind: Kind
    calendar: Calendar = "statistics"

    @classmethod
    def of(cls, kind: Kind, day: date, calendar: Calendar = "statistics") -> "Period":
        """The period of this kind that contains ``day``.

        ``week`` begins on Monday (ISO 8601, and the reporting week of list 01 of decision
        97/QĐ-PB); ``epiweek`` on Sunday (US CDC). Nine months exist only from January to
        September; a later day belongs to no such period and is refused.
        """
        if kind not in get_args(Kind) or calendar not in get_args(Calendar):
            raise BadPeriod(value=f"{kind} ({calendar})")
        if kind == "day":
            return cls(day, day, kind, calendar)
        if kind in ("week", "epiweek"):
            back = day.weekday() if kind == "week" else day.isoweekday() % 7
            start = day - timedelta(days=back)
            return cls(start, start + timedelta(days=6), kind, calendar)
        shifted = _shift_to_statistics(day) if calendar == "administrative" else day
        first = (shifted.month - 1) // _MONTHS[kind] * _MONTHS[kind]
        period = _of_months(shifted.year, first, kind, calendar)
        if not period.contains(day):
            raise BadPeriod(value=f"{day} (nine-months)")
        return period

    @classmethod
    def range(
        cls, kind: Kind, first: date, last: date, calendar: Calendar = "statistics"
    ) -> "list[Period]":
        """Every period of this kind from the one holding ``first`` to the one holding ``last``."""
        periods = [cls.of(kind, first, calendar)]
        while periods[-1].end < last:
            periods.append(periods[-1].next())
        return periods

    @classmethod
    def parse(cls, text: str) -> "Period":
        """Read a :attr:`label` back."""
        body, _, tail = text.strip().partition("+")
        calendar: Calendar = "administrative" if tail == "A" else "statistics"
        if tail not in ("", "A"):
            raise BadPeriod(value=text)
        try:
            return _parse(body, calendar)
        except (ValueError, OverflowError):
            raise BadPeriod(value=text) from None

    @property
    def label(self) -> str:
        """A name that :meth:`parse` reads back; years of weeks are week years."""
        tail = "+A" if self.calendar == "administrative" and self.kind in _MONTHS else ""
        return self._body() + tail

    def _body(self) -> str:
        if self.kind == "day":
            return self.start.isoformat()
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.kind == "epiweek":
            year, week = epi_week(self.start)
            return f"{year}-E{week:02d}"
        year, month = self.end.year, self.end.month
        return {
            "month": f"{year}-{month:02d}",
            "quarter": f"{year}-Q{(month + 2) // 3}",
            "half": f"{year}-H{(month + 5) // 6}",
            "nine-months": f"{year}-9M",
            "year": f"{year}",
        }[self.kind]

    @property
    def length(self) -> int:
        """Number of days."""
        return (self.end - self.start).days + 1

    def days(self) -> Iterator[date]:
        return (self.start + timedelta(days=n) for n in range(self.length))

    def contains(self, day: date) -> bool:
        return self.start <= day <= self.end

    def next(self) -> "Period":
        if self.kind == "nine-months":
            return self.year_before(-1)
        return Period.of(self.kind, self.end + timedelta(days=1), self.calendar)

    def previous(self) -> "Period":
        if self.kind == "nine-months":
            return self.year_before(1)
        return Period.of(self.kind, self.start - timedelta(days=1), self.calendar)

    def year_before(self, years: int = 1) -> "Period":
        """The same period ``years`` earlier: same week number, same month, same half.

        Week 53 of a long year is compared with week 52 of a year that has no 53rd.
        """
        if self.kind == "day":
            return Period.of("day", _anniversary(self.start, years), self.calendar)
        if self.kind == "week":
            year, week, _ = self.start.isocalendar()
            return Period.of("week", _iso_monday(year - years, week), self.calendar)
        if self.kind == "epiweek":
            year, week = epi_week(self.start)
            return Period.of("epiweek", _epi_sunday(year - years, week), self.calendar)
        shifted = _shift_to_statistics(self.end) if self.calendar == "administrative" else self.end
        first = (shifted.month - 1) // _MONTHS[self.kind] * _MONTHS[self.kind]
        return _of_months(shifted.year - years, first, self.kind, self.calendar)


def epi_week(day: date) -> tuple[int, int]:
    """Year and number of the Sunday week: week 1 holds at least four days of January (US CDC)."""
    sunday = day - timedelta(days=day.isoweekday() % 7)
    midweek = sunday + timedelta(days=3)
    return midweek.year, (midweek - date(midweek.year, 1, 1)).days // 7 + 1


def _shift_to_statistics(day: date) -> date:
    """The calendar month an administrative day is reported in: from the 15th on, the next."""
    if day.day < 15:
        return day.replace(day=1)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _of_months(year: int, first: int, kind: Kind, calendar: Calendar) -> Period:
    """The period of ``kind`` whose first month is ``first`` (0 = January) of ``year``."""
    start = date(year, first + 1, 1)
    after = first + _LENGTH[kind]
    end = date(year + after // 12, after % 12 + 1, 1) - timedelta(days=1)
    if calendar == "administrative":
        start = (start - timedelta(days=1)).replace(day=15)
        end = end.replace(day=14)
    return Period(start, end, kind, calendar)


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return date(day.year - years, 3, 1)


def _iso_monday(year: int, week: int) -> date:
    try:
        return date.fromisocalendar(year, week, 1)
    except ValueError:
        return date.fromisocalendar(year, 52, 1)


def _epi_sunday(year: int, week: int) -> date:
    fourth = date(year, 1, 4)
    first = fourth - timedelta(days=fourth.isoweekday() % 7)
    sunday = first + timedelta(weeks=week - 1)
    return sunday if epi_week(sunday) == (year, week) else sunday - timedelta(weeks=1)


_PATTERNS: list[tuple[str, Kind]] = [
    (r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}", "day"),
    (r"[1-9][0-9]{3}-W[0-9]{2}", "week"),
    (r"[1-9][0-9]{3}-E[0-9]{2}", "epiweek"),
    (r"[1-9][0-9]{3}-[0-9]{2}", "month"),
    (r"[1-9][0-9]{3}-Q[1-4]", "quarter"),
    (r"[1-9][0-9]{3}-H[12]", "half"),
    (r"[1-9][0-9]{3}-9M", "nine-months"),
    (r"[1-9][0-9]{3}", "year"),
]


def _parse(body: str, calendar: Calendar) -> Period:
    kind = next((kind for pattern, kind in _PATTERNS if re.fullmatch(pattern, body)), None)
    if kind is None:
        raise ValueError(body)
    if kind == "day":
        return Period.of("day", date.fromisoformat(body), calendar)
    year = int(body[:4])
    if kind == "week":
        return Period.of("week", date.fromisocalendar(year, int(body[6:]), 1), calendar)
    if kind == "epiweek":
        sunday = _epi_sunday(year, int(body[6:]))
        if epi_week(sunday) != (year, int(body[6:])):
            raise ValueError(body)
        return Period.of("epiweek", sunday, calendar)
    if kind in ("nine-months", "year"):
        return _of_months(year, 0, kind, calendar)
    number = int(body[5:].strip("QH"))
    if not 1 <= number <= 12:
        raise ValueError(body)
    return _of_months(year, (number - 1) * _MONTHS[kind], kind, calendar)
