"""Pregnancies, births and what was found of a mother's death, as they stand."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Pregnancy(models.Model):
    """One pregnancy. ``begun_on`` is the first day of the last period that it is dated by; how one
    that is ``over`` without a birth ended stands apart, in :class:`PregnancyEnd`."""

    id = models.UUIDField(primary_key=True)  # the operation that registered it
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()
    registered_on = models.DateField()
    begun_on = models.DateField()
    edd = models.DateField()
    dated_by = models.CharField(max_length=10)  # lmp, ultrasound, size
    gravida = models.PositiveSmallIntegerField(null=True)
    para = models.PositiveSmallIntegerField(null=True)
    caesareans = models.PositiveSmallIntegerField(null=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=4)  # open, born, over, void
    ended_on = models.DateField(null=True)
    revision = models.PositiveSmallIntegerField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state="open"),
                name="clinical_pregnancy_one_at_a_time",
                violation_error_message=_("A woman has one pregnancy at a time."),
            ),
        ]
        indexes = [models.Index(fields=["unit_id", "state", "edd"], name="clinical_pregnancy_due")]


class PregnancyEnd(models.Model):
    """How a pregnancy ended without a birth: sensitive, so apart."""

    id = models.UUIDField(primary_key=True)  # the operation
    pregnancy_id = models.UUIDField(db_index=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    on = models.DateField()
    how = models.CharField(max_length=12)  # loss, moved, not-pregnant
    loss = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=500, blank=True)


class MotherContact(models.Model):
    """A visit of antenatal care, or of a mother after a birth: follows from the visit. To which
    pregnancy it belongs follows from its day, so one that is registered late has its early visits."""

    id = models.UUIDField(primary_key=True)  # that of the visit
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    on = models.DateField()
    after_birth = models.BooleanField()
    signs = models.CharField(max_length=300, blank=True)  # keys, with commas between
    referred = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["person", "on"], name="clinical_mothercontact_person")]


class Delivery(models.Model):
    """A woman gave birth, to one child or several."""

    id = models.UUIDField(primary_key=True)  # the operation
    pregnancy_id = models.UUIDField(null=True)
    mother = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()
    on = models.DateField()
    at = models.DateTimeField(null=True)
    place = models.CharField(max_length=10)
    attendant = models.CharField(max_length=16)
    mode = models.CharField(max_length=10)
    weeks = models.PositiveSmallIntegerField(null=True)  # completed, by the dating or as told
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=4)  # live, void
    void_reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "on"], name="clinical_delivery_day")]


class Birth(models.Model):
    """One child of a delivery. ``person`` is None of a child that was born dead."""

    id = models.UUIDField(primary_key=True)  # follows from the delivery and the child's place in it
    delivery_id = models.UUIDField(db_index=True)  # no key: a delivery's row is written anew
    person = models.ForeignKey(
        "registry.Person", models.PROTECT, related_name="+", null=True, db_index=True
    )
    mother_id = models.UUIDField()
    unit_id = models.UUIDField()
    on = models.DateField()
    number = models.PositiveSmallIntegerField()
    alive = models.BooleanField()
    sex = models.PositiveSmallIntegerField()
    weight = models.PositiveSmallIntegerField(null=True)  # g
    length = models.DecimalField(max_digits=4, decimal_places=1, null=True)  # cm
    head = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    apgar1 = models.PositiveSmallIntegerField(null=True)
    apgar5 = models.PositiveSmallIntegerField(null=True)
    vitamin_k = models.BooleanField(null=True)
    breastfed = models.BooleanField(null=True)  # within the first hour
    essential_care = models.BooleanField(null=True)
    malformation = models.CharField(max_length=200, blank=True)
    live = models.BooleanField()  # the delivery is not void

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(live=True),
                name="clinical_birth_once",
                violation_error_message=_("A person is born once."),
            ),
        ]


class MaternalReview(models.Model):
    """What the audit of a mother's death found; the last one counts."""

    id = models.UUIDField(primary_key=True)  # the operation
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()
    on = models.DateField()
    kind = models.CharField(max_length=12)  # direct, indirect, coincidental, unknown
    cause = models.CharField(max_length=10, blank=True)  # ICD-10
    findings = models.TextField()
    actions = models.TextField(blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
