"""Where somebody is signed in: seen by themselves, and ended by themselves (AU-09).

A session is named on the page by a digest: its key is as good as a password.
"""

import hashlib
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from tuyen.apps.access import clock
from tuyen.apps.access.services import sessions

_DOOR = "door"
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"),
             ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


class Open(NamedTuple):
    """One session that is not over. ``used_at`` is to the minute."""

    name: str
    browser: str
    began_at: datetime | None
    used_at: datetime | None
    here: bool


@receiver(user_logged_in, dispatch_uid="tuyen-session-door")
def note_door(sender: Any, request: HttpRequest, user: Any, **rest: Any) -> None:
    """Note by what browser and when a session began, so that its owner knows it again."""
    now = int(clock.real_now().timestamp())
    request.session[_DOOR] = {"at": now, "by": browser(request.headers.get("User-Agent", ""))}


def open_sessions(request: HttpRequest, user: UUID) -> list[Open]:
    """The person's sessions, that of this request first, then the one used last."""
    found = []
    for key, held in sessions.sessions_of(user=user, now=clock.real_now()):
        door, minute = held.get(_DOOR) or {}, held.get("minute")
        found.append(
            Open(
                _named(key), str(door.get("by", "")), _moment(door.get("at")),
                _moment(60 * minute if minute else None), key == request.session.session_key,
            )
        )  # fmt: skip
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda s: (s.here, s.used_at or oldest), reverse=True)


def end_sessions(request: HttpRequest, user: UUID, name: str = "") -> int:
    """End one of the person's other sessions, or, without a name, all others; how many."""
    keys = [
        key
        for key, _held in sessions.sessions_of(user=user, now=clock.real_now())
        if key != request.session.session_key and (not name or _named(key) == name)
    ]
    sessions.end_sessions(keys=keys)
    return len(keys)


def _named(key: str) -> str:
    return hashlib.sha256(f"session {key}".encode()).hexdigest()[:24]


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def browser(agent: str) -> str:
    """The kind of browser and system of a header, "Firefox, Linux"; nothing else of it is kept."""
    kind = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (kind, system)))
