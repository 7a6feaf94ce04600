"""What two people decide: reorganisations, merged records, moves between units; and what was
proposed, and what stood before."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Proposal(models.Model):
    """A reorganisation that one person put before another. ``body`` is the decision as JSON."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    proposed_on = models.DateField()
    on = models.DateField()
    basis = models.CharField(max_length=300)
    body = models.TextField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.UUIDField(null=True)  # the operation


class Reorganisation(models.Model):
    """A reorganisation that was decided; its id is the operation's.

    ``trace`` holds every row that it wrote, as it stood before and after, so that it can be undone
    exactly; ``map_before`` is what the map was valid for.
    """

    id = models.UUIDField(primary_key=True)
    proposal = models.OneToOneField(Proposal, models.PROTECT, related_name="decision", null=True)
    author_id = models.UUIDField(null=True)
    on = models.DateField()
    basis = models.CharField(max_length=300)
    map_before = models.UUIDField(null=True)
    trace = models.TextField()
    undone_on = models.DateField(null=True)
    undone_by = models.UUIDField(null=True)  # the operation


class UndoProposal(models.Model):
    """That a reorganisation be undone, put by one person before another."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    proposed_on = models.DateField()
    decision = models.ForeignKey(Reorganisation, models.PROTECT, related_name="undo_proposals")
    reason = models.CharField(max_length=300)
    confirmed_by = models.UUIDField(null=True)  # the operation that undid it
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.UUIDField(null=True)  # the operation

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=models.Q(confirmed_by=None, withdrawn_on=None),
                name="registry_undoproposal_waits_once",
                violation_error_message=_("To undo this is proposed already."),
            )
        ]


class MergeProposal(models.Model):
    """Two records of different communes that one person takes for one, put before another."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    proposed_on = models.DateField()
    kept = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    duplicate = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")


class Merge(models.Model):
    """Two records of one person became one; its id is the operation's. ``trace`` holds the rows of
    the duplicate, and what the kept record took over, so that it can be undone exactly."""

    id = models.UUIDField(primary_key=True)
    proposal = models.OneToOneField(
        MergeProposal, models.PROTECT, related_name="decision", null=True
    )
    author_id = models.UUIDField(null=True)
    on = models.DateField()
    kept = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    duplicate = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    trace = models.TextField()
    undone_on = models.DateField(null=True)
    undone_by = models.UUIDField(null=True)  # the operation


class Apart(models.Model):
    """Two records that look alike and are two people's, with the day and the reason somebody said
    so; its id is the operation's. ``one`` has the smaller number of registration."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    on = models.DateField()
    one = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    other = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    undone_on = models.DateField(null=True)
    undone_by = models.UUIDField(null=True)  # the operation

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other"],
                condition=models.Q(undone_on=None),
                name="registry_apart_said_once",
                violation_error_message=_("The two records are already kept apart."),
            )
        ]


class MoveRequest(models.Model):
    """A unit asks for a person who came to live with it; its id is the operation's. ``answer`` is
    empty while it waits, then "agreed", "declined" or "withdrawn"."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()  # that asks
    author_id = models.UUIDField(null=True)
    asked_on = models.DateField()
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    place = models.ForeignKey("registry.Unit", models.PROTECT, related_name="+")
    household = models.ForeignKey("registry.Household", models.PROTECT, related_name="+", null=True)
    role = models.CharField(max_length=16)
    stay = models.CharField(max_length=9)
    since = models.DateField()
    reason = models.CharField(max_length=300)
    answer = models.CharField(max_length=9, default="")
    answered_on = models.DateField(null=True)
    answered_by = models.UUIDField(null=True)  # the operation
    answer_reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "unit_id"],
                condition=models.Q(answer=""),
                name="registry_moverequest_waits_once",
                violation_error_message=_("This unit already asks for this person."),
            )
        ]
