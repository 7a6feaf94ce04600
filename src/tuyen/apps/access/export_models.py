"""Lists with names that somebody asks to take out, and what a second person answered."""

from typing import ClassVar

from django.db import models


class ExportRequest(models.Model):
    """One list with names, asked for by one person; its id is the operation's.

    ``what`` and ``query`` say which list and which of its rows, as the room of the list wrote them.
    ``answer`` is empty while it waits, then "approved", "refused" or "withdrawn". Who approved is
    asked again when the list is taken out: an approval falls with the post that gave it.
    """

    id = models.UUIDField(primary_key=True)
    unit_id = models.UUIDField(db_index=True)  # for which it was asked
    author_id = models.UUIDField(db_index=True)
    asked_at = models.DateTimeField()
    what = models.CharField(max_length=40)
    query = models.CharField(max_length=2000)
    purpose = models.CharField(max_length=300)
    rows = models.PositiveIntegerField()
    answer = models.CharField(max_length=9, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.UUIDField(null=True)
    answer_reason = models.CharField(max_length=300, default="")
    fetched_at = models.DateTimeField(null=True)
    fetched_rows = models.PositiveIntegerField(null=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(fetched_at=None) | models.Q(answer="approved"),
                name="access_exportrequest_fetched_when_approved",
            )
        ]
