"""Where compiled kernels are kept: with the installation's data, never in the program's folder.

Compiling takes a minute or two of one core, once on a machine for each version of the program. `tuyen
compile` does it; a server that finds nothing compiled has it done beside its work, by another process of
low priority, and nobody's request waits for it.
"""

import fcntl
import os
import subprocess
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import IO

PAGES, ALL = "pages", "all"
"""What pages wait for, which is compiled first; and the rest, for commands and workers."""
_ENGINES = Path(__file__).resolve().parent.parent / "engines"


def keep_compiled() -> None:
    """Let numba keep what it compiles in TUYEN_HOME; call this before a kernel is imported.

    A folder that cannot be written is passed over: the kernel is then compiled in every process.
    """
    home = Path(os.environ.get("TUYEN_HOME") or Path.home() / ".local/share/tuyen")
    os.environ.setdefault("NUMBA_CACHE_DIR", str(home / "cache" / "numba"))


def wanted() -> bool:
    """Whether a server has the kernels compiled by itself; TUYEN_COMPILE=0 leaves it to requests."""
    return os.environ.get("TUYEN_COMPILE", "1") != "0"


def is_compiled(part: str) -> bool:
    """Whether a part of this version (``PAGES``, ``ALL``) was compiled on this machine."""
    return _mark(part).is_file()


def mark_compiled(part: str) -> None:
    """Note that it was; a folder that cannot be written is passed over."""
    mark = _mark(part)
    with suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        for old in mark.parent.glob(f"{part}-*.compiled"):
            old.unlink(missing_ok=True)
        mark.touch()


def _mark(part: str) -> Path:
    """Named by what numba goes by as well: when the engines' files were written, and their sizes."""
    told = [
        (str(path.relative_to(_ENGINES)), status.st_mtime_ns, status.st_size)
        for path in sorted(_ENGINES.rglob("*.py")) if (status := path.stat())
    ]  # fmt: skip
    name = sha256(repr((sys.version, told)).encode()).hexdigest()[:16]
    return folder() / f"{part}-{name}.compiled"


def folder() -> Path:
    keep_compiled()
    return Path(os.environ["NUMBA_CACHE_DIR"])


def start(**environment: str) -> "subprocess.Popen[bytes]":
    """`tuyen compile` as another process of low priority, which ends when this one does."""
    return subprocess.Popen(  # noqa: S603  # ourselves
        [sys.executable, "-m", "tuyen", "compile", "--beside", str(os.getpid())],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    )  # fmt: skip


def compile_beside() -> "subprocess.Popen[bytes] | None":
    """Have everything compiled by another process, and wait until pages can load their part.

    Several workers of a server ask at the same time: one process compiles, the others end at once, and
    all workers wait for the one. Returns the process, which may still run.
    """
    if is_compiled(ALL):
        return None
    try:
        child = start()
    except OSError:
        return None  # compiled where it is loaded, then
    while not is_compiled(PAGES) and (child.poll() is None or not _free()):
        time.sleep(0.5)
    return child


def alone() -> "IO[str] | None":
    """The only one that compiles for this installation, while the file is open; None for another."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        lock = (folder() / "compiling.lock").open("w")
    except OSError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        return None
    return lock


def _free() -> bool:
    lock = alone()
    if lock is not None:
        lock.close()
    return lock is not None or not folder().is_dir()
