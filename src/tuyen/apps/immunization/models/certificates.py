"""Certificates that were issued."""

from django.db import models


class Certificate(models.Model):
    """That a certificate was issued, of what, and the digest of its text. Never changed."""

    id = models.UUIDField(primary_key=True)  # the operation's
    person = models.ForeignKey("registry.Person", models.PROTECT, related_name="+")
    unit_id = models.UUIDField()
    kind = models.CharField(max_length=13)
    doses = models.JSONField()  # ids, in the order of the payload
    product = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64)
    kid = models.CharField(max_length=16)
    issued_at = models.DateTimeField()
    expires_on = models.DateField()
    author_id = models.UUIDField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["digest"], name="immunization_certificate_text"),
        ]
