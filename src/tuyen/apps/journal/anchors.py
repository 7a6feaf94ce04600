"""The head of the chain, written down outside: in a file that only grows, or on paper as a QR.

Whoever can rewrite the database can seal a forged chain anew; he cannot rewrite what another
office holds. A line is ``TIME EPOCH POSITION:DIGEST``.
"""

import os
import re
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.journal.backup import files
from tuyen.kernel import qr
from tuyen.kernel.refusal import N_, Refusal

_LINE = re.compile(r"(\S+) ([0-9a-f-]{36}) (\d{1,19}):([0-9a-f]{64})")


class BadAnchorLine(Refusal):
    code = "journal.bad-anchor-line"
    message = N_(
        "{path} line {line} is not an anchor: {text}; expected TIME EPOCH POSITION:DIGEST as"
        " `tuyen journal anchor` writes."
    )


class NoAnchors(Refusal):
    code = "journal.no-anchors"
    message = N_("{path} holds no anchor; `tuyen journal anchor --file {path}` writes the first.")


class Anchor(NamedTuple):
    """An end of the chain as it was noted: when, in which epoch, where, its digest as hex."""

    at: str
    epoch: UUID
    position: int
    digest: str

    def __str__(self) -> str:
        return f"{self.at} {self.epoch} {self.position}:{self.digest}"


def noted(head: tuple[UUID, int, str], at: datetime) -> Anchor:
    return Anchor(at.isoformat(timespec="seconds"), *head)


def append(path: Path, anchor: Anchor) -> None:
    """Add one line, in one write that is pushed to the disk; earlier lines are never touched."""
    new = not path.exists()
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(handle).st_size
        torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
        os.write(handle, f"{chr(10) if torn else ''}{anchor}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    if new:
        files.sync(path.absolute().parent)


def read(path: Path) -> list[Anchor]:
    """Every anchor of a file; empty lines and those that begin with # are left out."""
    found = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise BadAnchorLine(path=path, line=number, text=repr(line[:80]))
        found.append(Anchor(match[1], UUID(match[2]), int(match[3]), match[4]))
    if not found:
        raise NoAnchors(path=path)
    return found


def write_qr(path: Path, anchor: Anchor) -> None:
    """The anchor as a QR code in SVG, for print; any phone reads the line back."""
    drawn = qr.svg(str(anchor), "Q", title="Tuyến journal", desc=str(anchor))
    files.write(path, b'<?xml version="1.0" encoding="utf-8"?>\n' + drawn.encode())
