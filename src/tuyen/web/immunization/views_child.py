"""The card of one child: what is due and why, what was given, and what may be done about it."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.immunization import queries
from tuyen.apps.immunization.queries import Card, DoseRow, GroupRow, Open, Why, concerns
from tuyen.apps.registry import queries as registry
from tuyen.rules.immunization import lists
from tuyen.web.access import ActorRequest, screen
from tuyen.web.immunization import dose_words, session_words, trace_words, words
from tuyen.web.immunization.forms import BookletForm, VisitForm
from tuyen.web.registry.lines import line
from tuyen.web.registry.sending import send

READ = "immunization.dose.read"
RECORD = "immunization.dose.record"
CERTIFY = "immunization.certificate.issue"
VOID = "immunization.dose.void"
JOURNAL = "journal.operation.read"
SUBJECT = "immunization.child"


@screen(right=READ)
@never_cache
@require_GET
def child(request: ActorRequest, id: UUID) -> HttpResponse:
    """The card of a child. That it was opened is written down."""
    by, on = request.actor, clock.today()
    card = find(request, id)
    if card.person != id:
        return redirect("child", id=card.person)
    why = queries.why(by=by, card=card, on=on)
    context = {
        **whose(by, card, on),
        "card": card,
        "next": [_open(row, why, on) for row in card.groups if row.status == "not_complete"],
        "groups": [_group(row, card, why) for row in card.groups],
        "doses": _doses(by, card, why),
        "journal": policies.may(by, JOURNAL),
        "against": _against(by, card),
        "doubled": any(each.duplicate == "suspected" for each in card.doses),
        "pack": card.groups[0].pack if card.groups else "",
        "evaluated_on": min((row.evaluated_on for row in card.groups), default=None),
        "may_record": acting(by, RECORD) is not None,
        "may_certify": acting(by, CERTIFY) is not None,
        "on": on,
    }
    return render(request, "immunization/child.html", context)


@screen(right=RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def record(request: ActorRequest, id: UUID) -> HttpResponse:
    """Record a visit of a child."""
    by, on = request.actor, clock.today()
    card = find(request, id)
    form = VisitForm(request.POST or None, today=on, initial=_proposed(by, card, on))
    if request.method == "POST" and form.is_valid():
        day, unit = form.cleaned_data["on"], acting(by, RECORD)
        if day > on:
            form.add_error("on", _("The date is after today."))
        elif unit is None:
            raise Http404
        elif send(request, form, form.payload(card.person), unit=unit, happened_on=day):
            return redirect("child", id=card.person)
    context = {**whose(by, card, on), "form": form, "title": _("Record doses")}
    status = 422 if form.errors else 200
    return render(request, "immunization/child_record.html", context, status=status)


@screen(right=RECORD)
@never_cache
@require_http_methods(["GET", "POST"])
def history(request: ActorRequest, id: UUID) -> HttpResponse:
    """Copy doses from a booklet."""
    by, on = request.actor, clock.today()
    card = find(request, id)
    form = BookletForm(request.POST or None, today=on)
    unit = acting(by, RECORD)
    if unit is None:
        raise Http404
    sent = request.method == "POST" and form.is_valid()
    if sent and send(request, form, form.payload(card.person), unit=unit):
        return redirect("child", id=card.person)
    context = {**whose(by, card, on), "form": form, "title": _("Doses from the booklet")}
    status = 422 if form.errors else 200
    return render(request, "immunization/child_history.html", context, status=status)


def find(request: ActorRequest, id: UUID) -> Card:
    """The card of somebody whom the reader may read; that it was opened is written down."""
    card = queries.card(by=request.actor, person=id)
    if card is None:
        raise Http404
    record_readings(by=request.actor, subject=SUBJECT, ids=[card.person], at=clock.now())
    return card


def whose(by: Actor, card: Card, on: date) -> dict[str, Any]:
    """Whose card it is: named for whoever may read the person's record."""
    row = registry.people(by=by, ids=[card.person]).get(card.person)
    name = row.name if row else _("Name withheld")
    back = reverse("child", args=[card.person])
    return {
        "row": line(row, on) if row else None,
        "name": name,
        "back": back,
        "person_href": reverse("person", args=[card.person]) if row else "",
        "trail": [(_("Children to immunise"), reverse("children")), (name, back)],
    }


def acting(by: Actor, right: str) -> UUID | None:
    """The unit for which somebody acts: that of the first post that may."""
    return next((post.unit for post in by.posts if policies.may(by, right, post.unit)), None)


