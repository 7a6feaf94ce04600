"""CSV files with named columns, read to the last cell; and files that appear only when whole."""

import contextlib
import csv
import datetime
import difflib
import errno
import json
import math
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from tuyen.kernel.refusal import N_, Refusal


class BadFile(Refusal):
    """The file or an option cannot be used; one sentence says where, why and what to do."""

    code = "cli.bad-file"
    message = N_("The file cannot be used.")

    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(**values)
        self.message = sentence  # type: ignore[misc]  # each fault has its own


class WrittenOver(Refusal):
    """What was to be read would be replaced by what is said of it."""

    code = "cli.written-over"
    message = N_("{path} is one of the files to be read; write the answer to another file.")


@dataclass(frozen=True)
class Table:
    """The cells of a file by column, with the line each row stands in."""

    path: Path
    columns: dict[str, list[str]]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.lines)

    def bad(self, row: int, column: str, expected: str) -> BadFile:
        """Name the cell that is wrong; ``expected`` is a sentence of the catalogue's end."""
        value = self.columns[column][row]
        return BadFile(
            N_("{path}, row {row}, column {column}: {value!r} is not usable; expected {expected}"),
            path=self.path, row=self.lines[row], column=column, value=value[:60], expected=expected,
        )  # fmt: skip

    def numbers(self, column: str, expected: str, least: float = -math.inf) -> list[float]:
        """A column of numbers; an empty cell or NA is NaN."""
        answer = []
        for row, cell in enumerate(self.columns[column]):
            try:
                number = float(cell) if cell not in ("", "NA") else math.nan
            except ValueError:
                raise self.bad(row, column, expected) from None
            if number < least or math.isinf(number):
                raise self.bad(row, column, expected)
            answer.append(number)
        return answer

    def days(self, column: str, expected: str) -> list[datetime.date]:
        """A column of dates, year-month-day."""
        known: dict[str, datetime.date] = {}
        for row, cell in enumerate(self.columns[column]):
            if cell not in known:
                try:
                    known[cell] = datetime.date.fromisoformat(cell)
                except ValueError:
                    raise self.bad(row, column, expected) from None
        return [known[cell] for cell in self.columns[column]]


def read_table(path: Path, needed: Sequence[str], others: Sequence[str] | None = ()) -> Table:
    """Read ``path``: comma, semicolon or tab; UTF-8 with or without a mark.

    ``needed`` columns must be there, ``others`` may be; None lets any other column be.

    Raises
    ------
    BadFile
        For the first thing that is wrong.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _read(path, file, needed, others)
    except UnicodeDecodeError:
        raise BadFile(N_("{path} is not UTF-8; save it as CSV (UTF-8)"), path=path) from None
    except OSError as error:
        raise BadFile(
            N_("{path} cannot be read: {why}; check its name"), path=path, why=error.strerror
        ) from error


def _read(path: Path, file: TextIO, needed: Sequence[str], others: Sequence[str] | None) -> Table:
    first = file.readline(10_000)
    delimiter = max(",;\t", key=first.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    _check_header(path, names, needed, others)
    cells: list[list[str]] = [[] for _ in names]
    lines = []
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            if not any(row):
                continue
            line = reader.line_num + 1
            if len(row) != len(names):
                raise BadFile(
                    N_("{path}, row {row} has {count} cells; expected {width} as in the header"),
                    path=path, row=line, count=len(row), width=len(names),
                )  # fmt: skip
            for column, cell in zip(cells, row, strict=True):
                column.append(cell.strip())
            lines.append(line)
    except csv.Error as error:
        raise BadFile(
            N_(
                "{path}, row {row} is not well-formed CSV: {why}; look for an unclosed"
                " quotation mark"
            ),
            path=path, row=reader.line_num + 1, why=error,
        ) from error  # fmt: skip
    if not lines:
        raise BadFile(N_("{path} has a header and no row"), path=path)
    return Table(path, dict(zip(names, cells, strict=True)), lines)


def _check_header(
    path: Path, names: list[str], needed: Sequence[str], others: Sequence[str] | None
) -> None:
    if not any(names):
        raise BadFile(
            N_("{path} is empty; expected a header with {columns}"),
            path=path, columns=", ".join(needed),
        )  # fmt: skip
    for name in needed:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
            sentence = _NEAR if near else _MISSING
            raise BadFile(sentence, path=path, name=name, near=near[0] if near else "",
                          columns=", ".join(names))  # fmt: skip
    for name in names:
        if names.count(name) > 1:
            raise BadFile(
                N_("{path}: column {name!r} stands twice; keep one"), path=path, name=name
            )
        if others is not None and name not in (*needed, *others):
            usable = ", ".join((*needed, *others))
            raise BadFile(
                N_("{path}: column {name!r} is not known; expected {columns}; remove it"),
                path=path, name=name, columns=usable,
            )  # fmt: skip


_MISSING = N_("{path}: column {name!r} is missing; its header has {columns}")
_NEAR = N_("{path}: column {name!r} is missing; rename {near!r} if that is it")


def write_rows(out: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV that appears under its name only when it is whole; NaN and None are empty.

    Raises
    ------
    BadFile
        If it cannot be written.
    """
    write_text(out, lambda file: _write(file, header, rows))


def write_text(out: Path, write: Callable[[TextIO], None]) -> None:
    """Let ``write`` fill a file that appears under its name only when it is whole."""
    try:
        with _whole(out) as file:
            write(file)
    except OSError as error:
        raise _unwritten(out, error.strerror or str(error)) from error


def _unwritten(out: Path, why: str) -> BadFile:
    return BadFile(
        N_("{path} cannot be written: {why}; name a file in a folder you may write to"),
        path=out, why=why,
    )  # fmt: skip


def spare(out: Path, read: Collection[Path]) -> None:
    """Refuse, before anything is worked out, an answer that would be written over one of the files that are read
    for it, or into a folder that is not there."""
    if out.resolve() in {path.resolve() for path in read}:
        raise WrittenOver(path=out)
    if not out.resolve().parent.is_dir():
        raise _unwritten(out, os.strerror(errno.ENOENT))


def write_json(out: Path, answer: Any) -> None:
    """Write an answer as JSON, whole. Signs that UTF-8 does not have, as in the names of some files,
    become question marks."""
    text = json.dumps(answer, ensure_ascii=False, indent=1)
    text = text.encode("utf-8", "replace").decode()
    write_text(out, lambda file: print(text, file=file))


def _write(file: TextIO, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow(["" if cell != cell else cell for cell in row])  # NaN differs from itself


@contextlib.contextmanager
def _whole(out: Path) -> Iterator[TextIO]:
    if out.exists() and not out.is_file() and not out.is_dir():  # a device, such as /dev/stdout
        with out.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    target = out.resolve()  # a link keeps pointing where it points
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with part.open("x", encoding="utf-8", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
