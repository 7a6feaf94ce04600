"""A reorganisation before a second person, once decided, and undone."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from msgspec import structs

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry import standing
from tuyen.apps.registry.operations import ProposeUndo, UndoReorganisation, WithdrawProposal
from tuyen.apps.registry.queries import Proposed
from tuyen.apps.registry.standing import DecisionCard
from tuyen.kernel.operation import Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry import effects, words
from tuyen.web.registry.forms_reorganise import ReasonForm
from tuyen.web.registry.sending import send
from tuyen.web.registry.views_reorganise import RIGHT, line, unit_of
from tuyen.web.sentences import say

OPERATIONS = "journal.operation.read"


class ConfirmForm(forms.Form):
    """The second person's yes: only the number of the document may differ from the proposal."""

    basis = forms.CharField(
        label=gettext_lazy("Legal basis"), max_length=300,
        help_text=gettext_lazy("Complete the number of the decision here if it was not known yet."),
    )  # fmt: skip


@screen(right=RIGHT)
@never_cache
@require_GET
def proposal(request: ActorRequest, id: UUID) -> HttpResponse:
    """What was proposed and what it would do, for the person who confirms it or not."""
    found = registry.proposal(by=request.actor, id=id)
    if found is None:
        return _closed(request, id)
    return _proposal(request, found, ConfirmForm(initial={"basis": found.basis}), ReasonForm())


def _closed(request: ActorRequest, id: UUID) -> HttpResponse:
    """A proposal that waits no more: what it became, or that it was withdrawn."""
    became = standing.decided_as(by=request.actor, proposal=id)
    if became is not None:
        return redirect("reorganisation", id=became)
    row = next((r for r in standing.standings(by=request.actor) if r.id == id), None)
    if row is None:
        raise Http404
    names = access.names({row.proposer})
    context = {"line": line(row, names, request.actor), "trail": _trail(row.basis),
               "operations": _operations(request, [(_("Proposed"), id)])}  # fmt: skip
    return render(request, "registry/reorganise_withdrawn.html", context)


def _proposal(
    request: ActorRequest, found: Proposed, confirm: ConfirmForm, reason: ReasonForm
) -> HttpResponse:
    by = request.actor
    preview = registry.preview(by=by, decision=found.decision)
    context = {
        "proposal": found,
        "shown": effects.shown(by, preview),
        "author": access.names({found.author}).get(found.author, ""),
        "own": found.author == by.user,
        "form": confirm,
        "reason": reason,
        "trail": _trail(found.basis),
        "operations": _operations(request, [(_("Proposed"), found.id)]),
    }
    status = 422 if confirm.errors or reason.errors else 200
    return render(request, "registry/reorganise_proposal.html", context, status=status)


@screen(right=RIGHT)
@never_cache
@require_POST
def confirm(request: ActorRequest, id: UUID) -> HttpResponse:
    """A second person says yes: the decision is applied, or the refusal says why not."""
    found = registry.proposal(by=request.actor, id=id)
    if found is None:
        return _closed(request, id)
    form = ConfirmForm(request.POST)
    if form.is_valid():
        said = structs.replace(found.decision, proposal=id, basis=form.cleaned_data["basis"])
        receipt = send(request, form, said, unit=unit_of(request.actor))
        if receipt is not None:
            return redirect("reorganisation", id=receipt.id)
    return _proposal(request, found, form, ReasonForm())


