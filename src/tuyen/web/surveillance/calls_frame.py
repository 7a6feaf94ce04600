"""Whom to call about signals, on which number, and which calls were made: a part of their pages."""

from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import queries
from tuyen.web.surveillance import words

TRIAGE = "surveillance.alarm.triage"
OUTCOME: words.Words = {
    "real": gettext_lazy("It is real"),
    "not-real": gettext_lazy("It is not so"),
    "unclear": gettext_lazy("Not clear yet"),
    "no-answer": gettext_lazy("Nobody answered"),
    "call-back": gettext_lazy("They will call back"),
}
WHY: words.Words = {
    "reported": gettext_lazy("reported cases of it"),
    "serves": gettext_lazy("serves this commune"),
    "guides": gettext_lazy("guides the stations here"),
}
SHIFT: words.Words = {"day": gettext_lazy("by day"), "night": gettext_lazy("at night")}


def context(by: Actor, commune: UUID, subject: str, since: date) -> dict[str, Any]:
    """Whom to call and which calls were made, for a page about signals; nothing for a mere reader."""
    kind, _sep, code = subject.partition(":")
    if not policies.may(by, TRIAGE, commune):
        return {"callees": None, "calls": _said(by, commune, subject)}
    found = queries.callees(
        by=by, commune=commune, disease=code if kind == "disease" else "", since=since
    )
    return {
        "callees": [
            {"one": one, "why": words.word(WHY, one.why),
             "duty": [(words.word(SHIFT, each.shift), each) for each in one.duty]}
            for one in found
        ],
        "calls": _said(by, commune, subject),
        "outcomes": OUTCOME.items(),
        "call_at": reverse("signal-call", args=[commune, kind, code]),
    }  # fmt: skip


def _said(by: Actor, commune: UUID, subject: str) -> list[dict[str, Any]]:
    tones = {"real": "bad", "not-real": "good", "unclear": "warn"}
    return [
        {"title": f"{words.word(OUTCOME, call.outcome)} · {call.name}", "when": call.at,
         "by": call.by, "text": call.said, "tone": tones.get(call.outcome, "")}
        for call in queries.calls(by=by, commune=commune, subject=subject)
    ]  # fmt: skip
