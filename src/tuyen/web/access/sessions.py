"""Where somebody is signed in: seen by themselves, and ended by themselves (AU-09).

A session is named on the page by a digest: its key is as good as a password.
"""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.http import HttpRequest

from tuyen.apps.access import clock

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
    request.session[_DOOR] = {"at": now, "by": _browser(request.headers.get("User-Agent", ""))}


def open_sessions(request: HttpRequest, user: UUID) -> list[Open]:
    """The person's sessions, that of this request first, then the one used last."""
    found = [
        Open(
            _named(row.session_key), str(door.get("by", "")), _moment(door.get("at")),
            _moment(60 * minute if minute else None),
            row.session_key == request.session.session_key,
        )
        for row, data in _of(user)
        for door, minute in [(data.get(_DOOR) or {}, data.get("minute"))]
    ]  # fmt: skip
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda s: (s.here, s.used_at or oldest), reverse=True)


def end_sessions(request: HttpRequest, user: UUID, name: str = "") -> int:
    """End one of the person's other sessions, or, without a name, all others; how many."""
    keys = [
        row.session_key for row, _data in _of(user)
        if row.session_key != request.session.session_key
        and (not name or _named(row.session_key) == name)
    ]  # fmt: skip
    Session.objects.filter(pk__in=keys).delete()
    return len(keys)


def _of(user: UUID) -> Iterator[tuple[Session, dict[str, Any]]]:
    """A session says whose it is only when it is opened: the store keeps it sealed."""
    for row in Session.objects.filter(expire_date__gt=clock.real_now()).iterator():
        data = row.get_decoded()
        if data.get(SESSION_KEY) == str(user):
            yield row, data


def _named(key: str) -> str:
    return hashlib.sha256(f"session {key}".encode()).hexdigest()[:24]


def _moment(seconds: int | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _browser(agent: str) -> str:
    """ "Firefox, Linux": enough to know one's own again; nothing else of it is kept."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return ", ".join(filter(None, (browser, system)))
