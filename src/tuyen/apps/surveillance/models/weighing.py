"""What the night learnt of false alarms, and which alarms a province lets ring."""

from django.db import models
from django.db.models import Q


class AlarmLesson(models.Model):
    """What the answers to past alarms taught on one day. Never changed; the newest is used.

    ``content`` is a :class:`~tuyen.apps.surveillance.operations.LearnChances` as JSON; ``share`` is
    the share of outbreaks that somebody tells, None where too few were told to learn chances.
    """

    id = models.UUIDField(primary_key=True)
    province_id = models.UUIDField()
    made_on = models.DateField()
    made_at = models.DateTimeField()
    weeks = models.PositiveIntegerField()
    told = models.PositiveIntegerField()
    denied = models.PositiveIntegerField()
    share = models.FloatField(null=True)
    content = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province_id", "made_on"], name="surveillance_lesson_once_a_day"
            ),
        ]


class AlarmLine(models.Model):
    """A decision on which statistical alarms ring; never changed, a later one takes its place.

    Without ``share`` and ``budget`` the shipped line holds again.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField()
    share = models.FloatField(null=True)
    budget = models.PositiveSmallIntegerField(null=True)
    since = models.DateField()
    decided_at = models.DateTimeField()
    rank = models.PositiveIntegerField()  # how many decisions of its unit came before
    author_id = models.UUIDField(null=True)
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gt=0, share__lt=1),
                name="surveillance_line_share_is_a_share",
            ),
        ]
        indexes = [models.Index(fields=["unit_id", "rank"], name="surveillance_line_latest")]
