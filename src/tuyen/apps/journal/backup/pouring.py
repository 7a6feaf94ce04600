"""Pouring an installation into the empty store of a drill, through the masks and nothing beside them.

Nothing is removed afterwards, because nothing else ever gets in: a table, a column or a kind of
operation that ``rules/privacy/drills.yaml`` does not name is not read. So no free page, index or
log of the copy has held anything real.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tuyen.apps.journal import seal
from tuyen.apps.journal.backup.masking import Masking, texts_of
from tuyen.apps.journal.models import Entry
from tuyen.kernel.operation import KINDS
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.privacy import drills as rules

_CHUNK = 2000
_STORED = (str, int, float, bool, bytes, type(None))
Progress = Callable[[int], None]


class CopyPointsNowhere(Refusal):
    code = "journal.copy-points-nowhere"
    message = N_(
        "The copy is not whole: rows of {table} point to rows of {to} that were not copied."
    )


def pour(
    source: BaseDatabaseWrapper, copy: BaseDatabaseWrapper, masking: Masking,
    progress: Progress | None = None,
) -> tuple[int, bytes]:  # fmt: skip
    """Fill the tables of ``copy`` from ``source``, masked, and write its journal anew.

    ``source`` shows one moment (see :func:`reading`) and is only read. Returns (position, digest)
    of the end of the new chain. Indexes of words are filled by the rooms that keep them.

    Raises
    ------
    CopyPointsNowhere
        If what is copied points to what is not: the allow-list has a hole.
    """
    with copy.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
    with transaction.atomic(using=copy.alias):
        done = 0
        end = _journal(source, copy, masking)  # first: what it says moves rows
        for table, columns in masking.allowed.tables.items():
            for part in _masked_rows(source, copy, masking, table, columns):
                done += part
                if progress is not None:
                    progress(done)
        with copy.cursor() as cursor:
            cursor.execute("PRAGMA foreign_key_check")
            if lost := cursor.fetchone():
                raise CopyPointsNowhere(table=lost[0], to=lost[2])
    return end


@contextmanager
def reading(db: BaseDatabaseWrapper) -> Iterator[BaseDatabaseWrapper]:
    """One moment of a store for the length of a block; writers go on meanwhile."""
    db.ensure_connection()
    if db.vendor == "postgresql":
        db.set_autocommit(False)
        begin = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
    else:
        begin = "BEGIN DEFERRED"
    try:
        with db.cursor() as cursor:
            cursor.execute(begin)
        yield db
    finally:
        if db.vendor == "postgresql":
            db.rollback()
            db.set_autocommit(True)
        else:
            with db.cursor() as cursor:
                cursor.execute("ROLLBACK")


def undeclared() -> list[str]:
    """Rooms, tables, columns, kinds and texts for which nobody said what is to become of them, and
    names that are gone: the build asks for an empty list."""
    allowed = rules.copied()
    every = {model._meta.app_label for model in _models()}
    every |= {kind.name.partition(".")[0] for kind in KINDS}
    wrong = [f"{room} is a room that is neither copied nor left behind"
             for room in sorted(every - allowed.rooms - allowed.rooms_left.keys())]  # fmt: skip
    wrong += [f"{room} is both copied and left behind"
              for room in sorted(allowed.rooms & allowed.rooms_left.keys())]  # fmt: skip
    there = {
        model._meta.label: model for model in _models() if model._meta.app_label in allowed.rooms
    }
    for label, model in there.items():
        if label in allowed.tables:
            wrong += _columns(allowed, label, model)
        elif label not in allowed.tables_left:
            wrong.append(f"{label} is neither copied nor left behind")
    for label in [*allowed.tables, *allowed.tables_left]:
        if label not in there:
            wrong.append(f"{label} is gone, or of a room that is not copied")
    return [*wrong, *_kinds(allowed)]


def _columns(allowed: rules.Copied, label: str, model: type[models.Model]) -> Iterator[str]:
    unjournaled: frozenset[str] = getattr(model, "UNJOURNALED", frozenset())
    fields = {f.attname: f for f in model._meta.concrete_fields if f.attname not in unjournaled}
    for name in sorted(fields.keys() ^ set(allowed.tables[label])):
        yield f"{label}.{name} is not declared" if name in fields else f"{label}.{name} is gone"
    for name, field in fields.items():
        if isinstance(field, models.BinaryField):
            yield f"{label}.{name} is bytes, which no mask reads"
        free = isinstance(field, models.TextField) or (field.max_length or 0) > 60
        if free and not allowed.names(label, name):
            yield f"{label}.{name} is free text without a mask"


def _kinds(allowed: rules.Copied) -> Iterator[str]:
    known = {kind.name: kind for kind in KINDS if kind.name.partition(".")[0] in allowed.rooms}
    for name in sorted(known.keys() ^ (allowed.kinds | allowed.kinds_left)):
        yield f"{name} is not declared" if name in known else f"{name} is gone"
    for name in sorted(known.keys() & allowed.kinds):
        for path, said in texts_of(known[name]):
            if said == "text" and not allowed.names(name, path) and not _is_code(path):
                yield f"{name}.{path} is a text without a mask"


_CODES = frozenset((
    "action", "calendar", "cause", "code", "codes.code", "codes.system", "criterion", "disease",
    "diseases", "ethnicity", "first", "functions", "group", "hazard", "indicator", "item", "kind",
    "language", "last", "level", "measure_unit", "method", "nationality", "percent", "period",
    "relation", "role", "shown", "sign", "system", "type", "week",
))  # fmt: skip
"""Fields of operations whose texts are words of a rule: kept when the rule knows them."""


def _is_code(path: str) -> bool:
    return path.rpartition(".")[2] in _CODES or path in _CODES


def _models() -> Iterator[type[models.Model]]:
    for config in apps.get_app_configs():
        if config.name.startswith("tuyen.apps."):
            yield from config.get_models(include_auto_created=True)


def _masked_rows(
    source: BaseDatabaseWrapper, copy: BaseDatabaseWrapper, masking: Masking, table: str,
    columns: tuple[str, ...],
) -> Iterator[int]:  # fmt: skip
    meta = apps.get_model(table)._meta
    by_name = {field.attname: field for field in meta.concrete_fields}
    fields = [by_name[name] for name in columns]
    masked = masking.row(table, columns)
    beside = [field for field in meta.concrete_fields if field not in fields]
    empty = [field.get_db_prep_save(field.get_default(), copy) for field in beside]
    quoted, more = (
        [copy.ops.quote_name(field.column or "") for field in some] for some in (fields, beside)
    )
    name = copy.ops.quote_name(meta.db_table)
    marks = ", ".join(["%s"] * (len(fields) + len(beside)))
    insert = f"INSERT INTO {name} ({', '.join(quoted + more)}) VALUES ({marks})"  # noqa: S608
    with copy.cursor() as cursor:
        cursor.execute(f"DELETE FROM {name}")  # noqa: S608  # what its migrations put there
    with source.chunked_cursor() as rows:
        rows.execute(f"SELECT {', '.join(quoted)} FROM {name}")  # noqa: S608  # our own names
        while part := rows.fetchmany(_CHUNK):
            kept = [
                [value if type(value) in _STORED else _stored(field, value, copy)
                 for field, value in zip(fields, row, strict=True)]
                for row in part
            ]  # fmt: skip
            if masked is not None:
                kept = [masked(row) for row in kept]
            with copy.cursor() as writing:
                writing.executemany(insert, [row + empty for row in kept])
            yield len(kept)


def _stored(field: Any, value: Any, copy: BaseDatabaseWrapper) -> Any:
    """A value of one store as the embedded one keeps it."""
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, datetime) and value.tzinfo is None:  # an embedded store's, and so in UTC
        return str(value)
    prepared = field.get_db_prep_save(value, copy)
    return prepared if type(prepared) in _STORED else str(prepared)


def _journal(
    source: BaseDatabaseWrapper, copy: BaseDatabaseWrapper, masking: Masking
) -> tuple[int, bytes]:
    """The accepted operations of the kinds that are copied, behind their masks, in a chain of their
    own. Refused ones stay behind: what was sent in error may say anything."""
    allowed = masking.allowed.kinds
    name = copy.ops.quote_name(Entry._meta.db_table)
    columns = ("position", "id", "kind", "unit_id", "author_id", "corrects", "accepted",
               "received_at", "body", "digest")  # fmt: skip
    insert = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * 10)})"  # noqa: S608
    position, last = 0, seal.FIRST
    with copy.cursor() as writing:
        writing.execute(f"DELETE FROM {name}")  # noqa: S608
    with source.chunked_cursor() as rows:
        rows.execute(
            f"SELECT body FROM {name} WHERE accepted = %s ORDER BY position",  # noqa: S608
            [True],
        )
        while part := rows.fetchmany(_CHUNK):
            kept = []
            for (body,) in part:
                said = seal.read_envelope(bytes(body))
                if said.kind not in allowed:
                    continue
                said = masking.operation(said)
                sealed = seal.encoder.encode(said)
                position += 1
                last = seal.digest(last, position, sealed)
                kept.append(_entry(position, said, sealed, last, copy))
            with copy.cursor() as writing:
                writing.executemany(insert, kept)
    return position, last


def _entry(
    position: int, said: seal.Envelope, sealed: bytes, digest: bytes, copy: BaseDatabaseWrapper
) -> tuple[Any, ...]:
    received = copy.ops.adapt_datetimefield_value(said.received_at)
    author, corrects = (None if id is None else id.hex for id in (said.author, said.corrects))
    return (position, said.id.hex, said.kind[:60], said.unit.hex, author, corrects, True,
            received, sealed, digest)  # fmt: skip
