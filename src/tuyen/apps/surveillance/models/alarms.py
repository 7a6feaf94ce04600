"""Alarms as they stand now, and the years that no baseline may hold."""

from django.db import models
from django.db.models import Q


class Alarm(models.Model):
    """An alarm on one disease, commune (of the map of its day) and period, as it stands now."""

    id = models.UUIDField(primary_key=True)
    rule = models.CharField(max_length=8)
    disease = models.CharField(max_length=60)
    commune_id = models.UUIDField()
    period = models.CharField(max_length=10)
    since = models.DateField()
    until = models.DateField()
    level = models.CharField(max_length=60)
    observed = models.PositiveIntegerField()
    expected = models.FloatField(null=True)
    bound = models.FloatField(null=True)
    figures = models.TextField()
    method = models.CharField(max_length=60)
    revision = models.PositiveSmallIntegerField()
    last_id = models.UUIDField()
    raised_on = models.DateField()
    raised_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    owner_id = models.UUIDField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    closed_on = models.DateField(null=True)
    closed_because = models.CharField(max_length=20, blank=True)
    # How likely it is to be false, as far as that was learnt, and what keeps it from ringing.
    pvalue = models.FloatField(null=True)
    false_share = models.FloatField(null=True)
    qvalue = models.FloatField(null=True)
    below = models.CharField(max_length=6, blank=True, default="")
    lesson_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "disease", "commune_id", "period"],
                name="surveillance_alarm_once_a_period",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "raised_at"], name="surveillance_alarm_state"),
            models.Index(fields=["commune_id", "disease"], name="surveillance_alarm_pair"),
            models.Index(fields=["changed_at"], name="surveillance_alarm_changed"),
            models.Index(fields=["-since", "-raised_at", "id"], name="surveillance_alarm_newest"),
            models.Index(fields=["until"], name="surveillance_alarm_until"),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(closed_on=None, answered_at=None),
                name="surveillance_alarm_waiting",
            ),
            models.Index(
                fields=["owner_id", "-since"],
                condition=~Q(owner_id=None),
                name="surveillance_alarm_owner",
            ),
        ]


class EpidemicYear(models.Model):
    """A year that is left out of the baselines of a disease in an area."""

    id = models.UUIDField(primary_key=True)
    disease = models.CharField(max_length=60)
    area_id = models.UUIDField()
    year = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["disease", "area_id", "year"], name="surveillance_epidemic_year_once"
            ),
        ]
