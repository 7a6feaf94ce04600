"""Rewriting many rows at once; inserting them is the journal's affair."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from tuyen.apps.journal import store


def rewrite(model: type[Model], names: Sequence[str], rows: Sequence[Any]) -> None:
    """Write the columns ``names`` (attnames) of rows that are there: one statement, prepared
    once. ``bulk_update`` would compile an expression for every value."""
    if not rows or not names:
        return
    db = store.connection()
    by_name: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    fields = [by_name[name] for name in names]
    key = by_name[model._meta.pk.attname]
    quote = db.ops.quote_name
    sets = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote(key.column)} = %s"  # noqa: S608
    ready = [
        [*(field.get_db_prep_save(getattr(row, field.attname), db) for field in fields),
         key.get_db_prep_save(row.pk, db)]
        for row in rows
    ]  # fmt: skip
    with db.cursor() as cursor:
        cursor.executemany(sql, ready)  # every value is a parameter; names are our own, quoted
