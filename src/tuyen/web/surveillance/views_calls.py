"""Verify with a call: what was said on it, and the numbers of units."""

import re
from typing import Any, get_args
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import CallOutcome, KeepUnitPhone, LogCall, TriageAlarm
from tuyen.apps.surveillance.operations.calls import PHONE
from tuyen.apps.surveillance.refusals import SayWhatWasTold
from tuyen.kernel.operation import Operation, Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import outbreak_acts, words
from tuyen.web.surveillance import views_groups as groups
from tuyen.web.surveillance.calls_frame import OUTCOME
from tuyen.web.surveillance.returning import back_to_a_list
from tuyen.web.templatetags.figures import number

TRIAGE = "surveillance.alarm.triage"
_DECISION = {"real": "verify", "not-real": "dismiss"}
_ANSWERED = ("real", "not-real", "unclear")


@screen(right=TRIAGE)
@require_POST
def call(request: ActorRequest, commune: UUID, kind: str, subject: str) -> HttpResponse:
    """Write a call down; told that it is real verifies the signals, that it is not dismisses them."""
    outcome, said = request.POST.get("outcome", ""), request.POST.get("said", "").strip()[:2000]
    alarm = outbreak_acts.id_of(request.POST, "alarm")
    called = outbreak_acts.id_of(request.POST, "called")
    found = queries.alarm(by=request.actor, id=alarm) if alarm else None
    group = queries.signal_group(
        by=request.actor, at=clock.now(), commune=commune, subject=f"{kind}:{subject}"
    )
    if found is None and group is None:
        raise Http404
    problem = ""
    if called is None or outcome not in get_args(CallOutcome):
        problem = _("Choose whom you called, and what came of it.")
    elif outcome in _ANSWERED and len(said) < 3:
        problem = words.said(SayWhatWasTold())
    if not problem:
        operations = _operations(
            request, commune, f"{kind}:{subject}", called, outcome, said, found, group
        )
        receipts = commit(by=request.actor, operations=operations, at=clock.now())
        refused = [receipt for receipt in receipts if receipt.refusal is not None]
        problem = words.said(refused[0].refusal) if refused else ""  # type: ignore[arg-type]
    if problem:
        if group is None:
            messages.error(request, problem)
            return redirect("signal", id=alarm)
        return groups.show(request, group, problem, said)
    messages.success(request, _("The call is written down: {what}. Kept at position {n} of the journal.").format(
        what=words.word(OUTCOME, outcome), n=number(receipts[0].position)))  # fmt: skip
    return redirect(reverse("signal", args=[alarm]) if found else
                    reverse("signal-group", args=[commune, kind, subject]))  # fmt: skip


def _operations(
    request: ActorRequest, commune: UUID, subject: str, called: UUID | None, outcome: Any, said: str,
    found: Any, group: Any,
) -> list[Operation]:  # fmt: skip
    """The call, and the answer that follows from it: of one alarm, or of all signals of the group."""
    assert called is not None  # checked by the caller
    log = LogCall(subject=subject, called=called, outcome=outcome, said=said)
    made = [_operation(log, commune)]
    decision: Any = _DECISION.get(outcome)
    if decision is None:
        return made
    if found is None:
        return made + groups.answers(request, group, decision, said[:500])
    row = found.row
    if row.closed_on is None and row.state in ("new", "verified"):
        payload = TriageAlarm(alarm=row.id, decision=decision, reason=said[:500])
        made.append(_operation(payload, row.commune, row.id))
    return made


def _operation(payload: Payload, unit: UUID, corrects: UUID | None = None) -> Operation:
    now = clock.now()
    return Operation.of(
        payload, unit=unit, happened_on=now.date(), recorded_at=now, corrects=corrects
    )


@screen(right=TRIAGE)
@require_POST
def phone(request: ActorRequest, unit: UUID) -> HttpResponse:
    """Keep the number on which a unit is reached, or take it away."""
    if not policies.may(request.actor, TRIAGE, unit):
        raise Http404
    typed = " ".join(request.POST.get("phone", "").split())
    if not re.fullmatch(PHONE, typed):
        messages.error(request, _("“{text}” is not a telephone number; write digits, like 0215 3825 000.").format(text=typed[:40]))  # fmt: skip
        return redirect(back_to_a_list(request) or reverse("signals"))
    payload = KeepUnitPhone(phone=typed, note=request.POST.get("note", "").strip()[:200])
    (receipt,) = commit(by=request.actor, operations=[_operation(payload, unit)], at=clock.now())
    if receipt.refusal is not None:
        messages.error(request, words.said(receipt.refusal))
    else:
        messages.success(request, _("Saved. Kept at position {n} of the journal.").format(n=number(receipt.position)))  # fmt: skip
    return redirect(back_to_a_list(request) or reverse("signals"))
