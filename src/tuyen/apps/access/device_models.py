"""Tablets: whose they are, what they were ordered, and when they were last heard."""

from typing import ClassVar

from django.db import models


class Device(models.Model):
    """A tablet of one person, known by a public key whose other half never leaves it."""

    id = models.UUIDField(primary_key=True)
    user = models.ForeignKey("access.User", models.PROTECT, related_name="devices")
    unit_id = models.UUIDField()  # where its user served when it was enrolled
    key = models.CharField(max_length=64, unique=True)  # Ed25519, hexadecimal
    label = models.CharField(max_length=80)
    state = models.CharField(max_length=8, default="active")
    enrolled_at = models.DateTimeField()
    ordered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, default="")


class DeviceContact(models.Model):
    """The last word of a tablet, and what it sent that day. Not journaled: it changes every time.

    ``counter`` is that of its last request; a lower one is an old request sent again.
    """

    UNJOURNALED_TABLE: ClassVar[bool] = True

    device = models.OneToOneField(
        Device, models.CASCADE, primary_key=True, related_name="contact", db_constraint=False
    )
    counter = models.BigIntegerField(default=0)
    seen_at = models.DateTimeField(null=True)
    protocol = models.PositiveSmallIntegerField(default=0)
    day = models.DateField(null=True)
    operations = models.PositiveIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(default=0)
    obeyed = models.CharField(max_length=8, default="")
    obeyed_at = models.DateTimeField(null=True)


class DeviceCode(models.Model):
    """A one-time code by which a person's tablet is enrolled. Only its hash is kept."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    digest = models.BinaryField(primary_key=True, max_length=32)
    user = models.ForeignKey("access.User", models.CASCADE, related_name="device_codes")
    unit_id = models.UUIDField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class DeviceUnits(models.Model):
    """A set of units that some tablet was told it may hold, under the digest of its content.

    A tablet's place names the digest, so a lost answer costs nothing: it asks again from the
    place that it still has.
    """

    UNJOURNALED_TABLE: ClassVar[bool] = True

    digest = models.CharField(primary_key=True, max_length=64)
    content = models.TextField()
