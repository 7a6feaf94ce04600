"""Adverse events with every step that was taken, and lots that may not be used."""

from django.db import models
from django.db.models import Q


class AdverseEvent(models.Model):
    """What happened to somebody after doses, as it stands. Lists are joined by commas; ``lots`` is
    JSON: [[vaccine, lot], ...]."""

    id = models.UUIDField(primary_key=True)
    person_id = models.UUIDField()
    unit_id = models.UUIDField()
    commune_id = models.UUIDField(null=True)
    session_id = models.UUIDField(null=True)
    doses = models.TextField(blank=True)
    lots = models.TextField(blank=True)
    kinds = models.CharField(max_length=500)
    severity = models.CharField(max_length=500, blank=True)
    serious = models.BooleanField()
    grade = models.CharField(max_length=1, blank=True)
    outcome = models.CharField(max_length=10)
    treatment = models.TextField(blank=True)
    story = models.TextField(blank=True)
    reporter = models.CharField(max_length=200, blank=True)
    onset_at = models.DateTimeField()
    noticed_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    serious_since = models.DateTimeField(null=True)
    report_due_at = models.DateTimeField(null=True)
    department_at = models.DateTimeField(null=True)
    cdc_at = models.DateTimeField(null=True)
    investigate_due_at = models.DateTimeField(null=True)
    investigated_at = models.DateTimeField(null=True)
    council_due_on = models.DateField(null=True)
    council_on = models.DateField(null=True)
    causality = models.CharField(max_length=4, blank=True)
    conclusion = models.TextField(blank=True)
    concluded_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "reported_at"], name="immunization_aefi_unit"),
            models.Index(fields=["person_id"], name="immunization_aefi_person"),
            models.Index(
                fields=["reported_at"], condition=Q(serious=True), name="immunization_aefi_serious"
            ),
        ]


class AefiStep(models.Model):
    """One thing that was done about an adverse event."""

    id = models.UUIDField(primary_key=True)
    aefi_id = models.UUIDField()
    unit_id = models.UUIDField()
    what = models.CharField(max_length=12)  # follow-up, notify, investigate, council, classify
    who = models.CharField(max_length=1000, blank=True)
    said = models.TextField(blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    author_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["aefi_id"], name="immunization_aefi_step")]


class LotHold(models.Model):
    """A lot that was suspended; while ``lifted_at`` is empty nobody uses it."""

    id = models.UUIDField(primary_key=True)
    vaccine = models.CharField(max_length=40)
    lot = models.CharField(max_length=40)
    product = models.CharField(max_length=60, blank=True)
    unit_id = models.UUIDField()
    aefi_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500)
    since = models.DateField()
    suspended_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["vaccine", "lot"],
                condition=Q(lifted_at=None),
                name="immunization_hold_once",
            ),
        ]
        indexes = [models.Index(fields=["lot"], name="immunization_hold_lot")]
