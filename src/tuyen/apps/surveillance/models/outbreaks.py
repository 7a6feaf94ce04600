"""Outbreaks: what was opened, where, from what, with which cases, and what was declared."""

from django.db import models
from django.db.models import Q


class Outbreak(models.Model):
    """An outbreak as it stands. Its ``unit`` is the commune (or province) it was opened at."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    lead_id = models.UUIDField(null=True)
    assignee_id = models.UUIDField(null=True)
    post_id = models.UUIDField(null=True)
    disease = models.CharField(max_length=60, blank=True)
    syndrome = models.CharField(max_length=200, blank=True)
    group = models.CharField(max_length=1, blank=True)
    title = models.CharField(max_length=200)
    since = models.DateField()
    definition = models.TextField()
    level = models.CharField(max_length=20, blank=True)
    opened_on = models.DateField()
    opened_at = models.DateTimeField()
    opened_by_id = models.UUIDField(null=True)
    revision = models.PositiveSmallIntegerField()
    changed_at = models.DateTimeField()
    closed_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_because = models.CharField(max_length=20, blank=True)
    conclusion = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["closed_on", "-opened_at"], name="surveillance_outbreak_open"),
            models.Index(fields=["unit_id"], name="surveillance_outbreak_unit"),
            models.Index(fields=["disease", "since"], name="surveillance_outbreak_disease"),
            models.Index(fields=["changed_at"], name="surveillance_outbreak_changed"),
        ]


class OutbreakPlace(models.Model):
    """A commune of an outbreak, on the map of the day it was opened, for ever."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    commune_id = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["outbreak_id"], name="surveillance_outbreakplace_of"),
            models.Index(
                fields=["commune_id", "outbreak_id"], name="surveillance_outbreakplace_in"
            ),
        ]


class OutbreakSource(models.Model):
    """What an outbreak was opened from: an alarm or an event signal."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    kind = models.CharField(max_length=8)  # alarm, signal
    source_id = models.UUIDField()
    since_at = models.DateTimeField(null=True)  # when the source itself was raised or received

    class Meta:
        indexes = [
            models.Index(fields=["outbreak_id"], name="surveillance_outbreaksource_of"),
            models.Index(fields=["source_id"], name="surveillance_outbreaksource_is"),
        ]


class OutbreakCase(models.Model):
    """A case of an outbreak's line list.

    The key to the case is for joins only: the store does not hold it, because the row of a case
    that is amended leaves and comes back.
    """

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    case = models.ForeignKey(
        "surveillance.Case",
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    by = models.CharField(max_length=10)  # link, definition, contact
    attached_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outbreak_id", "case"], name="surveillance_outbreakcase_once"
            ),
        ]
        indexes = [models.Index(fields=["case"], name="surveillance_outbreakcase_case")]


class Declaration(models.Model):
    """What was declared of an outbreak, by which document: never changed, only followed."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    level = models.CharField(max_length=20)
    authority = models.CharField(max_length=30)
    document = models.CharField(max_length=100)
    declared_on = models.DateField()
    met_at = models.DateTimeField(null=True)  # when the criterion was met; its clock starts here
    received_at = models.DateTimeField()
    author_id = models.UUIDField(null=True)
    content = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["outbreak_id", "received_at"], name="surveillance_declaration_of")
        ]


class Transmission(models.Model):
    """Who infected whom, by what evidence: one infector for a case in an outbreak."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    case_id = models.UUIDField()
    infector_id = models.UUIDField()
    evidence = models.CharField(max_length=12)
    note = models.CharField(max_length=500, blank=True)
    linked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outbreak_id", "case_id"], name="surveillance_transmission_once"
            ),
            models.CheckConstraint(
                condition=~Q(case_id=models.F("infector_id")),
                name="surveillance_transmission_not_itself",
            ),
        ]


class Isolation(models.Model):
    """The isolation of one case: where, and when each step of the decree was done."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    case_id = models.UUIDField()
    setting = models.CharField(max_length=10)
    found_at = models.DateTimeField()
    steps = models.TextField()  # step -> moment, as JSON
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outbreak_id", "case_id"], name="surveillance_isolation_once"
            )
        ]
