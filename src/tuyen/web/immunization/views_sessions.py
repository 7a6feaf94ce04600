"""Sessions: the list, the plan of one, what it takes along, and the report of a campaign's day."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.immunization.operations import (
    CancelSession,
    ExpectedPerson,
    PlannedVials,
    PlanSession,
    ReportCampaignDay,
)
from tuyen.apps.immunization.queries import campaigns as running
from tuyen.apps.immunization.queries import microplan
from tuyen.apps.immunization.queries import sessions as queries
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Operation
from tuyen.rules.immunization.programme import campaign_report_due
from tuyen.rules.immunization.screening import limits
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import session_forms as forms
from tuyen.web.immunization import session_words as words
from tuyen.web.surveillance.words import word

READ, RUN, PLAN = queries.READ, "immunization.session.run", "immunization.session.plan"
SPAN = timedelta(days=31)
LONG = timedelta(days=400)  # campaigns of the last year can be looked up
MOST_EXPECTED = 300


@screen(right=READ)
@require_GET
def sessions(request: ActorRequest) -> HttpResponse:
    """Sessions of a month before and after today, or from a chosen day."""
    on = clock.today()
    first = forms.first_day(request.GET.get("from", ""), on - SPAN)
    last = first + 2 * SPAN
    rows = queries.sessions(by=request.actor, first=first, last=last)
    context = {
        "rows": [(row, words.kind(row.kind), word(words.STATE, row.state), words.TONE[row.state])
                 for row in rows],
        "first": first, "last": last, "may_plan": policies.may(request.actor, PLAN),
        "today": on, "as_of": clock.now(),
    }  # fmt: skip
    return render(request, "immunization/sessions.html", context)


@screen(right=PLAN)
@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest, id: UUID | None = None) -> HttpResponse:
    """Plan a session, or write a planned one over."""
    row = queries.session(by=request.actor, id=id) if id else None
    if id and (row is None or row.state != "planned"):
        raise Http404
    if request.method == "GET":
        return _show_plan(request, row)
    try:
        unit, payload = _planned(request, row)
    except forms.Wrong as wrong:
        return _show_plan(request, row, [str(wrong)])
    now = clock.now()
    operation = Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _show_plan(request, row, [words.said(receipt.refusal, payload.day)])
    messages.success(request, _("The session is planned."))
    return redirect("session", row.id if row else receipt.id)


@screen(right=PLAN)
@require_POST
def cancel(request: ActorRequest, id: UUID) -> HttpResponse:
    """A planned session does not take place."""
    row = queries.session(by=request.actor, id=id)
    if row is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        messages.error(request, _("Write why the session is cancelled."))
        return redirect("session", id)
    now = clock.now()
    operation = Operation.of(
        CancelSession(session=id, reason=reason), unit=row.unit, happened_on=now.date(),
        recorded_at=now,
    )  # fmt: skip
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        messages.error(request, words.said(receipt.refusal, row.day))
    return redirect("session", id)


@screen(right=READ)
@require_GET
def pack(request: ActorRequest, id: UUID) -> HttpResponse:
    """The list that a session takes along on paper: who is expected, vials, boxes, team."""
    found = queries.desk(by=request.actor, id=id)
    if found is None:
        raise Http404
    shown = [one.person_id for one in found.expected if one.person]
    accounts.record_readings(by=request.actor, subject="registry.person", ids=shown, at=clock.now())
    wanted = [one.vaccines for one in found.expected]
    packed = microplan.packed(by=request.actor, expected=wanted, on=found.row.day)
    context = {
        "row": found.row, "kind": words.kind(found.row.kind), "expected": found.expected,
        "packed": packed, "lines": _takes(packed, found.row), "as_of": clock.now(),
        "trail": [(_("Sessions"), reverse("sessions")),
                  (f"{found.row.day:%d/%m/%Y}", reverse("session", args=[id])),
                  (_("Pack list"), None)],
    }  # fmt: skip
    return render(request, "immunization/session_pack.html", context)


@screen(right=READ)
@require_GET
def campaigns(request: ActorRequest) -> HttpResponse:
    """Days of campaigns, reported and still to be reported."""
    return _show_campaigns(request)


@screen(right=RUN)
@require_POST
def report_day(request: ActorRequest) -> HttpResponse:
    """Report a campaign's day with the figures as they stand."""
    unit, day = forms.uuid(request.POST.get("unit", "")), forms.day_of(request.POST.get("day", ""))
    campaign = request.POST.get("campaign", "").strip()[:200]
    if unit is None or day is None or len(campaign) < 2:
        raise Http404
    now = clock.now()
    payload = ReportCampaignDay(
        campaign=campaign, day=day, note=request.POST.get("note", "").strip()[:500]
    )
    operation = Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _show_campaigns(request, [words.said(receipt.refusal, day)])
    messages.success(request, _("The day is reported."))
    return redirect("campaign-days")


