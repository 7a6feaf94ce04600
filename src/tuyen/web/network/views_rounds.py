"""The rounds of a month: planned, looked at, moved by hand, put in force with their sessions, printed."""

from collections import Counter, defaultdict
from datetime import date, timedelta
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
from tuyen.apps.immunization.operations import CancelSession, ExpectedPerson, PlanSession
from tuyen.apps.immunization.queries import microplan
from tuyen.apps.immunization.queries import sessions as sessions_of
from tuyen.apps.journal import working
from tuyen.apps.journal.services import commit
from tuyen.apps.network import queries, rounds
from tuyen.apps.network.operations import AskRounds, ChangeRounds, PutRoundsInForce, WithdrawRounds
from tuyen.apps.registry import queries as registry
from tuyen.kernel.operation import Operation
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import session_words
from tuyen.web.network import outreach_notice
from tuyen.web.network import outreach_words as words
from tuyen.web.network import words as network_words
from tuyen.web.network.sending import day as typed_day
from tuyen.web.network.sending import send
from tuyen.web.network.views_outreach import PLAN, READ, chosen, framed, nobody, stations

PLAN_SESSION = "immunization.session.plan"


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def plans(request: ActorRequest) -> HttpResponse:
    """The planned months of a station; the form that asks the program to plan one."""
    units = stations(request)
    if not units:
        return nobody(request)
    unit, on = chosen(request, units), clock.today()
    problems: list[str] = []
    month = _month(request.POST.get("month", "")) or _next(on)
    if request.method == "POST":
        problems, asked = _asked(request, unit, month)
        if asked is not None:
            return redirect("outreach-search", asked)
    rows = queries.rounds_plans(by=request.actor, unit=unit)
    context = framed(
        request, units, unit, problems=problems, months=_months(on), month=f"{month:%Y-%m}",
        teams=queries.teams(by=request.actor, unit=unit, on=on), seasons=words.seasons(),
        searches=[{"row": one, "why": words.search_why(one)}
                  for one in queries.searches(by=request.actor, unit=unit)],
        rows=[{"row": row, "state": words.STATE[row.state], "tone": words.TONE[row.state]} for row in rows],
    )  # fmt: skip
    return render(request, "network/outreach_plans.html", context, status=422 if problems else 200)


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _next(on: date) -> date:
    return (on.replace(day=28) + timedelta(days=4)).replace(day=1)


def _months(on: date) -> list[tuple[str, date]]:
    months, month = [], on.replace(day=1)
    for _n in range(6):
        months.append((f"{month:%Y-%m}", month))
        month = _next(month)
    return months


def _asked(request: ActorRequest, unit: UUID, month: date) -> tuple[list[str], UUID | None]:
    """Ask the program to plan a month: its problems, or the search that was asked for."""
    if not policies.may(request.actor, PLAN, unit):
        return [_("Your post does not write here.")], None
    ids = (network_words.as_uuid(text) for text in request.POST.getlist("team"))
    season = request.POST.get("season", "")
    payload = AskRounds(
        starts=rounds.first_monday(month), teams=tuple(id for id in ids if id is not None)[:20],
        season=season if season in words.SEASONS else "",  # type: ignore[arg-type]
        quick=request.POST.get("how") == "quick",
    )  # fmt: skip
    receipt, problems = send(request, payload, unit)
    if problems:
        return problems, None
    working.start()
    return [], receipt.id


def _page(request: ActorRequest, id: UUID) -> queries.RoundsPage:
    page = queries.rounds_plan(by=request.actor, id=id)
    if page is None:
        raise Http404
    return page


