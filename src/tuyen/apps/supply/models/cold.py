"""The cold chain: equipment and its servicing, readings, and excursions with what they touched."""

from django.db import models
from django.db.models import Q


class Equipment(models.Model):
    """A fridge, freezer, cold box, carrier or logger of a unit, as it stands now."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=120)
    model = models.CharField(max_length=120, blank=True)
    serial = models.CharField(max_length=60, blank=True)
    litres = models.FloatField(null=True)
    since = models.DateField()
    watched = models.BooleanField()  # read twice a day
    state = models.CharField(max_length=10)  # working, faulty, retired
    calibrated_on = models.DateField(null=True)
    calibrate_by = models.DateField(null=True)
    retired_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "name"], name="supply_equipment_unit")]


class Servicing(models.Model):
    """Something that was done to a piece of equipment: a check, a fault, a repair."""

    id = models.UUIDField(primary_key=True)
    equipment_id = models.UUIDField()
    unit_id = models.UUIDField()
    what = models.CharField(max_length=12)
    on = models.DateField()
    next_on = models.DateField(null=True)
    passed = models.BooleanField(null=True)
    note = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["equipment_id", "-on"], name="supply_servicing_of")]


class Reading(models.Model):
    """A temperature (degC) of a piece of equipment at a moment, read by hand or by a logger."""

    id = models.UUIDField(primary_key=True)
    equipment_id = models.UUIDField()
    unit_id = models.UUIDField()
    at = models.DateTimeField()
    day = models.DateField()
    half = models.CharField(max_length=2, blank=True)  # am, pm; "" of a logger
    celsius = models.FloatField()
    author_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["equipment_id", "day", "half"],
                condition=~Q(half=""),
                name="supply_reading_twice_a_day",
            ),
        ]
        indexes = [models.Index(fields=["equipment_id", "at"], name="supply_reading_at")]


class Excursion(models.Model):
    """A stretch in which a piece of equipment was too warm or too cold for too long."""

    id = models.UUIDField(primary_key=True)
    equipment_id = models.UUIDField()
    unit_id = models.UUIDField()
    rule = models.CharField(max_length=12)
    since = models.DateTimeField()
    until = models.DateTimeField()
    going_on = models.BooleanField()
    minutes = models.PositiveIntegerField()
    worst = models.FloatField()
    state = models.CharField(max_length=10)  # open, decided
    decided_on = models.DateField(null=True)
    note = models.CharField(max_length=1000, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "-since"], name="supply_excursion_unit"),
            models.Index(fields=["equipment_id", "rule", "since"], name="supply_excursion_of"),
        ]


class Exposure(models.Model):
    """How many vials of a lot, now at a holder, were there during an excursion; and what was done."""

    id = models.UUIDField(primary_key=True)
    excursion_id = models.UUIDField()
    lot_id = models.UUIDField()
    unit_id = models.UUIDField()
    holder_id = models.UUIDField()
    exposed = models.PositiveIntegerField()
    set_apart = models.PositiveIntegerField()
    used = models.PositiveIntegerField()
    released = models.PositiveIntegerField()
    discarded = models.PositiveIntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["excursion_id"], name="supply_exposure_of")]
