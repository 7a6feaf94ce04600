"""The log of who read whose record: facts of reading only, never of content."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Sum

from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import Reading, ReadingHit
from tuyen.kernel.ids import uuid7
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.access.bulk_read import rows_per_hour


class TooMuchRead(Refusal):
    code = "access.too-much-read"
    message = N_(
        "You have read {read} rows of named people within the last hour and ask for {more} more; {limit}"
        " are allowed in an hour. Narrow the filters, or come back later."
    )


def allow_bulk(*, by: Actor, rows: int, at: datetime) -> None:
    """Refuse to hand out ``rows`` more of named people when the account's hour is full: one query.

    What was read is the log of readings, by whichever door it was.
    """
    hour = Reading.objects.filter(user_id=by.user, at__gt=at - timedelta(hours=1))
    read = hour.aggregate(rows=Sum("count"))["rows"] or 0
    limit = rows_per_hour(by.on)
    if rows and read + rows > limit:
        raise TooMuchRead(read=read, more=rows, limit=limit)


def record_readings(
    *, by: Actor, subject: str, ids: Iterable[UUID], at: datetime, beside: Iterable[UUID] = ()
) -> None:
    """Write down that ``by`` opened named records; one statement for any number of them.

    ``beside`` are those whose names stood on the same page: they were seen, not opened.
    """
    rows = [_reading(by, subject, id, at) for id in ids]
    rows += [_reading(by, f"{subject}.search", id, at) for id in beside]
    with guard.opened("readings"):
        Reading.objects.bulk_create(rows)


def record_search(*, by: Actor, subject: str, ids: Iterable[UUID], at: datetime) -> None:
    """Write down whom a search showed: one row for the search, and its hits in one statement.

    Nothing is written when nobody was shown. What was typed is not kept: it may be a name.
    """
    shown = list(dict.fromkeys(ids))
    if not shown:
        return
    with guard.opened("readings"):
        reading = _reading(by, f"{subject}.search", uuid7(), at, len(shown))
        Reading.objects.bulk_create([reading])
        ReadingHit.objects.bulk_create(ReadingHit(reading=reading, subject_id=id) for id in shown)


def _reading(by: Actor, subject: str, id: UUID, at: datetime, count: int = 1) -> Reading:
    post = by.posts[0] if by.posts else None
    return Reading(
        user_id=by.user, subject=subject, subject_id=id, at=at, channel=by.channel,
        purpose=by.purpose, count=count, unit_id=post.unit if post else None, role=post.role if post else "",
    )  # fmt: skip
