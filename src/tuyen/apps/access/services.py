"""Accounts and posts as the journal applies them; passwords and readings, which it never holds."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import (
    AccessKey,
    Holding,
    Invitation,
    LastLook,
    Post,
    Reading,
    SavedView,
    User,
)
from tuyen.apps.access.operations import (
    Appoint,
    CloseAccount,
    CreatePost,
    OpenAccount,
    Relieve,
)
from tuyen.kernel.ids import one_time_token
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.validity import Validity, first_overlap
from tuyen.rules.access import role_table

INVITATION_DAYS = 7
INSTALL_TOKEN_DAYS = 7


class LoginTaken(Refusal):
    code = "access.login-taken"
    message = N_("The login {login} is already in use; choose another.")


class UnknownRole(Refusal):
    code = "access.unknown-role"
    message = N_("{role} is not a role; expected one of {known}.")


class Missing(Refusal):
    code = "access.missing"
    message = N_("There is no {what} {id}.")


class EndsBeforeItBegins(Refusal):
    code = "access.ends-before-it-begins"
    message = N_("{until} is not after {since}; give a later day.")


class AlreadyHeld(Refusal):
    code = "access.already-held"
    message = N_("This person already holds the post from {since} to {until}.")


class AlreadyEnded(Refusal):
    code = "access.already-ended"
    message = N_("This had already ended on {on}.")


class TokenRefused(Refusal):
    code = "access.token-refused"
    message = N_(
        "This one-time link is wrong, used or expired; ask your administrator for a new one."
    )


class WeakPassword(Refusal):
    code = "access.weak-password"
    message = N_("{what}")


@applies(OpenAccount)
def open_accounts(batch: Batch[OpenAccount]) -> None:
    logins = [entry.payload.login for entry in batch.entries]
    taken = set(User.objects.filter(login__in=logins).values_list("login", flat=True))
    rows = []
    for entry in batch.entries:
        wanted = entry.payload
        if wanted.login in taken:
            batch.refuse(entry, LoginTaken(login=wanted.login))
            continue
        taken.add(wanted.login)
        rows.append(
            User(
                id=entry.id,
                login=wanted.login,
                name=wanted.name,
                language=wanted.language,
                opened_on=entry.happened_on,
            )
        )
    User.objects.bulk_create(rows)


@applies(CloseAccount)
def close_accounts(batch: Batch[CloseAccount]) -> None:
    users = User.objects.in_bulk({entry.payload.user for entry in batch.entries})
    for entry in batch.entries:
        user = users.get(entry.payload.user)
        if user is None:
            batch.refuse(entry, Missing(what="user", id=entry.payload.user))
        elif user.closed_on is not None:
            batch.refuse(entry, AlreadyEnded(on=user.closed_on))
        elif entry.payload.on < user.opened_on:
            batch.refuse(entry, EndsBeforeItBegins(since=user.opened_on, until=entry.payload.on))
        else:
            user.closed_on = entry.payload.on
    closed = [users[entry.payload.user] for entry in batch.accepted()]
    User.objects.bulk_update(closed, ["closed_on"])
    held = list(Holding.objects.filter(user__in=closed, until=None))
    for holding in held:
        on = users[holding.user_id].closed_on or holding.since
        holding.until = max(on, holding.since + timedelta(days=1))
    Holding.objects.bulk_update(held, ["until"])


@applies(CreatePost)
def create_posts(batch: Batch[CreatePost]) -> None:
    roles = role_table().roles
    for entry in batch.entries:
        post = entry.payload
        if post.role not in roles:
            batch.refuse(entry, UnknownRole(role=post.role, known=", ".join(sorted(roles))))
        elif post.until is not None and post.until <= post.since:
            batch.refuse(entry, EndsBeforeItBegins(since=post.since, until=post.until))
    Post.objects.bulk_create(
        Post(
            id=entry.id,
            role=entry.payload.role,
            unit_id=entry.unit,
            since=entry.payload.since,
            until=entry.payload.until,
        )
        for entry in batch.accepted()
    )


@applies(Appoint)
def appoint(batch: Batch[Appoint]) -> None:
    posts = Post.objects.in_bulk({entry.payload.post for entry in batch.entries})
    users = User.objects.in_bulk({entry.payload.user for entry in batch.entries})
    spans: dict[tuple[UUID, UUID], list[Validity]] = {}
    for holding in Holding.objects.filter(post__in=posts, user__in=users):
        key = (holding.post_id, holding.user_id)
        spans.setdefault(key, []).append(Validity(holding.since, holding.until))
    for entry in batch.entries:
        wish = entry.payload
        if wish.post not in posts:
            batch.refuse(entry, Missing(what="post", id=wish.post))
        elif wish.user not in users:
            batch.refuse(entry, Missing(what="user", id=wish.user))
        elif wish.until is not None and wish.until <= wish.since:
            batch.refuse(entry, EndsBeforeItBegins(since=wish.since, until=wish.until))
        else:
            held = spans.setdefault((wish.post, wish.user), [])
            held.append(Validity(wish.since, wish.until))
            if clash := first_overlap(held):
                held.pop()
                batch.refuse(entry, AlreadyHeld(since=clash[0].since, until=clash[0].until or "…"))
    Holding.objects.bulk_create(
        Holding(
            id=entry.id,
            post_id=entry.payload.post,
            user_id=entry.payload.user,
            since=entry.payload.since,
            until=entry.payload.until,
        )
        for entry in batch.accepted()
    )


@applies(Relieve)
def relieve(batch: Batch[Relieve]) -> None:
    holdings = Holding.objects.in_bulk({entry.payload.holding for entry in batch.entries})
    for entry in batch.entries:
        holding = holdings.get(entry.payload.holding)
        if holding is None:
            batch.refuse(entry, Missing(what="holding", id=entry.payload.holding))
        elif holding.until is not None and holding.until <= entry.payload.until:
            batch.refuse(entry, AlreadyEnded(on=holding.until))
        elif entry.payload.until <= holding.since:
            batch.refuse(entry, EndsBeforeItBegins(since=holding.since, until=entry.payload.until))
        else:
            holding.until = entry.payload.until
    ended = [holdings[entry.payload.holding] for entry in batch.accepted()]
    Holding.objects.bulk_update(ended, ["until"])


def invite(*, user: UUID | None, now: datetime) -> str:
    """Make a one-time token: for ``user`` to choose a password, or, with None, for the first
    administrator of a fresh install. The token is returned once; only its hash is stored."""
    token = one_time_token()
    days = INSTALL_TOKEN_DAYS if user is None else INVITATION_DAYS
    with guard.opened("credentials"):
        Invitation.objects.create(
            digest=_digest(token), user_id=user, made_at=now, expires_at=now + timedelta(days=days)
        )
    return token


def invitation(token: str, now: datetime) -> Invitation:
    """The open invitation behind ``token``; refused alike when wrong, used or expired."""
    found = Invitation.objects.filter(
        digest=_digest(token), used_at=None, expires_at__gt=now
    ).first()
    if found is None:
        raise TokenRefused()
    return found


@transaction.atomic
def accept_invitation(*, token: str, user: UUID, password: str, now: datetime) -> None:
    """Use the token once: set the password of ``user``."""
    found = invitation(token, now)
    if found.user_id not in (None, user):
        raise TokenRefused()
    set_password(user=user, password=password)
    with guard.opened("credentials"):
        used = Invitation.objects.filter(digest=found.digest, used_at=None).update(used_at=now)
    if used != 1:
        raise TokenRefused()


def check_password(password: str, user: User | None = None) -> None:
    """Refuse a password that is too short, common, or like the person's own name."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise WeakPassword(what=" ".join(error.messages)) from None


