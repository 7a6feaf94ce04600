"""Teams and goods: who can be sent, what lies where, and the ledger of every shelf."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import (
    Away,
    CountResource,
    Member,
    MoveResource,
    ReceiveResource,
    SetResource,
    SetTeam,
)
from tuyen.kernel.operation import Operation, Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import words
from tuyen.web.surveillance import words_response as told
from tuyen.web.surveillance.views_response import tabs
from tuyen.web.typed import whole

READ, EDIT = queries.RESPONSE, queries.RESOURCES
MOST_MEMBERS, MOST_AWAY = 40, 60
DAYS = range(1, 8)


@screen(right=READ)
@require_GET
def teams(request: ActorRequest) -> HttpResponse:
    """The teams of the reader's units, with who can be sent today."""
    found = queries.teams(by=request.actor, on=clock.today())
    rows = [
        {
            "row": row,
            "skills": [told.skill(code) for code in sorted(row.facts.skills)],
            "away": _absence(row),
            "days": _weekdays(row.facts.days),
        }
        for row in found
    ]
    context = {
        "rows": rows, "tabs": tabs(request), "may": policies.may(request.actor, EDIT),
        "ready": sum(not row["away"] for row in rows), "as_of": clock.now(),
    }  # fmt: skip
    return render(request, "surveillance/response_teams.html", context)


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def team_new(request: ActorRequest) -> HttpResponse:
    """A new team of one of the reader's units."""
    return _team_form(request, None)


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def team(request: ActorRequest, id: UUID) -> HttpResponse:
    """A team: its members, where it stands, when it cannot be sent."""
    held = queries.team(by=request.actor, id=id)
    if held is None or not policies.may(request.actor, EDIT, held.unit):
        raise Http404
    return _team_form(request, held)


@screen(right=READ)
@require_GET
def goods(request: ActorRequest) -> HttpResponse:
    """What lies where: free, promised, and below its minimum."""
    found = queries.stocks(by=request.actor, on=clock.today())
    shown = [row for row in found if row.low] if request.GET.get("low") else found
    rows = [
        {
            "name": told.item(row.facts.item), "unit": told.unit_of(row.facts.item), "row": row,
            "href": reverse("response-shelf", args=[row.facts.unit, row.facts.item]),
        }
        for row in shown
    ]  # fmt: skip
    context = {
        "rows": rows, "low": sum(row.low for row in found), "only_low": request.GET.get("low", ""),
        "tabs": tabs(request), "may": policies.may(request.actor, EDIT), "as_of": clock.now(),
    }  # fmt: skip
    return render(request, "surveillance/response_goods.html", context)


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def goods_new(request: ActorRequest) -> HttpResponse:
    """Keep a good at a unit from now on."""
    problems: list[str] = []
    if request.method == "POST":
        unit = _unit(request.POST.get("unit", ""))
        item = request.POST.get("item", "")
        minimum = whole(request.POST.get("minimum", "0"))
        if unit is None:
            problems = [_("No unit is called that; type a part of its name and choose one.")]
        elif minimum is None:
            problems = [_("Write the minimum as a whole number.")]
        else:
            problems = _send(request, SetResource(item=item[:60], minimum=minimum), unit)
            if not problems:
                return redirect("response-shelf", unit=unit, item=item)
    context = {
        "items": told.item_choices(), "units": _my_units(request), "problems": problems,
        "given": request.POST, "back": reverse("response-goods"),
    }  # fmt: skip
    return render(
        request, "surveillance/response_goods_new.html", context, status=422 if problems else 200
    )


