"""Contraception, and what a couple may hand on. What is told of genes stands apart by its right."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ContraceptionStep(models.Model):
    """A method was started, handed out, looked after or stopped; a void step counts for nothing."""

    id = models.UUIDField(primary_key=True)  # the operation
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    on = models.DateField()
    what = models.CharField(max_length=9)  # start, supply, follow-up, stop
    method = models.CharField(max_length=12)
    quantity = models.PositiveSmallIntegerField(null=True)
    covers = models.PositiveIntegerField(null=True)  # days
    side_effects = models.CharField(max_length=120, blank=True)  # keys, with commas between
    reason = models.CharField(max_length=12, blank=True)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=4)  # live, void
    void_reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "on"], name="clinical_contraception_person"),
            models.Index(fields=["unit_id", "on"], name="clinical_contraception_unit"),
        ]


class ThalassaemiaTest(models.Model):
    """Blood or genes of a person, and the class that they tell. A void one counts for nothing."""

    id = models.UUIDField(primary_key=True)  # the operation
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    on = models.DateField()
    mcv = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    mch = models.DecimalField(max_digits=5, decimal_places=1, null=True)
    hb = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    hba2 = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    hbf = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    hbe = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    hbh = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    beta = models.CharField(max_length=8, blank=True)  # two alleles with a stroke between
    alpha = models.CharField(max_length=8, blank=True)
    seen = models.CharField(max_length=14)
    laboratory = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=4)  # live, void
    void_reason = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "on"], name="clinical_thalassaemia_person")]


class Couple(models.Model):
    """A woman and a man who may have children together, from a day until they do not."""

    id = models.UUIDField(primary_key=True)  # the operation
    woman = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    man = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()
    since = models.DateField()
    until = models.DateField(null=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["woman", "man"],
                condition=Q(until=None),
                name="clinical_couple_once",
                violation_error_message=_("These two are a couple on record already."),
            ),
        ]


class CoupleAdvice(models.Model):
    """A couple was counselled, or an unborn child of theirs was tested."""

    id = models.UUIDField(primary_key=True)  # the operation
    couple_id = models.UUIDField(db_index=True)  # no key: a couple's row is written anew
    unit_id = models.UUIDField()
    on = models.DateField()
    what = models.CharField(max_length=10)  # counselled, prenatal
    result = models.CharField(max_length=12, blank=True)
    method = models.CharField(max_length=100, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
