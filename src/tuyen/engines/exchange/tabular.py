"""Any table that a person sends, read into columns that remember where each cell stood."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from math import isfinite

from tuyen.engines.exchange import legacy
from tuyen.engines.exchange.cleaning import clean
from tuyen.engines.exchange.filetype import check_not_foreign
from tuyen.engines.exchange.grid import Grid, Value, letter, texts
from tuyen.engines.exchange.layout import Layout, fill_merged, find_layout
from tuyen.engines.exchange.limits import DEFAULT, Limits, check_size
from tuyen.engines.exchange.refusals import (
    CellsBesideTheTable,
    CellTooLong,
    DoubleEncoding,
    EmptyFile,
    EncodingGuessed,
    ExchangeRefusal,
    HiddenCharacters,
    LegacyEncoding,
    SeveralSheets,
    TextConverted,
    TooManyCells,
    TooManyColumns,
    TooManyRows,
    UnknownSheet,
)
from tuyen.engines.exchange.textfile import read_text
from tuyen.engines.exchange.workbook import read_workbook


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its letter in the file, its header ("" if it has none), one value per row."""

    letter: str
    header: str
    values: list[Value]


@dataclass(frozen=True, slots=True)
class Table:
    """The records of a file, by column.

    ``numbers[i]`` is the row of record i as the person sees it (1-based; in a CSV file a quoted
    text of several lines is one row, as a spreadsheet shows it). ``notes`` say what was left out
    or guessed; ``faults`` give rows whose cells do not fit under the header.
    """

    name: str
    kind: str  # "csv" or "xlsx"
    sheet: str | None
    encoding: str
    separator: str | None
    header_rows: tuple[int, ...]
    numbers: list[int]
    columns: tuple[Column, ...]
    from_1904: bool
    notes: tuple[ExchangeRefusal, ...]
    faults: Mapping[int, ExchangeRefusal]

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, letter_or_header: str) -> Column | None:
        """The column with that letter, or else the first with that header."""
        for column in self.columns:
            if column.letter == letter_or_header.upper():
                return column
        return next((c for c in self.columns if c.header == letter_or_header), None)

    def row(self, index: int) -> list[Value]:
        """The cells of record ``index``, in the order of the columns."""
        return [column.values[index] for column in self.columns]


@dataclass(frozen=True, slots=True)
class _Source:
    kind: str
    sheets: tuple[tuple[str | None, Grid], ...]
    encoding: str
    guessed: bool
    separator: str | None
    from_1904: bool


def read_table(
    data: bytes,
    name: str,
    *,
    limits: Limits = DEFAULT,
    vocabulary: frozenset[str] = frozenset(),
    sheet: str | None = None,
    convert: legacy.Legacy | None = None,
) -> Table:
    """Read a CSV, TSV or XLSX file. What it is, is decided by its content.

    Parameters
    ----------
    data, name
        The bytes, and the name of the file for messages.
    vocabulary
        Folded headers that are expected (``Fields.vocabulary``): finds the header row among
        titles and the right sheet among several.
    sheet
        The sheet to read, by name.
    convert
        Convert legacy text from "tcvn3" or "vni" instead of refusing it. Cells that already are
        Unicode Vietnamese stay as they are.

    Raises
    ------
    ExchangeRefusal
        One of its subclasses, for every input that cannot be read; nothing else is raised.
    """
    check_size(len(data), name, limits)
    if not data:
        raise EmptyFile(name=name)
    source = _open(data, name, limits, sheet)
    notes: list[ExchangeRefusal] = []
    if source.guessed:
        notes.append(EncodingGuessed(encoding=source.encoding))
    sheets = [
        (title, _cleaned(grid, name, limits, convert, notes)) for title, grid in source.sheets
    ]
    title, grid, layout = _choose(sheets, name, vocabulary)
    return _table(source, title, grid, layout, name, limits, notes)


def _open(data: bytes, name: str, limits: Limits, sheet: str | None) -> _Source:
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        book = read_workbook(data, name, limits, sheet)
        grids = tuple((found.name, found.grid) for found in book.sheets)
        return _Source("xlsx", grids, "UTF-8", False, None, book.from_1904)
    check_not_foreign(data, name)
    if sheet is not None:
        raise UnknownSheet(name=name, sheet=sheet, sheets="–")
    text = read_text(data, name, limits)
    return _Source("csv", ((None, text.grid),), text.encoding, text.guessed, text.separator, False)


def _cleaned(
    grid: Grid,
    name: str,
    limits: Limits,
    convert: legacy.Legacy | None,
    notes: list[ExchangeRefusal],
) -> Grid:
    """The grid with clean texts. Equal texts become one object, which also saves memory."""
    found = texts(grid.rows)
    longest = max(map(len, found), default=0)
    if longest > limits.cell_length:
        row, column = _place(grid, next(text for text in found if len(text) == longest))
        raise CellTooLong(
            name=name, row=row, column=column, count=longest, limit=limits.cell_length
        )
    meant: dict[str, str] = {}
    hidden = 0
    converted = _conversions(grid, found, name, convert, notes)
    for text in found:
        meant[text], invisible = clean(converted.get(text, text))
        hidden += invisible
    if hidden:
        notes.append(HiddenCharacters(count=hidden))
    rows: list[list[Value]] = [
        [meant[cell] if cell.__class__ is str else _finite(cell) for cell in row]
        for row in grid.rows
    ]
    for cells in rows:
        while cells and cells[-1] == "":
            cells.pop()
    return Grid(rows, grid.merges)


