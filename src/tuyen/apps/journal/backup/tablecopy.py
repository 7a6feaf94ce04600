"""All tables by ``COPY``, in one ZIP file: for machines without PostgreSQL's own tools.

It holds rows only. The schema is made again by the program's migrations, so such a backup is
restored by the very version that made it.
"""

import os
import zipfile
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from tuyen.apps.access import guard
from tuyen.apps.journal.backup import facts
from tuyen.apps.journal.backup.manifest import Manifest
from tuyen.apps.journal.backup.refusals import DamagedBackup, OtherVersion

_SEQUENCES = """
    SELECT c.relname, a.attname, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND a.attnum > 0
      AND NOT a.attisdropped AND pg_get_serial_sequence(quote_ident(c.relname), a.attname) IS NOT NULL
"""


def dump(db: BaseDatabaseWrapper, target: Path) -> None:
    """Write every table with its columns' names, in the transaction that ``db`` is in."""
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with (
        os.fdopen(handle, "wb") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        db.cursor() as cursor,
    ):
        for name in facts.tables(db):
            table = sql.Identifier(name)
            with archive.open(name, "w", force_zip64=True) as out:
                out.write((",".join(_columns(db, name)) + "\n").encode())
                with cursor.cursor.copy(sql.SQL("COPY {} TO STDOUT").format(table)) as rows:
                    for block in rows:
                        out.write(bytes(block))


def load(db: BaseDatabaseWrapper, alias: str, source: Path, manifest: Manifest) -> None:
    """Make the schema anew and fill it, all in one transaction: foreign keys wait for its end."""
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if set(manifest.facts.migrations) != known:
        what = "tables of another schema"
        raise OtherVersion(path=source, version=manifest.program, what=what)
    call_command("migrate", database=alias, verbosity=0)
    db.set_autocommit(False)
    with zipfile.ZipFile(source) as archive, db.cursor() as cursor, guard.opened("restore"):
        names = facts.tables(db)
        if set(archive.namelist()) != set(names):
            raise DamagedBackup(path=source, what="its tables are not those of its schema")
        for name in names:
            _empty(cursor, name)
        for name in names:
            _fill(cursor, archive, name)
        cursor.execute(_SEQUENCES)
        for table, column, sequence in cursor.fetchall():
            cursor.execute(
                sql.SQL("SELECT setval({}, COALESCE(MAX({}), 1), MAX({}) IS NOT NULL) FROM {}")
                .format(sql.Literal(sequence), *[sql.Identifier(column)] * 2, sql.Identifier(table))
            )  # fmt: skip
    db.commit()
    db.set_autocommit(True)


def _columns(db: BaseDatabaseWrapper, table: str) -> list[str]:
    with db.cursor() as cursor:  # the name comes from the catalogue, quoted
        cursor.execute(f"SELECT * FROM {db.ops.quote_name(table)} LIMIT 0")  # noqa: S608
        return [part[0] for part in cursor.description]


def _empty(cursor: Any, name: str) -> None:
    """Take out what migrations put in; the journal, which refuses that, is empty already."""
    table = sql.Identifier(name)
    cursor.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(table))
    if cursor.fetchone():
        cursor.execute(sql.SQL("DELETE FROM {}").format(table))


def _fill(cursor: Any, archive: zipfile.ZipFile, name: str) -> None:
    with archive.open(name) as given:
        columns = given.readline().decode().strip().split(",")
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with cursor.cursor.copy(statement) as rows:
            while block := given.read(1 << 16):
                rows.write(block)
