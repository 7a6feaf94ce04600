"""The desk of a session: the queue, the examination, the doses, the half hour, and the end."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.immunization import examining
from tuyen.apps.immunization.operations import (
    Arrive,
    CloseSession,
    Given,
    Leave,
    Observe,
    OpenSession,
    RecordDoses,
    Screen,
    StopSession,
)
from tuyen.apps.immunization.queries import aefi as holds
from tuyen.apps.immunization.queries import microplan
from tuyen.apps.immunization.queries import sessions as queries
from tuyen.apps.immunization.refusals import NotReadable
from tuyen.apps.journal.services import commit
from tuyen.apps.supply.operations import CloseSessionStock, SessionLine
from tuyen.kernel import stocking
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules.immunization.lists import vaccines
from tuyen.rules.immunization.screening import limits
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import arriving
from tuyen.web.immunization import session_forms as forms
from tuyen.web.immunization import session_words as words
from tuyen.web.surveillance.words import language, word

READ, RUN, PLAN = queries.READ, "immunization.session.run", "immunization.session.plan"


@screen(right=READ)
@require_GET
def desk(request: ActorRequest, id: UUID) -> HttpResponse:
    """Everybody at a session, each in the lane where they stand."""
    return show(request, id)


@screen(right=READ)
@require_GET
def closing(request: ActorRequest, id: UUID) -> HttpResponse:
    """The balance of the vials: to be filled in, or as it was closed."""
    return show_closing(request, id)


@screen(right=RUN)
@require_POST
def act(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """One step at the desk; the answer leads to the next thing to do."""
    row = queries.session(by=request.actor, id=id)
    step = _STEPS.get(what)
    if row is None or step is None or not policies.may(request.actor, RUN, row.unit):
        raise Http404
    again = show_closing if what == "close" else show
    try:
        payloads, then = step(request, row)
    except forms.Wrong as wrong:
        return again(request, id, [str(wrong)])
    now = clock.now()
    problems = []
    operations = [
        Operation.of(payload, unit=row.unit, happened_on=now.date(), recorded_at=now, id=given)
        for payload, given in payloads
    ]
    for receipt in commit(by=request.actor, operations=operations, at=now):
        if receipt.refusal is not None:
            problems.append(words.said(receipt.refusal, row.day))
    if problems:
        return again(request, id, problems[:1])
    if what == "close":
        messages.success(request, _("The session is closed."))
        _balance_stock(request, row)
    return redirect(then)


def _balance_stock(request: ActorRequest, row: queries.SessionRow) -> None:
    """What the stock gave to the session is balanced by the same lines, after the session closed."""
    by, now = request.actor, clock.now()
    issued = [one for one in stocking.taken(by, session=row.id) if not one.closed]
    lines = {(one.vaccine, one.lot.upper()): one for one in forms.lines(request.POST)}
    given = queries.given_at(by=by, id=row.id)
    if not issued or not policies.may(by, "supply.stock.move", row.unit):
        return
    told = [(one, lines.get((one.vaccine, one.number.upper()))) for one in issued]
    if any(line is None for _one, line in told):
        messages.warning(request, _("The stock still waits for the balance of this session."))
        return
    payload = CloseSessionStock(
        session=row.id, note=request.POST.get("note", "").strip()[:500],
        lines=tuple(
            SessionLine(
                lot=one.lot, returned=line.returned, opened=line.opened, kept_open=line.kept_open,
                discarded=line.discarded, given=given[one.vaccine, line.lot.upper()],
            )
            for one, line in told if line is not None
        ),
    )  # fmt: skip
    operation = Operation.of(payload, unit=row.unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=by, operations=[operation], at=now)
    if receipt.refusal is not None:
        messages.error(request, words.said(receipt.refusal, row.day))


Steps = tuple[list[tuple[Payload, UUID]], str]


def _href(row: queries.SessionRow, at: str = "") -> str:
    return reverse("session", args=[row.id]) + (f"?at={at}" if at else "")


def _open(request: ActorRequest, row: queries.SessionRow) -> Steps:
    return [(OpenSession(session=row.id), uuid7())], _href(row, "arrive")


def _stop(request: ActorRequest, row: queries.SessionRow) -> Steps:
    reason = request.POST.get("reason", "").strip()[:500]
    if len(reason) < 3:
        raise forms.Wrong(_("Write why the session stops."))
    return [(StopSession(session=row.id, reason=reason), uuid7())], _href(row)


def _arrive(request: ActorRequest, row: queries.SessionRow) -> Steps:
    """By a button of the list of those expected, by the search, by a scan or by a few letters."""
    asked = request.POST.get("person", ""), request.POST.get("q", "")[:200]
    person = arriving.whom(request.actor, row.id, *asked)
    wanted = microplan.due_of(by=request.actor, people=[person], on=row.day).get(person, ())
    planned = tuple(v.vaccine for v in row.vials)
    codes = tuple(code for code in wanted if not planned or code in planned)
    visit = uuid7()
    return [(Arrive(session=row.id, person=person, vaccines=codes), visit)], _href(row, f"v{visit}")


def _screen(request: ActorRequest, row: queries.SessionRow) -> Steps:
    visit = _visit(request, row)
    codes = tuple(dict.fromkeys(filter(None, request.POST.getlist("vaccine"))))[:12]
    if not codes:
        raise forms.Wrong(_("Number {n}: tick at least one vaccine.").format(n=visit.number))
    asked = _form(visit, row.day)
    temperature = forms.number(request.POST.get("temperature", ""))
    weight = forms.number(request.POST.get("weight", ""))
    _check_readable({"temperature": temperature, "weight": weight}, row.day)
    back = request.POST.get("return_on", "")
    if back and forms.day_of(back) is None:
        raise forms.Wrong(_("Write the day to come back as 07/03/2026."))
    payload = Screen(
        visit=visit.id, vaccines=codes, answers=forms.answers(request.POST, asked.questions),
        temperature=temperature,
        weight_g=None if weight is None else round(weight),
        defer=request.POST.get("defer", "").strip()[:500], return_on=forms.day_of(back),
    )  # fmt: skip
    return [(payload, uuid7())], _href(row, f"v{visit.id}")


def _check_readable(measured: dict[str, float | None], on: date) -> None:
    """36,8 typed without its comma is no temperature: said before anything is sent."""
    for code, (lowest, highest) in examining.readable(on).items():
        value = measured.get(code)
        if value is not None and not lowest <= value <= highest:
            refusal = NotReadable(measure=code, value=value, lowest=lowest, highest=highest)
            raise forms.Wrong(words.said(refusal, on))


def _give(request: ActorRequest, row: queries.SessionRow) -> Steps:
    """The doses that are ticked, and with them the beginning of the observation."""
    visit, now = _visit(request, row), clock.now()
    given = []
    for code in visit.cleared:
        if request.POST.get(f"give-{code}"):
            lot = request.POST.get(f"lot-{code}", "").strip()[:40]
            given.append(Given(vaccine=code, lot=lot, injected_at=now))
    if not given:
        raise forms.Wrong(_("Number {n}: tick what was given.").format(n=visit.number))
    payload = RecordDoses(
        person=visit.person_id, given=tuple(given), programme=row.programme,  # type: ignore[arg-type]
        place_kind=words.PLACE_KIND[row.kind], screening="passed", session=row.id,  # type: ignore[arg-type]
        arrived_at=visit.arrived_at, screened_at=visit.screened_at,
        vaccinator=request.actor.name[:200],
    )  # fmt: skip
    return [(payload, uuid7()), (Observe(visit=visit.id), uuid7())], _href(row, "arrive")


def _leave(request: ActorRequest, row: queries.SessionRow) -> Steps:
    visit = _visit(request, row)
    payload = Leave(
        visit=visit.id, early=request.POST.get("early", "").strip()[:500],
        well=request.POST.get("well", "yes") == "yes",
    )  # fmt: skip
    return [(payload, uuid7())], _href(row, "observed")


def _close(request: ActorRequest, row: queries.SessionRow) -> Steps:
    note = request.POST.get("note", "").strip()[:500]
    payload = CloseSession(session=row.id, lines=forms.lines(request.POST), note=note)
    return [(payload, uuid7())], reverse("session-closing", args=[row.id])


_STEPS = {
    "open": _open, "stop": _stop, "arrive": _arrive, "screen": _screen, "give": _give,
    "leave": _leave, "close": _close,
}  # fmt: skip


def _visit(request: ActorRequest, row: queries.SessionRow) -> queries.VisitRow:
    found = queries.desk(by=request.actor, id=row.id)
    asked = request.POST.get("visit", "")
    visit = next((one for one in (found.visits if found else ()) if str(one.id) == asked), None)
    if visit is None:
        raise Http404
    return visit


def _form(visit: queries.VisitRow, on: date) -> examining.Form:
    """What is asked: for every vaccine of the day, so that none can be added that was not asked for."""
    person = visit.person
    born, sex = (person.born_on, person.sex) if person else (on, 3)
    return examining.form(on, tuple(vaccines(on)), (on - born).days, sex)


def show(request: ActorRequest, id: UUID, problems: list[str] | None = None) -> HttpResponse:
    """The desk, or a session that is not open as it was planned or as it ended."""
    found = queries.desk(by=request.actor, id=id)
    if found is None:
        raise Http404
    row, now = found.row, clock.now()
    shown = {one.person_id for one in found.visits if one.person}
    shown |= {one.person_id for one in found.expected if one.person}
    accounts.record_readings(by=request.actor, subject="registry.person", ids=list(shown), at=now)
    may = policies.may(request.actor, RUN, row.unit)
    stopped = {(hold.vaccine, hold.lot) for hold in holds.holds(by=request.actor)}
    lots = _lots(request, row)
    context: dict[str, Any] = {
        "row": row, "problems": problems or [], "may": may,
        "may_plan": policies.may(request.actor, PLAN, row.unit),
        "kind": words.kind(row.kind), "state": word(words.STATE, row.state),
        "tone": words.TONE[row.state], "reason": _told(row.reason),
        "waiting": [_card(one, row, stopped, lots) for one in found.lane("waiting")],
        "passed": [_card(one, row, stopped, lots) for one in found.lane("passed")],
        "away": [_card(one, row, stopped, lots) for one in found.lane("deferred", "contraindicated")],
        "observed": [_observed(one, now) for one in found.lane("observed")],
        "left": [_card(one, row, stopped, lots) for one in found.lane("left")],
        "expected": [one for one in found.expected if not one.state], "found": found,
        "at": request.GET.get("at", ""), "now": now, "minutes": limits(row.day).observation,
        "as_of": now, "stopped_lots": sorted(
            {f"{v.vaccine} {v.lot}" for v in row.vials if (v.vaccine, v.lot) in stopped}
        ),
    }  # fmt: skip
    return render(request, "immunization/session.html", context, status=422 if problems else 200)


def _lots(request: ActorRequest, row: queries.SessionRow) -> dict[str, list[str]]:
    """Vaccine -> lots to choose from: those of the plan, then what the unit has in stock."""
    found: dict[str, list[str]] = {}
    for v in row.vials:
        if v.lot:
            found.setdefault(v.vaccine, []).append(v.lot)
    for one in stocking.usable(request.actor, unit=row.unit, on=row.day):
        if one.number not in found.setdefault(one.vaccine, []):
            found[one.vaccine].append(one.number)
    return found


def _told(reason: str) -> str:
    return _("A serious adverse event") if reason == "A serious adverse event" else reason


def _card(
    one: queries.VisitRow, row: queries.SessionRow, stopped: set[tuple[str, str]],
    lots: dict[str, list[str]],
) -> dict[str, Any]:  # fmt: skip
    """One person in a lane: what is asked, what may be given of which lots, and why not."""
    offered = tuple(dict.fromkeys((*one.wanted, *(v.vaccine for v in row.vials))))
    asked = _form(one, row.day)
    age = (row.day - one.person.born_on).days if one.person else None
    return {
        "one": one, "key": str(one.id), "name": one.person.name if one.person else "", "age": age_of(age),
        "state": word(words.VISIT, one.state), "wanted": words.short(one.wanted),
        "offered": [(code, words.vaccine(code), code in one.wanted) for code in offered],
        "others": [(code, words.vaccine(code)) for code in vaccines(row.day) if code not in offered],
        "questions": [
            (q.code, q.names.get(language()) or q.names["en"], q.dated) for q in asked.questions
        ],
        "weigh": "weight" in asked.measures,
        "give": [
            (code, words.vaccine(code), [
                lot for lot in lots.get(code, ()) if (code, lot) not in stopped
            ])
            for code in one.cleared
        ],
        "reasons": [
            (words.reason(r.rule, row.day), word(words.EFFECT, r.outcome),
             words.short(r.vaccines)) for r in one.reasons
        ],
        "doses": [(code, lot) for code, lot, _at in one.doses],
    }  # fmt: skip


def _observed(one: queries.VisitRow, now: datetime) -> dict[str, Any]:
    left = (one.until - now).total_seconds() if one.until else 0
    return {
        "one": one, "name": one.person.name if one.person else "", "over": left <= 0,
        "minutes": max(0, -int(-left // 60)),
        "doses": [(code, lot) for code, lot, _at in one.doses],
    }  # fmt: skip


def age_of(days: int | None) -> str:
    """An age as a nurse says it: days, months or years."""
    if days is None:
        return ""
    if days < 60:
        return _("{n} days old").format(n=days)
    if days < 36 * 30:
        return _("{n} months old").format(n=int(days / 30.4375))
    return _("{n} years old").format(n=int(days / 365.25))


def show_closing(
    request: ActorRequest, id: UUID, problems: list[str] | None = None
) -> HttpResponse:
    """The table of the closing: each lot that was planned or given stands in it already."""
    row = queries.session(by=request.actor, id=id)
    if row is None or row.state in ("planned", "cancelled"):
        raise Http404
    context: dict[str, Any] = {
        "row": row, "problems": problems or [], "kind": words.kind(row.kind),
        "state": word(words.STATE, row.state), "tone": words.TONE[row.state],
        "may": policies.may(request.actor, RUN, row.unit), "as_of": clock.now(),
        "note": request.POST.get("note", ""), "closed": row.state == "closed",
    }  # fmt: skip
    if row.state == "closed":
        kept = queries.vials(by=request.actor, id=id)
        context |= {
            "vials": kept, "wasted_open": sum(one.wasted_open for one in kept),
            "wasted_closed": sum(one.wasted_closed for one in kept),
            "given": sum(one.given for one in kept),
        }  # fmt: skip
    elif problems:
        given = request.POST
        names = ("vaccine", "lot", "size", "taken", "opened", "kept_open", "discarded", "returned")
        columns = [given.getlist(name) for name in names]
        done = queries.given_at(by=request.actor, id=id)
        context["lines"] = [
            {**dict(zip(names, cells, strict=True)), "given": done[cells[0], cells[1]]}
            for cells in zip(*columns, strict=False)
        ]
    else:
        context["lines"] = _lines(request, row)
    return render(
        request, "immunization/session_closing.html", context, status=422 if problems else 200
    )


def _lines(request: ActorRequest, row: queries.SessionRow) -> list[dict[str, Any]]:
    """What the program knows of each lot: taken as planned, opened as many as the doses need."""
    given = queries.given_at(by=request.actor, id=row.id)
    planned = {(v.vaccine, v.lot): v for v in row.vials}
    issued = {
        (one.vaccine, one.number.upper()): one
        for one in stocking.taken(request.actor, session=row.id)
    }
    found = []
    for vaccine, lot in sorted(planned.keys() | given.keys() | issued.keys()):
        plan, out = planned.get((vaccine, lot)), issued.get((vaccine, lot))
        size = microplan.vial_size(vaccine, row.day)
        size = out.doses_per_vial if out else plan.size if plan else size
        opened = -(-given[vaccine, lot] // size)
        taken = max(out.taken if out else plan.vials if plan else 0, opened)
        found.append({
            "vaccine": vaccine, "lot": lot, "size": size, "taken": taken, "opened": opened,
            "kept_open": 0, "discarded": 0, "returned": taken - opened,
            "given": given[vaccine, lot],
        })  # fmt: skip
    return found
