"""Which schedules the province put in force, and which of those decisions were taken back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PackActivation(models.Model):
    """A schedule in force from a day on, until the next one begins. Never deleted: rolled back.

    ``people`` and ``changed`` are what the one who decided had seen: how many were compared, and how
    many of them stand otherwise under it.
    """

    id = models.UUIDField(primary_key=True)
    pack = models.CharField(max_length=60)
    effective_on = models.DateField()
    reason = models.CharField(max_length=500)
    people = models.PositiveIntegerField(null=True)
    changed = models.PositiveIntegerField(null=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    rolled_back_at = models.DateTimeField(null=True)
    rolled_back_by_id = models.UUIDField(null=True)
    rollback_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(rolled_back_at=None, rollback_reason="")
                | Q(rolled_back_at__isnull=False) & ~Q(rollback_reason=""),
                name="immunization_pack_rollback_has_reason",
                violation_error_message=_("Rolling back needs both a moment and a reason."),
            ),
            models.UniqueConstraint(
                fields=["effective_on"],
                condition=Q(rolled_back_at=None),
                name="immunization_pack_one_a_day",
            ),
        ]
