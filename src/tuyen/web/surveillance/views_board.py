"""The province board: what changed since the reader looked, and how things stand."""

from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access import services as accounts
from tuyen.apps.journal import queries as journal
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import ReportZero
from tuyen.kernel.operation import Operation
from tuyen.kernel.period import BadPeriod, Period
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import filters, inbox, pictures, views_counts, words
from tuyen.web.templatetags.figures import number

COUNTS, READ, REPORT = (
    "surveillance.counts.read", "surveillance.case.read", "surveillance.case.report",
)  # fmt: skip
SCREEN = "board"
SHOWN_UNITS = 12
WEEKS = 26
REPORTING = "reporting"  # names the strip where a disease would name a chart


@screen(right=COUNTS)
@require_GET
def board(request: ActorRequest) -> HttpResponse:
    """New and open alarms, trends, reporting and the map, of the reader's units."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    seen, looked = access.last_look(by=by, screen=SCREEN)
    area = asked_area(request, places)
    old = pictures.before_mergers(places, on)
    on_old = request.GET.get("map") == "old" and old is not None
    stand = queries.board(
        by=by, on=on, since_position=seen, map_on=old if on_old else on, area=area
    )
    overdue = queries.overdue_count(by=by, at=clock.now(), area=area)
    may_read = policies.may(by, READ)
    href = filters.rows if may_read else views_counts.address
    first, last = on - timedelta(days=27), on
    context = {
        "stand": stand,
        "looked": looked,
        "new": inbox.tell(stand.new_alarms.rows[:6], clock.now()) if looked else [],
        "open": inbox.grouped(inbox.tell(stand.open_alarms.rows, clock.now()))[:6],
        "figures": _figures(stand, overdue, first, last, area, href, may_read),
        "trends": pictures.multiples(
            stand.trends, stand.marks, href, pictures.silent_weeks(stand.reports), area
        ),
        "key": pictures.key(stand.trends, stand.marks),
        "heat": _strip(stand.reports, may_read, area),
        "units": len(stand.completeness.units),
        "complete": latest(stand.completeness.share()),
        "area": area,
        "area_name": places.full_name(area, on) if area else "",
        "empty": not stand.trends and not stand.open_alarms.total,
        "new_rows": filters.rows(received_after=stand.since) if may_read and stand.since else "",
        "changed_rows": filters.rows(changed_after=stand.since, status="all")
        if may_read and stand.since
        else "",
        **_map(request, stand, places, first, last, old, on_old, href),
    }
    return render(request, "surveillance/board.html", context)


@screen(right=COUNTS)
@require_POST
def seen(request: ActorRequest) -> HttpResponse:
    """Remember that the reader has seen the board up to the position it showed."""
    _epoch, end, _digest = journal.head()
    text = request.POST.get("position", "")
    position = min(int(text), end) if text.isdecimal() and len(text) < 19 else end
    if request.actor.user is not None:
        accounts.look(user=request.actor.user, screen=SCREEN, position=position, at=clock.now())
    messages.success(request, _("From now on the board shows what is new after this moment."))
    return redirect("board")


@screen(right=COUNTS)
@require_GET
def reporting(request: ActorRequest) -> HttpResponse:
    """Every unit of the reader's scope, week by week: what came, what is missing, what was late."""
    by, on, places = request.actor, clock.today(), registry.atlas()
    area = asked_area(request, places)
    weeks = 52 if request.GET.get("weeks") == "52" else 26
    reports = queries.completeness(by=by, on=on, weeks=weeks, area=area)
    href = filters.rows if policies.may(by, READ) else None
    order = pictures.quietest(reports)
    if request.GET.get("order") == "map":
        order = sorted(order)
    context = {
        "heat": pictures.heat(reports, order, href, _("Weekly reports of each unit"))
        if reports.units
        else "",
        "complete": latest(reports.share()),
        "silent": [
            {"name": places.full_name(unit, on), "id": unit} for unit in reports.silent()
        ],
        "owed": _owed(reports, by, places, on),
        "weeks": weeks,
        "order": request.GET.get("order", ""),
        "as_of": clock.now(),
        "area_name": places.full_name(area, on) if area else "",
    }  # fmt: skip
    return render(request, "surveillance/reporting.html", context)


@screen(right=REPORT)
@require_POST
def report_zero(request: ActorRequest) -> HttpResponse:
    """Say that a unit has nothing to report for a week."""
    try:
        unit = UUID(request.POST.get("unit", ""))
        week = Period.parse(request.POST.get("week", ""))
    except (ValueError, BadPeriod):
        messages.error(request, _("Choose the unit and the week again."))
        return redirect("reporting")
    now = clock.now()
    operation = Operation.of(
        ReportZero(week=week.label[:8]), unit=unit, happened_on=now.date(), recorded_at=now
    )
    for receipt in commit(by=request.actor, operations=[operation], at=now):
        if receipt.refusal is not None:
            messages.error(request, words.said(receipt.refusal))
        else:
            messages.success(
                request,
                _("Noted: nothing to report for {week}. Receipt {n}.").format(
                    week=pictures.week_name(week), n=receipt.position
                ),
            )
    return redirect("reporting")


