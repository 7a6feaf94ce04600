"""Outbreaks: the list of all that the reader sees, and the opening of a new one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import OpenOutbreak
from tuyen.kernel.operation import Operation
from tuyen.rules import surveillance as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import filters, outbreak_acts, outbreak_words, words
from tuyen.web.surveillance.outbreak_frame import READ, RUN
from tuyen.web.templatetags.figures import number

PAGE = 50


@screen(right=READ)
@require_GET
def outbreaks(request: ActorRequest) -> HttpResponse:
    """The outbreaks of the reader's units, open ones first."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    asked = filters.read(request.GET, on, places)
    state = request.GET.get("state", "open")
    found = queries.outbreaks(
        by=by, open_only=state == "open", closed=True if state == "closed" else None,
        diseases=asked.filters.diseases, area=asked.filters.area, page=_number(request), size=PAGE,
    )  # fmt: skip
    context = {
        "lines": [_line(row, on) for row in found.rows],
        "total": found.total,
        "page": Paginator(range(found.total), PAGE).get_page(found.page),
        "states": [("open", _("Open"), found.open), ("closed", _("Closed"), found.closed),
                   ("all", _("All"), found.open + found.closed)],
        "state": state,
        "faults": asked.faults,
        "texts": filters.named(asked.filters, on, places),
        "asked": asked.filters,
        "disease": ",".join(asked.filters.diseases),
        "may_open": policies.may(by, RUN),
        "as_of": clock.now(),
    }  # fmt: skip
    return render(request, "surveillance/outbreaks.html", context)


@screen(right=RUN)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Open an outbreak: from an alarm or a signal everything is filled in already."""
    if request.method == "GET":
        return _opening(request, _initial(request))
    data = request.POST
    try:
        payload, unit = _read(request, data)
    except outbreak_acts.Unreadable as problem:
        return _opening(request, data, str(problem))
    now = clock.now()
    operation = Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _opening(request, data, words.said(receipt.refusal))
    messages.success(
        request,
        _("The outbreak is open. Kept at position {n} of the journal.").format(
            n=number(receipt.position)
        ),
    )
    return redirect("outbreak", id=receipt.id)


def _read(request: ActorRequest, data: QueryDict) -> tuple[OpenOutbreak, UUID]:
    communes = outbreak_acts.ids_of(
        part for text in data.getlist("commune") for part in text.split(",")
    )
    if not communes:
        raise outbreak_acts.Unreadable(_("Commune: choose at least one of the suggestions."))
    scope = policies.scope(request.actor, RUN)
    unit = next((commune for commune in communes if scope.covers(commune)), communes[0])
    on = clock.today()
    disease = outbreak_acts.said(data, "disease", 60)
    title = outbreak_acts.said(data, "title", 200)
    if len(title) < 3:
        what = words.disease(disease) if disease else outbreak_acts.said(data, "syndrome", 100)
        title = f"{what}, {registry.atlas().full_name(communes[0], on)}"[:200]
    me = request.actor.user if data.get("mine") else None
    payload = OpenOutbreak(
        disease=disease, syndrome=outbreak_acts.said(data, "syndrome", 200), title=title,
        since=outbreak_acts.day_of(data, "since", _("Began on")), communes=communes,
        lead=outbreak_acts.id_of(data, "lead"), assignee=me,
        from_alarms=outbreak_acts.ids_of(data.getlist("alarm")),
        from_signals=outbreak_acts.ids_of(data.getlist("signal")),
        cases=outbreak_acts.ids_of(data.getlist("case")),
    )  # fmt: skip
    return payload, unit


def _initial(request: ActorRequest) -> QueryDict:
    """What an alarm, a signal or a link says already, as if it were typed."""
    data, atlas, on = request.GET.copy(), registry.atlas(), clock.today()
    for id in outbreak_acts.ids_of(data.getlist("alarm")):
        found = queries.alarm(by=request.actor, id=id)
        if found is None:
            continue
        row = found.row
        today = atlas.standing_for(row.commune, on)
        data.setdefault("disease", row.disease)
        data.setdefault("since", f"{row.since:%d/%m/%Y}")
        data.appendlist("commune", str(today))
        listed = queries.line_list(by=request.actor, filters=row.filters, order="onset", size=200)
        for case in listed.rows:
            data.appendlist("case", str(case.id))
        if listed.rows:
            data["since"] = f"{listed.rows[0].onset_on:%d/%m/%Y}"
    data.setdefault("since", f"{on - timedelta(days=1):%d/%m/%Y}")
    data.setdefault("mine", "1")
    return data


def _opening(request: ActorRequest, data: QueryDict, problem: str = "") -> HttpResponse:
    atlas, on = registry.atlas(), clock.today()
    communes = outbreak_acts.ids_of(
        part for text in data.getlist("commune") for part in text.split(",")
    )
    known = {disease.id for disease in rules.all_diseases()}
    disease = data.get("disease", "")
    lead = outbreak_acts.id_of(data, "lead")
    context: dict[str, Any] = {
        "data": data,
        "problem": problem,
        "disease": disease if disease in known else "",
        "disease_text": words.disease(disease) if disease in known else "",
        "communes": [(c, atlas.full_name(c, on)) for c in communes if atlas.unit(c) is not None],
        "lead": lead or "",
        "lead_text": atlas.full_name(lead, on) if lead and atlas.unit(lead) else "",
        "alarms": data.getlist("alarm"),
        "signals": data.getlist("signal"),
        "cases": list(outbreak_acts.ids_of(data.getlist("case"))),
        "trail": [(_("Outbreaks"), reverse("outbreaks")), (_("Open an outbreak"), None)],
    }
    return render(
        request, "surveillance/outbreak_new.html", context, status=422 if problem else 200
    )  # fmt: skip


def _line(row: queries.OutbreakRow, on: Any) -> dict[str, Any]:
    missing = row.open and row.reported_on != on
    return {
        "row": row,
        "disease": row.disease_name(words.language()),
        "group": words.word(words.GROUP, row.group),
        "level": outbreak_words.level(row.level, on),
        "closed": words.word(outbreak_words.BECAUSE, row.closed_because),
        "missing": missing,
        "communes": ", ".join(row.commune_names[:3]) + (" …" if len(row.commune_names) > 3 else ""),
    }


def _number(request: ActorRequest) -> int:
    text = request.GET.get("page", "")
    return int(text) if text.isdecimal() and len(text) < 7 else 1
