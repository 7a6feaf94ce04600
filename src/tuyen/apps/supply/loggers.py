"""Files of temperature loggers: any layout of columns, each row read or told what is wrong with it."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from tuyen.engines.exchange.date_cells import PartialDate, Undecided, read_date
from tuyen.engines.exchange.grid import Value
from tuyen.engines.exchange.tabular import Column, Table, read_table
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.text import fold
from tuyen.kernel.zone import VIETNAM

_MOMENT = ("thoi gian", "thoi diem", "ngay gio", "date time", "datetime", "timestamp", "date/time")
_DAY = ("ngay", "date", "day")
_CLOCK = ("gio", "time", "clock", "hour")
_CELSIUS = ("nhiet do", "temperature", "temp", "°c", "celsius", "oc", "c")
_TIME = re.compile(r"(\d{1,2})[:hg.](\d{2})(?:[:.](\d{2}))?\s*(am|pm|sa|ch)?", re.IGNORECASE)
_OLDEST = 2010  # no logger in use is older
_NUMBER = re.compile(r"[-+−]?\d+(?:[.,]\d+)?")


class NoColumn(Refusal):
    code = "supply.logger-no-column"
    message = N_("No column of {file} is known as {field}; say which one it is: {columns}.")


class BadMoment(Refusal):
    code = "supply.logger-bad-moment"
    message = N_("Row {row}: {value} is no day and time; expected as 25/10/2026 08:30.")


class BadCelsius(Refusal):
    code = "supply.logger-bad-celsius"
    message = N_("Row {row}: {value} is no temperature; expected degrees Celsius, as 4.5.")


class BadFahrenheit(Refusal):
    code = "supply.logger-fahrenheit"
    message = N_(
        "Row {row}: {value} is in Fahrenheit; set the logger to Celsius and export it again."
    )


class NotYet(Refusal):
    code = "supply.logger-not-yet"
    message = N_("Row {row}: {value} has not come yet; set the clock of the logger.")


class Mapping(NamedTuple):
    """Which column (by its letter) says what; ``clock`` where the time of day stands apart."""

    moment: str
    celsius: str
    clock: str = ""


class Readings(NamedTuple):
    """The readings of a file in order of time, and what is wrong, row by row."""

    minutes: tuple[int, ...]  # since 1970, UTC
    celsius: tuple[float, ...]
    problems: list[Refusal]
    rows: int


def opened(data: bytes, name: str) -> Table:
    """A file as a table, its header found under the lines that loggers write above it."""
    return read_table(data, name, vocabulary=frozenset((*_MOMENT, *_DAY, *_CLOCK, *_CELSIUS)))


def guess(table: Table) -> Mapping:
    """Which columns a file seems to hold them in; "" where none does.

    By their headers; where these say nothing, by what most of the cells are.
    """
    moment = _headed(table, _MOMENT)
    clock = ""
    if not moment:
        moment, clock = _headed(table, _DAY), _headed(table, _CLOCK)
    celsius = _headed(table, _CELSIUS, but={moment, clock})
    moment = moment or _filled(table, lambda cell: _moment(cell, None) is not None, {celsius})
    celsius = celsius or _filled(table, lambda cell: _number(cell) is not None, {moment, clock})
    return Mapping(moment, celsius, "" if clock == moment else clock)


def _headed(table: Table, words: Sequence[str], but: set[str] = frozenset()) -> str:  # type: ignore[assignment]
    for word in words:
        for column in table.columns:
            header = fold(column.header)
            whole = header == word or (len(word) > 2 and header.startswith(word))
            if column.letter not in but and whole:
                return column.letter
    return ""


def _filled(table: Table, fits: object, but: set[str]) -> str:
    for column in table.columns:
        cells = column.values[:50]
        if column.letter not in but and cells and sum(map(fits, cells)) > len(cells) / 2:  # type: ignore[call-overload]
            return column.letter
    return ""


def read(table: Table, mapping: Mapping, now: datetime) -> Readings:
    """Every reading of a file, as ``mapping`` says where it stands.

    Raises
    ------
    NoColumn
        If the moment or the temperature has no column.
    """
    moments, values = _column(table, mapping.moment, "time"), _column(table, mapping.celsius, "°C")
    clocks = table.column(mapping.clock) if mapping.clock else None
    found: dict[int, float] = {}
    problems: list[Refusal] = []
    for n, row in enumerate(table.numbers):
        said, cell = moments.values[n], values.values[n]
        if said in ("", None) and cell in ("", None):
            continue
        at = _moment(said, clocks.values[n] if clocks else None)
        celsius = _number(cell)
        if at is None or at.year < _OLDEST:
            problems.append(BadMoment(row=row, value=said))
        elif at > now + timedelta(minutes=10):
            problems.append(NotYet(row=row, value=said))
        elif isinstance(cell, str) and "f" in cell.casefold():
            problems.append(BadFahrenheit(row=row, value=cell))
        elif celsius is None:
            problems.append(BadCelsius(row=row, value=cell))
        else:
            found[int(at.timestamp()) // 60] = celsius
    ordered = sorted(found.items())
    return Readings(
        tuple(minute for minute, _ in ordered), tuple(c for _, c in ordered), problems, len(table)
    )


def _column(table: Table, name: str, field: str) -> Column:
    column = table.column(name) if name else None
    if column is None:
        columns = ", ".join(f"{c.letter} {c.header}".strip() for c in table.columns)
        raise NoColumn(file=table.name, field=field, columns=columns)
    return column


def _moment(cell: Value, clock: Value | None) -> datetime | None:
    """A cell as a moment in Vietnam; day before month where that is open."""
    if isinstance(cell, datetime):
        at = cell
    else:
        day = _day(cell)
        if day is None:
            return None
        at = datetime(day.year, day.month, day.day)  # noqa: DTZ001  # the zone is set below
        o_clock = _clock(clock if clock is not None else cell, apart=clock is not None)
        if o_clock is None:
            return None
        at = datetime.combine(day, o_clock)
    return at.replace(tzinfo=VIETNAM).astimezone(UTC) if at.tzinfo is None else at.astimezone(UTC)


def _day(cell: Value) -> date | None:
    if isinstance(cell, (bool, int, float, time, timedelta)):
        return None
    read = read_date(cell, today=date(2100, 1, 1))
    if isinstance(read, Undecided):
        return read.dmy or read.mdy
    return read.day if isinstance(read, PartialDate) and read.precision == "day" else None


def _clock(cell: Value, *, apart: bool) -> time | None:
    if isinstance(cell, datetime):
        return cell.time()
    if isinstance(cell, time):
        return cell
    text = str(cell)
    # Where day and time share a cell, the time stands behind the day.
    found = _TIME.search(text if apart else text[text.find(" ") + 1 :] if " " in text else
                         text.partition("T")[2])  # fmt: skip
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2])
    half = (found[4] or "").casefold()
    if half in ("pm", "ch") and hour < 12:
        hour += 12
    if half in ("am", "sa") and hour == 12:
        hour = 0
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _number(cell: Value | None) -> float | None:
    if isinstance(cell, bool) or cell is None:
        return None
    if isinstance(cell, (int, float)):
        return float(cell)
    text = str(cell).replace("°C", "").replace("°c", "").replace("℃", "").strip().rstrip("Cc ")
    if not _NUMBER.fullmatch(text):
        return None
    return float(text.replace("−", "-").replace(",", "."))
