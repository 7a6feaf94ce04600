"""Cells as they stand in the file, before anyone asks what they mean."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

Value = str | int | float | bool | datetime | date | time | timedelta
"""A cell. CSV has only text; a blank cell is the empty text."""


class Merge(NamedTuple):
    """A merged range, 0-based and inclusive, as indices into ``Grid.rows``."""

    top: int
    left: int
    bottom: int
    right: int


class Grid(NamedTuple):
    """All cells of a sheet: ``rows[i]`` is the row the person sees as number ``i + 1``."""

    rows: list[list[Value]]
    merges: tuple[Merge, ...] = ()


def letter(index: int) -> str:
    """The name of the column with the 0-based ``index``.

    >>> letter(0), letter(25), letter(26), letter(701), letter(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def column_index(name: str) -> int:
    """The 0-based index of a column letter: the inverse of :func:`letter`."""
    index = 0
    for sign in name.upper():
        index = index * 26 + ord(sign) - 64
    return index - 1


def texts(rows: Iterable[list[Value]]) -> set[str]:
    """The different texts of a grid."""
    found: set[str] = set()
    for row in rows:
        found.update(cell for cell in row if cell.__class__ is str)
    return found
