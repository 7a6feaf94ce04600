"""Days at satellite points beside duty and leave: what somebody serves there, and what nobody would serve.

Days of points are kept by the network of stations and are no shifts of the roster; nothing here keeps
anybody from asking. Who asks, who answers, who plans and who draws people for an outbreak are told of them
before and after.
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.contrib import messages
from django.utils.translation import gettext as _

from tuyen.apps.network import queries as network
from tuyen.apps.workforce import queries
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest
from tuyen.web.templatetags.figures import day as shown
from tuyen.web.workforce import words_roster

AtPoint = network.AtPoint


def served(
    request: ActorRequest, members: Collection[UUID], first: date, until: date
) -> list[AtPoint]:
    """What people serve in [first, until), of the stations whose roster the reader may see."""
    return network.at_points(by=request.actor, members=members, first=first, until=until)


def of_leaves(
    request: ActorRequest, rows: Sequence[queries.LeaveRow], on: date
) -> dict[UUID, list[AtPoint]]:
    """Leave -> the days at points, from today on, that lie in it; none where it keeps nobody away."""
    if not rows:
        return {}
    first, until = min(row.since for row in rows), max(row.until for row in rows)
    found = served(request, {row.member for row in rows}, max(first, on), until)
    return {
        row.id: [one for one in found if one.member == row.member and row.since <= one.day < row.until]
        for row in rows if keeps_away(row.kind, row.since)
    }  # fmt: skip


def of_candidates(
    request: ActorRequest, rows: Sequence[queries.Drawable], since: date, until: date
) -> dict[UUID, list[AtPoint]]:
    """Member -> the days at points in [since, until) that nobody would serve while they are drawn."""
    found: dict[UUID, list[AtPoint]] = {}
    for one in served(request, {row.row.member for row in rows}, since, until):
        found.setdefault(one.member, []).append(one)
    return found


def lost(at: Sequence[AtPoint]) -> list[str]:
    """What satellite points lose with somebody: one sentence for each point, with its days."""
    days: dict[str, set[date]] = {}
    for one in at:
        days.setdefault(one.point_name, set()).add(one.day)
    return [
        _("{point} on {days}: nobody serves it").format(point=point, days=words_roster.days(found))
        for point, found in sorted(days.items())
    ]


def keeps_away(kind: str, on: date) -> bool:
    """Whether leave of a kind takes a day at a point: a wish and nights alone do not."""
    rule = rules.leave(on)
    return kind not in rule.wishes | rule.nights


def warn_leave(
    request: ActorRequest, member: UUID, kind: str, since: date, until: date, *, counts: bool
) -> None:
    """Say after leave was asked (or, ``counts``, given) which points nobody serves because of it."""
    if not keeps_away(kind, since):
        return
    for one in served(request, {member}, since, until):
        told = (
            _("{day}: nobody serves {point} now; give the day to somebody else.")
            if counts
            else _("{day}: you serve {point}. Once the leave is agreed, nobody does until the day is given to somebody else.")
        )  # fmt: skip
        messages.warning(request, told.format(day=shown(one.day), point=one.point_name))


def warn_swap(request: ActorRequest, told: Sequence[tuple[UUID, str, date]]) -> None:
    """Say whom of (member, name, day of the duty that they would take) a point is waiting for that day."""
    for member, name, on in told:
        for one in served(request, {member}, on, on + timedelta(days=1)):
            said = _("{day}: {name} serves {point}. With the duty, nobody does until the day is given to somebody else.")  # fmt: skip
            messages.warning(
                request, said.format(day=shown(one.day), name=name, point=one.point_name)
            )
