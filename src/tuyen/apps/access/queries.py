"""Who somebody is today, who holds what, and who read what."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor, Channel, HeldPost
from tuyen.apps.access.device_models import Device
from tuyen.apps.access.keys import holder as key_holder  # noqa: F401  # asked by machines' doors
from tuyen.apps.access.models import (
    Emergency,
    Holding,
    LastLook,
    Post,
    Reading,
    ReadingHit,
    SavedView,
    User,
)
from tuyen.apps.access.statements import Statement
from tuyen.kernel.text import fold
from tuyen.rules.access import role_table

SHOW_READINGS = "access.reading.show"
OPEN_EMERGENCY = "access.emergency.open"
REVIEW_EMERGENCY = "access.emergency.review"


class AccountRow(NamedTuple):
    id: UUID
    login: str
    name: str
    opened_on: date
    closed_on: date | None
    posts: list["PostRow"]


class AccountPage(NamedTuple):
    rows: list[AccountRow]
    total: int
    page: int
    pages: int


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


def author(id: UUID | None, *, on: date) -> Actor:
    """Who signed an operation, with the posts of a day; the program, where nobody did. For reactions
    that do in another room what the same person may do there."""
    user = User.objects.filter(pk=id).first() if id is not None else None
    return actor(user, on=on, channel="system") if user else Actor.program(on)


def _held(user: UUID, on: date) -> tuple[HeldPost, ...]:
    return tuple(HeldPost(*row) for row in _HELD.rows(user, on))


def _holdings(user: UUID, on: date) -> QuerySet[Holding, Any]:
    today = Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))
    post_today = Q(post__since__lte=on) & (Q(post__until=None) | Q(post__until__gt=on))
    rows = Holding.objects.filter(today & post_today, user_id=user).order_by("since", "id")
    return rows.values_list("post_id", "post__role", "post__unit_id")


_HELD = Statement(
    _holdings,
    (User._meta.pk, UUID(int=1)),
    (Holding._meta.get_field("since"), date(1, 1, 2)),
)


class Holder(NamedTuple):
    """Somebody who may do a thing at a place: with which post, of which unit."""

    user: UUID
    name: str
    role: str
    unit: UUID


def holders(*, by: Actor, right: str, unit: UUID, limit: int = 200) -> list[Holder]:
    """Who may use ``right`` over ``unit`` on the day of ``by``, whose own post holds it there too:
    one query. The posts nearest to the unit come first: one that reaches less is closer to it."""
    policies.check(by, right, unit)
    on = by.on
    today = Q(since__lte=on) & (Q(until=None) | Q(until__gt=on))
    post_today = Q(post__since__lte=on) & (Q(post__until=None) | Q(post__until__gt=on))
    roles = [
        name
        for name, role in role_table().roles.items()
        if any(right in held for held in role.grants.values())
    ]
    rows = Holding.objects.filter(today & post_today, post__role__in=roles, user__closed_on=None)
    found: list[tuple[float, Holder]] = []
    columns = ("post_id", "user_id", "user__name", "post__role", "post__unit_id")
    for post, user, name, role, at in rows.order_by("since", "id").values_list(*columns):
        actor = Actor(user=user, name=name, posts=(HeldPost(post, role, at),), on=on, channel="web")
        scope = policies.scope(actor.stating(by.purpose), right)
        if scope.covers(unit):
            reaches = float("inf") if scope.everything else float(len(scope.units))
            found.append((reaches, Holder(user, name, role, at)))
    found.sort(key=lambda each: (each[0], each[1].name))
    return list({holder.user: holder for _, holder in reversed(found)}.values())[::-1][:limit]


def tablets(*, by: Actor, right: str, on: date) -> dict[UUID, tuple[int, date]]:
    """Unit over which ``by`` holds ``right`` -> how many tablets serve there that were enrolled by a
    day, and when the last of them was: one query. Whose they are is not told."""
    scope = policies.scope(by, right)
    rows = Device.objects.filter(state="active", enrolled_at__date__lte=on).values_list("unit_id")
    return {
        unit: (n, last.date())
        for unit, n, last in rows.annotate(n=Count("id"), last=Max("enrolled_at")).order_by()
        if scope.covers(unit)
    }


def has_accounts() -> bool:
    """False on a fresh install, where only the one-time token opens the door."""
    return User.objects.exists()


def accounts(
    *, by: Actor, text: str = "", unit_name: Callable[[UUID], str] = str, page: int = 1,
    size: int = 50,
) -> AccountPage:  # fmt: skip
    """A page of the accounts with their holdings, by login, for those who manage them.

    Each word of ``text`` must begin the login, a word of the name (without marks) or a word of the
    name of a unit at which the account holds or held a post, as ``unit_name`` gives it. Three
    queries, and three for a text, however many accounts there are.
    """
    policies.check(by, "access.account.manage")
    found = User.objects.order_by("login")
    words = fold(text).split()
    if words:
        ids = _said(words, unit_name)
        total = len(ids)
    else:
        total = found.count()
    size = max(1, min(size, 500))
    pages = max(1, -(-total // size))
    page = max(1, min(page, pages))
    shown = slice((page - 1) * size, page * size)
    users = list(found.filter(pk__in=ids[shown]) if words else found[shown])
    held: dict[UUID, list[PostRow]] = {}
    rows = Holding.objects.filter(user__in=users).select_related("post").order_by("since", "pk")
    for holding in rows:
        post = holding.post
        row = PostRow(holding.pk, post.pk, post.role, post.unit_id, holding.since, holding.until)
        held.setdefault(holding.user_id, []).append(row)
    listed = [
        AccountRow(u.pk, u.login, u.name, u.opened_on, u.closed_on, held.get(u.pk, []))
        for u in users
    ]
    return AccountPage(listed, total, page, pages)


def _said(words: list[str], unit_name: Callable[[UUID], str]) -> list[UUID]:
    """The accounts of which all words are said, by login."""
    units = {
        unit: f" {_folded(unit_name(unit))}"
        for unit in Post.objects.values_list("unit_id", flat=True).order_by().distinct()
    }
    named = {unit for unit, name in units.items() if any(f" {word}" in name for word in words)}
    posts: dict[UUID, str] = {}
    holdings = Holding.objects.filter(post__unit_id__in=named).order_by()
    for user, unit in holdings.values_list("user_id", "post__unit_id"):
        posts[user] = posts.get(user, "") + units[unit]
    return [
        user
        for user, login, name in User.objects.order_by("login").values_list("pk", "login", "name")
        if _all_begin(words, f" {login} {_folded(name)}{posts.get(user, '')}")
    ]


def _all_begin(words: list[str], said: str) -> bool:
    return all(f" {word}" in said for word in words)


_folded = lru_cache(1 << 16)(fold)


def account_name(*, by: Actor, id: UUID) -> str | None:
    """The name of an account, for those who manage them; None when there is no such account."""
    policies.check(by, "access.account.manage")
    return User.objects.filter(pk=id).values_list("name", flat=True).first()


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


class Opening(NamedTuple):
    """A record opened in an emergency, and what was found of it."""

    id: UUID
    user: UUID
    name: str
    unit: UUID
    person: UUID
    place: UUID
    reason: str
    opened_at: datetime
    until: datetime
    verdict: str
    note: str
    reviewed_by: str
    reviewed_at: datetime | None


def open_emergency(*, by: Actor, person: UUID, at: datetime) -> Opening | None:
    """The emergency in which ``by`` holds a person's record open at this moment, or None."""
    if by.user is None or not policies.may(by, OPEN_EMERGENCY):
        return None
    rows = Emergency.objects.filter(
        user_id=by.user, person_id=person, opened_at__lte=at, until__gt=at
    )
    found = rows.order_by("-opened_at").first()
    return _openings([found])[0] if found else None


