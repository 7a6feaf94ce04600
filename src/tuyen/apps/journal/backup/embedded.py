"""The embedded store: copied page by page while it is in use, and put in place by one rename."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from tuyen.apps.journal.backup import facts, files
from tuyen.apps.journal.backup.manifest import DUMPS, Facts, Kind, Layout, Manifest
from tuyen.apps.journal.backup.refusals import (
    DamagedBackup,
    NoStore,
    NotEmpty,
    StillInUse,
    ToolFailed,
)

SCRATCH = "restored"
_PAGES = 4096
_MAGIC = b"SQLite format 3\0"
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@dataclass(frozen=True, slots=True)
class Embedded:
    """A SQLite file."""

    path: Path
    kind: Kind = "SQLite"

    def __str__(self) -> str:
        return str(self.path)

    def size(self) -> int:
        """Bytes that a copy takes, at most."""
        wal = self.path.with_name(self.path.name + "-wal")
        if not self.path.exists():
            raise NoStore(path=self.path)
        return self.path.stat().st_size + (wal.stat().st_size if wal.exists() else 0)

    def read_settings(self) -> dict[str, Any]:
        """Django's settings of a connection that only reads."""
        if not self.path.exists():
            raise NoStore(path=self.path)
        settings = settings_of(self.path)
        settings["OPTIONS"] = {
            "init_command": "PRAGMA query_only=ON;",
            "transaction_mode": "DEFERRED",
        }
        return settings

    def dump(
        self, folder: Path, progress: Callable[[int, int], None] | None = None
    ) -> tuple[Layout, Facts]:
        """Copy the store as it is at this moment; writers go on meanwhile.

        The read transaction held throughout pins one moment: without it, each write of another
        process would start the copy afresh.
        """
        target = folder / DUMPS["sqlite"]
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))

        def tell(status: int, left: int, total: int) -> None:
            if progress is not None:
                progress(total - left, total)

        with (
            closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as source,
            closing(sqlite3.connect(target, isolation_level=None)) as copy,
        ):
            try:
                source.execute("BEGIN")
                source.execute("SELECT count(*) FROM journal_head").fetchone()
                source.backup(copy, pages=_PAGES, progress=tell)
                # One file that is whole by itself: no log stands beside a backup.
                copy.execute("PRAGMA journal_mode=DELETE")
            except sqlite3.Error as error:
                raise _sentence(error, folder, self.size(), self.path) from error
        files.sync(target)
        with facts.opened(SCRATCH, settings_of(target)) as db:
            return "sqlite", facts.gather(db)

    def check_target(self, replace: bool) -> None:
        """Refuse a target that holds something, unless it may be set aside."""
        if self.path.exists() and self.path.stat().st_size and not replace:
            raise NotEmpty(target=self.path)
        _check_unused(self.path)

    @contextmanager
    def unpacked(self, backup: Path, manifest: Manifest, scratch: bool) -> Iterator["Unpacked"]:
        """The backup's store as a scratch file, on the disk where it will be wanted."""
        parent = None if scratch else self.path.parent
        if parent is not None:
            parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        source = backup / DUMPS["sqlite"]
        need = source.stat().st_size
        with tempfile.TemporaryDirectory(prefix=".tuyen-restore-", dir=parent) as folder:
            files.check_room(Path(folder), need)
            path = Path(folder) / "restored.sqlite3"
            with files.room_or_refusal(Path(folder), need):
                files.copy(source, path)
            with facts.opened(SCRATCH, settings_of(path)) as db:
                yield Unpacked(SCRATCH, db, self, path)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A scratch copy that is open under ``alias``, and can be put in place."""

    alias: str
    db: BaseDatabaseWrapper
    target: Embedded
    path: Path

    def faults(self) -> list[str]:
        """What SQLite itself finds wrong in the file."""
        with self.db.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check(5)")
            found = [str(row[0]) for row in cursor.fetchall() if row[0] != "ok"]
            cursor.execute("PRAGMA foreign_key_check")
            found += [f"table {row[0]}: row {row[1]} points nowhere" for row in cursor.fetchmany(5)]
        return found

    def put_in_place(self, stamp: str) -> str:
        """Give the copy the target's name; returns where the store before it was set aside."""
        self.db.close()
        files.sync(self.path)
        target, aside = self.target.path, ""
        if target.exists():
            aside = f"{target.name}.before-{stamp}"
            _check_unused(target)
            os.link(target, target.with_name(aside))
            for tail in ("-wal", "-shm"):  # there is one only where the store could not be read
                log = target.with_name(target.name + tail)
                if log.exists():
                    log.replace(target.with_name(aside + tail))
        self.path.replace(target)
        files.sync(target.parent)
        return str(target.with_name(aside)) if aside else ""


def _check_unused(path: Path) -> None:
    """Refuse while any process has the store open; write its log back into the file.

    Leaving WAL mode needs the file to oneself, so SQLite itself answers. A store too damaged to be
    read is nobody's: it may be set aside.
    """
    if not path.exists():
        return
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return  # opening it would throw its log away, which may be all that is left of it
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as db:
            mode = db.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            if mode != "delete":
                raise StillInUse(target=path)
            db.execute("BEGIN EXCLUSIVE")
            db.execute("ROLLBACK")
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _BUSY:
            raise StillInUse(target=path) from None


def settings_of(path: Path) -> dict[str, Any]:
    """Django's settings of an embedded store that is not the installation's own."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"init_command": "PRAGMA synchronous=FULL;", "transaction_mode": "IMMEDIATE"},
    }


def _sentence(error: sqlite3.Error, folder: Path, need: int, path: Path) -> Exception:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL or not shutil.disk_usage(folder).free:
        return files.full(folder, need)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return DamagedBackup(path=path, what=str(error))
    if "no such table" in str(error):
        return NoStore(path=path)
    return ToolFailed(tool="SQLite", what=str(error))
