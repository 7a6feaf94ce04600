"""The wall under the application: on PostgreSQL each statement runs for somebody, or for nobody.

A query function filters by the scope of whoever asks. Should one forget, the database itself lets
through only rows of the reader's units: the tables of people and cases have row policies
(:mod:`tuyen.apps.access.row_policies`), and this module tells every connection for whom it works.

It stands on three levels, each a role of the database without a right to bypass policies:

*nobody*   no row of a protected table, which is how every request begins and ends
*a reader* the rows of the units over which the posts of an actor give some right of reading
*whole*    all rows: a commit of the journal, and the reviewed blocks that call :func:`whole`

The level is compared before **every** statement with the one that the connection is known to hold,
so a connection that served somebody else shows nothing of it; after a rollback, which takes a
level back, the connection is not trusted and is told again. SQLite has no row policies: there
these levels change nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import connections

from tuyen.apps.access import policies, row_policies
from tuyen.apps.access.actors import Actor
from tuyen.rules.access import role_table


class Level(Enum):
    """Levels that are the same for everybody."""

    NOBODY = "nobody"
    WHOLE = "whole"
    OWNER = "owner"
    """The login's own role: to change the schema, to copy the store out and to put it back."""


class Reader:
    """An actor at the wall. The units of a class of rows are worked out when a statement first
    names a table of it."""

    def __init__(self, by: Actor) -> None:
        self._by = by
        self._units: dict[str, str] = {}

    def units(self, rows: str) -> str:
        """The units of a class of rows, as its policies read them."""
        if rows not in self._units:
            token = _STANDING.set(Level.NOBODY)  # the map is asked meanwhile, and is not protected
            try:
                self._units[rows] = _listed(_scope(self._by, row_policies.RIGHTS[rows]))
            finally:
                _STANDING.reset(token)
        return self._units[rows]


Standing = Level | Reader

_STANDING: ContextVar[Standing | None] = ContextVar("tuyen_standing", default=None)
_process: Level = Level.NOBODY
_CONTROL = re.compile(r"\s*(?:SAVEPOINT|RELEASE|ROLLBACK|BEGIN|COMMIT|SET TRANSACTION)\b", re.I)
_BACK = re.compile(r"\s*ROLLBACK\b", re.I)


def standing() -> Standing:
    """For whom this thread works now."""
    return _STANDING.get() or _process


def trust_process(level: Level) -> Level:
    """Let everything outside of requests work at a level: for commands of the operator at the
    server's console. Returns the level it had."""
    global _process
    former, _process = _process, level
    return former


@contextmanager
def at(level: Standing) -> Iterator[None]:
    """Work for somebody for the length of a block."""
    token = _STANDING.set(level)
    try:
        yield
    finally:
        _STANDING.reset(token)


@contextmanager
def whole(why: str) -> Iterator[None]:
    """Read all rows for the length of a block: a reviewed exception, named ``why``.

    For what is counted from everybody's rows and is nobody's record: totals kept for all readers,
    ids and places of an index whose rows are then read behind the wall.
    """
    assert why
    token = None if standing() is Level.OWNER else _STANDING.set(Level.WHOLE)
    try:
        yield
    finally:
        if token is not None:
            _STANDING.reset(token)


def let_in(by: Actor) -> None:
    """Say who asks, for the rest of the request that :func:`request` opened."""
    _STANDING.set(Reader(by))


@contextmanager
def request() -> Iterator[None]:
    """One request: it begins as nobody, and leaves its connections to nobody."""
    with at(Level.NOBODY):
        try:
            yield
        finally:
            _STANDING.set(Level.NOBODY)
            for connection in connections.all(initialized_only=True):
                lower(connection)


def continued(content: Iterable[Any], who: Standing) -> Iterator[Any]:
    """What a request still sends after it was answered, read for ``who`` asked."""
    pieces = iter(content)
    while True:
        with request():
            _STANDING.set(who)
            try:
                piece = next(pieces)
            except StopIteration:
                return
        yield piece


