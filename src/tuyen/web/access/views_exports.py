"""Lists with names: what one asked for, what waits for one's answer, and the file, once."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock
from tuyen.apps.access import exports as access
from tuyen.apps.access.exports import APPROVE, REQUEST, Asked
from tuyen.apps.access.operations import AnswerExport, FetchExport, WithdrawExport
from tuyen.apps.access.services import allow_bulk
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Payload, Receipt
from tuyen.rules.access.export_of_names import export_of_names
from tuyen.web.access import ActorRequest, named_lists, screen
from tuyen.web.registry.sending import send
from tuyen.web.sentences import say
from tuyen.web.shell import look_again

STATES = {
    "waits": (gettext_lazy("Waits for a second person"), "warn"),
    "lapsed": (gettext_lazy("Nobody answered in time"), "plain"),
    "approved": (gettext_lazy("May be taken out"), "good"),
    "expired": (gettext_lazy("Not taken out in time"), "plain"),
    "fallen": (gettext_lazy("The approval fell with the post that gave it"), "bad"),
    "refused": (gettext_lazy("Refused"), "bad"),
    "withdrawn": (gettext_lazy("Withdrawn"), "plain"),
    "fetched": (gettext_lazy("Taken out"), "calm"),
}


@screen(right=REQUEST)
@never_cache
@require_GET
def asked(request: ActorRequest) -> HttpResponse:
    """The lists with names that one asked for."""
    found = access.mine(by=request.actor, at=clock.now())
    rule = export_of_names(clock.today())
    context = {"rows": [line(each, request) for each in found], "rule": rule}
    return render(request, "access/names_asked.html", context)


@screen(right=REQUEST)
@never_cache
@require_POST
def fetch(request: ActorRequest, id: UUID) -> HttpResponse:
    """Take the list out: it leaves once, whole, with the names of both people above it."""
    by, now = request.actor, clock.now()
    each = access.one(by=by, id=id, at=now)
    known = named_lists.LISTS.get(each.what) if each is not None else None
    if each is None or each.author != by.user or known is None:
        raise Http404
    rows, people = known.size(by, each.query)
    why = access.hindrance(by=by, id=id, rows=rows, at=now)
    if why is not None:
        messages.error(request, say(why))
        return redirect("names-asked")
    allow_bulk(by=by, rows=people, at=now)
    if _sent(request, FetchExport(request=id, rows=rows), each) is None:
        return redirect("names-asked")
    form = "csv" if request.POST.get("form") == "csv" else "xlsx"
    return known.file(request, each.query, form, each.purpose, each.answerer)


@screen(right=REQUEST)
@require_POST
def withdraw(request: ActorRequest, id: UUID) -> HttpResponse:
    """One needs the list no more."""
    each = access.one(by=request.actor, id=id, at=clock.now())
    if each is None or each.author != request.actor.user:
        raise Http404
    _sent(request, WithdrawExport(request=id), each)
    return redirect("names-asked")


@screen(right=APPROVE)
@never_cache
@require_GET
def waiting(request: ActorRequest) -> HttpResponse:
    """Lists with names that others ask for: what, which rows, what for, how many."""
    look_again(request.actor)
    lines = [line(e, request) for e in access.to_answer(by=request.actor, at=clock.now())]
    context = {
        "waiting": [each for each in lines if each["asked"].state == "waits"],
        "told": [each for each in lines if each["asked"].state != "waits"],
        "rule": export_of_names(clock.today()),
    }
    return render(request, "access/names_waiting.html", context)


@screen(right=APPROVE)
@require_POST
def answer(request: ActorRequest, id: UUID) -> HttpResponse:
    """Yes, no with its reason, or a yes taken back."""
    each = access.one(by=request.actor, id=id, at=clock.now())
    verdict = request.POST.get("verdict")
    if each is None or verdict not in ("yes", "no"):
        raise Http404
    reason = " ".join(request.POST.get("reason", "").split())[:300]
    look_again(request.actor)
    _sent(request, AnswerExport(request=id, approved=verdict == "yes", reason=reason), each)
    return redirect("names-waiting")


def _sent(request: ActorRequest, payload: Payload, each: Asked) -> Receipt | None:
    """Commit one operation of the request's unit, and say what was in the way."""
    form = forms.Form({})
    form.is_valid()
    receipt = send(request, form, payload, unit=each.unit)
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return receipt


def line(each: Asked, request: ActorRequest) -> dict[str, Any]:
    """One request as the lists show it, its filters in words."""
    atlas, on = registry.atlas(), clock.today()
    state, tone = STATES[each.state]
    known = named_lists.LISTS.get(each.what)
    about = known.about(each.query) if known is not None else named_lists.About((), None, None)
    return {
        "asked": each,
        "what": known.label if known is not None else each.what,
        "about": about.badges,
        "f": about,
        "unit": atlas.full_name(each.unit, on),
        "state": state,
        "tone": tone,
        "own": each.author == request.actor.user,
    }
