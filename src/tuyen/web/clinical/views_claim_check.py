"""The claim of a visit checked while its form is filled: answered to each change, nothing is written."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tuyen.apps.access import clock
from tuyen.apps.clinical import queries
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import claim_check, saving, start
from tuyen.web.clinical.cells import Typed
from tuyen.web.clinical.views_change import amended, own
from tuyen.web.clinical.views_visit import acting

NOTHING = start.Heeded()
"""What is not borne, and a pregnancy, are asked when the visit is saved; the claim knows neither."""


@screen(right=queries.RECORD)
@never_cache
@require_POST
def new(request: ActorRequest, id: UUID) -> HttpResponse:
    """What the claim of the visit that is being typed would come back for."""
    by, now, unit = request.actor, clock.now(), acting(request.actor)
    row = registry.people(by=by, ids=[id]).get(id)
    if row is None or unit is None:
        raise Http404
    typed = saving.posted(request.POST)
    months = start.months(row.born_on, now.date())
    judged = saving.judge(typed, request.POST, now=now, months=months, heeded=NOTHING)
    told = saving.content(judged.parts, id, judged.began)
    found = claim_check.check(by, typed, told, unit, id=saving.id_of(typed), on=now.date())
    return _answer(request, found, typed)


@screen(right=queries.RECORD)
@never_cache
@require_POST
def amend(request: ActorRequest, id: UUID) -> HttpResponse:
    """The same of a visit that is being corrected."""
    by, now = request.actor, clock.now()
    facts = own(request, id)
    if facts.row.apart and not facts.opened:
        raise Http404
    typed = saving.posted(request.POST)
    judged = saving.judge(
        typed, request.POST, now=now, months=0, heeded=NOTHING, before=facts.content
    )
    told = amended(typed, judged, facts)
    found = claim_check.check(
        by, typed, told, facts.row.unit, id=id, on=now.date(), corrects=facts.row
    )
    return _answer(request, found, typed)


def _answer(request: ActorRequest, found: claim_check.Check | None, typed: Typed) -> HttpResponse:
    context = claim_check.shown(found, typed, request.POST.get(claim_check.MARKED, ""))
    return render(request, "clinical/_claim_answer.html", context)
