"""What a station knows of a death that is on record, as it stands by now and as it stood before."""

from django.db import models


class DeathAccount(models.Model):
    """How somebody died. That and when they died is the registry's; ``apart``: the cause tells what
    stands apart. ``mother`` is what a woman's death had to do with a pregnancy, "" where nobody said."""

    id = models.UUIDField(primary_key=True)  # the operation that told it first
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()
    cause = models.CharField(max_length=10, blank=True)  # ICD-10
    cause_words = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=10)
    place_name = models.CharField(max_length=200, blank=True)
    certified_by = models.CharField(max_length=10)
    certifier = models.CharField(max_length=200, blank=True)
    cared = models.BooleanField(null=True)
    mother = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=500, blank=True)
    apart = models.BooleanField()
    version = models.PositiveSmallIntegerField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()


class DeathStep(models.Model):
    """What had stood in an account before it was amended, as JSON, and why it was."""

    id = models.UUIDField(primary_key=True)  # the operation
    account_id = models.UUIDField(db_index=True)  # no key: an account's row is written anew
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", db_index=False)
    unit_id = models.UUIDField()
    version = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=500)
    content = models.TextField()
    apart = models.BooleanField()
    author_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
