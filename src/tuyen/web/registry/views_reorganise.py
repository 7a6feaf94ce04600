"""Reorganisations: the list of them, and one that is composed, looked at and proposed."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from msgspec import structs

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry import standing
from tuyen.apps.registry.operations import ProposeReorganisation, Reorganise
from tuyen.engines.exchange.limits import DEFAULT, check_size
from tuyen.engines.exchange.refusals import ExchangeRefusal
from tuyen.kernel.ids import NODE
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry import effects
from tuyen.web.registry.forms_reorganise import FORMS, MOST_ROWS, HeadForm, StepForm, rows_of
from tuyen.web.registry.sending import send
from tuyen.web.registry.steps import Part, Plan, Step, decided, joined
from tuyen.web.registry.steps_file import read_steps
from tuyen.web.sentences import say

RIGHT = "registry.reorganise"
PAGE = 30
_STORE = "registry.reorganise"
_ROWS, _MORE = 3, 5
STATES = {"waits": "warn", "withdrawn": "plain", "in-force": "good", "undone": "bad"}


@screen(right=RIGHT)
@require_GET
def reorganisations(request: ActorRequest) -> HttpResponse:
    """Every reorganisation, and where it stands."""
    found = standing.standings(by=request.actor)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    names = access.names({id for row in page for id in (row.proposer, row.author)})
    context = {
        "rows": [line(row, names, request.actor) for row in page],
        "page": page,
        "begun": len(_plan(request).steps),
    }
    return render(request, "registry/reorganisations.html", context)


def line(row: standing.Standing, names: dict[UUID | None, str], by: Actor) -> dict[str, Any]:
    """A reorganisation in a list, with the words for where it stands."""
    waits = row.state in ("waits", "withdrawn")
    route = "reorganise-proposal" if waits else "reorganisation"
    return {
        "row": row,
        "href": reverse(route, args=[row.id]),
        "state": state_name(row, by.on),
        "tone": STATES[row.state],
        "proposer": names.get(row.proposer, "") if row.proposer else "",
        "author": "" if waits else names.get(row.author, ""),
        "own": row.state == "waits" and row.proposer == by.user,
    }


def state_name(row: standing.Standing, today: date) -> str:
    if row.undo_waits and row.state == "in-force":
        return _("To be undone, waits for a second person")
    if row.state == "in-force" and row.on > today:
        return _("Decided, not yet in force")
    return {
        "waits": _("Waits for a second person"),
        "withdrawn": _("Withdrawn"),
        "in-force": _("In force"),
        "undone": _("Undone"),
    }[row.state]


# -- composing -----------------------------------------------------------------------------------


@screen(right=RIGHT)
@never_cache
@require_http_methods(["GET", "POST"])
def compose(request: ActorRequest) -> HttpResponse:
    """The steps so far, and a form for the next one; ``?kind=`` chooses which."""
    plan, kind = _plan(request), request.GET.get("kind", "merge")
    made = FORMS.get(kind)
    if made is None:
        raise Http404
    rest = {"atlas": registry.atlas(), "plan": plan, "on": plan.on or clock.today()}
    if request.method == "GET":
        form = made(rows=rows_of(made, None, _ROWS, **rest), **rest)
        return _composer(request, plan, kind, form)
    if "more" in request.POST:
        return _composer(request, plan, kind, _with_more_rows(request, made, rest))
    rows = rows_of(made, request.POST, 0, **rest)
    form = made(request.POST, rows=rows, **rest)
    if all([form.is_valid(), rows is None or rows.is_valid()]):
        step = form.step()
        if step is not None:
            _keep(request, joined(plan, [step]))
            messages.success(request, _("The step is added. Nothing is decided yet."))
            return redirect(f"{reverse('reorganise-new')}?kind={kind}")
    return _composer(request, plan, kind, form)


def _with_more_rows(request: HttpRequest, made: type[StepForm], rest: dict[str, Any]) -> StepForm:
    """The same form, unjudged, with blank rows added: works without script."""
    data = request.POST.copy()
    try:
        rows = int(data.get("row-TOTAL_FORMS", "0"))
    except ValueError:
        rows = 0
    data["row-TOTAL_FORMS"] = str(min(MOST_ROWS, max(0, rows) + _MORE))
    bound = made(data, rows=rows_of(made, data, 0, **rest), **rest)
    form = made(initial={n: bound[n].data for n in bound.fields}, rows=bound.rows, **rest)
    for row in bound.rows or ():
        row._errors = {}
    return form


def _composer(
    request: ActorRequest, plan: Plan, kind: str, form: StepForm, head: HeadForm | None = None,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    atlas = registry.atlas()
    on = plan.on or clock.today()
    head = head or HeadForm(initial={"on": plan.on, "basis": plan.basis})
    context = {
        "plan": plan,
        "told": effects.told(plan, atlas, on),
        "head": head,
        "kind": kind,
        "form": form,
        "lead": _(form.lead),
        "tabs": [(key, effects.kind_name(key), f"?kind={key}#step") for key in FORMS],
        "ready": plan.on is not None and bool(plan.basis) and bool(plan.steps),
        "trail": [(_("Reorganisations"), reverse("reorganisations")), (_("Compose"), None)],
        **more,
    }
    bad = form.errors or head.errors or more.get("problem") or more.get("row_errors")
    return render(request, "registry/reorganise.html", context, status=422 if bad else 200)


@screen(right=RIGHT)
@require_POST
def head(request: ActorRequest) -> HttpResponse:
    """The day and the legal basis."""
    plan, form = _plan(request), HeadForm(request.POST)
    if not form.is_valid():
        return _composer(request, plan, "merge", _blank("merge", plan), form)
    _keep(request, structs.replace(plan, **form.cleaned_data))
    messages.success(request, _("Day and legal basis are noted."))
    return redirect("reorganise-new")


@screen(right=RIGHT)
@require_POST
def drop(request: ActorRequest, at: int) -> HttpResponse:
    """Take a step out."""
    plan = _plan(request)
    if at < len(plan.steps):
        _keep(request, plan.without(at))
    return redirect("reorganise-new")


@screen(right=RIGHT)
@require_POST
def discard(request: ActorRequest) -> HttpResponse:
    """Begin again from nothing."""
    request.session.pop(_STORE, None)
    messages.success(request, _("What was composed is discarded. Nothing was decided."))
    return redirect("reorganisations")


@screen(right=RIGHT)
@require_POST
def upload(request: ActorRequest) -> HttpResponse:
    """Steps from a file: all of its rows, or none and what is wrong with each."""
    plan, sent = _plan(request), request.FILES.get("file")
    if sent is None:
        return _composer(
            request, plan, "merge", _blank("merge", plan), problem=_("Choose a file first.")
        )
    try:
        check_size(sent.size or 0, sent.name or "", DEFAULT)
        read = read_steps(sent.read(), sent.name or "", registry.atlas(), plan,
                          plan.on or clock.today())  # fmt: skip
    except (ExchangeRefusal, Refusal) as refusal:
        return _composer(request, plan, "merge", _blank("merge", plan), problem=say(refusal))
    if read.errors:
        errors = [(e.row, e.column, e.value, say(e.refusal)) for e in read.errors]
        return _composer(request, plan, "merge", _blank("merge", plan), row_errors=errors,
                         rows_read=read.rows)  # fmt: skip
    _keep(request, plan.with_steps(*read.steps))
    text = _("{rows} rows of the file made {steps} steps.")
    messages.success(request, text.format(rows=read.rows, steps=len(read.steps)))
    return redirect("reorganise-new")


@screen(right=RIGHT)
@require_POST
def settle(request: ActorRequest) -> HttpResponse:
    """Take up what the preview offered: which station stays, or where posts go."""
    plan = _plan(request)
    if request.POST.get("posts"):
        steps = [structs.replace(s, posts_follow=True) if s.kind == "convert" else s
                 for s in plan.steps]  # fmt: skip
        _keep(request, structs.replace(plan, steps=tuple(steps)))
        return redirect("reorganise-preview")
    try:
        commune, stays = UUID(request.POST["commune"]), UUID(request.POST["station"])
    except (KeyError, ValueError) as error:
        raise Http404 from error
    found = registry.preview(by=request.actor, decision=_decision(request, plan))
    for offer in effects.offers(plan, found)["stations"]:
        serving = {id for id, _name in offer["stations"]}
        if offer["commune"] == commune and stays in serving:
            parts = tuple(Part(id, stays) for id, _name in offer["stations"] if id != stays)
            step = Step(kind="convert", parts=parts, posts_follow=True)
            _keep(request, joined(plan, [step]))
    return redirect("reorganise-preview")


@screen(right=RIGHT)
@never_cache
@require_GET
def preview(request: ActorRequest) -> HttpResponse:
    """What the steps would do. Nothing is written."""
    plan = _plan(request)
    if plan.on is None or not plan.steps or not plan.basis:
        messages.warning(request, _("Give the day, the legal basis and at least one step first."))
        return redirect("reorganise-new")
    found = registry.preview(by=request.actor, decision=_decision(request, plan))
    context = {
        "plan": plan,
        "told": effects.told(plan, registry.atlas(), plan.on),
        "shown": effects.shown(request.actor, found),
        "offers": effects.offers(plan, found),
        "trail": [
            (_("Reorganisations"), reverse("reorganisations")),
            (_("Compose"), reverse("reorganise-new")),
            (_("Preview"), None),
        ],
    }
    return render(request, "registry/reorganise_preview.html", context)


@screen(right=RIGHT)
@require_POST
def propose(request: ActorRequest) -> HttpResponse:
    """Put the decision before a second person."""
    plan = _plan(request)
    if plan.on is None or not plan.steps:
        return redirect("reorganise-new")
    form = HeadForm({"on": plan.on, "basis": plan.basis})
    form.is_valid()
    payload = ProposeReorganisation(decision=_decision(request, plan))
    receipt = send(request, form, payload, unit=unit_of(request.actor))
    if receipt is None:
        for error in (e for errors in form.errors.values() for e in errors):
            messages.error(request, str(error))
        return redirect("reorganise-preview")
    request.session.pop(_STORE, None)
    return redirect("reorganise-proposal", id=receipt.id)


def unit_of(by: Actor) -> UUID:
    """The unit for which somebody decides: that of the post which gives the right."""
    return next((p.unit for p in by.posts if policies.may(by, RIGHT, p.unit)), NODE)


def _decision(request: ActorRequest, plan: Plan) -> Reorganise:
    assert plan.on is not None
    day = plan.on - timedelta(days=1)
    people = registry.population(by=request.actor, on=min(day, request.actor.on), map_on=day)
    return decided(plan, registry.atlas(), plan.on, people.totals)


def _blank(kind: str, plan: Plan) -> StepForm:
    rest = {"atlas": registry.atlas(), "plan": plan, "on": plan.on or clock.today()}
    return FORMS[kind](rows=rows_of(FORMS[kind], None, _ROWS, **rest), **rest)


def _plan(request: HttpRequest) -> Plan:
    """What this session has composed so far; one of an older version is begun again."""
    try:
        return msgspec.convert(request.session.get(_STORE) or {}, Plan)
    except msgspec.ValidationError:
        return Plan()


def _keep(request: HttpRequest, plan: Plan) -> None:
    request.session[_STORE] = msgspec.to_builtins(plan)
