"""Travel surfaces beside the store: files named by the hash of what they hold, and the ways kept of them,
packed into one file of a backup."""

import hashlib
import os
import re
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from tuyen.apps.journal.backup import files
from tuyen.apps.journal.backup.manifest import SURFACES

FOLDER = "surfaces"
"""Where they lie in the installation's folder."""
_NAME = re.compile(r"(?:[0-9a-f]{64}|ways-[0-9a-f]{32})\.npz")
_BLOCK = 1 << 20


def _kept(home: Path) -> list[Path]:
    folder = home / FOLDER
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return [path for path in found if _NAME.fullmatch(path.name) and path.is_file()]


def size(home: Path) -> int:
    """Bytes that packing takes at most."""
    return sum(path.stat().st_size + 2 * tarfile.BLOCKSIZE for path in _kept(home))


def pack(home: Path, folder: Path) -> None:
    """Pack them into a folder, if there are any. What is not what its name says stays behind: it would
    be read by nobody."""
    whole = [path for path in _kept(home) if _is_whole(path)]
    if not whole:
        return
    target = folder / SURFACES
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w") as packed:
            for path in whole:
                packed.add(path, arcname=path.name, recursive=False)
        file.flush()
        os.fsync(file.fileno())


def _is_whole(path: Path) -> bool:
    return path.name.startswith("ways-") or files.digest(path) == path.stem


def faults(folder: Path) -> list[str]:
    """What in a backup's folder is no surface, or not the one that its name says."""
    wrong = []
    try:
        for member, source in _members(folder):
            if source is None or not _NAME.fullmatch(member):
                wrong.append(f"{SURFACES} holds {member!r}, which is no travel surface")
                continue
            seal = hashlib.sha256()
            while block := source.read(_BLOCK):
                seal.update(block)
            if not member.startswith("ways-") and seal.hexdigest() != member.removesuffix(".npz"):
                wrong.append(f"the surface {member} in {SURFACES} is not what its name says")
    except tarfile.TarError as error:
        wrong.append(f"{SURFACES} cannot be read: {error}")
    return wrong


def unpack(folder: Path, home: Path) -> None:
    """Put those of a backup's folder, which has no :func:`faults`, into an installation."""
    target = home / FOLDER
    for member, source in _members(folder):
        assert source is not None
        target.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = target / f".{member}.restored.part"
        try:
            with aside.open("wb") as file:
                shutil.copyfileobj(source, file, _BLOCK)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(target / member)
        finally:
            aside.unlink(missing_ok=True)
        files.sync(target)


def _members(folder: Path) -> Iterator[tuple[str, IO[bytes] | None]]:
    """Name and content of what is packed; None for what is no file."""
    if (folder / SURFACES).is_file():
        with tarfile.open(folder / SURFACES) as packed:
            for member in packed:
                yield member.name, packed.extractfile(member) if member.isreg() else None
