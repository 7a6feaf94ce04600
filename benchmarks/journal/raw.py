"""The limit of a commit: the same journal rows, put durably into a bare table by the driver alone.

One table with the columns of ``journal_entry``, its key, and one index; one transaction for each
batch; as durable as the installation's own connection. No decoding, judging, counting or sealing.
"""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from tuyen.apps.journal import store
from tuyen.project import home

_TABLE = (
    "CREATE TABLE raw_entry (position bigint PRIMARY KEY, id {uuid}, kind varchar(60),"
    " unit_id {uuid}, author_id {uuid}, corrects {uuid}, accepted boolean,"
    " received_at {time}, body {bytes}, digest {bytes})"
)
_INDEX = "CREATE UNIQUE INDEX raw_entry_id ON raw_entry (id)"
COLUMNS = "position, id, kind, unit_id, author_id, corrects, accepted, received_at, body, digest"
Rows = Sequence[tuple[Any, ...]]


class Raw(Protocol):
    def insert(self, rows: Rows) -> None:
        """Put rows in and make them durable."""


def rows_since(position: int) -> list[tuple[Any, ...]]:
    """What the journal holds after a position, as the driver gives it."""
    with store.connection().cursor() as cursor:
        sql = f"SELECT {COLUMNS} FROM journal_entry WHERE position > %s ORDER BY position"
        cursor.execute(sql, [position])
        return cursor.fetchall()


def opened() -> Raw:
    return _Postgres() if store.connection().vendor == "postgresql" else _Sqlite()


class _Sqlite:
    def __init__(self) -> None:
        path = Path(os.environ["TUYEN_HOME"]) / "raw.sqlite3"
        path.unlink(missing_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None)
        for pragma in home._SQLITE.strip(";").split(";"):
            self.connection.execute(pragma)
        self.connection.execute(_TABLE.format(uuid="char(32)", time="datetime", bytes="BLOB"))
        self.connection.execute(_INDEX)

    def insert(self, rows: Rows) -> None:
        self.connection.execute("BEGIN IMMEDIATE")
        marks = ", ".join("?" * 10)
        self.connection.executemany(f"INSERT INTO raw_entry VALUES ({marks})", rows)
        self.connection.execute("COMMIT")


class _Postgres:
    def __init__(self) -> None:
        import psycopg

        given = store.connection().get_connection_params()
        wanted = ("dbname", "host", "port", "user", "password")
        self.connection = psycopg.connect(
            **{name: given[name] for name in wanted if given.get(name)}, autocommit=True
        )
        self.connection.execute("DROP TABLE IF EXISTS raw_entry")
        self.connection.execute(_TABLE.format(uuid="uuid", time="timestamptz", bytes="bytea"))
        self.connection.execute(_INDEX)

    def insert(self, rows: Rows) -> None:
        sql = f"COPY raw_entry ({COLUMNS}) FROM STDIN"
        with self.connection.transaction(), self.connection.cursor().copy(sql) as copy:
            for row in rows:
                copy.write_row(row)
