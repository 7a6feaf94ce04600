"""Doses as they stand after their amendments."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Dose(models.Model):
    """One dose that a person got. Never deleted: a wrong one is voided, a doubled one not counted.

    ``source`` is ``given`` where the unit gave it, ``history`` where it was copied from a booklet.
    ``given_on`` of a day that is known by its month or year only is the middle of it
    (``precision``). ``duplicate_of_id`` names the entry that is counted in this one's place.
    """

    id = models.UUIDField(primary_key=True)
    entry_id = models.UUIDField()  # the operation that recorded it
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()  # who recorded it
    facility_id = models.UUIDField(null=True)  # where it was given, when that is on the map
    place = models.CharField(max_length=200, blank=True)  # the same in words, when it is not
    place_kind = models.CharField(max_length=14, blank=True)
    session_id = models.UUIDField(null=True)
    programme = models.CharField(max_length=10)
    source = models.CharField(max_length=11)
    vaccine = models.CharField(max_length=40)
    product = models.CharField(max_length=60, blank=True)
    lot = models.CharField(max_length=40, blank=True)
    vial = models.CharField(max_length=40, blank=True)
    site = models.CharField(max_length=20, blank=True)
    route = models.CharField(max_length=15, blank=True)
    number = models.PositiveSmallIntegerField(null=True)  # as somebody wrote it, for the record
    given_on = models.DateField()
    precision = models.CharField(max_length=5)
    screening = models.CharField(max_length=15, blank=True)
    arrived_at = models.DateTimeField(null=True)
    screened_at = models.DateTimeField(null=True)
    injected_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    vaccinator = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)
    external_id = models.CharField(max_length=100, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    revision = models.PositiveSmallIntegerField(default=0)
    decision = models.CharField(max_length=5, blank=True)  # of a person: same, keep, apart
    duplicate_of_id = models.UUIDField(null=True)
    duplicate = models.CharField(max_length=9, blank=True)  # suspected, same
    counted = models.BooleanField()
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(voided_at=None, void_reason="")
                | Q(voided_at__isnull=False) & ~Q(void_reason=""),
                name="immunization_dose_void_has_reason",
                violation_error_message=_("A voided dose needs both a moment and a reason."),
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(injected_at=None) | Q(left_at__gte=F("injected_at")),
                name="immunization_dose_leaves_after",
                violation_error_message=_("Nobody leaves before the injection."),
            ),
            models.CheckConstraint(
                condition=Q(counted=False) | Q(voided_at=None),
                name="immunization_dose_void_not_counted",
                violation_error_message=_("A voided dose is not counted."),
            ),
        ]
        indexes = [
            models.Index(fields=["given_on", "unit_id"], name="immunization_dose_day"),
            models.Index(fields=["lot"], condition=~Q(lot=""), name="immunization_dose_lot"),
            models.Index(
                fields=["session_id"],
                condition=~Q(session_id=None),
                name="immunization_dose_session",
            ),
            models.Index(
                fields=["person"],
                condition=Q(duplicate="suspected"),
                name="immunization_dose_suspected",
            ),
        ]


class DoseStep(models.Model):
    """What was done to a dose after it was recorded: one row for each operation and dose.

    ``what`` is amended, voided or resolved; ``changes`` are what stood ``before`` and stands ``after`` of
    the columns that changed, as JSON.
    The journal holds the operations themselves; here they are found by the dose.
    """

    id = models.UUIDField(primary_key=True)  # follows from the operation and the dose
    entry_id = models.UUIDField()
    dose_id = models.UUIDField(db_index=True)  # no key: a dose's row is written anew
    what = models.CharField(max_length=8)
    changes = models.TextField(blank=True)
    reason = models.CharField(max_length=500, blank=True)
    unit_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