def own_units(request: ActorRequest, right: str) -> list[tuple[UUID, str]]:
    """The stations and points where the reader may do something, their own first."""
    map_, on = registry.atlas(), clock.today()
    scope = policies.scope(request.actor, right)
    held = {post.unit for post in request.actor.posts}
    found = [
        unit for type in ("station", "satellite_point", "health_centre", "hospital")
        for unit in map_.units(type, on) if scope.covers(unit)
    ]  # fmt: skip
    found.sort(key=lambda unit: unit not in held)
    return [(unit, map_.full_name(unit, on)) for unit in found[:200]]


def chosen_unit(request: ActorRequest, units: list[tuple[UUID, str]]) -> UUID:
    asked = (request.POST or request.GET).get("unit", "")
    unit = next((unit for unit, _name in units if str(unit) == asked), None)
    if unit is None and (asked or not units):
        raise Http404
    return unit or units[0][0]


def _planned(request: ActorRequest, row: queries.SessionRow | None) -> tuple[UUID, PlanSession]:
    given = request.POST
    units = own_units(request, PLAN)
    unit = row.unit if row else chosen_unit(request, units)
    day = forms.day_of(given.get("day", ""))
    if day is None:
        raise forms.Wrong(_("Write the day of the session as 07/03/2026."))
    kind = given.get("kind", "")
    if kind not in dict(words.kinds()):
        raise forms.Wrong(_("Choose the kind of session."))
    starts = given.get("starts", "").strip()
    if len(starts) != 5 or forms.moment(given.get("day", ""), starts, _("Starts")) is None:
        raise forms.Wrong(_("Write when it starts as 08:00."))
    tables = min(20, max(1, forms.integer(given.get("tables", "1"), _("Tables"))))
    places = [id for id in map(forms.uuid, given.getlist("village")) if id]
    expected = _expected(request, unit, day, places) if given.get("call") else ()
    vials = forms.vials(given.get("vials", ""))
    if not vials and expected:
        vials = _suggested(request, expected, day)
    programme = given.get("programme", "routine")
    return unit, PlanSession(
        session=row.id if row else None, kind=kind, day=day, starts=starts,  # type: ignore[arg-type]
        programme=programme if programme in words.PROGRAMME else "routine",  # type: ignore[arg-type]
        place=places[0] if len(places) == 1 else None,
        place_name=given.get("place_name", "").strip()[:200],
        campaign=given.get("campaign", "").strip()[:200], tables=tables,
        team=tuple(filter(None, (one.strip()[:200] for one in given.get("team", "").splitlines())))[:20],
        vials=vials, expected=expected, note=given.get("note", "").strip()[:500],
    )  # fmt: skip


def _expected(
    request: ActorRequest, unit: UUID, day: date, places: list[UUID]
) -> tuple[ExpectedPerson, ...]:
    found = microplan.due(by=request.actor, unit=unit, on=day, places=places, limit=MOST_EXPECTED)
    return tuple(ExpectedPerson(person=one.person, vaccines=one.vaccines) for one in found)


def _suggested(
    request: ActorRequest, expected: tuple[ExpectedPerson, ...], day: date
) -> tuple[PlannedVials, ...]:
    packed = microplan.packed(by=request.actor, expected=[one.vaccines for one in expected], on=day)
    return tuple(
        PlannedVials(vaccine=one.vaccine, vials=one.vials, size=packed.sizes[one.vaccine])
        for one in packed.takes
        if one.vials
    )


