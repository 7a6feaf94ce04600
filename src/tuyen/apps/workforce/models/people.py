"""Somebody at work, the posts they hold and held, what they have to show, what they ask to have mended."""

from django.db import models


class Member(models.Model):
    """Somebody at work. ``unit_id`` is that of the latest main post, as it was born there."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=120)
    name_folded = models.CharField(max_length=120)
    sex = models.CharField(max_length=10)
    born_on = models.DateField(null=True)
    phone = models.CharField(max_length=20, blank=True)
    unit_id = models.UUIDField()
    person_id = models.UUIDField(null=True)  # in the registry of residents, where somebody named it
    user_id = models.UUIDField(null=True)  # the account that they sign in with
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "name_folded"], name="workforce_member_unit"),
            models.Index(fields=["user_id"], name="workforce_member_user"),
            models.Index(fields=["name_folded", "born_on"], name="workforce_member_name"),
        ]


class Tenure(models.Model):
    """A post held at a unit, half-open; ``percent`` of a full post. The row keeps the unit it was
    born in: what became of it is asked of the dated map."""

    id = models.UUIDField(primary_key=True)
    member_id = models.UUIDField()
    unit_id = models.UUIDField()
    cadre = models.CharField(max_length=40)
    position = models.CharField(max_length=20)
    contract = models.CharField(max_length=20)
    percent = models.PositiveSmallIntegerField()
    main = models.BooleanField()
    since = models.DateField()
    until = models.DateField(null=True)
    why = models.CharField(max_length=500, blank=True)  # it ended, or is void
    void = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gt=models.F("since")),
                name="workforce_tenure_days",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "since"], name="workforce_tenure_unit"),
            models.Index(fields=["member_id", "since"], name="workforce_tenure_member"),
        ]


class Credential(models.Model):
    """What somebody has to show: a licence, a degree, a competence, a language, training, an incentive.

    ``state``: live, replaced (by the one that names it) or void.
    """

    id = models.UUIDField(primary_key=True)
    member_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    what = models.CharField(max_length=120)
    number = models.CharField(max_length=60, blank=True)
    scope = models.CharField(max_length=500, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    hours = models.PositiveSmallIntegerField(null=True)
    replaces_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["member_id", "kind", "since"], name="workforce_credential_of"),
            models.Index(fields=["kind", "until"], name="workforce_credential_until"),
        ]


class Wish(models.Model):
    """What somebody asks to have corrected in their own file: waiting, accepted or declined."""

    id = models.UUIDField(primary_key=True)
    member_id = models.UUIDField()
    unit_id = models.UUIDField()
    field = models.CharField(max_length=20)
    value = models.CharField(max_length=500)
    before = models.CharField(max_length=500, blank=True)
    asked_on = models.DateField()
    state = models.CharField(max_length=10)
    answer = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(null=True)
    answered_by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "state"], name="workforce_wish_unit"),
            models.Index(fields=["member_id", "-asked_on"], name="workforce_wish_member"),
        ]