@screen(right=READ)
@require_http_methods(["GET", "POST"])
def shelf(request: ActorRequest, unit: UUID, item: str) -> HttpResponse:
    """One good at one unit: what is there, its ledger, and what is done with it."""
    by, on = request.actor, clock.today()
    rows = queries.stocks(by=by, on=on, unit=unit)
    row = next((r for r in rows if r.facts.item == item), None)
    if row is None:
        raise Http404
    problems: list[str] = []
    if request.method == "POST":
        payload = _asked(request, item, problems)
        if payload is not None:
            problems = _send(request, payload, unit)
            if not problems:
                messages.success(request, _("Written into the ledger."))
                return redirect("response-shelf", unit=unit, item=item)
    context = {
        "row": row, "name": told.item(item), "measure": told.unit_of(item), "problems": problems,
        "lines": [
            (line, words.word(told.MOVEMENT, line.kind))
            for line in queries.movements(by=by, unit=unit, item=item)
        ],
        "trail": [(_("Goods"), reverse("response-goods")), (told.item(item), None)],
        "may": row.mine, "given": request.POST, "as_of": clock.now(),
    }  # fmt: skip
    return render(
        request, "surveillance/response_shelf.html", context, status=422 if problems else 200
    )


def _asked(request: ActorRequest, item: str, problems: list[str]) -> Payload | None:
    """The operation that a form of the shelf asks for; None with a problem told."""
    given, what = request.POST, request.POST.get("what", "")
    number, note = whole(given.get("number", "")), given.get("note", "").strip()[:500]
    if number is None or (number == 0 and what in ("receive", "move")):
        problems.append(_("Write how many, as a whole number."))
        return None
    match what:
        case "receive":
            return ReceiveResource(item=item, quantity=number, document=note[:200])
        case "count":
            return CountResource(item=item, counted=number, note=note)
        case "minimum":
            return SetResource(item=item, minimum=number)
        case "move":
            to = _unit(given.get("to", ""))
            if to is not None:
                return MoveResource(item=item, quantity=number, to=to, note=note)
            problems.append(_("No unit is called that; type a part of its name and choose one."))
        case _:
            problems.append(_("Choose what was done."))
    return None


def _team_form(request: ActorRequest, held: queries.TeamFacts | None) -> HttpResponse:
    problems: list[str] = []
    if request.method == "POST":
        payload, unit = _team_of(request, held, problems)
        if payload is not None and unit is not None:
            problems = _send(request, payload, unit, held.id if held else None)
            if not problems:
                messages.success(request, _("The team is kept."))
                return redirect("response-teams")
    context = {
        "held": held, "problems": problems, "skills": told.skill_choices(),
        "form": _typed(request) if request.method == "POST" else _as_form(held),
        "units": _my_units(request), "weekdays": list(zip(DAYS, _day_names(), strict=True)),
        "title": held.name if held else _("A new team"), "back": reverse("response-teams"),
    }  # fmt: skip
    return render(
        request, "surveillance/response_team.html", context, status=422 if problems else 200
    )


def _team_of(
    request: ActorRequest, held: queries.TeamFacts | None, problems: list[str]
) -> tuple[SetTeam | None, UUID | None]:
    form = _typed(request)
    stands, unit = _unit(form["stands"]), held.unit if held else _unit(form["unit"])
    members = [
        Member(
            name=m["name"][:120], phone=m["phone"][:40], skills=tuple(m["skills"]),
            languages=tuple(word[:20] for word in m["languages"].replace(",", " ").split()[:10]),
        )
        for m in form["members"]
        if len(m["name"]) >= 2
    ]  # fmt: skip
    away = []
    for absence in form["away"]:
        if not absence["since"]:
            continue
        since, until = day_of(absence["since"]), day_of(absence["until"] or absence["since"])
        if since is None or until is None:
            problems.append(_("Write the days of absence as 07/03/2026."))
            continue
        away.append(Away(since=since, until=until, why=absence["why"][:200]))
    if unit is None or (form["stands"] and stands is None):
        problems.append(_("No unit is called that; type a part of its name and choose one."))
    if len(form["name"]) < 2:
        problems.append(_("Give the team a name."))
    if not members:
        problems.append(_("Name at least one member."))
    if len(form["contact"]) < 3:
        problems.append(_("Write how the team is reached."))
    if problems:
        return None, None
    return SetTeam(
        team=held.id if held else None, name=form["name"][:120], stands=stands, members=tuple(members),
        contact=form["contact"][:200], days=tuple(day for day in DAYS if str(day) in form["days"]),
        away=tuple(away), disbanded=form["disbanded"],
    ), unit  # fmt: skip


