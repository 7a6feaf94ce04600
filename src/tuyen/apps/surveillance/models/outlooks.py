"""What was expected of a disease in an area, kept as it was said on its day."""

from django.db import models


class Outlook(models.Model):
    """Nowcast, growth and forecast of one disease in one area, made on one day. Never changed.

    ``content`` is an :class:`~tuyen.apps.surveillance.operations.Ahead` as JSON; ``horizon`` is 0
    where nothing was forecast.
    """

    id = models.UUIDField(primary_key=True)
    disease = models.CharField(max_length=60)
    area_id = models.UUIDField()
    made_on = models.DateField()
    known_at = models.DateTimeField()
    first_week = models.DateField()
    origin = models.DateField()
    horizon = models.PositiveSmallIntegerField()
    levels = models.TextField()
    method = models.CharField(max_length=60)
    content = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["disease", "area_id", "made_on"], name="surveillance_outlook_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["made_on"], name="surveillance_outlook_made")]
