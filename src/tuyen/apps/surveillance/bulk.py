"""Rows written over in bulk: taken out and put in again, in two statements whatever their number."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import models

from tuyen.apps.journal import bulk, store


def insert(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    if rows:
        bulk.insert(model, columns, rows)


def add(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    sums: Sequence[str],
) -> None:
    if rows:
        bulk.add(model, columns, rows, sums)


def replace(
    model: type[models.Model],
    gone: Sequence[UUID],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
) -> None:
    """Delete the rows with the ids ``gone`` and insert ``rows``, inside the same commit.

    Nothing refers to these tables by foreign key, so a row may leave and come back.
    """
    if gone:
        model._default_manager.filter(pk__among=gone)._raw_delete(using=store.alias())
    insert(model, columns, rows)
