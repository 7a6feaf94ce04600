"""Preparedness: the year's ranked risks with their evidence, the plan, and who is on duty."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import (
    ApproveAssessment,
    CloseAction,
    DropRisk,
    DutyDraft,
    ReopenAssessment,
    ScoreRisk,
    SetAction,
    SetDuties,
)
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules import surveillance as diseases
from tuyen.rules.surveillance import preparedness as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import words
from tuyen.web.surveillance.views_resources import day_of
from tuyen.web.templatetags.figures import number

READ, EDIT, APPROVE = queries.PREPARED, queries.PREPARE, queries.APPROVE
SUGGESTED = 15
LONGEST_ROTA = 62
LEVEL: words.Words = {
    "low": gettext_lazy("Low"),
    "medium": gettext_lazy("Medium"),
    "high": gettext_lazy("High"),
    "very-high": gettext_lazy("Very high"),
}
TONE = {"low": "calm", "medium": "plain", "high": "warn", "very-high": "bad"}
SHIFT: words.Words = {
    "day": pgettext_lazy("shift", "Day"),
    "night": pgettext_lazy("shift", "Night"),
}
ACTION_STATE: words.Words = {
    "open": gettext_lazy("To do"),
    "done": gettext_lazy("Done"),
    "dropped": gettext_lazy("Dropped"),
}
MARKS = range(1, 6)


@screen(right=READ)
@require_GET
def preparedness(request: ActorRequest) -> HttpResponse:
    """One of the three parts of a unit's preparedness: risks, plan or rota."""
    return _show(request)


@screen(right=EDIT)
@require_POST
def score(request: ActorRequest) -> HttpResponse:
    """Score a hazard, or take it out."""
    unit, year = _asked(request)
    hazard = request.POST.get("hazard", "")[:60]
    if request.POST.get("drop"):
        reason = request.POST.get("note", "").strip()[:500]
        if len(reason) < 3:
            return _show(request, [_("Write in the note why it is taken out.")])
        return _sent(request, unit, DropRisk(year=year, hazard=hazard, reason=reason))
    marks = {name: request.POST.get(name, "") for name in rules.DIMENSIONS}
    if not all(mark in "12345" and len(mark) == 1 for mark in marks.values()):
        return _show(request, [_("Give each of the four marks, from 1 to 5.")])
    found = queries.assessment(by=request.actor, unit=unit, year=year)
    rows = [*found.rows, *found.others] if found else []
    evidence = next((row.evidence for row in rows if row.hazard == hazard), None)
    payload = ScoreRisk(
        year=year, hazard=hazard, note=request.POST.get("note", "").strip()[:1000],
        evidence=evidence.told() if evidence else {},
        **{name: int(mark) for name, mark in marks.items()},
    )  # fmt: skip
    return _sent(request, unit, payload)


@screen(right=APPROVE)
@require_POST
def decide(request: ActorRequest) -> HttpResponse:
    """Approve the assessment, or open an approved one again."""
    unit, year = _asked(request)
    note = request.POST.get("note", "").strip()[:500]
    if request.POST.get("decision") == "reopen":
        if len(note) < 3:
            return _show(request, [_("Write why it is opened again.")])
        return _sent(request, unit, ReopenAssessment(year=year, reason=note))
    return _sent(request, unit, ApproveAssessment(year=year, note=note))


@screen(right=EDIT)
@require_POST
def plan(request: ActorRequest) -> HttpResponse:
    """Plan an action."""
    unit, year = _asked(request)
    given = {
        name: request.POST.get(name, "").strip() for name in ("text", "owner", "hazard", "due")
    }
    due = day_of(given["due"])
    if due is None or len(given["text"]) < 3 or len(given["owner"]) < 2:
        return _show(request, [_("Write what is done, who does it, and until when (07/03/2026).")])
    payload = SetAction(
        year=year, hazard=given["hazard"][:60], text=given["text"][:500], owner=given["owner"][:120],
        due=due,
    )  # fmt: skip
    return _sent(request, unit, payload)


@screen(right=EDIT)
@require_POST
def close(request: ActorRequest, action: UUID) -> HttpResponse:
    """An action is done or dropped."""
    unit, _year = _asked(request)
    evidence = request.POST.get("evidence", "").strip()[:500]
    if len(evidence) < 3:
        return _show(request, [_("Write what shows that it is done, or why it is dropped.")])
    outcome = "dropped" if request.POST.get("outcome") == "dropped" else "done"
    payload = CloseAction(action=action, outcome=outcome, evidence=evidence)  # type: ignore[arg-type]
    return _sent(request, unit, payload, corrects=action)


