"""Which old backups are kept: the newest of each of the last days, weeks and months that have one."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tuyen.apps.journal.backup import manifest
from tuyen.kernel.refusal import Refusal
from tuyen.rules.journal import Keep


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, and what is kept: paths, oldest first."""

    removed: tuple[Path, ...]
    kept: tuple[Path, ...]


def to_keep(made: Iterable[datetime], rule: Keep) -> set[datetime]:
    """Those of some backups that a rule keeps. The newest is always one of them."""
    newest_first = sorted(set(made), reverse=True)
    kept = set(newest_first[:1])
    for number, part in ((rule.daily, _day), (rule.weekly, _week), (rule.monthly, _month)):
        found: dict[tuple[int, ...], datetime] = {}
        for moment in newest_first:
            found.setdefault(part(moment.date()), moment)
        kept |= set(list(found.values())[:number])
    return kept


def prune(folder: Path, rule: Keep) -> Pruned:
    """Remove the backups of a folder that the rule does not keep.

    The newest that was proved is kept whatever the rule says. What is not a backup, or cannot be
    read as one, is not touched. A backup loses its name before its files, so that a kill in between
    leaves nothing that looks like one.
    """
    found: dict[Path, datetime] = {}
    proved: list[Path] = []
    for path in sorted(folder.glob("tuyen-*")):
        try:
            known = manifest.read(path)
        except (Refusal, OSError):
            continue
        found[path] = datetime.fromisoformat(known.made_at)
        if manifest.proof_of(path, known) is not None:
            proved.append(path)
    kept_times = to_keep(found.values(), rule)
    kept = {path for path, made in found.items() if made in kept_times}
    kept |= set(sorted(proved, key=lambda path: found[path])[-1:])
    removed = sorted(found.keys() - kept, key=lambda path: found[path])
    for path in removed:
        nameless = path.with_name(f".{path.name}.part")
        path.rename(nameless)
        shutil.rmtree(nameless)
    return Pruned(tuple(removed), tuple(sorted(kept, key=lambda path: found[path])))


def _day(on: date) -> tuple[int, ...]:
    return on.year, on.month, on.day


def _week(on: date) -> tuple[int, ...]:
    return on.isocalendar()[:2]


def _month(on: date) -> tuple[int, ...]:
    return on.year, on.month
