"""Reviews of sites, and the photographs that show what was seen."""

from django.db import models


class SiteReview(models.Model):
    """What a reviewer found at a site. One stands; an amended or voided one stays, and counts no more.

    ``conditions``: line of readiness -> level; ``staff``: profession -> how many; ``national``: criterion
    -> points; ``stated``: criterion -> [points or None, evidence]. Costs in million VND.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    on = models.DateField()
    transport = models.CharField(max_length=40, blank=True)
    terrain = models.CharField(max_length=40, blank=True)
    conditions = models.JSONField()
    staff = models.JSONField()
    national = models.JSONField()
    stated = models.JSONField()
    refurbish = models.PositiveIntegerField(null=True)
    run_main = models.PositiveIntegerField(null=True)
    run_satellite = models.PositiveIntegerField(null=True)
    capacity = models.PositiveIntegerField(null=True)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=10)  # standing, amended, void
    ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    amends_id = models.UUIDField(null=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "state", "-on"], name="network_review_unit")]


class SitePhotograph(models.Model):
    """A photograph of a site, with the criterion that it speaks for."""

    id = models.UUIDField(primary_key=True)
    review_id = models.UUIDField()
    unit_id = models.UUIDField()
    criterion = models.CharField(max_length=40, blank=True)
    caption = models.CharField(max_length=120, blank=True)
    jpeg = models.BinaryField()
    taken_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["review_id"], name="network_photograph_of")]
