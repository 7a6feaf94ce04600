"""Supervision visits, what was found of each item, findings to mend, photographs."""

from django.db import models


class Supervision(models.Model):
    """A visit to a station. ``percent`` in tenths of a per cent; None where nothing applied."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    on = models.DateField()
    team = models.JSONField()
    met = models.CharField(max_length=120)
    points = models.PositiveSmallIntegerField()
    of = models.PositiveSmallIntegerField()
    red = models.PositiveSmallIntegerField()
    sections = models.JSONField()  # key -> [points, of]
    next_on = models.DateField()
    note = models.TextField(blank=True)
    signature = models.TextField(blank=True)
    voided_on = models.DateField(null=True)
    void_reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "-on"], name="supply_supervision_unit")]


class SupervisionItem(models.Model):
    """How one item was found; ``points`` is None where it does not apply."""

    id = models.UUIDField(primary_key=True)
    supervision_id = models.UUIDField()
    item = models.CharField(max_length=40)
    points = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)
    counted = models.PositiveIntegerField(null=True)
    booked = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["supervision_id", "item"], name="supply_supervisionitem_once"
            ),
        ]


class Finding(models.Model):
    """Something to mend: open, answered by the station, mended, or void with its visit."""

    id = models.UUIDField(primary_key=True)
    supervision_id = models.UUIDField()
    unit_id = models.UUIDField()
    item = models.CharField(max_length=40)
    what = models.CharField(max_length=500)
    owner = models.CharField(max_length=120)
    red = models.BooleanField()
    found_on = models.DateField()
    due = models.DateField()
    state = models.CharField(max_length=10)  # open, answered, mended, void
    answered_on = models.DateField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    settled_on = models.DateField(null=True)
    verdict = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "state", "due"], name="supply_finding_unit"),
            models.Index(fields=["supervision_id"], name="supply_finding_of"),
        ]


class Photograph(models.Model):
    """A photograph of a visit."""

    id = models.UUIDField(primary_key=True)
    supervision_id = models.UUIDField()
    unit_id = models.UUIDField()
    item = models.CharField(max_length=40, blank=True)
    caption = models.CharField(max_length=120, blank=True)
    jpeg = models.BinaryField()
    taken_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["supervision_id"], name="supply_photograph_of")]
