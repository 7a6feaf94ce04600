"""The ledger: lots, movements from an account to an account, and what each account holds.

An account is a *holder* (a unit, a piece of equipment in it, or a session), a *state* and a lot. Of
the states some are shelves (usable, open, quarantined, transit) and never below zero; the others
(supplied, used, discarded, adjusted) say where vials came from and went. Each movement takes from
one account what it gives to another, so the accounts of a lot always sum to zero.
"""

from django.db import models
from django.db.models import Q

SHELVES = ("usable", "open", "quarantined", "transit")
"""States in which vials lie somewhere; never below zero."""
OUTSIDE = ("supplied", "used", "discarded", "adjusted")
"""States that stand for the world outside of the shelves."""


class Lot(models.Model):
    """Vials of one item made together. The same number of the same item is the same lot anywhere."""

    id = models.UUIDField(primary_key=True)
    item = models.CharField(max_length=40)
    vaccine = models.CharField(max_length=40, blank=True)
    number = models.CharField(max_length=40)
    number_key = models.CharField(max_length=40)
    maker = models.CharField(max_length=120, blank=True)
    expires_on = models.DateField()
    doses = models.PositiveSmallIntegerField()
    diluent_id = models.UUIDField(null=True)
    suspended_on = models.DateField(null=True)
    suspended_why = models.CharField(max_length=500, blank=True)
    suspended_by_id = models.UUIDField(null=True)  # None: the program, which heard of it elsewhere
    first_unit_id = models.UUIDField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number_key"], name="supply_lot_once"),
        ]
        indexes = [
            models.Index(fields=["vaccine", "number_key"], name="supply_lot_named"),
            models.Index(fields=["expires_on"], name="supply_lot_expiry"),
        ]


class Balance(models.Model):
    """How many vials of a lot an account holds. ``unit_id`` is whose they are."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    holder_id = models.UUIDField()
    state = models.CharField(max_length=12)
    lot_id = models.UUIDField()
    vials = models.IntegerField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(vials__gte=0) | Q(state__in=OUTSIDE),
                name="supply_balance_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["unit_id", "state", "lot_id"], name="supply_balance_unit"),
            models.Index(fields=["lot_id", "state"], name="supply_balance_lot"),
            models.Index(fields=["holder_id"], name="supply_balance_holder"),
        ]


class Movement(models.Model):
    """So many vials from one account to another; never changed, never taken out.

    ``cause_id`` is the transfer, session or excursion that it belongs to; ``at`` is when it
    happened, ``on`` the day that it is counted on.
    """

    id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField()  # in the order in which they were written
    operation_id = models.UUIDField()
    kind = models.CharField(max_length=12)
    lot_id = models.UUIDField()
    vials = models.PositiveIntegerField()
    from_unit_id = models.UUIDField()
    from_holder_id = models.UUIDField()
    from_state = models.CharField(max_length=12)
    to_unit_id = models.UUIDField()
    to_holder_id = models.UUIDField()
    to_state = models.CharField(max_length=12)
    cause_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=500, blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    author_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(vials__gt=0), name="supply_movement_of_something"),
        ]
        indexes = [
            models.Index(fields=["seq"], name="supply_movement_seq"),
            models.Index(fields=["operation_id"], name="supply_movement_operation"),
            models.Index(fields=["lot_id", "at"], name="supply_movement_lot"),
            models.Index(fields=["from_unit_id", "-at"], name="supply_movement_from"),
            models.Index(fields=["to_unit_id", "-at"], name="supply_movement_to"),
            models.Index(
                fields=["cause_id"], condition=~Q(cause_id=None), name="supply_movement_cause"
            ),
        ]


class Transfer(models.Model):
    """Vials that one unit sent to another. ``sent`` until the other says what came."""

    id = models.UUIDField(primary_key=True)
    from_unit_id = models.UUIDField()
    to_unit_id = models.UUIDField()
    state = models.CharField(max_length=10)  # sent, received
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)
    short = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=500, blank=True)
    received_note = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["to_unit_id", "state"], name="supply_transfer_to"),
            models.Index(fields=["from_unit_id", "state"], name="supply_transfer_from"),
        ]


class TransferLine(models.Model):
    """A lot of a transfer: what was sent, what came, what was broken, what is missing."""

    id = models.UUIDField(primary_key=True)
    transfer_id = models.UUIDField()
    lot_id = models.UUIDField()
    state = models.CharField(max_length=12)  # usable, quarantined
    sent = models.PositiveIntegerField()
    arrived = models.PositiveIntegerField(null=True)
    broken = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer_id", "lot_id"], name="supply_line_once"),
        ]


class SessionUse(models.Model):
    """What a session took of a lot and what became of it: vials, and doses that were given."""

    id = models.UUIDField(primary_key=True)
    session_id = models.UUIDField()
    unit_id = models.UUIDField()
    lot_id = models.UUIDField()
    on = models.DateField()
    taken = models.PositiveIntegerField()
    returned = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    kept_open = models.PositiveIntegerField(default=0)
    discarded = models.PositiveIntegerField(default=0)
    given = models.PositiveIntegerField(default=0)
    closed = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session_id", "lot_id"], name="supply_use_once"),
        ]
        indexes = [models.Index(fields=["unit_id", "-on"], name="supply_use_unit")]


class VialMonitor(models.Model):
    """The stage (1 to 4) that the vial monitors of a lot showed at a holder, last looked at."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    holder_id = models.UUIDField()
    lot_id = models.UUIDField()
    stage = models.PositiveSmallIntegerField()
    on = models.DateField()
    changed_at = models.DateTimeField()


class Level(models.Model):
    """How many vials of an item a unit should hold, where it set its own."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    item = models.CharField(max_length=40)
    least = models.PositiveIntegerField()
    most = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
