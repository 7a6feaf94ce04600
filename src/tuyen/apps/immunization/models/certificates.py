"""Certificates that were issued."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Certificate(models.Model):
    """That a certificate was issued, of what, and the digest of its text; and that it was withdrawn.
    Nothing else of it is ever changed."""

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
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)
    withdrawn_by_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_reason="")
                | Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason=""),
                name="immunization_certificate_withdrawn",
                violation_error_message=_("Withdrawing needs both a moment and a reason."),
            ),
        ]
        indexes = [
            models.Index(fields=["digest"], name="immunization_certificate_text"),
        ]
