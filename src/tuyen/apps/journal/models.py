"""The journal: every operation, in commit order, sealed into a chain of hashes."""

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Entry(models.Model):
    """One operation and what became of it. Written once; the database refuses changes.

    ``body`` is the whole operation as it was stored (see :mod:`tuyen.apps.journal.seal`); the
    other columns repeat parts of it for look-ups and are checked against it by ``verify``.
    """

    UNJOURNALED_TABLE: ClassVar[bool] = True

    position = models.BigIntegerField(primary_key=True)
    id = models.UUIDField(unique=True)
    kind = models.CharField(max_length=60)
    unit_id = models.UUIDField()
    author_id = models.UUIDField(null=True)
    corrects = models.UUIDField(null=True)
    accepted = models.BooleanField()
    received_at = models.DateTimeField()
    body = models.BinaryField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["unit_id", "position"], name="journal_entry_unit"),
            models.Index(
                fields=["corrects"], condition=~Q(corrects=None), name="journal_entry_corrects"
            ),
            models.Index(
                fields=["position"], condition=Q(accepted=False), name="journal_entry_refused"
            ),
        ]


class Head(models.Model):
    """The end of the chain. Locking this row is what puts commits in one order.

    ``drill`` is the drill that this store belongs to, None in reality: whoever commits is compared
    with it under the lock.
    """

    UNJOURNALED_TABLE: ClassVar[bool] = True

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    epoch = models.UUIDField()
    position = models.BigIntegerField(default=0)
    digest = models.BinaryField(max_length=32)
    drill = models.UUIDField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="journal_head_is_one")]


class Revision(models.Model):
    """The last operation that touched a room: what a cache of that room is valid for."""

    UNJOURNALED_TABLE: ClassVar[bool] = True

    room = models.CharField(primary_key=True, max_length=40)
    entry_id = models.UUIDField()
