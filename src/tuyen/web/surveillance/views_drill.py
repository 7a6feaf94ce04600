"""Inside a drill: its control panel, its messages, its end and its score."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations.drills import (
    FASTEST,
    AnswerDrillMessage,
    CallDrillPersona,
    EndDrill,
)
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.sentences import say
from tuyen.web.surveillance import drill_words, views_drill_joint, words

READ, RUN, PLAY = (
    "surveillance.drill.read", "surveillance.drill.run", "surveillance.drill.play",
)  # fmt: skip
SPEEDS = (1, 10, 60, 120, FASTEST)
JUMPS = (6, 24)


def panel(request: ActorRequest) -> HttpResponse:
    """The clock, the messages and what is expected, for those who play and those who run it."""
    row = queries.drill(by=request.actor)
    if row is None:
        raise Http404
    by, now = request.actor, clock.now()
    found = queries.drill_messages(by=by) if policies.may(by, PLAY) else []
    names = access.names({message.answered_by for message in found})
    context = {
        "row": row,
        "name": drill_words.name(row.scenario.id),
        "about": drill_words.said(row.scenario.about),
        "now": now,
        "left": max(row.ends - now, timedelta()),
        "standing": row.speed == 0,
        "speeds": SPEEDS,
        "jumps": JUMPS,
        "messages_": [drill_words.message(each, now, names) for each in found],
        "calls": [(call.id, drill_words.said(call.title)) for call in row.scenario.calls],
        "may_run": policies.may(by, RUN) and row.ended_at is None,
        "joint": views_drill_joint.standing(row),
        "may_play": policies.may(by, PLAY) and row.ended_at is None,
        "score_href": reverse("drill-score"),
    }
    return render(request, "surveillance/drill.html", context)


@screen(right=PLAY)
@require_GET
def inbox(request: ActorRequest) -> HttpResponse:
    """The same panel, for those who only play."""
    return panel(request)


@screen(right=RUN)
@require_POST
def set_clock(request: ActorRequest) -> HttpResponse:
    """Let the clock run faster or slower, stand still, go on, or jump forward."""
    what, real = request.POST.get("what", ""), clock.real_now()
    row = queries.drill(by=request.actor)
    if row is None:
        raise Http404
    speed, shows = row.speed, None
    if what == "stop":
        speed = 0.0
    elif what == "jump":
        hours = _within(request.POST.get("hours", ""), 1, 24 * 14)
        shows = clock.now() + timedelta(hours=hours) if hours else None
    else:
        speed = _within(request.POST.get("speed", ""), 1, FASTEST)
    if (what == "jump" and shows is None) or (what not in ("stop", "jump") and not speed):
        messages.error(request, _("Choose a speed from 1 to 500, or hours to jump forward."))
        return redirect("drills")
    try:
        payload = queries.turned_clock(by=request.actor, speed=speed, real=real, shows=shows)
    except Refusal as refusal:
        messages.error(request, say(refusal))
        return redirect("drills")
    return _done(request, payload, _("The clock is set."))


@screen(right=PLAY)
@require_POST
def answer(request: ActorRequest) -> HttpResponse:
    """Answer a message that was put before the players."""
    text = request.POST.get("answer", "").strip()[:4000]
    if len(text) < 2:
        messages.error(request, _("Write an answer first."))
        return redirect(_home(request))
    payload = AnswerDrillMessage(message=request.POST.get("message", "")[:60], answer=text)
    return _done(request, payload, _("Your answer is kept."))


@screen(right=PLAY)
@require_POST
def call(request: ActorRequest) -> HttpResponse:
    """Put a question to somebody who is played by rules."""
    payload = CallDrillPersona(call=request.POST.get("call", "")[:60])
    return _done(request, payload, _("Your question is on its way; the answer comes as a message."))


@screen(right=RUN)
@require_POST
def end(request: ActorRequest) -> HttpResponse:
    """End the drill before its time."""
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        messages.error(
            request, _("Write the reason in at least three letters: others will read it.")
        )
        return redirect("drills")
    _done(request, EndDrill(reason=reason), _("The drill has ended."))
    return redirect("drill-score")


@screen(right=PLAY)
@require_GET
def score(request: ActorRequest) -> HttpResponse:
    """What the drill came to so far, or in the end; made to be printed."""
    row = queries.drill(by=request.actor)
    if row is None:
        raise Http404
    now = min(clock.now(), row.ended_at or row.ends)
    found = queries.drill_result(by=request.actor, until=now)
    context = {
        "row": row,
        "name": drill_words.name(row.scenario.id),
        "score": drill_words.score(row.scenario.id, found.score),
        "events": drill_words.timeline(row.scenario, found, over=row.ended_at is not None),
        "findings": [drill_words.finding(row.scenario.id, f.code, f.text) for f in found.findings],
        "now": now,
        "trail": [(_("Drills"), _home(request)), (_("Score"), None)],
    }  # fmt: skip
    return render(request, "surveillance/drill_score.html", context)


def _done(request: ActorRequest, payload: Payload, told: str) -> HttpResponse:
    now, posts = clock.now(), request.actor.posts
    unit: Any = posts[0].unit if posts else NODE
    operation = Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        messages.error(request, words.said(receipt.refusal))
    else:
        messages.success(request, told)
    return redirect(_home(request))


def _home(request: ActorRequest) -> str:
    """The panel as this person may open it."""
    return reverse("drills" if policies.may(request.actor, READ) else "drill-inbox")


def _within(text: str, least: float, most: float) -> float:
    """A number within its limits; 0 for anything else."""
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if least <= value <= most else 0.0
