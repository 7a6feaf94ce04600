"""Resources that came in from elsewhere, as they came, with what finds them."""

from django.db import models


class Resource(models.Model):
    """A resource as it stands now: which version, whose it is, and what a search compares.

    The id follows from type and ``fhir_id``, so the store itself lets no two have the same. The
    content stands in :class:`Version`. ``subject`` and ``encounter`` are the ids of kept resources
    or of views; ``begins`` and ``ends`` bound the type's date, the end not included.
    """

    id = models.UUIDField(primary_key=True)
    seq = models.BigIntegerField(unique=True)  # of the version that stands now
    type = models.CharField(max_length=40)
    fhir_id = models.CharField(max_length=64)
    version = models.PositiveIntegerField()
    unit_id = models.UUIDField()  # who keeps it
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+", null=True)
    subject = models.CharField(max_length=64, blank=True)
    encounter = models.CharField(max_length=64, blank=True)
    status = models.CharField(max_length=40, blank=True)
    gender = models.CharField(max_length=10, blank=True)
    words = models.CharField(max_length=300, blank=True)  # names, folded
    begins = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    sensitive = models.BooleanField()
    deleted = models.BooleanField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["type", "seq"], name="exchange_resource_type"),
            models.Index(
                fields=["subject", "type"],
                condition=~models.Q(subject=""),
                name="exchange_resource_subject",
            ),
        ]


class Version(models.Model):
    """One version of a resource, with its content as it came; never changed.

    ``seq`` is the order in which versions were kept, over all types. Of a deletion ``body`` is empty.
    """

    id = models.UUIDField(primary_key=True)  # follows from the resource and the number
    resource_id = models.UUIDField()
    seq = models.BigIntegerField(unique=True)
    type = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    entry_id = models.UUIDField()
    unit_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    sensitive = models.BooleanField()
    body = models.TextField(blank=True)


class Token(models.Model):
    """A code, category or identifier by which a resource is found as it stands now."""

    id = models.BigIntegerField(primary_key=True)  # the version's seq, and which of its tokens
    resource = models.ForeignKey(
        Resource, models.PROTECT, related_name="tokens", db_constraint=False
    )  # written by the thousand, and always after its resource
    param = models.CharField(max_length=24)
    system = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["code", "param"], name="exchange_token_code")]


class Condition(models.Model):
    """What a conditional create asked that there be none of: it is there once, by the store."""

    id = models.UUIDField(primary_key=True)  # follows from the type and the criterion
    resource_id = models.UUIDField()
    unit_id = models.UUIDField()


class Part(models.Model):
    """A bundle that came in several operations: its first, on which the others wait."""

    id = models.UUIDField(primary_key=True)  # of the first operation
    unit_id = models.UUIDField()
