"""Who was sent here by others, and who has an appointment here that others made."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Coming(models.Model):
    """Somebody whom another facility referred to a unit, or for whom it agreed a day. Never deleted.

    ``source`` is what the other system calls it. ``apart``: why would tell what stands apart, so it
    is shown for care only. ``answered``: the return note of a referral was written.
    """

    id = models.UUIDField(primary_key=True)  # the operation
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    kind = models.CharField(max_length=11)  # referral, appointment
    on = models.DateField()
    at = models.DateTimeField(null=True)
    from_name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    urgent = models.BooleanField()
    source = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9)  # waiting, kept, withdrawn, answered
    why = models.CharField(max_length=500, blank=True)
    apart = models.BooleanField()
    version = models.PositiveSmallIntegerField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    answered_on = models.DateField(null=True)
    diagnosis = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    treatment = models.TextField(blank=True)
    answered_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="answered", kind="referral", answered_on__isnull=False)
                | ~Q(state="answered") & Q(answered_on=None),
                name="clinical_coming_answer_has_day",
                violation_error_message=_("An answer needs its day."),
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "state", "on"], name="clinical_coming_open"),
            models.Index(fields=["person", "state"], name="clinical_coming_person"),
        ]
