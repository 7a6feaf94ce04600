"""A month that is being planned beside the server: since when, by whom; stopped, begun again, told why it failed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from tuyen.apps.access import clock, policies
from tuyen.apps.journal import working
from tuyen.apps.network import queries
from tuyen.apps.network.operations import EndSearch
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import outreach_words as words
from tuyen.web.network.sending import send
from tuyen.web.network.views_outreach import PLAN, READ


def _row(request: ActorRequest, id: UUID) -> queries.SearchRow:
    row = queries.search(by=request.actor, id=id)
    if row is None:
        raise Http404
    return row


@screen(right=READ)
@require_GET
@vary_on_headers("HX-Request")
def search(request: ActorRequest, id: UUID) -> HttpResponse:
    """How a search stands; it asks again by itself, and goes to the draft when there is one."""
    row, plan = _row(request, id), None
    if row.plan is not None:
        plan = reverse("outreach-plan", args=[row.plan])
        if request.headers.get("HX-Request") != "true":
            return redirect(plan)
    at_work = working.at_work() if row.state == "asked" else None
    mine = at_work is not None and at_work.subject == id
    back = f"{reverse('outreach-plans')}?unit={row.unit}"
    context = {
        "row": row, "as_of": clock.now(), "mine": mine, "since": at_work.since if mine and at_work else None,
        "at_work": at_work is not None, "why": words.search_why(row), "back": back,
        "may": policies.may(request.actor, PLAN, row.unit),
        "trail": [(_("Mobile sessions"), back), (f"{row.starts:%m/%Y}", None)],
    }  # fmt: skip
    answer = render(request, "network/outreach_search.html", context)
    if plan is not None:
        answer["HX-Redirect"] = plan
    return answer


@screen(right=PLAN)
@require_POST
def stop(request: ActorRequest, id: UUID) -> HttpResponse:
    """Stop a search: whatever is found of it afterwards is not written."""
    row = _row(request, id)
    problems = send(request, EndSearch(search=id, why="stopped"), row.unit)[1]
    for problem in problems:
        messages.error(request, problem)
    return redirect(f"{reverse('outreach-plans')}?unit={row.unit}")


@screen(right=PLAN)
@require_POST
def start(request: ActorRequest, id: UUID) -> HttpResponse:
    """Begin the work again where nobody is at it: the server was stopped, or the program was."""
    row = _row(request, id)
    if row.state == "asked" and policies.may(request.actor, PLAN, row.unit):
        working.start()
    return redirect("outreach-search", id)