@screen(right=EDIT)
@require_POST
def duty(request: ActorRequest) -> HttpResponse:
    """Somebody is on duty from a day to a day; without a name nobody is."""
    unit, _year = _asked(request)
    given = request.POST
    first = day_of(given.get("first", ""))
    last = day_of(given.get("last", "")) or first
    if first is None or last is None or not 0 <= (last - first).days < LONGEST_ROTA:
        return _show(request, [_("Write the first and the last day, at most two months.")])
    shifts = [shift for shift in rules.SHIFTS if given.get("shift", "both") in (shift, "both")]
    place = 2 if given.get("place") == "2" else 1
    payload = SetDuties(duties=tuple(
        DutyDraft(
            day=first + timedelta(n), shift=shift, place=place,  # type: ignore[arg-type]
            name=given.get("name", "").strip()[:120], phone=given.get("phone", "").strip()[:40],
            role=given.get("role", "").strip()[:120],
        )
        for n in range((last - first).days + 1)
        for shift in shifts
    ))  # fmt: skip
    return _sent(request, unit, payload)


def _sent(
    request: ActorRequest, unit: UUID, payload: Payload, corrects: UUID | None = None
) -> HttpResponse:
    now = clock.now()
    operation = Operation.of(
        payload, unit=unit, happened_on=now.date(), recorded_at=now, corrects=corrects
    )
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _show(request, [words.said(receipt.refusal)])
    messages.success(
        request, _("Kept at position {n} of the journal.").format(n=number(receipt.position))
    )
    return redirect(_href(request, unit))


def _href(request: ActorRequest, unit: UUID, part: str = "", year: int | None = None) -> str:
    given = request.POST or request.GET
    part = (
        part or (given.get("part") if given.get("part") in ("plan", "rota") else "risks") or "risks"
    )
    return f"{reverse('preparedness')}?unit={unit}&year={year or _year(request)}&part={part}"


def _asked(request: ActorRequest) -> tuple[UUID, int]:
    """(unit, year) that a form is about."""
    units = [unit for unit, _name in _units(request)]
    given = (request.POST or request.GET).get("unit", "")
    chosen = next((unit for unit in units if str(unit) == given), None)
    if chosen is None:
        if given or not units:
            raise Http404
        chosen = _own(request, units)
    return chosen, _year(request)


def _own(request: ActorRequest, units: list[UUID]) -> UUID:
    """The reader's own unit where it has a plan, else the province's."""
    held = {post.unit for post in request.actor.posts}
    return next((unit for unit in units if unit in held), units[0])


def _year(request: ActorRequest) -> int:
    text = (request.POST or request.GET).get("year", "")
    here = clock.today().year
    return (
        int(text)
        if text.isdecimal() and 2016 <= int(text[:4]) <= here + 1 and len(text) == 4
        else here
    )


def _units(request: ActorRequest) -> list[tuple[UUID, str]]:
    """The units that prepare: the province's CDC first, then health centres."""
    on, map_ = clock.today(), registry.atlas()
    scope = policies.scope(request.actor, READ)
    found = [*map_.units("cdc", on), *map_.units("health_centre", on)]
    return [(unit, map_.full_name(unit, on)) for unit in found if scope.covers(unit)]


def _show(request: ActorRequest, problems: list[str] | None = None) -> HttpResponse:
    units = _units(request)
    part = (request.POST or request.GET).get("part", "")
    part = part if part in ("plan", "rota") else "risks"
    if not units:
        return render(request, "surveillance/preparedness.html", {"units": [], "part": part})
    unit, year = _asked(request)
    by, on = request.actor, clock.today()
    may = policies.may(by, EDIT, unit)
    context: dict[str, Any] = {
        "units": [(str(id), name) for id, name in units], "unit": str(unit), "year": str(year),
        "unit_name": registry.atlas().full_name(unit, on),
        "years": [str(one) for one in range(on.year + 1, on.year - 6, -1)], "part": part, "may": may,
        "may_approve": policies.may(by, APPROVE, unit), "problems": problems or [],
        "tabs": [
            ("risks", _("Ranked risks"), _href(request, unit, "risks", year)),
            ("plan", _("Plan"), _href(request, unit, "plan", year)),
            ("rota", _("Contact rota"), _href(request, unit, "rota", year)),
        ],
        "as_of": clock.now(),
    }  # fmt: skip
    parts = {"risks": _risks, "plan": _plan, "rota": _rota}
    context |= parts[part](request, unit, year)
    return render(
        request, "surveillance/preparedness.html", context, status=422 if problems else 200
    )


