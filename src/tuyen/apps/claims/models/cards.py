"""What the portal said of cards: evidence, kept for ever."""

from django.db import models


class CardTry(models.Model):
    """One question to the portal about the card of a visit, and its answer or silence; never changed
    and never taken out. See ``operations.CardTry``; ``facts`` is JSON, text by the portal's names."""

    id = models.UUIDField(primary_key=True)
    operation_id = models.UUIDField()
    claim_id = models.UUIDField(db_index=True)
    unit_id = models.UUIDField()
    person_id = models.UUIDField()
    card = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    born = models.CharField(max_length=10)
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8)  # answered, down, shut
    code = models.CharField(max_length=40, blank=True)
    verdict = models.CharField(max_length=4, blank=True)  # good, bad
    facts = models.TextField(default="{}")
    message = models.CharField(max_length=500, blank=True)
    asked_by_id = models.UUIDField(null=True)
