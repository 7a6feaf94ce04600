"""Writing many rows at once: ``executemany`` on SQLite, ``COPY`` on PostgreSQL.

Both are measured at about twice and four times the speed of ``bulk_create``. Used by the journal
and by rooms whose operations come by the thousand; always inside a commit.
"""

from collections.abc import Callable, Iterable, Sequence
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
    ready = _prepared(rows, [_converter(field, db) for field in fields])
    if ready:
        marks = ", ".join(["%s"] * len(fields))
        with db.cursor() as cursor:
            # Names come from our own models, quoted; every value is a parameter.
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", ready)  # noqa: S608
    return len(ready)


@cache
def _by_attname(model: type[models.Model]) -> dict[str, Any]:
    return {field.attname: field for field in model._meta.concrete_fields}


def _converter(field: Any, db: Any) -> Callable[[Any], Any] | None:
    if isinstance(field, _AS_IS):
        return None
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.UUIDField):
        return lambda value: None if value is None else value.hex
    if isinstance(target, models.BinaryField):
        return None
    if isinstance(target, models.DateTimeField):
        return lambda value: db.ops.adapt_datetimefield_value(value)
    if isinstance(target, models.DateField):
        return lambda value: None if value is None else value.isoformat()
    return lambda value: field.get_db_prep_save(value, db)


def _prepared(
    rows: Iterable[Sequence[Any]], converters: list[Callable[[Any], Any] | None]
) -> list[list[Any]]:
    changed = [(n, convert) for n, convert in enumerate(converters) if convert is not None]
    ready = [list(row) for row in rows]
    for row in ready:
        for n, convert in changed:
            row[n] = convert(row[n])
    return ready


def _copy(db: Any, sql: str, rows: Iterable[Sequence[Any]]) -> int:
    count = 0
    with db.cursor() as cursor, cursor.cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count
