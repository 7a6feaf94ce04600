"""A group of signals: why it rang, what stands near, and what is answered to all of it at once."""

from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import SilenceSignals
from tuyen.apps.surveillance.operations.outbreaks import OpenOutbreak
from tuyen.apps.surveillance.queries import SignalGroup
from tuyen.kernel import signalling
from tuyen.kernel.operation import Operation, Receipt
from tuyen.kernel.signalling import Answer
from tuyen.rules.access import role_table
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import calls_frame, group_lines, signal_words, words
from tuyen.web.surveillance.returning import back_to_a_list
from tuyen.web.templatetags.figures import number

READ, TRIAGE, CASES, RUN = (
    "surveillance.alarm.read", "surveillance.alarm.triage", "surveillance.case.read",
    "surveillance.outbreak.run",
)  # fmt: skip
SILENCES = (7, 14, 30, 90)  # days
_ANSWERS = ("take", "verify", "dismiss", "open-outbreak")
_MOST_SOURCES = 200  # alarms that one opening may name


class Lead(NamedTuple):
    """Somebody to whom the response can be given."""

    user: UUID
    label: str


@screen(right=READ)
@require_GET
def signal_group(request: ActorRequest, commune: UUID, kind: str, subject: str) -> HttpResponse:
    """One group: its score, its signals, its series, its map, and what stands near."""
    return show(request, _find(request, commune, kind, subject))


@screen(right=TRIAGE)
@require_POST
def answer(request: ActorRequest, commune: UUID, kind: str, subject: str) -> HttpResponse:
    """Answer all signals of a group at once: take on, verify, dismiss, silence, open an outbreak."""
    group = _find(request, commune, kind, subject)
    decision = request.POST.get("decision", "")
    reason = request.POST.get("reason", "").strip()[:500]
    if decision in ("silence", "wake"):
        operations = [_silence(request, group, decision, reason)]
    elif decision in _ANSWERS:
        operations = answers(request, group, decision, reason)
    else:
        return show(request, group, _("Choose what to do with these signals."))
    if not operations:
        return show(request, group, _("Nothing of it is left to be answered so."), reason)
    receipts = commit(by=request.actor, operations=operations, at=clock.now())
    refused = [receipt for receipt in receipts if receipt.refusal is not None]
    if refused:
        return show(request, _found_again(request, group), _problem(receipts, refused), reason)
    messages.success(request, _said(group, decision, receipts))
    if decision == "open-outbreak" and (room := signal_words.route("outbreak", receipts[0].id)):
        return redirect(room)
    return redirect(back_to_a_list(request) or group_lines.address(group))


def _find(request: ActorRequest, commune: UUID, kind: str, subject: str) -> SignalGroup:
    found = queries.signal_group(
        by=request.actor, at=clock.now(), commune=commune, subject=f"{kind}:{subject}"
    )
    if found is None:
        raise Http404
    return found


def _found_again(request: ActorRequest, group: SignalGroup) -> SignalGroup:
    """The group after some of its answers were taken: the page shows what is left."""
    return _find(request, group.commune, *group.subject.split(":", 1))


def answers(
    request: ActorRequest, group: SignalGroup, decision: Any, reason: str
) -> list[Operation]:
    """The operations of one answer; the opening of an outbreak comes first."""
    owner = request.actor.user if decision == "take" else None
    said = Answer(decision, reason, owner)
    made = []
    opening = decision == "open-outbreak"
    if opening:
        made.append(_operation(request, _outbreak(request, group), group.commune))
    for source, signal in group.signals:
        reply = signalling.SOURCES[source].reply
        if reply is None or signal.state in ("dismissed", "closed", "note"):
            continue
        if opening and source == "alarms":
            continue  # they are answered by the opening itself
        if decision == "take" and signal.owner == owner:
            continue
        for each in reply(signal, said):
            made.append(_operation(request, each.payload, each.unit, each.corrects))
    return made


def _outbreak(request: ActorRequest, group: SignalGroup) -> OpenOutbreak:
    """An outbreak of the group's disease, or of what was seen, linked to all of its signals."""
    live = [(source, s) for source, s in group.signals if s.state not in ("dismissed", "closed")]
    name = group.head.name(words.language())
    lead = _lead(request, group)
    return OpenOutbreak(
        disease=group.disease,
        syndrome="" if group.disease else name,
        title=request.POST.get("title", "").strip()[:200] or _title(group),
        since=min(request.actor.on, *(s.since for _source, s in live)),
        communes=(group.commune,),
        lead=lead.unit if lead else None,
        assignee=lead.user if lead else request.actor.user,
        from_alarms=tuple(s.id for source, s in live if source == "alarms")[:_MOST_SOURCES],
        from_signals=tuple(s.id for source, s in live if source == "events")[:_MOST_SOURCES],
    )


