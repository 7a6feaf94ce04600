"""Which world this program works in: reality, or one drill. The two never mix.

A drill is an installation of its own: a folder that holds ``drill.json``, a store whose journal
says that it is a drill, and keys of its own. What leaves it carries its mark: operations, files,
answers, backups. :func:`check` stands at every place where something comes in, on both sides.
"""

import io
import json
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from tuyen.kernel.clock import Pace
from tuyen.kernel.refusal import N_, Refusal

CLOCK = "clock.json"
"""In the folder of a drill: how its clock runs, as its journal says."""
SIGN = "TUYEN-DRILL"
"""The word by which a file of a drill is known, before the id of the drill."""
WORDS = "BUỔI DIỄN TẬP · DRILL · 演练"
"""What stands on every screen, print and file of a drill, in all three languages at once."""
REAL = "real"
_MOST_OF_A_MEMBER = 64 * 2**20

_PLAYED: ContextVar[Mapping[str, Any] | None] = ContextVar("tuyen_world", default=None)


class OtherWorld(Refusal):
    code = "access.other-world"
    message = N_("This belongs to another world than this installation; nothing was taken.")


class FromADrill(OtherWorld):
    code = "access.from-a-drill"
    message = N_(
        "This comes from the drill {theirs}, and this installation is real: nothing of a drill is"
        " taken here."
    )


class NotOfThisDrill(OtherWorld):
    code = "access.not-of-this-drill"
    message = N_(
        "This installation plays the drill {ours}, and this does not come from it: nothing of"
        " reality or of another drill is taken here."
    )


def played() -> Mapping[str, Any] | None:
    """What ``drill.json`` says of the drill that is played here; None in reality."""
    return _PLAYED.get() or getattr(settings, "DRILL", None)


def drill() -> UUID | None:
    """The id of the drill that is played here; None in reality."""
    found = played()
    return UUID(found["drill"]) if found is not None else None


def check(theirs: UUID | None) -> None:
    """Refuse what does not come from this world; ``theirs`` is its drill, None for reality.

    Raises
    ------
    FromADrill, NotOfThisDrill
    """
    ours = drill()
    if theirs == ours:
        return
    if ours is None:
        raise FromADrill(theirs=theirs)
    raise NotOfThisDrill(ours=ours)


def sign() -> str:
    """The mark of a file that leaves this installation; '' in reality."""
    ours = drill()
    return f"{SIGN} {ours}" if ours is not None else ""


def check_text(text: str | bytes) -> None:
    """Refuse a file's text that carries the mark of another drill, or of any drill in reality."""
    said = text.decode("utf-8", "ignore") if isinstance(text, bytes) else text
    start = said.find(SIGN)
    while start >= 0:
        check(_id_after(said, start + len(SIGN)))
        start = said.find(SIGN, start + 1)


def check_file(data: bytes) -> None:
    """Refuse a file with the mark of another world in it: text of any sort, or a workbook."""
    check_text(data.replace(b"\0", b""))  # two bytes a letter, too
    if not data.startswith(b"PK"):
        return
    broken = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
    with suppress(*broken), zipfile.ZipFile(io.BytesIO(data)) as packed:
        for member in packed.infolist():
            with packed.open(member) as part:
                check_text(part.read(_MOST_OF_A_MEMBER))


def marked(
    header: Sequence[str], rows: Iterable[Sequence[Any]]
) -> tuple[list[str], Iterable[list[Any]]]:
    """A table as it leaves this installation: in a drill every row of it says so, in a column of its
    own; in reality it is as it was."""
    mark = sign()
    if not mark:
        return list(header), (list(row) for row in rows)
    return [*header, WORDS], ([*row, mark] for row in rows)


def titled(title: str = "") -> str:
    """The line above a table that leaves this installation: in a drill it begins with the mark."""
    mark = sign()
    return " · ".join(filter(None, (WORDS, mark, title))) if mark else title


def header() -> str:
    """How this installation names itself in the header ``Tuyen-World``."""
    ours = drill()
    return f"drill {ours}" if ours is not None else REAL


def check_header(text: str | None, *, silent_is_real: bool = True) -> None:
    """Refuse a request that names another world than this one.

    A program or a tablet made before there were drills names none: it is of reality.
    """
    if text is None and not silent_is_real:
        return
    said = (text or REAL).strip()
    check(None if said == REAL else _id_after(said, len("drill")))


def pace() -> Pace | None:
    """How the clock of this drill runs; None in reality. Before it is started it stands still."""
    found = played()
    if found is None:
        return None
    path = Path(found.get("home") or settings.TUYEN_HOME) / CLOCK
    try:
        return _pace(str(path), path.stat().st_mtime_ns)
    except FileNotFoundError:
        begins = datetime.fromisoformat(found["begins"])
        return Pace(begins, begins, 0.0)


def keep_pace(shown: Pace) -> None:
    """Let every process of this drill see how its clock runs from now on."""
    found = played()
    if found is None:
        return
    path = Path(found.get("home") or settings.TUYEN_HOME) / CLOCK
    aside = path.with_name(f".{CLOCK}.{os.getpid()}")
    aside.write_text(json.dumps({
        "real": shown.real.isoformat(), "shows": shown.shows.isoformat(), "speed": shown.speed,
    }), encoding="utf-8")  # fmt: skip
    aside.replace(path)


@contextmanager
def playing(found: Mapping[str, Any]) -> Iterator[None]:
    """Work in the world of a drill for the length of a block, beside the installation's own."""
    token = _PLAYED.set(found)
    try:
        yield
    finally:
        _PLAYED.reset(token)


@lru_cache(maxsize=4)
def _pace(path: str, changed: int) -> Pace:
    said = json.loads(Path(path).read_text(encoding="utf-8"))
    return Pace(
        datetime.fromisoformat(said["real"]), datetime.fromisoformat(said["shows"]), said["speed"]
    )


def _id_after(text: str, start: int) -> UUID:
    """The id of a drill behind its word; one that cannot be read is of no drill we know."""
    try:
        return UUID(text[start:].strip()[:36])
    except ValueError:
        return UUID(int=0)
