"""Calls made about signals, and the telephones of units."""

from django.db import models


class UnitPhone(models.Model):
    """The number on which a unit is reached on business: one for each unit, as it was last said."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField(unique=True)
    phone = models.CharField(max_length=30)
    note = models.CharField(max_length=200, blank=True)
    changed_at = models.DateTimeField()


class SignalCall(models.Model):
    """A call about the signals of a subject in a commune, and what came of it. Never changed."""

    id = models.UUIDField(primary_key=True)
    commune_id = models.UUIDField()
    subject = models.CharField(max_length=81)
    called_id = models.UUIDField()
    outcome = models.CharField(max_length=10)
    said = models.TextField(blank=True)
    called_on = models.DateField()
    at = models.DateTimeField()
    author_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["commune_id", "subject", "-at"], name="surveillance_call_about"),
        ]