def set_password(*, user: UUID, password: str) -> None:
    """Set the hash (Argon2id) of a user's password, after checking its strength."""
    row = User.objects.get(pk=user)
    check_password(password, row)
    row.set_password(password)
    with guard.opened("credentials"):
        row.save(update_fields=["password"])


def issue_key(*, user: UUID, label: str, days: int, now: datetime) -> str:
    """Make a key for a program that acts as ``user``. Returned once; only its hash is stored."""
    key = one_time_token()
    with guard.opened("credentials"):
        AccessKey.objects.create(
            digest=_digest(key),
            user_id=user,
            label=label[:80],
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
    return key


def revoke_keys(*, user: UUID, label: str, now: datetime) -> int:
    """End every open key of ``user`` with this label; returns how many."""
    with guard.opened("credentials"):
        keys = AccessKey.objects.filter(user_id=user, label=label, revoked_at=None)
        return keys.update(revoked_at=now)


def key_holder(key: str, now: datetime) -> User | None:
    """The user for whom a program's key speaks now, or None: wrong, expired, revoked or closed."""
    found = (
        AccessKey.objects.select_related("user")
        .filter(digest=_digest(key), revoked_at=None, expires_at__gt=now)
        .first()
    )
    return found.user if found and found.user.closed_on is None else None


def set_hashes(hashes: dict[UUID, str]) -> None:
    """Set ready-made hashes, for the demo's printed logins: one statement for all of them."""
    rows = list(User.objects.filter(pk__in=hashes))
    for row in rows:
        row.password = hashes[row.pk]
    with guard.opened("credentials"):
        User.objects.bulk_update(rows, ["password"])


def record_readings(*, by: Actor, subject: str, ids: Iterable[UUID], at: datetime) -> None:
    """Write down that ``by`` opened named records; one statement for any number of them."""
    with guard.opened("readings"):
        Reading.objects.bulk_create(
            Reading(
                user_id=by.user,
                subject=subject,
                subject_id=id,
                at=at,
                channel=by.channel,
                purpose=by.purpose,
            )
            for id in ids
        )


def save_view(*, user: UUID, screen: str, name: str, query: str) -> None:
    """Keep a list's filters under a name; the same name again replaces them."""
    with guard.opened("preferences"):
        SavedView.objects.update_or_create(
            user_id=user, screen=screen, name=name[:80], defaults={"query": query[:1000]}
        )


def forget_view(*, user: UUID, screen: str, name: str) -> None:
    with guard.opened("preferences"):
        SavedView.objects.filter(user_id=user, screen=screen, name=name).delete()


def look(*, user: UUID, screen: str, position: int, at: datetime) -> None:
    """Remember how far in the journal a person has seen a screen."""
    with guard.opened("preferences"):
        LastLook.objects.update_or_create(
            user_id=user, screen=screen, defaults={"position": position, "at": at}
        )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.strip().upper().encode()).digest()
