"""Make a backup: a folder that appears whole, under its name, or not at all."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec import UNSET

from tuyen import __version__
from tuyen.apps.access import world
from tuyen.apps.journal.backup import files, ledger, manifest, sealing, surfaces
from tuyen.apps.journal.backup.embedded import Embedded
from tuyen.apps.journal.backup.manifest import EXTRAS, FORMAT, ISSUER, SECRETS, Manifest
from tuyen.apps.journal.backup.server import Server

_STALE = 24 * 3600
_MARGIN = 1_000_000


def store_of(settings: dict[str, Any]) -> Embedded | Server:
    """The store that Django's settings of a database name."""
    if settings["ENGINE"].endswith("sqlite3"):
        return Embedded(Path(settings["NAME"]))
    return Server(settings)


def back_up(
    *, store: Embedded | Server, to: Path, home: Path, at: datetime, secret: bool = False,
    progress: Callable[[int, int], None] | None = None, key: bytes | None = None,
) -> tuple[Path, Manifest]:  # fmt: skip
    """Copy the store and the few files beside it into a new folder of ``to``, sealed with ``key``.

    The copy is of one moment, and the program goes on writing meanwhile. The secret key stays
    behind unless ``secret``: with it a thief of the backup could sign sessions. The key that signs
    certificates goes along sealed, or with it: without it an issued paper cannot be printed again. What
    is to be sealed is first copied beside the installation, so that nothing readable ever lies where backups are.
    """
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    _sweep(to)
    need = store.size() + surfaces.size(home) + _MARGIN
    files.check_room(to, need)
    aside = Path(tempfile.mkdtemp(prefix=".", suffix=".part", dir=to))
    try:
        with files.room_or_refusal(to, need), _plain(aside, home, need, key) as plain:
            layout, facts = store.dump(plain, progress)
            for name, place in EXTRAS.items():
                goes = secret or name not in SECRETS or (name == ISSUER and key is not None)
                if goes and (home / place).is_file():
                    files.copy(home / place, plain / name)
            surfaces.pack(home, plain)
            if key is not None:
                sealing.seal_folder(plain, aside, key)
            kept = {
                path.name: manifest.File(path.stat().st_size, files.digest(path))
                for path in sorted(aside.iterdir())
            }
            sealed = manifest.write(aside, Manifest(
                format=FORMAT, program=__version__, made_at=at.astimezone(UTC).isoformat(),
                kind=store.kind, layout=layout, facts=facts, files=kept,
                cipher=UNSET if key is None else sealing.CIPHER,
                key=UNSET if key is None else sealing.key_id(key),
                drill=world.drill() or UNSET,
            ))  # fmt: skip
            name = f"tuyen-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{facts.position}"
            made = _name(aside, to, name)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    ledger.note(home, to, made.name, sealed)
    return made, sealed


@contextmanager
def _plain(aside: Path, home: Path, need: int, key: bytes | None) -> Iterator[Path]:
    """Where the store is copied as it is: the backup's own folder, or one that is removed."""
    if key is None:
        yield aside
        return
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    files.check_room(home, need)
    with tempfile.TemporaryDirectory(prefix=".tuyen-backup-", dir=home) as name:
        yield Path(name)


def _name(aside: Path, to: Path, name: str) -> Path:
    """Give the finished folder its name; the second one of a second gets a number."""
    files.sync(aside)
    made, number = to / name, 1
    while made.exists():
        number += 1
        made = to / f"{name}-{number}"
    aside.rename(made)
    files.sync(to)
    return made


def _sweep(to: Path) -> None:
    """Remove what a backup that was killed a day ago or more left unfinished."""
    for left in to.glob(".*.part"):
        if time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)
