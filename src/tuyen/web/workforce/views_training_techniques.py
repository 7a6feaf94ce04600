"""Techniques that stations learn and have: planned, done case by case, signed off."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import (
    Case,
    EndHandover,
    LogCases,
    PlanHandover,
    SignHandover,
    Teacher,
    VoidCase,
)
from tuyen.kernel.operation import Payload
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.typed import whole
from tuyen.web.workforce import forms, training_forms, words
from tuyen.web.workforce.views_training import tabs

Sent = list[tuple[Payload, UUID]]


@screen(right=queries.READ)
@require_http_methods(["GET", "POST"])
def techniques(request: ActorRequest) -> HttpResponse:
    """Techniques of stations in reach: learnt, there, lapsed; and a new one to learn."""
    by, on, problems = request.actor, clock.today(), []
    unit, offered = training_forms.unit_of(
        request, queries.ASK, request.POST.get("unit") or request.GET.get("at", "")
    )
    if request.method == "POST":
        try:
            if unit is None or not policies.may(by, queries.ASK, unit):
                raise forms.Wrong(_("Choose the unit."))
            problems = forms.send(request, (_planned(request), unit))
        except forms.Wrong as wrong:
            problems = [str(wrong)]
        if not problems:
            messages.success(request, _("The technique is planned."))
            return redirect("training-techniques")
    found = queries.handovers(by=by, on=on, unit=words.as_uuid(request.GET.get("unit", "")))
    people = queries.people_at(by=by, on=on, unit=unit) if unit is not None else []
    map_units = [(id, name) for id, name in forms.units(request, queries.READ) if id != unit]
    context = {
        "rows": [_shown(one) for one in found], "units": offered, "unit": unit, "problems": problems,
        "people": [(one, words.named("cadre", one.cadre)) for one in people if one.home == unit],
        "techniques": words.options("technique"), "givers": map_units, "given": request.POST,
        "as_of": clock.now(), "tabs": tabs(request),
        "begins": request.POST.get("begins") or f"{on:%d/%m/%Y}",
    }  # fmt: skip
    return render(
        request, "workforce/training_techniques.html", context, status=422 if problems else 200
    )


def _shown(one: queries.HandoverRow) -> dict[str, Any]:
    told = rules.techniques().get(one.technique, rules.UNLISTED)
    return {
        "row": one, "name": words.technique(one.technique), "state": words.HANDOVER[one.state],
        "tone": words.TONES[one.state],
        "services": [words.named("service", key) for key in told.services],
    }  # fmt: skip


def _planned(request: ActorRequest) -> PlanHandover:
    given = request.POST
    technique = forms.said(given, "other", 120) or forms.said(given, "technique", 120)
    told = rules.techniques().get(technique, rules.UNLISTED)
    teacher = forms.said(given, "teacher", 120)
    if len(technique) < 2 or len(teacher) < 2:
        raise forms.Wrong(_("Write the technique and who teaches it."))
    begins = forms.day(given.get("begins", ""), _("Begins on"))
    cases = whole(forms.said(given, "cases", 5) or str(told.cases))
    if cases is None or not 1 <= cases <= 500 or begins is None:
        raise forms.Wrong(_("Supervised cases are a whole number from 1 to 500."))
    return PlanHandover(
        technique=technique, begins=begins, learners=training_forms.people(given), cases=cases,
        teachers=(Teacher(name=teacher, licence=forms.said(given, "licence", 60)),),
        giver=words.as_uuid(given.get("giver", "")), giver_name=forms.said(given, "giver_name", 200),
    )  # fmt: skip


@screen(right=queries.READ)
@require_http_methods(["GET", "POST"])
def technique(request: ActorRequest, id: UUID) -> HttpResponse:
    """One technique of a station: its teachers, learners and cases, and the signing off."""
    found = queries.handover(by=request.actor, id=id, on=clock.today())
    if found is None:
        raise Http404
    row, cases = found
    problems: list[str] = []
    if request.method == "POST":
        make = _FORMS.get(request.POST.get("form", ""))
        try:
            if make is None:
                raise forms.Wrong(_("This form is not known here; load the page again."))
            problems = forms.send(request, *make(request, row))
        except forms.Wrong as wrong:
            problems = [str(wrong)]
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("training-technique", id=id)
    context = _shown(row) | {
        "cases": cases, "problems": problems, "as_of": clock.now(), "given": request.POST,
        "today": clock.today(),
        "trail": [(_("Techniques"), reverse("training-techniques")), (words.technique(row.technique), None)],
    }  # fmt: skip
    return render(
        request, "workforce/training_technique.html", context, status=422 if problems else 200
    )


def _log(request: ActorRequest, row: queries.HandoverRow) -> Sent:
    given = request.POST
    member, day = words.as_uuid(given.get("member", "")), forms.day(given.get("day", ""), _("Day"))
    n = whole(forms.said(given, "n", 3) or "1")
    if member is None or day is None or n is None or not 1 <= n <= 100:
        raise forms.Wrong(_("Choose who did it and how often, from 1 to 100."))
    one = Case(member=member, done_on=day, supervised=given.get("supervised", "yes") == "yes")
    return [(LogCases(handover=row.id, cases=(one,) * n), row.unit)]


def _void(request: ActorRequest, row: queries.HandoverRow) -> Sent:
    case = words.as_uuid(request.POST.get("case", ""))
    if case is None:
        raise forms.Wrong(_("Choose the case."))
    return [(VoidCase(case=case, reason=forms.reason(request.POST)), row.unit)]


def _sign(request: ActorRequest, row: queries.HandoverRow) -> Sent:
    return [
        (SignHandover(handover=row.id, paper=forms.said(request.POST, "paper", 200)), row.signs)
    ]


def _end(request: ActorRequest, row: queries.HandoverRow) -> Sent:
    return [(EndHandover(handover=row.id, reason=forms.reason(request.POST)), row.unit)]


_FORMS: dict[str, Callable[[ActorRequest, queries.HandoverRow], Sent]] = {
    "log": _log, "void": _void, "sign": _sign, "end": _end,
}  # fmt: skip
