"""Whose turn it is to commit on the embedded store, in the order of asking.

SQLite has one writer at a time, and whoever meets a held lock asks again after a while, up to a tenth
of a second later: under load the lock lies idle between two askings, and somebody unlucky waits for
seconds. A lock on a file beside the store is handed on at once, between threads and processes alike,
and dies with its holder. PostgreSQL queues at the head row by itself.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuyen.apps.journal import store


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to commit, and hold it for the length of a block."""
    place = _file()
    if place is None:
        yield
        return
    with place.open("ab") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        yield  # closing the file hands the turn on


def _file() -> Path | None:
    """The file of turns of the current store; None where the store has its own queue."""
    settings = store.connection().settings_dict
    name = str(settings["NAME"])
    if store.connection().vendor != "sqlite" or ":memory:" in name or name.startswith("file:"):
        return None
    return Path(f"{name}-turn")
