"""Projects: the list, one proposed or amended, one with its money, the answer of a second person."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.governance import places, queries
from tuyen.apps.governance.operations import (
    AmendProject,
    ApproveProject,
    ProjectPlan,
    ProposeProject,
    TurnDownProject,
)
from tuyen.apps.governance.queries import ProjectPage, ProjectRow
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Payload
from tuyen.rules import governance as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.governance import forms, words
from tuyen.web.governance.sending import send
from tuyen.web.governance.tabs import tabs
from tuyen.web.governance.views_packages import asked


def unit_of(request: ActorRequest, right: str) -> UUID:
    """The unit that owns a project: that of the post which lets its holder propose one."""
    by = request.actor
    return next((p.unit for p in by.posts if policies.may(by, right, p.unit)), NODE)


@screen(right=queries.READ)
@require_GET
def projects(request: ActorRequest) -> HttpResponse:
    """Projects in reach: those that wait, then slow and late ones, then the rest."""
    on = clock.today()
    rows = queries.projects(by=request.actor, on=on)
    running = [row for row in rows if row.state == "running"]
    context = {
        "rows": [shown(row) for row in rows], "tabs": tabs(request), "as_of": on,
        "may_propose": policies.may(request.actor, queries.PROPOSE),
        "total": words.money(sum((row.money.total for row in running), start=0)),
        "paid": words.money(sum((row.money.paid for row in running), start=0)),
        "flagged": sum(bool(row.flag) for row in rows), "running": len(running),
        "waits": sum(row.waits for row in rows),
    }  # fmt: skip
    return render(request, "governance/projects.html", context)


def shown(row: ProjectRow) -> dict[str, Any]:
    """A project as lists show it."""
    return {
        "row": row, "href": reverse("project", args=[row.id]), "name": row.plan.name,
        "state": words.STATE[row.state], "tone": words.STATE_TONE[row.state],
        "flag": words.FLAG.get(row.flag, ""), "total": words.money(row.money.total, row.said),
        "paid": words.money(row.money.paid), "planned": words.money(row.money.planned_by_now),
        "sources": ", ".join(words.source(one.source) for one in row.plan.funding),
    }  # fmt: skip


@screen(right=queries.PROPOSE)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """A project proposed; with budgets in the address, filled from the draft programme of the packages."""
    given: QueryDict = request.POST
    problems: list[str] = []
    if request.method == "POST":
        typed = forms.parsed(given)
        problems = list(typed.problems)
        if typed.plan is not None:
            id = words.as_uuid(given.get("id", "")) or uuid7()
            unit = unit_of(request, queries.PROPOSE)
            problems = send(request, ProposeProject(plan=typed.plan), unit, id=id)[1]
            if not problems:
                messages.success(request, _("The project lies before a second person."))
                return redirect("project", id=id)
    elif any(key.startswith("b-") for key in request.GET):
        budget, listed = asked(request.GET)
        given = forms.of_programme(queries.programme(
            by=request.actor, on=clock.today(), budget=budget, listed=listed))  # fmt: skip
    trail = [(_("Projects"), reverse("projects")), (_("A new project"), None)]
    return _form(request, given, problems, {"trail": trail, "id": given.get("id") or uuid7()})


@screen(right=queries.PROPOSE)
@require_http_methods(["GET", "POST"])
def amend(request: ActorRequest, id: UUID) -> HttpResponse:
    """Another version of a project, with the reason; it waits for a second person."""
    page = found(request, id)
    given: QueryDict = request.POST
    problems: list[str] = []
    if request.method == "POST":
        typed = forms.parsed(given)
        problems, reason = list(typed.problems), given.get("reason", "").strip()[:500]
        if len(reason) < 3:
            problems.append(_("Say why the project is amended."))
        if typed.plan is not None and not problems:
            payload = AmendProject(project=id, plan=typed.plan, reason=reason)
            problems = send(request, payload, page.row.unit)[1]
            if not problems:
                messages.success(request, _("The new version lies before a second person."))
                return redirect("project", id=id)
    else:
        given = forms.filled(page.row.plan)
    trail = [(_("Projects"), reverse("projects")), (page.row.plan.name, reverse("project", args=[id])),
             (_("Amend"), None)]  # fmt: skip
    return _form(request, given, problems, {"trail": trail, "amends": page.row.plan.name})


def _form(
    request: ActorRequest, given: QueryDict, problems: list[str], more: Mapping[str, Any]
) -> HttpResponse:
    on = clock.today()
    atlas = places.atlas()
    works = [text.split("|") for text in given.getlist("work")]
    sites = [(id, places.name(id, on)) for id in atlas.units(places.STATIONS, on)]
    context = {
        "given": given, "problems": problems, "today": on, "planned": given.get("planned", ""),
        "planned_split": any(given.get(f"m-{key}") for key in rules.sources()),
        "sources": [
            {"key": key, "name": words.told(one.name), "amount": given.get(f"f-{key}", ""),
             "said": given.get(f"s-{key}", "exact"), "foreign": given.get(f"x-{key}", ""),
             "currency": given.get(f"c-{key}", ""), "rate": given.get(f"r-{key}", ""),
             "months": given.get(f"m-{key}", "")}
            for key, one in rules.sources().items()
        ],
        "said": words.SAID.items(),
        "stages": [(key, words.stage(key), given.get(f"p-{key}", ""), given.get(f"u-{key}", ""))
                   for key in rules.stages()],
        "works": [
            {"text": "|".join(parts), "site": places.name(words.as_uuid(parts[0]), on),
             "package": words.package(parts[1]), "source": words.source(parts[2]),
             "cost": words.money((forms.amount_of(parts[3]) or 0) * forms.MILLION)}
            for parts in works if len(parts) == 4
        ],
        "sites": [(id, name, str(id) in given.getlist("site")) for id, name in sites],
        "packages": [(key, words.told(one.name), words.millions(one.cost), key in given.getlist("package"))
                     for key, one in rules.packages().items() if not one.floor],
        "work_source": given.get("work-source", ""), **more,
    }  # fmt: skip
    return render(request, "governance/project_form.html", context, status=422 if problems else 200)


def found(request: ActorRequest, id: UUID) -> ProjectPage:
    """A project in reach, or nothing of that address."""
    page = queries.project(by=request.actor, id=id, on=clock.today())
    if page is None:
        raise Http404
    return page


@screen(right=queries.READ)
@require_GET
def project(request: ActorRequest, id: UUID) -> HttpResponse:
    """A project: money by source and year, stages, payments, versions, what may be done."""
    return project_page(request, found(request, id), [], request.GET)


def project_page(
    request: ActorRequest, page: ProjectPage, problems: list[str], given: Mapping[str, Any]
) -> HttpResponse:
    """The page of a project, with what was wrong in a form of it."""
    by, row = request.actor, page.row
    may = {name: policies.may(by, right, row.unit) for name, right in (
        ("approve", queries.APPROVE), ("propose", queries.PROPOSE), ("record", queries.RECORD))}  # fmt: skip
    waiting, running = page.waiting, row.state == "running"
    own = waiting is not None and waiting.author_id is not None and waiting.author_id == by.user
    context = {
        "page": page, "row": row, "one": shown(row), "problems": problems, "given": given,
        "money": row.money, "plan": row.plan, "as_of": clock.today(), "today": clock.today(),
        "sources": [(one, words.source(one.source), words.money(one.amount, one.said),
                     words.money(one.paid), words.money(one.left)) for one in page.sources],
        "years": [(one, words.money(one.planned), words.money(one.paid)) for one in page.years],
        "split": [(one, words.source(one.source), "–" if one.planned is None else words.money(one.planned),
                   words.money(one.paid)) for one in page.split],
        "curve": [(f"{m[5:]}/{m[:4]}", words.money(p), words.money(q)) for m, p, q in page.curve],
        "stages": [(one, words.stage(one.stage)) for one in page.stages],
        "progress": [(one, words.stage(one.stage), words.money(one.value)) for one in page.progress],
        "payments": [(one, words.source(one.source), words.money(one.amount)) for one in page.payments],
        "works": _works(row.plan), "versions": [(one, words.STATE[one.state], words.STATE_TONE[one.state],
                                                 words.money(one.total)) for one in page.versions],
        "waiting": waiting, "own": own, "may_answer": may["approve"] and waiting is not None,
        "may_amend": may["propose"] and waiting is None and row.state != "closed",
        "may_record": may["record"] and running,
        "may_close": may["approve"] and running and waiting is None,
        "all_stages": [(key, words.stage(key)) for key in rules.stages()], "id": uuid7(),
        "trail": [(_("Projects"), reverse("projects")), (row.plan.name, None)],
    }  # fmt: skip
    return render(request, "governance/project.html", context, status=422 if problems else 200)


def _works(plan: ProjectPlan) -> list[dict[str, Any]]:
    on = clock.today()
    return [
        {"site": places.name(one.site, on), "href": reverse("readiness-site", args=[one.site]),
         "package": words.package(one.package), "source": words.source(one.source),
         "cost": words.money(one.cost)}
        for one in plan.works
    ]  # fmt: skip


@screen(right=queries.APPROVE)
@require_POST
def answer(request: ActorRequest, id: UUID) -> HttpResponse:
    """A second person approves a version, with how ready its sites are today, or turns it down."""
    page = found(request, id)
    version: queries.VersionRow | None = page.waiting
    payload: Payload | None = None
    if version is None:
        raise Http404
    if request.POST.get("answer") == "approve":
        sites = [work.site for work in version.plan.works]
        baseline = queries.frozen(by=request.actor, sites=sites, on=clock.today())
        payload = ApproveProject(version=version.id, baseline=baseline)
    elif len(reason := request.POST.get("reason", "").strip()[:500]) >= 3:
        payload = TurnDownProject(version=version.id, reason=reason)
    problems = (
        [_("Say why it is turned down.")] if payload is None else _sent(request, payload, page)
    )
    if problems:
        return project_page(request, page, problems, request.POST)
    messages.success(request, _("The answer is kept."))
    return redirect("project", id=id)


def _sent(request: ActorRequest, payload: Payload, page: ProjectPage) -> list[str]:
    return send(request, payload, page.row.unit)[1]
