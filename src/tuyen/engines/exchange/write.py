"""Tables out: CSV and XLSX that no spreadsheet takes for a program (IN-06).

A text that begins like a formula gets an apostrophe in CSV, where nothing else can mark it as
text, and is stored as text in XLSX; a number stays a number. :func:`tabular.read_table` takes the
apostrophe away again, so a table that was written is read back as it was.
"""

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any, NamedTuple

import xlsxwriter

from tuyen.engines.exchange.grid import Value

Cell = Value | None

_SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_SPACES = "".join(filter(str.isspace, map(chr, range(0x3001)))) + "\u200b\ufeff"
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767  # characters in a cell of a workbook
_MOST_ROWS = 1_048_576
_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number


def neutral(text: str) -> str:
    """Return ``text`` so that a spreadsheet opening a CSV file takes it for text.

    >>> neutral("=1+1"), neutral("-5 °C"), neutral("Lò Văn A")
    ("'=1+1", "'-5 °C", 'Lò Văn A')
    """
    return f"'{text}" if _looks_like_formula(text) else text


def _looks_like_formula(text: str) -> bool:
    """Spaces before the sign do not matter to every program, nor one apostrophe to our reader."""
    bare = text.lstrip(_SPACES).lstrip("'").lstrip(_SPACES)
    return bare.startswith(_SIGNS) or text.startswith(("\t", "\r", "\n"))


def write_csv(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    mark: bool = True,
    separator: str = ",",
    title: str = "",
) -> bytes:
    """Return a CSV file in UTF-8; ``mark`` puts the sign before it by which Excel knows that.

    ``title`` is a line of its own above the header; :func:`tabular.read_table` passes it over.
    Dates are written year first, which every reader understands alike; numbers with a point.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    for row in chain([[title]] if title else [], [header], rows):
        writer.writerow([_csv_cell(cell) for cell in row] or [""])
    return text.getvalue().encode("utf-8-sig" if mark else "utf-8")


def _csv_cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str):
        return neutral(_CONTROL.sub("", cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return cell


class SheetOut(NamedTuple):
    """A sheet to write: its name, header and rows, and the widths of columns in characters."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    widths: Sequence[int] = ()
    title: str = ""  # a line of its own above the header


def write_xlsx(sheets: Sequence[SheetOut]) -> bytes:
    """Return an XLSX workbook.

    Rows go to the system's temporary folder and not to memory as they are written; the folder
    must be as private as the data. Texts are stored as texts, whatever they begin with, and are
    cut at the 32,767 characters that a cell can hold.

    Raises
    ------
    ValueError
        If a sheet has more rows than a workbook can hold.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "nan_inf_to_errors": True,
        },
    )
    # The moment of writing would make equal tables different files.
    book.set_properties({"created": datetime(2000, 1, 1), "author": ""})  # noqa: DTZ001
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    names: set[str] = set()
    for sheet in sheets:
        page = book.add_worksheet(_sheet_name(sheet.name, names))
        top = 1 if sheet.title else 0  # the row of the header
        page.freeze_panes(top + 1, 0)
        if sheet.title:
            page.write_string(0, 0, _xlsx_text(sheet.title))
        for at, width in enumerate(sheet.widths):
            page.set_column(at, at, width)
        for at, title in enumerate(sheet.header):
            page.write_string(top, at, _xlsx_text(title), bold)
        put = _putter(page, day, moment)
        for number, row in enumerate(sheet.rows, start=top + 1):
            if number >= _MOST_ROWS:
                raise ValueError(f"a sheet holds {_MOST_ROWS - 1} rows under its header")
            for at, cell in enumerate(row):
                put(number, at, cell)
    book.close()
    return file.getvalue()


def _putter(page: Any, day: Any, moment: Any) -> Callable[[int, int, Cell], None]:
    """Writes one cell by its type: never by what its text looks like."""

    def put(row: int, column: int, cell: Cell) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            page.write_string(row, column, _xlsx_text(cell))
        elif isinstance(cell, bool):
            page.write_boolean(row, column, cell)
        elif isinstance(cell, (int, float)):
            if abs(cell) < _EXACT:  # false for NaN as well
                page.write_number(row, column, cell)
            else:
                page.write_string(row, column, str(cell))
        elif isinstance(cell, datetime) and cell.year >= 1900:
            page.write_datetime(row, column, cell.replace(tzinfo=None), moment)
        elif isinstance(cell, date) and cell.year >= 1900:
            page.write_datetime(row, column, cell, day)
        else:
            page.write_string(row, column, str(cell))

    return put


def _xlsx_text(text: str) -> str:
    bare = _CONTROL.sub("", text)
    if bare.startswith("'") and _looks_like_formula(bare):
        bare = f"'{bare}"  # the reader takes one away
    return bare if len(bare) <= _LONGEST else bare[: _LONGEST - 1] + "…"


def _sheet_name(name: str, taken: set[str]) -> str:
    """A name a workbook allows: 31 characters, none of []:*?/\\, no apostrophe at an end, new."""
    bare = re.sub(r"[\[\]:*?/\\]", " ", _CONTROL.sub("", name)).strip("' ")[:31].strip("' ")
    made = bare or "Sheet"
    number = 1
    while made.lower() in taken or made.lower() == "history":
        number += 1
        made = f"{bare[:27].strip(chr(39))} {number}"
    taken.add(made.lower())
    return made
