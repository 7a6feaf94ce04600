"""Transfers that are proposed and decided, and the zone of a commune."""

from django.db import models


class Transfer(models.Model):
    """Somebody is to work elsewhere, for good or for a term: proposed, accepted, declined or withdrawn."""

    id = models.UUIDField(primary_key=True)
    member_id = models.UUIDField()
    from_unit_id = models.UUIDField()
    unit_id = models.UUIDField()  # where to
    cadre = models.CharField(max_length=40)
    contract = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True)  # of a rotation
    reason = models.CharField(max_length=500)
    proposed_on = models.DateField()
    proposed_by_id = models.UUIDField(null=True)
    state = models.CharField(max_length=10)
    answer = models.CharField(max_length=500, blank=True)
    answered_on = models.DateField(null=True)
    answered_by_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "state"], name="workforce_transfer_to"),
            models.Index(fields=["from_unit_id", "state"], name="workforce_transfer_from"),
            models.Index(fields=["member_id", "state"], name="workforce_transfer_member"),
        ]


class Zone(models.Model):
    """The zone of a commune from a day on, as it was entered (1 to 3)."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    zone = models.PositiveSmallIntegerField()
    since = models.DateField()
    source = models.CharField(max_length=200)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "-since"], name="workforce_zone_unit")]
