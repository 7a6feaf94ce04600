"""Ids and days as the text the store keeps: rows that are summed are many, their values are few.

A value of each cell costs more than the query that fetched it; the text of a day or an id is made
into one the first time it is met.
"""

import datetime
import uuid
from functools import lru_cache
from typing import Any

from django.db.models import Aggregate, CharField
from django.db.models.functions import Cast

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


class Strung(Aggregate):
    """Text of a group, one after another with commas between, in no order."""

    function = "GROUP_CONCAT"
    name = "Strung"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, function="STRING_AGG",
            template="%(function)s(%(expressions)s, ',')", **extra,
        )  # fmt: skip
