"""Writing many rows at once: ``executemany`` on SQLite, ``COPY`` on PostgreSQL.

Both are measured at about twice and four times the speed of ``bulk_create``. Used by the journal
and by rooms whose operations come by the thousand; always inside a commit.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import models

from tuyen.apps.journal import store

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
    db = store.connection()
    fields = [_by_attname(model)[name] for name in columns]
    names = ", ".join(db.ops.quote_name(field.column or "") for field in fields)
    table = db.ops.quote_name(model._meta.db_table)
    if db.vendor == "postgresql":
        return _copy(db, f"COPY {table} ({names}) FROM STDIN", rows)
    ready = _prepared(list(rows), [_converter(field, db) for field in fields])
    if ready:
        marks = ", ".join(["%s"] * len(fields))
        with db.cursor() as cursor:
            # Names come from our own models, quoted; every value is a parameter.
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", ready)  # noqa: S608
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
        return _hex
    if isinstance(target, models.DateTimeField):
        return _each_once(db.ops.adapt_datetimefield_value)
    if isinstance(target, models.DateField):
        return _each_once(date.isoformat)
    return lambda column: [field.get_db_prep_save(value, db) for value in column]


def _hex(column: Sequence[Any]) -> Sequence[Any]:
    return [None if value is None else value.hex for value in column]


def _each_once(convert: Callable[[Any], Any]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """A column of days or moments holds few different ones: each is converted once."""

    def converted(column: Sequence[Any]) -> Sequence[Any]:
        known = {value: None if value is None else convert(value) for value in set(column)}
        return [known[value] for value in column]

    return converted


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


def _copy(db: Any, sql: str, rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with db.cursor() as cursor, cursor.cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
