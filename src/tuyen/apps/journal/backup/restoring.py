"""Restore: check, unpack aside, prove, and only then put in place."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from tuyen import __version__
from tuyen.apps.access import guard, world
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.journal import store as current
from tuyen.apps.journal.backup import embedded, facts, files, manifest, sealing, server, surfaces
from tuyen.apps.journal.backup.manifest import EXTRAS, SEALED, Manifest, Proof
from tuyen.apps.journal.backup.refusals import NotWhole, OtherStore, OtherVersion
from tuyen.apps.journal.models import Head
from tuyen.apps.journal.operations import DeclareRestored
from tuyen.apps.journal.services import commit
from tuyen.apps.journal.verify import verify
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation

_SHOWN = 3
Unpacked = embedded.Unpacked | server.Unpacked


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did, and how long each part took, in seconds."""

    manifest: Manifest
    entries: int
    checked: float
    unpacked: float
    proved: float
    placed: float
    aside: str
    """Where the store that was there before is kept; '' when there was none."""

    @property
    def seconds(self) -> float:
        return self.checked + self.unpacked + self.proved + self.placed


def restore(
    *, source: Path, store: embedded.Embedded | server.Server, home: Path, at: datetime,
    scratch: bool = False, replace: bool = False,
    progress: Callable[[int], None] | None = None, key: bytes | None = None,
) -> Restored:  # fmt: skip
    """Prove a backup by restoring it aside, and put it in place unless ``scratch``.

    Nothing of the target is touched before the copy has been found whole: the files' digests, the
    counts of all tables, every seal of the journal, its head, and the sampled rows. A restored
    store has another epoch, so that readers of its feed begin anew, and its journal says so.
    A drill's backup is put back into the same drill only, and never into reality.
    """
    marks = [time.perf_counter()]
    kept = manifest.read(source)
    _check_version(source, kept)
    world.check(kept.drill or None)
    if store.kind != kept.kind:
        raise OtherStore(path=source, theirs=kept.kind, ours=store.kind)
    if not scratch:
        store.check_target(replace)
    manifest.check_files(source, kept)
    marks.append(time.perf_counter())
    beside = None if scratch else home
    if beside is not None:
        beside.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (
        sealing.opened(source, kept, key, beside) as plain,
        store.unpacked(plain, kept, scratch) as copy,
    ):
        marks.append(time.perf_counter())
        with current.working_on(copy.alias):
            world.check(_drill_in(copy, kept))
        entries = _prove(source, plain, copy, kept, progress)
        marks.append(time.perf_counter())
        _begin_anew(copy, source, kept, at)
        aside = "" if scratch else _place(plain, copy, kept, home, at)
    marks.append(time.perf_counter())
    checked, unpacked, proved, placed = (after - before for before, after in pairwise(marks))
    done = Restored(kept, entries, checked, unpacked, proved, placed, aside)
    if scratch:
        _note(source, done, at)
    return done


def _drill_in(copy: Unpacked, kept: Manifest) -> UUID | None:
    """The drill that the store itself belongs to; one from before there were drills has none."""
    if "journal.0003_drill" not in kept.facts.migrations:
        return None
    return journal.drill()


def _check_version(source: Path, kept: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    strange = [name for name in kept.facts.migrations if name not in known]
    if strange:
        what = f"the schema change {strange[0]}"
        raise OtherVersion(path=source, version=kept.program, what=what)


def _prove(
    source: Path, plain: Path, copy: Unpacked, kept: Manifest,
    progress: Callable[[int], None] | None,
) -> int:  # fmt: skip
    """Entries of the journal, when everything in the copy is as it was; otherwise refused."""
    wrong = copy.faults() or facts.differences(copy.db, kept.facts) or surfaces.faults(plain)
    if not wrong:
        with current.working_on(copy.alias):
            proof = verify(progress=progress)
        if proof.sound:
            return proof.entries
        wrong = [f"journal entry {fault.position}: {fault.detail}" for fault in proof.faults]
    more = f" (and {len(wrong) - _SHOWN} more)" if len(wrong) > _SHOWN else ""
    raise NotWhole(path=source, what="; ".join(wrong[:_SHOWN]) + more)


def _begin_anew(copy: Unpacked, source: Path, kept: Manifest, at: datetime) -> None:
    """Bring the copy to this version's shape, end its sessions, and declare the restore.

    A session that was ended after the backup would otherwise be open again.
    """
    call_command("migrate", database=copy.alias, verbosity=0)
    epoch = uuid4()
    with current.working_on(copy.alias):
        with guard.opened("restore"), copy.db.cursor() as cursor:
            cursor.execute("DELETE FROM django_session")
            Head.objects.filter(pk=1).update(epoch=epoch)
        payload = DeclareRestored(
            backup=source.resolve().name, made_at=datetime.fromisoformat(kept.made_at),
            position=kept.facts.position, former_epoch=kept.facts.epoch, epoch=epoch,
        )  # fmt: skip
        operation = Operation.of(payload, unit=NODE, happened_on=at.date(), recorded_at=at)
        commit(by=Actor.program(at.date(), channel="cli"), operations=[operation], at=at,
               react=False)  # fmt: skip


def _place(plain: Path, copy: Unpacked, kept: Manifest, home: Path, at: datetime) -> str:
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = copy.put_in_place(f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    known = {name.removesuffix(SEALED) for name in kept.files}
    for name, place in EXTRAS.items():
        if name in known:
            (home / place).parent.mkdir(mode=0o700, exist_ok=True)
            content = (plain / name).read_bytes()
            _set_aside(home / place, content, at)
            files.write(home / place, content)
    surfaces.unpack(plain, home)
    return aside


def _set_aside(path: Path, content: bytes, at: datetime) -> None:
    """Keep the key that signs certificates, and its certificate, when another takes its place: what
    was signed with it since the backup is still to be verified and printed."""
    if path.name.startswith("issuer.") and path.is_file() and path.read_bytes() != content:
        path.rename(path.with_name(f"{path.name}.{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"))


def _note(source: Path, done: Restored, at: datetime) -> None:
    """Keep the proof beside the manifest, if that place can be written to."""
    proof = Proof(
        manifest=done.manifest.digest, at=at.astimezone(UTC).isoformat(), program=__version__,
        seconds=round(done.seconds, 3), entries=done.entries,
        tables=len(done.manifest.facts.tables), samples=len(done.manifest.facts.samples),
    )  # fmt: skip
    manifest.write_proof(source, proof)
