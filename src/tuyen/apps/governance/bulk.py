"""Rows written over in bulk: taken out and put in again, in two statements whatever their number."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import models

from tuyen.apps.journal import bulk, store


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """New rows, in one statement; none, in no statement."""
    if rows:
        bulk.insert(model, columns, rows)


def replace(
    model: type[models.Model],
    gone: Iterable[UUID],
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
) -> None:
    """Delete the rows with the ids ``gone`` and insert ``rows``, inside the same commit.

    Nothing refers to these tables by foreign key, so a row may leave and come back.
    """
    if ids := list(gone):
        model._default_manager.filter(pk__among=ids)._raw_delete(using=store.alias())
    insert(model, columns, [tuple(row[name] for name in columns) for row in rows])
