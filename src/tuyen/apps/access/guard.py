"""The lock on the tables: rows change only inside a journal commit, or a named exception.

Every connection carries :func:`watch`. It reads the first words of each statement; a write to
one of our tables outside :func:`opened` is refused before it reaches the database, whoever wrote
it: ORM, raw SQL or a library. Reads and Django's own tables (sessions, migrations) pass.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.apps import apps
from django.db import connections

from tuyen.apps.access import walls

_OPEN: ContextVar[str] = ContextVar("tuyen_writes_open", default="")
_WRITE = re.compile(
    r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM|REPLACE\s+INTO|TRUNCATE(?:\s+TABLE)?|COPY)"
    r'\s+"?(\w+)"?',
    re.IGNORECASE,
)


@cache
def _ours() -> tuple[str, ...]:
    """How the tables of our rooms begin; a new room cannot be forgotten."""
    rooms = (room for room in apps.get_app_configs() if room.name.startswith("tuyen.apps."))
    return tuple(f"{room.label}_" for room in rooms)


class WriteOutsideJournal(RuntimeError):
    """A programming error, not a refusal: some code tried to write rows past the journal."""


@contextmanager
def opened(why: str) -> Iterator[None]:
    """Let this block write. ``why`` is ``journal`` or the name of a documented exception.

    Whoever writes needs all rows; on PostgreSQL only the role of :func:`walls.whole` may write.
    """
    token = _OPEN.set(why)
    try:
        with walls.whole(why):
            yield
    finally:
        _OPEN.reset(token)


def watch(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """An execute wrapper (Django's database instrumentation) that holds the lock."""
    if not _OPEN.get():
        found = _WRITE.match(sql)
        if found and found[1].startswith(_ours()):
            raise WriteOutsideJournal(
                f"a write to {found[1]} outside journal.services.commit: {sql[:120]}"
            )
    return execute(sql, params, many, context)


def install(alias: str = "default") -> None:
    """Put the lock on a connection, once, and the wall behind it."""
    wrappers = connections[alias].execute_wrappers
    for wrapper in (watch, walls.stand):
        if wrapper not in wrappers:
            wrappers.append(wrapper)