def emergencies_of(*, by: Actor, limit: int = 20) -> list[Opening]:
    """One's own openings, newest first."""
    if by.user is None:
        return []
    rows = Emergency.objects.filter(user_id=by.user).order_by("-opened_at", "-id")
    return _openings(list(rows[:limit]))


def emergencies(*, by: Actor, limit: int = 200) -> list[Opening]:
    """Openings that ``by`` is to judge: those that wait first, the oldest of them first."""
    scope = policies.scope(by, REVIEW_EMERGENCY)
    rows = Emergency.objects.filter(scope.where("place_id"))
    waiting = list(rows.filter(verdict="").order_by("opened_at", "id")[:limit])
    judged = list(rows.exclude(verdict="").order_by("-opened_at", "-id")[:limit])
    return _openings(waiting + judged)


def emergencies_waiting(*, by: Actor) -> int:
    """How many openings wait for ``by`` to judge them."""
    scope = policies.scope(by, REVIEW_EMERGENCY)
    if not scope or by.user is None:
        return 0
    rows = Emergency.objects.filter(scope.where("place_id"), verdict="")
    return rows.exclude(user_id=by.user).count()


def emergencies_about(*, by: Actor, place: UUID, persons: Collection[UUID]) -> list[Opening]:
    """The openings of a resident's records, newest first, for who may show it to the resident."""
    policies.check(by, SHOW_READINGS, place)
    with walls.whole("openings of one resident's records, whose right to be told was judged"):
        rows = Emergency.objects.filter(person_id__in=persons).order_by("-opened_at", "-id")
        return _openings(list(rows))


def _openings(rows: list[Emergency]) -> list[Opening]:
    who = names({id for row in rows for id in (row.user_id, row.reviewed_by)})
    return [
        Opening(row.pk, row.user_id, who.get(row.user_id, ""), row.unit_id, row.person_id,
                row.place_id, row.reason, row.opened_at, row.until, row.verdict, row.note,
                who.get(row.reviewed_by, "") if row.reviewed_at else "", row.reviewed_at)
        for row in rows
    ]  # fmt: skip


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
    shown: int  # how many a search showed


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