def _trail(page: queries.RoundsPage, *more: str) -> list[tuple[str, str | None]]:
    back = f"{reverse('outreach-plans')}?unit={page.row.unit}"
    trail: list[tuple[str, str | None]] = [(_("Mobile sessions"), back)]
    name = f"{page.row.starts:%m/%Y}"
    if not more:
        return [*trail, (name, None)]
    return [*trail, (name, reverse("outreach-plan", args=[page.row.id])), (more[0], None)]


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def plan(request: ActorRequest, id: UUID) -> HttpResponse:
    """A month, day by day; a visit is moved here, and what breaks is told at once."""
    page = _page(request, id)
    may = page.row.state == "draft" and policies.may(request.actor, PLAN, page.row.unit)
    problems: list[str] = []
    if request.method == "POST":
        problems = _moved(request, page, may)
        if not problems:
            messages.success(request, _("It is moved. What it breaks stands above the calendar."))
            return redirect("outreach-plan", id)
    others = [
        one for one in queries.rounds_plans(by=request.actor, unit=page.row.unit)
        if one.state == "in-force" and one.starts == page.row.starts and one.id != id
    ]  # fmt: skip
    held = _sessions(request, page)
    context = {
        "page": page, "row": page.row, "state": words.STATE[page.row.state], "tone": words.TONE[page.row.state],
        "may": may, "may_withdraw": page.row.state in ("draft", "in-force") and policies.may(
            request.actor, PLAN, page.row.unit),
        "problems": problems, "as_of": clock.now(), "trail": _trail(page), "replaces": others[:1],
        "ways": words.ways(page.plan.ways),
        "broken": [{"text": words.broken(page, one), "must": one.must} for one in page.broken],
        "missing": [{"name": registry.atlas().full_name(one.village, page.row.starts),
                     "told": words.left_out(page, one)} for one in page.plan.missing],
        "teams": [team.name for team in page.plan.teams], "weeks": _weeks(page),
        "moves": _moves(page) if may else [], "targets": _targets(page) if may else [],
        "villages": sorted(((str(one.village), registry.atlas().name(one.village, page.row.starts))
                            for one in page.plan.villages), key=lambda one: one[1]),
        "sessions": len(held), "may_sessions": policies.may(request.actor, PLAN_SESSION, page.row.unit),
        "wanted": sum(stop.vaccine for day in page.days for stop in day.stops),
    }  # fmt: skip
    return render(request, "network/outreach_plan.html", context, status=422 if problems else 200)


def _weeks(page: queries.RoundsPage) -> list[dict[str, Any]]:
    """Weeks of days; of each day what every team does."""
    by_day: dict[date, dict[UUID, queries.DayRow]] = defaultdict(dict)
    for one in page.days:
        by_day[one.day][one.team] = one
    weeks = []
    for n in range(page.plan.weeks):
        days = []
        for k in range(7):
            day = page.plan.starts + timedelta(days=7 * n + k)
            cells = [(team.name, by_day[day].get(team.team)) for team in page.plan.teams]
            if any(cell for _name, cell in cells):
                days.append({"day": day, "weekday": words.weekday(k), "cells": [
                    {"team": name, "cell": cell, "leaves": words.hours(cell.leaves) if cell else "",
                     "back": words.hours(cell.back) if cell else "",
                     "must": any(one.must for one in cell.broken) if cell else False}
                    for name, cell in cells]})  # fmt: skip
        weeks.append({"number": n + 1, "days": days})
    return weeks


def _moves(page: queries.RoundsPage) -> list[tuple[str, str]]:
    """Every visit as it may be chosen: team, day and village in one value."""
    return [
        (f"{day.team}|{day.day}|{stop.village}", f"{stop.name}, {day.day:%d/%m}, {day.team_name}")
        for day in page.days for stop in day.stops
    ]  # fmt: skip


def _targets(page: queries.RoundsPage) -> list[tuple[str, str]]:
    return [(str(team.team), team.name) for team in page.plan.teams]


def _moved(request: ActorRequest, page: queries.RoundsPage, may: bool) -> list[str]:
    if not may:
        return [_("Your post does not write here.")]
    given = request.POST
    parts = given.get("visit", "").split("|")
    team, day = network_words.as_uuid(given.get("to_team")), typed_day(given.get("to_day", ""))
    away = "drop" in given
    at = None
    if len(parts) == 3:
        old, on, village = (
            network_words.as_uuid(parts[0]),
            typed_day(parts[1]),
            network_words.as_uuid(parts[2]),
        )
        at = (old, on) if old and on else None
    else:
        village = network_words.as_uuid(given.get("village"))
    if village is None or (not away and (team is None or day is None)):
        return [_("Choose the visit, the team and the day, as 07/11/2026.")]
    to = None if away or team is None or day is None else (team, day)
    changed = queries.moved(by=request.actor, id=page.row.id, village=village, at=at, to=to)
    if not changed:
        return [_("Nothing moves: the visit is there already, or the day lies outside the month.")]
    return send(request, ChangeRounds(plan=page.row.id, rounds=changed), page.row.unit)[1]


