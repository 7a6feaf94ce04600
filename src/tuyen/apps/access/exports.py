"""Lists with names that wait for a second person, and those that may be taken out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from tuyen.apps.access import letting_out, policies, queries, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.export_models import ExportRequest
from tuyen.kernel.refusal import Refusal

REQUEST, APPROVE = "access.export.request", letting_out.APPROVE
State = Literal[
    "waits", "lapsed", "approved", "expired", "fallen", "refused", "withdrawn", "fetched"
]


class Asked(NamedTuple):
    """A list that somebody asked for, and where that stands at a moment.

    ``fallen``: whoever approved holds no post any more that may. ``until`` is when it lapses.
    """

    id: UUID
    unit: UUID
    author: UUID
    name: str
    asked_at: datetime
    what: str
    query: str
    purpose: str
    rows: int
    state: State
    until: datetime | None
    answered_by: UUID | None
    answerer: str
    answered_at: datetime | None
    reason: str
    fetched_at: datetime | None
    fetched_rows: int | None


def mine(*, by: Actor, at: datetime, limit: int = 100) -> list[Asked]:
    """The lists that ``by`` asked for, newest first: three queries."""
    if by.user is None:
        return []
    rows = ExportRequest.objects.filter(author_id=by.user).order_by("-asked_at", "-pk")
    return _told(rows[:limit], at)


def one(*, by: Actor, id: UUID, at: datetime) -> Asked | None:
    """A list that ``by`` asked for, or may answer for; None for any other."""
    row = ExportRequest.objects.filter(pk=id).first()
    if row is None or not (row.author_id == by.user or policies.may(by, APPROVE, row.unit_id)):
        return None
    return _told([row], at)[0]


def to_answer(*, by: Actor, at: datetime, limit: int = 200) -> list[Asked]:
    """Lists for which ``by`` may answer: those that wait first, the oldest of them first."""
    rows = ExportRequest.objects.filter(policies.scope(by, APPROVE).where("unit_id"))
    waiting = rows.filter(answer="").order_by("asked_at", "pk")[:limit]
    told = rows.exclude(answer="").order_by("-answered_at", "-pk")[:limit]
    found = _told([*waiting, *told], at)
    return sorted(found, key=lambda each: each.state != "waits")


def waiting(*, by: Actor, at: datetime) -> int:
    """How many lists wait for the answer of ``by``."""
    scope = policies.scope(by, APPROVE)
    if not scope or by.user is None:
        return 0
    rows = ExportRequest.objects.filter(scope.where("unit_id"), answer="")
    asked = rows.exclude(author_id=by.user).values_list("asked_at", flat=True)
    return sum(at < letting_out.answer_until(when) for when in asked)


def hindrance(*, by: Actor, id: UUID, rows: int, at: datetime) -> Refusal | None:
    """Why ``by`` could not take a list of ``rows`` rows out now; None when it could."""
    row = ExportRequest.objects.filter(pk=id, author_id=by.user or id).first()
    holds = _holders([row] if row else [])
    return letting_out.unfetchable(row, by.user, row.unit_id if row else id, rows, at, holds)


def _told(found: Iterable[ExportRequest], at: datetime) -> list[Asked]:
    rows = list(found)
    who = queries.names({id for row in rows for id in (row.author_id, row.answered_by)})
    holds = _holders(rows)
    return [
        Asked(
            row.pk, row.unit_id, row.author_id, who.get(row.author_id, ""), row.asked_at, row.what,
            row.query, row.purpose, row.rows, *_state(row, at, holds), row.answered_by,
            who.get(row.answered_by, "") if row.answered_by else "", row.answered_at,
            row.answer_reason, row.fetched_at, row.fetched_rows,
        )
        for row in rows
    ]  # fmt: skip


def _holders(rows: Iterable[ExportRequest]) -> letting_out.Holds:
    with walls.whole("whether those who approved a list still may"):
        return letting_out.holders(
            row.answered_by for row in rows if row.answer == "approved" and not row.fetched_at
        )


def _state(
    row: ExportRequest, at: datetime, holds: letting_out.Holds
) -> tuple[State, datetime | None]:
    if row.fetched_at is not None:
        return "fetched", None
    if row.answer == "":
        until = letting_out.answer_until(row.asked_at)
        return ("waits" if at < until else "lapsed"), until
    if row.answer != "approved" or row.answered_at is None:
        return ("withdrawn" if row.answer == "withdrawn" else "refused"), None
    until = letting_out.fetch_until(row.answered_at)
    if at >= until:
        return "expired", until
    return (
        "approved" if holds(row.answered_by, row.unit_id, letting_out.day_of(at)) else "fallen"
    ), until
