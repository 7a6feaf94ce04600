"""The second factor: one-time codes of an app, passkeys, recovery codes, and who must have which.

Secrets are sealed under a key that follows from the installation's secret key. What cannot be read
raises: nobody signs in past a second factor that cannot be judged.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple
from uuid import UUID

import pyotp
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from pyotp.exceptions import OTPVerificationError

from tuyen.apps.access import guard
from tuyen.apps.access.factor_models import CodeMaker, Passkey, RecoveryCode
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import ResetSecondFactor
from tuyen.apps.access.services.accounts import Missing
from tuyen.kernel.operation import Batch, applies
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.access.second_factor import Demand, second_factor

Proof = Literal["code", "passkey", "recovery", "demo", "none"]
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_OPENED = "credentials"


class CodeWrong(Refusal):
    code = "access.code-wrong"
    message = N_(
        "This code is wrong, or was used already. Type the one that the app shows now; wait for"
        " the next one if this was just used."
    )


class CodesRest(Refusal):
    code = "access.codes-rest"
    message = N_(
        "There were {tries} wrong codes in a row, so no code is taken for {minutes} minutes. A"
        " passkey or a recovery code still opens the account."
    )


class PasskeyRefused(Refusal):
    code = "access.passkey-refused"
    message = N_("This passkey could not be verified here. Try again, or use another way.")


class LastFactor(Refusal):
    code = "access.last-factor"
    message = N_("This is the last second factor of the account; add another one first.")


class OwnFactor(Refusal):
    code = "access.own-factor"
    message = N_("Your own second factor is reset by somebody else, or with a recovery code.")


class PasskeyRow(NamedTuple):
    id: int
    label: str
    made_at: datetime
    used_at: datetime | None


class Enrolled(NamedTuple):
    """What somebody has enrolled."""

    code_since: datetime | None
    passkeys: list[PasskeyRow]
    recovery_left: int

    def __bool__(self) -> bool:
        return self.code_since is not None or bool(self.passkeys)


def enrolled(*, user: UUID) -> Enrolled:
    """What ``user`` has enrolled: three queries. Recovery codes alone are no second factor."""
    made_at = CodeMaker.objects.filter(user_id=user).values_list("made_at", flat=True).first()
    keys = Passkey.objects.filter(user_id=user).order_by("id")
    rows = [PasskeyRow(*row) for row in keys.values_list("id", "label", "made_at", "used_at")]
    left = RecoveryCode.objects.filter(user_id=user, used_at=None).count()
    return Enrolled(made_at, rows, left)


def is_enough(proof: Proof, roles: Iterable[str], until: date | None, on: date) -> bool:
    """Whether what a session proved lets somebody with these roles work on a day.

    ``until`` is the last day of grace, None where none was given.
    """
    if proof in ("passkey", "demo") or (until is not None and on <= until):
        return True
    demand: Demand = second_factor().demanded(roles)
    return demand == "any" and proof in ("code", "recovery")


def is_strong(proof: Proof, right: str, until: date | None, on: date) -> bool:
    """Whether what a session proved lets a right be used that may take a passkey."""
    if right not in second_factor().passkey_rights:
        return True
    return proof in ("passkey", "demo") or (until is not None and on <= until)


def new_secret() -> str:
    """A secret for an app, base32: 160 bits."""
    return pyotp.random_base32()


def address(secret: str, login: str, issuer: str) -> str:
    """The ``otpauth:`` address that an app reads from a picture."""
    return _maker(secret).provisioning_uri(name=login, issuer_name=issuer)


@transaction.atomic
def enrol_codes(*, user: UUID, secret: str, code: str, now: datetime) -> None:
    """Keep the secret of an app, once it has shown a right code; it replaces the one before."""
    step = _step(secret, code, now)
    if step is None:
        raise CodeWrong()
    with guard.opened(_OPENED):
        CodeMaker.objects.update_or_create(
            user_id=user,
            defaults={"secret": seal(secret, user), "made_at": now, "last_step": step,
                      "failures": 0, "failed_at": None},
        )  # fmt: skip


def check_code(*, user: UUID, code: str, now: datetime) -> None:
    """Take a one-time code, once; wrong ones are counted, and after some of them none is taken.

    A code is of the present step or ``drift_steps`` beside it, and of a later one than the last.
    """
    rule, mine = second_factor(), CodeMaker.objects.filter(user_id=user)
    rested = Q(failed_at__lte=now - timedelta(minutes=rule.wait_minutes))
    count = Case(When(rested & Q(failures__gte=rule.tries), then=Value(1)),
                 default=F("failures") + 1)  # fmt: skip
    with guard.opened(_OPENED):  # the try is counted before it is judged: many at once gain nothing
        counted = mine.filter(Q(failures__lt=rule.tries) | rested)
        if not counted.update(failures=count, failed_at=now):
            if mine.exists():
                raise CodesRest(tries=rule.tries, minutes=rule.wait_minutes)
            raise CodeWrong()
        step = _step(unseal(bytes(mine.get().secret), user), code, now)
        taken = step is not None and mine.filter(last_step__lt=step).update(
            last_step=step, failures=0, failed_at=None
        )
    if not taken:
        raise CodeWrong()


def forget_codes(*, user: UUID, must_keep: bool) -> None:
    """Remove the app. With ``must_keep``, the last second factor stays."""
    if must_keep and not Passkey.objects.filter(user_id=user).exists():
        raise LastFactor()
    with guard.opened(_OPENED):
        CodeMaker.objects.filter(user_id=user).delete()


def make_recovery_codes(*, user: UUID, now: datetime) -> list[str]:
    """New recovery codes, shown once; those before end. 80 bits each; only hashes are kept."""
    codes = [_recovery_code() for _ in range(second_factor().recovery_codes)]
    with transaction.atomic(), guard.opened(_OPENED):
        RecoveryCode.objects.filter(user_id=user).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(digest=_recovery_digest(code, user), user_id=user, made_at=now)
            for code in codes
        )
    return codes


def use_recovery_code(*, user: UUID, code: str, now: datetime) -> None:
    """Take a recovery code, once."""
    with guard.opened(_OPENED):
        taken = RecoveryCode.objects.filter(
            digest=_recovery_digest(code, user), user_id=user, used_at=None
        ).update(used_at=now)
    if taken != 1:
        raise CodeWrong()


class KeyFacts(NamedTuple):
    """What is known of a passkey when an answer of it is judged."""

    id: int
    public_key: bytes
    sign_count: int


def credentials(*, user: UUID) -> list[bytes]:
    """The ids of somebody's passkeys, for the browser's question."""
    rows = Passkey.objects.filter(user_id=user).order_by("id").values_list("credential", flat=True)
    return [bytes(row) for row in rows]


def passkey(*, user: UUID, credential: bytes) -> KeyFacts | None:
    """The passkey of ``user`` with this id, or None."""
    row = Passkey.objects.filter(user_id=user, credential=credential).first()
    return KeyFacts(row.pk, bytes(row.public_key), row.sign_count) if row else None


def add_passkey(
    *, user: UUID, credential: bytes, public_key: bytes, sign_count: int, label: str, now: datetime
) -> None:
    """Keep the public half of a key, under a name of its holder's own."""
    with guard.opened(_OPENED):
        Passkey.objects.create(
            user_id=user, credential=credential, public_key=public_key, sign_count=sign_count,
            label=label[:80], made_at=now,
        )  # fmt: skip


