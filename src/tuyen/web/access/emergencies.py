"""Breaking the glass: a record outside one's own places, for minutes, and its review afterwards."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies, queries
from tuyen.apps.access.operations import BreakGlass, ReviewEmergency
from tuyen.apps.access.queries import OPEN_EMERGENCY, REVIEW_EMERGENCY, Opening
from tuyen.apps.access.services import factors, record_readings
from tuyen.apps.registry import emergencies as registry_emergencies
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import queries as surveillance
from tuyen.rules.access.break_glass import break_glass
from tuyen.rules.surveillance import disease
from tuyen.web.access import ActorRequest, screen
from tuyen.web.access.second_factor import ask_again
from tuyen.web.registry import words
from tuyen.web.registry.sending import send
from tuyen.web.shell import look_again
from tuyen.web.surveillance import words as said

BREAK = "access.emergency.break_glass"
VERDICTS = {
    "": gettext_lazy("Not judged yet"),
    "justified": gettext_lazy("Justified"),
    "not-justified": gettext_lazy("Not justified"),
}


class EmergencyForm(forms.Form):
    who = forms.CharField(
        label=gettext_lazy("Personal number, insurance card, or full name"), max_length=200,
        help_text=gettext_lazy("As it stands on the document. A name is looked for together with the birth date."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip
    born_on = forms.DateField(label=gettext_lazy("Born on"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("What is the emergency?"), min_length=10, max_length=300,
        help_text=gettext_lazy("A sentence. The resident and the head of the unit there read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class ReviewForm(forms.Form):
    verdict = forms.ChoiceField(choices=[("justified", ""), ("not-justified", "")])
    note = forms.CharField(max_length=300, required=False)


@screen(right=OPEN_EMERGENCY)
@never_cache
@sensitive_post_parameters("who", "born_on")
@require_http_methods(["GET", "POST"])
def emergency_new(request: ActorRequest) -> HttpResponse:
    """State the emergency and open the one record that is meant, for some minutes."""
    if not request.actor.fresh:
        if factors.enrolled(user=request.user.pk):  # type: ignore[arg-type]
            return ask_again(request)
        messages.warning(request, _("Emergency access takes a second factor. Add one here first."))
        return redirect("security")
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = _opened(request, form)
        if opened is not None:
            return opened
    rule, mine = break_glass(clock.today()), queries.emergencies_of(by=request.actor)
    return render(request, "access/emergency_new.html", {
        "form": form, "minutes": rule.minutes, "now": clock.now(),
        "mine": [emergency_line(each, clock.now()) for each in mine],
        "demo": request.mark.proof == "demo",
    }, status=422 if form.errors else 200)  # fmt: skip


def _opened(request: ActorRequest, form: EmergencyForm) -> HttpResponse | None:
    data = form.cleaned_data
    found = registry_emergencies.find_in_emergency(
        by=request.actor, text=data["who"], born_on=data["born_on"]
    )
    if found is None:
        form.add_error("who", _(
            "This means nobody on record, or several people. Type the whole number, or the full"
            " name and the birth date."))  # fmt: skip
        return None
    if found.own:
        messages.success(request, _("This person is of your own places: open the record as usual."))
        return redirect("person", id=found.person)
    unit = next((p.unit for p in request.actor.posts
                 if policies.may(request.actor, BREAK, p.unit)), None)  # fmt: skip
    if unit is None:
        raise Http404
    payload = BreakGlass(person=found.person, place=found.place, reason=data["reason"])
    receipt = send(request, form, payload, unit=unit)
    return redirect("emergency", id=receipt.id) if receipt else None


@screen(right=OPEN_EMERGENCY)
@never_cache
@require_GET
def emergency(request: ActorRequest, id: UUID) -> HttpResponse:
    """What an emergency shows of a record, to whom opened it and until its minutes are over."""
    by, now = request.actor, clock.now()
    opening = next((each for each in queries.emergencies_of(by=by) if each.id == id), None)
    if opening is None:
        raise Http404
    card = registry_emergencies.emergency_card(by=by, person=opening.person, at=now)
    if card is None:
        return render(request, "access/emergency_over.html", {"opening": opening}, status=410)
    record_readings(
        by=by.stating("emergency"), subject="access.emergency", ids=[card.person], at=now
    )
    cases = surveillance.cases_in_emergency(by=by, person=opening.person, at=now)
    return render(request, "access/emergency.html", {
        "opening": opening, "card": card, "facts": _facts(card, by.on),
        "insurance": [_insured(each, by.on) for each in card.insurance],
        "cases": [(disease(c.disease).name(said.language()),
                   said.word(said.CLASSIFICATION, c.classification), c.onset_on) for c in cases],
        "left": max(1, -(-int((opening.until - now).total_seconds()) // 60)),
    })  # fmt: skip


def _facts(card: registry_emergencies.EmergencyCard, on: date) -> list[tuple[str, Any]]:
    born = words.born(card.born_on, card.birth_precision)
    facts = [
        (_("Sex"), words.sex_name(card.sex)),
        (_("Born"), f"{born} ({words.age(card.born_on, card.died_on or on)})"),
        (_("Lives at"), card.place), (_("Phone"), card.phone), (_("Household of"), card.household),
    ]  # fmt: skip
    return [(label, value) for label, value in facts if value]


def _insured(each: registry.Insured, on: date) -> dict[str, Any]:
    now = (each.since is None or each.since <= on) and (each.until is None or each.until > on)
    facility = registry.atlas().full_name(each.facility, on) if each.facility else ""
    return {"card": each.card, "facility": facility, "until": each.until, "now": now}


@screen(right=REVIEW_EMERGENCY)
@never_cache
@require_GET
def emergencies(request: ActorRequest) -> HttpResponse:
    """Records of one's own places that others opened in an emergency, week by week."""
    look_again(request.actor)
    now, found = clock.now(), queries.emergencies(by=request.actor)
    lines = [emergency_line(each, now) for each in found]
    names = _named(request, found)
    for line in lines:
        line["person"] = names.get(line["opening"].person)
        line["own"] = line["opening"].user == request.actor.user
    context = {
        "waiting": [line for line in lines if not line["opening"].verdict],
        "judged": [line for line in lines if line["opening"].verdict],
        "days": break_glass(now.date()).review_days,
    }
    return render(request, "access/emergencies.html", context)


