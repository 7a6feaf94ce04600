"""New stores that have their tables at once: copies of one that was migrated, which takes seconds.

The store of the tests themselves, and every installation that a test makes as an operator would, is
migrated step by step; so a migration that fails is found there.
"""

import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg

_BEGIN = "UPDATE journal_head SET epoch = ?"  # every store has an epoch of its own


class Prototype:
    """An empty migrated SQLite file: that of the tests, or made when a store is first asked for."""

    def __init__(self, folder: Path, unblock: Callable[[], AbstractContextManager[None]]) -> None:
        self.path = folder / "prototype.sqlite3"
        self._unblock = unblock  # tests that touch no store may ask for one

    def keep(self, migrated: sqlite3.Connection) -> None:
        """Take the tables of a store that has just been migrated, so that none is migrated again."""
        with closing(sqlite3.connect(self.path)) as target:
            migrated.backup(target)

    def into(self, connection: sqlite3.Connection) -> None:
        """Fill an open store that has no tables yet."""
        if not self.path.exists():
            with self._unblock():
                _migrate(self.path)
        with closing(sqlite3.connect(self.path)) as source:
            source.backup(connection)
        connection.execute(_BEGIN, (uuid4().hex,))
        connection.commit()


def _migrate(path: Path) -> None:
    from django.core.management import call_command

    from tuyen.apps.access import guard
    from tuyen.apps.journal.backup import embedded, facts

    with facts.opened("prototype", embedded.settings_of(path)), guard.opened("restore"):
        call_command("migrate", database="prototype", verbosity=0)


@contextmanager
def copied(prototype: Prototype) -> Iterator[None]:
    """Within it, whoever migrates an empty SQLite store in this process gets a copy instead."""
    from django.core.management.commands.migrate import Command
    from django.db import connections

    honest: Callable[..., Any] = Command.handle

    def handle(self: Any, *args: Any, **options: Any) -> Any:
        alias = options["database"]
        db = connections[alias]
        fresh = db.vendor == "sqlite" and not options["app_label"]
        if not fresh or alias in ("default", "prototype") or db.introspection.table_names():
            return honest(self, *args, **options)
        db.ensure_connection()
        return prototype.into(db.connection)

    Command.handle = handle  # type: ignore[method-assign]
    try:
        yield
    finally:
        Command.handle = honest  # type: ignore[method-assign]


@contextmanager
def database_of(url: str, template: str) -> Iterator[str]:
    """The address of a new PostgreSQL database beside that of ``url``, like ``template``."""
    name = f"tuyen_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as keeper:
        keeper.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as keeper:
            keeper.execute(f"DROP DATABASE {name} WITH (FORCE)")
