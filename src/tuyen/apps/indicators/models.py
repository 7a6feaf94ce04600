"""Figures as documents published them, every version of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Figure(models.Model):
    """One version of a published figure. Never changed after: a correction is another row.

    ``first_id`` is the id of the first version. A version is in force from ``published_at`` until
    ``ended_at``, when another took its place (``replaced_by``) or it was voided. ``digits`` is how
    many decimals it was printed with, so that it can be printed so again.
    """

    id = models.UUIDField(primary_key=True)
    first_id = models.UUIDField(db_index=True)
    version = models.PositiveSmallIntegerField(default=1)
    unit_id = models.UUIDField()
    map_on = models.DateField()
    indicator = models.CharField(max_length=40)
    period = models.CharField(max_length=16)
    kind = models.CharField(max_length=12)
    calendar = models.CharField(max_length=16)
    start = models.DateField()
    end = models.DateField()
    value = models.DecimalField(max_digits=21, decimal_places=6)
    digits = models.PositiveSmallIntegerField(default=0)
    measure_unit = models.CharField(max_length=40)
    qualifier = models.CharField(max_length=8, default="exact")
    numerator = models.DecimalField(max_digits=21, decimal_places=6, null=True)
    denominator = models.DecimalField(max_digits=21, decimal_places=6, null=True)
    completeness = models.DecimalField(max_digits=7, decimal_places=6, null=True)
    definition = models.CharField(max_length=300, blank=True)
    document = models.CharField(max_length=300)
    dated = models.DateField(null=True)
    author_id = models.UUIDField(null=True)
    published_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True)
    replaced_by = models.UUIDField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["unit_id", "indicator", "period", "document", "definition"],
                condition=Q(ended_at=None),
                name="indicators_figure_once_per_document",
                violation_error_message=_("This document's figure is already recorded."),
            ),
            models.CheckConstraint(
                condition=Q(numerator=None, denominator=None)
                | Q(numerator__isnull=False, denominator__isnull=False),
                name="indicators_figure_both_parts_or_none",
                violation_error_message=_("Give both parts of the figure, or neither."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, replaced_by=None, void_reason="")
                | Q(ended_at__isnull=False, replaced_by__isnull=False, void_reason="")
                | Q(ended_at__isnull=False, replaced_by=None) & ~Q(void_reason=""),
                name="indicators_figure_ends_by_one_way",
                violation_error_message=_("A figure ends by a correction or by being voided."),
            ),
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="indicators_figure_period_ends_after_it_begins",
                violation_error_message=_("A period must end after it begins."),
            ),
        ]
        indexes = [
            models.Index(fields=["indicator", "period"], name="indicators_figure_period"),
            models.Index(fields=["unit_id", "indicator", "end"], name="indicators_figure_unit"),
        ]


class Release(models.Model):
    """A table as it was published. Never changed: a correction is another release that names it.

    ``shape`` names the diseases, rows (communes of the map, and the communes in which their cases
    were counted) and periods; ``printed`` holds the cells, -1 for a mark. ``counted`` is the state
    of the records on that day, by disease, commune and day: no reader sees it, and later releases
    are protected by it.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    title = models.CharField(max_length=200)
    audience = models.CharField(max_length=8)
    map_on = models.DateField()
    kind = models.CharField(max_length=12)
    start = models.DateField()
    end = models.DateField()
    k = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField()
    shape = models.JSONField()
    printed = models.JSONField()
    counted = models.JSONField()
    author_id = models.UUIDField(null=True)
    published_at = models.DateTimeField()
    replaces = models.UUIDField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    base = models.PositiveSmallIntegerField(null=True)  # rounded to it; None for one with marks
    error = models.PositiveIntegerField(null=True)  # how far a rounded number is off, at most

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(base=None, error=None) | Q(base__isnull=False, error__isnull=False),
                name="indicators_release_rounded_says_how_far",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(reason=""),
                name="indicators_release_says_why_it_replaces",
                violation_error_message=_("Say why the earlier release is replaced."),
            ),
            models.CheckConstraint(
                condition=Q(end__gte=F("start")),
                name="indicators_release_ends_after_it_begins",
                violation_error_message=_("A period must end after it begins."),
            ),
        ]
        indexes = [models.Index(fields=["start", "end"], name="indicators_release_days")]
