"""How children grow, and who of them is under treatment."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class GrowthPoint(models.Model):
    """A child was weighed or measured: follows from a visit. ``doubtful`` are scores that cannot be
    true, kept and not counted. Classes are those of the limits of its day."""

    id = models.UUIDField(primary_key=True)  # that of the visit
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    on = models.DateField()
    age_days = models.PositiveIntegerField()
    weight = models.DecimalField(max_digits=6, decimal_places=3, null=True)  # kg
    stature = models.DecimalField(max_digits=5, decimal_places=1, null=True)  # cm
    position = models.CharField(max_length=8, blank=True)  # lying, standing
    muac = models.DecimalField(max_digits=4, decimal_places=1, null=True)
    oedema = models.PositiveSmallIntegerField(null=True)
    complications = models.BooleanField()  # failed appetite test, or a danger sign
    hfa = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    wfa = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    wfh = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    bfa = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    mfa = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    doubtful = models.CharField(max_length=40, blank=True)
    stunting = models.CharField(max_length=8)
    underweight = models.CharField(max_length=8)
    wasting = models.CharField(max_length=8)
    over = models.CharField(max_length=10)
    acute = models.CharField(max_length=11)
    vitamin_a = models.PositiveIntegerField(null=True)  # IU

    class Meta:
        indexes = [
            models.Index(fields=["person", "on"], name="clinical_growth_person"),
            models.Index(fields=["unit_id", "on"], name="clinical_growth_unit"),
        ]


class Supplement(models.Model):
    """A child was given what is given in rounds: follows from the answers of a visit."""

    id = models.UUIDField(primary_key=True)  # follows from the visit and what was given
    visit_id = models.UUIDField(db_index=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    on = models.DateField()
    what = models.CharField(max_length=12)  # vitamin_a, deworming
    units = models.PositiveIntegerField()  # IU, mg

    class Meta:
        indexes = [
            models.Index(fields=["person", "what", "on"], name="clinical_supplement_person"),
            models.Index(fields=["what", "on"], name="clinical_supplement_round"),
        ]


class NutritionCare(models.Model):
    """A child under treatment of acute malnutrition, until it leaves."""

    id = models.UUIDField(primary_key=True)  # the operation that admitted it
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()
    since = models.DateField()
    how = models.CharField(max_length=13)  # outpatient, inpatient, supplementary
    acute = models.CharField(max_length=11)  # moderate, severe, complicated
    until = models.DateField(null=True)
    outcome = models.CharField(max_length=14, blank=True)
    note = models.CharField(max_length=500, blank=True)
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(until=None),
                name="clinical_nutrition_one_at_a_time",
                violation_error_message=_("A child is under one treatment at a time."),
            ),
        ]
        indexes = [models.Index(fields=["unit_id", "until"], name="clinical_nutrition_unit")]
