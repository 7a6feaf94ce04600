"""Whose turn it is to commit on the embedded store, in the order of asking.

SQLite has one writer at a time, and whoever meets a held lock asks again after a while, up to a tenth
of a second later: under load the lock lies idle between two askings, and somebody unlucky waits for
seconds. A lock on a file beside the store is handed on at once, between threads and processes alike,
and dies with its holder. PostgreSQL queues at the head row by itself.

Who writes without taking turns (a session, a log of readings) still asks again and again, and would
meet the store's lock held for as long as turns follow each other. So every two seconds of that, whoever
has the turn first waits for as long as they wait between two askings.
"""

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tuyen.apps.journal import store

BUSY, PAUSE = 2.0, 0.11
"""Seconds of turns without a pause, and how long one is: above the longest wait of SQLite's own."""
_SINCE = struct.Struct("=d")


@contextmanager
def turn() -> Iterator[None]:
    """Wait for one's turn to commit, and hold it for the length of a block."""
    place = _file()
    if place is None:
        yield
        return
    gate = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _let_others_in(gate, waited=_locked(gate))
        yield
    finally:
        os.close(gate)  # hands the turn on


def _locked(gate: int) -> bool:
    """Take the lock; whether somebody else had it."""
    try:
        fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fcntl.flock(gate, fcntl.LOCK_EX)
        return True
    return False


def _let_others_in(gate: int, *, waited: bool) -> None:
    """Pause where turns have followed each other for long. The file says since when they do."""
    now, kept = time.monotonic(), os.pread(gate, _SINCE.size, 0)
    if waited and len(kept) == _SINCE.size:
        if 0 <= now - _SINCE.unpack(kept)[0] < BUSY:
            return
        time.sleep(PAUSE)
    os.pwrite(gate, _SINCE.pack(time.monotonic()), 0)


def _file() -> Path | None:
    """The file of turns of the current store; None where the store has its own queue."""
    settings = store.connection().settings_dict
    name = str(settings["NAME"])
    if store.connection().vendor != "sqlite" or ":memory:" in name or name.startswith("file:"):
        return None
    return Path(f"{name}-turn")
