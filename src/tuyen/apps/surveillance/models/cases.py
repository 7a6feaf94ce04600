"""Cases, the counts kept from them, and who reported which week."""

from django.db import models
from django.db.models import Q

LINKED = Q(linked=True) | ~Q(cluster="")
"""A case that is known to belong to others: few are, and every scan asks for them."""


class Case(models.Model):
    """A reported case as it stands after its amendments. Never deleted: a wrong one is voided.

    ``commune`` is the commune of the day of onset, on the map of that day, for ever. ``content``
    is the whole report as JSON; the columns repeat what is counted, searched and listed.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    commune_id = models.UUIDField()
    village_id = models.UUIDField(null=True)
    facility_id = models.UUIDField(null=True)
    disease = models.CharField(max_length=60)
    group = models.CharField(max_length=1, blank=True)
    window = models.CharField(max_length=8)
    classification = models.CharField(max_length=10)
    sex = models.CharField(max_length=7)
    birth_date = models.DateField(null=True)
    age = models.PositiveSmallIntegerField(null=True)
    age_band = models.PositiveSmallIntegerField()
    onset_on = models.DateField()
    diagnosed_on = models.DateField()
    reported_at = models.DateTimeField()
    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    late = models.BooleanField()
    outcome = models.CharField(max_length=12, blank=True)
    outcome_on = models.DateField(null=True)
    admitted_on = models.DateField(null=True)
    died = models.BooleanField()
    person_id = models.UUIDField(null=True)
    identity = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=200, blank=True)
    name_folded = models.CharField(max_length=200, blank=True)
    cluster = models.CharField(max_length=60, blank=True)
    linked = models.BooleanField()
    external_id = models.CharField(max_length=100, blank=True)
    author_id = models.UUIDField(null=True)
    revision = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    moved_from = models.CharField(max_length=100, blank=True)
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=500, blank=True)
    content = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="")
                | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="surveillance_case_void_has_reason",
            ),
            models.UniqueConstraint(
                fields=["unit_id", "external_id"],
                condition=~Q(external_id="") & Q(voided_at=None),
                name="surveillance_case_external_once",
            ),
        ]
        indexes = [
            models.Index(fields=["commune_id", "onset_on"], name="surveillance_case_commune"),
            models.Index(fields=["onset_on", "id"], name="surveillance_case_onset"),
            models.Index(fields=["reported_at", "id"], name="surveillance_case_reported"),
            models.Index(
                fields=["onset_on"], condition=~Q(voided_at=None), name="surveillance_case_void"
            ),
            models.Index(fields=["disease", "onset_on"], name="surveillance_case_disease"),
            models.Index(fields=["changed_at"], name="surveillance_case_changed"),
            models.Index(
                fields=["person_id"], condition=~Q(person_id=None), name="surveillance_case_person"
            ),
            models.Index(
                fields=["identity"], condition=~Q(identity=""), name="surveillance_case_identity"
            ),
            models.Index(
                fields=["name_folded"], condition=~Q(name_folded=""), name="surveillance_case_name"
            ),
            models.Index(fields=["onset_on"], condition=LINKED, name="surveillance_case_linked"),
        ]


class Count(models.Model):
    """How many cases stand in one cell. Kept by the services in the commit that changes it."""

    id = models.UUIDField(primary_key=True)
    disease = models.CharField(max_length=60)
    commune_id = models.UUIDField()
    day = models.DateField()
    week = models.DateField()
    age_band = models.PositiveSmallIntegerField()
    sex = models.CharField(max_length=7)
    classification = models.CharField(max_length=10)
    cases = models.PositiveIntegerField()
    deaths = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cases__gt=0), name="surveillance_count_not_empty"),
        ]
        indexes = [
            # Both hold all that is summed, so that the rows themselves are not read.
            models.Index(
                fields=["day", "disease", "commune_id", "classification", "cases"],
                name="surveillance_count_day",
            ),
            models.Index(
                fields=["week", "disease", "commune_id", "classification", "cases"],
                name="surveillance_count_week",
            ),
        ]


class UnitWeek(models.Model):
    """What one unit sent of one week (Monday): cases diagnosed in it, or a zero report."""

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    week = models.DateField()
    cases = models.PositiveIntegerField()
    late = models.PositiveIntegerField()
    zero_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["week", "unit_id"], name="surveillance_unitweek_week")]
