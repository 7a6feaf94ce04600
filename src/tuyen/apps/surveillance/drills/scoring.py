"""What a drill came to, counted from its journal: nothing else is asked, nothing is remembered."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance.drills.play import Director
from tuyen.apps.surveillance.drills.story import SIDES
from tuyen.apps.surveillance.models import Drill, DrillMessage
from tuyen.apps.surveillance.operations.drills import (
    DrillDecision,
    DrillFindingDraft,
    DrillScore,
    DrillStage,
    RecordDrill,
)
from tuyen.engines.surveillance import drill_score as engine
from tuyen.kernel.ids import derived_id
from tuyen.kernel.operation import KINDS
from tuyen.rules.surveillance import VIETNAM
from tuyen.rules.surveillance.drills import Expected, Scenario

ACTIONS = (
    "investigate", "analyse", "laboratory", "manage", "countermeasures", "communicate",
    "coordinate",
)  # fmt: skip
"""The seven early actions, by their codes in rules/surveillance/early_actions.yaml."""
_REPORT, _ALARM, _SIGNAL = (
    "surveillance.report_case", "surveillance.raise_alarm", "surveillance.report_signal",
)  # fmt: skip
_NOTIFIED = (
    "surveillance.triage_alarm", "surveillance.verify_signal", "surveillance.screen_signal",
    "surveillance.open_outbreak",
)  # fmt: skip
_ANSWER, _FINISH, _OPEN = (
    "surveillance.answer_drill_message", "surveillance.finish_task", "surveillance.open_outbreak",
)  # fmt: skip
_HEARD = (_REPORT, _ALARM, _SIGNAL, *_NOTIFIED, _ANSWER, _FINISH)
_MISSED = {
    "detect": "Phát hiện trong 7 ngày kể từ khi khởi phát ca đầu tiên không đạt.",
    "notify": "Thông báo trong 1 ngày kể từ khi phát hiện không đạt.",
    "respond": "Bảy hành động sớm không hoàn thành trong 7 ngày kể từ khi thông báo.",
}


class Event(NamedTuple):
    """One thing that happened in a drill, for its time line."""

    at: datetime
    kind: str
    facts: Mapping[str, Any]
    author: UUID | None


class Result(NamedTuple):
    """The score of a drill as it stands, with the events it was counted from."""

    score: DrillScore
    findings: tuple[DrillFindingDraft, ...]
    events: list[Event]
    anchors: dict[str, datetime]


def score_of(director: Director, *, until: datetime) -> Result:
    """The score at a moment of the drill, from every entry since it began."""
    scenario, begins = director.scenario, director.begins
    events = list(_events(director))
    director.hear(event for event in events if event.author is not None)

    def hours(at: datetime) -> float:
        return (at - begins) / timedelta(hours=1)

    anchors = _anchors(director, events)
    deeds = [engine.Deed(e.kind, hours(e.at), e.facts) for e in events if e.author is not None]
    wanted = [_wanted(each) for each in scenario.expected if _possible(each)]
    marks = {name: hours(at) for name, at in anchors.items()}
    judged = [
        each for each in engine.judge(deeds, wanted, marks)
        if each.taken is not None or _is_over(each, wanted, anchors, until)
    ]  # fmt: skip
    reached = engine.stages(
        marks.get("emergence"), marks.get("report"), marks.get("notified"), _acted(events, hours)
    )
    asked = list(DrillMessage.objects.exclude(due_at=None).order_by("sent_at", "id"))
    messages = [
        engine.Message(hours(m.due_at), hours(m.answered_at) if m.answered_at else None)
        for m in asked if m.due_at is not None and (m.answered_at or m.due_at <= until)
    ]  # fmt: skip
    points = engine.points(reached, judged, {w.id: w.weight for w in wanted}, messages)
    score = DrillScore(
        points=points,
        stages=tuple(
            DrillStage(name=s.name, days=_rounded(s.days), met=s.met)  # type: ignore[arg-type]
            for s in reached
        ),
        decisions=tuple(
            DrillDecision(id=j.id, due_hours=j.due, hours=_rounded(j.taken), met=j.met)
            for j in judged
        ),
        messages=len(messages),
        answered=sum(m.answered is not None for m in messages),
        answered_in_time=sum(engine.in_time(m) for m in messages),
        cases=sum(e.kind == _REPORT for e in events),
        spared=int(director.spared().sum()),
    )
    return Result(score, _findings(scenario, score), events, anchors)


def record_of(result: Result, row: Drill) -> RecordDrill:
    """What reality may keep of a drill: numbers and sentences of a fixed form."""
    ended = row.ended_at or row.shows
    return RecordDrill(
        drill=row.id, scenario=row.scenario, seed=row.seed,
        began_on=row.begins.astimezone(VIETNAM).date(),
        ended_on=ended.astimezone(VIETNAM).date(), score=result.score, findings=result.findings,
    )  # fmt: skip


def _events(director: Director) -> Iterator[Event]:
    by = Actor.program(director.begins.astimezone(VIETNAM).date())
    since = journal.operation(by=by, id=director.drill)
    after, known = (since.position if since else 0), {kind.name for kind in KINDS}
    kinds = [kind for kind in _HEARD if kind in known]
    while True:
        page = journal.feed(by=by, after=after, kinds=kinds)
        for kept in page.entries:
            facts = dict(kept.payload)
            if kept.kind == _FINISH:
                facts["action"] = _action(facts)
            yield Event(kept.received_at, kept.kind, facts, kept.author)
        if not page.more:
            return
        after = page.after


def _action(facts: Mapping[str, Any]) -> str:
    """Which of the early actions a finished task was; its id follows from its outbreak."""
    outbreak = UUID(str(facts["outbreak"]))
    ids = {str(derived_id(outbreak, "action", code)): code for code in ACTIONS}
    return ids.get(str(facts["task"]), "")


def _anchors(director: Director, events: list[Event]) -> dict[str, datetime]:
    """The moments from which decisions count."""
    disease, hidden = director.scenario.disease, director.story.hidden
    ours = hidden.onset[hidden.side == SIDES[director.side]]
    found: dict[str, datetime] = {}
    if ours.size:
        found["emergence"] = director.begins + timedelta(days=max(0.0, float(ours.min())))
    tests = {
        "report": lambda e: (
            (e.kind == _REPORT and e.facts.get("disease") == disease) or e.kind == _SIGNAL
        ),
        "alarm": lambda e: (
            (e.kind == _ALARM and e.facts.get("disease") == disease) or e.kind in (_SIGNAL, _OPEN)
        ),
        "notified": lambda e: e.kind in _NOTIFIED and e.author is not None,
    }
    for name, test in tests.items():
        at = next((event.at for event in events if test(event)), None)
        if at is not None:
            found[name] = at
    for message in DrillMessage.objects.values_list("key", "sent_at"):
        found[f"message:{message[0]}"] = message[1]
    return found


def _acted(events: list[Event], hours: Any) -> list[float | None]:
    """When each early action was done; one that was said not to apply is left out. Without a room for
    outbreaks in this program, opening one is all the response there is to see."""
    if _FINISH not in {kind.name for kind in KINDS}:
        opened = [
            hours(e.at) for e in events
            if e.kind == "surveillance.triage_alarm" and e.facts.get("decision") == "open-outbreak"
        ]  # fmt: skip
        return [min(opened, default=None)]
    done: dict[str, float] = {}
    apart: set[str] = set()
    for event in events:
        if event.kind == _FINISH and (code := event.facts["action"]):
            if event.facts.get("applicable", True):
                done.setdefault(code, hours(event.at))
            else:
                apart.add(code)
    return [done.get(code) for code in ACTIONS if code not in apart]


def _wanted(each: Expected) -> engine.Wanted:
    return engine.Wanted(each.id, each.after, each.hours, each.any, each.weight)


def _possible(each: Expected) -> bool:
    """Whether this program knows any of the operations by which a decision would be taken."""
    known = {kind.name for kind in KINDS}
    return any(fit["kind"] in known for fit in each.any)


def _is_over(
    judged: engine.Judged, wanted: list[engine.Wanted], anchors: Mapping[str, datetime],
    until: datetime,
) -> bool:  # fmt: skip
    """Whether a decision that was not taken was due by now: one still to come is not missed."""
    after = next(want.after for want in wanted if want.id == judged.id)
    return anchors[after] + timedelta(hours=judged.due) <= until


def _findings(scenario: Scenario, score: DrillScore) -> tuple[DrillFindingDraft, ...]:
    advice = {each.id: each.advice["vi"] for each in scenario.expected}
    stages = [(s.name, _MISSED[s.name]) for s in score.stages if not s.met]
    decisions = [(d.id, advice[d.id]) for d in score.decisions if not d.met]
    return tuple(DrillFindingDraft(code=code, text=text) for code, text in [*stages, *decisions])


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)