def _risks(request: ActorRequest, unit: UUID, year: int) -> dict[str, Any]:
    found = queries.assessment(by=request.actor, unit=unit, year=year)
    if found is None:
        raise Http404
    return {
        "found": found, "method": found.method.name(words.language()),
        "levels": [(words.word(LEVEL, name), number(found.method.levels[name])) for name in rules.LEVELS],
        "rows": [_risk(row) for row in found.rows],
        "others": [_risk(row) for row in found.others[:SUGGESTED]],
        "rest": [_risk(row) for row in found.others[SUGGESTED:]],
        "marks": MARKS, "dimensions": _dimensions(),
    }  # fmt: skip


def _risk(row: queries.RiskRow) -> dict[str, Any]:
    seen = row.evidence
    moved = ""
    if row.rank is not None and row.rank_before is None:
        moved = _("new this year")
    elif row.rank is not None and row.rank_before is not None and row.rank != row.rank_before:
        moved = _("{before} last year").format(before=row.rank_before)
    marks = {
        "likelihood": row.likelihood or (seen.likelihood if seen else None),
        "impact": row.impact or (seen.impact if seen else None),
        "factors": row.factors, "capacity": row.capacity,
    }  # fmt: skip
    return {
        "row": row, "name": hazard_name(row.hazard), "level": words.word(LEVEL, row.level),
        "tone": TONE.get(row.level, "plain"), "moved": moved, "marks": marks,
        "cases": [(str(y), n) for y, n in zip(seen.years, seen.cases, strict=True)] if seen else [],
    }  # fmt: skip


def _plan(request: ActorRequest, unit: UUID, year: int) -> dict[str, Any]:
    rows = queries.actions(by=request.actor, unit=unit, year=year, on=clock.today())
    found = queries.assessment(by=request.actor, unit=unit, year=year)
    return {
        "actions": [
            {"row": row, "hazard": hazard_name(row.hazard) if row.hazard else "",
             "state": words.word(ACTION_STATE, row.state)}
            for row in rows
        ],
        "overdue": sum(row.overdue for row in rows),
        "hazards": [(row.hazard, hazard_name(row.hazard)) for row in (found.rows if found else [])],
        "given": request.POST,
    }  # fmt: skip


def _rota(request: ActorRequest, unit: UUID, year: int) -> dict[str, Any]:
    on = clock.today()
    first = day_of((request.POST or request.GET).get("from", "")) or on
    found = queries.rota(by=request.actor, unit=unit, first=first, last=first + timedelta(27))
    if found is None:
        raise Http404
    soon = on + timedelta(rules.rota_days(on))
    days = [first + timedelta(n) for n in range(28)]
    return {
        "days": [
            {"day": day, "today": day == on, "weekday": words_of_day(day),
             "shifts": [(words.word(SHIFT, s), found.duties.get((day, s), [])) for s in rules.SHIFTS]}
            for day in days
        ],
        "gaps": [f"{day:%d/%m} {words.word(SHIFT, shift).lower()}" for day, shift in found.gaps
                 if on <= day < soon],
        "soon": rules.rota_days(on), "given": request.POST, "first": first,
        "earlier": first - timedelta(28), "later": first + timedelta(28),
    }  # fmt: skip


def _dimensions() -> list[tuple[str, str]]:
    return [
        ("likelihood", _("Likelihood")), ("impact", _("Impact")),
        ("factors", _("Aggravating factors")), ("capacity", _("Capacity")),
    ]  # fmt: skip


def hazard_name(code: str) -> str:
    """A hazard of the list, or a disease, in the reader's language."""
    names = rules.hazards().get(code)
    if names is not None:
        return names.get(words.language()) or names["en"]
    try:
        return diseases.disease(code).name(words.language())
    except diseases.UnknownDisease:
        return code


def words_of_day(day: date) -> str:
    names = [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")]
    return names[day.weekday()]
