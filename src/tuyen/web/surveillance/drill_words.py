"""Drills in the reader's words: scenarios, messages, scores and findings."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations.drills import DrillScore
from tuyen.kernel.refusal import Refusal
from tuyen.rules.access import role_table
from tuyen.rules.surveillance import drills as rules
from tuyen.web.surveillance import words
from tuyen.web.templatetags.figures import number

_STAGES = {
    "detect": gettext_lazy("Detected in 7 days"),
    "notify": gettext_lazy("Notified in 1 day"),
    "respond": gettext_lazy("Responded in 7 days"),
}
_KINDS = {
    "surveillance.report_case": gettext_lazy("Case reported"),
    "surveillance.raise_alarm": gettext_lazy("Alarm raised"),
    "surveillance.triage_alarm": gettext_lazy("Alarm answered"),
    "surveillance.report_signal": gettext_lazy("Event signal told"),
    "surveillance.screen_signal": gettext_lazy("Event signal screened"),
    "surveillance.verify_signal": gettext_lazy("Event signal verified"),
    "surveillance.open_outbreak": gettext_lazy("Outbreak opened"),
    "surveillance.finish_task": gettext_lazy("Early action done"),
    "surveillance.answer_drill_message": gettext_lazy("Message answered"),
}


def said(texts: Mapping[str, str]) -> str:
    """One of three texts, in the reader's language."""
    return texts.get(words.language(), texts["vi"])


def name(scenario: str) -> str:
    """The name of a scenario; its id where this program does not have it any more."""
    try:
        return said(rules.scenario(scenario).name)
    except Refusal:
        return scenario


def scenario(each: rules.Scenario) -> dict[str, Any]:
    """A scenario as it is chosen."""
    return {
        "id": each.id, "name": said(each.name), "about": said(each.about), "days": each.days,
        "players": ", ".join(role(player) for player in each.players), "joint": each.joint,
    }  # fmt: skip


def role(code: str) -> str:
    """The name of a role."""
    found = role_table().roles.get(code)
    return found.name.get(words.language(), found.name["vi"]) if found else _("All players")


def message(
    each: queries.MessageRow, now: datetime, names: Mapping[UUID | None, str]
) -> dict[str, Any]:
    """A message as its reader sees it: an inject in full, an answer of a persona, a notice."""
    title, text, sender = each.key, each.text, ""
    if each.inject is not None:
        title, text = said(each.inject.title), said(each.inject.text)
        sender = said(each.inject.sender)
    elif each.call is not None:
        title, text = said(each.call.title), said(each.call.answer)
        sender = role(each.call.to) if each.call.to in role_table().roles else _("The station")
    elif each.sort == "notice":
        title, sender = _("Notice of the other side"), _("The other side of the border")
    return {
        "row": each, "title": title, "text": text, "sender": sender, "to": role(each.to),
        "late": each.late(now), "waits": each.due_at is not None and each.answered_at is None,
        "answered_by": names.get(each.answered_by, "") if each.answered_at else "",
    }  # fmt: skip


def record(row: queries.RecordRow) -> dict[str, Any]:
    """An earlier drill in a row."""
    met = {stage.name: stage for stage in row.score.stages}
    return {
        "row": row, "name": name(row.scenario), "points": row.score.points,
        "stages": [_stage(met[key]) if key in met else None for key in _STAGES],
        "decisions": _("{n} of {of}").format(
            n=sum(d.met for d in row.score.decisions), of=len(row.score.decisions)
        ),
    }  # fmt: skip


def compared(records: Sequence[queries.RecordRow]) -> list[dict[str, Any]]:
    """Points of the drills of each scenario in the order of time, for comparison."""
    groups: dict[str, list[queries.RecordRow]] = {}
    for row in reversed(records):
        groups.setdefault(row.scenario, []).append(row)
    return [
        {"name": name(key), "points": [row.score.points for row in rows],
         "change": rows[-1].score.points - rows[-2].score.points if len(rows) > 1 else None}
        for key, rows in groups.items()
    ]  # fmt: skip


def score(scenario_id: str, found: DrillScore) -> dict[str, Any]:
    """A score as a page shows it."""
    expected = _expected(scenario_id)
    return {
        "points": found.points,
        "stages": [_stage(stage) for stage in found.stages],
        "decisions": [
            {"title": said(expected[d.id].title) if d.id in expected else d.id, "met": d.met,
             "due": hours(d.due_hours), "taken": hours(d.hours)}
            for d in found.decisions
        ],
        "messages": found.messages, "answered": found.answered,
        "in_time": found.answered_in_time, "cases": found.cases, "spared": found.spared,
    }  # fmt: skip


def finding(scenario_id: str, code: str, text: str) -> str:
    """What is to be done better, in the reader's language where the scenario says it."""
    if code in _STAGES:
        return _("{target}: not reached").format(target=_STAGES[code])
    expected = _expected(scenario_id)
    return said(expected[code].advice) if code in expected else text


def timeline(scenario_: rules.Scenario, found: Any, *, over: bool) -> list[dict[str, Any]]:
    """What happened, by the hour; of many case reports the first and the last are enough."""
    reports = [e for e in found.events if e.kind == "surveillance.report_case"]
    shown = {id(e) for e in (*reports[:3], *reports[-1:])}
    events = []
    if over and (at := found.anchors.get("emergence")):  # players find it out by themselves
        events.append({"title": _("The first person falls ill"), "when": at, "tone": "bad"})
    for event in found.events:
        if event.kind == "surveillance.report_case" and id(event) not in shown:
            continue
        said_ = event.facts.get("decision") or event.facts.get("rule") or event.facts.get("message")
        people = event.author is not None and event.kind != "surveillance.report_case"
        events.append({
            "title": _KINDS.get(event.kind, event.kind), "when": event.at,
            "text": _spoken(str(said_ or "")), "tone": "good" if people else "",
        })  # fmt: skip
    if found.score.cases > len(shown):
        told = _("{n} cases were reported in all").format(n=number(found.score.cases))
        events.append({"title": told, "when": reports[-1].at})
    return sorted(events, key=lambda event: event["when"])[:120]


def hours(value: float | None) -> str:
    """Hours in words; a dash for never."""
    return "–" if value is None else _("{n} h").format(n=number(value, 1))


def _stage(stage: Any) -> dict[str, Any]:
    days = "–" if stage.days is None else _("{n} days").format(n=number(stage.days, 1))
    return {"title": _STAGES[stage.name], "days": days, "met": stage.met}


def _expected(scenario_id: str) -> dict[str, rules.Expected]:
    try:
        return {each.id: each for each in rules.scenario(scenario_id).expected}
    except Refusal:
        return {}


def _spoken(text: str) -> str:
    return str(words.DECISION.get(text) or words.RULE.get(text) or text)
