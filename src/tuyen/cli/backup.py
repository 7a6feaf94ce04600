"""``tuyen backup | restore``: keep a copy, and prove that it can be had back."""

import argparse
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuyen.cli.start import office
from tuyen.cli.terminal import DONE, FINDINGS, bar, complain, say
from tuyen.cli.terminal import gettext as _

if TYPE_CHECKING:
    from tuyen.apps.journal.backup.restoring import Restored


def add_parsers(commands: Any) -> None:
    backup = commands.add_parser("backup", help=_("copy the installation while it runs"))
    where_to = backup.add_mutually_exclusive_group(required=True)
    where_to.add_argument("--to", metavar="DIR", help=_("where backups are kept"))
    where_to.add_argument(
        "--make-key", metavar="FILE", help=_("only make a key that backups can be sealed with")
    )
    backup.add_argument(
        "--key-file", metavar="FILE", help=_("seal the backup with the key in this file")
    )
    backup.add_argument(
        "--prune", action="store_true",
        help=_("afterwards remove the backups there that the rule does not keep"),
    )  # fmt: skip
    backup.add_argument("--home", metavar="DIR", help=_("folder of the installation"))
    backup.add_argument(
        "--prove", action="store_true", help=_("restore it at once, to a scratch place")
    )
    backup.add_argument(
        "--with-secret-key",
        action="store_true",
        help=_("copy the secret key too: guard the backup"),
    )
    backup.add_argument("--json", action="store_true", help=_("for programs"))
    backup.set_defaults(run=run_backup)
    restore = commands.add_parser("restore", help=_("prove a backup, then put it in place"))
    restore.add_argument("source", metavar="FROM", help=_("a folder that `tuyen backup` made"))
    where = restore.add_mutually_exclusive_group()
    where.add_argument("--home", metavar="DIR", help=_("folder of the installation to restore"))
    where.add_argument("--database-url", metavar="URL", help=_("the database to restore into"))
    restore.add_argument(
        "--key-file", metavar="FILE", help=_("the key that the backup was sealed with")
    )
    restore.add_argument(
        "--scratch", action="store_true", help=_("prove it, and put nothing in place")
    )
    restore.add_argument(
        "--replace", action="store_true", help=_("set aside the installation that is there")
    )
    restore.add_argument("--json", action="store_true", help=_("for programs"))
    restore.set_defaults(run=run_restore)


def run_backup(args: argparse.Namespace) -> int:
    office(args.home, owner=True)
    if args.make_key:
        return _make_key(Path(args.make_key).expanduser())
    done = _back_up(args)
    if done == DONE and args.prune:
        _prune(args, Path(args.to).expanduser())
    return done


def _make_key(path: Path) -> int:
    from tuyen.apps.journal.backup import sealing

    known = sealing.make_key(path)
    say("{path} holds the key {key}. Keep it elsewhere than the backups, and a second copy of it:"
        " without it no backup that is sealed with it can be had back.", path=path, key=known)  # fmt: skip
    return DONE


def _prune(args: argparse.Namespace, folder: Path) -> None:
    from tuyen.apps.access.clock import real_now
    from tuyen.apps.journal.backup.pruning import prune
    from tuyen.rules.journal import keep

    done = prune(folder, keep(real_now().date()))
    if args.json:
        say(json.dumps({"removed": [str(path) for path in done.removed], "kept": len(done.kept)}))
    else:
        say("{removed} older backups were removed by the rule, {kept} are kept.",
            removed=len(done.removed), kept=len(done.kept))  # fmt: skip


def _key(args: argparse.Namespace, *apart_from: Path) -> bytes | None:
    from tuyen.apps.journal.backup import sealing

    if not args.key_file:
        return None
    return sealing.read_key(Path(args.key_file).expanduser(), *apart_from)


