"""The money of a project: payments, their adjustment, progress, its end, and what it bought."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock
from tuyen.apps.governance import queries
from tuyen.apps.governance.operations import (
    AdjustDisbursement,
    CloseProject,
    Disburse,
    NoteProgress,
)
from tuyen.apps.governance.queries import ProjectPage
from tuyen.kernel.operation import Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.governance import words
from tuyen.web.governance.forms import MILLION, amount_of
from tuyen.web.governance.sending import day, send
from tuyen.web.governance.views_projects import found, project_page, shown
from tuyen.web.typed import whole

Read = Callable[[ActorRequest, ProjectPage], Payload | str]


def _kept(request: ActorRequest, id: UUID, read: Read, done: str) -> HttpResponse:
    """Read a form, commit it, and come back; what was wrong stands above the page."""
    page = found(request, id)
    payload = read(request, page)
    on = day(request.POST.get("on", "")) or clock.today()
    given = words.as_uuid(request.POST.get("id", ""))
    problems = [payload] if isinstance(payload, str) else send(
        request, payload, page.row.unit, on=on, id=given)[1]  # fmt: skip
    if problems:
        return project_page(request, page, problems, request.POST)
    messages.success(request, done)
    return redirect("project", id=id)


def _millions(text: str) -> Any:
    amount = amount_of(text)
    return None if amount is None else round(amount * MILLION, 2)


@screen(right=queries.RECORD)
@require_POST
def pay(request: ActorRequest, id: UUID) -> HttpResponse:
    """Money that was paid out, with its voucher."""

    def read(request: ActorRequest, page: ProjectPage) -> Payload | str:
        given = request.POST
        amount, on = _millions(given.get("amount", "")), day(given.get("on", ""))
        voucher = given.get("voucher", "").strip()[:60]
        if on is None:
            return _("Write the day of the payment as 07/03/2026.")
        if not amount:
            return _("Write the amount in million VND.")
        if not voucher:
            return _("Write the number of the voucher.")
        year = whole(given.get("year", "")) or on.year
        return Disburse(project=id, source=given.get("source", "")[:40] or "–", amount=amount,
                        voucher=voucher, year=min(max(year, 2000), 2100),
                        note=given.get("note", "").strip()[:2000])  # fmt: skip

    return _kept(request, id, read, _("The payment is written down."))


@screen(right=queries.RECORD)
@require_POST
def adjust(request: ActorRequest, id: UUID) -> HttpResponse:
    """Another amount, source or voucher in the place of a payment; nothing takes it out."""

    def read(request: ActorRequest, page: ProjectPage) -> Payload | str:
        given, reason = request.POST, request.POST.get("reason", "").strip()[:500]
        wanted = words.as_uuid(given.get("payment", ""))
        held = next((one for one in page.payments if one.id == wanted), None)
        amount = _millions(given.get("amount", ""))
        if held is None:
            return _("Choose the payment.")
        if amount is None:
            return _("Write the amount in million VND; 0 takes the payment out.")
        if len(reason) < 3:
            return _("Say why the payment is adjusted.")
        return AdjustDisbursement(
            disbursement=held.id, amount=amount, source=given.get("source", "")[:40] or held.source,
            voucher=given.get("voucher", "").strip()[:60] or held.voucher, reason=reason,
        )  # fmt: skip

    return _kept(request, id, read, _("The payment is adjusted."))


@screen(right=queries.RECORD)
@require_POST
def progress(request: ActorRequest, id: UUID) -> HttpResponse:
    """How far a stage is."""

    def read(request: ActorRequest, page: ProjectPage) -> Payload | str:
        given, percent = request.POST, whole(request.POST.get("percent", ""))
        if percent is None or not 0 <= percent <= 100:
            return _("Write how far the stage is, 0 to 100 per cent.")
        return NoteProgress(
            project=id, stage=given.get("stage", "")[:40] or "–", percent=percent,
            contract=given.get("contract", "").strip()[:80],
            contractor=given.get("contractor", "").strip()[:200],
            value=_millions(given.get("value", "")) or None, note=given.get("note", "").strip()[:2000],
        )  # fmt: skip

    return _kept(request, id, read, _("The progress is written down."))


@screen(right=queries.APPROVE)
@require_POST
def close(request: ActorRequest, id: UUID) -> HttpResponse:
    """A project has ended; how ready its sites are is kept."""

    def read(request: ActorRequest, page: ProjectPage) -> Payload | str:
        sites = [work.site for work in page.row.plan.works]
        outcome = queries.frozen(by=request.actor, sites=sites, on=clock.today())
        return CloseProject(project=id, outcome=outcome,
                            note=request.POST.get("note", "").strip()[:2000])  # fmt: skip

    return _kept(request, id, read, _("The project is closed."))


@screen(right=queries.READ)
@require_GET
def bought(request: ActorRequest, id: UUID) -> HttpResponse:
    """What the money brought: lines of each site before and after, for a billion VND."""
    told = queries.bought(by=request.actor, id=id, on=clock.today())
    if told is None:
        raise Http404
    name = told.row.plan.name
    context = {
        "told": told, "one": shown(told.row), "as_of": told.until,
        "sites": [
            {"site": one, "href": reverse("readiness-site", args=[one.unit]),
             "cost": words.money(one.cost),
             "lines": [(words.line(key), words.LEVEL.get(was, was), words.LEVEL.get(now, now), was, now)
                       for key, was, now in one.lines if was != now]}
            for one in told.sites
        ],
        "trail": [(_("Projects"), reverse("projects")), (name, reverse("project", args=[id])),
                  (_("What it bought"), None)],
    }  # fmt: skip
    return render(request, "governance/bought.html", context)
