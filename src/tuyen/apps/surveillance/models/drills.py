"""Drills: in the walled copy the one that is played; in reality what earlier ones came to."""

from django.db import models
from django.db.models import Q


class Drill(models.Model):
    """The drill that is played in this installation: at most one, and only in a walled copy.

    ``real``, ``shows`` and ``speed`` say how its clock runs since it was last set.
    """

    id = models.UUIDField(primary_key=True)
    scenario = models.CharField(max_length=60)
    seed = models.BigIntegerField()
    side = models.CharField(max_length=1, default="A")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    real = models.DateTimeField()
    shows = models.DateTimeField()
    speed = models.FloatField(default=0.0)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=500, blank=True)


class DrillMessage(models.Model):
    """A message put before players: an inject, a persona's answer, a notice of the other side."""

    id = models.UUIDField(primary_key=True)
    key = models.CharField(max_length=60)
    sort = models.CharField(max_length=10)
    to = models.CharField(max_length=40)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    text = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.UUIDField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="surveillance_drill_message_once"),
        ]
        indexes = [models.Index(fields=["-sent_at", "id"], name="surveillance_drill_newest")]


class DrillRecord(models.Model):
    """What a drill came to, kept in reality: scores and findings, no row of the drill itself."""

    id = models.UUIDField(primary_key=True)
    drill = models.UUIDField(unique=True)
    scenario = models.CharField(max_length=60)
    seed = models.BigIntegerField()
    began_on = models.DateField()
    ended_on = models.DateField()
    score = models.PositiveSmallIntegerField()
    content = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["-recorded_at", "id"], name="surveillance_drill_record")]


class DrillFinding(models.Model):
    """What a drill found wanting, as a task: whose it is, by when, and what became of it."""

    id = models.UUIDField(primary_key=True)
    record = models.ForeignKey(DrillRecord, models.PROTECT, related_name="findings")
    code = models.CharField(max_length=60)
    text = models.CharField(max_length=500)
    owner_id = models.UUIDField(null=True)
    due_on = models.DateField(null=True)
    done_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner_id=None, due_on=None) | ~Q(owner_id=None) & ~Q(due_on=None),
                name="surveillance_drill_task_has_both",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(done_on=None), name="surveillance_drill_open"
            ),
        ]
