"""Sessions of the console: whose they are, and how they end."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session


def sessions_of(*, user: UUID, now: datetime) -> Iterator[tuple[str, dict[str, Any]]]:
    """(key, what it holds) of a person's sessions. The store keeps them sealed, so that each is
    opened to see whose it is: some microseconds for everybody who is signed in."""
    for row in Session.objects.filter(expire_date__gt=now).iterator():
        held = row.get_decoded()
        if held.get(SESSION_KEY) == str(user):
            yield row.session_key, held


def end_sessions(*, keys: Collection[str]) -> None:
    """End sessions: their next request is one of nobody."""
    Session.objects.filter(pk__in=keys).delete()
