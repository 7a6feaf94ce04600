"""The yearly risk assessment of a unit, its plan of actions, and who is on duty."""

from django.db import models


class RiskAssessment(models.Model):
    """The assessment of one unit and year: a draft until its head approves it."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    year = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10)
    decided_on = models.DateField(null=True)
    decided_by_id = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "year"], name="surveillance_assessment")]


class RiskScore(models.Model):
    """One hazard of an assessment. ``evidence`` is what was shown when it was scored, as JSON."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    year = models.PositiveSmallIntegerField()
    hazard = models.CharField(max_length=60)
    likelihood = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    factors = models.PositiveSmallIntegerField()
    capacity = models.PositiveSmallIntegerField()
    score = models.FloatField()
    level = models.CharField(max_length=10)
    method = models.DateField()
    note = models.CharField(max_length=1000, blank=True)
    evidence = models.TextField()
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "year", "-score"], name="surveillance_risk")]


class PlanAction(models.Model):
    """Something that a unit will do against a hazard, by whom and until when."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    year = models.PositiveSmallIntegerField()
    hazard = models.CharField(max_length=60, blank=True)
    text = models.CharField(max_length=500)
    owner = models.CharField(max_length=120)
    due = models.DateField()
    state = models.CharField(max_length=10)
    closed_on = models.DateField(null=True)
    evidence = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "year"], name="surveillance_action_unit"),
            models.Index(fields=["state", "due"], name="surveillance_action_due"),
        ]


class Duty(models.Model):
    """Who is on duty at a unit on a day or in a night; ``place`` 1 is called first."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    day = models.DateField()
    shift = models.CharField(max_length=5)
    place = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=40)
    role = models.CharField(max_length=120, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "day"], name="surveillance_duty_day")]
