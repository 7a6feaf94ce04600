"""CSV and TSV in: which encoding, which separator, which cells."""

import csv
import io
import re
import unicodedata
from collections import Counter
from typing import NamedTuple

from tuyen.engines.exchange.grid import Grid, Value, letter
from tuyen.engines.exchange.legacy import find_legacy
from tuyen.engines.exchange.limits import Limits
from tuyen.engines.exchange.refusals import (
    CellTooLong,
    EmptyFile,
    TooManyCells,
    TooManyRows,
    UnclosedQuote,
    UnknownEncoding,
    UnsupportedFile,
)
from tuyen.engines.exchange.syllable import is_syllable
from tuyen.kernel.refusal import N_

SEPARATORS = ",;\t|"
_SAMPLE = 65_536
_BESIDES = 1_000  # rows of titles, totals and notes
_SEP_LINE = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+")
_CJK = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


class Decoded(NamedTuple):
    """Text, the name of its encoding, and whether that is a guess."""

    text: str
    encoding: str
    guessed: bool


class TextTable(NamedTuple):
    """The cells of a CSV file and how it was read."""

    grid: Grid
    encoding: str
    guessed: bool
    separator: str


def read_text(data: bytes, name: str, limits: Limits) -> TextTable:
    """Return the cells of a CSV or TSV file. Refuses what is not text, and what is too large."""
    decoded = decode(data, name)
    text = decoded.text
    if not text.strip("\ufeff\x00 \t\r\n"):
        raise EmptyFile(name=name)
    declared = _SEP_LINE.match(text)  # Excel's own first line, which Excel does not show
    if declared:
        text, separator = text[declared.end() :], declared[1]
    else:
        separator = sniff_separator(text)
    if separator in '"\r\n\x00':
        separator = ","
    return TextTable(
        Grid(_records(text, separator, name, limits)), decoded.encoding, decoded.guessed, separator
    )


def decode(data: bytes, name: str) -> Decoded:
    """Return ``data`` as text: by its mark, as UTF-8, as UTF-16, or by what its words look like."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
    ):
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding, name, shift=len(mark))
    if encoding_ := _utf16_without_mark(data):
        return _strictly(data, encoding_, name, guessed=True)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as bad:
        return _single_byte(data, name, bad)
    _check_is_text(text, name)
    return Decoded(text, "UTF-8", False)


def _strictly(
    data: bytes, encoding: str, name: str, shift: int = 0, guessed: bool = False
) -> Decoded:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as bad:
        raise UnknownEncoding(name=name, position=bad.start + shift) from bad
    _check_is_text(text, name)
    return Decoded(text, encoding.upper(), guessed)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows as every other byte being NUL, for the separators and digits at least."""
    head = data[:4096]
    if len(head) < 4 or len(data) % 2:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 0.3 * len(head) / 2 and even < 0.05 * len(head):
        return "utf-16-le"
    if even > 0.3 * len(head) / 2 and odd < 0.05 * len(head):
        return "utf-16-be"
    return None


def _check_is_text(text: str, name: str) -> None:
    head = text[:_SAMPLE]
    control = sum(map(head.count, map(chr, (*range(9), *range(14, 32)))))
    if control > 0.1 * len(head) + 8:
        raise UnsupportedFile(name=name, kind=N_("binary data"))


def _single_byte(data: bytes, name: str, bad: UnicodeDecodeError) -> Decoded:
    head = data[:_SAMPLE]
    if sum(head.count(byte) for byte in (*range(9), *range(14, 32))) > 0.1 * len(head) + 8:
        raise UnsupportedFile(name=name, kind=N_("binary data"))
    western = data.decode("latin-1").translate(_CP1252)
    lines = western.splitlines()
    if find_legacy(lines) is not None:
        return Decoded(western, "Windows-1252", True)  # named and refused by the caller
    if _mostly_utf8(data):
        raise UnknownEncoding(name=name, position=bad.start)
    vietnamese = unicodedata.normalize("NFC", data.decode("cp1258", "replace"))
    marked = _syllable_share(vietnamese)
    if marked > 0.5 and marked >= _syllable_share(western):
        return Decoded(vietnamese, "Windows-1258", True)
    try:
        chinese = data.decode("gb18030")
    except UnicodeDecodeError:
        chinese = ""
    beyond = sum(not sign.isascii() for sign in chinese[:_SAMPLE])
    if beyond and len(_CJK.findall(chinese[:_SAMPLE])) > 0.9 * beyond:
        return Decoded(chinese, "GB18030", True)
    return Decoded(western, "Windows-1252", True)


