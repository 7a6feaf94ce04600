"""What somebody does not bear, as it stands after its amendments."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Allergy(models.Model):
    """An allergy or an adverse reaction, or that none is known. Never deleted.

    ``against`` says what ``code`` is: a medicine or vaccine of the list, a class of
    ``clinical/allergy_classes``; "other" has words in ``name``; "none" says that somebody was asked
    and knows of none. ``apart``: its medicine would tell what stands apart, so it is named for care
    only.
    """

    id = models.UUIDField(primary_key=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    against = models.CharField(max_length=5)  # item, class, other, none
    code = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=11)  # medicine, food, environment, other
    kind = models.CharField(max_length=11)  # allergy, intolerance, adverse
    severity = models.CharField(max_length=8, blank=True)  # mild, moderate, severe
    certainty = models.CharField(max_length=9)  # confirmed, suspected
    reaction = models.CharField(max_length=500, blank=True)
    since = models.DateField(null=True)
    noted_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    apart = models.BooleanField()
    state = models.CharField(max_length=5)  # live, ended
    ended_on = models.DateField(null=True)
    how = models.CharField(max_length=10, blank=True)  # refuted, resolved, error, superseded
    reason = models.CharField(max_length=500, blank=True)
    version = models.PositiveSmallIntegerField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="live", how="", ended_on=None)
                | Q(state="ended", ended_on__isnull=False) & ~Q(how=""),
                name="clinical_allergy_end_is_said",
                violation_error_message=_("An end needs its day and why."),
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="clinical_allergy_person")]


class AllergyStep(models.Model):
    """What was done to an allergy after it was recorded; ``content`` is what had stood, as JSON."""

    id = models.UUIDField(primary_key=True)  # the operation
    allergy_id = models.UUIDField(db_index=True)
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    what = models.CharField(max_length=7)  # amended, ended
    version = models.PositiveSmallIntegerField()  # of what had stood
    reason = models.CharField(max_length=500, blank=True)
    apart = models.BooleanField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    content = models.TextField()
