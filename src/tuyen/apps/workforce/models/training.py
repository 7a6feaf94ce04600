"""Courses with their seats, techniques that are passed on with their cases, exchanges and drills."""

from django.db import models
from django.db.models import Q


class Course(models.Model):
    """A course at its organiser (``unit_id``): planned, cancelled or closed.

    ``days`` holds [day as ISO text, hours] in order; ``cadres`` and ``topics`` keys of the lists,
    no cadre meaning all. ``per_unit`` 0: as many of one unit as there are seats.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    title = models.CharField(max_length=120)
    topics = models.JSONField()
    organiser = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200)
    days = models.JSONField()
    first = models.DateField()
    last = models.DateField()
    hours = models.PositiveSmallIntegerField()
    seats = models.PositiveSmallIntegerField()
    per_unit = models.PositiveSmallIntegerField()
    cadres = models.JSONField()
    funding = models.CharField(max_length=40)
    pass_mark = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=500, blank=True)
    closed_on = models.DateField(null=True)
    series = models.CharField(max_length=30, blank=True)
    rounds = models.PositiveSmallIntegerField()  # how often it was closed
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["first", "last"], name="workforce_course_days"),
            models.Index(fields=["unit_id", "closed_on"], name="workforce_course_unit"),
        ]


class Seat(models.Model):
    """Somebody of a unit in a course: wanted (by themselves), asked (by their unit), waiting, granted,
    declined or withdrawn. ``days``: one letter for each day, p (there), a (absent) or - (not said).
    """

    id = models.UUIDField(primary_key=True)
    course_id = models.UUIDField()
    member_id = models.UUIDField()
    unit_id = models.UUIDField()
    host_id = models.UUIDField()  # the organiser's unit, which reads who comes
    state = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    why = models.CharField(max_length=500, blank=True)
    days = models.CharField(max_length=60, blank=True)
    before = models.PositiveSmallIntegerField(null=True)
    after = models.PositiveSmallIntegerField(null=True)
    certificate = models.PositiveIntegerField(null=True)
    credential_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["course_id", "state"], name="workforce_seat_course"),
            models.Index(fields=["member_id", "state"], name="workforce_seat_member"),
            models.Index(fields=["unit_id", "state"], name="workforce_seat_unit"),
        ]


class Handover(models.Model):
    """A technique that an upper unit passes on to a station: planned, signed, or ended.

    ``teachers`` holds [name, licence]; ``learners`` ids of people at work; ``giver_id`` is None for
    a hospital outside of the map, whose name is ``giver``.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    technique = models.CharField(max_length=120)
    giver_id = models.UUIDField(null=True)
    giver = models.CharField(max_length=200, blank=True)
    teachers = models.JSONField()
    learners = models.JSONField()
    cases = models.PositiveSmallIntegerField()
    begins = models.DateField()
    state = models.CharField(max_length=10)
    planned_by_id = models.UUIDField(null=True)
    signed_on = models.DateField(null=True)
    signed_by_id = models.UUIDField(null=True)
    paper = models.CharField(max_length=200, blank=True)
    until = models.DateField(null=True)
    why = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "state"], name="workforce_handover_unit"),
            models.Index(fields=["giver_id", "state"], name="workforce_handover_giver"),
        ]


class HandoverCase(models.Model):
    """One time that somebody did a technique, supervised or alone. No patient is named."""

    id = models.UUIDField(primary_key=True)
    handover_id = models.UUIDField()
    unit_id = models.UUIDField()
    member_id = models.UUIDField()
    done_on = models.DateField()
    supervised = models.BooleanField()
    author_id = models.UUIDField(null=True)
    void = models.BooleanField()
    why = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["handover_id", "done_on"], name="workforce_case_handover")]


class Outing(models.Model):
    """An exchange with a partner, or an emergency drill, in which people took part: filed, or void."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    kind = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    partner = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    first = models.DateField()
    last = models.DateField()
    score = models.PositiveSmallIntegerField(null=True)
    report = models.CharField(max_length=1000, blank=True)
    members = models.JSONField()
    drill_id = models.UUIDField(null=True)
    """The record of the drill that was played with this program, in the room of drills."""
    state = models.CharField(max_length=10)
    why = models.CharField(max_length=500, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "-first"], name="workforce_outing_unit"),
            models.Index(
                fields=["drill_id"], condition=~Q(drill_id=None), name="workforce_outing_drill"
            ),
        ]
