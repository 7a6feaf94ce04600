"""What can be sent, and what was: teams, goods with every movement, and bookings."""

from django.db import models
from django.db.models import Q


class Team(models.Model):
    """A rapid response team as it stands now. ``stands`` is where it waits, ``unit`` whose it is.

    ``skills`` and ``languages`` repeat what its members bring, in words with spaces between;
    ``days`` is seven digits from Monday, 1 on duty; ``away`` and ``members`` are JSON.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    stands_id = models.UUIDField()
    name = models.CharField(max_length=120)
    skills = models.CharField(max_length=300)
    languages = models.CharField(max_length=200, blank=True)
    size = models.PositiveSmallIntegerField()
    contact = models.CharField(max_length=200)
    days = models.CharField(max_length=7)
    away = models.TextField()
    members = models.TextField()
    disbanded_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "name"], name="surveillance_team_unit")]


class Resource(models.Model):
    """How much of a good lies at a unit, and how much should."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    item = models.CharField(max_length=60)
    on_hand = models.PositiveIntegerField()
    minimum = models.PositiveIntegerField()
    counted_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit_id", "item"], name="surveillance_resource_once"),
        ]


class Movement(models.Model):
    """One line of the ledger of a good at a unit: never changed, never taken out."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    item = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    delta = models.IntegerField()
    balance = models.PositiveIntegerField()
    on = models.DateField()
    at = models.DateTimeField()
    other_id = models.UUIDField(null=True)
    booking_id = models.UUIDField(null=True)
    note = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "item", "-at"], name="surveillance_movement_unit"),
        ]


class Booking(models.Model):
    """A team, or so much of a good, promised to a subject; ``left`` is what was told of the cover
    that it leaves behind when it was booked, as JSON."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    from_id = models.UUIDField()
    commune_id = models.UUIDField()
    subject_kind = models.CharField(max_length=10)
    subject_id = models.UUIDField()
    disease = models.CharField(max_length=60)
    team_id = models.UUIDField(null=True)
    item = models.CharField(max_length=60, blank=True)
    quantity = models.PositiveIntegerField()
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=10)
    left = models.TextField()
    note = models.CharField(max_length=500, blank=True)
    booked_at = models.DateTimeField()
    booked_by_id = models.UUIDField(null=True)
    arrived_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    used = models.PositiveIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(team_id=None) ^ Q(item=""), name="surveillance_booking_of_one_thing"
            ),
        ]
        indexes = [
            models.Index(fields=["subject_id"], name="surveillance_booking_subject"),
            models.Index(fields=["state", "-booked_at"], name="surveillance_booking_state"),
            models.Index(
                fields=["team_id"], condition=~Q(team_id=None), name="surveillance_booking_team"
            ),
        ]
