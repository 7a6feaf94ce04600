"""What speaks against doses that were given."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DoseConcern(models.Model):
    """Something that speaks against a dose, or against the visit at which it was given: the code of
    the sentence, its values as JSON, and what was done about it. Never deleted."""

    id = models.UUIDField(primary_key=True)
    entry_id = models.UUIDField()  # the operation that recorded the visit
    dose_id = models.UUIDField()  # the dose, or the visit's first
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()
    vaccine = models.CharField(max_length=40)
    lot = models.CharField(max_length=40, blank=True)
    given_on = models.DateField()
    code = models.CharField(max_length=60)
    values = models.TextField()
    found_at = models.DateTimeField()
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, answer="")
                | Q(answered_at__isnull=False) & ~Q(answer=""),
                name="immunization_concern_answered",
                violation_error_message=_("An answer needs both a moment and its words."),
            ),
        ]
        indexes = [
            models.Index(fields=["dose_id"], name="immunization_concern_dose"),
            models.Index(
                fields=["unit_id", "found_at"],
                condition=Q(answered_at=None),
                name="immunization_concern_open",
            ),
        ]
