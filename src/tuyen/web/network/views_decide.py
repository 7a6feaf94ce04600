"""A plan that is decided: put forward, its document, the cut-over, what it costs beside the best."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.network import planned, queries
from tuyen.apps.network.operations import CheckCutover, DraftPlan, PutPlanForward
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import ProposeReorganisation
from tuyen.engines.network.decision_problem import KINDS
from tuyen.rules import network as rules
from tuyen.rules.registry import lists
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical.programme_words import named
from tuyen.web.network import beside, studio, watched, wishing, words
from tuyen.web.network.decree import KIND, decree
from tuyen.web.network.moved import name_of
from tuyen.web.network.sending import day, send
from tuyen.web.network.tabs import tabs
from tuyen.web.network.views_plans import EDIT, READ, trail, unit_of
from tuyen.web.typed import whole

DECIDE = queries.DECIDE
_WHEN = {
    "before": gettext_lazy("Before the day"),
    "day": gettext_lazy("On the day"),
    "after": gettext_lazy("Afterwards"),
}


_WORK = {"visits": gettext_lazy("Visits a week"), "doses": gettext_lazy("Doses a week")}


def page_of(request: ActorRequest, id: UUID) -> queries.PlanPage:
    page = queries.plan(by=request.actor, id=id)
    if page is None:
        raise Http404
    return page


@screen(right=DECIDE)
@require_POST
def forward(request: ActorRequest, id: UUID) -> HttpResponse:
    """Propose the plan as one reorganisation of the registry; another person confirms it there."""
    page = page_of(request, id)
    decision = queries.decision_of(by=request.actor, id=id)
    problems = [words.said(one.refusal) for one in page.broken if one.must]
    if page.row.state != "draft":
        problems = [_("This plan lies before a second person already, or was discarded.")]
    elif len(page.basis) < 3:
        problems.append(
            _("Give the legal basis first: the number of the decision or of the draft.")
        )
    if not problems and decision is not None:
        receipt, problems = send(
            request, ProposeReorganisation(decision=decision), unit_of(request, DECIDE)
        )
        if not problems:
            put = PutPlanForward(plan=id, proposal=receipt.id)
            problems = send(request, put, page.row.unit)[1]
        if not problems:
            messages.success(request, _("The plan lies before a second person."))
            return redirect("reorganise-proposal", id=receipt.id)
    for sentence in problems:
        messages.error(request, sentence)
    return redirect("network-plan", id=id)


@screen(right=READ)
@require_GET
def document(request: ActorRequest, id: UUID) -> HttpResponse:
    """The decision as a document with its annex, in Vietnamese, to print and sign."""
    page = page_of(request, id)
    atlas, before = registry.atlas(), page.plan.day
    now, homes = planned.present(page.plan.on), planned.communes_after(page.plan)
    groups = []
    for commune, sites in sorted(planned.grouped(homes).items(),
                                 key=lambda one: planned.commune_name(page.plan, one[0])):  # fmt: skip
        lines = [
            {"name": atlas.full_name(id, before), "was": KIND[now[id].kind] if id in now else "–",
             "kind": KIND[page.plan.sites[id].kind], "destination": _destination(page.plan.sites[id])}
            for id in sorted(sites, key=lambda s: (page.plan.sites[s].kind != "main", atlas.full_name(s, before)))
        ]  # fmt: skip
        groups.append((planned.commune_name(page.plan, commune), lines))
    merges = [
        (one.full_name, [atlas.full_name(c, before) for c in one.of]) for one in page.plan.merges
    ]
    context = {"page": page, "row": page.row, "groups": groups, "decree": decree(page, merges),
               "handed": _handed(request, page),
               "trail": trail(page, _("Decision document"))}  # fmt: skip
    return render(request, "network/document.html", context)


def _handed(request: ActorRequest, page: queries.PlanPage) -> list[tuple[str, str, str]]:
    """(what, from, to) of the list that was settled, for the annex."""
    atlas, day = registry.atlas(), page.plan.day
    return [
        (name_of(line, "vi"), atlas.full_name(line.site, day), atlas.full_name(line.to, day))
        for line in queries.moves(by=request.actor, id=page.row.id) if line.kept and line.to
    ]  # fmt: skip


def _destination(choice: planned.Choice) -> str:
    """What a closed building serves, or what a point does where the plan says so; in Vietnamese."""
    if choice.functions:
        known = lists.functions()
        return ", ".join(known[key].names.vi if key in known else key for key in choice.functions)
    found = rules.answers("destinations").get(choice.destination)
    return found.name["vi"] if found else ""


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def cutover(request: ActorRequest, id: UUID) -> HttpResponse:
    """The checklist of the switch: go, or not yet."""
    page = page_of(request, id)
    may = policies.may(request.actor, EDIT, page.row.unit)
    problems: list[str] = []
    if request.method == "POST":
        payload = CheckCutover(
            plan=id, item=request.POST.get("item", "-")[:40] or "-",
            done=request.POST.get("done") == "yes", note=request.POST.get("note", "").strip()[:500],
        )  # fmt: skip
        problems = send(request, payload, page.row.unit)[1] if may else [
            _("Your post does not write here.")]  # fmt: skip
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("network-cutover", id=id)
    rows = queries.cutover(by=request.actor, id=id)
    names = {one.key: words.told(one.name) for one in rules.cutover()}
    open_ = [row for row in rows if row.must and not row.done]
    moving = [line for line in queries.moves(by=request.actor, id=id) if line.to is not None]
    context = {
        "page": page, "row": page.row, "may": may, "problems": problems, "open": len(open_),
        "continued": _continued(request, page), "far": rules.norm("reach_far", page.row.on), "moving": len(moving), "moved": sum(bool(line.kept and line.done) for line in moving),
        "groups": [(_WHEN[when], [(row, names[row.item]) for row in rows if row.when == when])
                   for when in _WHEN],
        "as_of": clock.now(), "trail": trail(page, _("Cut-over")),
    }  # fmt: skip
    return render(request, "network/cutover.html", context, status=422 if problems else 200)


def _continued(
    request: ActorRequest, page: queries.PlanPage, most: int = 8
) -> list[dict[str, Any]]:
    """Each programme with its patients, and the first of the villages that lose their place."""
    atlas, day = registry.atlas(), page.plan.day
    return [
        {"name": named(one.programme), "one": one, "lost": sum(n for _village, n in one.lost),
         "villages": [(atlas.full_name(village, day), n) for village, n in one.lost[:most]],
         "more": max(0, len(one.lost) - most)}
        for one in queries.continuing(by=request.actor, page=page) or ()
    ]  # fmt: skip


@screen(right=READ)
@require_GET
def price(request: ActorRequest, id: UUID) -> HttpResponse:
    """What the plan costs more than the best that the same rules allow."""
    page = page_of(request, id)
    found = queries.price_of(by=request.actor, id=id)
    context: dict[str, Any] = {"page": page, "row": page.row, "found": found[0] if found else None,
               "as_of": clock.now(), "trail": trail(page, _("Price of the decision")),
               "way": page.problem.way}  # fmt: skip
    if found is not None:
        told, asked = found
        on = page.plan.day
        context |= {
            "breaks": wishing.passed(page, told), "broken": len(page.broken), "spread": round(told.at_most - told.at_least, 1) > 0,
            "better": [
                {"commune": planned.commune_name(page.plan, asked.communes[one.commune]),
                 "issued": registry.atlas().full_name(asked.units[one.issued], on),
                 "site": registry.atlas().full_name(asked.units[one.site], on), "minutes": one.minutes}
                for one in told.better
            ],
            "different": [
                {"commune": planned.commune_name(page.plan, asked.communes[c]),
                 "best": [registry.atlas().full_name(asked.units[s], on) for s in range(len(asked.units))
                          if asked.after.commune[s] == c and KINDS[told.plan.kind[s]] == "main"]}
                for c in told.different
            ],
        }  # fmt: skip
    return render(request, "network/price.html", context)


@screen(right=READ)
@require_GET
def side_by_side(request: ActorRequest, id: UUID) -> HttpResponse:
    """Today, a plan, and another plan beside it."""
    page = page_of(request, id)
    other_id = words.as_uuid(request.GET.get("with", ""))
    other = queries.plan(by=request.actor, id=other_id) if other_id and other_id != id else None
    pages = [page] if other is None else [page, other]
    context = {
        "page": page, "row": page.row, "plans": pages, "other": other,
        "others": beside.others(queries.plans(by=request.actor), id),
        "figures": beside.figures(pages), "services": beside.services(pages), "money": beside.money(pages),
        "communes": beside.communes(pages)[:60], "villages": beside.villages(pages),
        "maps": [*studio.two_maps(page), *(studio.two_maps(other, "-other")[1:] if other else [])],
        "flows": [(one.row.title, studio.flows(one)) for one in pages],
        "same_day": other is None or other.plan.on == page.plan.on,
        "staff_from": beside.staff_from(page), "as_of": clock.now(),
        "trail": trail(page, _("Side by side")),
    }  # fmt: skip
    return render(request, "network/beside.html", context)


@screen(right=READ)
@require_GET
def watch(request: ActorRequest, id: UUID) -> HttpResponse:
    """What came of a decision: reports and cases before and after its day, on both maps."""
    found = queries.watched(by=request.actor, decision=id)
    if found is None:
        raise Http404
    work = [
        {"name": str(_WORK[one.what]), "work": one, "before": found.each_week(one, False),
         "after": found.each_week(one, True),
         "lost": [(registry.atlas().full_name(unit, found.on), was, now)
                  for unit, was, now in one.communes[:8] if now < was]}
        for one in found.work
    ]  # fmt: skip
    names = [one["name"] for one in work]
    last = min(found.on + timedelta(days=found.days), request.actor.on)
    over = (last - found.on).days
    context = {
        "work": work,
        "rows": [(row, list(zip(names, (one.totals[n] for one in found.work), strict=True)))
                 for n, row in enumerate(found.rows)],
        "stock": [{"name": words.programme(one.programme), "before": one.share(False), "after": one.share(True),
                   "units": one.units}
                  for one in found.stock],
        "hidden": "" if len(found.work) == len(_WORK) else _("Your post does not open all figures of care: some are left out."),
        "units": watched.units(found), "found": found, "as_of": clock.now(), "shares": (found.share(False), found.share(True)),
        "weekly": (found.per_week(False), found.per_week(True)),
        "ahead": found.on > request.actor.on, "last": last, "shown": over, "short": 0 <= over < found.days,
        "sites": len(planned.candidates(found.on)),
        "trail": [(_("Plans"), reverse("network-plans")), (_("What came of it"), None)],
    }  # fmt: skip
    return render(request, "network/watch.html", context)


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def frontier(request: ActorRequest) -> HttpResponse:
    """What can be traded for what; a plan is begun from any point of it."""
    problems: list[str] = []
    given = request.POST if request.method == "POST" else request.GET
    on = day(given.get("on", "")) or studio.next_quarter(clock.today())
    wishes = wishing.wishes_of(given, problems, on)
    if on <= clock.today():
        problems.append(
            _("Give a day to come, as 01/04/2027, on which the plan would be in force.")
        )
        on = studio.next_quarter(clock.today())
    found = queries.frontier(by=request.actor, on=on, merges=(), wishes=wishes)
    if request.method == "POST" and not problems:
        at = whole(given.get("point", ""))
        if at is None or not 0 <= at < len(found.points):
            problems = [_("Choose a point of the frontier.")]
        else:
            title = given.get("title", "").strip()[:120] or _("Point {n} of the frontier").format(
                n=at + 1
            )
            payload = DraftPlan(
                title=title, on=on, origin="frontier", sites=found.points[at][1], wishes=wishes
            )
            receipt, problems = send(request, payload, unit_of(request, EDIT))
            if not problems:
                return redirect("network-plan", id=receipt.id)
    context = {
        "points": [{"n": n, "point": point, "mains": sum(s.kind == "main" for s in sites),
                    "changed": point.disruption} for n, (point, sites) in enumerate(found.points)],
        "today": found.today, "problems": problems, "on": on, "tabs": tabs(request), "as_of": clock.now(),
        "given": given, "way": queries.ways_in_use(by=request.actor, on=on),
    }  # fmt: skip
    return render(request, "network/frontier.html", context, status=422 if problems else 200)
