"""Who a program's key speaks for.

A machine brings its key with every request. So this is one statement, put into SQL once.
"""

import hashlib
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor, Channel, HeldPost
from tuyen.apps.access.models import AccessKey
from tuyen.apps.access.statements import Statement


class _Row(NamedTuple):
    """A key and its user, with one of the posts that the user ever held, or none."""

    expires_at: datetime
    revoked_at: datetime | None
    user: UUID
    name: str
    language: str
    closed_on: date | None
    holding: UUID | None
    since: date
    until: date | None
    post: UUID
    role: str
    unit: UUID
    post_since: date
    post_until: date | None

    def holds(self, on: date) -> bool:
        return self.holding is not None and all(
            begins <= on and (ends is None or on < ends)
            for begins, ends in ((self.since, self.until), (self.post_since, self.post_until))
        )


_COLUMNS = (
    "expires_at", "revoked_at", "user_id", "user__name", "user__language", "user__closed_on",
    "user__holdings__id", "user__holdings__since", "user__holdings__until",
    *(f"user__holdings__post__{name}" for name in ("id", "role", "unit_id", "since", "until")),
)  # fmt: skip


_LOOK_UP = Statement(
    lambda key: AccessKey.objects.filter(pk=key).values_list(*_COLUMNS),
    (AccessKey._meta.pk, b"the digest of a key"),
)


def digest(token: str) -> bytes:
    """What is kept of a secret that is shown once."""
    return hashlib.sha256(token.strip().upper().encode()).digest()


def holder(
    key: str, *, now: datetime, on: date, channel: Channel, purpose: str = "duty"
) -> Actor | None:
    """The actor for whom a program's key speaks now, with the posts of a day; None where the key is
    wrong, expired or revoked, or its account closed. One query."""
    rows = [_Row(*row) for row in _LOOK_UP.rows(digest(key))]
    if not rows:
        return None
    first = rows[0]
    if first.revoked_at is not None or first.expires_at <= now or first.closed_on is not None:
        return None
    held = sorted((row for row in rows if row.holds(on)), key=lambda row: (row.since, row.holding))
    return Actor(
        user=first.user, name=first.name, language=first.language, on=on, channel=channel,
        purpose=purpose, posts=tuple(HeldPost(row.post, row.role, row.unit) for row in held),
    )  # fmt: skip