def _lead(request: ActorRequest, group: SignalGroup) -> access.Holder | None:
    """Whom the form names, if that is somebody who may run an outbreak here."""
    try:
        chosen = UUID(request.POST.get("assignee", ""))
    except ValueError:
        return None
    may = access.holders(by=request.actor, right=RUN, unit=group.commune)
    return next((holder for holder in may if holder.user == chosen), None)


def _silence(request: ActorRequest, group: SignalGroup, decision: str, reason: str) -> Operation:
    """Silence for some days from today, or the end of one."""
    days = request.POST.get("days", "")
    span = int(days) if days.isdecimal() and int(days) in SILENCES else SILENCES[0]
    until = request.actor.on + timedelta(days=span) if decision == "silence" else None
    payload = SilenceSignals(
        subject=group.subject,
        reason=reason or (_("Shown again") if decision == "wake" else ""),
        until=until,
        level=group.level,
    )
    return _operation(request, payload, group.commune)


def _operation(
    request: ActorRequest, payload: Any, unit: UUID, corrects: UUID | None = None
) -> Operation:
    now = clock.now()
    return Operation.of(
        payload, unit=unit, happened_on=now.date(), recorded_at=now, corrects=corrects
    )


def _problem(receipts: list[Receipt], refused: list[Receipt]) -> str:
    """Why something was not taken, and how much of it was."""
    first = words.said(refused[0].refusal)  # type: ignore[arg-type]
    taken = len(receipts) - len(refused)
    if not taken:
        return first
    return ngettext(
        "%(n)s answer was kept, but: %(why)s", "%(n)s answers were kept, but: %(why)s", taken
    ) % {"n": number(taken), "why": first}


def _said(group: SignalGroup, decision: str, receipts: list[Receipt]) -> str:
    done = {"silence": _("Silenced"), "wake": _("Silence ended")}.get(decision)
    return _("{what}: {disease}, {commune}. Kept at position {n} of the journal.").format(
        what=done or words.DECISION[decision], disease=group.head.name(words.language()),
        commune=group.commune_name, n=number(receipts[-1].position),
    )  # fmt: skip


def show(
    request: ActorRequest, group: SignalGroup, problem: str = "", reason: str = ""
) -> HttpResponse:
    by, places, now = request.actor, registry.atlas(), clock.now()
    linked = policies.may(by, CASES, group.commune)
    may = policies.may(by, TRIAGE, group.commune)
    row = group_lines.told(group, now)
    context = {
        "row": row,
        "group": group,
        "lines": group_lines.lines(group, now, by.on),
        "parts": group_lines.parts(group),
        "chart": group_lines.picture(by, group, linked),
        "map": group_lines.cluster_map(by, group, places, linked),
        "near": _near(request, group),
        "may": may,
        "may_run": may and policies.may(by, RUN, group.commune),
        "leads": _leads(request, group) if may else [],
        "me": by.user,
        "proposed": _title(group),
        "silences": SILENCES,
        "answer": group_lines.address(group, "signal-group-answer"),
        "respond": _response(group),
        "problem": problem,
        "reason": reason,
        **calls_frame.context(by, group.commune, group.subject, group.head.since),
        "trail": [
            (_("Signals"), reverse("signals")), (f"{row.title}, {group.commune_name}", None),
        ],
    }  # fmt: skip
    return render(
        request, "surveillance/signal_group.html", context, status=422 if problem else 200
    )


def _title(group: SignalGroup) -> str:
    return f"{group.head.name(words.language())} – {group.commune_name}"[:200]


def _leads(request: ActorRequest, group: SignalGroup) -> list[Lead]:
    """Who may be given the response: those nearest to the place first."""
    if not policies.may(request.actor, RUN, group.commune):
        return []
    places, on = registry.atlas(), request.actor.on
    roles = role_table().roles
    language = words.language()
    return [
        Lead(holder.user, " · ".join((
            holder.name, roles[holder.role].name.get(language, holder.role),
            places.full_name(holder.unit, on),
        )))
        for holder in access.holders(by=request.actor, right=RUN, unit=group.commune)
    ]  # fmt: skip


def _near(request: ActorRequest, group: SignalGroup) -> list[dict[str, Any]]:
    """What stands near, by topic: a topic of which nothing is known says so."""
    held: dict[str, list[Any]] = {topic: [] for topic in sorted(signalling.TELLERS)}
    for fact in queries.near_facts(by=request.actor, commune=group.commune):
        held.setdefault(fact.topic, []).append(
            {"fact": fact, "sentence": signal_words.sentence(fact)}
        )
    return [
        {"word": words.word(signal_words.TOPIC, topic), "facts": facts}
        for topic, facts in held.items()
    ]


def _response(group: SignalGroup) -> str:
    """Where what can be sent is ranked for the gravest signal, if this installation has that."""
    for source, signal in group.signals:
        kind = {"alarms": "alarm", "events": "signal"}.get(source)
        if kind and signal.state not in ("dismissed", "closed"):
            return signal_words.route("response", kind, signal.id)
    return ""
