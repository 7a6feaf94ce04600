"""Rows as they stood before and after an operation, kept as plain values so that it can be undone."""

import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.apps import apps
from django.db.models import Model

Image = list[Any]
"""The values of a row's columns, in the order of the model, as JSON can hold them."""


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
    return [_plain(getattr(row, field.attname)) for field in row._meta.concrete_fields]


def restored(model: type[Model], values: Image) -> Any:
    """The row of an image."""
    fields = model._meta.concrete_fields
    named = {f.attname: f.to_python(v) for f, v in zip(fields, values, strict=True)}
    return model(**named)


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
    columns = [field.attname for field in line.model._meta.concrete_fields]
    for name in ("unit_id", "subject_id", "predecessor_id"):
        if name in columns:
            return UUID((line.before or line.after or [])[columns.index(name)])
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    return value.isoformat() if isinstance(value, (date, datetime)) else value
