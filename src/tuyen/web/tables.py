"""What a data table shows: its columns, and how each value is written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tuyen.web.templatetags import figures

Kind = Literal["text", "number", "percent", "day", "moment", "html"]

_WRITERS: dict[str, Callable[[Any], Any]] = {
    "number": figures.number,
    "percent": figures.percent,
    "day": figures.day,
    "moment": figures.moment,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column: the key of its value in a row, its translated head, and its kind.

    sort: the column head is a link that sorts by ``key``. href: key of the row's value that holds
    the link. head: the cell names its row (at most one; it is the title of the card on a phone).
    A ``text`` is escaped; an ``html`` value must already be a ``SafeString``.
    """

    key: str
    label: str
    kind: Kind = "text"
    sort: bool = False
    href: str = ""
    head: bool = False

    @property
    def numeric(self) -> bool:
        return self.kind in ("number", "percent")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown."""

    column: Column
    text: Any
    href: str


def cells(columns: Sequence[Column], row: Mapping[str, Any]) -> list[Cell]:
    """Return the cells of one row; a missing value is an en dash."""
    return [_cell(column, row) for column in columns]


def _cell(column: Column, row: Mapping[str, Any]) -> Cell:
    value = row.get(column.key)
    write = _WRITERS.get(column.kind)
    if write is not None:
        value = write(value)
    elif value is None or value == "":
        value = figures.MISSING
    return Cell(column, value, str(row.get(column.href) or "") if column.href else "")
