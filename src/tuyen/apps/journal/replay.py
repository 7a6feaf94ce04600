"""Rebuild every domain table from the journal, in a scratch store, and compare row for row."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import connections, models

from tuyen.apps.access import guard
from tuyen.apps.journal import seal, store
from tuyen.apps.journal.models import Entry as EntryRow
from tuyen.apps.journal.services import apply_run, touch
from tuyen.kernel.operation import KINDS, Entry

SCRATCH = "replay"
_CHUNK = 2000
_SHOWN = 5


@dataclass(slots=True)
class TableDiff:
    """How one table differs: counts, and the first few keys of each sort."""

    table: str
    rows: int = 0
    missing: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not (self.missing or self.extra or self.changed)


@dataclass(slots=True)
class Rebuilt:
    """The outcome of a replay: how many operations, which failed, and every table compared."""

    operations: int = 0
    failed: list[str] = field(default_factory=list)
    tables: list[TableDiff] = field(default_factory=list)

    @property
    def same(self) -> bool:
        return not self.failed and all(table.same for table in self.tables)


def replay(*, progress: Callable[[int], None] | None = None) -> Rebuilt:
    """Apply every accepted operation, in order, to an empty store, and compare all tables.

    The scratch store is a SQLite file in a temporary folder, whatever the installation runs on,
    so this also proves that both stores keep the same rows.
    """
    result = Rebuilt()
    with tempfile.TemporaryDirectory(prefix="tuyen-replay-") as folder:
        _open_scratch(Path(folder) / "replay.sqlite3")
        try:
            call_command("migrate", database=SCRATCH, verbosity=0)
            guard.install(SCRATCH)
            _apply_all(result, progress)
            result.tables = [_compare(model) for model in journaled_models()]
        finally:
            connections[SCRATCH].close()
            del connections[SCRATCH]
            del connections.databases[SCRATCH]
    return result


def journaled_models() -> list[type[models.Model]]:
    """The tables that follow from the journal: all of the rooms' but those marked otherwise."""
    return [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("tuyen.apps.")
        for model in config.get_models()
        if not getattr(model, "UNJOURNALED_TABLE", False)
    ]


def _open_scratch(path: Path) -> None:
    settings = connections.configure_settings({
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
        SCRATCH: {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {
            # A scratch file that is thrown away needs no durability.
            "init_command": "PRAGMA synchronous=OFF;PRAGMA journal_mode=MEMORY;"}},
    })  # fmt: skip
    connections.databases[SCRATCH] = settings[SCRATCH]
    connections[SCRATCH].connect()


def _apply_all(result: Rebuilt, progress: Callable[[int], None] | None) -> None:
    for name, run in _runs():
        kind = KINDS.get(name)
        for start in range(0, len(run), _CHUNK):
            entries = run[start : start + _CHUNK]
            with store.working_on(SCRATCH), guard.opened("replay"):
                refusals = apply_run(kind, entries)
                touch(kind, entries[-1].id)
            result.failed += [f"{id}: {refusal}" for id, refusal in refusals.items()]
            result.operations += len(entries)
            if progress is not None:
                progress(result.operations)


def _runs() -> Iterator[tuple[str, list[Entry[Any]]]]:
    """Accepted entries in order, as runs of one kind no longer than a chunk."""
    rows = _accepted()
    while chunk := list(islice(rows, _CHUNK)):
        for name, run in groupby(chunk, key=lambda body: body.kind):
            yield name, [_entry(body) for body in run]


def _accepted() -> Iterator[seal.Envelope]:
    after = 0
    while True:
        page = list(
            EntryRow.objects.using("default")
            .filter(position__gt=after, accepted=True)
            .order_by("position")
            .values_list("position", "body")[:_CHUNK]
        )
        if not page:
            return
        yield from (seal.read_envelope(bytes(body)) for _, body in page)
        after = page[-1][0]


def _entry(body: seal.Envelope) -> Entry[Any]:
    kind = KINDS.get(body.kind)
    return Entry(
        id=body.id,
        payload=kind.decode(body.version, bytes(body.payload)),
        unit=body.unit,
        author=body.author,
        happened_on=body.happened_on,
        recorded_at=body.recorded_at,
        received_at=body.received_at,
        corrects=body.corrects,
        version=body.version,
    )


def _compare(model: type[models.Model]) -> TableDiff:
    """Merge both copies of a table by primary key, in constant memory."""
    diff = TableDiff(model._meta.db_table)
    hidden: frozenset[str] = getattr(model, "UNJOURNALED", frozenset())
    names = ["pk"] + [f.attname for f in model._meta.concrete_fields
                      if not f.primary_key and f.attname not in hidden]  # fmt: skip
    ours, theirs = _ordered(model, names, "default"), _ordered(model, names, SCRATCH)
    mine, other = next(ours, None), next(theirs, None)
    while mine is not None or other is not None:
        if other is None or (mine is not None and _key(mine) < _key(other)):
            _note(diff.missing, mine)
            mine = next(ours, None)
            diff.rows += 1
        elif mine is None or _key(other) < _key(mine):
            _note(diff.extra, other)
            other = next(theirs, None)
        else:
            if mine != other:
                _note(diff.changed, mine)
            mine, other = next(ours, None), next(theirs, None)
            diff.rows += 1
    return diff


def _ordered(model: type[models.Model], names: list[str], using: str) -> Iterator[tuple[Any, ...]]:
    rows = model._default_manager.using(using).order_by("pk").values_list(*names)
    yield from rows.iterator(chunk_size=_CHUNK)


def _key(row: tuple[Any, ...]) -> Any:
    return row[0]


def _note(shown: list[str], row: tuple[Any, ...] | None) -> None:
    if row is not None and len(shown) < _SHOWN:
        shown.append(str(row[0]))