def _finite(cell: Value) -> Value:
    """A number beyond all numbers is shown as a text, so that nobody reckons with it."""
    return str(cell) if isinstance(cell, float) and not isfinite(cell) else cell


def _conversions(
    grid: Grid,
    found: set[str],
    name: str,
    convert: legacy.Legacy | None,
    notes: list[ExchangeRefusal],
) -> dict[str, str]:
    """Refuse text in a wrong encoding, or return it converted if that was asked for."""
    beyond = sorted(text for text in found if not text.isascii())
    if convert is not None:
        changed = {
            text: legacy.convert_legacy(text, convert)
            for text in beyond
            if not legacy.is_unicode_vietnamese(text)
        }
        if changed:
            example = max(changed.values(), key=len)[:60]
            label = legacy.LABELS[convert]
            notes.append(TextConverted(count=len(changed), label=label, converted=example))
        return changed
    if old := legacy.find_legacy(beyond):
        row, column = _place(grid, old.sample)
        raise LegacyEncoding(
            name=name,
            encoding=old.encoding,
            label=legacy.LABELS[old.encoding],
            row=row,
            column=column,
            sample=old.sample[:60],
            converted=legacy.convert_legacy(old.sample[:60], old.encoding),
        )
    doubled = [text for text in beyond if legacy.undo_double(text) is not None]
    if len(doubled) > 1 or (doubled and len(doubled) == len(beyond)):
        row, column = _place(grid, doubled[0])
        before = legacy.undo_double(doubled[0]) or ""
        raise DoubleEncoding(
            name=name, row=row, column=column, sample=doubled[0][:60], converted=before[:60]
        )
    return {}


def _place(grid: Grid, text: str) -> tuple[int, str]:
    for at, row in enumerate(grid.rows):
        if text in row:
            return at + 1, letter(row.index(text))
    return 0, ""


def _choose(
    sheets: list[tuple[str | None, Grid]], name: str, vocabulary: frozenset[str]
) -> tuple[str | None, Grid, Layout]:
    """The sheet that holds the table: the only one with records, or the one with our words."""
    tables = []
    for title, grid in sheets:
        layout = find_layout(grid, vocabulary)
        if layout is not None and layout.data_rows:
            tables.append((title, grid, layout))
    if not tables:
        raise EmptyFile(name=name)
    if len(tables) == 1:
        return tables[0]
    ranked = sorted(tables, key=lambda table: -table[2].hits)
    best, second = ranked[0][2].hits, ranked[1][2].hits
    if best >= 3 and second < best / 2:
        return ranked[0]
    raise SeveralSheets(name=name, sheets=", ".join(str(title) for title, _, _ in tables))


def _table(
    source: _Source,
    title: str | None,
    grid: Grid,
    layout: Layout,
    name: str,
    limits: Limits,
    notes: list[ExchangeRefusal],
) -> Table:
    if len(layout.data_rows) > limits.rows:
        raise TooManyRows(name=name, limit=limits.rows)
    fill_merged(grid, layout.header_rows[-1] + 1, limits.cells)
    rows = [grid.rows[at] for at in layout.data_rows]
    width = max(map(len, rows))
    if width > 4 * limits.columns:
        raise TooManyColumns(name=name, count=width, limit=limits.columns)
    if width * len(rows) > limits.area:
        raise TooManyCells(name=name, limit=limits.cells)
    faults = _faults(rows, layout, source.kind)
    by_column = list(zip_longest(*rows, fillvalue=""))
    headers = layout.headers + [""] * (len(by_column) - len(layout.headers))
    beyond = max((at for at, header in enumerate(headers) if header), default=-1)
    columns = []
    for at, (header, values) in enumerate(zip_longest(headers, by_column, fillvalue=())):
        shown = str(header) if header else ""
        cells = list(values) or [""] * len(rows)
        # Cells beside the table are a fault of their rows, not a column, in a text file.
        if shown or (any(cell != "" for cell in cells) and not (faults and at > beyond)):
            columns.append(Column(letter(at), shown, cells))
    if len(columns) > limits.columns:
        raise TooManyColumns(name=name, count=len(columns), limit=limits.columns)
    if len(columns) * len(rows) > limits.cells:
        raise TooManyCells(name=name, limit=limits.cells)
    return Table(
        name=name,
        kind=source.kind,
        sheet=title,
        encoding=source.encoding,
        separator=source.separator,
        header_rows=tuple(at + 1 for at in layout.header_rows),
        numbers=[at + 1 for at in layout.data_rows],
        columns=tuple(columns),
        from_1904=source.from_1904,
        notes=(*notes, *layout.notes),
        faults=faults,
    )


def _faults(rows: list[list[Value]], layout: Layout, kind: str) -> dict[int, ExchangeRefusal]:
    """Rows of a text file with cells beyond the header: a separator inside a text cut it."""
    last = max((at for at, header in enumerate(layout.headers) if header), default=-1) + 1
    if kind != "csv" or last < 2:
        return {}
    faults: dict[int, ExchangeRefusal] = {}
    for at, row in zip(layout.data_rows, rows, strict=True):
        more = [cell for cell in row[last:] if cell != ""]
        if more:
            faults[at + 1] = CellsBesideTheTable(
                row=at + 1, count=len(more), value=str(more[0])[:60]
            )
    # Where most rows have them, they are a column whose header was forgotten.
    return faults if len(faults) <= len(rows) / 2 else {}