@screen(right=RIGHT)
@never_cache
@require_POST
def withdraw(request: ActorRequest, id: UUID) -> HttpResponse:
    """Taken back by its author, or turned down by somebody else."""
    found = registry.proposal(by=request.actor, id=id)
    if found is None:
        return _closed(request, id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        said = WithdrawProposal(proposal=id, reason=form.cleaned_data["reason"])
        if send(request, form, said, unit=unit_of(request.actor)):
            return redirect("reorganisations")
    return _proposal(request, found, ConfirmForm(initial={"basis": found.basis}), form)


# -- decided -------------------------------------------------------------------------------------


@screen(right=RIGHT)
@never_cache
@require_GET
def decision(request: ActorRequest, id: UUID) -> HttpResponse:
    """A decision on record: what it did, by whom, and its receipts."""
    card = _card(request, id)
    row, atlas = card.standing, registry.atlas()
    names = access.names({row.proposer, row.author})
    steps = []
    if row.proposer is not None or not row.by_program:
        steps.append((_("Proposed"), _proposal_id(request, id)))
    steps.append((_("Confirmed"), id))
    steps.append((_("Undo proposed"), standing.undo_proposed_as(by=request.actor, decision=id)))
    if card.undone_by is not None:
        steps.append((_("Undone"), card.undone_by))
    context = {
        "card": card,
        "line": line(row, names, request.actor),
        "passed": [
            {
                "giver": fact.giver, "giver_href": effects.unit_href(atlas, fact.giver_id),
                "taker": fact.taker, "taker_href": effects.unit_href(atlas, fact.taker_id),
                "share": fact.weight, "event": words.event_name(fact.event),
            }
            for fact in card.passed
        ],
        "turned": [
            {"name": t.name, "href": effects.unit_href(atlas, t.unit),
             "before": words.type_name(t.before), "after": words.type_name(t.after)}
            for t in card.turned
        ],
        "written": [(table_name(table), n) for table, n in card.written.items()],
        "operations": _operations(request, steps),
        "trail": _trail(row.basis),
    }  # fmt: skip
    return render(request, "registry/reorganisation.html", context)


@screen(right=RIGHT)
@never_cache
@require_http_methods(["GET", "POST"])
def undo(request: ActorRequest, id: UUID) -> HttpResponse:
    """Propose that everything be put back as it stood, with a reason; another person does it or
    turns it down. What was built on it is said first."""
    card = _card(request, id)
    if card.standing.state != "in-force":
        return redirect("reorganisation", id=id)
    asked = standing.undo_asked(by=request.actor, decision=id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and (gone := _undo(request, form, id, asked)) is not None:
        return gone
    why = standing.in_the_way(by=request.actor, id=id)
    context = {
        "card": card,
        "form": form,
        "asked": asked,
        "author": access.names({asked.author}).get(asked.author, "") if asked else "",
        "own": asked is not None and asked.author == request.actor.user,
        "why": say(why) if why is not None else "",
        "trail": [*_trail(card.standing.basis)[:-1],
                  (card.standing.basis, reverse("reorganisation", args=[id])), (_("Undo"), None)],
    }  # fmt: skip
    return render(
        request, "registry/reorganise_undo.html", context, status=422 if form.errors else 200
    )


def _undo(
    request: ActorRequest, form: ReasonForm, id: UUID, asked: standing.UndoAsked | None
) -> HttpResponse | None:
    """One step of undoing; where to go on, or None when it was refused."""
    unit = unit_of(request.actor)
    if asked is not None and request.POST.get("step") == "confirm":
        form = ReasonForm({"reason": asked.reason})
        form.is_valid()
        said = UndoReorganisation(decision=id, reason=asked.reason, proposal=asked.id)
        if send(request, form, said, unit=unit):
            return redirect("reorganisation", id=id)
        for error in form.non_field_errors():
            messages.error(request, str(error))
        return redirect("reorganise-undo", id=id)
    if not form.is_valid():
        return None
    reason = form.cleaned_data["reason"]
    payload: Payload = ProposeUndo(decision=id, reason=reason)
    if asked is not None:
        payload = WithdrawProposal(proposal=asked.id, reason=reason)
    if send(request, form, payload, unit=unit) is None:
        return None
    return redirect("reorganise-undo" if asked is None else "reorganisation", id=id)


def _card(request: ActorRequest, id: UUID) -> DecisionCard:
    card = standing.decision(by=request.actor, id=id)
    if card is None:
        raise Http404
    return card


def _proposal_id(request: ActorRequest, id: UUID) -> UUID | None:
    return standing.proposed_as(by=request.actor, decision=id)


def _operations(
    request: ActorRequest, steps: list[tuple[str, UUID | None]]
) -> list[dict[str, Any]]:
    """The receipts: each operation by its id, and a link for those who may read operations."""
    may = policies.may(request.actor, OPERATIONS)
    return [
        {"what": what, "id": id, "href": reverse("operation", args=[id]) if may else ""}
        for what, id in steps
        if id is not None
    ]


def _trail(last: str) -> list[tuple[str, str | None]]:
    return [(_("Reorganisations"), reverse("reorganisations")), (last, None)]


def table_name(table: str) -> str:
    return {
        "registry.Unit": _("Units opened or ended"),
        "registry.UnitName": _("Names"),
        "registry.UnitType": _("Types"),
        "registry.UnitCode": _("Codes"),
        "registry.UnitPoint": _("Positions"),
        "registry.UnitFunction": _("Functions"),
        "registry.Relation": _("Relations"),
        "registry.Succession": _("Successions"),
        "access.Post": _("Posts"),
        "access.Holding": _("Appointments"),
        "access.Device": _("Tablets"),
    }.get(table, table)
