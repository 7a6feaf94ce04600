"""The studio: plans, one beside the present, its communes, the engine's answers and the frontier."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.network import planned, queries
from tuyen.apps.network.operations import (
    ChangePlan,
    DiscardPlan,
    DraftPlan,
    MergedCommune,
    SiteChoice,
)
from tuyen.apps.registry import queries as registry
from tuyen.kernel.ids import NODE, uuid7
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import beside, losing, studio, wishing, words
from tuyen.web.network.sending import day, send
from tuyen.web.network.tabs import tabs

READ, EDIT = queries.READ_PLANS, queries.EDIT


def unit_of(request: ActorRequest, right: str) -> UUID:
    """The unit for which somebody plans: that of the post which gives the right."""
    by = request.actor
    return next((p.unit for p in by.posts if policies.may(by, right, p.unit)), NODE)


@screen(right=READ)
@require_GET
def plans(request: ActorRequest) -> HttpResponse:
    """All plans, and the form that begins one."""
    return _listed(request, [], {})


def _listed(
    request: ActorRequest, problems: list[str], given: Mapping[str, Any],
    told: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    on = clock.today()
    found = queries.plans(by=request.actor)
    context = {
        "rows": [{"row": row, "state": studio.STATE[row.state], "tone": studio.STATE_TONE[row.state],
                  "origin": studio.ORIGIN[row.origin]} for row in found],
        "may_edit": policies.may(request.actor, EDIT), "problems": problems,
        "usual_day": studio.next_quarter(on), "tabs": tabs(request), "as_of": clock.now(),
        "told": told or {}, **wishing.form(given, studio.next_quarter(on)),
    }  # fmt: skip
    return render(request, "network/plans.html", context, status=422 if problems or told else 200)


@screen(right=EDIT)
@require_POST
def begin(request: ActorRequest) -> HttpResponse:
    """Begin a plan: empty, from what stands, from the engine's answer."""
    given: Any = request.POST
    problems: list[str] = []
    on = day(given.get("on", ""))
    title = given.get("title", "").strip()[:120]
    if len(title) < 3:
        problems.append(_("Give the plan a name."))
    if on is None or on <= clock.today():
        problems.append(
            _("Give a day to come, as 01/04/2027, on which the plan would be in force.")
        )
    wishes = wishing.wishes_of(given, problems, on or clock.today())
    if (pressed := wishing.ease_of(given.get("ease", ""))) is not None:
        wishes = queries.eased(wishes, *pressed) or wishes
        given = given.dict() | wishing.typed_of(wishes)
    if problems or on is None:
        return _listed(request, problems, given)
    origin = given.get("origin", "present")
    payload = DraftPlan(
        title=title, on=on, basis=given.get("basis", "").strip()[:300], origin="present"
    )
    if origin == "engine":
        found = queries.answered(by=request.actor, on=on, merges=(), wishes=wishes)
        if found.answer is None:
            blank = planned.Drawn(on, "", {}, ())
            return _listed(request, [], given, wishing.refused(found, blank))
        payload = DraftPlan(title=title, on=on, basis=payload.basis, origin="engine",
                            sites=found.sites, wishes=wishes, answer=found.answer)  # fmt: skip
    elif origin == "empty":
        sites = tuple(SiteChoice(unit=id, kind="satellite") for id in planned.candidates(on))
        payload = DraftPlan(title=title, on=on, basis=payload.basis, origin="empty", sites=sites)
    receipt, problems = send(request, payload, unit_of(request, EDIT))
    if problems:
        return _listed(request, problems, given)
    return redirect("network-plan", id=receipt.id)


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest, id: UUID) -> HttpResponse:
    """A plan beside the present; changed by those who may, while it is a draft."""
    page = queries.plan(by=request.actor, id=id)
    if page is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        problems = _changed(request, page)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("network-plan", id=id)
    context = {
        "page": page, "row": page.row, "figures": studio.figures(page.compared), "problems": problems,
        "communes": studio.communes(page), "broken": studio.broken(page), "must": [one for one in studio.broken(page) if one["must"]],
        "look": [one for one in studio.broken(page) if not one["must"]], "worst": studio.worst(page),
        "flows": studio.flows(page), "maps": studio.two_maps(page), "said": studio.engine_said(page.answer),
        "state": studio.STATE[page.row.state], "tone": studio.STATE_TONE[page.row.state],
        "origin": studio.ORIGIN[page.row.origin], "as_of": clock.now(),
        "draft": page.row.state == "draft" and policies.may(request.actor, EDIT),
        "may_decide": policies.may(request.actor, queries.DECIDE),
        "merged": [(one, [registry.atlas().full_name(c, page.plan.day) for c in one.of])
                   for one in page.plan.merges],
        "mergeable": _mergeable(page), "trail": trail(page),
        "staff_from": beside.staff_from(page), "places_from": beside.places_from(page),
        "services": beside.services([page]), "untaught": beside.untaught(request.actor, page), "paid": wishing.paid(page), "pins": [wishing.pin_said(pin, page.plan) for pin in page.plan.pins],
        "way": page.problem.way, "worse": losing.told(page),
    }  # fmt: skip
    return render(request, "network/plan.html", context, status=422 if problems else 200)


