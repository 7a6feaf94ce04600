"""The drills that were made here: folders beside the installation, read and never opened."""

import json
import os
import re
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tuyen.apps.access.world import CLOCK
from tuyen.apps.surveillance.operations.drills import RecordDrill

FOLDER = "drills"
_STAMP = "%Y%m%d-%H%M%S"
_LOGS, _LOGS_KEPT = "start-????????-??????.log", 20
_LONGEST = timedelta(minutes=30)
"""How long a start that says nothing may be at work."""
_NAME = re.compile(r"[a-z0-9_]{1,60}-\d{8}-\d{6}")


class Made(NamedTuple):
    """A drill in a folder: what it is, how to get in, and what it came to if it has ended."""

    folder: str
    drill: UUID
    scenario: str
    seed: int
    begins: date
    port: int
    password: str
    logins: tuple[dict[str, str], ...]
    running: bool
    starting: bool
    result: RecordDrill | None


class Start(NamedTuple):
    """The last start from a screen: whether it is still at work, and why it came to nothing."""

    waits: bool
    fault: str


def folder() -> Path:
    """Where the drills of this installation lie."""
    return Path(settings.TUYEN_HOME) / FOLDER


def made() -> list[Made]:
    """Every drill that was made here, the newest first. A folder that cannot be read is passed over:
    it is being made, or somebody removed it."""
    found = []
    for path in sorted(folder().glob("*/drill.json"), reverse=True):
        try:
            found.append(_read(path.parent, json.loads(path.read_text(encoding="utf-8"))))
        except (OSError, ValueError, KeyError):
            continue
    return sorted(found, key=lambda each: each.folder.rpartition("-")[0][-8:], reverse=True)


def being_made() -> bool:
    """Whether a copy is being made now."""
    return any(folder().glob(".*.building"))


def the(name: str) -> Made | None:
    """The drill of that folder, if there is one: the name is one that we gave."""
    if not _NAME.fullmatch(name):
        return None
    return next((each for each in made() if each.folder == name), None)


def start(
    scenario: str, *, speed: float, seed: int, join: str = "", code: str = "", now: datetime
) -> None:
    """Start a drill beside this installation, as a program of its own that outlives this request; with
    ``join`` as the other side of the drill that waits at that address for ``code``."""
    home = folder()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    command = [
        sys.executable, "-m", "tuyen", "drill", "start", scenario, "--from",
        str(settings.TUYEN_HOME), "--speed", f"{speed:g}", "--seed", str(seed),
    ]  # fmt: skip
    words = {"TUYEN_LANGUAGE": get_language() or "vi"}
    if join:
        command += ["--join", join]
        words["TUYEN_DRILL_CODE"] = code  # in no list of programs, where others would read it
    for old in sorted(home.glob(_LOGS))[:-_LOGS_KEPT]:
        old.unlink(missing_ok=True)
    with (home / f"start-{now:{_STAMP}}.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603  # ourselves; scenario and numbers were checked
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log,
            start_new_session=True, cwd=home, env={**os.environ, **words},
        )  # fmt: skip


def last_start(now: datetime) -> Start:
    """How the last start from a screen stands: nothing to say of one that a drill came of."""
    log = max(folder().glob(_LOGS), default=None)
    if log is None:
        return Start(being_made(), "")
    stamp = log.name[len("start-") : -len(".log")]
    for path in folder().glob("*/drill.json"):
        if path.parent.name[-len(stamp) :] >= stamp:
            return Start(being_made() or not path.with_name(CLOCK).exists(), "")
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return Start(being_made(), "")
    said = [line.removeprefix("tuyen: ") for line in lines if line.startswith("tuyen: ")]
    if not said and any(line.startswith("Traceback") for line in lines):
        said = [_("The start broke off; {file} says why.").format(file=f"{FOLDER}/{log.name}")]
    if said:
        return Start(False, said[-1][:400])
    began = datetime.strptime(stamp, _STAMP).replace(tzinfo=now.tzinfo)
    return Start(now - began < _LONGEST, "")


def _read(path: Path, said: dict[str, Any]) -> Made:
    return Made(
        path.name, UUID(said["drill"]), said["scenario"], int(said["seed"]),
        date.fromisoformat(said["begins"][:10]), int(said["port"]), said["password"],
        tuple(said["logins"]), _runs(path), not (path / CLOCK).exists(), _result(path),
    )  # fmt: skip


def _runs(path: Path) -> bool:
    """Whether the program that serves it lives."""
    try:
        os.kill(int((path / "drill.pid").read_text(encoding="ascii")), 0)
    except (OSError, ValueError):
        return False
    return True


def _result(path: Path) -> RecordDrill | None:
    """What it came to, of exactly the form that reality may keep; anything else is no result."""
    try:
        return msgspec.json.decode((path / "result.json").read_bytes(), type=RecordDrill)
    except (OSError, msgspec.DecodeError):
        return None