def _proposed(by: Actor, card: Card, on: date) -> dict[str, Any]:
    """The vaccines that are due, one for each group that no earlier one covers."""
    said: list[str] = []
    covered: set[str] = set()
    answers = queries.why(by=by, card=card, on=on).answers
    for row in card.groups:
        one = Open(row.group, row.number, row.earliest, row.recommended, row.past_due)
        if row.status != "not_complete" or one.state(on) not in ("late", "due"):
            continue
        known = [lists.by_cvx().get(cvx) for cvx in answers[row.group].vaccines]
        vaccine = next((each for each in known if each is not None), None)
        if vaccine is None or row.group in covered:
            continue
        said.append(vaccine.code)
        antigens = lists.antigens()
        covered |= {antigens[held.antigen].group for held in vaccine.antigens}
    initial: dict[str, Any] = {f"vaccine{n}": code for n, code in enumerate(said[:4])}
    return initial | {"on": on, "programme": "routine", "place_kind": "station"}


def _open(row: GroupRow, why: Why, on: date) -> dict[str, Any]:
    one = Open(row.group, row.number, row.earliest, row.recommended, row.past_due)
    answer, state = why.answers.get(row.group), one.state(on)
    return {
        "group": words.group_name(row.group),
        "number": row.number,
        "state": words.word(words.STATES, state),
        "tone": words.TONES[state],
        "earliest": row.earliest,
        "recommended": row.recommended,
        "past_due": row.past_due,
        "why": words.reason(answer, "recommended", row.recommended)
        or words.reason(answer, "earliest", row.earliest),
        "why_earliest": words.reason(answer, "earliest", row.earliest),
        "steps": trace_words.steps(answer.trace if answer else (), why.regime),
        "vaccines": ", ".join(
            words.vaccine_name(cvx) for cvx in (answer.vaccines if answer else ())
        ),
    }


def _group(row: GroupRow, card: Card, why: Why) -> dict[str, Any]:
    """One line of the strip: the doses of a group in order, and what comes next."""
    days = {dose.id: dose for dose in card.doses}
    answer = why.answers.get(row.group)
    closed = answer.trace if answer and row.status != "not_complete" else ()
    return {
        "steps": trace_words.steps(closed, why.regime),
        "name": words.group_name(row.group),
        "status": words.word(words.STATUS, row.status) or "–",
        "done": row.status in ("complete", "immune"),
        "number": row.number if row.status == "not_complete" else None,
        "recommended": row.recommended,
        "chips": [
            {
                "day": words.given_on(days[one.dose]),
                "vaccine": days[one.dose].vaccine,
                "valid": one.status == "valid",
                "said": "; ".join(filter(None, (
                    words.word(words.JUDGED, one.status) if one.status else "",
                    *(words.word(words.REASONS, code) for code in one.reasons),
                ))),
            }
            for one in row.judged
            if one.dose in days
        ],
    }  # fmt: skip


def _doses(by: Actor, card: Card, why: Why) -> list[dict[str, Any]]:
    """Every entry, the newest first: what it says, why it counts, and what was done to it."""
    done = queries.steps(by=by, card=card)
    authors = {step.author for steps in done.values() for step in steps}
    who = access.names(authors | {dose.author for dose in card.doses if dose.id in done})
    said = _verdicts(why)
    return [
        _dose(dose, by) | {
            "steps": said.get(dose.id, ()),
            "history": dose_words.history(dose, done[dose.id], who) if dose.id in done else (),
        }
        for dose in reversed(card.doses)
    ]  # fmt: skip


def _verdicts(why: Why) -> dict[UUID, list[tuple[str, list[trace_words.Step]]]]:
    """Dose -> (group, steps) for each group in which it was judged."""
    found: dict[UUID, list[tuple[str, list[trace_words.Step]]]] = {}
    for group, answer in why.answers.items():
        for dose in answer.doses:
            if dose.trace:
                told = trace_words.steps(dose.trace, why.regime)
                found.setdefault(why.doses[dose.n], []).append((words.group_name(group), told))
    return found


def _against(by: Actor, card: Card) -> list[str]:
    """What speaks against doses that were given: said above all else on the card."""
    found = concerns.against(by=by, doses=[dose.id for dose in card.doses if not dose.voided_at])
    return [
        _("Dose of {day}, {vaccine}: {said}").format(
            day=words.given_on(dose), vaccine=words.vaccine_name(dose.vaccine),
            said=session_words.said(one, dose.given_on),
        )
        for dose in card.doses for one in found.get(dose.id, ())
    ]  # fmt: skip


def _dose(dose: DoseRow, by: Actor) -> dict[str, Any]:
    stands = dose.voided_at is None
    may = stands and acting(by, RECORD) is not None
    return {
        "dose": dose,
        "day": words.given_on(dose),
        "vaccine": words.vaccine_name(dose.vaccine),
        "product": dose.product,
        "place": dose_words.place(dose),
        "programme": words.listed("programme", dose.programme),
        "source": words.word(words.SOURCES, dose.source),
        "amend_href": reverse("dose-amend", args=[dose.id]) if may else "",
        "void_href": reverse("dose-void", args=[dose.id])
        if stands and acting(by, VOID) is not None
        else "",
        "same_href": reverse("dose-same", args=[dose.id])
        if may and dose.duplicate == "suspected"
        else "",
    }
