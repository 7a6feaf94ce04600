"""Drills as they are asked for: the one that is played here, and what earlier ones came to."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance.drills import clockwork, scoring
from tuyen.apps.surveillance.drills.course import Course, begun
from tuyen.apps.surveillance.models import Drill, DrillFinding, DrillMessage, DrillRecord
from tuyen.apps.surveillance.operations.drills import DrillScore, RecordDrill, SetDrillClock
from tuyen.rules.surveillance import drills as rules

READ, RUN, PLAY = (
    "surveillance.drill.read", "surveillance.drill.run", "surveillance.drill.play",
)  # fmt: skip
_read_score = msgspec.json.Decoder(DrillScore).decode


class DrillRow(NamedTuple):
    """The drill that is played in this installation."""

    id: UUID
    scenario: rules.Scenario
    seed: int
    side: str
    begins: datetime
    ends: datetime
    speed: float
    shows: datetime
    ended_at: datetime | None
    ended_because: str


class MessageRow(NamedTuple):
    """A message of a drill. ``inject`` and ``call`` are what the scenario says of it, if it does."""

    key: str
    sort: str
    to: str
    sent_at: datetime
    due_at: datetime | None
    text: str
    answered_at: datetime | None
    answered_by: UUID | None
    answer: str
    inject: rules.Inject | None
    call: rules.Call | None

    def late(self, now: datetime) -> bool:
        """Whether its answer came, or has still to come, after it was due."""
        return self.due_at is not None and (self.answered_at or now) > self.due_at


class RecordRow(NamedTuple):
    """What an earlier drill came to."""

    id: UUID
    drill: UUID
    scenario: str
    seed: int
    began_on: date
    ended_on: date
    score: DrillScore
    recorded_at: datetime
    recorded_by: UUID | None
    open_findings: int


class FindingRow(NamedTuple):
    """What an earlier drill found wanting, as a task."""

    id: UUID
    record: UUID
    scenario: str
    code: str
    text: str
    owner: UUID | None
    due_on: date | None
    done_on: date | None
    note: str


def drill(*, by: Actor) -> DrillRow | None:
    """The drill that is played here; None in reality, and for those who have no part in one."""
    if not (policies.may(by, READ) or policies.may(by, PLAY)):
        return None
    row = Drill.objects.first()
    if row is None:
        return None
    return DrillRow(
        row.id, rules.scenario(row.scenario), row.seed, row.side, row.begins, row.ends, row.speed,
        row.shows, row.ended_at, row.ended_because,
    )  # fmt: skip


def drill_messages(*, by: Actor, limit: int = 200) -> list[MessageRow]:
    """Messages of the drill, the newest first: those to the reader's roles and to all, or every one
    for whoever runs it."""
    policies.check(by, PLAY)
    row = Drill.objects.first()
    if row is None:
        return []
    scenario = rules.scenario(row.scenario)
    injects = {inject.id: inject for inject in scenario.injects}
    calls = {call.id: call for call in scenario.calls}
    found = DrillMessage.objects.order_by("-sent_at", "id")
    if not policies.may(by, RUN):
        found = found.filter(to__in=["", *(post.role for post in by.posts)])
    return [
        MessageRow(
            m.key, m.sort, m.to, m.sent_at, m.due_at, m.text, m.answered_at, m.answered_by_id,
            m.answer, injects.get(m.key), calls.get(m.key.partition(":")[0]),
        )
        for m in found[:limit]
    ]  # fmt: skip


def turned_clock(
    *, by: Actor, speed: float, real: datetime, shows: datetime | None = None
) -> SetDrillClock:
    """The operation by which the clock of the drill is set; see :func:`clockwork.turned`."""
    policies.check(by, RUN)
    return clockwork.turned(speed=speed, real=real, shows=shows)


def drill_result(*, by: Actor, until: datetime) -> scoring.Result:
    """What the drill that is played here came to so far, counted from its journal."""
    if not policies.may(by, READ):
        policies.check(by, PLAY)
    return scoring.score_of(begun(Course), until=until)


def drill_record_draft(*, by: Actor, until: datetime) -> RecordDrill:
    """What reality may keep of this drill: the only thing that leaves it."""
    policies.check(by, READ)
    return scoring.record_of(scoring.score_of(begun(Course), until=until), Drill.objects.get())


def drill_records(*, by: Actor, scenario: str = "", limit: int = 50) -> list[RecordRow]:
    """What earlier drills came to, the newest first: two queries."""
    policies.check(by, READ)
    rows = DrillRecord.objects.order_by("-recorded_at", "id")
    if scenario:
        rows = rows.filter(scenario=scenario)
    page = list(rows[:limit])
    waiting: dict[UUID, int] = {}
    open_ = DrillFinding.objects.filter(record__in=[row.id for row in page], done_on=None)
    for record in open_.values_list("record_id", flat=True):
        waiting[record] = waiting.get(record, 0) + 1
    return [
        RecordRow(
            row.id, row.drill, row.scenario, row.seed, row.began_on, row.ended_on,
            _read_score(row.content), row.recorded_at, row.recorded_by_id, waiting.get(row.id, 0),
        )
        for row in page
    ]  # fmt: skip


def drill_record(*, by: Actor, id: UUID) -> RecordRow | None:
    """One record, or None."""
    return next((row for row in drill_records(by=by, limit=1000) if row.id == id), None)


def drill_findings(*, by: Actor, record: UUID | None = None, limit: int = 200) -> list[FindingRow]:
    """Findings of earlier drills: open ones first, by their day."""
    policies.check(by, READ)
    rows = DrillFinding.objects.select_related("record")
    if record is not None:
        rows = rows.filter(record_id=record)
    return _ordered(
        FindingRow(
            f.id, f.record_id, f.record.scenario, f.code, f.text, f.owner_id, f.due_on, f.done_on,
            f.note,
        )
        for f in rows.order_by("-record__recorded_at", "id")[:limit]
    )  # fmt: skip


def recorded_drills(*, by: Actor) -> frozenset[UUID]:
    """The drills whose results stand on record here."""
    policies.check(by, READ)
    return frozenset(DrillRecord.objects.values_list("drill", flat=True))


def _ordered(rows: Iterable[FindingRow]) -> list[FindingRow]:
    return sorted(rows, key=lambda f: (f.done_on is not None, f.due_on or date.max))