def _sessions(request: ActorRequest, page: queries.RoundsPage) -> dict[UUID, Any]:
    """Sessions of the register that stand for stops of the plan, those that the reader may see."""
    wanted = {
        rounds.session_id(page.row.id, day.team, day.day, stop.village)
        for day in page.days for stop in day.stops if stop.vaccine
    }  # fmt: skip
    found = sessions_of.sessions(
        by=request.actor, first=page.row.starts, last=page.row.ends, unit=page.row.unit, limit=1000
    )
    return {one.id: one for one in found if one.id in wanted and one.state != "cancelled"}


def _planned(request: ActorRequest, page: queries.RoundsPage) -> list[Operation]:
    """The sessions of a plan: an id for each stop, so that sent twice they are taken once."""
    now, unit, operations = clock.now(), page.row.unit, []
    for day in page.days:
        stops = [stop for stop in day.stops if stop.vaccine]
        due = defaultdict(list)
        if stops:
            places = [stop.village for stop in stops]
            for child in microplan.due(by=request.actor, unit=unit, on=day.day, places=places):
                due[child.place].append(
                    ExpectedPerson(person=child.person, vaccines=child.vaccines[:12])
                )
        for stop in stops:
            payload = PlanSession(
                kind="mobile", day=day.day, starts=f"{stop.arrives // 60 % 24:02}:{stop.arrives % 60:02}",
                place=stop.village, team=(day.team_name,), expected=tuple(due[stop.village])[:1000],
            )  # fmt: skip
            operations.append(Operation.of(
                payload, unit=unit, happened_on=now.date(), recorded_at=now,
                id=rounds.session_id(page.row.id, day.team, day.day, stop.village),
            ))  # fmt: skip
    return operations


def _cancelled(request: ActorRequest, page: queries.RoundsPage, reason: str) -> list[Operation]:
    """The sessions of a plan that is not gone by any more, those that were not held."""
    if not policies.may(request.actor, PLAN_SESSION, page.row.unit):
        return []
    now = clock.now()
    return [
        Operation.of(CancelSession(session=one.id, reason=reason), unit=page.row.unit,
                     happened_on=now.date(), recorded_at=now)
        for one in _sessions(request, page).values() if one.state == "planned"
    ]  # fmt: skip


@screen(right=PLAN)
@require_POST
def force(request: ActorRequest, id: UUID) -> HttpResponse:
    """Put a draft in force, and its sessions into the register of immunisation, as one."""
    page, now = _page(request, id), clock.now()
    replaced = network_words.as_uuid(request.POST.get("replaces"))
    operations = []
    if page.row.state == "draft":
        payload = PutRoundsInForce(plan=id, replaces=replaced)
        operations.append(
            Operation.of(payload, unit=page.row.unit, happened_on=now.date(), recorded_at=now)
        )
        if replaced is not None:
            operations += _cancelled(
                request, _page(request, replaced), _("Another plan of the month")
            )
    if policies.may(request.actor, PLAN_SESSION, page.row.unit) and page.row.state in (
        "draft",
        "in-force",
    ):
        operations += _planned(request, page)
    receipts = (
        commit(by=request.actor, operations=operations, at=now, as_one=True) if operations else []
    )
    refused = next((one.refusal for one in receipts if one.refusal is not None), None)
    if refused is not None:
        messages.error(request, network_words.said(refused))
    else:
        messages.success(
            request, _("The plan is in force; its sessions stand in the register of immunisation.")
        )
    return redirect("outreach-plan", id)


@screen(right=PLAN)
@require_POST
def withdraw(request: ActorRequest, id: UUID) -> HttpResponse:
    """Undo a plan: its sessions that were not held are cancelled with it."""
    page, now = _page(request, id), clock.now()
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        messages.error(request, _("Write why the plan is withdrawn."))
        return redirect("outreach-plan", id)
    payload = WithdrawRounds(plan=id, reason=reason)
    operations = [
        Operation.of(payload, unit=page.row.unit, happened_on=now.date(), recorded_at=now)
    ]
    operations += _cancelled(request, page, reason)
    receipts = commit(by=request.actor, operations=operations, at=now, as_one=True)
    refused = next((one.refusal for one in receipts if one.refusal is not None), None)
    if refused is not None:
        messages.error(request, network_words.said(refused))
    return redirect("outreach-plan", id)


