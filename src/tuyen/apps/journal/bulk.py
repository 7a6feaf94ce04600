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
from typing import Any
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
    quote = store.connection().ops.quote_name
    table, key = quote(model._meta.db_table), quote(columns[0])
    into = ", ".join(f"{quote(n)} = {table}.{quote(n)} + excluded.{quote(n)}" for n in sums)
    return _write(model, columns, rows, f" ON CONFLICT ({key}) DO UPDATE SET {into}")


def put(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert ``rows``; where the key, the first column, is there already, give it their values.

    For rows that nothing but their key keeps apart. Each key at most once.
    """
    quote = store.connection().ops.quote_name
    into = ", ".join(f"{quote(name)} = excluded.{quote(name)}" for name in columns[1:])
    return _write(model, columns, rows, f" ON CONFLICT ({quote(columns[0])}) DO UPDATE SET {into}")


def _write(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    otherwise: str = "",
) -> int:
    db = store.connection()
    fields = [_by_attname(model)[name] for name in columns]
    names = ", ".join(db.ops.quote_name(field.column or "") for field in fields)
    into = f"INSERT INTO {db.ops.quote_name(model._meta.db_table)} ({names})"
    if db.vendor == "postgresql":
        return _unnest(db, into, fields, rows, otherwise)
    ready = _prepared(list(rows), [_converter(field, db) for field in fields])
    if ready:
        marks = ", ".join(["%s"] * len(fields))
        with db.cursor() as cursor:
            # Names come from our own models, quoted; every value is a parameter.
            cursor.executemany(f"{into} VALUES ({marks}){otherwise}", ready)
    return len(ready)


@cache
def _by_attname(model: type[models.Model]) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _converter(field: Any, db: Any) -> Callable[[Sequence[Any]], Sequence[Any]] | None:
    """What turns a column of values into what the driver takes; None where they are taken as is."""
    target = field.target_field if field.is_relation else field
    if isinstance(target, (*_AS_IS, models.BinaryField)):
        return None
    if isinstance(target, models.UUIDField):
        return hexadecimal
    if isinstance(target, models.DateTimeField):
        return each_once(db.ops.adapt_datetimefield_value)
    if isinstance(target, models.DateField):
        return each_once(date.isoformat)
    return lambda column: [field.get_db_prep_save(value, db) for value in column]


def _prepared(
    rows: Sequence[Sequence[Any]],
    converters: Sequence[Callable[[Sequence[Any]], Sequence[Any]] | None],
) -> list[tuple[Any, ...]]:
    """The rows as the driver takes them, converted by columns: a batch has many rows."""
    columns = [
        convert(column) if convert is not None else column
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


def _unnest(
    db: Any, into: str, fields: Sequence[Any], rows: Iterable[Sequence[Any]], otherwise: str
) -> int:
    """One statement for thousands of rows, a column a parameter, in the driver's binary form."""
    sent = [_sent(field) for field in fields]
    marks = ", ".join(f"%b::{name}[]" for name, _ in sent)
    sql = f"{into} SELECT * FROM unnest({marks}){otherwise}"  # noqa: S608  # names and types are our own
    count, left = 0, iter(rows)
    walls.see_to(db)  # the driver's own cursor goes past Django's, and so past the wall
    # Django's cursor writes values into the text of a statement; this one sends them beside it.
    with db.wrap_database_errors, Cursor(db.connection) as cursor:
        while part := list(islice(left, _AT_ONCE)):
            columns = zip(zip(*part, strict=True), sent, strict=True)
            cursor.execute(sql, [_alike(column, kind) for column, (_, kind) in columns])
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