def _show_plan(
    request: ActorRequest, row: queries.SessionRow | None, problems: list[str] | None = None
) -> HttpResponse:
    units = own_units(request, PLAN)
    if not units:
        raise Http404
    unit = row.unit if row else chosen_unit(request, units)
    map_, on = registry.atlas(), clock.today()
    villages = [
        (str(place), map_.name(place, on)) for place in map_.reach(unit, "own", on)
        if map_.type(place, on) == "village"
    ]  # fmt: skip
    typed = request.POST if problems else None
    context: dict[str, Any] = {
        "row": row, "problems": problems or [], "units": [(str(u), name) for u, name in units],
        "unit": str(unit), "kinds": words.kinds(), "programmes": words.PROGRAMME.items(),
        "villages": sorted(villages, key=lambda one: one[1]), "typed": typed or _typed(row, on),
        "chosen": set(typed.getlist("village")) if typed else _places(row),
        "limits": limits(on), "may_call": True,
    }  # fmt: skip
    return render(
        request, "immunization/session_plan.html", context, status=422 if problems else 200
    )


def _places(row: queries.SessionRow | None) -> set[str]:
    return {str(row.place)} if row and row.place else set()


def _typed(row: queries.SessionRow | None, on: date) -> dict[str, Any]:
    """What stands in the form before anybody typed."""
    if row is None:
        return {"day": f"{on:%d/%m/%Y}", "starts": "08:00", "tables": 1, "call": "yes",
                "kind": "fixed", "programme": "routine"}  # fmt: skip
    return {
        "day": f"{row.day:%d/%m/%Y}", "starts": row.starts, "tables": row.tables, "kind": row.kind,
        "programme": row.programme, "place_name": "" if row.place else row.place_name,
        "campaign": row.campaign, "team": "\n".join(row.team), "note": row.note, "call": "yes",
        "vials": "\n".join(f"{v.vaccine}; {v.lot}; {v.vials}; {v.size}" for v in row.vials),
    }  # fmt: skip


def _takes(packed: microplan.Pack, row: queries.SessionRow) -> list[dict[str, Any]]:
    """Each vaccine of the pack list: as reckoned, and as it was planned."""
    planned: dict[str, int] = {}
    for one in row.vials:
        planned[one.vaccine] = planned.get(one.vaccine, 0) + one.vials
    reckoned = {one.vaccine: one for one in packed.takes}
    return [
        {"code": code, "name": words.vaccine(code), "take": reckoned.get(code),
         "size": packed.sizes.get(code), "planned": planned.get(code),
         "lots": [v.lot for v in row.vials if v.vaccine == code and v.lot]}
        for code in sorted(planned.keys() | reckoned.keys())
    ]  # fmt: skip


def _show_campaigns(request: ActorRequest, problems: list[str] | None = None) -> HttpResponse:
    on = clock.today()
    first = on - SPAN
    rows = queries.campaign_days(by=request.actor, first=first, last=on)
    held = queries.sessions(by=request.actor, first=first, last=on)
    told = {(row.unit, row.campaign, row.day) for row in rows}
    days = dict.fromkeys(
        (one.unit, one.unit_name, one.campaign, one.day) for one in held
        if one.campaign and one.state != "cancelled"
    )  # fmt: skip
    context = {
        "rows": rows, "problems": problems or [], "as_of": clock.now(),
        "named": [
            (one, f"{reverse('campaign')}?{urlencode({'name': one.name})}")
            for one in running.campaigns(by=request.actor, first=on - LONG, last=on + SPAN)
        ],
        "open": [
            {"unit": unit, "name": name, "campaign": campaign, "day": day,
             "due": campaign_report_due(day), "told": (unit, campaign, day) in told,
             "may": policies.may(request.actor, RUN, unit)}
            for unit, name, campaign, day in days
        ],
    }  # fmt: skip
    return render(
        request, "immunization/campaign_days.html", context, status=422 if problems else 200
    )
