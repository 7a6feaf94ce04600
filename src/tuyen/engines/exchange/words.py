"""Cells that say nothing: dashes, "n/a", error values of spreadsheets."""

from tuyen.engines.exchange.grid import Value

_SIGNS = frozenset("-–—_.…/\\*?:; ")
# fmt: off
_WORDS = frozenset({
    "n/a", "na", "null", "none", "nan", "nil", "#n/a", "#value!", "#ref!", "#name?", "#num!",
    "#null!", "#div/0!", "không có", "khong co", "không rõ", "khong ro", "kxđ", "chưa rõ",
    "chua ro", "chưa có", "chua co", "unknown", "unk", "trống", "无", "不详", "未知", "空",
})
# fmt: on


def is_blank(cell: Value) -> bool:
    """Whether a cell of numbers, dates or codes says "nothing known"."""
    return isinstance(cell, str) and (is_dash(cell) or cell.lower() in _WORDS)


def is_dash(cell: str) -> bool:
    """Whether a text is only dashes or dots. (A name may be "Na", so words do not count.)"""
    return len(cell) < 20 and _SIGNS.issuperset(cell)
