"""Rows as they stood before and after an operation, kept as plain values so that it can be undone."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.apps import apps
from django.db.models import Model

Image = dict[str, Any]
"""The values of a row by column, as JSON can hold them. Named, so that a trace outlives a column
that a later version adds."""


class Line(NamedTuple):
    """One row: ``before`` is None when it is new, ``after`` is None when it is gone."""

    table: str  # "registry.UnitName"
    id: UUID
    before: Image | None
    after: Image | None

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.table)


def image(row: Model) -> Image:
    """The row as plain values."""
    return {f.attname: _plain(getattr(row, f.attname)) for f in row._meta.concrete_fields}


def same(row: Model | None, kept: Image | None) -> bool:
    """Whether a row stands as its image says; None is no row."""
    if row is None or kept is None:
        return row is None and kept is None
    now = image(row)
    return all(now.get(name) == value for name, value in kept.items())


def restored(model: type[Model], values: Image) -> Any:
    """The row of an image."""
    fields = [f for f in model._meta.concrete_fields if f.attname in values]
    return model(**{f.attname: f.to_python(values[f.attname]) for f in fields})


def columns(values: Image, model: type[Model]) -> list[str]:
    """The columns of an image but for the key: what is rewritten when the row is put back."""
    return [f.attname for f in model._meta.concrete_fields
            if f.attname in values and not f.primary_key]  # fmt: skip


def written(lines: Iterable[Line]) -> str:
    """Lines as text, in a fixed order."""
    ordered = sorted(lines, key=lambda line: (line.table, str(line.id)))
    return json.dumps(
        [[table, str(id), before, after] for table, id, before, after in ordered],
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def read(text: str) -> list[Line]:
    """Lines from their text."""
    rows = cast(list[list[Any]], json.loads(text))
    return [Line(table, UUID(id), before, after) for table, id, before, after in rows]


def unit_of(line: Line) -> UUID | None:
    """The unit that a row is about."""
    if line.table == "registry.Unit":
        return line.id
    values = line.before or line.after or {}
    for name in ("unit_id", "subject_id", "predecessor_id"):
        if name in values:
            return UUID(values[name])
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, (date, datetime)) else value
