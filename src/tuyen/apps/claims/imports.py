"""Files of catalogues (CSV, XLSX) and of answers of the insurer, read into operations.

The header of a column is the name of a field (``price``), the field of the claim that it fills
(``DON_GIA``) or its words in one of the languages; the key is ``key`` or the word of the catalogue.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tuyen.apps.claims.operations import Answer, ImportAnswers, Line, SetCatalogue
from tuyen.apps.claims.refusals import BadAnswerFile, KeylessAnswer
from tuyen.engines.claims.values import number
from tuyen.engines.exchange.tabular import Table, read_table
from tuyen.kernel.text import fold
from tuyen.rules.claims.catalogues import catalogues

AT_ONCE = 500
MOST_TOLD = 20
"""Rows that cannot be read and are told; who mends so many sends the file again."""
ANSWERS = {
    "key": ("MA_LK", "ma_lk", "key"),
    "outcome": ("KET_QUA", "outcome"),
    "table": ("BANG", "LOAIHOSO", "table"),
    "row": ("STT", "row"),
    "field": ("TRUONG", "field"),
    "reason": ("MA_LY_DO", "reason"),
    "words": ("LY_DO", "NOI_DUNG", "words"),
    "amount": ("SO_TIEN", "T_TUCHOI", "amount"),
    "facility": ("MA_CSKCB", "facility"),
}
DENIED = {"", "denied", "tu choi", "xuat toan", "0"}
SETTLED = {"settled", "chap nhan", "thanh toan", "1"}


def read_catalogue(data: bytes, name: str, kind: str, since: date) -> list[SetCatalogue]:
    """The lines of a file, as operations of at most 500 lines.

    Raises
    ------
    ExchangeRefusal
        If the file cannot be read as a table.
    BadAnswerFile
        If a column is no field of the catalogue.
    """
    known = catalogues()[kind]
    names = {fold(text): "key" for text in ("key", known.key) if text}
    for field in known.fields.values():
        # A price and its name stand in several catalogues, a field of a claim in one column here.
        names |= {
            fold(text): field.name for text in (field.name, field.fills, *field.words.values())
        }
    if known.key:
        names[fold("key")] = "key"
    table = read_table(data, name)
    columns = _columns(table, names)
    lines = []
    for values in _records(table, columns):
        key = values.pop("key", "") if known.key else ""
        lines.append(Line(key=key[:60], values={k: v for k, v in values.items() if v}))
    return [
        SetCatalogue(kind=known.kind, since=since, lines=tuple(lines[n : n + AT_ONCE]))  # type: ignore[arg-type]
        for n in range(0, len(lines), AT_ONCE)
    ]


def read_answers(data: bytes, name: str, answered_on: date) -> list[ImportAnswers]:
    """The answers of a file, as operations of at most 500.

    Nothing of a file is taken of which a row cannot be read.

    Raises
    ------
    ExchangeRefusal, BadAnswerFile
    """
    names = {fold(text): field for field, texts in ANSWERS.items() for text in texts}
    table = read_table(data, name)
    columns = _columns(table, names)
    answers, bad = [], []
    for row, values in zip(table.numbers, _records(table, columns), strict=True):
        try:
            answers.append(_answer(values, name, row))
        except BadAnswerFile as refusal:
            bad.append(refusal)
    if bad:
        bad[0].others = tuple(bad[1:MOST_TOLD])
        raise bad[0]
    return [
        ImportAnswers(
            answered_on=answered_on, answers=tuple(answers[n : n + AT_ONCE]), file=name[:60]
        )
        for n in range(0, len(answers), AT_ONCE)
    ]


def _answer(values: Mapping[str, str], file: str, row: int) -> Answer:
    def bad(field: str, expected: str) -> BadAnswerFile:
        return BadAnswerFile(
            file=file,
            row=row,
            field=ANSWERS[field][0],
            value=values.get(field, "")[:60],
            expected=expected,
        )

    if not values.get("key"):
        raise KeylessAnswer(file=file, row=row)
    outcome = fold(values.get("outcome", ""))
    if outcome not in DENIED | SETTLED:
        raise bad("outcome", "denied, settled")
    amount = values.get("amount", "")
    money = number(amount) if amount else None
    if amount and money is None:
        raise bad("amount", "12000.50")
    place = values.get("row", "")
    if place and not (place.isdigit() and int(place) <= 30_000):
        raise bad("row", "1, 2, 3")
    table = values.get("table", "").upper()
    if table and table not in {f"XML{n}" for n in range(16)}:
        raise bad("table", "XML1..XML15")
    return Answer(
        key=values["key"][:100], outcome="settled" if outcome in SETTLED else "denied",
        facility=values.get("facility", "")[:5], table=table, row=int(place or 0),
        field=values.get("field", "")[:40], reason=values.get("reason", "")[:40],
        words=values.get("words", "")[:500], amount=money,
    )  # fmt: skip


def _columns(table: Table, names: Mapping[str, str]) -> dict[int, str]:
    found = {
        n: names[fold(column.header)]
        for n, column in enumerate(table.columns)
        if fold(column.header) in names
    }
    unknown = [c.header for c in table.columns if c.header and fold(c.header) not in names]
    if unknown or not found:
        raise BadAnswerFile(
            file=table.name, row=(table.header_rows or (1,))[0], field="-",
            value=", ".join(unknown)[:100], expected=", ".join(dict.fromkeys(names.values())),
        )  # fmt: skip
    return found


def _records(table: Table, columns: Mapping[int, str]) -> Iterator[dict[str, str]]:
    for n in range(len(table.numbers)):
        yield {name: _text(table.columns[c].values[n]) for c, name in columns.items()}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        # A spreadsheet holds every number as a float; repr is the shortest text that means it.
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value).strip()
