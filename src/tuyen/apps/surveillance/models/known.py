"""When each count became known: what was added to it and taken from it, in order."""

from django.db import models
from django.db.models import Q


class CountChange(models.Model):
    """What one report, amendment or void changed in one cell of the counts. Never changed itself.

    The sum of ``cases`` over what was known by a moment is the count as it then stood. A report is
    known from when it was sent, everything after it from when it was received. ``reported_on`` is
    the day (in Vietnam) of the case's first report, whatever was corrected since: the delay of a
    case is that day less the day of onset. Ruled-out cases are in no count, so in none of these.
    """

    id = models.UUIDField(primary_key=True)
    disease = models.CharField(max_length=60)
    commune_id = models.UUIDField()
    day = models.DateField()
    classification = models.CharField(max_length=10)
    reported_on = models.DateField()
    known_at = models.DateTimeField()
    received_at = models.DateTimeField()
    cases = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cases__in=(-1, 1)), name="surveillance_countchange_one_case"
            ),
        ]
        indexes = [
            models.Index(fields=["day", "disease"], name="surveillance_change_day"),
        ]
