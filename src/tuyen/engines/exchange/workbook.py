"""XLSX in: a measured archive, a measured sheet, then calamine.

calamine keeps the whole box around a sheet's cells and a copy of a shared text for each cell that
names it: one cell in the last corner, or a million cells naming one long text, would take all
memory and end the process. So each sheet is walked with expat first, which builds nothing.
"""

import io
import re
from typing import Any, NamedTuple
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from tuyen.engines.exchange.archive import unpack
from tuyen.engines.exchange.grid import Grid, Merge, Value, column_index, letter
from tuyen.engines.exchange.limits import Limits
from tuyen.engines.exchange.refusals import (
    DamagedFile,
    ExchangeRefusal,
    HostileArchive,
    TooManyCells,
    TooManyColumns,
    UnknownSheet,
)
from tuyen.kernel.refusal import N_

_REFERENCE = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_DATES_1904 = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true|on)["']""")


class Sheet(NamedTuple):
    """A sheet of a workbook with its name and cells."""

    name: str
    grid: Grid


class Workbook(NamedTuple):
    """The visible sheets that hold cells, and whether their serial dates count from 1904."""

    sheets: tuple[Sheet, ...]
    from_1904: bool


def read_workbook(data: bytes, name: str, limits: Limits, only: str | None = None) -> Workbook:
    """Return the visible sheets of an XLSX file (or the sheet called ``only``, hidden or not).

    Raises a refusal for an archive that is not a plain workbook, for sheets larger than
    ``limits`` and for a sheet that is not there.
    """
    parts = unpack(data, name, limits)
    try:
        _measure_all(parts, name, limits)
    except expat.ExpatError as bad:
        raise DamagedFile(name=name, detail=N_("a sheet is not well-formed")) from bad
    from_1904 = any(
        _DATES_1904.search(content)
        for path, content in parts.items()
        if path.lower().endswith("workbook.xml")
    )
    del parts
    try:
        return Workbook(_load(data, name, limits, only), from_1904)
    except (ExchangeRefusal, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as bad:
        # The reader's panics are not Exceptions; whatever it says, the file is the reason.
        raise DamagedFile(name=name, detail=N_("the workbook cannot be read")) from bad


def _load(data: bytes, name: str, limits: Limits, only: str | None) -> tuple[Sheet, ...]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    tables = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    if only is None:
        tables = [sheet for sheet in tables if sheet.visible == SheetVisibleEnum.Visible]
    else:
        names = ", ".join(sheet.name for sheet in tables)
        tables = [sheet for sheet in tables if sheet.name.casefold() == only.casefold()][:1]
        if not tables:
            raise UnknownSheet(name=name, sheet=only, sheets=names)
    if len(tables) > limits.sheets:
        raise HostileArchive(name=name, detail=N_("it has too many sheets"))
    sheets, left = [], limits.area
    for table in tables:
        sheet = book.get_sheet_by_name(table.name)
        if sheet.start is None:
            continue
        left -= sheet.total_height * sheet.total_width
        if left < 0:
            raise TooManyCells(name=name, limit=limits.cells)
        rows: list[list[Value]] = sheet.to_python(skip_empty_area=False)
        merges = tuple(Merge(*start, *stop) for start, stop in sheet.merged_cell_ranges or ())
        sheets.append(Sheet(table.name, Grid(rows, merges)))
    return tuple(sheets)


def _measure_all(parts: dict[str, bytes], name: str, limits: Limits) -> None:
    lengths = [0]
    for content in parts.values():
        if b"<sst" in content or b":sst" in content:
            lengths.extend(_text_lengths(content))
    for content in parts.values():
        if b"sheetData" in content:
            _measure(content, name, limits, lengths)


def _measure(content: bytes, name: str, limits: Limits, lengths: list[int]) -> None:
    """Refuse a sheet whose cells, box or texts are larger than ``limits`` allow."""
    references = _fast_walk(content, name, limits)
    if references is None:
        references = _slow_walk(content, name, limits)
    if not references:
        return
    text = "\n".join(references)
    columns = {column_index(found) for found in set(re.findall(r"[A-Za-z]+", text))}
    rows = set(re.findall(r"[0-9]+", text))
    width, height = max(columns) + 1, max(map(int, rows))
    if width > 4 * limits.columns:  # blank columns at the side are dropped later
        raise TooManyColumns(name=name, count=width, limit=limits.columns)
    if width * height > limits.area:
        raise TooManyCells(name=name, limit=limits.cells)
    # The exact sum is slow, so it is only asked for where the rough bound does not settle it.
    rough = len(references) * max(lengths)
    if rough > limits.text and _shared_text(content, lengths) > limits.text:
        raise TooManyCells(name=name, limit=limits.cells)


def _fast_walk(content: bytes, name: str, limits: Limits) -> list[str] | None:
    """The references of all cells with a value, or None if some cell has no usual reference."""
    if b":sheetData" in content:
        return None
    references: list[str] = []
    current: str | None = None

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal current
        if tag == "c":
            current = attributes.get("r")
        elif tag == "v" or tag == "is":
            references.append(current)  # type: ignore[arg-type]  # None is looked for below
        elif tag == "row" and len(references) > limits.cells:
            raise TooManyCells(name=name, limit=limits.cells)

    _parse(content, start=start)
    if len(references) > limits.cells:
        raise TooManyCells(name=name, limit=limits.cells)
    if None in references or not all(map(_REFERENCE.fullmatch, references)):
        return None
    return references


def _slow_walk(content: bytes, name: str, limits: Limits) -> list[str]:
    """The same for sheets that leave positions out or put a prefix before each tag."""
    references: list[str] = []
    row = column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        tag = tag.rpartition(":")[2]
        if tag == "row":
            column = 0
            row = _number(attributes["r"], name) if "r" in attributes else row + 1
        elif tag == "c":
            column += 1
            if "r" in attributes:
                found = _REFERENCE.fullmatch(attributes["r"])
                if found is None:
                    raise DamagedFile(name=name, detail=N_("a cell has no valid place"))
                column, row = column_index(found[1]) + 1, int(found[2])
            if len(references) >= limits.cells:
                raise TooManyCells(name=name, limit=limits.cells)
            references.append(f"{letter(column - 1)}{row}")

    _parse(content, start=start)
    return references


def _number(text: str, name: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise DamagedFile(name=name, detail=N_("a row has no valid number"))
    return int(text)


def _text_lengths(content: bytes) -> list[int]:
    """The number of characters of each shared text."""
    lengths: list[int] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            lengths.append(0)

    def text(piece: str) -> None:
        if lengths:
            lengths[-1] += len(piece)

    _parse(content, start=start, text=text)
    return lengths


def _shared_text(content: bytes, lengths: list[int]) -> int:
    """The characters of all cells that name a shared text (``lengths[i + 1]`` is text i)."""
    total, shared, pieces = 0, False, [""]

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal shared
        tag = tag.rpartition(":")[2]
        if tag == "c":
            shared = attributes.get("t") == "s"
        elif tag == "v":
            pieces.clear()

    def end(tag: str) -> None:
        nonlocal total
        if shared and tag.rpartition(":")[2] == "v":
            index = "".join(pieces).strip()
            if index.isascii() and index.isdigit() and int(index[:9]) + 1 < len(lengths):
                total += lengths[int(index[:9]) + 1]

    _parse(content, start=start, end=end, text=pieces.append)
    return total


def _parse(content: bytes, *, start: Any, end: Any = None, text: Any = None) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    if end is not None:
        parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    parser.Parse(content, True)