class Figure(NamedTuple):
    """One figure at the head of the board."""

    label: str
    value: Any
    href: str = ""
    share: bool = False
    change: str = ""
    direction: str = ""


def _figures(
    stand: queries.Board, overdue: int, first: date, last: date,
    area: UUID | None, href: pictures.Href, may_read: bool,
) -> list[Figure]:  # fmt: skip
    now, before = int(stand.map.totals().sum()), int(stand.map.before.sum())
    rows = href(first=first, last=last, counted=True, area=area)
    late = stand.completeness.late_share()
    return [
        Figure(
            _("Cases in the last 4 weeks"), now, rows,
            change=_("{n} in the 4 weeks before").format(n=number(before)),
            direction="up" if now > before else "down" if now < before else "same",
        ),
        Figure(_("Open alarms"), stand.open_alarms.total, reverse("signals")),
        Figure(_("Past their time, unanswered"), overdue,
               reverse("signals") + "?state=late"),
        Figure(_("Weekly reports that came"), latest(stand.completeness.share()),
               reverse("reporting"), share=True),
        Figure(_("Cases reported late"), _mean(late, stand.completeness), filters.rows(
            first=stand.completeness.weeks[0].start, last=last, late=True, area=area)
            if may_read else "", share=True),
    ]  # fmt: skip


def _map(
    request: ActorRequest, stand: queries.Board, places: Any, first: date, last: date,
    old: date | None, on_old: bool, href: pictures.Href,
) -> dict[str, Any]:  # fmt: skip
    disease = request.GET.get("disease", "")
    if disease not in stand.map.diseases:
        disease = ""
    what = words.disease(disease) if disease else _("All diseases")
    title = _("{what}: cases of the last 4 weeks by commune").format(what=what)
    sub = f"{first:%d/%m/%Y} – {last:%d/%m/%Y}"
    totals = stand.map.cases.sum(axis=0).tolist()
    ranked = sorted(zip(totals, stand.map.diseases, strict=True), key=lambda pair: -pair[0])
    return {
        "map": pictures.choropleth(
            stand.map, places, disease, first, last, href, title, sub
        ),
        "map_disease": disease,
        "map_what": what,
        "map_diseases": [(key, words.disease(key), count) for count, key in ranked if count],
        "map_old": old,
        "on_old": on_old,
        "bars": _top(stand.map, disease, first, last, href),
    }  # fmt: skip


def _top(
    values: queries.MapValues, disease: str, first: date, last: date, href: pictures.Href
) -> list[dict[str, Any]]:
    """The eight communes with the most cases, beside the map: names that can be read and opened."""
    chosen = {"diseases": (disease,)} if disease else {}
    if disease:
        at = values.diseases.index(disease)
        cases, before = values.cases[:, at], values.before[:, at]
    else:
        cases, before = values.totals(), values.before.sum(axis=1)
    order = [int(n) for n in np.argsort(-cases, kind="stable") if cases[n] > 0][:8]
    return [
        {
            "name": values.names[n],
            "cases": int(cases[n]),
            "before": int(before[n]),
            "href": href(area=values.communes[n], first=first, last=last, counted=True, **chosen),
            "reported": None if np.isnan(values.reported[n]) else float(values.reported[n]),
        }
        for n in order
    ]  # fmt: skip


def _strip(reports: queries.Completeness, linked: bool, area: UUID | None) -> Any:
    if not reports.units:
        return ""
    return pictures.heat(
        reports, pictures.quietest(reports)[:SHOWN_UNITS], filters.rows if linked else None,
        strip_title(reports), table_at=pictures.table_of(REPORTING, area),
    )  # fmt: skip


def strip_title(reports: queries.Completeness) -> str:
    """What the strip of the board is called: it shows a few units of many."""
    if len(reports.units) > SHOWN_UNITS:
        return _("Units that still owe the most reports")
    return _("Weekly reports of each unit")


def _owed(reports: queries.Completeness, by: Any, places: Any, on: date) -> list[dict[str, Any]]:
    """Weeks of which the reader's own units have said nothing: each can be said to be zero."""
    own = {post.unit for post in by.posts}
    scope = policies.scope(by, REPORT)
    return [
        {"unit": unit, "name": reports.names[n], "week": week.label,
         "shown": pictures.week_name(week), "last": week.end}
        for n, unit in enumerate(reports.units)
        if unit in own and scope.covers(unit)
        for t, week in enumerate(reports.weeks)
        if reports.expected[n, t] and not reports.came[n, t]
    ][-8:]  # fmt: skip


def asked_area(request: ActorRequest, places: Any) -> UUID | None:
    """The area that the address names, if there is one on the map."""
    try:
        id = UUID(request.GET.get("area", ""))
    except ValueError:
        return None
    return id if places.unit(id) is not None else None


def latest(share: Any) -> float | None:
    """The last value that is known."""
    known = share[~np.isnan(share)]
    return float(known[-1]) if known.size else None


def _mean(late: Any, reports: queries.Completeness) -> float | None:
    cases = reports.cases.sum()
    return float(reports.late.sum() / cases) if cases else None
