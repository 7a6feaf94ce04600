"""Passwords, one-time links and keys of programs: secrets, which the journal never holds."""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from tuyen.apps.access import guard
from tuyen.apps.access.keys import digest
from tuyen.apps.access.models import AccessKey, Invitation, User
from tuyen.kernel.ids import one_time_token
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.access.second_factor import second_factor

INVITATION_DAYS = second_factor().invitation_days


class TokenRefused(Refusal):
    code = "access.token-refused"
    message = N_(
        "This one-time link is wrong, used or expired; ask your administrator for a new one."
    )


class WeakPassword(Refusal):
    code = "access.weak-password"
    message = N_("{what}")


def invite(*, user: UUID | None, now: datetime) -> str:
    """Make a one-time token: for ``user`` to choose a password, or, with None, for the first
    administrator of a fresh install. The token is returned once; only its hash is stored.

    Earlier tokens for the same end: there is one open link at a time."""
    token, until = one_time_token(), now + lifetime(user)
    with guard.opened("credentials"):
        Invitation.objects.filter(user=user, used_at=None).update(used_at=now)
        Invitation.objects.create(digest=digest(token), user_id=user, made_at=now, expires_at=until)
    return token


def lifetime(user: UUID | None) -> timedelta:
    """How long a token made now would hold: days for the first one, which travels by hand to a
    commune; minutes for one that sets an existing password anew."""
    row = None if user is None else User.objects.get(pk=user)
    if row is None or not row.has_usable_password():
        return timedelta(days=second_factor().invitation_days)
    return timedelta(minutes=second_factor().reset_minutes)


def invitation(token: str, now: datetime) -> Invitation:
    """The open invitation behind ``token``; refused alike when wrong, used or expired."""
    found = Invitation.objects.filter(
        digest=digest(token), used_at=None, expires_at__gt=now
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


def check_new_password(password: str, *, login: str, name: str) -> None:
    """The same for an account that is not there yet: nothing is made for a password that fails."""
    check_password(password, User(login=login, name=name))


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
            digest=digest(key),
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


def set_hashes(hashes: dict[UUID, str]) -> None:
    """Set ready-made hashes, for the demo's printed logins: one statement for all of them."""
    rows = list(User.objects.filter(pk__in=hashes))
    for row in rows:
        row.password = hashes[row.pk]
    with guard.opened("credentials"):
        User.objects.bulk_update(rows, ["password"])
