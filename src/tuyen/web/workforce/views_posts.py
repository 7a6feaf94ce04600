"""Posts and gaps by station, one station's people and work, the structure, and the norms behind it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.network import queries as network
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import SetZone
from tuyen.engines.workforce import norms as engine
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.charts import Bar, render_bars
from tuyen.web.templatetags.figures import number
from tuyen.web.workforce import forms, outlook, words
from tuyen.web.workforce.views_staff import tabs

FIGURE = queries.FIGURE
_NORMS = (
    "station",
    "project",
    "zone",
    "positions",
    "network",
    "doctors",
    "lasting",
    "sparing",
    "way",
)


@screen(right=FIGURE)
@require_GET
def posts(request: ActorRequest) -> HttpResponse:
    """Every station in reach: people against the norm and against the work, positions nobody holds; as of
    today, or of another day on its own map."""
    by, today = request.actor, clock.today()
    on, problems = _day(request, today)
    found = queries.staffing(by=by, on=on)
    done = outlook.work(by=by, on=min(on, today), map_on=on)
    only = request.GET.get("only", "")
    rows = [_row(row, done, on) for row in found.rows]
    shown = [one for one in rows if not only or one["bad"]]
    bars = [
        Bar(one["row"].name, float(one["row"].have), one["href"], one["row"].quota)
        for one in shown
    ]  # fmt: skip
    context = {
        "rows": shown, "all": len(rows), "found": found, "only": only, "as_of": clock.now(),
        "on": on, "today": today, "problems": problems,
        "chart": render_bars(
            bars, title=_("People at each station, and its number"), size="wide",
            sub=_("Bar: people there. Tick: the number of 03/2023/TT-BYT for the merged station."),
            show_table=False,
        ) if bars else "",
        "short": sum(bool(one["bad"]) for one in rows), "work": done is not None,
        "tabs": tabs(request), "norm": outlook.source("station", on),
        "project": outlook.source("project", on),
        "may_plan": policies.may(by, queries.EDIT), "least": rules.doctors_wanted(on).least,
    }  # fmt: skip
    return render(request, "workforce/posts.html", context)


def _day(request: ActorRequest, today: date) -> tuple[date, list[str]]:
    """The day that is asked about, today where none is; and what is wrong with it."""
    try:
        on = forms.day(request.GET.get("on", ""), _("Day"), needed=False) or today
    except forms.Wrong as wrong:
        return today, [str(wrong)]
    return on, []


def _asked(on: date) -> str:
    """What an address carries to stay with a day; nothing for today, which goes on."""
    return "" if on == clock.today() else f"?on={on:%d/%m/%Y}"


def _row(row: queries.CommuneStaffing, done: Any, on: Any) -> dict[str, Any]:
    need = outlook.needed(done.get(row.station), row.by_cadre, on) if done is not None else None
    gap = None
    if row.quota is not None:
        gap = float(engine.gap(
            np.array([row.quota]), np.array([np.nan if need is None else need]),
            np.array([float(row.have)]),
        )[0])  # fmt: skip
    return {
        "row": row, "need": need, "gap": gap, "href": reverse("workforce-station", args=[row.station]) + _asked(on),
        "spare": -gap if gap is not None and gap < 0 else None,
        "missing": [(words.position(one.key), one.short) for one in row.missing],
        "bad": bool(row.missing or row.doctors_short or row.lasting_short or (gap or 0) >= 1),
    }  # fmt: skip


@screen(right=FIGURE)
@require_http_methods(["GET", "POST"])
def station(request: ActorRequest, unit: UUID) -> HttpResponse:
    """One station with its points: each position and cadre, what the work asks for, its zone."""
    by, today = request.actor, clock.today()
    on, problems = _day(request, today)
    found = queries.staffing(by=by, on=on)
    row = next((one for one in found.rows if one.station == unit), None)
    if row is None:
        raise Http404
    may_edit = policies.may(by, queries.EDIT, row.commune) and on == today
    # What is done about a gap, and the files of those who are there, are of today.
    may_read = policies.may(by, queries.READ, unit) and on == today
    if request.method == "POST":
        if not may_edit:
            raise Http404
        problems = _zone(request, row)
        if not problems:
            messages.success(request, _("The zone is kept."))
            return redirect("workforce-station", unit=unit)
    done = outlook.work(by=by, on=min(on, today), map_on=on)
    here = (done or {}).get(unit, {})
    context = {
        **_row(row, done, on), "problems": problems, "as_of": clock.now(), "today": today, "on": on,
        "cadres": [
            (words.named("cadre", cadre), row.by_cadre.get(cadre, 0), cadre)
            for cadre in rules.cadres() if row.by_cadre.get(cadre)
        ],
        "positions": _positions([row], on), "network": rules.network_wanted(on),
        "work": [(words.named("cadre", one.cadre), one) for one in outlook.needs(here, row.by_cadre, on)]
        if done is not None else [],
        "support": sum(row.by_cadre.get(cadre, 0) for cadre in rules.support()),
        "rounds": network.rounds_work(by=by, unit=unit, on=on),
        "visits": here.get("visit", 0), "wanted": rules.doctors_wanted(on), "may_edit": may_edit,
        "may_plan": policies.may(by, queries.EDIT, unit) and on == today, "may_read": may_read,
        "behind": queries.behind(by=by, on=on, unit=unit) if may_read else None,
        "trail": [(_("Posts and gaps"), reverse("workforce") + _asked(on)), (row.name, None)],
    }  # fmt: skip
    return render(request, "workforce/station.html", context, status=422 if problems else 200)


def _positions(
    rows: Sequence[queries.CommuneStaffing], on: date
) -> list[tuple[str, int, int, int]]:
    """(position, people there, at least, short) over stations, the village network by their villages last;
    what one station has too many is no help to another."""
    found = []
    for position in rules.positions_wanted(on):
        held = [sum(row.by_cadre.get(cadre, 0) for cadre in position.of) for row in rows]
        short = sum(max(0, position.least - n) for n in held)
        found.append((words.position(position.key), sum(held), position.least * len(rows), short))
    network = rules.network_wanted(on)
    short = sum(max(0, network.least * row.villages - row.network) for row in rows)
    asked = sum(network.least * row.villages for row in rows)
    there = sum(row.network for row in rows)
    return [*found, (words.position(network.key), there, asked, short)]


def _zone(request: ActorRequest, row: queries.CommuneStaffing) -> list[str]:
    given = request.POST
    zone = given.get("zone", "")
    try:
        since = forms.day(given.get("since", ""), _("Holds from"))
        source = forms.reason(given, "source")
        if zone not in ("1", "2", "3") or since is None:
            raise forms.Wrong(_("The zone is 1, 2 or 3."))
    except forms.Wrong as wrong:
        return [str(wrong)]
    return forms.send(request, (SetZone(zone=int(zone), since=since, source=source), row.commune))


@screen(right=FIGURE)
@require_GET
def structure(request: ActorRequest) -> HttpResponse:
    """People by degree and by cadre, and how many of a cadre there will be until 2030."""
    by, on = request.actor, clock.today()
    asked = request.GET.get("cadre", "")
    asked = asked if asked in rules.cadres() and asked not in rules.doctors() else ""
    counts = queries.degrees(by=by, on=on)
    unknown = counts.pop("", 0)
    bands = engine.structure({band: counts.get(band, 0) for band in rules.bands()})
    found = queries.staffing(by=by, on=on)
    by_cadre: dict[str, int] = {}
    units: set[UUID] = set()
    for unit, held in queries.staff_by_unit(by=by, on=on).items():
        own = {cadre: n for cadre, n in held.items() if cadre not in rules.outside()}
        units |= {unit} if own else set()
        for cadre, n in held.items():
            by_cadre[cadre] = by_cadre.get(cadre, 0) + n
    people = sum(row.people or 0 for row in found.rows)
    everybody = sum(n for cadre, n in by_cadre.items() if cadre not in rules.outside())
    context = {
        "bands": [
            (rules.named(rules.bands(), band, words.language()), n, share)
            for band, n, share in bands.bands
        ],
        "total": bands.total, "unknown": unknown, "units": len(units),
        "each": everybody / len(units) if units else None,
        "cadres": [
            (words.named("cadre", cadre), by_cadre[cadre]) for cadre in rules.cadres()
            if by_cadre.get(cadre)
        ],
        "outlook": outlook.doctors(
            by=by, on=on, target=found.doctors_least, people=people, cadre=asked
        ),
        "positions": _positions(found.rows, on), "stations": len(found.rows),
        "cadre": asked, "options": [one for one in words.options("cadre") if one[0] not in rules.outside()],
        "cadre_name": words.named("cadre", asked),
        "found": found, "as_of": clock.now(), "tabs": tabs(request), "number": number,
        "doctors": outlook.source("doctors", on),
    }  # fmt: skip
    return render(request, "workforce/structure.html", context)


@screen(right=FIGURE)
@require_GET
def norms(request: ActorRequest) -> HttpResponse:
    """The norms that count today, each with its act, its day and how sure it is."""
    on = clock.today()
    names = {
        "station": _("Number of a station"), "project": _("Job-position project of a year"),
        "zone": _("Zone of a commune that nobody entered"), "positions": _("Positions of a station"),
        "network": _("Village network"), "doctors": _("Doctors of a station"), "lasting": _("Doctors of a station who stay"), "sparing": _("Who may be spared"),
        "way": _("Ways between units"),
    }  # fmt: skip
    context = {
        "rows": [(names[key], outlook.source(key, on), _told(key, on)) for key in _NORMS],
        "as_of": clock.now(),
        "trail": [(_("Posts and gaps"), reverse("workforce")), (_("Norms"), None)],
    }
    return render(request, "workforce/norms.html", context)


def _told(key: str, on: Any) -> str:
    """The content of a norm in words."""
    if key == "station":
        norm = rules.station_norm(on)
        zones = "; ".join(
            _("zone {zone}: above {above} people one more for each {each}, × {factor}").format(
                zone=zone, above=number(above), each=number(each), factor=number(factor, 1)
            )
            for zone, (above, each, factor) in sorted(norm.zones.items())
        )
        how = (
            _("the coefficient multiplies the total")
            if norm.on_total
            else _("the coefficient multiplies the base alone")
        )
        return _("{base} people; {zones}; {how}").format(base=norm.base, zones=zones, how=how)
    if key == "doctors":
        wanted = rules.doctors_wanted(on)
        return _("{least} to {most} by {by}").format(
            least=wanted.least, most=wanted.most, by=f"{wanted.by:%d/%m/%Y}"
        )
    if key == "positions":
        return ", ".join(words.position(one.key) for one in rules.positions_wanted(on))
    if key == "lasting":
        return number(rules.lasting_doctors(on))
    if key == "network":
        return _("{n} for each village").format(n=rules.network_wanted(on).least)
    if key == "zone":
        return _("zone {zone}").format(zone=rules.zone_assumed(on))
    if key == "sparing":
        return _("nobody before {n} months at a post").format(n=rules.sparing(on).months)
    if key == "way":
        way = rules.way(on)
        return _("straight line × {detour} at {speed} km/h, at most {most} minutes").format(
            detour=number(way.detour, 1), speed=number(way.speed), most=number(way.most)
        )
    return _("not entered yet; the number above is shown for comparison")
