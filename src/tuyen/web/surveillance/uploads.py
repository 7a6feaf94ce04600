"""Files on their way in: kept privately for a few hours, named by chance, never served.

A file stands in the installation's own folder, readable by the program's user only, under a random
name that only the session which sent it knows.
"""

import os
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings

KEPT = 3 * 3600
"""Seconds after which a file is gone, whether or not somebody came back for it."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def keep(data: bytes) -> str:
    """Store a file; returns the token by which its session finds it again."""
    purge()
    token = secrets.token_urlsafe(32)
    handle = os.open(_folder() / token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return token


def read(token: str) -> bytes | None:
    """The file behind a token; None when it is gone."""
    if not _TOKEN.fullmatch(token):
        return None
    try:
        return (_folder() / token).read_bytes()
    except FileNotFoundError:
        return None


def drop(token: str) -> None:
    """Remove a file now."""
    if _TOKEN.fullmatch(token):
        (_folder() / token).unlink(missing_ok=True)


def purge() -> None:
    """Remove the files that nobody came back for."""
    # The machine's clock: a demo's own day says nothing about the age of a file.
    limit = time.time() - KEPT
    for path in _folder().iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()


def _folder() -> Path:
    folder = Path(settings.UPLOADS)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
