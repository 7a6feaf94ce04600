"""Who somebody is today, who holds what, and who read what."""

from collections.abc import Collection
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor, Channel, HeldPost
from tuyen.apps.access.models import (
    Holding,
    LastLook,
    Post,
    Reading,
    ReadingHit,
    SavedView,
    User,
)

SHOW_READINGS = "access.reading.show"


class AccountRow(NamedTuple):
    id: UUID
    login: str
    name: str
    opened_on: date
    closed_on: date | None
    posts: list["PostRow"]


class PostRow(NamedTuple):
    holding: UUID | None
    post: UUID
    role: str
    unit: UUID
    since: date
    until: date | None


class ReadingRow(NamedTuple):
    at: datetime
    user: UUID | None
    name: str
    subject: str
    subject_id: UUID
    channel: str
    purpose: str


def actor(user: User, *, on: date, channel: Channel, purpose: str = "duty") -> Actor:
    """The actor that ``user`` is on a day: one query for the posts held. Closed accounts hold none."""
    return Actor(
        user=user.pk,
        name=user.name,
        posts=() if user.closed_on else _held(user.pk, on),
        on=on,
        channel=channel,
        purpose=purpose,
        language=user.language,
    )


def actor_by_login(login: str, *, on: date, channel: Channel) -> Actor | None:
    """The actor behind a login, or None; for the command line, which has no session."""
    user = User.objects.filter(login=login.strip().lower()).first()
    return actor(user, on=on, channel=channel) if user else None


def _held(user: UUID, on: date) -> tuple[HeldPost, ...]:
    today = Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))
    post_today = Q(post__since__lte=on) & (Q(post__until=None) | Q(post__until__gt=on))
    rows = Holding.objects.filter(today & post_today, user_id=user).order_by("since", "id")
    return tuple(
        HeldPost(*row) for row in rows.values_list("post_id", "post__role", "post__unit_id")
    )


def has_accounts() -> bool:
    """False on a fresh install, where only the one-time token opens the door."""
    return User.objects.exists()


def accounts(*, by: Actor) -> list[AccountRow]:
    """All accounts with their holdings, for those who manage them: two queries."""
    policies.check(by, "access.account.manage")
    held: dict[UUID, list[PostRow]] = {}
    for holding in Holding.objects.select_related("post").order_by("since"):
        post = holding.post
        row = PostRow(holding.pk, post.pk, post.role, post.unit_id, holding.since, holding.until)
        held.setdefault(holding.user_id, []).append(row)
    return [
        AccountRow(u.pk, u.login, u.name, u.opened_on, u.closed_on, held.get(u.pk, []))
        for u in User.objects.order_by("login")
    ]


def posts(*, by: Actor) -> list[PostRow]:
    """All posts, held or not."""
    policies.check(by, "access.post.manage")
    return [
        PostRow(None, p.pk, p.role, p.unit_id, p.since, p.until)
        for p in Post.objects.order_by("role", "since")
    ]


def names(users: set[UUID | None]) -> dict[UUID | None, str]:
    """Names of users by id: one query for a whole page. The program itself has its own name."""
    found: dict[UUID | None, str] = dict(
        User.objects.filter(pk__in={user for user in users if user}).values_list("pk", "name")
    )
    found[None] = "Tuyến"
    return found


def readings(*, by: Actor, subject_id: UUID, limit: int = 100) -> list[ReadingRow]:
    """Who opened a record, newest first; for those who may see the log."""
    policies.check(by, "access.reading.see")
    rows = list(Reading.objects.filter(subject_id=subject_id).order_by("-id")[:limit])
    who = names({row.user_id for row in rows})
    return [
        ReadingRow(
            r.at, r.user_id, who.get(r.user_id, ""), r.subject, r.subject_id, r.channel, r.purpose
        )
        for r in rows
    ]


class Seen(NamedTuple):
    """One reading of a resident's records: by whom, with which post, how, when and for what."""

    at: datetime
    user: UUID | None
    name: str
    role: str
    unit: UUID | None
    subject: str
    channel: str
    purpose: str
    count: int


def readings_about(
    *, by: Actor, place: UUID, ids: Collection[UUID], places: Collection[UUID], limit: int = 1000
) -> list[Seen]:
    """Who read any of ``ids`` (a resident's own, of a household, of case reports), newest first:
    opened, shown in a list or found by a search; and the tablets that were given the records of
    ``places``. For who may show it to a resident who lives at ``place``: four queries."""
    policies.check(by, SHOW_READINGS, place)
    with walls.whole("readings of one resident, whose right to be told was judged"):
        shown = list(
            ReadingHit.objects.filter(subject_id__in=ids)
            .order_by("-reading_id").values_list("reading_id", flat=True)[:limit]
        )  # fmt: skip
        held = Q(subject_id__in=places, subject__endswith="@tablet")
        rows = list(
            Reading.objects.filter(Q(subject_id__in=ids) | Q(pk__in=shown) | held)
            .order_by("-at", "-id")[:limit]
        )  # fmt: skip
    who = names({row.user_id for row in rows})
    return [
        Seen(row.at, row.user_id, who.get(row.user_id, ""), row.role, row.unit_id, row.subject,
             row.channel, row.purpose, row.count)
        for row in rows
    ]  # fmt: skip


def saved_views(*, by: Actor, screen: str) -> list[tuple[str, str]]:
    """(name, query string) of the person's own saved views of one screen."""
    if by.user is None:
        return []
    rows = SavedView.objects.filter(user_id=by.user, screen=screen).order_by("name")
    return list(rows.values_list("name", "query"))


def last_look(*, by: Actor, screen: str) -> tuple[int, datetime | None]:
    """How far in the journal the person had seen a screen, and when; (0, None) when never."""
    if by.user is None:
        return 0, None
    row = (
        LastLook.objects.filter(user_id=by.user, screen=screen)
        .values_list("position", "at")
        .first()
    )
    return row or (0, None)


def ids_by_login(logins: list[str]) -> dict[str, UUID]:
    """Ids of the users with these logins; for the command line, which has no session."""
    return dict(User.objects.filter(login__in=logins).values_list("login", "pk"))
