"""Event signals as they stand now, and which subjects are silent where."""

from django.db import models
from django.db.models import Q


class EventSignal(models.Model):
    """A sign that somebody told of, and how far it has been looked into. Never deleted.

    ``commune`` is that of the day it was seen, on the map of that day. ``due_at`` is the clock of the
    step that comes next; ``late`` names the steps that were taken after their clock.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    commune_id = models.UUIDField()
    village_id = models.UUIDField(null=True)
    facility_id = models.UUIDField(null=True)
    sign = models.CharField(max_length=60)
    source = models.CharField(max_length=20)
    seen_on = models.DateField()
    affected = models.PositiveIntegerField(null=True)
    deaths = models.PositiveIntegerField()
    disease = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    reporter = models.CharField(max_length=200, blank=True)
    link = models.CharField(max_length=200, blank=True)
    note = models.TextField(blank=True)
    author_id = models.UUIDField(null=True)
    recorded_at = models.DateTimeField()
    received_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    state = models.CharField(max_length=10)
    due_at = models.DateTimeField(null=True)
    late = models.CharField(max_length=30, blank=True)
    screened_at = models.DateTimeField(null=True)
    screened_by_id = models.UUIDField(null=True)
    verified_at = models.DateTimeField(null=True)
    verified_by_id = models.UUIDField(null=True)
    how = models.CharField(max_length=12, blank=True)
    assessed_at = models.DateTimeField(null=True)
    assessed_by_id = models.UUIDField(null=True)
    risk = models.CharField(max_length=10, blank=True)
    next_step = models.CharField(max_length=12, blank=True)
    duplicate_of_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="duplicate", duplicate_of_id__isnull=False)
                | ~Q(state="duplicate") & Q(duplicate_of_id=None),
                name="surveillance_event_duplicate_of_one",
            ),
        ]
        indexes = [
            models.Index(fields=["seen_on", "id"], name="surveillance_event_seen"),
            models.Index(fields=["commune_id", "seen_on"], name="surveillance_event_place"),
            models.Index(
                fields=["due_at", "id"],
                condition=~Q(due_at=None),
                name="surveillance_event_due",
            ),
        ]


class Silence(models.Model):
    """Until when the signals of a subject in a commune stay out of the inbox, and why."""

    id = models.UUIDField(primary_key=True)
    commune_id = models.UUIDField()
    subject = models.CharField(max_length=81)
    until = models.DateField()
    level = models.CharField(max_length=10)
    reason = models.CharField(max_length=500)
    author_id = models.UUIDField(null=True)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commune_id", "subject"], name="surveillance_silence_once"
            ),
        ]
        indexes = [models.Index(fields=["until"], name="surveillance_silence_until")]
