"""What visits prescribed and what left the shelf for them; what was given and the ledger did not hold.

Who got it stands in the visit, which another room keeps: here is only the visit's id.
"""

from django.db import models
from django.db.models import Q


class Prescription(models.Model):
    """An item that a visit prescribed: how much of it, and how much was handed out so far."""

    id = models.UUIDField(primary_key=True)
    visit_id = models.UUIDField()
    unit_id = models.UUIDField()
    item = models.CharField(max_length=40)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    given = models.DecimalField(max_digits=12, decimal_places=3)
    dose = models.DecimalField(max_digits=12, decimal_places=3, null=True)  # units at a time
    times = models.PositiveSmallIntegerField(default=0)  # a day
    days = models.PositiveSmallIntegerField(default=0)
    on = models.DateField()
    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["visit_id", "item"], name="supply_prescribed_once"),
        ]
        indexes = [models.Index(fields=["unit_id", "-on"], name="supply_prescribed_unit")]


class Dispensing(models.Model):
    """An item handed out for a visit: within it (``visit``), or later by somebody else (``desk``).

    ``pieces`` left the ledger or should have; ``short`` of them it did not hold. ``prescribed`` is the
    item in place of which it was given, where that was another.
    """

    id = models.UUIDField(primary_key=True)
    visit_id = models.UUIDField()
    operation_id = models.UUIDField()
    unit_id = models.UUIDField()
    source = models.CharField(max_length=6)  # visit, desk
    line = models.PositiveSmallIntegerField()
    item = models.CharField(max_length=40)
    prescribed = models.CharField(max_length=40)
    lot_id = models.UUIDField(null=True)  # that was read from the pack; None: first expired
    holder_id = models.UUIDField(null=True)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    pieces = models.PositiveIntegerField()
    short = models.PositiveIntegerField()
    days = models.PositiveSmallIntegerField(default=0)
    on = models.DateField()
    at = models.DateTimeField()
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["visit_id"], name="supply_dispensing_visit"),
            models.Index(fields=["unit_id", "item", "-on"], name="supply_dispensing_unit"),
        ]


class DispensedLot(models.Model):
    """Pieces of a lot that went out with a dispensing, and from which shelf."""

    id = models.UUIDField(primary_key=True)
    dispensing_id = models.UUIDField()
    visit_id = models.UUIDField()
    unit_id = models.UUIDField()
    holder_id = models.UUIDField()
    lot_id = models.UUIDField()
    pieces = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pieces__gt=0), name="supply_dispensed_something"),
        ]
        indexes = [
            models.Index(fields=["visit_id"], name="supply_dispensed_visit"),
            models.Index(fields=["lot_id"], name="supply_dispensed_lot"),
        ]


class Shortfall(models.Model):
    """Pieces that were handed out and that the ledger did not hold: somebody says how that came.

    ``void``: the visit was corrected since, and what it says now is reckoned anew.
    """

    id = models.UUIDField(primary_key=True)
    dispensing_id = models.UUIDField()
    visit_id = models.UUIDField()
    unit_id = models.UUIDField()
    item = models.CharField(max_length=40)
    lot_id = models.UUIDField(null=True)
    pieces = models.PositiveIntegerField()
    why = models.CharField(max_length=12)  # not-enough, no-lot, other-item, unknown-item
    on = models.DateField()
    state = models.CharField(max_length=8)  # open, settled, void
    how = models.CharField(max_length=8, blank=True)  # receipt, count
    settled_on = models.DateField(null=True)
    settled_by_id = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "state", "-on"], name="supply_shortfall_unit"),
            models.Index(fields=["visit_id"], name="supply_shortfall_visit"),
        ]


class ControlledCount(models.Model):
    """Drugs under special control, counted by one person and confirmed or not by another; or, with
    ``purpose`` "destroy", what one is to destroy, for ``reason``, before the eyes of another."""

    id = models.UUIDField(primary_key=True)
    purpose = models.CharField(max_length=7, default="count")  # count, destroy
    reason = models.CharField(max_length=20, blank=True, default="")
    unit_id = models.UUIDField()
    on = models.DateField()
    at = models.DateTimeField()
    author_id = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=9)  # waiting, witnessed, disputed
    witness_id = models.UUIDField(null=True)
    witnessed_at = models.DateTimeField(null=True)
    witness_note = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "-on"], name="supply_controlled_unit")]


class ControlledLine(models.Model):
    """A lot of such a count: what the ledger said then, and what was found. Of a destruction: what is
    left of it. ``state`` is the shelf: usable, open or quarantined."""

    id = models.UUIDField(primary_key=True)
    count_id = models.UUIDField()
    unit_id = models.UUIDField()
    holder_id = models.UUIDField()
    lot_id = models.UUIDField()
    state = models.CharField(max_length=12, default="usable")
    there = models.PositiveIntegerField()
    found = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["count_id"], name="supply_controlled_line")]
