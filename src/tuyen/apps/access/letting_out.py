"""Whether a list with names may leave: who may still agree to it, until when, and what is in the way.

Asked by the service that lets it out and by the screens that say beforehand how it stands.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.access.export_models import ExportRequest
from tuyen.apps.access.models import Holding
from tuyen.kernel.refusal import N_, Refusal
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.access.export_of_names import export_of_names

APPROVE = "access.export.approve"
Holds = Callable[[UUID | None, UUID, date], bool]
"""Whether somebody holds, on a day, a post that may approve for a unit."""


class NeedsPerson(Refusal):
    code = "access.export-needs-person"
    message = N_("A list with names is asked for by a person, who takes it out; a program is none.")


class UnknownExport(Refusal):
    code = "access.unknown-export"
    message = N_("There is no request {request} for a list with names at this unit.")


class OwnExport(Refusal):
    code = "access.own-export"
    message = N_("You asked for this list yourself; another person answers.")


class AnotherAsked(Refusal):
    code = "access.another-asked"
    message = N_("Another person asked for this list, and takes it out or withdraws it.")


class ExportAnswered(Refusal):
    code = "access.export-answered"
    message = N_("This request was answered already ({answer}).")


class ExportLapsed(Refusal):
    code = "access.export-lapsed"
    message = N_("This request was in force until {until}; ask anew.")


class NoReason(Refusal):
    code = "access.export-no-reason"
    message = N_("Say why not: whoever asked for the list reads it.")


class NotApproved(Refusal):
    code = "access.export-not-approved"
    message = N_("No second person has agreed to this list.")


class ApproverGone(Refusal):
    code = "access.export-approver-gone"
    message = N_(
        "Whoever agreed to this list no longer holds a post that may; somebody else has to answer a new request."
    )


class ExportFetched(Refusal):
    code = "access.export-fetched"
    message = N_("This list was taken out at {at}; it leaves once. Ask anew.")


class ListGrown(Refusal):
    code = "access.export-grown"
    message = N_("{rows} rows were agreed to and the list has {now} by now; ask anew.")


def unfetchable(
    row: ExportRequest | None, author: UUID | None, unit: UUID, now: int, at: datetime, holds: Holds
) -> Refusal | None:
    """Why ``author`` may not take a list of ``now`` rows out at a moment; None when they may."""
    if row is None or row.unit_id != unit:
        return UnknownExport(request=row.pk if row else "–")
    if author is None or row.author_id != author:
        return AnotherAsked()
    if row.fetched_at is not None:
        return ExportFetched(at=told(row.fetched_at))
    if row.answer != "approved" or row.answered_at is None:
        return NotApproved()
    if at >= (until := fetch_until(row.answered_at)):
        return ExportLapsed(until=told(until))
    if not holds(row.answered_by, row.unit_id, day_of(at)):
        return ApproverGone()
    if now > export_of_names(day_of(row.answered_at)).most(row.rows):
        return ListGrown(rows=row.rows, now=now)
    return None


def holders(users: Iterable[UUID | None]) -> Holds:
    """Ask of all of ``users`` at once whether they hold a post that may approve: one query."""
    held: dict[UUID, list[Holding]] = defaultdict(list)
    wanted = {user for user in users if user is not None}
    if wanted:
        for each in Holding.objects.filter(user__in=wanted).select_related("post", "user"):
            held[each.user_id].append(each)

    def holds(user: UUID | None, unit: UUID, on: date) -> bool:
        posts = tuple(
            HeldPost(each.post_id, each.post.role, each.post.unit_id)
            for each in held.get(user or unit, ())
            if each.user.closed_on is None or each.user.closed_on > on
            if _covers(each, on) and _covers(each.post, on)
        )
        by = Actor(user=user or unit, name="", posts=posts, on=on, channel="system")
        return policies.may(by, APPROVE, unit)

    return holds


def _covers(span: Any, on: date) -> bool:
    return span.since <= on and (span.until is None or span.until > on)


def answer_until(asked_at: datetime) -> datetime:
    """Until when a request waits for its answer."""
    return asked_at + timedelta(hours=export_of_names(day_of(asked_at)).answer_hours)


def fetch_until(answered_at: datetime) -> datetime:
    """Until when an approved list may be taken out."""
    return answered_at + timedelta(hours=export_of_names(day_of(answered_at)).fetch_hours)


def day_of(at: datetime) -> date:
    return at.astimezone(VIETNAM).date()


def told(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}"