def lower(connection: Any) -> None:
    """Leave a connection to nobody. One that cannot be told is not trusted by the next anyway."""
    held = getattr(connection, "wall", None)
    if held is None or held is Level.NOBODY or connection.connection is None:
        return
    if connection.needs_rollback or connection.errors_occurred:
        connection.wall = None
        return
    _tell(connection, Level.NOBODY, frozenset())


def stand(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """An execute wrapper: before a statement, see that the connection works for the right one."""
    connection = context["connection"]
    if connection.vendor != "postgresql" or not hasattr(connection, "wall"):
        return execute(sql, params, many, context)
    text = sql if isinstance(sql, str) else ""
    if _CONTROL.match(text):
        if _BACK.match(text):
            connection.wall = None
        return execute(sql, params, many, context)
    see_to(connection, text)
    return execute(sql, params, many, context)


def see_to(connection: Any, text: str = "") -> None:
    """Let a connection work for whoever is asking now. A statement that is sent past Django's
    cursor needs this before it; ``text`` is the statement, where it is known."""
    if connection.vendor != "postgresql" or not hasattr(connection, "wall"):
        return
    connection.ensure_connection()
    if connection.needs_rollback or not _has_walls(connection):
        return
    who = standing()
    if isinstance(who, Level):
        if connection.wall is not who:
            _tell(connection, who, frozenset())
        return
    needed = row_policies.classes_named(text)
    if connection.wall is not who:
        # Whatever is left here from others goes, though this statement may need nothing.
        _tell(connection, who, needed)
    elif not needed <= connection.wall_told:
        _tell(connection, who, needed | connection.wall_told)


def _tell(connection: Any, who: Standing, needed: frozenset[str]) -> None:
    """Say for whom the connection works from now on. Classes of rows that are not needed yet are
    told as empty: rows that nobody asked for are shown to nobody."""
    role = _ROLES.get(who, row_policies.READER) if isinstance(who, Level) else row_policies.READER
    words = [("role", role)]
    if role == row_policies.READER:
        values = {rows: who.units(rows) for rows in needed} if isinstance(who, Reader) else {}
        words += [(f"tuyen.{rows}", values.get(rows, "")) for rows in row_policies.RIGHTS]
    marks = ", ".join(["set_config(%s, %s, false)"] * len(words))
    connection.wall, connection.wall_told = None, frozenset()
    with connection.wrap_database_errors:
        # Past Django's cursor, which would come back here.
        connection.connection.execute(f"SELECT {marks}", [part for pair in words for part in pair])
    connection.wall, connection.wall_told = who, needed


_ROLES = {Level.OWNER: "none", Level.WHOLE: row_policies.WHOLE, Level.NOBODY: row_policies.READER}


def _has_walls(connection: Any) -> bool:
    """Whether this database has the roles and this login may take them; asked once a connection."""
    if connection.wall_stands is None:
        with connection.wrap_database_errors:
            row = connection.connection.execute(row_policies.MAY_TAKE).fetchone()
        connection.wall_stands = bool(row and row[0])
    return bool(connection.wall_stands)


def _scope(by: Actor, rights: Iterable[str]) -> policies.Scope:
    """The units over which an actor has any of some rights, whatever the purpose stated: the wall
    is about units, and the application asks for purposes."""
    purposes = role_table().purposes
    units: set[UUID] = set()
    for right in rights:
        needed = purposes.get(right)
        scope = policies.scope(by.stating(min(needed)) if needed else by, right)
        if scope.everything:
            return policies.EVERYTHING
        units |= scope.units
    return policies.Scope(False, frozenset(units))


def _listed(scope: policies.Scope) -> str:
    if scope.everything:
        return row_policies.EVERYTHING
    return ",".join(unit.hex for unit in scope.units)
