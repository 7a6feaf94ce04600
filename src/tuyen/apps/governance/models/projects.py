"""Projects with their versions, what was done in them, what was paid, and how machines are used."""

from django.db import models
from django.db.models import Q


class Project(models.Model):
    """A project. ``version_id`` is the version in force, None while none was approved. ``baseline`` and
    ``outcome``: site -> line -> level, of the days on which it began and was closed."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    state = models.CharField(max_length=10)  # proposed, running, refused, closed
    version_id = models.UUIDField(null=True)
    baseline = models.JSONField()
    baseline_on = models.DateField(null=True)
    outcome = models.JSONField()
    closed_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["state", "-changed_at"], name="governance_project_state")]


class ProjectVersion(models.Model):
    """What is decided of a project, as it was proposed. ``plan`` as the operation carries it."""

    id = models.UUIDField(primary_key=True)
    project_id = models.UUIDField()
    unit_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    plan = models.JSONField()
    total = models.DecimalField(max_digits=18, decimal_places=2)
    state = models.CharField(max_length=10)  # waits, in-force, replaced, refused
    proposed_on = models.DateField()
    reason = models.CharField(max_length=500, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    answered_by_id = models.UUIDField(null=True)
    answered_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id"], condition=Q(state="in-force"), name="governance_one_in_force"
            ),
            models.UniqueConstraint(
                fields=["project_id", "number"], name="governance_version_once"
            ),
        ]


class Progress(models.Model):
    """How far a stage of a project was on a day; the contract that was signed."""

    id = models.UUIDField(primary_key=True)
    project_id = models.UUIDField()
    stage = models.CharField(max_length=40)
    percent = models.PositiveSmallIntegerField()
    contract = models.CharField(max_length=80, blank=True)
    contractor = models.CharField(max_length=200, blank=True)
    value = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    note = models.TextField(blank=True)
    on = models.DateField()
    author_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["project_id", "-on"], name="governance_progress_of")]


class Disbursement(models.Model):
    """A payment of a project, in VND; an adjusted one stays to be read and counts no more."""

    id = models.UUIDField(primary_key=True)
    project_id = models.UUIDField()
    unit_id = models.UUIDField()
    source = models.CharField(max_length=40)
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    voucher = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    on = models.DateField()
    state = models.CharField(max_length=10)  # standing, adjusted
    reason = models.CharField(max_length=500, blank=True)
    note = models.TextField(blank=True)
    adjusts_id = models.UUIDField(null=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project_id", "voucher"], condition=Q(state="standing"),
                name="governance_voucher_once",
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="governance_paid_not_negative"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["project_id", "state", "on"], name="governance_paid_of")]


class EquipmentUse(models.Model):
    """On how many days of a month a piece was used, as it was last said."""

    id = models.UUIDField(primary_key=True)
    piece_id = models.UUIDField()
    unit_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    month = models.CharField(max_length=7)
    days = models.PositiveSmallIntegerField()
    times = models.PositiveIntegerField(null=True)
    on = models.DateField()
    author_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["piece_id", "month"], name="governance_use_once"),
        ]
        indexes = [models.Index(fields=["unit_id", "month"], name="governance_use_unit")]