def trail(page: queries.PlanPage, last: str = "") -> list[tuple[str, str | None]]:
    """The way to a page of a plan."""
    here = reverse("network-plan", args=[page.row.id]) if last else None
    way: list[tuple[str, str | None]] = [
        (_("Plans"), reverse("network-plans")),
        (page.row.title, here),
    ]
    return [*way, (last, None)] if last else way


def _mergeable(page: queries.PlanPage) -> list[tuple[UUID, str]]:
    taken = {c for one in page.plan.merges for c in one.of}
    atlas, on = registry.atlas(), page.plan.day
    return [(id, atlas.full_name(id, on)) for id in atlas.communes(on) if id not in taken]


def _changed(request: ActorRequest, page: queries.PlanPage) -> list[str]:
    given, unit = request.POST, page.row.unit
    if page.row.state != "draft" or not policies.may(request.actor, EDIT, unit):
        return [_("Your post does not write here.")]
    form = given.get("form")
    if form == "discard":
        reason = given.get("reason", "").strip()[:500]
        if len(reason) < 3:
            return [_("Say why the plan is discarded.")]
        return send(request, DiscardPlan(plan=page.row.id, reason=reason), unit)[1]
    if form == "merge":
        return _merged(request, page)
    if form == "unmerge":
        gone = words.as_uuid(given.get("merge", ""))
        kept = tuple(one for one in page.plan.merges if one.id != gone)
        return send(request, ChangePlan(plan=page.row.id, merges=kept), unit)[1]
    on, title = day(given.get("on", "")), given.get("title", "").strip()[:120]
    if on is None or on <= clock.today():
        return [_("Give a day to come, as 01/04/2027, on which the plan would be in force.")]
    if len(title) < 3:
        return [_("Give the plan a name.")]
    payload = ChangePlan(
        plan=page.row.id, title=title, on=on, basis=given.get("basis", "").strip()[:300]
    )
    return send(request, payload, unit)[1]


def _merged(request: ActorRequest, page: queries.PlanPage) -> list[str]:
    given = request.POST
    of = tuple(id for text in given.getlist("of") if (id := words.as_uuid(text)) is not None)
    name = " ".join(given.get("name", "").split())[:200]
    if len(of) < 2 or not name:
        return [_("Choose at least two communes and give the new one its name.")]
    kind = "ward" if given.get("type") == "ward" else "commune"
    full = f"{'Phường' if kind == 'ward' else 'Xã'} {name}"
    new = MergedCommune(id=uuid7(), type=kind, name=name, full_name=full,
                        code=given.get("code", "").strip()[:20], of=of)  # fmt: skip
    payload = ChangePlan(plan=page.row.id, merges=(*page.plan.merges, new))
    return send(request, payload, page.row.unit)[1]


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def commune(request: ActorRequest, id: UUID, commune: UUID) -> HttpResponse:
    """The sites of one commune of a plan: what each becomes."""
    page = queries.plan(by=request.actor, id=id)
    if page is None or commune not in planned.mains(page.plan):
        raise Http404
    may = page.row.state == "draft" and policies.may(request.actor, EDIT, page.row.unit)
    problems: list[str] = []
    if request.method == "POST":
        sites = tuple(studio.said_of(page, commune, request.POST, problems))
        if not may:
            problems = [_("Your post does not write here.")]
        problems = problems or send(request, ChangePlan(plan=id, sites=sites), page.row.unit)[1]
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("network-plan-commune", id=id, commune=commune)
    line = next(one for one in studio.communes(page) if one["line"].commune == commune)
    name = planned.commune_name(page.plan, commune)
    context = {
        "page": page, "row": page.row, "name": name, "line": line, "problems": problems, "may": may,
        "sites": studio.sites_of(page, commune, request.POST if problems else None), "as_of": clock.now(),
        "broken": [words.said(one.refusal) for one in page.broken if one.commune == commune],
        "trail": trail(page, name), "way": page.problem.way,
    }  # fmt: skip
    return render(request, "network/plan_commune.html", context, status=422 if problems else 200)
