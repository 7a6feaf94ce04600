"""Ids and days as the text the store keeps: rows that are summed are many, their values are few.

A value of each cell costs more than the query that fetched it; the text of a day or an id is made
into one the first time it is met.
"""

import datetime
import uuid
from functools import lru_cache

from django.db.models import CharField
from django.db.models.functions import Cast

from tuyen.apps.journal.store import Strung as Strung

_MOST = 50_000


def text(field: str) -> Cast:
    """The column of a date or an id as text."""
    return Cast(field, CharField())


@lru_cache(_MOST)
def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@lru_cache(_MOST)
def id(text: str) -> uuid.UUID:
    return uuid.UUID(text)
