"""Users, the posts they hold from day to day, and who read which record."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Finds users by login, whatever its case."""

    def get_by_natural_key(self, login: str | None) -> "User":
        return self.get(login=(login or "").strip().lower())


class User(AbstractBaseUser):
    """A person who signs in. Rights come from posts, never from the person.

    The password hash is a secret and so never enters the journal.
    """

    UNJOURNALED: ClassVar[frozenset[str]] = frozenset({"password", "last_login"})

    id = models.UUIDField(primary_key=True)
    login = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    password = models.CharField(max_length=128, default="!")  # unusable until one is chosen
    language = models.CharField(max_length=10, default="vi")
    generation = models.PositiveIntegerField(default=0)  # sessions of an earlier one have ended
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="access_user_closed_after_opened",
                violation_error_message=_("An account cannot close before it opens."),
            )
        ]

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """A closed account cannot sign in, and its open sessions end at their next request."""
        return self.closed_on is None

    def get_session_auth_hash(self) -> str:
        """What a session is bound to: it ends when the password or the generation changes."""
        held = f"{self.password}\n{self.generation}"
        return salted_hmac("tuyen.access.session", held, algorithm="sha256").hexdigest()


class Post(models.Model):
    """A place in the service, at a unit, with the rights of its role."""

    id = models.UUIDField(primary_key=True)
    role = models.CharField(max_length=40)
    unit_id = models.UUIDField(db_index=True)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="access_post_ends_after_it_begins",
                violation_error_message=_("A post must end after it begins."),
            )
        ]


class Holding(models.Model):
    """A person holds a post from a day up to, not including, another."""

    id = models.UUIDField(primary_key=True)
    post = models.ForeignKey(Post, models.PROTECT, related_name="holdings")
    user = models.ForeignKey(User, models.PROTECT, related_name="holdings")
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gt=F("since")),
                name="access_holding_ends_after_it_begins",
                violation_error_message=_("A holding must end after it begins."),
            )
        ]


class Invitation(models.Model):
    """A one-time token that lets a person choose a password. Only its hash is kept."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    digest = models.BinaryField(primary_key=True, max_length=32)
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="invitations")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class AccessKey(models.Model):
    """A key by which a program acts for a user. Only its hash is kept."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    digest = models.BinaryField(primary_key=True, max_length=32)
    user = models.ForeignKey(User, models.CASCADE, related_name="keys")
    label = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)


class Reading(models.Model):
    """Someone opened a named record: who, which, when, from where, for what.

    ``unit_id`` and ``role`` are of the reader's post that day, so that the answer to "who read my
    record" stays true when people move. A search is one row (its subject is the search), and the
    people it showed are its hits.
    """

    UNJOURNALED_TABLE: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    user_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=40)
    subject_id = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    channel = models.CharField(max_length=16)
    purpose = models.CharField(max_length=40)
    count = models.PositiveIntegerField(default=1)
    unit_id = models.UUIDField(null=True)
    role = models.CharField(max_length=40, default="")

    class Meta:
        # What an account read within the last hour is asked before every list that it is shown.
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user_id", "at"], name="access_reading_of_an_hour")
        ]


class ReadingHit(models.Model):
    """One of the people that a search showed."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    reading = models.ForeignKey(Reading, models.CASCADE, related_name="hits", db_index=False)
    subject_id = models.UUIDField(db_index=True)


class SavedView(models.Model):
    """A list a person comes back to: its filters under a name of their own."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views")
    screen = models.CharField(max_length=60)
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1000)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "screen", "name"],
                name="access_saved_view_name_once",
                violation_error_message=_("You already have a saved view of this name."),
            )
        ]


class LastLook(models.Model):
    """When a person last looked at a screen, so that it can say what changed since."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE, related_name="looks")
    screen = models.CharField(max_length=60)
    position = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "screen"], name="access_last_look_once")
        ]


# Chapters of their own; Django looks for tables here.
from tuyen.apps.access.device_models import (  # noqa: E402, F401
    Device,
    DeviceCode,
    DeviceContact,
    DeviceUnits,
)
from tuyen.apps.access.emergency_models import Emergency  # noqa: E402, F401
from tuyen.apps.access.export_models import ExportRequest  # noqa: E402, F401
from tuyen.apps.access.factor_models import (  # noqa: E402, F401
    CodeMaker,
    Passkey,
    RecoveryCode,
)
