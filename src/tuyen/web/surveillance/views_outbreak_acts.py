"""What is done in the room of an outbreak: each form is one operation, sent for one of its units."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.kernel.operation import Operation
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import outbreak_acts, outbreak_people, words
from tuyen.web.surveillance import views_outbreak as room
from tuyen.web.surveillance import views_outbreak_work as work
from tuyen.web.surveillance.outbreak_frame import DECLARE, FOLLOW, RUN, find, unit_for
from tuyen.web.templatetags.figures import number

_SHOW: Mapping[str, room.Show] = {
    "outbreak": room.summary,
    "outbreak-cases": room.line_list,
    "outbreak-chains": room.tree,
    "outbreak-isolation": room.isolations,
    "outbreak-plan": room.definition,
    "outbreak-contacts": work.grid,
    "outbreak-tasks": work.task_list,
    "outbreak-reports": work.report_list,
    "outbreak-times": work.stages,
}


@screen(right=RUN)
@require_POST
def run(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """Change the outbreak, its line list, its chains, its tasks and reports."""
    return _act(request, id, outbreak_acts.RUN.get(what), RUN)


@screen(right=DECLARE)
@require_POST
def declare(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """Keep what was declared; close the outbreak, or open it again."""
    return _act(request, id, outbreak_acts.DECLARE.get(what), DECLARE)


@screen(right=FOLLOW)
@require_POST
def follow(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """Add contacts, mark a day's round, say whom a contact became."""
    if what == "contacts":
        chosen = outbreak_people.residents(request)
        adding = outbreak_acts.Act(
            lambda data, row, on: outbreak_people.build(data, row, on, chosen),
            "outbreak-contacts", "added",
        )  # fmt: skip
        return _act(request, id, adding, FOLLOW)
    return _act(request, id, outbreak_acts.FOLLOW.get(what), FOLLOW)


@screen(right=FOLLOW)
@require_GET
def residents(request: ActorRequest, id: UUID) -> HttpResponse:
    """Residents to choose contacts from: searched, or of the household of the case that was met."""
    found = find(request, id)
    if not outbreak_people.may_search(request):
        raise Http404
    offered = outbreak_people.offer(request, found.row.id)
    return render(request, "surveillance/_outbreak_people.html", {"people": offered, "asked": True})


def _act(
    request: ActorRequest, id: UUID, act: outbreak_acts.Act | None, right: str
) -> HttpResponse:
    found = find(request, id)
    unit = unit_for(request, found.row, right)
    if act is None or unit is None:
        raise Http404
    try:
        payload = act.build(request.POST, found.row, clock.today())
    except outbreak_acts.Unreadable as problem:
        return _SHOW[act.tab](request, found, str(problem), request.POST)
    now = clock.now()
    operation = Operation.of(payload, unit=unit, happened_on=clock.today(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _SHOW[act.tab](request, found, words.said(receipt.refusal), request.POST)
    messages.success(
        request, _("Saved. Kept at position {n} of the journal.").format(n=number(receipt.position))
    )
    return redirect(_back(request, found, act))


def _back(request: ActorRequest, found: queries.OutbreakDetail, act: outbreak_acts.Act) -> str:
    """The page the form was sent from, if it is one of this room; else the part it belongs to."""
    to = request.POST.get("next", "")
    here = reverse("outbreak", args=[found.row.id])
    safe = url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure())
    return to if safe and to.startswith(here) else reverse(act.tab, args=[found.row.id])
