"""A walled copy of the installation for a drill: a folder, a store and keys of its own.

The copy is always an embedded store. A database beside the real one on the same server would be one
wrong login away from it; a file in a folder of its own is reached by nobody who was not told where
it lies, and is gone when the folder is. Nobody in it is known: see :mod:`.pouring`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core.management import call_command

from tuyen.apps.access import guard, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import store as current
from tuyen.apps.journal.backup import embedded, facts, files, pouring
from tuyen.apps.journal.backup.embedded import Embedded
from tuyen.apps.journal.backup.masking import Masking, key_of
from tuyen.apps.journal.backup.refusals import NotEmpty
from tuyen.apps.journal.backup.server import Server
from tuyen.apps.journal.models import Head
from tuyen.apps.journal.operations import DeclareDrill
from tuyen.apps.journal.services import commit
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

STORE = "tuyen.sqlite3"
COPY = "drill-copy"
_SOURCE = "drill-source"


def copy_out(
    *, store: Embedded | Server, home: Path, mark: Mapping[str, Any], at: datetime,
    progress: Callable[[int], None] | None = None,
) -> Path:  # fmt: skip
    """Copy the installation as it is at this moment into ``home``, masked, and wall it in.

    Reality is only read. In the copy nobody can sign in, no program has a key and no tablet a
    contact; people, numbers and sentences are others'. Its journal is a chain of its own, says which
    drill it is, and stamps every later entry with it. ``mark`` is what stands in ``drill.json``;
    ``at`` is what the drill's clock shows first.

    Raises
    ------
    NotEmpty
        If ``home`` holds an installation.
    """
    target = home / STORE
    check_free(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.check_room(home, store.size())
    target.touch(mode=0o600, exist_ok=False)
    masking = Masking(key_of(settings.SECRET_KEY, UUID(mark["drill"])))
    with facts.opened(COPY, embedded.settings_of(target)) as db, guard.opened("drill"):
        with db.cursor() as cursor:  # a file that is thrown away when this fails needs no log
            cursor.execute("PRAGMA synchronous=OFF")
            cursor.execute("PRAGMA journal_mode=MEMORY")
        call_command("migrate", database=COPY, verbosity=0)
        with facts.opened(_SOURCE, store.read_settings()) as source, pouring.reading(source):
            former, _, _ = facts.head(source)
            end = pouring.pour(source, db, masking, progress)
        _wall_in(mark, at, former, end)
    with facts.opened(COPY, embedded.settings_of(target)) as db, db.cursor() as cursor:
        cursor.execute("VACUUM")
    files.sync(target)
    return target


def check_free(home: Path) -> None:
    """Refuse a folder that holds anything: a drill never writes over an installation."""
    if home.exists() and any(home.iterdir()):
        raise NotEmpty(target=home)


def _wall_in(mark: Mapping[str, Any], at: datetime, former: UUID, end: tuple[int, bytes]) -> None:
    drill, epoch = UUID(mark["drill"]), uuid4()
    position, digest = end
    with current.working_on(COPY), world.playing(mark):
        Head.objects.filter(pk=1).update(epoch=epoch, drill=drill, position=position, digest=digest)
        declared = DeclareDrill(drill=drill, scenario=mark["scenario"], position=position,
                                former_epoch=former, epoch=epoch)  # fmt: skip
        commit(
            by=Actor.program(at.date(), channel="cli"), at=at, react=False,
            operations=[Operation.of(declared, unit=NODE, happened_on=at.date(), recorded_at=at)],
        )  # fmt: skip
