"""What a drill came to, counted from its journal: nothing else is asked, nothing is remembered."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance.drills.course import Course
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
from tuyen.engines.surveillance.timeliness import MET, MISSED, RUNNING, UNKNOWN, timeliness
from tuyen.kernel.ids import derived_id
from tuyen.kernel.zone import VIETNAM
from tuyen.rules.surveillance import outbreaks as law
from tuyen.rules.surveillance.drills import Expected, Scenario

ACTIONS = (
    "investigate", "analyse", "laboratory", "manage", "countermeasures", "communicate",
    "coordinate",
)  # fmt: skip
"""The seven early actions, by their codes in rules/surveillance/early_actions.yaml."""
_REPORT, _ALARM, _SIGNAL = (
    "surveillance.report_case", "surveillance.raise_alarm", "surveillance.report_signal",
)  # fmt: skip
_ANSWERED = (
    "surveillance.triage_alarm", "surveillance.verify_signal", "surveillance.screen_signal",
    "surveillance.open_outbreak",
)  # fmt: skip
_ANSWER, _FINISH, _OPEN = (
    "surveillance.answer_drill_message", "surveillance.finish_task", "surveillance.open_outbreak",
)  # fmt: skip
_HEARD = (_REPORT, _ALARM, _SIGNAL, *_ANSWERED, _ANSWER, _FINISH)
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


def score_of(course: Course, *, until: datetime) -> Result:
    """The score at a moment of the drill, from every entry since it began."""
    scenario, begins = course.scenario, course.begins
    events = list(_events(course))
    course.hear(event for event in events if event.author is not None)

    def hours(at: datetime) -> float:
        return (at - begins) / timedelta(hours=1)

    anchors = _anchors(course, events)
    deeds = [engine.Deed(e.kind, hours(e.at), e.facts) for e in events if e.author is not None]
    wanted = [_wanted(each) for each in scenario.expected]
    marks = {name: hours(at) for name, at in anchors.items()}
    judged = [
        each for each in engine.judge(deeds, wanted, marks)
        if each.taken is not None or _is_over(each, wanted, anchors, until)
    ]  # fmt: skip
    reached = _stages(anchors, events, until, over=until >= course.ends or course.is_over())
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
        spared=int(course.spared().sum()),
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


def _events(course: Course) -> Iterator[Event]:
    by = Actor.program(course.begins.astimezone(VIETNAM).date())
    since = journal.operation(by=by, id=course.drill)
    after = since.position if since else 0
    while True:
        page = journal.feed(by=by, after=after, kinds=_HEARD)
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


def _anchors(course: Course, events: list[Event]) -> dict[str, datetime]:
    """The moments from which decisions count."""
    disease, hidden = course.scenario.disease, course.story.hidden
    ours = hidden.onset[hidden.side == SIDES[course.side]]
    found: dict[str, datetime] = {}
    if ours.size:
        found["emergence"] = course.begins + timedelta(days=max(0.0, float(ours.min())))
    tests: dict[str, Callable[[Event], bool]] = {
        "report": lambda e: _tells(e, disease),
        "alarm": lambda e: (
            (e.kind == _ALARM and e.facts.get("disease") == disease) or e.kind in (_SIGNAL, _OPEN)
        ),
    }
    for name, test in tests.items():
        at = next((event.at for event in events if test(event)), None)
        if at is not None:
            found[name] = at
    if "report" in found:
        found["notified"] = found["report"]
        found["detected"] = min(_noticed(e) for e in events if _tells(e, disease))
    for key, sent in DrillMessage.objects.values_list("key", "sent_at"):
        found[f"message:{key}"] = sent
    return found


def _tells(event: Event, disease: str) -> bool:
    """Whether an event is the first that the journal could have heard of the outbreak."""
    return event.kind == _SIGNAL or (
        event.kind == _REPORT and event.facts.get("disease") == disease
    )


def _noticed(event: Event) -> datetime:
    """When whoever told of it saw it: the diagnosis, or the sign."""
    day = event.facts.get("diagnosed_on") or event.facts.get("seen_on")
    if day is None:
        return event.at
    return min(datetime.fromisoformat(str(day)).replace(hour=12, tzinfo=VIETNAM), event.at)


def _stages(
    anchors: Mapping[str, datetime], events: list[Event], until: datetime, *, over: bool
) -> list[engine.Stage]:
    """7-1-7 as of every outbreak: see queries.timeliness. While the drill goes on, a stage that has
    not begun or goes on in time is neither won nor lost, and is left out."""
    on = until.astimezone(VIETNAM).date()
    done, applies = _actions(events)
    found = timeliness(
        _column(anchors.get("emergence")), _column(anchors.get("detected")),
        _column(anchors.get("notified")),
        np.array([[np.datetime64(done.get(code, "NaT"), "D") for code in ACTIONS]], "M8[D]"),
        np.array([[applies.get(code, True) for code in ACTIONS]]), np.datetime64(on, "D"),
        law.targets(on),
    )  # fmt: skip
    return [
        engine.Stage(name, None if state != MET and state != MISSED else days, state == MET)
        for name, days, state in zip(
            ("detect", "notify", "respond"), found.days[0].tolist(), found.state[0].tolist(),
            strict=True,
        )
        if over or state not in (RUNNING, UNKNOWN)
    ]  # fmt: skip


def _actions(events: list[Event]) -> tuple[dict[str, str], dict[str, bool]]:
    """The day on which each early action was done, and which were said not to apply."""
    done: dict[str, str] = {}
    applies: dict[str, bool] = {}
    for event in events:
        if event.kind == _FINISH and (code := event.facts["action"]):
            applies[code] = bool(event.facts.get("applicable", True))
            done.setdefault(code, str(event.facts["done_on"]))
    return done, applies


def _column(at: datetime | None) -> Any:
    """One day of one event, as the engine takes it."""
    day = "NaT" if at is None else at.astimezone(VIETNAM).date()
    return np.array([day], "M8[D]")


def _wanted(each: Expected) -> engine.Wanted:
    return engine.Wanted(each.id, each.after, each.hours, each.any, each.weight)


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
