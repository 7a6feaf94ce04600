"""The log of who read whose record: facts of reading only, never of content."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum

from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.models import Reading, ReadingHit
from tuyen.kernel.ids import uuid7
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules.access.bulk_read import rows_per_hour
from tuyen.rules.access.export_of_names import export_of_names

EMERGENCY = "emergency"


class TooMuchRead(Refusal):
    code = "access.too-much-read"
    message = N_(
        "You have read {read} rows of named people within the last hour and ask for {more} more; {limit}"
        " are allowed in an hour. Narrow the filters, or come back later."
    )


class TooMuchForAProgram(TooMuchRead):
    code = "access.too-much-for-a-program"
    message = N_(
        "Programs have read {read} rows of named people by your keys within the last day and ask for {more}"
        " more; {limit} are allowed. Read without names, or ask for an export that a second person approves."
    )


def allow_bulk(*, by: Actor, rows: int, at: datetime, agreed: bool = False) -> None:
    """Refuse to show ``rows`` more of named people when the account's hour is full: one query, and
    a second for a program, which has a day as well.

    What was read is the log of readings, by whichever door it was. An emergency is never refused,
    and what a second person ``agreed`` to does not count against a program's day.
    """
    if not rows or by.purpose == EMERGENCY:
        return
    # What a tablet was given is bounded by the people of its units, not by an hour.
    mine = Reading.objects.filter(user_id=by.user).exclude(channel="device")
    if by.is_program:
        mine = mine.filter(channel=by.channel)
    read, limit = _rows(mine, at - timedelta(hours=1)), rows_per_hour(by.on)
    if read + rows > limit:
        raise TooMuchRead(read=read, more=rows, limit=limit)
    if by.channel == "api" and not agreed:
        day = mine.filter(channel="api")
        read, limit = (
            _rows(day, at - timedelta(days=1)),
            export_of_names(by.on).program_rows_per_day,
        )
        if read + rows > limit:
            raise TooMuchForAProgram(read=read, more=rows, limit=limit)


def _rows(readings: QuerySet[Reading], since: datetime) -> int:
    return readings.filter(at__gt=since).aggregate(rows=Sum("count"))["rows"] or 0


def record_readings(
    *, by: Actor, subject: str, ids: Iterable[UUID], at: datetime, beside: Iterable[UUID] = (),
    agreed: bool = False,
) -> None:  # fmt: skip
    """Write down that ``by`` opened named records; one statement for any number of them.

    ``beside`` are those whose names stood on the same page: they were seen, not opened. Raises
    :class:`TooMuchRead` when the account's hour is full: nothing is shown that was not noted.
    """
    rows = [_reading(by, subject, id, at) for id in ids]
    rows += [_reading(by, f"{subject}.search", id, at) for id in beside]
    allow_bulk(by=by, rows=len(rows), at=at, agreed=agreed)
    with guard.opened("readings"):
        Reading.objects.bulk_create(rows)


def record_search(*, by: Actor, subject: str, ids: Iterable[UUID], at: datetime) -> None:
    """Write down whom a search showed: one row for the search, and its hits in one statement.

    Nothing is written when nobody was shown. What was typed is not kept: it may be a name. Raises
    :class:`TooMuchRead` like :func:`record_readings`.
    """
    shown = list(dict.fromkeys(ids))
    if not shown:
        return
    allow_bulk(by=by, rows=len(shown), at=at)
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
