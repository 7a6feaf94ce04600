"""Where the table is on the sheet: titles above, a header of several lines, totals below."""

import re
from typing import NamedTuple

from tuyen.engines.exchange.grid import Grid, Value
from tuyen.engines.exchange.headers import JOINT, header_key
from tuyen.engines.exchange.refusals import (
    ExchangeRefusal,
    FootnoteLeftOut,
    RepeatedHeaderLeftOut,
    TotalRowLeftOut,
)
from tuyen.kernel.text import fold

_LOOKED_AT = 60  # rows from the top in which a header is looked for
_NUMBERISH = re.compile(r"[\d\s.,:/+%()\-]+")
_COUNTED = re.compile(r"\(?\s*(\d{1,3}|[A-Za-z])\s*\)?")
# fmt: off
_TOTALS = frozenset({
    "tong", "tong cong", "tong so", "cong", "cong don", "tong cong chung", "total", "grand total",
    "sum", "subtotal", "合计", "总计", "小计",
})
# fmt: on
_FOOT = re.compile(
    r"^(nguoi (lap|bao cao|tong hop)|ghi chu|nguon|thu truong|truong tram|giam doc|lanh dao"
    r"|truong khoa|can bo|note|source|prepared by|approved by|备注|制表|填表)"
    r"|ngay( \d+)? thang( \d+)? nam\b|ky( va)? ghi ro ho ten|ky ten"
)


class Layout(NamedTuple):
    """Indices into ``Grid.rows``, and what was left out of the table."""

    header_rows: tuple[int, ...]
    headers: list[str]  # one per column of the grid, "" where there is none
    data_rows: list[int]
    hits: int  # headers that are words of the vocabulary
    notes: list[ExchangeRefusal]


def find_layout(grid: Grid, vocabulary: frozenset[str] = frozenset()) -> Layout | None:
    """Return where header and data are in a cleaned grid, or None if nothing is.

    ``vocabulary`` holds folded headers (:func:`header_key`) that the reader expects; with it the
    header is found by its words, without it by its shape: the first row of labels at least half
    as wide as the widest row.
    """
    rows = grid.rows
    filled = [(at, len(row) - row.count("")) for at, row in enumerate(rows)]
    top = [(at, count) for at, count in filled if count][:_LOOKED_AT]
    if not top:
        return None
    main = _header_row(rows, top, vocabulary)
    block = _header_block(grid, main)
    headers = _join(grid, block)
    after = block[-1] + 1
    while after < len(rows) and _counts_columns(rows[after]):
        after += 1
    hits = sum(header_key(header) in vocabulary for header in headers if header)
    data, notes = _data_rows(rows, block, after, sum(map(bool, headers)))
    return Layout(tuple(block), headers, data, hits, notes)


def _is_label(cell: Value) -> bool:
    return isinstance(cell, str) and cell != "" and not _NUMBERISH.fullmatch(cell[:200])


def _header_row(
    rows: list[list[Value]], top: list[tuple[int, int]], vocabulary: frozenset[str]
) -> int:
    if vocabulary:
        hits = [
            sum(isinstance(cell, str) and header_key(cell) in vocabulary for cell in rows[at])
            for at, _ in top
        ]
        most = max(hits)
        if most >= 2:
            return top[hits.index(most)][0]
    widest = max(count for _, count in top)
    for all_labels in (True, False):
        for at, count in top:
            labels = sum(map(_is_label, rows[at]))
            if count >= 0.5 * widest and (labels == count or not all_labels):
                return at
    return top[0][0]


def _header_block(grid: Grid, main: int) -> list[int]:
    """The rows of the header: ``main``, and neighbours that complete it (three at most)."""
    block = [main]
    while len(block) < 3 and _completes(grid, upper=block[0] - 1, lower=block[0]):
        block.insert(0, block[0] - 1)
    while len(block) < 3 and _completes(grid, upper=block[-1], lower=block[-1] + 1):
        block.append(block[-1] + 1)
    return block


def _completes(grid: Grid, upper: int, lower: int) -> bool:
    """Whether the two rows are two lines of one header.

    The lower line stands under group headings (merged, or followed by blanks) and leaves blank
    what the upper line already names; a record would fill the first named column.
    """
    rows = grid.rows
    if upper < 0 or lower >= len(rows):
        return False
    above, below = rows[upper], rows[lower]
    named = [at for at, cell in enumerate(above) if cell != ""]
    under = [at for at, cell in enumerate(below) if cell != ""]
    if not under or len(named) < 2 or not all(_is_label(cell) for cell in above if cell != ""):
        return False
    if not all(_is_label(below[at]) for at in under):
        return False
    spans = _spans(grid, upper, under)
    new = [at for at in under if at >= len(above) or above[at] == ""]
    held = all(at in spans for at in under)
    alone = [at for at in named if at not in spans]
    return bool(new) and held and (not alone or all(at not in under for at in alone))


