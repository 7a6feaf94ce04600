"""Reading many rows at once (:mod:`columns`), and writing them: ``executemany`` on SQLite, arrays of columns on PostgreSQL.

Both are measured at about twice and four times the speed of ``bulk_create``. PostgreSQL's ``COPY``
is no faster (10 to 15 µs a row of the journal either way) and refuses tables with row policies.
Used by the journal and by rooms whose operations come by the thousand; always inside a commit.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import islice
from types import NoneType
from typing import Any, NamedTuple
from uuid import UUID

from django.db import models
from psycopg import Cursor
from psycopg.types.json import Jsonb

from tuyen.apps.access import walls
from tuyen.apps.journal import store
from tuyen.apps.journal.columns import coded, each_once, fetch, hexadecimal

__all__ = ["add", "coded", "fetch", "insert", "put"]

_AS_IS = (
    models.CharField,
    models.TextField,
    models.IntegerField,
    models.BooleanField,
    models.FloatField,
)


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert ``rows``, whose values stand in the order of ``columns`` (field ``attname``s).

    Columns left out take the database's null; nothing is returned but the number of rows.
    Constraints hold as ever: a row that breaks one raises and the whole batch is undone.
    """
    return _write(model, columns, rows)


def add(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    sums: Sequence[str],
) -> int:
    """Insert ``rows``; where the key, the first column, is there already, add ``sums`` to it.

    One statement that reads nothing back. Each key at most once.
    """
    return _write(model, columns, rows, _adding(model, columns[0], tuple(sums)))


def put(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert ``rows``; where the key, the first column, is there already, give it their values.

    For rows that nothing but their key keeps apart. Each key at most once.
    """
    return _write(model, columns, rows, _putting(model, tuple(columns)))


@cache
def _adding(model: type[models.Model], key: str, sums: tuple[str, ...]) -> str:
    quote = _quoted(model)
    table = f'"{model._meta.db_table}"'
    into = ", ".join(f"{quote[n]} = {table}.{quote[n]} + excluded.{quote[n]}" for n in sums)
    return f" ON CONFLICT ({quote[key]}) DO UPDATE SET {into}"


@cache
def _putting(model: type[models.Model], columns: tuple[str, ...]) -> str:
    quote = _quoted(model)
    into = ", ".join(f"{quote[name]} = excluded.{quote[name]}" for name in columns[1:])
    return f" ON CONFLICT ({quote[columns[0]]}) DO UPDATE SET {into}"


@cache
def _quoted(model: type[models.Model]) -> dict[str, str]:
    """The columns of a model by attribute, as both stores read them."""
    return {name: f'"{field.column}"' for name, field in _by_attname(model).items()}


class _Statement(NamedTuple):
    """What writes rows of a table, put together once for each kind of store."""

    sql: str
    convert: Sequence[Any]
    """Of SQLite what makes the driver's values of a column; of PostgreSQL the types of columns."""


@cache
def _statement(
    vendor: str, model: type[models.Model], columns: tuple[str, ...], otherwise: str
) -> _Statement:
    # Names come from our own models, quoted; every value is a parameter.
    fields = tuple(_by_attname(model)[name] for name in columns)
    names = ", ".join(_quoted(model)[name] for name in columns)
    into = f'INSERT INTO "{model._meta.db_table}" ({names})'
    if vendor == "postgresql":
        sent = [_sent(field) for field in fields]
        marks = ", ".join(f"%b::{name}[]" for name, _ in sent)
        chosen = f"SELECT * FROM unnest({marks})"  # noqa: S608  # types are our own
        return _Statement(f"{into} {chosen}{otherwise}", [kind for _, kind in sent])
    marks = ", ".join(["%s"] * len(fields))
    return _Statement(f"{into} VALUES ({marks}){otherwise}", list(map(_converter, fields)))


def _write(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    otherwise: str = "",
) -> int:
    db = store.connection()
    statement = _statement(db.vendor, model, tuple(columns), otherwise)
    if db.vendor == "postgresql":
        return _unnest(db, statement, rows)
    ready = _prepared(db, list(rows), statement.convert)
    if len(ready) == 1:
        with db.cursor() as cursor:
            cursor.execute(statement.sql, ready[0])
    elif ready:
        with db.cursor() as cursor:
            cursor.executemany(statement.sql, ready)
    return len(ready)


@cache
def _by_attname(model: type[models.Model]) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.concrete_fields}


_Convert = Callable[[Any, Sequence[Any]], Sequence[Any]]


def _converter(field: Any) -> _Convert | None:
    """What turns a column of values into what the driver takes; None where they are taken as is."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, (*_AS_IS, models.BinaryField)):
        return None
    if isinstance(target, models.UUIDField):
        return lambda _, column: hexadecimal(column)
    if isinstance(target, models.DateTimeField):
        return lambda db, column: each_once(db.ops.adapt_datetimefield_value)(column)
    if isinstance(target, models.DateField):
        return lambda _, column: each_once(date.isoformat)(column)
    return lambda db, column: [field.get_db_prep_save(value, db) for value in column]


def _prepared(
    db: Any, rows: Sequence[Sequence[Any]], converters: Sequence[_Convert | None]
) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them, converted by columns: a batch has many rows."""
    columns = [
        convert(db, column) if convert is not None else column
        for convert, column in zip(converters, zip(*rows, strict=True), strict=True)
    ] if rows else []  # fmt: skip
    return list(zip(*columns, strict=True))


# Field -> (PostgreSQL's type, Python's). Text is sent without its length: a cast would cut it,
# and the column refuses what is too long.
_SENT: tuple[tuple[type, str, type], ...] = (
    (models.BooleanField, "boolean", bool),
    (models.IntegerField, "bigint", int),
    (models.FloatField, "double precision", float),
    (models.DecimalField, "numeric", Decimal),
    (models.CharField, "text", str),
    (models.TextField, "text", str),
    (models.UUIDField, "uuid", UUID),
    (models.DateTimeField, "timestamptz", datetime),
    (models.DateField, "date", date),
    (models.BinaryField, "bytea", bytes),
    (models.JSONField, "jsonb", Jsonb),
)
_AT_ONCE = 5000


def _unnest(db: Any, statement: _Statement, rows: Iterable[Sequence[Any]]) -> int:
    """One statement for thousands of rows, a column a parameter, in the driver's binary form."""
    count, left = 0, iter(rows)
    walls.see_to(db)  # the driver's own cursor goes past Django's, and so past the wall
    # Django's cursor writes values into the text of a statement; this one sends them beside it.
    with db.wrap_database_errors, Cursor(db.connection) as cursor:
        while part := list(islice(left, _AT_ONCE)):
            columns = zip(zip(*part, strict=True), statement.convert, strict=True)
            cursor.execute(statement.sql, [_alike(column, kind) for column, kind in columns])
            count += len(part)
    return count


def _sent(field: Any) -> tuple[str, type]:
    target = field.target_field if field.is_relation else field
    for kind, name, python in _SENT:
        if isinstance(target, kind):
            return name, python
    raise TypeError(f"{field} is of a type that is not written in bulk; add it to _SENT")


def _alike(column: Sequence[Any], kind: type) -> list[Any]:
    """A column as values of one type, which is what an array holds."""
    if set(map(type, column)) <= {kind, NoneType}:
        return list(column)
    return [None if value is None or type(value) is kind else kind(value) for value in column]
