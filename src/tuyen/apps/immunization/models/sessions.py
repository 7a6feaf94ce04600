"""Sessions, who came to them, how they were examined, and what became of the vials."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Session(models.Model):
    """A session of a unit. ``vials`` and ``team`` are what was planned, as JSON."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    commune_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=10)
    programme = models.CharField(max_length=10)
    campaign = models.CharField(max_length=200, blank=True)
    day = models.DateField()
    starts = models.CharField(max_length=5)
    place_id = models.UUIDField(null=True)
    place_name = models.CharField(max_length=200, blank=True)
    tables = models.PositiveSmallIntegerField()
    team = models.TextField(blank=True)
    vials = models.TextField(blank=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=9)  # planned, open, stopped, closed, cancelled
    opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # closed or cancelled
    stopped_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)  # of the stop or the cancelling
    closing = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "day"], name="immunization_session_unit"),
            models.Index(fields=["day"], name="immunization_session_day"),
        ]


class ExpectedAt(models.Model):
    """Somebody who is expected at a session; ``vaccines`` joined by commas."""

    id = models.UUIDField(primary_key=True)
    session_id = models.UUIDField()
    person_id = models.UUIDField()
    vaccines = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [models.Index(fields=["session_id"], name="immunization_expected_at")]


class Visit(models.Model):
    """Somebody at a session: the place in the queue, and how far they have come.

    ``cleared`` are the vaccines that the last examination lets pass, joined by commas.
    """

    id = models.UUIDField(primary_key=True)
    session_id = models.UUIDField()
    person_id = models.UUIDField()
    unit_id = models.UUIDField()
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=15)  # waiting, passed, deferred, contraindicated,
    # observed, left
    wanted = models.CharField(max_length=500, blank=True)
    cleared = models.CharField(max_length=500, blank=True)
    arrived_at = models.DateTimeField()
    screened_at = models.DateTimeField(null=True)
    observed_from = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    early = models.CharField(max_length=500, blank=True)
    well = models.BooleanField(default=True)
    return_on = models.DateField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session_id", "number"], name="immunization_visit_number_once"
            ),
            models.CheckConstraint(
                condition=Q(left_at=None)
                | Q(observed_from=None)
                | Q(left_at__gte=F("observed_from")),
                name="immunization_visit_leaves_after",
                violation_error_message=_("Nobody leaves before the injection."),
            ),
        ]
        indexes = [models.Index(fields=["person_id"], name="immunization_visit_person")]


class Screening(models.Model):
    """One examination. ``answers`` and ``reasons`` are JSON; a later one of the same visit stands."""

    id = models.UUIDField(primary_key=True)
    visit_id = models.UUIDField()
    session_id = models.UUIDField()
    person_id = models.UUIDField()
    unit_id = models.UUIDField()
    result = models.CharField(max_length=15)
    vaccines = models.CharField(max_length=500)
    cleared = models.CharField(max_length=500, blank=True)
    temperature = models.FloatField(null=True)
    weight_g = models.PositiveIntegerField(null=True)
    answers = models.TextField()
    reasons = models.TextField()
    deferred = models.CharField(max_length=500, blank=True)  # the examiner's own reason
    return_on = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    screened_at = models.DateTimeField()
    author_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["visit_id"], name="immunization_screening_visit"),
            models.Index(fields=["session_id"], name="immunization_screening_of"),
        ]


class SessionVials(models.Model):
    """What became of the vials of a lot at a session. ``given`` is in doses, the rest in vials."""

    id = models.UUIDField(primary_key=True)
    session_id = models.UUIDField()
    unit_id = models.UUIDField()
    day = models.DateField()
    vaccine = models.CharField(max_length=40)
    lot = models.CharField(max_length=40, blank=True)
    size = models.PositiveSmallIntegerField()
    taken = models.PositiveIntegerField()
    opened = models.PositiveIntegerField()
    kept_open = models.PositiveIntegerField()
    discarded = models.PositiveIntegerField()
    returned = models.PositiveIntegerField()
    given = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["session_id"], name="immunization_vials_session"),
            models.Index(fields=["unit_id", "day"], name="immunization_vials_unit"),
        ]


class CampaignDay(models.Model):
    """The report of a campaign's day, with its figures as they then stood (JSON)."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    campaign = models.CharField(max_length=200)
    day = models.DateField()
    figures = models.TextField()
    note = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField()
    reported_at = models.DateTimeField()
    author_id = models.UUIDField(null=True)

    class Meta:
        indexes = [models.Index(fields=["day", "unit_id"], name="immunization_campaign_day")]
