"""Adverse events: the list, the report, one event with its clocks, and its form to print."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import services as accounts
from tuyen.apps.immunization import queries as register
from tuyen.apps.immunization.operations import (
    ClassifyAefi,
    ConveneCouncil,
    FollowUpAefi,
    InvestigateAefi,
    LotNamed,
    NotifyAefi,
    ReportAefi,
    VoidAefi,
)
from tuyen.apps.immunization.queries import aefi as queries
from tuyen.apps.journal.services import commit
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization.aefi import Clock
from tuyen.kernel.operation import Operation, Payload
from tuyen.kernel.zone import VIETNAM
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import session_forms as forms
from tuyen.web.immunization import session_words as words
from tuyen.web.immunization.views_sessions import chosen_unit, own_units
from tuyen.web.surveillance.words import word

READ = queries.READ
REPORT, INVESTIGATE = "immunization.aefi.report", "immunization.aefi.investigate"


@screen(right=READ)
@require_GET
def events(request: ActorRequest) -> HttpResponse:
    """Adverse events, the latest first."""
    which = request.GET.get("which", "")
    rows = queries.events(
        by=request.actor, serious=True if which == "serious" else None, open_only=which == "open"
    )
    _note(request, [row.person_id for row in rows if row.person])
    now = clock.now()
    tabs = [
        ("", _("All"), "?which="), ("serious", _("Serious"), "?which=serious"),
        ("open", _("Not yet classified"), "?which=open"),
    ]  # fmt: skip
    context = {
        "rows": [_line(row, now) for row in rows], "tabs": tabs, "which": which, "as_of": now,
        "may_report": policies.may(request.actor, REPORT),
    }  # fmt: skip
    return render(request, "immunization/aefis.html", context)


@screen(right=REPORT)
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """Report an adverse event; the person's doses of the last weeks are there to be ticked."""
    units = own_units(request, REPORT)
    if not units:
        raise Http404
    if request.method == "GET" or "choose" in request.POST:
        return _show_new(request, units)
    try:
        unit = chosen_unit(request, units)
        payload = _reported(request)
    except forms.Wrong as wrong:
        return _show_new(request, units, [str(wrong)])
    now = clock.now()
    operation = Operation.of(payload, unit=unit, happened_on=now.date(), recorded_at=now)
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _show_new(request, units, [words.said(receipt.refusal, now.date())])
    messages.success(request, _("The event is reported."))
    return redirect("aefi", receipt.id)


@screen(right=READ)
@require_GET
def event(request: ActorRequest, id: UUID) -> HttpResponse:
    """One event: its clocks, what was done, and what is to be done."""
    return _show(request, id)


@screen(right=READ)
@require_GET
def form(request: ActorRequest, id: UUID) -> HttpResponse:
    """The report form of an event, filled from the record: a page to print. It is a Vietnamese
    document, whatever its reader reads."""
    row = queries.event(by=request.actor, id=id)
    if row is None:
        raise Http404
    _note(request, [row.person_id] if row.person else [])
    with translation.override("vi"):
        context = _told(row) | {
            "row": row, "steps": _steps(request, id, row), "as_of": clock.now(),
            "doses": _doses(request, row.person_id, row.doses),
            "trail": [(_("Adverse events"), reverse("aefis")), (_("Form"), None)],
        }  # fmt: skip
    return render(request, "immunization/aefi_form.html", context)


