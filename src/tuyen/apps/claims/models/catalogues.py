"""What a facility lays down for its claims, and what claims ask of a patient beyond the registry."""

from django.db import models


class CatalogueLine(models.Model):
    """A line of a catalogue from a day on, until the day of the next; never written over.

    ``kind``: facility, drug, service, practitioner. ``values`` is JSON, text by field.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=60, blank=True)
    since = models.DateField()
    until = models.DateField(null=True)
    values = models.TextField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id", "kind", "key", "since"], name="claims_line_once"
            ),
        ]


class PatientFacts(models.Model):
    """What the insurer asks of a person and the registry does not hold; the latest that was told."""

    id = models.UUIDField(primary_key=True)  # the person
    unit_id = models.UUIDField()
    nationality = models.CharField(max_length=3, blank=True)
    occupation = models.CharField(max_length=5, blank=True)
    area = models.CharField(max_length=2, blank=True)
    five_years_on = models.DateField(null=True)
    exempt_from = models.DateField(null=True)
    changed_at = models.DateTimeField()
