"""What is done in an outbreak: tasks, the reports of its days, why stages took long, its review."""

from django.db import models
from django.db.models import Q


class OutbreakTask(models.Model):
    """A task with its owner and its day: one of the seven early actions, a finding, or another."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    action = models.CharField(max_length=20, blank=True)  # of the seven; else empty
    origin = models.CharField(max_length=10)  # action, review, other
    title = models.CharField(max_length=200, blank=True)
    owner_id = models.UUIDField(null=True)
    owner_unit_id = models.UUIDField(null=True)
    due_on = models.DateField()
    rank = models.PositiveSmallIntegerField()
    done_on = models.DateField(null=True)
    done_at = models.DateTimeField(null=True)
    applicable = models.BooleanField(default=True)
    evidence = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["outbreak_id", "rank"], name="surveillance_outbreaktask_of"),
            models.Index(
                fields=["owner_id", "due_on"],
                condition=Q(done_at=None) & ~Q(owner_id=None),
                name="surveillance_outbreaktask_who",
            ),
            models.Index(
                fields=["due_on"], condition=Q(done_at=None), name="surveillance_outbreaktask_due"
            ),
        ]


class SituationReport(models.Model):
    """A report as it was issued: its figures and words, for ever."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    number = models.PositiveIntegerField()
    day = models.DateField()
    as_of = models.DateTimeField()
    figures = models.TextField()
    words = models.TextField()
    late = models.BooleanField()
    author_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outbreak_id", "number"], name="surveillance_situationreport_once"
            ),
        ]


class Bottleneck(models.Model):
    """Why a stage of 7-1-7 took long, by a code of the rules."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    stage = models.CharField(max_length=8)
    code = models.CharField(max_length=30)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["outbreak_id", "stage", "code"], name="surveillance_bottleneck_once"
            ),
        ]


class Review(models.Model):
    """An after-action review; its findings are tasks."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    held_on = models.DateField()
    content = models.TextField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["outbreak_id"], name="surveillance_review_of")]
