"""A walled copy of the installation for a drill: a folder, a store and keys of its own.

The copy is always an embedded store. A database beside the real one on the same server would be one
wrong login away from it; a file in a folder of its own is reached by nobody who was not told where
it lies, and is gone when the folder is.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.apps import apps
from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tuyen.apps.access import guard, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import store as current
from tuyen.apps.journal.backup import embedded, facts, files
from tuyen.apps.journal.backup.embedded import Embedded
from tuyen.apps.journal.backup.manifest import DUMPS
from tuyen.apps.journal.backup.refusals import NotEmpty
from tuyen.apps.journal.backup.server import Server
from tuyen.apps.journal.models import Head
from tuyen.apps.journal.operations import DeclareDrill
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

STORE = "tuyen.sqlite3"
COPY = "drill-copy"
_CHUNK = 2000
_BEHIND = (
    "django_session", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog",
    "axes_accessattemptexpiration", "access_invitation", "access_accesskey", "access_devicecode",
    "access_devicecontact", "access_deviceunits", "access_codemaker", "access_recoverycode",
    "access_passkey", "access_readinghit", "access_reading", "access_savedview", "access_lastlook",
)  # fmt: skip
"""What stays behind: sessions, keys, second factors, tablets' contacts, who read what."""


def copy_out(
    *, store: Embedded | Server, home: Path, mark: Mapping[str, Any], at: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Path:  # fmt: skip
    """Copy the installation as it is at this moment into ``home`` and wall it in.

    Reality is only read. In the copy nobody can sign in, no program has a key and no tablet a
    contact; its journal begins a new epoch, says which drill it is, and stamps every later entry
    with it. ``mark`` is what stands in ``drill.json``; ``at`` is what the drill's clock shows first.

    Raises
    ------
    NotEmpty
        If ``home`` holds an installation.
    """
    target = home / STORE
    check_free(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if isinstance(store, Embedded):
        files.check_room(home, store.size())
        store.dump(home, progress)
        (home / DUMPS["sqlite"]).rename(target)
    with facts.opened(COPY, embedded.settings_of(target)) as db, guard.opened("drill"):
        call_command("migrate", database=COPY, verbosity=0)
        if isinstance(store, Server):
            pour(db)
        _wall_in(db, mark, at)
    with facts.opened(COPY, embedded.settings_of(target)) as db, db.cursor() as cursor:
        cursor.execute("VACUUM")  # what was removed is not left lying in free pages
    return target


def check_free(home: Path) -> None:
    """Refuse a folder that holds anything: a drill never writes over an installation."""
    if home.exists() and any(home.iterdir()):
        raise NotEmpty(target=home)


def _wall_in(db: BaseDatabaseWrapper, mark: Mapping[str, Any], at: datetime) -> None:
    drill, epoch = UUID(mark["drill"]), uuid4()
    there = set(facts.tables(db))
    with db.cursor() as cursor:
        for name in _BEHIND:
            if name in there:  # a name of ours, from the list above
                cursor.execute(f"DELETE FROM {db.ops.quote_name(name)}")  # noqa: S608
        cursor.execute("UPDATE access_user SET password = %s, last_login = NULL", ["!"])
    with current.working_on(COPY), world.playing(mark):
        former, position, _ = facts.head(db)
        Head.objects.filter(pk=1).update(epoch=epoch, drill=drill)
        declared = DeclareDrill(drill=drill, scenario=mark["scenario"], position=position,
                                former_epoch=former, epoch=epoch)  # fmt: skip
        commit(
            by=Actor.program(at.date(), channel="cli"), at=at, react=False,
            operations=[Operation.of(declared, unit=NODE, happened_on=at.date(), recorded_at=at)],
        )  # fmt: skip


def pour(db: BaseDatabaseWrapper) -> None:
    """Pour the rows of a server's tables into the empty embedded store, table by table.

    All of one moment. Indexes of words are filled afterwards: a server keeps none as a table.
    """
    with db.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys=OFF")
    models = [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("tuyen.apps.")
        for model in config.get_models(include_auto_created=True)
        if model._meta.db_table not in _BEHIND
    ]
    source = connections["default"]
    pinned = source.vendor == "postgresql" and not source.in_atomic_block
    with transaction.atomic(using="default"), transaction.atomic(using=COPY):
        if pinned:
            with source.cursor() as reading:
                reading.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in models:
            fields = model._meta.concrete_fields
            names = [field.attname for field in fields]
            put = ", ".join(db.ops.quote_name(field.column or "") for field in fields)
            marks = ", ".join(["%s"] * len(fields))
            table = db.ops.quote_name(model._meta.db_table)
            rows = model._default_manager.using("default").values_list(*names)
            with db.cursor() as writing:
                writing.execute(f"DELETE FROM {table}")  # noqa: S608  # our own names, quoted
                part: list[tuple[Any, ...]] = []
                for row in rows.iterator(chunk_size=_CHUNK):
                    part.append(tuple(
                        field.get_db_prep_save(value, db)
                        for field, value in zip(fields, row, strict=True)
                    ))  # fmt: skip
                    if len(part) == _CHUNK:
                        writing.executemany(f"INSERT INTO {table} ({put}) VALUES ({marks})", part)  # noqa: S608
                        part = []
                if part:
                    writing.executemany(f"INSERT INTO {table} ({put}) VALUES ({marks})", part)  # noqa: S608
