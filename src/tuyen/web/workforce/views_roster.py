"""The duty roster of a unit for a month: read, planned by the engine, typed by hand, in force."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.network import queries as network
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.operations import (
    AddShift,
    ChangeShift,
    EnforceRoster,
    OnDuty,
    PutRoster,
)
from tuyen.kernel.operation import Payload
from tuyen.rules import workforce as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.network import point_words
from tuyen.web.workforce import forms, words, words_roster
from tuyen.web.workforce.views_staff import tabs

PLAN, CORRECT = queries.PLAN, queries.CORRECT


def month_of(text: str, on: date) -> date:
    """A month as an address carries it, 2026-11, or as people write it, 11/2026; else the one of today."""
    month, slash, year = text.strip().partition("/")
    try:
        found = date.fromisoformat(f"{year}-{month:0>2}-01" if slash else f"{text}-01")
    except ValueError:
        return on.replace(day=1)
    return found if found.year in forms.YEARS else on.replace(day=1)


def beside(month: date) -> tuple[date, date]:
    """The months before and after one."""
    before = (
        month.replace(year=month.year - 1, month=12)
        if month.month == 1
        else month.replace(month=month.month - 1)
    )
    after = (
        month.replace(year=month.year + 1, month=1)
        if month.month == 12
        else month.replace(month=month.month + 1)
    )
    return before, after


def chosen(request: ActorRequest, units: list[tuple[UUID, str]]) -> UUID | None:
    """The unit that an address or a form names, if it is among some; else the first of them."""
    wanted = words.as_uuid(
        (request.POST if request.method == "POST" else request.GET).get("unit", "")
    )
    known = {id for id, _name in units}
    return wanted if wanted in known else None if wanted else units[0][0] if units else None


@screen(right=CORRECT)
@require_http_methods(["GET", "POST"])
def roster(request: ActorRequest) -> HttpResponse:
    """A month of a unit: people by days on a wide screen, days one by one on a telephone."""
    by, on = request.actor, clock.today()
    given = request.POST if request.method == "POST" else request.GET
    units = queries.units_to_plan(by=by, on=on)
    month, unit = month_of(given.get("month", ""), on), chosen(request, units)
    proposed = given.get("show") == "proposed"
    found = (
        queries.roster(by=by, unit=unit, month=month, on=on, proposed=proposed) if unit else None
    )
    if unit is None and (units or given.get("unit")):
        raise Http404
    plans = unit is not None and policies.may(by, PLAN, unit)
    problems: list[str] = []
    if request.method == "POST":
        if not plans or found is None:
            raise Http404
        problems = _act(request, found)
        if not problems:
            show = "proposed" if given.get("form") in ("plan", "hand") else ""
            return redirect(f"{reverse('roster')}?unit={unit}&month={month:%Y-%m}&show={show}")
    points = _points(request, found) if found else []
    context = {
        "units": units, "unit": unit, "month": month, "found": found, "plans": plans, "problems": problems,
        "before": beside(month)[0], "after": beside(month)[1], "as_of": clock.now(), "given": given,
        "tabs": tabs(request), "edit": plans and given.get("edit") == "1", "today": on,
        "points": points, "unserved": sum(one["day"] >= on and not one["served"] for one in points),
        **(_page(found, on, request.POST) if found else {}),
    }  # fmt: skip
    return render(request, "workforce/roster.html", context, status=422 if problems else 200)


def _points(request: ActorRequest, found: queries.RosterPage) -> list[dict[str, Any]]:
    """Who goes to which satellite point on which day of the month, where the station has points."""
    by = request.actor
    if found.type != "station" or not policies.may(by, network.READ_OUTREACH, found.unit):
        return []
    page = network.point_month(by=by, unit=found.unit, month=found.month, on=clock.today())
    return [
        {"day": one.day, "point": one.point_name, "name": one.name, "fault": point_words.fault(one.fault),
         "served": one.fault == "closed" or (bool(one.member) and not one.fault)}
        for one in page.rows if page.planned
    ]  # fmt: skip


def _page(found: queries.RosterPage, on: date, typed: Any) -> dict[str, Any]:
    """What the page shows of a month; what was typed into the grid stays in it."""
    kinds = rules.shifts(found.month)
    days = [
        {
            "day": day,
            "week": words_roster.WEEKDAYS[day.weekday()],
            "free": found.free.get(day, ""),
            "today": day == on,
        }
        for day in found.days
    ]
    rows = [
        {
            "person": person, "cadre": words.named("cadre", person.cadre),
            "cells": [_cell(found, person, day, kinds, typed) for day in found.days],
            "duties": sum(
                not kinds[cell.kind].implied for (who, _day), cell in found.cells.items()
                if who == person.id and cell.kind in kinds
            ),
        }
        for person in found.people
    ]  # fmt: skip
    lacking: dict[date, list[str]] = {}
    for gap in found.gaps:
        lacking.setdefault(gap.day, []).append(words_roster.asked(gap.key, found.type, found.month))
    return {
        "days": days, "rows": rows, "sentences": words_roster.gaps(found.gaps, found.type, found.month),
        "by_day": [_day(found, day, kinds, lacking) for day in days],
        "broken": [(words_roster.RULES.get(one.rule, one.rule), one.name, one.day) for one in found.broken[:12]],
        "kinds": [(key, words_roster.shift(key, found.month), one.short) for key, one in kinds.items()],
        "shifts": [
            (cell.id, f"{day:%d/%m} · {name} · {words_roster.shift(cell.kind, found.month)}")
            for (who, day), cell in sorted(found.cells.items(), key=lambda one: (one[0][1], str(one[0][0])))
            for name in [next((p.name for p in found.people if p.id == who), "")]
            if cell.kind in kinds and not kinds[cell.kind].implied and day >= on
        ],
        "source": rules.duty_source("roster", "limits", found.month),
    }  # fmt: skip


def _cell(
    found: queries.RosterPage, person: Any, day: date, kinds: Any, typed: Any
) -> dict[str, Any]:
    cell = found.cells.get((person.id, day))
    away, name = found.away.get((person.id, day), ""), f"s-{person.id}-{day:%d}"
    kind = typed.get(name, "") if typed.get("form") == "hand" else cell.kind if cell else ""
    return {
        "day": day, "kind": kind, "short": kinds[cell.kind].short if cell and cell.kind in kinds else "",
        "word": words_roster.shift(cell.kind, found.month) if cell else "", "implied": bool(cell and cell.kind in kinds and kinds[cell.kind].implied),
        "away": words_roster.leave(away, found.month) if away else "", "works": person.works(day),
        "name": name, "free": found.free.get(day, ""),
    }  # fmt: skip


def _day(
    found: queries.RosterPage, day: dict[str, Any], kinds: Any, lacking: dict[date, list[str]]
) -> dict[str, Any]:
    """A day of the list: who has duty, who is away, who lacks."""
    names = {person.id: person.name for person in found.people}
    on = day["day"]
    duty = [
        (words_roster.shift(cell.kind, found.month), names.get(who, ""))
        for (who, at), cell in found.cells.items()
        if at == on and cell.kind in kinds and not kinds[cell.kind].implied
    ]
    away = [
        (names.get(who, ""), words_roster.leave(kind, found.month))
        for (who, at), kind in found.away.items()
        if at == on
    ]
    return day | {"duty": duty, "off": away, "lacks": lacking.get(on, [])}


def _act(request: ActorRequest, found: queries.RosterPage) -> list[str]:
    """Send what one of the forms says."""
    make = _FORMS.get(request.POST.get("form", ""))
    if make is None:
        return [_("This form is not known here; load the page again.")]
    try:
        payload, said = make(request, found)
    except forms.Wrong as wrong:
        return [str(wrong)]
    problems = forms.send(request, (payload, found.unit))
    if not problems:
        messages.success(request, said)
    return problems


def _plan(request: ActorRequest, found: queries.RosterPage) -> tuple[Payload, str]:
    """The roster of the engine, put forward; what is on duty already is kept where that was asked."""
    kinds = rules.shifts(found.month)
    fixed = [
        queries.Had(who, day, cell.kind) for (who, day), cell in found.cells.items()
        if request.POST.get("keep") and cell.kind in kinds and not kinds[cell.kind].implied
    ]  # fmt: skip
    made = queries.plan(
        by=request.actor, unit=found.unit, month=found.month, on=clock.today(), fixed=fixed
    )
    shifts = tuple(OnDuty(member=one.member, day=one.day, kind=one.kind) for one in made.shifts)
    payload = PutRoster(
        month=found.month, shifts=shifts, made="engine", short=made.shortage,
        despite=_("Kept as they were entered") if fixed else "",
    )  # fmt: skip
    return payload, words_roster.proof(made)


def _hand(request: ActorRequest, found: queries.RosterPage) -> tuple[Payload, str]:
    """The grid as it was typed."""
    shifts = []
    kinds = rules.shifts(found.month)
    for person in found.people:
        for day in found.days:
            kind = request.POST.get(f"s-{person.id}-{day:%d}", "")
            if kind in kinds:
                shifts.append(OnDuty(member=person.id, day=day, kind=kind))
    payload = PutRoster(
        month=found.month, shifts=tuple(shifts), made="hand", despite=forms.said(request.POST, "despite"),
    )  # fmt: skip
    return payload, _("The roster is put forward.")


def _enforce(request: ActorRequest, found: queries.RosterPage) -> tuple[Payload, str]:
    wanted = words.as_uuid(request.POST.get("roster", ""))
    if wanted is None:
        raise forms.Wrong(_("There is no roster that waits; load the page again."))
    return EnforceRoster(roster=wanted), _("The roster is in force.")


def _change(request: ActorRequest, found: queries.RosterPage) -> tuple[Payload, str]:
    shift, member = (words.as_uuid(request.POST.get(name, "")) for name in ("shift", "member"))
    if shift is None:
        raise forms.Wrong(_("Choose the shift."))
    return ChangeShift(shift=shift, member=member, reason=forms.reason(request.POST)), _(
        "The shift is changed."
    )


def _add(request: ActorRequest, found: queries.RosterPage) -> tuple[Payload, str]:
    member = words.as_uuid(request.POST.get("member", ""))
    day = forms.day(request.POST.get("day", ""), _("Day"))
    if member is None or day is None:
        raise forms.Wrong(_("Choose who."))
    one = OnDuty(member=member, day=day, kind=forms.said(request.POST, "kind", 40) or "duty")
    return AddShift(on_duty=one, reason=forms.reason(request.POST)), _("The shift is added.")


_FORMS: dict[str, Callable[[ActorRequest, queries.RosterPage], tuple[Payload, str]]] = {
    "plan": _plan, "hand": _hand, "enforce": _enforce, "change": _change, "add": _add,
}  # fmt: skip
