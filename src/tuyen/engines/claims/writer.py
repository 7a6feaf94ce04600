"""Claim files written exactly: fields in the order of the decision, codes as text, money to the cent.

What was written here and is read again gives the same bytes when it is written once more.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from tuyen.engines.claims.reader import CHECK_IN, HEADER, Layout, Row
from tuyen.engines.claims.values import DECIMALS, half_up

Value = str | int | Decimal | date | datetime | Sequence[str] | None

_MARK = '<?xml version="1.0" encoding="utf-8"?>'


class BadValue(ValueError):
    """A value cannot stand in its field: a float, a sign that XML does not allow, a field unknown."""


def text_of(kind: str, value: Value) -> str:
    """A value as its kind is written.

    Amounts have two decimals, a half goes up; quantities and prices at most three; a moment is
    yyyymmddHHMM; several values stand with ";" between. A text stays as it is.

    >>> text_of("money", Decimal("8344.005")), text_of("price", Decimal("115.500"))
    ('8344.01', '115.5')

    Raises
    ------
    BadValue
        For a float (money is never one), or a sign that XML cannot carry.
    """
    if type(value) is Decimal:  # most of what a claim tells is money
        return _number(kind, value)
    if value is None:
        return ""
    if isinstance(value, float):
        raise BadValue(f"{value!r} is a float; give a Decimal")
    if isinstance(value, str):
        if any((sign < " " and sign not in "\t\n\r") or sign in "\ufffe\uffff" for sign in value):
            raise BadValue(f"{value!r} holds a sign that XML does not allow")
        return value
    if isinstance(value, date):
        return _day(kind in ("moment", "birth"), value)
    if isinstance(value, (int, Decimal)):
        return _number(kind, Decimal(value))
    return ";".join(value)


@lru_cache(20_000)
def _day(with_time: bool, value: date) -> str:
    """A day or a moment; visits share theirs with all their lines."""
    if isinstance(value, datetime):
        return value.strftime("%Y%m%d%H%M" if with_time else "%Y%m%d")
    return value.strftime("%Y%m%d") + ("0000" if with_time else "")


@lru_cache(50_000)
def _number(kind: str, value: Decimal) -> str:
    """A number; prices, percentages and nothing come again and again, and equal ones are written alike."""
    if kind == "money":
        return f"{half_up(value):f}"
    places = DECIMALS.get(kind, 6)
    exact = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    if kind == "weight":
        return exact
    return exact.rstrip("0").rstrip(".") if "." in exact else exact


def write_table(
    table: str,
    rows: Sequence[Mapping[str, Value]],
    layout: Layout,
    fields: Mapping[str, Any],
) -> bytes:
    """The XML of one table; ``fields`` are those of the day (`rulebook.Book.fields`), in order.

    Raises
    ------
    BadValue
        For a value that cannot be written, or a field that the table does not have.
    """
    ordered = sorted(fields.values(), key=lambda field: field.order)
    lines = []
    for row in rows:
        unknown = row.keys() - fields.keys()
        if unknown:
            raise BadValue(f"{table} has no field {', '.join(sorted(unknown))}")
        cells = [_cell(field.name, text_of(field.kind, row.get(field.name))) for field in ordered]
        lines.append("".join(cells))
    if not layout.list:
        if len(lines) != 1:
            raise BadValue(f"{table} is one row to a part, not {len(lines)}")
        body = lines[0]
    else:
        inner = "".join(f"<{layout.row}>{line}</{layout.row}>" for line in lines)
        body = f"<{layout.list}>{inner}</{layout.list}>"
    return f"{_MARK}<{layout.root}>{body}</{layout.root}>".encode()


def _cell(name: str, text: str) -> str:
    if not text:
        return f"<{name}/>"
    # A carriage return would come back as a line feed, so it goes as a number.
    return f"<{name}>{escape(text, {chr(13): '&#13;'})}</{name}>"


def write_visit(
    tables: Mapping[str, Sequence[Mapping[str, Value]]],
    layouts: Mapping[str, Layout],
    fields: Mapping[str, Mapping[str, Any]],
    *,
    facility: str,
    made_on: date,
) -> bytes:
    """The file of one visit: an envelope with one base64 part a table, unsigned.

    The check-in (XML0) is a post of its own, see `write_check_in`; XML12 is never sent.

    Raises
    ------
    BadValue
        For a value that cannot be written, or a table that does not go in a file.
    """
    parts = []
    for table in layouts:
        rows = tables.get(table)
        if not rows:
            continue
        layout = layouts[table]
        if table == CHECK_IN or not layout.root:
            raise BadValue(f"{table} does not go in the file of a visit")
        each = [[row] for row in rows] if not layout.list else [rows]
        for some in each:
            packed = base64.b64encode(write_table(table, some, layout, fields[table])).decode()
            parts.append(
                f"<FILEHOSO><LOAIHOSO>{table}</LOAIHOSO><NOIDUNGFILE>{packed}</NOIDUNGFILE></FILEHOSO>"
            )
    if not tables.get(HEADER):
        raise BadValue("a visit has its table XML1")
    return (
        f"{_MARK}<GIAMDINHHS><THONGTINDONVI><MACSKCB>{escape(facility)}</MACSKCB></THONGTINDONVI>"
        f"<THONGTINHOSO><NGAYLAP>{made_on:%Y%m%d}</NGAYLAP><SOLUONGHOSO>1</SOLUONGHOSO>"
        f"<DANHSACHHOSO><HOSO>{''.join(parts)}</HOSO></DANHSACHHOSO></THONGTINHOSO>"
        "<CHUKYDONVI/></GIAMDINHHS>"
    ).encode()


def write_check_in(
    rows: Sequence[Row], layouts: Mapping[str, Layout], fields: Mapping[str, Mapping[str, Any]]
) -> bytes:
    """The post of a check-in, unsigned."""
    text = write_table(CHECK_IN, rows, layouts[CHECK_IN], fields[CHECK_IN]).decode()
    root = layouts[CHECK_IN].root
    return text.removesuffix(f"</{root}>").encode() + f"<CHUKYDONVI/></{root}>".encode()