_CP1252 = {
    byte: bytes([byte]).decode("cp1252")
    for byte in range(0x80, 0xA0)
    if byte not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
}


def _mostly_utf8(data: bytes) -> bool:
    """UTF-8 with a few bytes spoiled must not be read as something else."""
    text = data.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    kept = sum(not sign.isascii() for sign in text) - lost
    return kept >= 10 * lost


def _syllable_share(text: str) -> float:
    """Which part of the different words with letters beyond ASCII are Vietnamese syllables."""
    words = {word for word in _WORDS.findall(text[: 4 * _SAMPLE]) if not word.isascii()}
    return sum(map(is_syllable, words)) / len(words) if words else 0.0


def sniff_separator(text: str) -> str:
    """Return the separator that cuts the first lines into the steadiest number of cells."""
    sample = text[:_SAMPLE]
    if len(text) > _SAMPLE:
        sample = sample[: sample.rfind("\n") + 1] or sample
    best = (0.0, ",")
    for separator in SEPARATORS:
        if separator not in sample:
            continue
        try:
            widths = [
                len(row)
                for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
                if any(cell.strip() for cell in row)
            ]
        except csv.Error:
            continue
        wide = Counter(width for width in widths if width > 1)
        if wide:
            width, often = max(wide.items(), key=lambda item: (item[1], item[0]))
            # Titles above the table and notes below it are narrower, so they only weigh a little.
            score = often / len(widths) * (2 - 1 / width)
            best = max(best, (score, separator), key=lambda item: item[0])
    return best[1]


def _records(text: str, separator: str, name: str, limits: Limits) -> list[list[Value]]:
    try:
        return _read(text, separator, name, limits, strict=True)
    except csv.Error as bad:
        if "field larger" in str(bad) and '"' not in text:
            _refuse_long_cell(text, separator, name, limits)
        if "end of data" in str(bad) or "field larger" in str(bad):
            raise UnclosedQuote(name=name, row=_row_of_open_quote(text, separator)) from bad
    try:
        return _read(text, separator, name, limits, strict=False)
    except csv.Error as bad:
        raise UnclosedQuote(name=name, row=_row_of_open_quote(text, separator)) from bad


def _read(
    text: str, separator: str, name: str, limits: Limits, *, strict: bool
) -> list[list[Value]]:
    rows: list[list[Value]] = []
    cells = filled = 0
    # newline="" leaves line ends inside quotes alone, and a lone CR ends a row as well.
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict):
        if row:
            cells += len(row)
            filled += any(row)
            longest = max(map(len, row))
            if longest > limits.cell_length:
                raise CellTooLong(
                    name=name,
                    row=len(rows) + 1,
                    column=letter([len(cell) for cell in row].index(longest)),
                    count=longest,
                    limit=limits.cell_length,
                )
            if not strict and any(cell.count("\n") > 50 for cell in row):
                raise UnclosedQuote(name=name, row=len(rows) + 1)
        rows.append(row)  # type: ignore[arg-type]  # a list of texts is a list of values here
        if cells > limits.cells:
            raise TooManyCells(name=name, limit=limits.cells)
        # Titles, totals and blank rows are dropped later; a hostile file must not get that far.
        if filled > limits.rows + _BESIDES or len(rows) > 4 * limits.rows + _BESIDES:
            raise TooManyRows(name=name, limit=limits.rows)
    return rows


def _refuse_long_cell(text: str, separator: str, name: str, limits: Limits) -> None:
    for at, line in enumerate(text.splitlines(), start=1):
        if len(line) > limits.cell_length:
            sizes = [len(cell) for cell in line.split(separator)]
            if max(sizes) > limits.cell_length:
                raise CellTooLong(
                    name=name,
                    row=at,
                    column=letter(sizes.index(max(sizes))),
                    count=max(sizes),
                    limit=limits.cell_length,
                )


def _row_of_open_quote(text: str, separator: str) -> int:
    """The number of the last row that could be read before the quotation ran on."""
    row = 0
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            row += 1
    except csv.Error:
        return row + 1
    return row