def _typed(request: ActorRequest) -> dict[str, Any]:
    given = request.POST
    known = {code for code, _name in told.skill_choices()}
    members, away = [], []
    for n in range(MOST_MEMBERS):
        if f"member-{n}" in given:
            members.append({
                "name": given.get(f"member-{n}", "").strip(), "phone": given.get(f"phone-{n}", "").strip(),
                "languages": given.get(f"languages-{n}", ""),
                "skills": [s for s in given.getlist(f"skills-{n}") if s in known],
            })  # fmt: skip
    for n in range(MOST_AWAY):
        if f"since-{n}" in given:
            away.append(
                {name: given.get(f"{name}-{n}", "").strip() for name in ("since", "until", "why")}
            )
    return {
        "name": given.get("name", "").strip(), "contact": given.get("contact", "").strip(),
        "unit": given.get("unit", ""), "stands": given.get("stands", ""), "members": members,
        "away": away, "days": given.getlist("days"), "disbanded": "disbanded" in given,
    }  # fmt: skip


def _as_form(held: queries.TeamFacts | None) -> dict[str, Any]:
    blank = {"name": "", "phone": "", "languages": "", "skills": []}
    none = {"since": "", "until": "", "why": ""}
    if held is None:
        return {"name": "", "contact": "", "unit": "", "stands": "", "members": [blank] * 4,
                "away": [none], "days": [str(day) for day in DAYS], "disbanded": False}  # fmt: skip
    members = [
        {
            "name": m.name,
            "phone": m.phone,
            "languages": ", ".join(m.languages),
            "skills": list(m.skills),
        }
        for m in held.members
    ]
    away = [
        {"since": f"{a.since:%d/%m/%Y}", "until": f"{a.until:%d/%m/%Y}", "why": a.why}
        for a in held.away
    ]
    return {
        "name": held.name, "contact": held.contact, "unit": str(held.unit), "stands": str(held.stands),
        "members": (members + [blank] * 2)[:MOST_MEMBERS], "away": [*away, none][:MOST_AWAY],
        "days": [str(day) for day in DAYS if held.days[day - 1] == "1"],
        "disbanded": held.disbanded_on is not None,
    }  # fmt: skip


def _send(
    request: ActorRequest, payload: Payload, unit: UUID, corrects: UUID | None = None
) -> list[str]:
    now = clock.now()
    operation = Operation.of(
        payload, unit=unit, happened_on=now.date(), recorded_at=now, corrects=corrects
    )
    receipts = commit(by=request.actor, operations=[operation], at=now)
    return [words.said(r.refusal) for r in receipts if r.refusal is not None]


def _my_units(request: ActorRequest) -> list[tuple[UUID, str]]:
    """The facilities at which the reader may keep teams and goods."""
    on, map_ = clock.today(), registry.atlas()
    scope = policies.scope(request.actor, EDIT)
    kinds = ("cdc", "health_centre", "hospital", "station", "gate", "department")
    return [(u, map_.full_name(u, on)) for u in map_.units(kinds, on) if scope.covers(u)]


def _unit(text: str) -> UUID | None:
    try:
        id = UUID(text)
    except ValueError:
        found = registry.atlas().find(text, clock.today(), limit=2) if text.strip() else []
        return found[0].unit if len(found) == 1 or (found and found[0].score >= 1) else None
    return id if registry.atlas().unit(id) is not None else None


def day_of(text: str) -> date | None:
    """A day as it is typed, 07/03/2026; None for anything else."""
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return None


def _absence(row: queries.TeamRow) -> str:
    """Why a team cannot be sent today; "" when it can."""
    if row.taken_until is not None:
        return _("Booked until {day}").format(day=f"{row.taken_until:%d/%m/%Y}")
    if row.missing == "weekday":
        return _("Not on duty on this day of the week")
    if row.missing == "away":
        return _("Away")
    return _("Away: {why}").format(why=row.missing) if row.missing else ""


def _weekdays(days: str) -> str:
    if days == "1111111":
        return _("Every day")
    return ", ".join(name for name, on in zip(_day_names(), days, strict=True) if on == "1") or "–"


def _day_names() -> list[str]:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
