"""Months of a station's books that were closed."""

from django.db import models


class MonthClosing(models.Model):
    """The figures of a unit's month as they were counted when it was closed, for ever.

    ``figures``: book -> figure -> number; ``visits``: visit -> its version, of those that were
    counted. Both as JSON.
    """

    id = models.UUIDField(primary_key=True)  # the operation
    unit_id = models.UUIDField()
    month = models.CharField(max_length=7)
    figures = models.TextField()
    visits = models.TextField()
    note = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    closed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit_id", "month"], name="clinical_closing_once"),
        ]
