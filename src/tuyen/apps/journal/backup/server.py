"""PostgreSQL: dumped from one snapshot, restored into a database of its own, swapped by name."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import errors, sql

from tuyen.apps.journal.backup import facts, files, tablecopy
from tuyen.apps.journal.backup.manifest import DUMPS, Facts, Kind, Layout, Manifest
from tuyen.apps.journal.backup.refusals import NoStore, NotEmpty, StillInUse, ToolFailed

SCRATCH = "restored"
_SOURCE = "backed-up"


@dataclass(frozen=True, slots=True)
class Server:
    """A database of a PostgreSQL server, by Django's settings."""

    settings: dict[str, Any]
    kind: Kind = "PostgreSQL"

    @property
    def name(self) -> str:
        return str(self.settings["NAME"])

    def __str__(self) -> str:
        host = self.settings.get("HOST") or "localhost"
        return f"postgresql://{host}/{self.name}"

    def size(self) -> int:
        """Bytes that a dump takes, roughly: indexes stay behind and text is compressed."""
        with self._keeper() as keeper:
            row = keeper.execute("SELECT pg_database_size(%s)", [self.name]).fetchone()
        return int(row[0]) // 4 if row else 0

    def read_settings(self) -> dict[str, Any]:
        """Django's settings of a connection that only reads."""
        return self._named(self.name)

    def dump(
        self, folder: Path, progress: Callable[[int, int], None] | None = None
    ) -> tuple[Layout, Facts]:
        """Write all tables as they are in one snapshot; writers go on meanwhile."""
        with facts.opened(_SOURCE, self._named(self.name)) as db:
            db.set_autocommit(False)
            with db.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                cursor.execute("SELECT pg_export_snapshot(), to_regclass('journal_head')")
                snapshot, table = cursor.fetchone()
            if table is None:
                raise NoStore(path=self)
            kept = facts.gather(db)
            layout = self._write(folder, db, snapshot)
            db.rollback()
        target = folder / DUMPS[layout]
        target.chmod(0o600)
        files.sync(target)
        if progress is not None:
            progress(1, 1)
        return layout, kept

    def _write(self, folder: Path, db: BaseDatabaseWrapper, snapshot: str) -> Layout:
        tool = _tool("pg_dump", _version(db))
        if tool is None:
            with files.room_or_refusal(folder, self.size()):
                tablecopy.dump(db, folder / DUMPS["copy"])
            return "copy"
        words = ["--format=custom", "--no-password", f"--snapshot={snapshot}"]
        self._run(tool, [*words, f"--file={folder / DUMPS['pg_dump']}"], self.name, folder)
        return "pg_dump"

    def check_target(self, replace: bool) -> None:
        """Refuse a target that holds something, unless it may be set aside."""
        if self._exists() and not self._is_empty() and not replace:
            raise NotEmpty(target=self)

    @contextmanager
    def unpacked(self, backup: Path, manifest: Manifest, scratch: bool) -> Iterator["Unpacked"]:
        """The backup's store as a scratch database beside the target."""
        name = f"tuyen_restore_{secrets.token_hex(4)}"
        with self._keeper() as keeper:
            keeper.execute(self._creation(keeper, name))
        try:
            with facts.opened(SCRATCH, self._named(name)) as db:
                if manifest.layout == "copy":
                    tablecopy.load(db, SCRATCH, backup / DUMPS["copy"], manifest)
                else:
                    self._restore(backup, name, _version(db), scratch)
                yield Unpacked(SCRATCH, db, self, name)
        finally:
            with self._keeper() as keeper, suppress(errors.InvalidCatalogName):
                keeper.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
                               .format(sql.Identifier(name)))  # fmt: skip

    def _restore(self, backup: Path, name: str, version: int, scratch: bool) -> None:
        tool = _tool("pg_restore", version)
        if tool is None:
            raise ToolFailed(tool="pg_restore", what="it is absent; install postgresql-client")
        words = ["--exit-on-error", "--no-owner", "--no-password"]
        words += ["--no-privileges"] if scratch else []
        self._run(tool, [*words, str(backup / DUMPS["pg_dump"])], name, None)

    def _creation(self, keeper: Any, name: str) -> sql.Composed:
        """A database that sorts as the target does, or as the server does by itself."""
        row = keeper.execute(
            "SELECT datcollate, datctype FROM pg_database WHERE datname = %s", [self.name]
        ).fetchone()
        made = sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
            sql.Identifier(name)
        )
        if row is None:
            return made
        return made + sql.SQL(" LC_COLLATE {} LC_CTYPE {}").format(*map(sql.Literal, row))

    def _exists(self) -> bool:
        with self._keeper() as keeper:
            found = keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name])
            return found.fetchone() is not None

    def _is_empty(self) -> bool:
        with facts.opened(_SOURCE, self._named(self.name)) as db:
            return not facts.tables(db)

    def _named(self, name: str) -> dict[str, Any]:
        return {**self.settings, "NAME": name, "CONN_MAX_AGE": 0}

    @contextmanager
    def _keeper(self, autocommit: bool = True) -> Iterator[psycopg.Connection[Any]]:
        """A connection to the server's own database, from which others are made and renamed."""
        other = "postgres" if self.name != "postgres" else "template1"
        try:
            with psycopg.connect(**self._address(other), autocommit=autocommit) as keeper:
                yield keeper
        except errors.ObjectInUse:
            raise StillInUse(target=self) from None
        except psycopg.Error as error:
            raise ToolFailed(tool="PostgreSQL", what=" ".join(str(error).split())) from None

    def _address(self, name: str) -> dict[str, Any]:
        known = {
            "host": self.settings.get("HOST"), "port": self.settings.get("PORT"),
            "user": self.settings.get("USER"), "password": self.settings.get("PASSWORD"),
        }  # fmt: skip
        return {"dbname": name, **{word: value for word, value in known.items() if value}}

    def _run(self, tool: Path, words: Sequence[str], name: str, folder: Path | None) -> None:
        """Run a tool of PostgreSQL. The password goes by the environment, which others cannot see."""
        address = self._address(name)
        secret = {"PGPASSWORD": address.pop("password")} if "password" in address else {}
        line = psycopg.conninfo.make_conninfo(**address)
        done = subprocess.run(  # noqa: S603  # a program found by us, words of our own
            [tool, "--dbname", line, *words], env={**os.environ, **secret, "LC_ALL": "C"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            said = " ".join(done.stderr.split())
            if folder is not None and "No space left on device" in said:
                raise files.full(folder, self.size())
            raise ToolFailed(tool=tool.name, what=said[:400])


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A scratch database that is open under ``alias``, and can be put in place."""

    alias: str
    db: BaseDatabaseWrapper
    target: Server
    name: str

    def faults(self) -> list[str]:
        """A restore checks every constraint while it makes it; what fails there never gets here."""
        return []

    def put_in_place(self, stamp: str) -> str:
        """Swap names in one transaction; returns the name under which the former one is kept."""
        self.db.close()
        target = self.target
        exists, empty = target._exists(), False
        if exists:
            empty = target._is_empty()
        aside = f"{target.name}_before_{re.sub('[^0-9a-z]', '', stamp.lower())}"[:63]
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}").format
        with target._keeper(autocommit=False) as keeper:
            if exists:
                keeper.execute(rename(sql.Identifier(target.name), sql.Identifier(aside)))
            keeper.execute(rename(sql.Identifier(self.name), sql.Identifier(target.name)))
        if empty:
            with target._keeper() as keeper:
                keeper.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(aside)))
        return aside if exists and not empty else ""


def _version(db: Any) -> int:
    """The server's major version."""
    return int(db.pg_version) // 10_000


def _tool(name: str, version: int) -> Path | None:
    """A tool not older than the server: it refuses to serve a newer one."""
    found = [*Path("/usr/lib/postgresql").glob(f"*/bin/{name}")]
    fit = sorted(
        (path for path in found if float(path.parent.parent.name) >= version),
        key=lambda path: float(path.parent.parent.name),
    )
    if fit:
        return fit[0]
    anywhere = shutil.which(name)
    if anywhere is None or _major(anywhere) < version:
        return None
    return Path(anywhere)


def _major(tool: str) -> int:
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    number = re.search(r"(\d+)(\.\d+)?\b", said.stdout.partition(")")[2])
    return int(number[1]) if number else 0
