"""What somebody holds besides the password. Secrets: none of this enters the journal."""

from typing import ClassVar

from django.db import models


class CodeMaker(models.Model):
    """An app on somebody's phone that makes one-time codes (RFC 6238).

    The shared secret is sealed under the installation's key. ``last_step`` is the step of the last
    code taken, so that none is taken twice; ``failures`` counts wrong ones since.
    """

    UNJOURNALED_TABLE: ClassVar[bool] = True

    user = models.OneToOneField(
        "access.User", models.CASCADE, primary_key=True, related_name="code_maker"
    )
    secret = models.BinaryField(max_length=120)
    made_at = models.DateTimeField()
    last_step = models.BigIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)


class RecoveryCode(models.Model):
    """A code on paper for the day when the phone is lost. Works once; only its hash is kept."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    digest = models.BinaryField(primary_key=True, max_length=32)
    user = models.ForeignKey("access.User", models.CASCADE, related_name="recovery_codes")
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Passkey(models.Model):
    """The public half of a key that never leaves its holder's device (W3C WebAuthn)."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("access.User", models.CASCADE, related_name="passkeys")
    credential = models.BinaryField(max_length=1023, unique=True)
    public_key = models.BinaryField(max_length=2048)
    sign_count = models.BigIntegerField(default=0)
    label = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
