"""Visits as they stand after their amendments."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Visit(models.Model):
    """One visit, live or void. Never deleted. ``seq`` numbers the visits of a unit's day.

    ``content`` is what was told, without the parts that stand apart (``apart``), as JSON of
    :class:`operations.Content`. ``main`` is empty where the main diagnosis stands apart. ``doubts``
    are codes of what is odd about it, with commas between.
    """

    id = models.UUIDField(primary_key=True)
    seq = models.PositiveIntegerField()
    unit_id = models.UUIDField()
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    day = models.DateField()
    setting = models.CharField(max_length=9)
    care = models.CharField(max_length=2)
    attendance = models.CharField(max_length=6)
    payer = models.CharField(max_length=9)
    card = models.CharField(max_length=20, blank=True)
    main = models.CharField(max_length=10, blank=True)
    practitioner = models.CharField(max_length=40, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=4)  # live, void
    version = models.PositiveSmallIntegerField()
    next_on = models.DateField(null=True)
    referral = models.CharField(max_length=8, blank=True)  # sent, returned
    apart = models.BooleanField()
    doubts = models.CharField(max_length=200, blank=True)
    content = models.TextField()
    void_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id", "day", "seq"], name="clinical_visit_number_once"
            ),
            models.CheckConstraint(
                condition=Q(state="live", void_reason="") | Q(state="void") & ~Q(void_reason=""),
                name="clinical_visit_void_has_reason",
                violation_error_message=_("A void visit needs its reason."),
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-began_at"], name="clinical_visit_person"),
            models.Index(fields=["unit_id", "next_on"], name="clinical_visit_next"),
        ]


class Measurement(models.Model):
    """One value of a visit that is live."""

    id = models.UUIDField(primary_key=True)
    visit_id = models.UUIDField(db_index=True)  # no key: a visit's row is written anew
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    what = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=12, decimal_places=3)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "what", "-at"], name="clinical_measurement_last"),
        ]


class Diagnosis(models.Model):
    """A diagnosis of a visit that is live, none of those that stand apart."""

    id = models.UUIDField(primary_key=True)
    visit_id = models.UUIDField(db_index=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    day = models.DateField()
    code = models.CharField(max_length=10)
    main = models.BooleanField()
    certainty = models.CharField(max_length=9)
    traditional = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "code"], name="clinical_diagnosis_person"),
            models.Index(fields=["code", "day"], name="clinical_diagnosis_code"),
        ]


class SensitiveDiagnosis(models.Model):
    """A diagnosis of a visit that is live and stands apart; of which kind ``kind`` says."""

    id = models.UUIDField(primary_key=True)
    visit_id = models.UUIDField(db_index=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    day = models.DateField()
    code = models.CharField(max_length=10)
    main = models.BooleanField()
    certainty = models.CharField(max_length=9)
    traditional = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=20)

    class Meta:
        indexes = [
            models.Index(fields=["person", "code"], name="clinical_apart_person"),
            models.Index(fields=["code", "day"], name="clinical_apart_code"),
        ]


class SensitiveContent(models.Model):
    """All that was told at a visit of which parts stand apart: one row for each version of it."""

    id = models.UUIDField(primary_key=True)  # follows from the visit and the version
    visit_id = models.UUIDField(db_index=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    version = models.PositiveSmallIntegerField()
    content = models.TextField()


class VisitStep(models.Model):
    """What was done to a visit after it was recorded: one row for each operation.

    ``content`` is what had stood before, without what stands apart.
    """

    id = models.UUIDField(primary_key=True)  # the operation
    visit_id = models.UUIDField(db_index=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    what = models.CharField(max_length=8)  # amended, voided, returned
    version = models.PositiveSmallIntegerField()  # of what had stood
    reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    content = models.TextField()


class Referral(models.Model):
    """Somebody was sent on; ``returned`` when the other facility had written back."""

    id = models.UUIDField(primary_key=True)  # that of the visit
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    day = models.DateField()
    to_id = models.UUIDField(null=True)
    to_name = models.CharField(max_length=200, blank=True)
    urgent = models.BooleanField()
    state = models.CharField(max_length=8)  # sent, returned
    apart = models.BooleanField()
    returned_on = models.DateField(null=True)
    from_name = models.CharField(max_length=200, blank=True)
    diagnosis = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    treatment = models.TextField(blank=True)
    returned_by_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "state", "day"], name="clinical_referral_open"),
            models.Index(fields=["person", "state"], name="clinical_referral_person"),
        ]


class Practitioner(models.Model):
    """The licence number of a user from a day on."""

    id = models.UUIDField(primary_key=True)  # the operation
    user_id = models.UUIDField(db_index=True)
    unit_id = models.UUIDField()
    licence = models.CharField(max_length=40, blank=True)
    since = models.DateField()
    received_at = models.DateTimeField()
