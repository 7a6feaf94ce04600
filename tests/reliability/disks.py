"""Disks that can be filled or lose their power: small ones of our own, mounted for one test."""

import errno
import fcntl
import os
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

EXT4_IOC_SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2


def _mount(*words: object) -> None:
    """Mount, or skip and say why this machine cannot."""
    if os.geteuid() != 0:
        pytest.skip("a disk of its own needs root: run as root to test full disks and power cuts")
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine does not let a disk be mounted: {done.stderr.strip()}")


def _unmount(place: Path) -> None:
    done = subprocess.run(["umount", str(place)], capture_output=True, text=True, check=False)
    if done.returncode:  # a process that was killed may hold it a moment longer
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def open_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's own user may pass through, with a path short enough for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="tuyen-d-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def small(place: Path, megabytes: int) -> Iterator[Path]:
    """A disk of a few megabytes, in memory."""
    place.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place)
    try:
        yield place
    finally:
        _unmount(place)


def fill(folder: Path, leave: int) -> Path:
    """Take all but ``leave`` bytes of the disk; remove the file to give them back."""
    filler = folder / "filler"
    with filler.open("wb") as file:
        for _ in range(100):  # others write meanwhile: what was free may be gone again
            room = os.statvfs(folder)
            more = room.f_bavail * room.f_bsize - leave
            if more <= 0:
                break
            try:
                os.posix_fallocate(file.fileno(), 0, file.seek(0, os.SEEK_END) + more)
                break
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise
    return filler


class PowerCut:
    """An ext4 disk in a file. A cut stops it at once: what was not flushed is gone for ever."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.image, self.place = folder / "disk.img", folder / "disk"
        self.place.mkdir()
        with self.image.open("wb") as file:
            file.truncate(megabytes << 20)
        made = subprocess.run(["mkfs.ext4", "-q", "-F", str(self.image)], capture_output=True,
                              text=True, check=False)  # fmt: skip
        if made.returncode:
            pytest.skip(f"mkfs.ext4 could not make a disk: {made.stderr.strip()}")

    def plug(self) -> None:
        """Mount it; ext4 replays its own log here, as after a real cut."""
        # Nothing is flushed merely because time went by: the hardest case.
        _mount("-o", "loop,commit=300", self.image, self.place)

    def cut(self) -> None:
        """Take the power away: no log is flushed, and every later write fails."""
        handle = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        except OSError as error:
            pytest.skip(f"this kernel's ext4 cannot be shut down: {error}")
        finally:
            os.close(handle)

    def unplug(self) -> None:
        _unmount(self.place)

    def write_controls(self) -> None:
        """Two files just before a cut: one pushed to the disk, one that was only written."""
        for name in ("pushed", "only-written"):
            with (self.place / name).open("wb") as file:
                file.write(name.encode() * 500)
                if name == "pushed":
                    file.flush()
                    os.fsync(file.fileno())
        handle = os.open(self.place, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
        with (self.place / "only-written").open("ab") as file:
            file.write(b"never pushed" * 500)

    def controls(self) -> tuple[bool, bool]:
        """(whether what was pushed is whole, whether what was not pushed is gone)."""
        pushed = (self.place / "pushed").read_bytes() == b"pushed" * 500
        other = self.place / "only-written"
        gone = not other.exists() or not other.read_bytes().endswith(b"never pushed" * 500)
        return pushed, gone