@screen(right=REPORT)
@require_POST
def follow(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """A step of those who report: follow up, tell on, withdraw."""
    given = request.POST
    text = given.get("text", "").strip()
    payload: Payload
    if what == "follow-up" and len(text) >= 3:
        outcome = given.get("outcome", "")
        payload = FollowUpAefi(
            aefi=id, note=text[:4000], severity=tuple(given.getlist("severity"))[:12],
            outcome=outcome or None,  # type: ignore[arg-type]
        )  # fmt: skip
    elif what == "notify" and given.get("told") in words.TOLD and given.get("how") in words.HOW:
        payload = NotifyAefi(
            aefi=id, told=given["told"], how=given["how"], who=text[:200]  # type: ignore[arg-type]
        )  # fmt: skip
    elif what == "void" and len(text) >= 3:
        payload = VoidAefi(aefi=id, reason=text[:500])
    elif what in ("follow-up", "void"):
        return _show(request, id, [_("Write what is to be said, in at least three letters.")])
    else:
        raise Http404
    return _send(request, id, payload)


@screen(right=INVESTIGATE)
@require_POST
def decide(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """A step of those who investigate: investigation, council, class of causality."""
    given = request.POST
    text, who = given.get("text", "").strip()[:4000], given.get("who", "").strip()
    payload: Payload
    if what == "investigate" and len(who) >= 2:
        payload = InvestigateAefi(aefi=id, lead=who[:200], findings=text)
    elif what == "council" and len(who) >= 2 and (on := forms.day_of(given.get("on", ""))):
        payload = ConveneCouncil(aefi=id, on=on, members=who[:1000], note=text)
    elif what == "classify" and len(text) >= 3 and given.get("causality"):
        payload = ClassifyAefi(aefi=id, causality=given["causality"][:40], conclusion=text)
    elif what in ("investigate", "council", "classify"):
        return _show(request, id, [_("Fill in who and what; the day as 07/03/2026.")])
    else:
        raise Http404
    return _send(request, id, payload)


def _send(request: ActorRequest, id: UUID, payload: Payload) -> HttpResponse:
    row = queries.event(by=request.actor, id=id)
    if row is None:
        raise Http404
    now = clock.now()
    operation = Operation.of(
        payload, unit=row.unit, happened_on=now.date(), recorded_at=now, corrects=id
    )
    (receipt,) = commit(by=request.actor, operations=[operation], at=now)
    if receipt.refusal is not None:
        return _show(request, id, [words.said(receipt.refusal, now.date())])
    messages.success(request, _("Kept."))
    return redirect("aefi", id)


def _show(request: ActorRequest, id: UUID, problems: list[str] | None = None) -> HttpResponse:
    row = queries.event(by=request.actor, id=id)
    if row is None:
        raise Http404
    _note(request, [row.person_id] if row.person else [])
    now = clock.now()
    by = request.actor
    on = row.reported_at.astimezone(VIETNAM).date()
    holds = [one for one in queries.holds(by=by) if (one.vaccine, one.lot) in row.lots]
    context = _told(row) | {
        "row": row, "line": _line(row, now), "steps": _steps(request, id, row), "as_of": now,
        "problems": problems or [], "may_report": policies.may(by, REPORT, row.unit),
        "may_decide": policies.may(by, INVESTIGATE, row.unit), "holds": holds,
        "doses": _doses(request, row.person_id, row.doses), "clocks": _clocks(row, now),
        "grounds": words.listed("severity", on), "outcomes": words.listed("outcomes", on),
        "causalities": words.listed("causality", on), "told": words.TOLD.items(),
        "hows": words.HOW.items(), "given": request.POST,
        "trail": [(_("Adverse events"), reverse("aefis")), (_("Event"), None)],
    }  # fmt: skip
    return render(request, "immunization/aefi.html", context, status=422 if problems else 200)


def _told(row: queries.AefiRow) -> dict[str, Any]:
    """The words of an event."""
    on = row.reported_at.astimezone(VIETNAM).date()
    return {
        "name": row.person.name if row.person else "",
        "kinds": ", ".join(words.reaction("kinds", code, on) for code in row.kinds),
        "severity": ", ".join(words.reaction("severity", code, on) for code in row.severity),
        "outcome": words.reaction("outcomes", row.outcome, on),
        "causality": f"{row.causality}: {words.reaction('causality', row.causality, on)}"
        if row.causality
        else "",
        "lots": [(words.vaccine(code), lot) for code, lot in row.lots],
    }


def _line(row: queries.AefiRow, now: datetime) -> dict[str, Any]:
    told = _told(row)
    if row.voided_at is not None:
        state, tone = _("Withdrawn"), "plain"
    elif row.concluded_at is not None:
        state, tone = _("Classified"), "good"
    elif not row.serious:
        state, tone = _("Not serious"), "plain"
    elif row.investigated_at is not None:
        state, tone = _("Being investigated"), "warn"
    else:
        state, tone = _("To be investigated"), "bad"
    return told | {"row": row, "state": state, "tone": tone, "late": any(
        one is not None and one.late for one in queries.clocks(row, now)
    )}  # fmt: skip


def _clocks(row: queries.AefiRow, now: datetime) -> list[dict[str, Any]]:
    found = queries.clocks(row, now)
    named = [
        (_("Department and CDC told"), found.report, row.told_at),
        (_("Investigation begun"), found.investigation, row.investigated_at),
        (_("Council met"), found.council, row.council_on),
    ]
    return [
        {"title": title, "clock": one, "done": done, "tone": _tone(one)}
        for title, one, done in named
        if one is not None
    ]


def _tone(one: Clock) -> str:
    if one.done:
        return "warn" if one.late else "good"
    return "bad" if one.late else "calm"


def _steps(request: ActorRequest, id: UUID, row: queries.AefiRow) -> list[dict[str, Any]]:
    on = row.reported_at.astimezone(VIETNAM).date()
    found = []
    for one in queries.steps(by=request.actor, id=id):
        text = one.said
        if one.what == "notify":
            told, _space, how = one.said.partition(" ")
            text = f"{word(words.TOLD, told)}, {word(words.HOW, how)}"
        elif one.what == "classify":
            code, _space, rest = one.said.partition(" ")
            text = f"{code}: {words.reaction('causality', code, on)}. {rest}"
        found.append({"title": word(words.STEP, one.what), "when": one.at, "by": one.who,
                      "text": text})  # fmt: skip
    return found


def _doses(
    request: ActorRequest, person: UUID, chosen: tuple[UUID, ...] = ()
) -> list[dict[str, Any]]:
    """The person's doses, the latest first; those of an event where it names some."""
    held = register.doses(by=request.actor, people=[person])
    rows = [row for each in held.values() for row in each if not chosen or row.id in chosen]
    rows.sort(key=lambda row: row.given_on, reverse=True)
    return [{"row": row, "name": words.vaccine(row.vaccine)} for row in rows[:20]]


def _reported(request: ActorRequest) -> ReportAefi:
    given = request.POST
    person = forms.uuid(given.get("person", ""))
    if person is None:
        raise forms.Wrong(_("Choose the person from the suggestions."))
    kinds = tuple(given.getlist("kinds"))[:12]
    if not kinds:
        raise forms.Wrong(_("Tick what happened."))
    lots: tuple[LotNamed, ...] = ()
    if given.get("lot", "").strip():
        lots = (LotNamed(vaccine=given.get("vaccine", "").strip()[:40] or "?",
                         lot=given["lot"].strip()[:40]),)  # fmt: skip
    grade, outcome = given.get("grade", ""), given.get("outcome", "unknown")
    return ReportAefi(
        person=person, kinds=kinds, severity=tuple(given.getlist("severity"))[:12],
        grade=grade if grade in ("1", "2", "3", "4") else None,  # type: ignore[arg-type]
        onset_at=forms.moment(given.get("onset_day", ""), given.get("onset_time", ""), _("Began")),
        noticed_at=forms.moment(
            given.get("noticed_day", ""), given.get("noticed_time", ""), _("Noticed")
        ),
        doses=tuple(id for id in map(forms.uuid, given.getlist("dose")) if id)[:12], lots=lots,
        session=forms.uuid(given.get("session", "")),
        outcome=outcome,  # type: ignore[arg-type]
        treatment=given.get("treatment", "").strip()[:4000],
        story=given.get("story", "").strip()[:4000], reporter=given.get("reporter", "").strip()[:200],
    )  # fmt: skip


def _show_new(
    request: ActorRequest, units: list[tuple[UUID, str]], problems: list[str] | None = None
) -> HttpResponse:
    given, now = request.POST or request.GET, clock.now()
    on = now.date()
    person = forms.uuid(given.get("person", ""))
    known = registry.people(by=request.actor, ids=[person]).get(person) if person else None
    if known is not None:
        _note(request, [known.id])
    moment = {"day": f"{on:%d/%m/%Y}", "time": f"{now:%H:%M}"}
    context: dict[str, Any] = {
        "problems": problems or [], "units": [(str(id), name) for id, name in units],
        "person": known, "doses": _doses(request, known.id) if known else [],
        "kinds": words.listed("kinds", on), "grounds": words.listed("severity", on),
        "grades": words.listed("grades", on), "outcomes": words.listed("outcomes", on),
        "given": given, "ticked": set(given.getlist("kinds")) | set(given.getlist("severity")),
        "chosen": set(given.getlist("dose")), "moment": moment, "as_of": now,
        "trail": [(_("Adverse events"), reverse("aefis")), (_("Report"), None)],
    }  # fmt: skip
    return render(request, "immunization/aefi_new.html", context, status=422 if problems else 200)


def _note(request: ActorRequest, people: list[UUID]) -> None:
    """Named records were shown: say so in the log that the person concerned can see."""
    if people:
        accounts.record_readings(
            by=request.actor, subject="registry.person", ids=people, at=clock.now()
        )
