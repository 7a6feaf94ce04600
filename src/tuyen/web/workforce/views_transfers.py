"""Transfers and rotations: who could fill what is missing, proposed to the unit that gives them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.network import queries as network
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import AnswerTransfer, ProposeTransfer
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.workforce import forms, words
from tuyen.web.workforce.views_staff import tabs

READ, EDIT = queries.READ, queries.EDIT


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def transfers(request: ActorRequest) -> HttpResponse:
    """What was proposed to or by units in reach; those that wait for an answer first."""
    by, on = request.actor, clock.today()
    rows = queries.transfers(by=by, on=on)
    problems: list[str] = []
    if request.method == "POST":
        problems = _answer(request, rows)
        if not problems:
            messages.success(request, _("The answer is kept."))
            return redirect("staff-transfers")
    context = {
        "rows": [
            {"row": row, "cadre": words.named("cadre", row.cadre), "state": words.STATE[row.state],
             "tone": words.TONE[row.state]}
            for row in rows
        ],
        "problems": problems, "as_of": clock.now(), "tabs": tabs(request),
        "may_plan": bool(forms.units(request, EDIT)),
    }  # fmt: skip
    return render(request, "workforce/transfers.html", context, status=422 if problems else 200)


def _answer(request: ActorRequest, rows: list[queries.TransferRow]) -> list[str]:
    wanted = words.as_uuid(request.POST.get("transfer", ""))
    row = next((one for one in rows if one.id == wanted and one.may_answer), None)
    if row is None:
        return [_("There is no such transfer that waits for you.")]
    payload = AnswerTransfer(
        transfer=row.id, accepted=request.POST.get("answer") == "yes",
        note=forms.said(request.POST, "note"),
    )  # fmt: skip
    return forms.send(request, (payload, row.giver))


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest) -> HttpResponse:
    """Who could fill what is missing: the plan of the engine, each line proposed by a press."""
    by, on = request.actor, clock.today()
    given = request.POST if request.method == "POST" else request.GET
    unit = words.as_uuid(given.get("unit", ""))
    doctors = bool(given.get("doctors"))
    roads = network.roads(by=by, on=on) if policies.may(by, network.READ) else None
    staffing = queries.staffing(by=by, on=on)
    found = queries.suggestions(
        by=by, on=on, staffing=staffing,
        stations=[unit] if unit else None, doctors=doctors, roads=roads,
    )  # fmt: skip
    problems: list[str] = []
    if request.method == "POST":
        problems, sent = _propose(request, found)
        if sent:
            messages.success(request, ngettext(
                "{n} transfer is proposed.", "{n} transfers are proposed.", sent
            ).format(n=sent))  # fmt: skip
        if not problems:
            return redirect("staff-transfers")
    rows = [
        {"one": one, "position": words.position(one.position), "why": words.WHY.get(one.why, ""),
         "key": f"{one.station}:{one.member}"}
        for one in found
    ]  # fmt: skip
    context = {
        "rows": [row for row in rows if row["one"].member], "unmet": [r for r in rows if not r["one"].member],
        "problems": problems, "given": given, "unit": unit, "doctors": doctors, "today": on,
        "stations": len(staffing.rows), "as_of": clock.now(), "rule": rules.sparing(on), "straight": rules.way(on),
        "way": roads.way if roads else None,
        "minutes": sum(one.minutes or 0 for one in found),
        "trail": [(pgettext("staff", "Transfers"), reverse("staff-transfers")), (_("Plan"), None)],
    }  # fmt: skip
    return render(request, "workforce/plan.html", context, status=422 if problems else 200)


def _propose(request: ActorRequest, found: list[queries.Suggestion]) -> tuple[list[str], int]:
    """Send what was ticked, as a transfer for good or until a day."""
    given = request.POST
    ticked = set(given.getlist("take"))
    chosen = [one for one in found if one.member and f"{one.station}:{one.member}" in ticked]
    if not chosen:
        return [_("Tick who is to be proposed; the plan may have changed since.")], 0
    try:
        since = forms.day(given.get("since", ""), _("From"))
        until = forms.day(given.get("until", ""), _("Until before"), needed=False)
        reason = forms.reason(given)
    except forms.Wrong as wrong:
        return [str(wrong)], 0
    sent: list[Any] = [
        (ProposeTransfer(
            member=one.member, since=since, until=until, reason=reason,
            contract="rotated" if until else "permanent",
        ), one.station)
        for one in chosen if one.member is not None and since is not None
    ]  # fmt: skip
    problems = forms.send(request, *sent)
    return problems, len(sent) - len(problems)
