"""Which database the rooms work on: the installation's own, or a scratch copy while replaying.

Rooms name no database. The router sends every query to the current one, and rooms that must
write SQL themselves ask :func:`connection`.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, CharField

_ALIAS: ContextVar[str] = ContextVar("tuyen_store", default=DEFAULT_DB_ALIAS)


def alias() -> str:
    return _ALIAS.get()


def connection() -> BaseDatabaseWrapper:
    """The connection that this thread's rooms are working on."""
    return connections[alias()]


@contextmanager
def working_on(name: str) -> Iterator[None]:
    """Send the rooms' queries to another database for the length of a block."""
    token = _ALIAS.set(name)
    try:
        yield
    finally:
        _ALIAS.reset(token)


class Router:
    """Django's database router: the current store, for everything."""

    def db_for_read(self, model: type[Any], **hints: Any) -> str:
        return alias()

    def db_for_write(self, model: type[Any], **hints: Any) -> str:
        return alias()

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return True


class Strung(Aggregate):
    """Text of a group, one after another with commas between, in no order: a row for a group
    instead of one for each of its many."""

    function = "GROUP_CONCAT"
    name = "Strung"
    output_field = CharField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, function="STRING_AGG",
            template="%(function)s(%(expressions)s, ',')", **extra,
        )  # fmt: skip


def known(ids: Collection[UUID]) -> set[UUID]:
    """Which of these operations the journal has, refused ones among them; nothing of them is read.
    One query."""
    from tuyen.apps.journal.models import Entry  # the tables are there once Django is

    return set(Entry.objects.filter(id__among=set(ids)).values_list("id", flat=True))
