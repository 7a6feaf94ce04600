"""Lots that may not be used, and how the reports after each lot compare."""

from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.immunization.operations import AnswerConcern, LiftSuspension, SuspendLot
from tuyen.apps.immunization.queries import aefi as queries
from tuyen.apps.immunization.queries import concerns as following
from tuyen.apps.journal.services import commit
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules.immunization import sessions as law
from tuyen.rules.immunization.lists import vaccines
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import session_words as words
from tuyen.web.immunization.views_sessions import chosen_unit, own_units

READ = queries.SESSIONS
SUSPEND, LIFT = "immunization.lot.suspend", "immunization.aefi.investigate"
RECORD = "immunization.dose.record"


@screen(right=READ)
@require_GET
def lots(request: ActorRequest) -> HttpResponse:
    """Suspended lots, for everybody who runs sessions."""
    return _show(request)


@screen(right=SUSPEND)
@require_POST
def suspend(request: ActorRequest) -> HttpResponse:
    """Stop the use of a lot everywhere at once."""
    given = request.POST
    vaccine, lot = given.get("vaccine", "").strip()[:40], given.get("lot", "").strip()[:40]
    reason = given.get("reason", "").strip()[:500]
    if not vaccine or not lot or len(reason) < 3:
        return _show(request, [_("Choose the vaccine, write the lot and why it is suspended.")])
    return _send(request, SUSPEND, SuspendLot(vaccine=vaccine, lot=lot, reason=reason))


@screen(right=LIFT)
@require_POST
def lift(request: ActorRequest) -> HttpResponse:
    """A lot may be used again."""
    given = request.POST
    reason = given.get("reason", "").strip()[:500]
    vaccine, lot = given.get("vaccine", "")[:40], given.get("lot", "")[:40]
    if not vaccine or not lot or len(reason) < 3:
        return _show(request, [_("Write why the lot may be used again.")])
    return _send(request, LIFT, LiftSuspension(vaccine=vaccine, lot=lot, reason=reason))


@screen(right=RECORD)
@require_POST
def answer(request: ActorRequest, id: UUID) -> HttpResponse:
    """What was done about a dose that was given against the rules."""
    by, now, done = request.actor, clock.now(), request.POST.get("done", "").strip()[:500]
    row = next((one for one in following.concerns(by=by, answered=True) if one.id == id), None)
    if row is None or not policies.may(by, RECORD, row.unit):
        raise Http404
    if len(done) < 3:
        return _show(request, [_("Write what was done about it.")])
    operation = Operation.of(
        AnswerConcern(concern=id, done=done), unit=row.unit, happened_on=now.date(), recorded_at=now
    )
    (receipt,) = commit(by=by, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _show(request, [words.said(receipt.refusal, now.date())])
    messages.success(request, _("Written down; it no longer waits."))
    return redirect("lot-holds")


def _send(request: ActorRequest, right: str, payload: Payload) -> HttpResponse:
    unit, now = chosen_unit(request, own_units(request, right)), clock.now()
    operation = Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _show(request, [words.said(receipt.refusal, now.date())])
    messages.success(request, _("Kept; it holds everywhere from now on."))
    return redirect("lot-holds")


def _show(request: ActorRequest, problems: list[str] | None = None) -> HttpResponse:
    by, on = request.actor, clock.today()
    found = queries.holds(by=by, lifted=True)
    compared = queries.lots(by=by, on=on) if policies.may(by, queries.READ) else {}
    context: dict[str, Any] = {
        "problems": problems or [], "as_of": clock.now(), "given": request.POST,
        "holds": [_hold(one) for one in found if one.lifted_at is None],
        "lifted": [_hold(one) for one in found if one.lifted_at is not None],
        "lots": [
            {"name": words.vaccine(code), "code": code, "rows": [r for r in rows if r.reports]}
            for code, rows in compared.items()
            if any(row.reports for row in rows)
        ],
        "may_suspend": policies.may(by, SUSPEND), "may_lift": policies.may(by, LIFT),
        "vaccines": [(code, words.vaccine(code)) for code in vaccines(on)],
        "signal": law.lot_signal(on), "concerns": _concerns(request, on),
    }  # fmt: skip
    return render(request, "immunization/lots.html", context, status=422 if problems else 200)


def _concerns(request: ActorRequest, on: date) -> list[dict[str, Any]]:
    """What waits to be followed up; showing the names is a reading of the records."""
    by = request.actor
    if not policies.may(by, following.READ):
        return []
    found = following.concerns(by=by)
    shown = [one.person_id for one in found if one.person]
    if shown:
        at = clock.now()
        accounts.record_readings(by=by, subject="registry.person", ids=shown, at=at)
    return [
        {
            "row": one, "name": words.vaccine(one.vaccine), "said": words.said(one.said, on),
            "who": one.person.name if one.person else "", "may": policies.may(by, RECORD, one.unit),
        }
        for one in found
    ]  # fmt: skip


def _hold(one: queries.Hold) -> dict[str, Any]:
    reason = one.reason
    if reason == "A serious adverse event":
        reason = _("A serious adverse event")
    return {"row": one, "name": words.vaccine(one.vaccine), "reason": reason}
