"""Satellite points: what they do, who of the station serves them on their days, and who depends on them."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.network import queries
from tuyen.apps.network.operations import AmendPoint, PointSaid, StatePoint
from tuyen.kernel.refusal import Refusal
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import outreach_words as words
from tuyen.web.network import point_words
from tuyen.web.network import words as network_words
from tuyen.web.network.sending import send
from tuyen.web.network.views_outreach import (
    PLAN,
    READ,
    chosen,
    framed,
    nobody,
    stations,
    weekdays,
)

NEXT = 5
"""Days of a point that its page names."""


def _month(text: str, on: date) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return on.replace(day=1)


def _months(on: date) -> list[tuple[str, date]]:
    """This month and the next two, as they are chosen from."""
    found = [on.replace(day=1)]
    for _n in range(2):
        last = found[-1]
        found.append(date(last.year + last.month // 12, last.month % 12 + 1, 1))
    return [(f"{one:%Y-%m}", one) for one in found]


@screen(right=READ)
@require_GET
def points(request: ActorRequest) -> HttpResponse:
    """The satellite points of a station, and who serves them in a month."""
    units = stations(request)
    if not units:
        return nobody(request)
    unit, on = chosen(request, units), clock.today()
    month = _month(request.GET.get("month", ""), on)
    rows = queries.points(by=request.actor, unit=unit, on=on)
    page = queries.point_month(by=request.actor, unit=unit, month=month, on=on) if rows else None
    context = framed(
        request, units, unit, rows=[_point(one) for one in rows], page=page, month=f"{month:%Y-%m}",
        months=_months(on), first=month, days=_days(page, on) if page else [],
        told=point_words.told(page) if page else [],
        cells=[(f"{one.point}|{one.day}", f"{point_words.day(one.day)}, {one.point_name}")
               for one in page.rows if one.day >= on] if page else [],
    )  # fmt: skip
    return render(request, "network/outreach_points.html", context)


def _days(page: queries.PointMonthPage, on: date) -> list[dict[str, Any]]:
    return [
        {"one": one, "day": point_words.day(one.day), "past": one.day < on,
         "fault": point_words.fault(one.fault)} for one in page.rows
    ]  # fmt: skip


@screen(right=PLAN)
@require_POST
def share_out(request: ActorRequest) -> HttpResponse:
    """Let the engine share the days of a month's points out among the station's people, or change one day."""
    units = stations(request, PLAN)
    if not units:
        raise Http404
    unit, on, given = chosen(request, units), clock.today(), request.POST
    month = _month(given.get("month", ""), on)
    try:
        if "cell" in given:
            parts = given["cell"].split("|")
            point, day = network_words.as_uuid(parts[0]), _day(parts[-1])
            if point is None or day is None:
                raise Http404
            payload = queries.changed_point_days(
                by=request.actor, unit=unit, cell=(point, day),
                member=network_words.as_uuid(given.get("member")), on=on,
            )  # fmt: skip
        else:
            payload = queries.planned_point_days(by=request.actor, unit=unit, month=month, on=on)
        problems = send(request, payload, unit)[1]
    except Refusal as refusal:
        problems = [network_words.said(refusal)]
    for problem in problems:
        messages.error(request, problem)
    if not problems:
        messages.success(request, _("It is kept."))
    return redirect(f"{reverse('outreach-points')}?unit={unit}&month={month:%Y-%m}#days")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _point(one: queries.PointRow) -> dict[str, Any]:
    said = one.said
    return {
        "one": one, "villages": len(one.villages),
        "functions": words.named("functions", said.functions) if said else "",
        "days": words.weekdays(said.weekdays) if said else "",
        "open": len(said.weekdays) if said else 0,
        "served": ", ".join(said.served_by) if said else "",
    }  # fmt: skip


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def point(request: ActorRequest, unit: UUID, point: UUID) -> HttpResponse:
    """A satellite point: its statement, and its chronic patients with when they are due next."""
    if not policies.may(request.actor, READ, unit):
        raise Http404
    on = clock.today()
    row = next(
        (one for one in queries.points(by=request.actor, unit=unit, on=on) if one.id == point), None
    )
    if row is None:
        raise Http404
    may = policies.may(request.actor, PLAN, point)
    problems: list[str] = []
    if request.method == "POST":
        problems = _state(request, row, may)
        if not problems:
            messages.success(request, _("It is kept."))
            return redirect("outreach-point", unit=unit, point=point)
    found = queries.following(by=request.actor, unit=unit, point=point, on=on)
    accounts.record_readings(
        by=request.actor, subject="registry.person", at=clock.now(),
        ids={one.patient.person for one in (found.rows if found else ()) if one.patient.name},
    )  # fmt: skip
    said = row.said
    open_ = bool(said and said.weekdays)
    history = queries.statements(by=request.actor, point=point, on=on)
    back = f"{reverse('outreach-points')}?unit={unit}"
    context = {
        "row": _point(row), "unit": unit, "may": may, "problems": problems, "as_of": clock.now(),
        "found": found, "way": found.way if found else None, "coming": _coming(request, unit, point, on),
        "patients": [{"one": one, "days": words.weekdays(one.point_days)} for one in found.rows] if found else None,
        "closed": said is not None and not open_, "said": said,
        "functions": words.choices("functions", said.functions if said else ()),
        "days": words.day_choices(said.weekdays if said else ()),
        "served_text": "\n".join(said.served_by) if said else "",
        "history": [{"one": one, "days": words.weekdays(one.weekdays),
                     "functions": words.named("functions", one.functions)} for one in history],
        "trail": [(_("Satellite points"), back), (row.name, None)],
    }  # fmt: skip
    return render(request, "network/outreach_point.html", context, status=422 if problems else 200)


def _coming(request: ActorRequest, unit: UUID, point: UUID, on: date) -> list[dict[str, Any]]:
    """The next days of a point and who comes, this month and the next."""
    this, later = (first for _key, first in _months(on)[:2])
    pages = [
        queries.point_month(by=request.actor, unit=unit, month=m, on=on) for m in (this, later)
    ]
    rows = [
        {"day": point_words.day(one.day), "one": one, "planned": page.planned, "hidden": page.roster == "hidden",
         "fault": point_words.fault(one.fault)}
        for page in pages for one in page.rows if one.point == point and one.day >= on
    ]  # fmt: skip
    return rows[:NEXT]


def _state(request: ActorRequest, row: queries.PointRow, may: bool) -> list[str]:
    if not may:
        return [_("Your post does not write here.")]
    given = request.POST
    lines = [one.strip()[:120] for one in given.get("served_by", "").splitlines()]
    said = PointSaid(
        functions=tuple(given.getlist("function"))[:20], weekdays=weekdays(request),
        served_by=tuple(filter(None, lines))[:20], mobile=given.get("mobile", "").strip()[:500],
    )  # fmt: skip
    reason = given.get("reason", "").strip()[:500]
    if given.get("amends") and row.said is not None:
        if len(reason) < 3:
            return [_("Write why the statement is amended.")]
        return send(request, AmendPoint(statement=row.said.id, said=said, reason=reason), row.id)[1]
    return send(request, StatePoint(said=said), row.id)[1]
