"""Mobile sessions: what villages need, and the teams."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.network import queries
from tuyen.apps.network.operations import StateNeed, StateTeam
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import outreach_words as words
from tuyen.web.network.sending import send
from tuyen.web.network.words import as_uuid

READ, PLAN = queries.READ_OUTREACH, queries.PLAN_OUTREACH
SHOWN = ("all", "asked", "none", "proposed")


def stations(request: ActorRequest, right: str = READ) -> list[tuple[UUID, str]]:
    """The stations for which the reader may do something, their own first."""
    map_, on = registry.atlas(), clock.today()
    scope, held = policies.scope(request.actor, right), {p.unit for p in request.actor.posts}
    found = [unit for unit in map_.units("station", on) if scope.covers(unit)]
    found.sort(key=lambda unit: unit not in held)
    return [(unit, map_.full_name(unit, on)) for unit in found[:300]]


def chosen(request: ActorRequest, units: list[tuple[UUID, str]]) -> UUID:
    """The station of the address, else the first."""
    asked = (request.POST or request.GET).get("unit", "")
    unit = next((unit for unit, _name in units if str(unit) == asked), None)
    if unit is None and (asked or not units):
        raise Http404
    return unit or units[0][0]


def tabs(request: ActorRequest, unit: UUID) -> list[tuple[str, str, str]]:
    """(key, label, href) of the parts of mobile sessions."""
    parts = [("villages", _("Villages"), "outreach"), ("teams", _("Teams"), "outreach-teams"),
             ("plans", _("Planned months"), "outreach-plans"), ("points", _("Satellite points"), "outreach-points")]  # fmt: skip
    return [(key, label, f"{reverse(route)}?unit={unit}") for key, label, route in parts]


def framed(
    request: ActorRequest, units: list[tuple[UUID, str]], unit: UUID, **more: Any
) -> dict[str, Any]:
    """What every page of mobile sessions shows around its own."""
    return {
        "units": [(str(id), name) for id, name in units], "unit": str(unit), "unit_name": dict(units)[unit],
        "tabs": tabs(request, unit), "may": policies.may(request.actor, PLAN, unit),
        "as_of": clock.now(), **more,
    }  # fmt: skip


def nobody(request: ActorRequest) -> HttpResponse:
    return render(request, "network/outreach.html", {"units": [], "as_of": clock.now()})


@screen(right=READ)
@require_GET
def villages(request: ActorRequest) -> HttpResponse:
    """The villages of a station with what they need, as stated or as proposed."""
    units = stations(request)
    if not units:
        return nobody(request)
    unit = chosen(request, units)
    rows = queries.needs(by=request.actor, unit=unit, on=clock.today())
    show = request.GET.get("show", "all")
    kept = [one for one in rows if _shown(one, show if show in SHOWN else "all")]
    context = framed(
        request, units, unit, show=show, total=len(rows),
        rows=[{"one": one, "visits": words.visits(one.visits), "days": words.weekdays(one.weekdays if one.visits else ()),
               "skills": words.named("skills", one.skills if one.visits else ())} for one in kept],
        visits=sum(one.visits for one in rows),
        filters=[("all", _("All villages")), ("asked", _("With visits")), ("none", _("Without visits")),
                 ("proposed", _("Not stated yet"))],
    )  # fmt: skip
    return render(request, "network/outreach.html", context)


def _shown(one: queries.NeedRow, show: str) -> bool:
    return {"asked": one.visits > 0, "none": one.visits == 0,
            "proposed": one.stated_on is None}.get(show, True)  # fmt: skip


def _whole(text: str, most: int) -> int:
    text = text.strip()
    return min(most, int(text)) if text.isdecimal() and len(text) < 6 else 0


def weekdays(request: ActorRequest) -> tuple[int, ...]:
    return tuple(n for n in range(7) if str(n) in request.POST.getlist("weekday"))


@screen(right=PLAN)
@require_http_methods(["GET", "POST"])
def need(request: ActorRequest, unit: UUID, village: UUID) -> HttpResponse:
    """State what a village needs."""
    if not policies.may(request.actor, PLAN, unit):
        raise Http404
    on = clock.today()
    found = queries.needs(by=request.actor, unit=unit, on=on)
    row = next((one for one in found if one.village == village), None)
    if row is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        given = request.POST
        row = row._replace(
            visits=_whole(given.get("visits", ""), 4), minutes=_whole(given.get("minutes", ""), 1440),
            weekdays=weekdays(request), skills=tuple(given.getlist("skill"))[:10],
            road="road" in given, landing="landing" in given, vaccine="vaccine" in given,
            contact=given.get("contact", "").strip()[:120], phone=given.get("phone", "").strip()[:20],
        )  # fmt: skip
        payload = StateNeed(
            village=village, visits=row.visits, minutes=row.minutes, weekdays=row.weekdays, skills=row.skills,
            road=row.road, landing=row.landing, vaccine=row.vaccine, contact=row.contact, phone=row.phone,
        )  # fmt: skip
        problems = send(request, payload, unit)[1]
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect(f"{reverse('outreach')}?unit={unit}")
    back = f"{reverse('outreach')}?unit={unit}"
    context = {
        "row": row, "unit": unit, "problems": problems, "as_of": clock.now(),
        "days": words.day_choices(row.weekdays), "skills": words.choices("skills", row.skills),
        "trail": [(_("Mobile sessions"), back), (row.name, None)],
    }  # fmt: skip
    return render(request, "network/outreach_need.html", context, status=422 if problems else 200)


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def teams(request: ActorRequest) -> HttpResponse:
    """The teams of a station; a form that adds one or writes one over."""
    units = stations(request)
    if not units:
        return nobody(request)
    unit, on = chosen(request, units), clock.today()
    problems: list[str] = []
    given: Any = {}
    if request.method == "POST":
        problems = [_("Your post does not write here.")]
        if policies.may(request.actor, PLAN, unit):
            problems = send(request, _team(request), unit)[1]
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect(f"{reverse('outreach-teams')}?unit={unit}")
        given = request.POST
    rows = queries.teams(by=request.actor, unit=unit, on=on)
    edited = next((one for one in rows if str(one.id) == request.GET.get("team", "")), None)
    context = framed(
        request, units, unit, problems=problems, edited=edited, given=given,
        rows=[{"one": one, "kind": words.kind(one.kind), "skills": words.named("skills", one.skills),
               "days": words.weekdays(one.weekdays), "hours": words.hours(one.minutes),
               "cold": words.hours(one.cold_minutes)} for one in rows],
        kinds=words.choices("kinds", [edited.kind if edited else "motorbike"]),
        skills=words.choices("skills", edited.skills if edited else ("vaccinator",)),
        days=words.day_choices(edited.weekdays if edited else range(5)),
        homes=[(str(id), registry.atlas().full_name(id, on))
               for id in (unit, *registry.atlas().subjects(unit, "satellite_of", on))],
    )  # fmt: skip
    return render(request, "network/outreach_teams.html", context, status=422 if problems else 200)


def _team(request: ActorRequest) -> StateTeam:
    given = request.POST
    kind, starts = given.get("kind", ""), given.get("starts", "").strip()
    return StateTeam(
        team=as_uuid(given.get("team")), name=given.get("name", "").strip()[:80],
        kind=kind if kind in ("car", "motorbike", "boat", "foot") else "motorbike",  # type: ignore[arg-type]
        skills=tuple(given.getlist("skill"))[:10], minutes=_whole(given.get("hours", ""), 24) * 60,
        cold_minutes=_whole(given.get("cold", ""), 24) * 60, starts=starts or "07:30",
        weekdays=weekdays(request), home=as_uuid(given.get("home")), nights="nights" in given,
        ended="ended" in given,
    )  # fmt: skip
