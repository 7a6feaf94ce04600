"""Files that are wholly there or not there: written aside, pushed to the disk, then named."""

import errno
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tuyen.apps.journal.backup.refusals import NoRoom

_BLOCK = 1 << 20


def sync(path: Path) -> None:
    """Push a file's bytes, or a folder's names, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, content: bytes) -> None:
    """Write a small file for its owner only; a crash leaves the old one or the new one."""
    aside = path.with_name(f".{path.name}.part")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    sync(path.parent)


def digest(path: Path, progress: Callable[[int], None] | None = None) -> str:
    """SHA-256 of a file, as hex. ``progress`` is told the bytes read so far."""
    seal, done = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            seal.update(block)
            done += len(block)
            if progress is not None:
                progress(done)
    return seal.hexdigest()


def copy(source: Path, target: Path) -> None:
    """Copy a file for its owner only, and push it to the disk."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with source.open("rb") as given, os.fdopen(handle, "wb") as taken:
        shutil.copyfileobj(given, taken, _BLOCK)
        taken.flush()
        os.fsync(taken.fileno())


def check_room(folder: Path, need: int) -> None:
    """Refuse before beginning what cannot be finished. ``need`` is in bytes."""
    free = shutil.disk_usage(folder).free
    if free < need:
        raise _no_room(folder, need, free)


@contextmanager
def room_or_refusal(folder: Path, need: int) -> Iterator[None]:
    """Say in a sentence that the disk filled up, whoever noticed it."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _no_room(folder, need, shutil.disk_usage(folder).free) from error


def full(folder: Path, need: int) -> NoRoom:
    """The refusal for a disk that filled up while a tool wrote there."""
    return _no_room(folder, need, shutil.disk_usage(folder).free)


def _no_room(folder: Path, need: int, free: int) -> NoRoom:
    return NoRoom(path=folder, need=-(-need // 10**6), free=free // 10**6)