def _spans(grid: Grid, upper: int, under: list[int]) -> dict[int, int]:
    """Column -> the column of the group heading above it, for headings over several columns."""
    spans: dict[int, int] = {}
    merged = [
        merge
        for merge in grid.merges
        if merge.top <= upper <= merge.bottom and merge.right > merge.left
    ]
    above = grid.rows[upper]
    if merged:
        for merge in merged:
            for at in range(merge.left, min(merge.right, max(under)) + 1):
                spans[at] = merge.left
        return spans
    heading, columns = -1, set(under)
    for at in range(max(under) + 1):
        if at < len(above) and above[at] != "":
            heading = at
        elif heading >= 0 and at in columns and (at - 1 in columns):
            spans[at] = heading
            spans[heading] = heading
    return spans


def _join(grid: Grid, block: list[int]) -> list[str]:
    width = max(len(row) for row in grid.rows[: block[-1] + 1000])
    lines: list[list[str]] = []
    for place, at in enumerate(block):
        row = grid.rows[at]
        line = [_shown(row[c]) if c < len(row) else "" for c in range(width)]
        if place + 1 < len(block):
            lower = grid.rows[block[place + 1]]
            under = [c for c, cell in enumerate(lower) if cell != ""]
            for column, heading in _spans(grid, at, under).items():
                if column < width and heading < width:
                    line[column] = line[heading]
        lines.append(line)
    headers = []
    for parts in zip(*lines, strict=True):
        words = [part for place, part in enumerate(parts) if part and part not in parts[:place]]
        headers.append(JOINT.join(words))
    return headers


def _shown(cell: Value) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else str(cell)


def _counts_columns(row: list[Value]) -> bool:
    """The line "(1) (2) (3)" or "A B 1 2 3" that official forms put under the header."""
    cells = [f"{c:g}" if isinstance(c, float) else str(c) for c in row if c != ""]
    if len(cells) < 4:
        return False
    found = [_COUNTED.fullmatch(cell) for cell in cells]
    if not all(found):
        return False
    signs = [match[1] for match in found if match]
    numbers = [int(sign) for sign in signs if sign.isdigit()]
    letters = [sign.upper() for sign in signs if not sign.isdigit()]
    if len(numbers) < 3:
        return False
    return numbers == list(range(1, len(numbers) + 1)) and letters == [
        chr(65 + place) for place in range(len(letters))
    ]


def _data_rows(
    rows: list[list[Value]], block: list[int], start: int, named: int
) -> tuple[list[int], list[ExchangeRefusal]]:
    heads = [_filled(rows[at]) for at in block]
    data: list[int] = []
    notes: list[ExchangeRefusal] = []
    for at in range(start, len(rows)):
        row = rows[at]
        first = next((cell for cell in row if cell != ""), None)
        if first is None:
            continue
        if isinstance(first, str):
            if _is_total(first):
                notes.append(TotalRowLeftOut(row=at + 1, value=first[:60]))
                continue
            if any(first in head[:1] for head in heads) and _filled(row) in heads:
                notes.append(RepeatedHeaderLeftOut(row=at + 1))
                continue
        data.append(at)
    notes.extend(_drop_footnotes(rows, data, named))
    return data, notes


def _filled(row: list[Value]) -> list[Value]:
    return [cell for cell in row if cell != ""]


def _is_total(text: str) -> bool:
    if len(text) > 60 or not text[:1].isalpha():
        return False
    key = fold(text)
    return key in _TOTALS or key.startswith("tong cong ")


def _drop_footnotes(rows: list[list[Value]], data: list[int], named: int) -> list[ExchangeRefusal]:
    """Take notes and signatures off the end of ``data``; a table of one column has none."""
    notes: list[ExchangeRefusal] = []
    while len(data) > 1 and named > 2:
        cells = _filled(rows[data[-1]])
        if len(cells) > max(1, named // 3) or not all(map(_is_label, cells)):
            break
        spoken = any(_FOOT.search(fold(str(cell)[:200])) for cell in cells)
        apart = data[-1] - data[-2] > 1 and len(cells) == 1
        if not (spoken or apart):
            break
        notes.append(FootnoteLeftOut(row=data.pop() + 1, value=str(cells[0])[:60]))
    return notes[::-1]


def fill_merged(grid: Grid, first: int, most: int) -> None:
    """Give each row of a vertically merged cell below row ``first`` the value that it shows."""
    rows, left = grid.rows, most
    for merge in grid.merges:
        if merge.top < first or merge.left != merge.right or merge.top >= len(rows):
            continue
        if merge.left >= len(rows[merge.top]):
            continue
        value = rows[merge.top][merge.left]
        for at in range(merge.top + 1, min(merge.bottom + 1, len(rows))):
            left -= 1
            if left < 0:
                return
            if rows[at][merge.left] == "":
                rows[at][merge.left] = value
