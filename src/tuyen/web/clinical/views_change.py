"""Correcting a visit, taking it back, and entering what came back from a referral."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import AmendVisit, Content, ReturnReferral, VoidVisit
from tuyen.apps.clinical.queries import VisitFacts
from tuyen.apps.journal.services import commit
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.operations import TakeBack
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical import claim_check, reading, saving, start, views_shown
from tuyen.web.clinical import visit_words as words
from tuyen.web.clinical.cells import Typed
from tuyen.web.clinical.reading import texts
from tuyen.web.clinical.views_visit import page
from tuyen.web.sentences import say
from tuyen.web.surveillance.views_resources import day_of

READ, RECORD = queries.READ, queries.RECORD
WHY = ("op", "why")


@screen(right=RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def amend(request: ActorRequest, id: UUID) -> HttpResponse:
    """Say what a visit was, all of it; what stood before stays beside it, with the reason."""
    by, now = request.actor, clock.now()
    facts = own(request, id)
    if facts.row.apart and not facts.opened:
        messages.warning(request, _("Part of this visit stands apart: state the purpose first."))
        return redirect("visit", id=id)
    known = start.begin(by, facts.row.person, facts.row.day)
    if known is None:
        raise Http404
    known.drugs = ()
    dangers: list[dict[str, Any]] = []
    found: claim_check.Check | None = None
    if request.method == "POST":
        typed = saving.posted(request.POST)
        at = min(now, facts.row.began_at.astimezone(now.tzinfo).replace(hour=23, minute=59))
        judged = saving.judge(
            typed, request.POST, now=at, months=known.months, heeded=known.heeded,
            before=facts.content,
        )  # fmt: skip
        dangers = judged.dangers
        if len(typed.text("why")) < 3:
            typed.wrong("why", say(reading.Missing()))
        told = amended(typed, judged, facts)
        only = request.POST.get("do") == claim_check.ONLY
        if only or (typed.valid and not dangers):
            found = claim_check.check(
                by, typed, told, facts.row.unit, id=id, on=now.date(), corrects=facts.row
            )
            payload = AmendVisit(visit=id, reason=typed.text("why")[:500], content=told)
            held_up = only or claim_check.ask(found, told, request.POST)
            if not held_up and saving.send(
                request, typed, payload, unit=facts.row.unit, corrects=id
            ):
                messages.success(request, _("The visit is corrected."))
                return redirect("visit", id=id)
        start.blanks(typed)
    else:
        typed = start.form_of(facts.content, known.programmes)
    name = known.card.row.name
    context = page(by, known, typed, facts.row.unit, found) | {
        "check_url": claim_check.address(by, facts.row.unit, facts.row.person, id),
        "title": _("Correct the visit"), "amending": True, "critical": dangers,
        "drugs": [
            {"name": words.item(one.item), "said": words.drug(one), "stock": "", "tone": ""}
            for one in facts.content.prescribed
        ],
        "trail": [(_("Care today"), reverse("care")), (name, reverse("visit", args=[id])),
                  (_("Correct the visit"), None)],
    }  # fmt: skip
    status = 200 if request.method == "GET" else 422
    return render(request, "clinical/visit_new.html", context, status=status)


def amended(typed: Typed, judged: saving.Judged, facts: VisitFacts) -> Content:
    """What a corrected form says; what it has no field for stays as it was."""
    began = judged.began if typed.text("began") else facts.row.began_at
    judged.parts.measured += start.unshown(facts.content)
    return saving.content(judged.parts, facts.content.person, began, facts.content)


@screen(right=RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def void(request: ActorRequest, id: UUID) -> HttpResponse:
    """Take a visit out of all counts, with the reason."""
    facts = own(request, id)
    typed = Typed(WHY, {}, {"op": str(uuid7())})
    if request.method == "POST":
        typed = Typed.posted(request.POST, WHY, {})
        if len(typed.text("why")) < 3:
            typed.wrong("why", say(reading.Missing()))
        else:
            payload = VoidVisit(visit=id, reason=typed.text("why")[:500])
            if saving.send(request, typed, payload, unit=facts.row.unit, corrects=id):
                if request.POST.get("returned") == "yes":
                    _take_back(request, facts, typed.text("why"))
                messages.success(request, _("The visit is void."))
                return redirect("visit", id=id)
    lines = supply.dispensed(by=request.actor, visits=[id]).get(id, [])
    shown = [one for one in lines if views_shown.may_show(one.item, facts.opened)]
    back = reverse("visit", args=[id])
    context = {
        "form": typed, "facts": views_shown.facts_of(facts), "back": back,
        "visit_gave": [_handed(one) for one in shown if one.source == "visit"],
        "counter_gave": [_handed(one) for one in shown if one.source == "desk"],
        "may_return": policies.may(request.actor, supply.MOVE, facts.row.unit),
        "trail": [(_("Care today"), reverse("care")), (_("Visit"), back), (_("Void a visit"), None)],
    }  # fmt: skip
    status = 200 if request.method == "GET" else 422
    return render(request, "clinical/visit_void.html", context, status=status)


def _handed(one: supply.DispensedLine) -> str:
    lots = ", ".join(f"{lot.number}: {lot.pieces}" for lot in one.lots)
    return " ".join(filter(None, (words.item(one.item), texts(one.quantity),
                                  words.item_unit(one.item), f"({lots})" if lots else "")))  # fmt: skip


def _take_back(request: ActorRequest, facts: VisitFacts, why: str) -> None:
    """What the counter handed out came back too; where it cannot be taken back, that is said."""
    now = clock.now()
    told = TakeBack(visit=facts.row.id, note=why[:500])
    operation = Operation.of(told, unit=facts.row.unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        messages.warning(request, say(receipt.refusal))


@screen(right=RECORD)
@never_cache
@require_POST
def returned(request: ActorRequest, id: UUID) -> HttpResponse:
    """What the facility wrote back to which somebody was sent."""
    facts = own(request, id)
    typed = Typed.posted(request.POST, views_shown.BACK, {})
    on = day_of(typed.text("on"))
    if on is None:
        typed.wrong("on", say(reading.NotADay(text=typed.text("on")[:40])))
    for name in ("from_name", "text"):
        if not typed.text(name):
            typed.wrong(name, say(reading.Missing()))
    if typed.valid and on is not None:
        payload = ReturnReferral(
            visit=id, on=on, from_name=typed.text("from_name")[:200], text=typed.text("text"),
            diagnosis=typed.text("diagnosis")[:200], treatment=typed.text("treatment"),
        )  # fmt: skip
        if saving.send(request, typed, payload, unit=facts.row.unit):
            messages.success(request, _("The return note is saved."))
            return redirect(reverse("visit", args=[id]) + "#referral")
        for said in typed.general:
            typed.wrong("on", said)
    return views_shown.show(request, id, typed)


@screen(right=READ)
@require_POST
def purpose(request: ActorRequest) -> HttpResponse:
    """State that this session is for the care of a person, and go back."""
    request.session["purpose"] = "care"
    to = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return redirect(to if safe and to.startswith("/care/") else "care")


def own(request: ActorRequest, id: UUID) -> VisitFacts:
    """A live visit of a unit for which the reader records."""
    facts = views_shown.find(request, id)
    if not policies.may(request.actor, RECORD, facts.row.unit) or facts.row.state != "live":
        raise Http404
    return facts
