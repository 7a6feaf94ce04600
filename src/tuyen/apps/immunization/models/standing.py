"""Where each child stands in the schedule: kept by the operations, read by every list.

Statuses that depend on the day are dates, so that "due" and "overdue" are comparisons; what else
the calendar changes is looked at again on ``look_again_on``, by the night's work.
"""

from django.db import models
from django.db.models import Q


class Child(models.Model):
    """A person whom the register follows, on one row: what the lists of children ask for.

    Dates of milestones (``dtp1_on``: the first valid dose of the group) are those of
    ``rules/immunization/register.yaml``. ``place_id`` is where the child lives now.
    """

    person = models.OneToOneField(
        "registry.Person", models.PROTECT, primary_key=True, related_name="+"
    )
    place_id = models.UUIDField(null=True)
    sex = models.PositiveSmallIntegerField()
    born_on = models.DateField()
    active = models.BooleanField()  # alive, on record, and living on this node
    pack = models.CharField(max_length=60)
    evaluated_on = models.DateField()
    look_again_on = models.DateField(null=True)
    doses = models.PositiveSmallIntegerField()  # counted
    last_on = models.DateField(null=True)
    next_on = models.DateField(null=True)  # the first day on which something may be given
    due_on = models.DateField(null=True)  # the first recommended day
    past_due_on = models.DateField(null=True)  # the first day that is the last in time
    bcg_on = models.DateField(null=True)
    hepb0_on = models.DateField(null=True)
    dtp1_on = models.DateField(null=True)
    dtp3_on = models.DateField(null=True)
    mr1_on = models.DateField(null=True)
    mr2_on = models.DateField(null=True)
    full_on = models.DateField(null=True)  # the day on which the basic set was whole
    unsure = models.BooleanField()  # some dose's day is known by its month or year only

    class Meta:
        indexes = [
            models.Index(
                fields=["place_id", "born_on"],
                condition=Q(active=True),
                name="immunization_child_place",
            ),
            models.Index(
                fields=["born_on"], condition=Q(active=True), name="immunization_child_born"
            ),
            models.Index(
                fields=["past_due_on"], condition=Q(active=True), name="immunization_child_overdue"
            ),
            models.Index(
                fields=["look_again_on"], condition=Q(active=True), name="immunization_child_again"
            ),
        ]


class Status(models.Model):
    """One person in one vaccine group, by the pack in force when it was last looked at.

    ``given`` are the days of the valid doses, oldest first, as ``YYYY-MM-DD`` joined by commas;
    ``judged`` what became of each dose in this group, as JSON.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    place_id = models.UUIDField(null=True)
    born_on = models.DateField()
    active = models.BooleanField()
    group = models.CharField(max_length=60)
    status = models.CharField(max_length=16)
    dose_number = models.PositiveSmallIntegerField(null=True)  # of the next target dose
    earliest_on = models.DateField(null=True)
    recommended_on = models.DateField(null=True)
    past_due_on = models.DateField(null=True)
    valid = models.PositiveSmallIntegerField()
    given = models.CharField(max_length=440, blank=True)
    judged = models.TextField(blank=True)
    pack = models.CharField(max_length=60)
    evaluated_on = models.DateField()

    class Meta:
        indexes = [
            # The condition is no more than `active`: SQLite uses a partial index only where it sees
            # its condition written out in the question, and there a status is a parameter.
            models.Index(
                fields=["group", "status", "past_due_on"],
                condition=Q(active=True),
                name="immunization_status_overdue",
            ),
            models.Index(
                fields=["group", "status", "place_id", "recommended_on"],
                condition=Q(active=True),
                name="immunization_status_due",
            ),
        ]
