"""Where a detector's threshold was set, by whom and why."""

from django.db import models
from django.db.models import Q


class OperatingPoint(models.Model):
    """A decision on a threshold; never changed, a later one takes its place.

    ``disease`` and ``size`` are empty where it holds for all. Without a ``level`` the shipped one
    holds again.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    rule = models.CharField(max_length=10)
    disease = models.CharField(max_length=60, blank=True)
    size = models.CharField(max_length=6, blank=True)
    level = models.FloatField(null=True)
    since = models.DateField()
    decided_at = models.DateTimeField()
    rank = models.PositiveIntegerField()  # how many decisions of its unit came before
    author_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500)
    figures = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(level=None) | Q(level__gt=0, level__lt=1),
                name="surveillance_operating_level_is_a_chance",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "rank"], name="surveillance_operating_latest"),
        ]
