"""Work that waits in the store and is done beside the server: by one program at a time, in its own process.

Who asks commits an operation and calls :func:`start`. What was asked is in the store; the file of this
module only says that somebody is at it, at what, and since when. The lock dies with its holder, so what
is said of a program that was killed is not believed. A second program waits for the first and then looks
again, for the first may have looked before the last asking; a third has nothing to add and ends.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings

FOLDER = "work"
_LOCK, _NEXT, _LOG = "lock", "next", "work.log"
_LOG_MOST = 1_000_000


class AtWork(NamedTuple):
    """What a program is at, and since when (the province's time); both None between two pieces."""

    subject: UUID | None
    since: datetime | None


class Turn:
    """The turn to work: says what one is at."""

    def __init__(self, gate: int) -> None:
        self._gate = gate

    def at(self, subject: UUID | None, since: datetime | None) -> None:
        text = msgspec.json.encode(AtWork(subject, since))
        os.ftruncate(self._gate, 0)
        os.pwrite(self._gate, text, 0)


@contextmanager
def turn() -> Iterator[Turn | None]:
    """Wait for one's turn to work and hold it; None where another program waits for it already."""
    folder = _folder()
    waits = _opened(folder / _NEXT)
    try:
        if not _taken(waits):
            yield None
            return
        gate = _opened(folder / _LOCK)
        try:
            fcntl.flock(gate, fcntl.LOCK_EX)
            fcntl.flock(waits, fcntl.LOCK_UN)
            held = Turn(gate)
            held.at(None, None)
            yield held
        finally:
            os.close(gate)
    finally:
        os.close(waits)


def at_work() -> AtWork | None:
    """What is worked at now; None where nobody is at work."""
    path = Path(settings.TUYEN_HOME) / FOLDER / _LOCK
    try:
        gate = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(gate, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        try:
            return msgspec.json.decode(os.pread(gate, 4096, 0), type=AtWork)
        except msgspec.DecodeError:
            return AtWork(None, None)
    finally:
        os.close(gate)
    return None


def start() -> None:
    """Begin `tuyen work` beside this server, as a program that outlives the request; it ends by itself."""
    folder = _folder()
    log = folder / _LOG
    if log.is_file() and log.stat().st_size > _LOG_MOST:
        log.replace(folder / f"{_LOG}.old")
    with log.open("ab") as told:
        subprocess.Popen(  # noqa: S603  # ourselves, with words of our own
            [sys.executable, "-m", "tuyen", "work", "--home", str(settings.TUYEN_HOME)],
            stdin=subprocess.DEVNULL, stdout=told, stderr=told, start_new_session=True,
        )  # fmt: skip


def _folder() -> Path:
    folder = Path(settings.TUYEN_HOME) / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)


def _taken(gate: int) -> bool:
    try:
        fcntl.flock(gate, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
