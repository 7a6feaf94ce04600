"""7-1-7 in words: the stages of an event as a screen shows them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tuyen.apps.surveillance import queries
from tuyen.engines.surveillance.timeliness import MET, MISSED, OVERDUE, RUNNING
from tuyen.rules.surveillance import outbreaks as law
from tuyen.web.surveillance import outbreak_words, words
from tuyen.web.templatetags.figures import number

TONES = {MET: "good", MISSED: "bad", RUNNING: "calm", OVERDUE: "bad"}
ICONS = {MET: "check", MISSED: "bad", RUNNING: "clock", OVERDUE: "warn"}


def state_word(state: int) -> str:
    """How a stage stands."""
    return {
        MET: _("In time"), MISSED: _("Too late"), RUNNING: _("Going on"), OVERDUE: _("Overdue"),
    }.get(state, _("Not begun"))  # fmt: skip


def days_word(days: float | None) -> str:
    if days is None:
        return "–"
    whole = int(days)
    return ngettext("%(n)s day", "%(n)s days", whole) % {"n": number(whole)}


def told(event: queries.Event, targets: law.Targets, on: date) -> dict[str, Any]:
    """An event with its three stages, each with its milestone, its days, its target and its state."""
    ends: Sequence[tuple[Any, str]] = (
        (event.detected.on, event.detected.by),
        (event.notified.on, event.notified.by),
        (event.responded, ""),
    )
    stages = []
    for n, stage in enumerate(law.STAGES):
        day, by = ends[n]
        stages.append({
            "stage": words.word(outbreak_words.STAGE, stage),
            "day": day,
            "by": words.word(outbreak_words.MILESTONE, by),
            "days": days_word(event.days[n]),
            "target": targets[n],
            "state": state_word(event.state[n]),
            "tone": TONES.get(event.state[n], "plain"),
            "icon": ICONS.get(event.state[n], ""),
            "why": [outbreak_words.hindrance(code, on) for at, code in event.hindrances if at == stage],
        })  # fmt: skip
    return {
        "event": event,
        "row": event.row,
        "disease": event.row.disease_name(words.language()),
        "emerged": event.emerged.on,
        "emerged_by": words.word(outbreak_words.MILESTONE, event.emerged.by),
        "stages": stages,
        "last": outbreak_words.action(event.last, on) if event.last else "",
        "whole": all(state == MET for state in event.state),
        "level": words.word(outbreak_words.LEVEL_TYPE, event.level),
    }
