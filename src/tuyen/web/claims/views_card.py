"""The evidence of a card: what the portal was asked about it, when, and what it said; to be printed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.claims import cards, queries, settings
from tuyen.apps.claims.portal import Client
from tuyen.kernel.refusal import Refusal
from tuyen.rules.claims.lookup import said as words_of_card
from tuyen.web.access import ActorRequest, screen
from tuyen.web.claims import words
from tuyen.web.claims.views_desk import tabs


@screen(right=queries.PREPARE)
@never_cache
@require_http_methods(["GET", "POST"])
def card(request: ActorRequest, id: UUID) -> HttpResponse:
    """What is known of the card of a visit; pressed, the portal is asked once more. Answered or not,
    the question is kept."""
    page = queries.evidence(by=request.actor, claim=id)
    if page is None or not policies.may(request.actor, queries.PREPARE, page.row.unit):
        raise Http404
    accounts.record_readings(
        by=request.actor, subject="registry.person", ids=[page.row.person_id], at=clock.now()
    )
    if request.method == "GET":
        return _show(request, page)
    question = cards.question_of(request.actor, id)
    if question is None:
        return _show(request, page, _("No card is on record of this patient."))
    try:
        one = cards.ask(Client(settings.portal()), question, clock.now, request.actor.user)
    except Refusal as refusal:
        return _show(request, page, words.said(refusal))
    if one.verdict == "good":
        messages.success(request, _("The portal confirmed the card for the day of the visit."))
    elif one.verdict:
        messages.warning(
            request, _("The portal does not confirm the card for the day of the visit.")
        )
    else:
        messages.warning(request, _(words.OUTCOMES[one.outcome]))
    return redirect("claim-card", id)


def _show(request: ActorRequest, page: queries.Evidence, problem: str = "") -> HttpResponse:
    row = page.row
    told, tone = words.entitlement(page.entitlement)
    context = {
        "tabs": tabs(request), "page": page, "row": row, "state": told, "tone": tone,
        "problem": problem, "as_of": clock.now(), "tries": [_try(one) for one in page.tries],
        "back": reverse("claim", args=[row.id]), "visit": words.address("visit", row.id),
        "patient": reverse("claim-patient", args=[row.id]),
        "first": page.tries[0].at if page.tries else None,
        "last": page.tries[-1].at if page.tries else None,
    }  # fmt: skip
    return render(request, "claims/card.html", context, status=422 if problem else 200)


def _try(one: queries.CardTryRow) -> dict[str, Any]:
    """A question as people read it: the words of its code, or that nobody answered."""
    said = words_of_card(one.code, words.spoken()) if one.code else _(words.OUTCOMES[one.outcome])
    return {
        "row": one, "said": said, "tone": words.VERDICTS[one.verdict],
        "facts": list(one.facts.items()),
    }  # fmt: skip
