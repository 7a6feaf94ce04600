"""Event signals: told by pictures, then screened, verified by a call, and assessed."""

from typing import Any, get_args
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access import services as accounts
from tuyen.apps.journal.queries import Kept
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import (
    AssessSignal,
    How,
    NextStep,
    Risk,
    ScreenSignal,
    VerifySignal,
)
from tuyen.apps.surveillance.queries import EventDetail
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation, Payload
from tuyen.rules import surveillance as rules
from tuyen.rules.surveillance.signs import signs, step_hours
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import event_forms, group_lines, signal_words, words
from tuyen.web.surveillance.event_forms import REPORT
from tuyen.web.templatetags.figures import moment, number

READ, VERIFY = "surveillance.signal.read", "surveillance.signal.verify"
RIGHTS = {
    "screen": "surveillance.signal.screen",
    "verify": VERIFY,
    "assess": "surveillance.signal.assess",
}
SUBJECT = "surveillance.signal"
PURPOSE = "verify"


@screen(right=REPORT)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Tap the picture, tap the place, tap the number, send."""
    places, on = registry.atlas(), request.actor.on
    given = request.POST if request.method == "POST" else request.GET
    offer = event_forms.offered(request.actor, places, given.get("source", ""))
    if offer is None:
        return render(request, "surveillance/event_new.html", {"offer": None})
    if request.method == "GET":
        last = request.session.pop("event.receipt", None)
        return _form(request, offer, {}, uuid7(), last=last)
    typed = event_forms.typed(request.POST, offer, places, on)
    if typed.payload is None:
        return _form(request, offer, typed.faults, typed.draft, status=422)
    now = clock.now()
    operation = Operation.of(
        typed.payload, id=typed.draft, unit=offer.unit, happened_on=on, recorded_at=now
    )
    receipt = commit(by=request.actor, operations=[operation], at=now)[0]
    if receipt.refusal is not None:
        return _form(request, offer, {"": words.said(receipt.refusal)}, typed.draft, status=422)
    request.session["event.receipt"] = {
        "id": str(receipt.id),
        "text": _("Sent. Somebody looks at it within {n} hours. Kept at position {position} of the journal.")
        .format(n=number(step_hours("screen", on)), position=number(receipt.position)),
    }  # fmt: skip
    return redirect("signal-new")


@screen(right=READ)
@require_GET
def event(request: ActorRequest, id: UUID) -> HttpResponse:
    """One event signal: what was told, its clocks, and the step that comes next."""
    return _show(request, _find(request, id))


@screen(right=READ)
@require_POST
def answer(request: ActorRequest, id: UUID) -> HttpResponse:
    """Screen, verify or assess a signal."""
    found = _find(request, id)
    step = request.POST.get("step", "")
    if step not in RIGHTS or not policies.may(request.actor, RIGHTS[step], found.row.commune):
        raise Http404
    payload = _payload(request, id, step)
    if payload is None:
        return _show(request, found, _("Choose one of the answers."))
    now = clock.now()
    operation = Operation.of(
        payload, unit=found.row.commune, happened_on=now.date(), recorded_at=now, corrects=id
    )
    receipt = commit(by=request.actor, operations=[operation], at=now)[0]
    if receipt.refusal is not None:
        return _show(request, found, words.said(receipt.refusal))
    messages.success(request, _("{what}. Kept at position {n} of the journal.").format(
        what=words.word(signal_words.STEP, step), n=number(receipt.position)))  # fmt: skip
    return redirect("event", id=id)


@screen(right=VERIFY)
@require_POST
def call(request: ActorRequest, id: UUID) -> HttpResponse:
    """Show the number to call back; that it was shown, to whom and why, is written down."""
    found = _find(request, id)
    if not policies.may(request.actor, VERIFY, found.row.commune):
        raise Http404
    phone = queries.event_phone(by=request.actor, id=id)
    if phone is None:
        return _show(request, found, _("No number was given with this signal."))
    by = request.actor.stating(PURPOSE)
    accounts.record_readings(by=by, subject=SUBJECT, ids=[id], at=clock.now())
    return _show(request, found, phone=phone)


def _find(request: ActorRequest, id: UUID) -> EventDetail:
    found = queries.event_signal(by=request.actor, id=id)
    if found is None:
        raise Http404
    return found


def _form(
    request: ActorRequest, offer: event_forms.Offered, faults: dict[str, str], draft: UUID,
    last: Any = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    language = words.language()
    given = request.POST if request.method == "POST" else {}
    context = {
        "offer": offer,
        "signs": [(sign, sign.name(language)) for sign in offer.signs],
        "others": [(sign, sign.name(language)) for sign in offer.others],
        "numbers": event_forms.NUMBERS,
        "sources": signal_words.SOURCE.items(),
        "faults": faults,
        "given": given,
        "draft": draft,
        "last": last,
        "may_see": policies.may(request.actor, READ),
    }
    return render(request, "surveillance/event_new.html", context, status=status)


def _payload(request: ActorRequest, id: UUID, step: str) -> Payload | None:
    """The operation that a form of a step stands for; None when nothing was chosen."""
    given = request.POST
    reason = given.get("reason", "").strip()[:500]
    outcome = given.get("outcome", "")
    disease = given.get("disease", "")
    disease = disease if any(d.id == disease for d in rules.all_diseases()) else ""
    original = _uuid(given.get("duplicate_of", "")) if outcome == "duplicate" else None
    if step == "screen" and outcome in ("relevant", "discarded", "duplicate"):
        return ScreenSignal(
            signal=id, outcome=outcome, duplicate_of=original, disease=disease, reason=reason  # type: ignore[arg-type]
        )  # fmt: skip
    how = given.get("how", "")
    if step == "verify" and outcome in ("real", "discarded", "duplicate") and how in get_args(How):
        return VerifySignal(
            signal=id, outcome=outcome, how=how, duplicate_of=original, disease=disease,  # type: ignore[arg-type]
            affected=_count(given.get("affected", "")), deaths=_count(given.get("deaths", "")),
            reason=reason,
        )  # fmt: skip
    risk, follows = given.get("risk", ""), given.get("next_step", "")
    if step == "assess" and risk in get_args(Risk) and follows in get_args(NextStep):
        return AssessSignal(signal=id, risk=risk, next_step=follows, reason=reason)  # type: ignore[arg-type]
    return None


def _show(
    request: ActorRequest, found: EventDetail, problem: str = "", phone: str = ""
) -> HttpResponse:
    row, by, now = found.row, request.actor, clock.now()
    places, language = registry.atlas(), words.language()
    subject = ("disease", row.disease) if row.disease else ("sign", row.sign)
    here = places.standing_for(row.commune, by.on)
    step = row.step or ("screen" if row.settled else "assess")
    may = policies.may(by, RIGHTS[step], row.commune)
    # What is not screened yet may be verified at once: a call is quicker than two forms.
    steps = ["screen", "verify"] if row.step == "screen" else [step]
    context = {
        "row": row,
        "sign": row.sign_name(language),
        "disease": words.disease(row.disease) if row.disease else "",
        "facts": _facts(row),
        "state": words.word(signal_words.EVENT_STATE, row.state),
        "clock": group_lines.clock_of(row.due_at, row.changed_at, now),
        "late": [words.word(signal_words.STEP, each) for each in row.late],
        "steps": [s for s in steps if policies.may(by, RIGHTS[s], row.commune)] if may else [],
        "may_call": row.callable and policies.may(by, VERIFY, row.commune),
        "phone": phone,
        "others": [
            (other, other.sign_name(language), words.word(signal_words.EVENT_STATE, other.state))
            for other in found.others
        ],
        "originals": [o for o in found.others if not o.settled and o.commune == row.commune],
        "how": signal_words.HOW.items(),
        "risks": signal_words.RISK.items(),
        "nexts": signal_words.NEXT.items(),
        "likely": _likely(row),
        "group": reverse("signal-group", args=[here, *subject]),
        "events": _events(found, now),
        "problem": problem,
        "trail": [(_("Signals"), reverse("signals")), (row.sign_name(language), None)],
    }
    return render(request, "surveillance/event.html", context, status=422 if problem else 200)


def _facts(row: queries.EventRow) -> list[tuple[str, Any]]:
    """What was told, field by field; what nobody said is left out."""
    told: list[tuple[str, Any]] = [
        (_("Place of the event"), row.place_name),
        (_("Seen"), f"{row.seen_on:%d/%m/%Y}"),
        (_("How many"), number(row.affected) if row.affected is not None else _("Nobody counted")),
        (_("Died"), number(row.deaths) if row.deaths else ""),
        (_("At"), row.facility_name),
        (_("Told by"), row.reporter),
        (_("Source"), words.word(signal_words.SOURCE, row.source)),
        (_("Sent by"), row.unit_name),
        (_("Received"), moment(row.received_at)),
        (_("Taken for"), words.disease(row.disease) if row.disease else ""),
        (_("Risk"), words.word(signal_words.RISK, row.risk)),
        (_("What follows"), words.word(signal_words.NEXT, row.next_step)),
        (_("Where it was read"), row.link),
        (_("Note"), row.note),
    ]
    return [(label, value) for label, value in told if value not in ("", None)]


def _likely(row: queries.EventRow) -> list[tuple[str, str]]:
    """Diseases that the sign may point to, for the choice of what it is taken for."""
    sign = signs(row.seen_on).get(row.sign)
    likely = sign.diseases if sign else ()
    return [(id, words.disease(id)) for id in likely]


def _events(found: EventDetail, now: Any) -> list[dict[str, Any]]:
    """What happened to the signal, oldest first, from the journal as far as the reader may see."""
    row = found.row
    who = access.names({kept.author for kept in found.history})
    events = [event for kept in found.history if (event := _event(kept, who))]
    if not events:
        events = [{"title": _("Told"), "when": row.received_at, "tone": "warn"}]
    if row.due_at is not None:
        tone = "bad" if row.overdue(now) else "future"
        title = _("{step}: due").format(step=words.word(signal_words.STEP, row.step))
        events.append({"title": title, "when": row.due_at, "tone": tone})
    return events


def _event(kept: Kept, who: dict[UUID | None, str]) -> dict[str, Any] | None:
    said = kept.payload if isinstance(kept.payload, dict) else {}
    event: dict[str, Any] = {
        "when": kept.received_at, "by": who.get(kept.author, ""), "text": said.get("reason", ""),
        "href": reverse("operation", args=[kept.id]), "tone": "good",
    }  # fmt: skip
    match kept.kind:
        case "surveillance.report_signal":
            event |= {"title": _("Told"), "tone": "warn"}
        case "surveillance.screen_signal" | "surveillance.verify_signal":
            outcome = str(said.get("outcome", ""))
            event["title"] = words.word(signal_words.EVENT_STATE, outcome)
            how = words.word(signal_words.HOW, said.get("how"))
            event["text"] = " · ".join(filter(None, (how, said.get("reason"))))
            event["tone"] = "good" if outcome in ("relevant", "real") else ""
        case "surveillance.assess_signal":
            event["title"] = _("Risk: {risk}").format(
                risk=words.word(signal_words.RISK, said.get("risk"))
            )
        case _:
            return None
    return event


def _count(text: str) -> int | None:
    return int(text) if text.strip().isdecimal() and len(text) < 7 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
