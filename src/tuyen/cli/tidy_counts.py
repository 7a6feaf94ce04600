"""Read tidy counts: a CSV with one row per series and period, checked to the last cell.

Columns, in any order: ``series``, then ``date`` (first day of the period) or ``t`` (1, 2, ...), and
``count``; ``population`` may be there, and ``exclude``: 1 makes a count no history. Comma, semicolon or tab; UTF-8 with or without a mark; any
line ending. An empty count (or NA) is a missing value, which is not the same as 0.
"""

import csv
import datetime
import difflib
import math
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import N_, Refusal

COLUMNS = ("series", "date", "t", "count", "population", "exclude")
MOST_ROWS = 20_000_000
MOST_BYTES = 2 * 1024**3
_MISSING = frozenset({"", "NA", "NaN", "nan"})
_WHOLE = re.compile(r"([0-9]{1,15})(?:[.,]0*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FOREIGN = {
    b"PK\x03\x04": N_("{path} is a spreadsheet or zip archive; save it as CSV (UTF-8)"),
    b"\x1f\x8b": N_("{path} is compressed with gzip; unpack it first"),
    b"\xff\xfe": N_("{path} is encoded in UTF-16; save it as CSV (UTF-8)"),
    b"\xfe\xff": N_("{path} is encoded in UTF-16; save it as CSV (UTF-8)"),
}


class BadCounts(Refusal):
    """The file cannot be used; one sentence says where, why and what to do."""

    code = "cli.bad-counts"
    message = N_("The counts cannot be used.")

    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(**values)
        self.message = sentence  # type: ignore[misc]  # each fault of a file has its own


class Mended(BadCounts):
    """What was mended in reading: said, and gone on."""

    code = "cli.mended"


@dataclass(frozen=True)
class Counts:
    """The rows of a file, sorted by series (in order of appearance) and period."""

    path: Path
    names: tuple[str, ...]
    dated: bool
    starts: NDArray[np.int64]  # (series + 1,) where each series begins
    when: NDArray[np.int64]  # (rows,) days since 1970-01-01, or t
    count: NDArray[np.float64]  # (rows,) NaN is missing
    line: NDArray[np.int64]  # (rows,) line of the file
    notes: tuple[Mended, ...]  # what was mended in reading
    population: NDArray[np.float64] | None = None  # (rows,) None where the file has no such column


def read_counts(path: Path) -> Counts:
    """Read ``path``.

    Raises
    ------
    BadCounts
        For the first thing that is wrong. Gaps between periods are not looked at here.
    """
    _check_file(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, file)
    except UnicodeDecodeError:
        raise _undecodable(path) from None
    except OSError as error:
        raise BadCounts(
            N_("{path} cannot be read: {why}"), path=path, why=error.strerror
        ) from error


def _check_file(path: Path) -> None:
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise BadCounts(N_("{path} is a folder; name a CSV file"), path=path)
        with path.open("rb") as file:
            head = file.read(4)
    except OSError as error:
        raise BadCounts(
            N_("{path} cannot be read: {why}; check its name"), path=path, why=error.strerror
        ) from error
    for mark, sentence in _FOREIGN.items():
        if head.startswith(mark):
            raise BadCounts(sentence, path=path)
    if size > MOST_BYTES:
        raise BadCounts(
            N_("{path} has {size:,} bytes, more than {most:,}; split it by series"),
            path=path, size=size, most=MOST_BYTES,
        )  # fmt: skip