@screen(right=READ)
@require_GET
def sheet(request: ActorRequest, id: UUID, team: UUID, day: str) -> HttpResponse:
    """The route sheet of a team's day, to be printed: stops, who is due, what to take, until when it stays cold."""
    page, on = _page(request, id), typed_day(day)
    row = next((one for one in page.days if one.team == team and one.day == on), None)
    if row is None or on is None:
        raise Http404
    unit, places = page.row.unit, [stop.village for stop in row.stops if stop.vaccine]
    due = (
        microplan.due(by=request.actor, unit=unit, on=on, places=places, limit=1000)
        if places
        else []
    )
    people = registry.people(by=request.actor, ids={one.person for one in due}) if due else {}
    others = queries.waiting(
        by=request.actor, unit=unit, villages=[stop.village for stop in row.stops], on=on
    )
    named = {one.person for one in others.rows if one.name} if others else set()
    accounts.record_readings(
        by=request.actor, subject="registry.person", ids=[*people, *sorted(named - people.keys())],
        at=clock.now(),
    )  # fmt: skip
    doses = Counter(code for one in due for code in one.vaccines)
    needs = {
        one.village: one for one in queries.needs(by=request.actor, unit=unit, on=clock.today())
    }
    may_due = policies.may(request.actor, microplan.READ, unit)
    stops = [_stop(stop, due, people, needs.get(stop.village), others) for stop in row.stops]
    pack = (
        microplan.packed(by=request.actor, expected=[o.vaccines for o in due], on=on)
        if due
        else None
    )
    context = {
        "page": page, "row": row, "stops": stops, "as_of": clock.now(), "may_due": may_due,
        "may_others": others is not None, "cut": others.cut if others else 0,
        "leaves": words.hours(row.leaves), "back": words.hours(row.back), "cold": words.hours(row.cold),
        "way": words.hours(row.way),
        "cold_most": words.hours(row.cold_most), "cold_until": words.hours(row.leaves + row.cold_most),
        "stock": [{"name": session_words.vaccine(take.vaccine), "vials": take.vials, "doses": doses[take.vaccine]}
                  for take in pack.takes] if pack else [],
        "trail": _trail(page, f"{row.team_name}, {on:%d/%m/%Y}"),
        "weekday": words.weekday(on.weekday()), "ways": words.ways(page.plan.ways),
    }  # fmt: skip
    return render(request, "network/outreach_sheet.html", context)


def _stop(
    stop: queries.StopRow, due: Any, people: Any, need: queries.NeedRow | None,
    others: queries.Waiting | None,
) -> dict[str, Any]:  # fmt: skip
    mine = [one for one in due if one.place == stop.village]
    return {
        "stop": stop, "arrives": words.hours(stop.arrives), "leaves": words.hours(stop.leaves),
        "children": len(mine), "need": need,
        "names": sorted(
            (people[one.person].name, people[one.person].born_on,
             ", ".join(session_words.vaccine(code) for code in one.vaccines), one.late)
            for one in mine if one.person in people
        ),
        "services": _services(stop.village, others),
    }  # fmt: skip


def _services(village: UUID, others: queries.Waiting | None) -> list[dict[str, Any]]:
    """Who else is waited for at a stop, each service under its name: those who may be named, and how many
    may not."""
    by_service: dict[str, list[queries.Waited]] = defaultdict(list)
    for one in others.rows if others else ():
        if one.village == village:
            by_service[one.service].append(one)
    return [
        {"name": words.service(key), "rows": [one for one in rows if one.name],
         "unnamed": sum(not one.name for one in rows), "count": len(rows)}
        for key, rows in sorted(by_service.items(), key=lambda one: words.service_order(one[0]))
    ]  # fmt: skip


@screen(right=READ)
@require_GET
def notice(request: ActorRequest, id: UUID, village: UUID) -> HttpResponse:
    """The notice of a village, in Vietnamese, as it is hung up: when which team comes."""
    page = _page(request, id)
    if village not in {one.village for one in page.plan.villages}:
        raise Http404
    told = outreach_notice.notice(page, village)
    context = {"notice": told, "as_of": clock.now(), "trail": _trail(page, told.village)}
    return render(request, "network/outreach_notice.html", context)
