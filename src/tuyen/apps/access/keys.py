"""Who a program's key speaks for.

A machine brings its key with every request. So this is one statement, which Django writes once for
each kind of store; only the key differs. What Django builds anew at each asking costs several times
what the store needs to find four rows.
"""

import hashlib
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connections, router

from tuyen.apps.access.actors import Actor, Channel, HeldPost
from tuyen.apps.access.models import AccessKey


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


def digest(token: str) -> bytes:
    """What is kept of a secret that is shown once."""
    return hashlib.sha256(token.strip().upper().encode()).digest()


def holder(
    key: str, *, now: datetime, on: date, channel: Channel, purpose: str = "duty"
) -> Actor | None:
    """The actor for whom a program's key speaks now, with the posts of a day; None where the key is
    wrong, expired or revoked, or its account closed. One query."""
    alias = router.db_for_read(AccessKey)
    rows = [_Row(*row) for row in _rows(alias, digest(key))]
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


def _rows(alias: str, key: bytes) -> list[tuple[Any, ...]]:
    connection = connections[alias]
    sql, converters = _statement(connection.vendor, alias)
    with connection.cursor() as cursor:
        cursor.execute(sql, [AccessKey._meta.pk.get_db_prep_value(key, connection)])
        found = cursor.fetchall()
    return [
        tuple(_converted(value, converters.get(at), connection) for at, value in enumerate(row))
        for row in found
    ]


def _converted(value: Any, steps: Any, connection: Any) -> Any:
    if steps is not None:
        convert, expression = steps
        for step in convert:
            value = step(value, expression, connection)
    return value


@cache
def _statement(vendor: str, alias: str) -> tuple[str, dict[int, Any]]:
    """The look-up as the store takes it: its one parameter is the digest of the key."""
    query = AccessKey.objects.filter(pk=b"").values_list(*_COLUMNS).query
    compiler = query.get_compiler(connection=connections[alias])
    sql, params = compiler.as_sql()
    assert len(params) == 1
    return sql, compiler.get_converters([column for column, *_ in compiler.select or ()])