def _undecodable(path: Path) -> BadCounts:
    """Name the first line that is not UTF-8: the decoder itself only knows a place in a block."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError as error:
                return BadCounts(
                    N_(
                        "{path}, row {row}: byte {byte:#04x} is not UTF-8; save the file as CSV"
                        " (UTF-8), and text typed with TCVN3 or VNI fonts must become Unicode first"
                    ),
                    path=path, row=number, byte=line[error.start],
                )  # fmt: skip
    return BadCounts(N_("{path} is not UTF-8; save it as CSV (UTF-8)"), path=path)


def _read(path: Path, file: TextIO) -> Counts:
    header, delimiter, skipped = _header_line(path, file)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    columns = _columns(path, next(csv.reader([header], delimiter=delimiter)), skipped + 1)
    rows = _Rows(path, columns)
    while True:
        try:
            for cells in reader:
                if any(cells) and not (cells[0].isspace() and len(cells) == 1):
                    rows.add(cells, reader.line_num + skipped + 1)
            break
        except csv.Error as error:
            raise BadCounts(
                N_(
                    "{path}, row {row} is not well-formed CSV: {why}; look for an unclosed"
                    " quotation mark"
                ),
                path=path, row=reader.line_num + skipped + 1, why=error,
            ) from error  # fmt: skip
    return rows.sorted()


def _header_line(path: Path, file: TextIO) -> tuple[str, str, int]:
    """The header, its delimiter, and how many lines came before it."""
    for skipped, line in enumerate(_short_lines(path, file)):
        text = line.strip("\r\n")
        if text.strip() and not text.lower().startswith("sep="):
            return text, max(",;\t", key=text.count), skipped
    raise BadCounts(
        N_("{path} is empty; expected a header such as series,date,count and rows"), path=path
    )


def _short_lines(path: Path, file: TextIO) -> Iterator[str]:
    while line := file.readline(10_000):
        if len(line) == 10_000:
            raise BadCounts(
                N_("{path}: its first line is longer than 10,000 letters; is it a CSV?"), path=path
            )
        yield line


def _columns(path: Path, header: list[str], row: int) -> dict[str, int]:
    names = [name.strip().lower() for name in header]
    for name in names:
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1, cutoff=0.5)
            sentence = _NEAR_COLUMN if near else _NO_SUCH_COLUMN
            raise BadCounts(sentence, path=path, row=row, name=name, near=near[0] if near else "")
        if names.count(name) > 1:
            raise BadCounts(
                N_("{path}, row {row}: column {name!r} stands twice; keep one"),
                path=path, row=row, name=name,
            )  # fmt: skip
    for name in ("series", "count"):
        if name not in names:
            raise BadCounts(
                N_("{path}, row {row}: column {name!r} is missing; expected series,date,count"),
                path=path, row=row, name=name,
            )  # fmt: skip
    if ("date" in names) == ("t" in names):
        raise BadCounts(_BOTH_TIMES if "t" in names else _NO_TIME, path=path, row=row)
    return {name: names.index(name) for name in names}


_NEAR_COLUMN = N_(
    "{path}, row {row}: column {name!r} is not known; expected series, date or t, count and, if you"
    " like, population; rename it to {near!r} or remove it"
)
_NO_SUCH_COLUMN = N_(
    "{path}, row {row}: column {name!r} is not known; expected series, date or t, count and, if you"
    " like, population; remove it"
)
_BOTH_TIMES = N_(
    "{path}, row {row}: both date and t are there; give one column date, or one column t"
)
_NO_TIME = N_(
    "{path}, row {row}: neither date nor t is there; give one column date, or one column t"
)


class _Rows:
    """Collects rows in compact arrays; each text is parsed once, then looked up."""

    def __init__(self, path: Path, columns: dict[str, int]) -> None:
        self.path = path
        self.width = len(columns)
        self.dated = "date" in columns
        self.time = "date" if self.dated else "t"
        self.at = columns
        self.names: dict[str, int] = {}
        self.times: dict[str, int] = {}
        self.counts: dict[str, float] = {}
        self.people: dict[str, float] = {}
        self.population = array("d")
        self.series, self.when = array("i"), array("q")
        self.count, self.line = array("d"), array("q")

    def add(self, cells: list[str], row: int) -> None:
        if len(cells) != self.width:
            raise BadCounts(
                N_("{path}, row {row} has {count} cells; expected {width} as in the header"),
                path=self.path, row=row, count=len(cells), width=self.width,
            )  # fmt: skip
        name, when, count = (cells[self.at[c]] for c in ("series", self.time, "count"))
        series = self.names.get(name)
        if series is None:
            series = self._new_series(name, row)
        moment = self.times.get(when)
        if moment is None:
            moment = self.times[when] = self._moment(when, row)
        number = self.counts.get(count)
        if number is None:
            number = self.counts[count] = self._whole(count, row)
        if "exclude" in self.at and self._excluded(cells[self.at["exclude"]], row):
            number = math.nan
        if "population" in self.at:
            text = cells[self.at["population"]]
            people = self.people.get(text)
            if people is None:
                people = self.people[text] = self._population(text, row)
            self.population.append(people)
        self.series.append(series)
        self.when.append(moment)
        self.count.append(number)
        self.line.append(row)
        if len(self.line) > MOST_ROWS:
            raise BadCounts(
                N_("{path} has more than {most:,} rows; split it by series"),
                path=self.path, most=MOST_ROWS,
            )  # fmt: skip

    def sorted(self) -> Counts:
        if not self.line:
            raise BadCounts(
                N_("{path} has a header and no row; there is nothing to scan"), path=self.path
            )
        series = np.frombuffer(self.series, dtype=np.int32)
        when = np.frombuffer(self.when, dtype=np.int64)
        line = np.frombuffer(self.line, dtype=np.int64)
        order = np.lexsort((when, series))
        notes = self._notes(series, when, line)
        series, when, line = series[order], when[order], line[order]
        self._refuse_doubles(series, when, line)
        return Counts(
            path=self.path,
            names=tuple(self.names),
            dated=self.dated,
            starts=np.searchsorted(series, np.arange(len(self.names) + 1)).astype(np.int64),
            when=when,
            count=np.frombuffer(self.count, dtype=np.float64)[order],
            line=line,
            notes=notes,
            population=(
                np.frombuffer(self.population, dtype=np.float64)[order] if self.population else None
            ),
        )

    def _notes(
        self, series: NDArray[np.int32], when: NDArray[np.int64], line: NDArray[np.int64]
    ) -> tuple[Mended, ...]:
        together = np.argsort(series, kind="stable")
        back = (np.diff(series[together]) == 0) & (np.diff(when[together]) < 0)
        if not back.any():
            return ()
        row = line[together[1:][back]].min()
        sentence = N_("{path}, row {row}: rows are not in order of {time}; they were sorted")
        return (Mended(sentence, path=self.path, row=row, time=self.time),)

    def _refuse_doubles(
        self, series: NDArray[np.int32], when: NDArray[np.int64], line: NDArray[np.int64]
    ) -> None:
        same = (np.diff(series) == 0) & (np.diff(when) == 0)
        if same.any():
            n = int(np.argmax(same))
            name, moment = list(self.names)[series[n]], shown(int(when[n]), self.dated)
            raise BadCounts(
                N_(
                    "{path}, row {row}: series {name!r} already has {time} {moment} in row"
                    " {earlier}; keep one of the two"
                ),
                path=self.path, row=max(line[n], line[n + 1]), name=name, time=self.time,
                moment=moment, earlier=min(line[n], line[n + 1]),
            )  # fmt: skip

    def _new_series(self, name: str, row: int) -> int:
        if not name.strip():
            raise self._bad(row, "series", name, _EMPTY_NAME)
        return self.names.setdefault(name, len(self.names))

    def _moment(self, text: str, row: int) -> int:
        text = text.strip()
        if not self.dated:
            match = _WHOLE.fullmatch(text)
            if match is None or int(match[1]) < 1:
                raise self._bad(row, "t", text, _NOT_A_PERIOD)
            return int(match[1])
        try:
            if _DATE.fullmatch(text):
                return datetime.date.fromisoformat(text).toordinal() - _EPOCH
        except ValueError:
            raise self._bad(row, "date", text, _NOT_A_DAY) from None
        raise self._bad(row, "date", text, _NOT_A_DATE)

    def _whole(self, text: str, row: int) -> float:
        text = text.strip()
        if text in _MISSING:
            return math.nan
        match = _WHOLE.fullmatch(text)
        if match is None:
            negative = re.match(r"[-−][0-9]", text)
            raise self._bad(row, "count", text, _NEGATIVE if negative else _NOT_WHOLE)
        return float(match[1])

    def _excluded(self, text: str, row: int) -> bool:
        word = text.strip().lower()
        if word not in _YES and word not in _NO:
            raise self._bad(row, "exclude", text.strip(), _NOT_YES_OR_NO)
        return word in _YES

    def _population(self, text: str, row: int) -> float:
        plain = text.strip()
        if plain in _MISSING:
            return math.nan
        try:
            people = float(plain)
        except ValueError:
            people = -1.0
        if not 0 <= people < math.inf:
            raise self._bad(row, "population", plain, _NOT_PEOPLE)
        return people

    def _bad(self, row: int, column: str, value: str, sentence: str) -> BadCounts:
        value = value if len(value) <= 60 else f"{value[:60]}…"
        return BadCounts(sentence, path=self.path, row=row, column=column, value=value)


_EMPTY_NAME = N_(
    "{path}, row {row}, column {column}: {value!r} is empty; expected the name of a series"
)
_NOT_A_PERIOD = N_(
    "{path}, row {row}, column {column}: {value!r} is not a period; expected 1, 2, 3 and so on"
)
_NOT_A_DAY = N_(
    "{path}, row {row}, column {column}: {value!r} is not a day of the calendar; correct the date"
)
_NOT_A_DATE = N_(
    "{path}, row {row}, column {column}: {value!r} is not a date; expected year-month-day, such as"
    " 2026-02-09"
)
_NEGATIVE = N_(
    "{path}, row {row}, column {column}: {value!r} is negative; expected 0, 1, 2 and so on, or an"
    " empty cell where nothing was reported"
)
_NOT_WHOLE = N_(
    "{path}, row {row}, column {column}: {value!r} is not a whole number; expected 0, 1, 2 and so"
    " on, or an empty cell where nothing was reported"
)
_YES, _NO = ("1", "true", "yes"), ("", "0", "false", "no")
_NOT_YES_OR_NO = N_(
    "{path}, row {row}, column {column}: {value!r} is neither 1 nor 0; expected 1 where the count is"
    " no history"
)
_NOT_PEOPLE = N_(
    "{path}, row {row}, column {column}: {value!r} is not a number of people; expected 0 or more"
)


def shown(moment: int, dated: bool) -> str:
    """A date, or t, as it stands in a file."""
    return datetime.date.fromordinal(moment + _EPOCH).isoformat() if dated else str(moment)


_EPOCH = datetime.date(1970, 1, 1).toordinal()
