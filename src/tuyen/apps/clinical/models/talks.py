"""Health education that a station gave, as it stands by now and as it stood before."""

from django.db import models


class Talk(models.Model):
    """A talk to a group, a round of counselling at homes, a text over the loudspeaker. ``form`` and
    ``topic`` are keys of the rule; ``place_id`` is a village or commune, None for the unit's own house.
    ``reached``: how many people, 0 where they cannot be counted. A void one counts for nothing."""

    id = models.UUIDField(primary_key=True)  # the operation that told it first
    unit_id = models.UUIDField()
    on = models.DateField()
    form = models.CharField(max_length=40)
    topic = models.CharField(max_length=40)
    topic_words = models.CharField(max_length=200, blank=True)
    place_id = models.UUIDField(null=True)
    place_name = models.CharField(max_length=200, blank=True)
    reached = models.PositiveIntegerField()
    speaker = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    state = models.CharField(max_length=4)  # live, void
    version = models.PositiveSmallIntegerField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["unit_id", "on"], name="clinical_talk_unit")]


class TalkStep(models.Model):
    """What had stood of a talk before it was corrected or taken back, as JSON, and why it was."""

    id = models.UUIDField(primary_key=True)  # the operation
    talk_id = models.UUIDField(db_index=True)  # no key: a talk's row is written anew
    unit_id = models.UUIDField()
    version = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=7)  # amended, void
    reason = models.CharField(max_length=500)
    content = models.TextField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