@screen(right=REVIEW_EMERGENCY)
@require_POST
def emergency_review(request: ActorRequest, id: UUID) -> HttpResponse:
    """Say whether a record was rightly opened."""
    form = ReviewForm(request.POST)
    opening = next((e for e in queries.emergencies(by=request.actor) if e.id == id), None)
    if opening is None or not form.is_valid():
        raise Http404
    payload = ReviewEmergency(emergency=id, **form.cleaned_data)
    look_again(request.actor)
    if send(request, form, payload, unit=opening.place) is None:
        for error in form.non_field_errors():
            messages.error(request, str(error))
    return redirect("emergencies")


def emergency_line(each: Opening, now: Any) -> dict[str, Any]:
    """One opening as lists show it."""
    atlas, on = registry.atlas(), each.opened_at.date()
    days = break_glass(on).review_days
    due = (each.opened_at + timedelta(days=days)).date()
    return {
        "opening": each, "verdict": VERDICTS[each.verdict], "due": due,
        "overdue": not each.verdict and now.date() > due, "open": now < each.until,
        "unit": atlas.full_name(each.unit, on), "place": atlas.full_name(each.place, on),
        "tone": {"justified": "good", "not-justified": "bad"}.get(each.verdict, "warn"),
    }  # fmt: skip


def _named(request: ActorRequest, found: Iterable[Opening]) -> dict[UUID, str]:
    """The names of those concerned, for reviewers who may read them: reading them is noted."""
    people = registry.people(by=request.actor, ids={each.person for each in found})
    if people:
        record_readings(
            by=request.actor, subject="registry.person", ids=sorted(people), at=clock.now()
        )
    return {id: row.name for id, row in people.items()}
