"""Rows that a batch changes: read once, changed in memory, written once."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django.db import models

from tuyen.apps.journal import bulk, store

Row = dict[str, Any]


class Rows:
    """The rows of a table that a batch needs, by id."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        names = [field.attname for field in model._meta.concrete_fields]
        self.columns = ("id", *(name for name in names if name != "id"))
        self._rows: dict[UUID, Row] = {}
        self._there: set[UUID] = set()
        self._changed: dict[UUID, None] = {}

    def take(self, found: models.Q) -> list[Row]:
        """Read the rows of one condition; one query."""
        rows = self.model._default_manager.filter(found).order_by("id").values_list(*self.columns)
        taken = []
        for values in bulk.fetch(rows):
            row = self._rows.setdefault(values[0], dict(zip(self.columns, values, strict=True)))
            self._there.add(values[0])
            taken.append(row)
        return taken

    def get(self, id: UUID | None) -> Row | None:
        return self._rows.get(id) if id is not None else None

    def all(self) -> Iterable[Row]:
        return self._rows.values()

    def put(self, row: Row) -> Row:
        """A new row, or one that changed."""
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None
        return row

    def drop(self, id: UUID) -> None:
        """A row that was put and is not to be after all."""
        self._rows.pop(id, None)
        self._changed.pop(id, None)

    def post(self, without: Callable[[Row], bool] | None = None) -> None:
        """Write what changed, and take out what ``without`` says: at most two statements. Nothing refers
        to these tables by foreign key."""
        changed = [self._rows[id] for id in self._changed]
        if without is not None:
            changed = [row for row in changed if not without(row)]
        if gone := [id for id in self._changed if id in self._there]:
            self.model._default_manager.filter(pk__among=gone)._raw_delete(using=store.alias())
        if changed:
            rows = [tuple(row[name] for name in self.columns) for row in changed]
            bulk.insert(self.model, self.columns, rows)