def _back_up(args: argparse.Namespace) -> int:
    from django.conf import settings

    from tuyen.apps.access.clock import real_now
    from tuyen.apps.journal.backup.making import back_up, store_of

    store = store_of(settings.DATABASES["default"])
    to = Path(args.to).expanduser()
    made, manifest = back_up(
        store=store, to=to, home=_home(), at=real_now(), secret=args.with_secret_key,
        progress=_steps("backup"), key=_key(args, to, _home()),
    )  # fmt: skip
    facts, size = manifest.facts, sum(file.size for file in manifest.files.values())
    if not args.prove:
        if args.json:
            say(json.dumps({"backup": str(made), "bytes": size, "rows": sum(facts.tables.values()),
                            "head": f"{facts.position}:{facts.head}", "proved": False}))  # fmt: skip
        else:
            say(
                "{backup}: {rows} rows of {tables} tables, {size:.1f} MB, journal up to {position}",
                backup=made, rows=sum(facts.tables.values()), tables=len(facts.tables),
                size=size / 1e6, position=facts.position,
            )  # fmt: skip
            say("Not proved yet: `tuyen restore {backup} --scratch` does that.", backup=made)
        return DONE
    return _restored(args, made, scratch=True, replace=False)


def run_restore(args: argparse.Namespace) -> int:
    source = Path(args.source).expanduser()
    _aim(args, source)
    office(args.home, owner=True)
    return _restored(args, source, scratch=args.scratch, replace=args.replace)


def _aim(args: argparse.Namespace, source: Path) -> None:
    """Let the settings name the target, without making anything there."""
    from tuyen.apps.journal.backup import manifest

    embedded = manifest.read(source).kind == "SQLite"
    if args.database_url:
        os.environ["TUYEN_DATABASE_URL"] = args.database_url
    elif embedded and (args.home or args.scratch):
        os.environ.pop("TUYEN_DATABASE_URL", None)
    os.environ.setdefault("TUYEN_SECRET_KEY", secrets.token_urlsafe(48))


def _restored(args: argparse.Namespace, source: Path, *, scratch: bool, replace: bool) -> int:
    from django.conf import settings
    from django.db import connections

    from tuyen.apps.access.clock import real_now
    from tuyen.apps.journal.backup.making import store_of
    from tuyen.apps.journal.backup.refusals import NotWhole
    from tuyen.apps.journal.backup.restoring import restore

    store = store_of(settings.DATABASES["default"])
    connections.close_all()
    try:
        done = restore(
            source=source, store=store, home=_home(), at=real_now(), scratch=scratch,
            replace=replace, progress=bar("verify"), key=_key(args),
        )  # fmt: skip
    except NotWhole as refusal:
        complain(refusal)
        return FINDINGS
    _report(args, source, done, "" if scratch else str(store))
    return DONE


def _report(args: argparse.Namespace, source: Path, done: "Restored", target: str) -> None:
    facts = done.manifest.facts
    if args.json:
        say(json.dumps({
            "backup": str(source), "target": target, "aside": done.aside, "proved": True,
            "rows": sum(facts.tables.values()), "entries": done.entries,
            "samples": len(facts.samples), "head": f"{facts.position}:{facts.head}",
            "seconds": round(done.seconds, 3), "checked": round(done.checked, 3),
            "unpacked": round(done.unpacked, 3), "verified": round(done.proved, 3),
            "placed": round(done.placed, 3),
        }))  # fmt: skip
        return
    say(
        "{backup} is whole: {rows} rows of {tables} tables, {entries} journal entries each as it was"
        " sealed, {samples} rows compared.",
        backup=source, rows=sum(facts.tables.values()), tables=len(facts.tables),
        entries=done.entries, samples=len(facts.samples),
    )  # fmt: skip
    say(
        "Restored in {all:.1f} s: digests {digests:.1f}, unpacking {unpacking:.1f}, proof"
        " {proof:.1f}, the rest {rest:.1f}.",
        all=done.seconds, digests=done.checked, unpacking=done.unpacked, proof=done.proved,
        rest=done.placed,
    )  # fmt: skip
    if target:
        say("{target} holds it now, in a new epoch; readers of the feed begin anew.", target=target)
        if done.aside:
            say("What was there before is kept as {aside}; remove it when it is needed no more.",
                aside=done.aside)  # fmt: skip
    else:
        say("Nothing was put in place; the proof is kept beside the manifest.")


def _home() -> Path:
    from django.conf import settings

    return Path(settings.TUYEN_HOME)


def _steps(label: str) -> Callable[[int, int], None]:
    """A bar whose total is known only once the work has begun."""
    move: list[Callable[[int], None]] = []

    def tell(done: int, total: int) -> None:
        if not move:
            move.append(bar(label, total))
        move[0](done)

    return tell
