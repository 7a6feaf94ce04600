"""People who met a case, and how they were on each day they were watched."""

from django.db import models
from django.db.models import Q


class Contact(models.Model):
    """A contact of an outbreak. ``commune`` is where they are watched."""

    id = models.UUIDField(primary_key=True)
    outbreak_id = models.UUIDField()
    case_id = models.UUIDField(null=True)
    disease = models.CharField(max_length=60, blank=True)
    unit_id = models.UUIDField()
    commune_id = models.UUIDField()
    village_id = models.UUIDField(null=True)
    person_id = models.UUIDField(null=True)
    name = models.CharField(max_length=200)
    name_folded = models.CharField(max_length=200)
    phone = models.CharField(max_length=30, blank=True)
    sex = models.CharField(max_length=7)
    age = models.PositiveSmallIntegerField(null=True)
    address = models.CharField(max_length=200, blank=True)
    relation = models.CharField(max_length=12)
    exposed_on = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10)  # watched, ill, case
    last_on = models.DateField(null=True)  # the last day somebody looked after them
    became_id = models.UUIDField(null=True)  # the case they became
    note = models.CharField(max_length=500, blank=True)
    added_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["outbreak_id", "name_folded"], name="surveillance_contact_of"),
            models.Index(fields=["commune_id", "until"], name="surveillance_contact_in"),
            models.Index(
                fields=["person_id"], condition=~Q(person_id=None), name="surveillance_contact_who"
            ),
        ]


class FollowUp(models.Model):
    """How a contact was on one day."""

    id = models.UUIDField(primary_key=True)
    contact_id = models.UUIDField()
    outbreak_id = models.UUIDField()
    day = models.DateField()
    state = models.CharField(max_length=10)  # well, ill, not-found
    note = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField()
    author_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id", "day"], name="surveillance_followup_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["outbreak_id", "day"], name="surveillance_followup_of")]
