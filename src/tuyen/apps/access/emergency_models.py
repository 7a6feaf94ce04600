"""Records opened in an emergency outside one's own scope, and what was found of it afterwards."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Emergency(models.Model):
    """Somebody broke the glass over one person's record, for a stated reason and a short time.

    ``place_id`` is where the person lives: whoever is responsible for it is told and reviews it.
    The reason says why the record was needed; it holds no finding.
    """

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey("access.User", models.PROTECT, related_name="emergencies")
    unit_id = models.UUIDField()  # where the one who opened it serves
    person_id = models.UUIDField(db_index=True)
    place_id = models.UUIDField(db_index=True)
    reason = models.CharField(max_length=300)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    verdict = models.CharField(max_length=16, default="")  # justified or not-justified
    note = models.CharField(max_length=300, default="")
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")),
                name="access_emergency_ends_after_it_begins",
                violation_error_message=_("An emergency must end after it begins."),
            )
        ]
