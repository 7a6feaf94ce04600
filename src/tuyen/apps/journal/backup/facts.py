"""What a store holds at one moment: its tables counted, its head, a few of its rows digested."""

import hashlib
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader

from tuyen.apps.access import guard
from tuyen.apps.journal.backup.manifest import Facts, Sample
from tuyen.apps.journal.backup.refusals import NotMigrated

SAMPLES = 50

_TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%%'"
    " ESCAPE '\\' AND sql NOT LIKE 'CREATE VIRTUAL %%' AND 1 = %s ORDER BY name",
    "postgresql": "SELECT relname FROM pg_class WHERE relkind = 'r'"
    " AND relnamespace = current_schema()::regnamespace AND 1 = %s ORDER BY relname",
}


@contextmanager
def opened(alias: str, settings: dict[str, Any]) -> Iterator[BaseDatabaseWrapper]:
    """A store beside the installation's own, under ``alias``, for the length of a block."""
    ready = connections.configure_settings({"default": {**connections.databases["default"]},
                                            alias: settings})  # fmt: skip
    connections.databases[alias] = ready[alias]
    try:
        db = connections[alias]
        db.connect()
        guard.install(alias)
        yield db
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.databases[alias]


def tables(db: BaseDatabaseWrapper) -> list[str]:
    """The names of all tables that hold rows of their own, search indexes' tables too."""
    with db.cursor() as cursor:
        cursor.execute(_TABLES[db.vendor], [1])
        return [name for (name,) in cursor.fetchall()]


def migrations(db: BaseDatabaseWrapper) -> list[str]:
    """The migrations that this store has been through, as ``app.name``."""
    with db.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return [f"{app}.{name}" for app, name in cursor.fetchall()]


def check_shape(db: BaseDatabaseWrapper, home: Path) -> None:
    """Refuse a store that has not been through every migration of this program, or is not there. An
    embedded store that is not there is not made by asking.

    Raises
    ------
    NotMigrated
    """
    there = db.vendor != "sqlite" or Path(db.settings_dict["NAME"]).exists()
    loader = MigrationLoader(db if there else None)
    waiting = loader.graph.nodes.keys() - (loader.applied_migrations or {}).keys()
    if waiting:
        raise NotMigrated(home=home, n=len(waiting))


def head(db: BaseDatabaseWrapper) -> tuple[UUID, int, str]:
    """(epoch, position, digest as hex) of the end of the chain."""
    with db.cursor() as cursor:
        cursor.execute("SELECT epoch, position, digest FROM journal_head WHERE id = 1")
        epoch, position, digest = cursor.fetchone()
    return UUID(str(epoch)), position, bytes(digest).hex()


def counts(db: BaseDatabaseWrapper) -> dict[str, int]:
    """Rows of every table."""
    found = {}
    with db.cursor() as cursor:
        for name in tables(db):  # names come from the catalogue, quoted
            cursor.execute(f"SELECT COUNT(*) FROM {db.ops.quote_name(name)}")  # noqa: S608
            found[name] = cursor.fetchone()[0]
    return found


def gather(db: BaseDatabaseWrapper) -> Facts:
    """Everything a manifest states about a store, and some of its rows taken by chance."""
    rows = counts(db)
    epoch, position, digest = head(db)
    return Facts(
        tables=rows, migrations=migrations(db), epoch=epoch, position=position, head=digest,
        samples=_sample(db, rows),
    )  # fmt: skip


def differences(db: BaseDatabaseWrapper, kept: Facts) -> list[str]:
    """What a restored store lacks or has otherwise than the manifest says, as sentences."""
    found = []
    now = counts(db)
    for name in sorted(kept.tables.keys() | now.keys()):
        were, are = kept.tables.get(name), now.get(name)
        if were != are:
            found.append(f"table {name} has {are} rows where {were} were kept")
    if migrations(db) != kept.migrations:
        found.append("the schema is not the one that was kept")
    if head(db) != (kept.epoch, kept.position, kept.head):
        found.append(f"the journal does not end at {kept.position}:{kept.head}")
    for sample in kept.samples:
        if sample.table in now and _row_digest(db, sample.table, sample.key) != sample.digest:
            found.append(f"row {sample.key} of {sample.table} is not as it was")
    return found


def _sample(db: BaseDatabaseWrapper, rows: dict[str, int]) -> list[Sample]:
    """At least one row of every table that has a simple key, and more of the larger ones."""
    chance = random.SystemRandom()
    full = [name for name, count in rows.items() if count and _key_column(db, name)]
    if not full:
        return []
    more = chance.choices(full, weights=[rows[name] for name in full], k=SAMPLES)
    wanted = {name: 1 + more.count(name) for name in full}
    found = []
    for name, count in wanted.items():
        for key in _keys_by_chance(db, name, count):
            found.append(Sample(name, key, _row_digest(db, name, key)))
    return found


def _key_column(db: BaseDatabaseWrapper, table: str) -> str | None:
    with db.cursor() as cursor:
        columns = db.introspection.get_primary_key_columns(cursor, table) or []
    return columns[0] if len(columns) == 1 else None


def _keys_by_chance(db: BaseDatabaseWrapper, table: str, count: int) -> list[str]:
    column = db.ops.quote_name(_key_column(db, table) or "")
    name = db.ops.quote_name(table)
    with db.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {name} ORDER BY random() LIMIT %s", [count])  # noqa: S608
        keys = [_as_text(key) for (key,) in cursor.fetchall()]
    return [key for key in keys if key.partition(":")[0] in ("i", "s", "b")]


def _row_digest(db: BaseDatabaseWrapper, table: str, key: str) -> str:
    column = db.ops.quote_name(_key_column(db, table) or "")
    name = db.ops.quote_name(table)
    with db.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name} WHERE {column} = %s", [_as_key(key)])  # noqa: S608
        names = [part[0] for part in cursor.description]
        row = cursor.fetchone()
    if row is None:
        return ""
    parts = sorted(f"{name}={_as_text(value)}" for name, value in zip(names, row, strict=True))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _as_text(value: Any) -> str:
    """A value with its sort: the same text for the same value, whichever driver gave it."""
    if isinstance(value, (bytes, memoryview)):
        return f"b:{bytes(value).hex()}"
    if isinstance(value, int):
        return f"i:{int(value)}"
    if isinstance(value, (str, UUID)):
        return f"s:{value}"
    return f"{type(value).__name__}:{value}"


def _as_key(text: str) -> Any:
    sort, _, value = text.partition(":")
    if sort == "b":
        return bytes.fromhex(value)
    return int(value) if sort == "i" else value
