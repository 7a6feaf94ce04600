"""Inside side A of a joint drill: the code by which the other side is let in, shown once."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tuyen.apps.access import clock
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.drills import meeting
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.sentences import say
from tuyen.web.surveillance import drill_words

RUN = "surveillance.drill.run"


@screen(right=RUN)
@never_cache
@require_POST
def code(request: ActorRequest) -> HttpResponse:
    """A new code for the other side, until when it is good, and where this drill is found."""
    row = queries.drill(by=request.actor)
    if row is None:
        raise Http404
    now = clock.real_now()
    try:
        made = meeting.invite(now)
    except Refusal as refusal:
        messages.error(request, say(refusal))
        return redirect("drills")
    context = {
        "code": made,
        "until": meeting.waits(now),
        "address": request.build_absolute_uri("/").rstrip("/"),
        "near": not request.is_secure(),
        "name": drill_words.name(row.scenario.id),
        "scenario": row.scenario.id,
        "trail": [(_("Drills"), reverse("drills")), (_("Code for the other side"), None)],
    }
    return render(request, "surveillance/drill_code.html", context)


def standing(row: queries.DrillRow) -> dict[str, Any] | None:
    """How this drill stands with another side; None when its scenario has none."""
    if not row.scenario.joint:
        return None
    joint = meeting.joint() or {}
    return {
        "paired": bool(joint),
        "side": row.side,
        "peer": str(joint.get("peer", ""))[:8],
        "url": joint.get("url", ""),
        "until": meeting.waits(clock.real_now()),
    }
