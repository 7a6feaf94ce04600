"""Reorganisations and merged records: what was proposed, what was decided, what stood before."""

from django.db import models


class Proposal(models.Model):
    """A reorganisation that one person put before another. ``body`` is the decision as JSON."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    proposed_on = models.DateField()
    on = models.DateField()
    basis = models.CharField(max_length=300)
    body = models.TextField()


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
