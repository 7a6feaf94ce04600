"""The work of an outbreak: its tasks, the reports of its days, its review, why stages took long."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from django.db.models import Q

from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import places
from tuyen.apps.surveillance.models import (
    Bottleneck,
    Outbreak,
    OutbreakTask,
    Review,
    SituationReport,
)
from tuyen.apps.surveillance.operations.outbreak_work import ReviewOutbreak
from tuyen.apps.surveillance.queries.outbreaks import OutbreakRow, seen
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.surveillance import outbreaks as law


class TaskRow(NamedTuple):
    """A task as it stands."""

    id: UUID
    outbreak: UUID
    outbreak_title: str
    action: str
    origin: str
    title: str
    owner: UUID | None
    owner_name: str
    unit: UUID | None
    unit_name: str
    due_on: date
    done_on: date | None
    applicable: bool
    evidence: str

    def late(self, on: date) -> bool:
        return self.due_on < (self.done_on or on)


class Report(NamedTuple):
    """A situation report as it was issued."""

    id: UUID
    number: int
    day: date
    as_of: datetime
    late: bool
    author_name: str
    figures: dict[str, Any]
    words: dict[str, str]


class Reported(NamedTuple):
    """The reports of an outbreak, newest first, and the days of which there is none."""

    reports: list[Report]
    missing: list[date]  # past days without a report
    due_at: datetime | None  # of the next one; None when the outbreak is closed


class Reviewed(NamedTuple):
    held_on: date
    author_name: str
    said: ReviewOutbreak


class Hindrance(NamedTuple):
    stage: str
    code: str
    note: str


class Closing(NamedTuple):
    """When an outbreak may close."""

    days: int
    incubations: int
    source: str
    verified: bool
    on: date
    counted: int  # days without a case so far
    last_onset: date | None


def tasks(*, by: Actor, id: UUID) -> list[TaskRow]:
    """The tasks of one outbreak in their order: three queries."""
    if not Outbreak.objects.filter(seen(by), pk=id).exists():
        return []
    return _tasks(Q(outbreak_id=id), by.on)


def tasks_of(*, by: Actor, owner: UUID) -> list[TaskRow]:
    """The open tasks of one person in the outbreaks that ``by`` may see, the most urgent first."""
    mine = Outbreak.objects.filter(seen(by)).values("id")
    where = ~Q(owner_id=None) & Q(owner_id=owner, done_at=None, outbreak_id__in=mine)
    return sorted(_tasks(where, by.on), key=lambda task: task.due_on)


def reports(*, by: Actor, row: OutbreakRow, at: datetime) -> Reported:
    """The reports of an outbreak and the days that lack one: two queries."""
    found = [
        Report(
            one.id, one.number, one.day, one.as_of, one.late, str(one.author_id or ""),
            msgspec.json.decode(one.figures), msgspec.json.decode(one.words),
        )
        for one in SituationReport.objects.filter(outbreak_id=row.id).order_by("-number")
    ]  # fmt: skip
    who = access.names({UUID(one.author_name) for one in found if one.author_name})
    named = [
        one._replace(author_name=who.get(UUID(one.author_name), "") if one.author_name else "")
        for one in found
    ]  # fmt: skip
    today = at.astimezone(VIETNAM).date()
    told = {one.day for one in found}
    last = row.closed_on or today
    days = (last - row.opened_on).days
    missing = [
        day
        for n in range(max(0, days))
        if (day := row.opened_on + timedelta(days=n)) not in told
    ]  # fmt: skip
    if row.closed_on is not None:
        return Reported(named, missing, None)
    day = today + timedelta(days=today in told)
    due = datetime.combine(day, time(law.report_hour(day)), tzinfo=VIETNAM)
    return Reported(named, missing, due)


def reviews(*, by: Actor, id: UUID) -> list[Reviewed]:
    """The after-action reviews of an outbreak, newest first."""
    if not Outbreak.objects.filter(seen(by), pk=id).exists():
        return []
    rows = list(Review.objects.filter(outbreak_id=id).order_by("-received_at", "id"))
    who = access.names({row.author_id for row in rows})
    return [
        Reviewed(
            row.held_on, who.get(row.author_id, ""),
            msgspec.json.decode(row.content, type=ReviewOutbreak),
        )
        for row in rows
    ]  # fmt: skip


def hindrances(*, by: Actor, id: UUID) -> list[Hindrance]:
    """Why the stages of an outbreak took long, as far as it was said."""
    if not Outbreak.objects.filter(seen(by), pk=id).exists():
        return []
    rows = Bottleneck.objects.filter(outbreak_id=id).order_by("stage", "code")
    return [Hindrance(*row) for row in rows.values_list("stage", "code", "note")]


def closing_of(*, by: Actor, row: OutbreakRow) -> Closing:
    """By which rule an outbreak closes, and when that lets it. No query."""
    rule = law.closing(row.disease, by.on)
    on = law.may_close_on(row.disease, row.since, row.last_onset, by.on)
    counted = max(0, (by.on - (row.last_onset or row.since)).days)
    return Closing(
        rule.days, rule.incubations, law.source(rule.source), rule.verified, on, counted,
        row.last_onset,
    )  # fmt: skip


def _tasks(where: Q, on: date) -> list[TaskRow]:
    map_ = places.atlas()
    rows = list(OutbreakTask.objects.filter(where).order_by("outbreak_id", "rank", "id"))
    titles = dict(
        Outbreak.objects.filter(pk__in={row.outbreak_id for row in rows}).values_list("id", "title")
    )
    who = access.names({row.owner_id for row in rows if row.owner_id})
    return [
        TaskRow(
            row.id, row.outbreak_id, titles.get(row.outbreak_id, ""), row.action, row.origin,
            row.title, row.owner_id, who.get(row.owner_id, "") if row.owner_id else "",
            row.owner_unit_id, map_.full_name(row.owner_unit_id, on) if row.owner_unit_id else "",
            row.due_on, row.done_on, row.applicable, row.evidence,
        )
        for row in rows
    ]  # fmt: skip
