"""Rows that hold from a day up to, not including, another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

OLDEST_FIRST = F("since").asc(nulls_first=True)
"""Order of facts: what has held as far back as is known comes first on either store."""


class Dated(models.Model):
    """A fact with a validity. ``since`` empty: as far back as is known; ``until`` empty: still."""

    id = models.UUIDField(primary_key=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gt=F("since")),
                name="%(app_label)s_%(class)s_ends_after_it_begins",
                violation_error_message=_("A fact must end after it begins."),
            )
        ]