def passkey_used(*, id: int, sign_count: int, now: datetime) -> bool:
    """Note an answer of a passkey; False when another answer with this count came before it."""
    fresh = Q(sign_count__lt=sign_count) | Q(sign_count=0)
    with guard.opened(_OPENED):
        rows = Passkey.objects.filter(fresh, pk=id)
        return rows.update(sign_count=sign_count, used_at=now) == 1


def remove_passkey(*, user: UUID, id: int, must_keep: bool) -> None:
    """Remove a passkey. With ``must_keep``, the last second factor stays."""
    others = Passkey.objects.filter(user_id=user).exclude(pk=id).exists()
    if must_keep and not others and not CodeMaker.objects.filter(user_id=user).exists():
        raise LastFactor()
    with guard.opened(_OPENED):
        Passkey.objects.filter(user_id=user, pk=id).delete()


@applies(ResetSecondFactor)
def reset_second_factors(batch: Batch[ResetSecondFactor]) -> None:
    """Everything enrolled is forgotten, and every session of the person ends."""
    users = User.objects.in_bulk({entry.payload.user for entry in batch.entries})
    for entry in batch.entries:
        if entry.payload.user not in users:
            batch.refuse(entry, Missing(what="user", id=entry.payload.user))
        elif entry.payload.user == entry.author:
            batch.refuse(entry, OwnFactor())
        else:
            users[entry.payload.user].generation += 1
    reset = [entry.payload.user for entry in batch.accepted()]
    User.objects.bulk_update([users[user] for user in set(reset)], ["generation"])
    for model in (CodeMaker, Passkey, RecoveryCode):
        model.objects.filter(user_id__in=reset).delete()


def seal(secret: str, user: UUID, key: str = "") -> bytes:
    """A secret as bytes that only this installation reads, and only for this person; under another
    ``key`` than its present one while that is being changed."""
    nonce = os.urandom(12)
    return nonce + ChaCha20Poly1305(_key(key or settings.SECRET_KEY)).encrypt(
        nonce, secret.encode(), user.bytes
    )


def unseal(sealed: bytes, user: UUID, key: str = "") -> str:
    """The secret again. Raises InvalidTag when the key of the installation is another."""
    plain = ChaCha20Poly1305(_key(key or settings.SECRET_KEY)).decrypt(
        sealed[:12], sealed[12:], user.bytes
    )
    return plain.decode()


@lru_cache
def _key(secret_key: str) -> bytes:
    info = b"tuyen second factor"
    return HKDF(SHA256(), 32, salt=None, info=info).derive(secret_key.encode())


def _maker(secret: str) -> pyotp.TOTP:
    rule = second_factor()
    return pyotp.TOTP(secret, digits=rule.digits, interval=rule.period_seconds)


def _step(secret: str, code: str, now: datetime) -> int | None:
    """The step whose code this is, within the drift allowed; None for a wrong one."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    window = second_factor().drift_steps
    try:
        return _maker(secret).verify_and_get_timecode(digits, for_time=now, valid_window=window)
    except OTPVerificationError:
        return None


def _recovery_code() -> str:
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


def _recovery_digest(code: str, user: UUID) -> bytes:
    letters = "".join(letter for letter in code.upper() if letter.isalnum())
    return hashlib.sha256(user.bytes + letters.encode()).digest()
