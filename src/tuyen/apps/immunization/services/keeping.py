"""The rows of one table that a batch is about, as they stand while it is worked through."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from tuyen.apps.journal import bulk, store
from tuyen.apps.journal.bulk import fetch

Row = dict[str, Any]


class Kept:
    """Rows by id; what is written is posted at once, whatever its number: three statements."""

    def __init__(self, model: Any, columns: tuple[str, ...], ids: Iterable[UUID | None]) -> None:
        self.model, self.columns = model, columns
        wanted = {id for id in ids if id}
        self._rows: dict[UUID, Row] = {}
        if wanted:
            self.take(model.objects.filter(pk__among=wanted))
        self._held = set(self._rows)
        self._changed: dict[UUID, None] = {}

    def take(self, found: Any) -> None:
        """Read further rows of the table."""
        for row in fetch(found.values_list(*self.columns)):
            self._rows[row[0]] = dict(zip(self.columns, row, strict=True))
        self._held = set(self._rows)

    def get(self, id: UUID | None) -> Row | None:
        return None if id is None else self._rows.get(id)

    def rows(self) -> list[Row]:
        return list(self._rows.values())

    def write(self, row: Row) -> None:
        self._rows[row["id"]] = row
        self._changed[row["id"]] = None

    def post(self) -> None:
        gone = [id for id in self._changed if id in self._held]
        if gone:
            self.model.objects.filter(pk__among=gone)._raw_delete(using=store.alias())
        if self._changed:
            rows = [tuple(map(self._rows[id].__getitem__, self.columns)) for id in self._changed]
            bulk.insert(self.model, self.columns, rows)


def columns_of(model: Any) -> tuple[str, ...]:
    """Every column of a table, the key first."""
    names = [field.attname for field in model._meta.concrete_fields]
    key = model._meta.pk.attname
    return (key, *(name for name in names if name != key))


def joined(values: Iterable[str]) -> str:
    """A list as it is kept in one column."""
    return ",".join(values)


def parted(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)
