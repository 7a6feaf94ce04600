"""One dose: corrected, taken out, told apart; with what that does to the child's schedule."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.foreseeing import foreseen
from tuyen.apps.immunization.operations import DoseChanges
from tuyen.apps.immunization.queries import Card, DoseRow
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import dose_words
from tuyen.web.immunization.forms import SameForm, VoidForm
from tuyen.web.immunization.forms_dose import AmendForm
from tuyen.web.immunization.views_child import RECORD, VOID, acting, find, whose
from tuyen.web.registry.sending import send
from tuyen.web.sentences import say


@screen(right=RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def amend(request: ActorRequest, id: UUID) -> HttpResponse:
    """Correct a dose: what is typed anew is sent as an amendment, the rest stays as it was."""
    by, on = request.actor, clock.today()
    dose, card = _dose_and_card(request, id)
    unit = acting(by, RECORD)
    if unit is None:
        raise Http404
    form = AmendForm(request.POST or None, dose=dose, today=on)
    revision = _revision(request, dose)
    shown: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        if "look" in request.POST:
            shown = _effect(by, card, dose, form.changes())
        elif send(request, form, form.payload(dose.id, revision), unit=_answering(by, dose, unit)):
            return redirect("child", id=card.person)
    context = {
        **whose(by, card, on), "form": form, "title": _("Correct a dose"), "revision": revision,
        "said": dose_words.entry(dose), "dose": dose, "effect": shown,
        "timed": dose.injected_at or dose.arrived_at or dose.left_at,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "immunization/dose_amend.html", context, status=status)


@screen(right=RECORD)
@never_cache
@require_POST
def effect(request: ActorRequest, id: UUID) -> HttpResponse:
    """What an amendment would do, while it is being typed."""
    by, on = request.actor, clock.today()
    dose, card = _dose_and_card(request, id)
    form = AmendForm(request.POST, dose=dose, today=on)
    form.is_valid()
    wrong = [name for name in form.errors if name != "reason"]
    shown = {} if wrong else _effect(by, card, dose, form.changes())
    return render(request, "immunization/_dose_effect.html", {"effect": shown})


@screen(right=VOID)
@never_cache
@require_http_methods(["GET", "POST"])
def void(request: ActorRequest, id: UUID) -> HttpResponse:
    """Take a dose out of all counts."""
    by = request.actor
    dose, card = _dose_and_card(request, id)
    form = VoidForm(request.POST or None)
    unit = acting(by, VOID)
    sent = request.method == "POST" and form.is_valid() and unit is not None
    if sent and send(request, form, form.payload(dose.id), unit=_answering(by, dose, unit, VOID)):
        return redirect("child", id=card.person)
    shown = _effect(by, card, dose, None)
    return _about_dose(request, form, dose, card, _("Take a dose out"), shown)


@screen(right=RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def same(request: ActorRequest, id: UUID) -> HttpResponse:
    """Say of two entries of one day what they are."""
    by = request.actor
    dose, card = _dose_and_card(request, id)
    other = next((each for each in card.doses if each.id == dose.duplicate_of), None)
    if other is None:
        raise Http404
    entries = [(str(each.id), dose_words.entry(each)) for each in (other, dose)]
    form = SameForm(request.POST or None, entries=entries)
    unit = acting(by, RECORD)
    sent = request.method == "POST" and form.is_valid() and unit is not None
    if sent and send(request, form, form.payload(dose.id), unit=_answering(by, dose, unit)):
        return redirect("child", id=card.person)
    return _about_dose(request, form, dose, card, _("One dose or two"))


def _dose_and_card(request: ActorRequest, id: UUID) -> tuple[DoseRow, Card]:
    dose = queries.dose(by=request.actor, id=id)
    if dose is None or dose.voided_at is not None:
        raise Http404
    return dose, find(request, dose.person)


def _about_dose(
    request: ActorRequest, form: Any, dose: DoseRow, card: Card, title: str,
    shown: dict[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    context = {
        **whose(request.actor, card, clock.today()), "form": form, "title": title,
        "said": dose_words.entry(dose), "effect": shown or {},
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "immunization/dose_about.html", context, status=status)


def _effect(by: Actor, card: Card, dose: DoseRow, changes: DoseChanges | None) -> dict[str, Any]:
    """What would become of the dose and the schedule, or why it would be refused."""
    try:
        found = foreseen(by=by, card=card, dose=dose.id, changes=changes, on=clock.today())
    except Refusal as refusal:
        return {"refused": say(refusal)}
    return dose_words.effect(found, card)


def _answering(by: Actor, dose: DoseRow, unit: UUID | None, right: str = RECORD) -> UUID:
    """A dose is changed for the unit that recorded it, where the reader may act for that."""
    return dose.unit if unit is None or policies.may(by, right, dose.unit) else unit


def _revision(request: ActorRequest, dose: DoseRow) -> int:
    """How many amendments the author has seen: those when the form was opened."""
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 6 else dose.revision
