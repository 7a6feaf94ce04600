"""Finding a person, the record of one, and what may be changed about it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.registry import asking
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Atlas, PersonCard
from tuyen.apps.surveillance import queries as surveillance
from tuyen.rules.access import discretion
from tuyen.rules.surveillance import disease
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry import words
from tuyen.web.registry.forms_people import FORMS, PersonForm, PurposeForm, SearchForm
from tuyen.web.registry.lines import line, note_shown
from tuyen.web.registry.sending import send
from tuyen.web.registry.views_like import known_like
from tuyen.web.registry.views_moves import told_request

READ = registry.READ
EDIT = "registry.person.edit"
CASES = "surveillance.case.read"
DOSES = "immunization.dose.read"
READINGS = "access.reading.see"
CERTIFY = "immunization.certificate.issue"
PERSON = "registry.person"


@screen(right=READ)
@never_cache
@require_GET
def persons(request: ActorRequest) -> HttpResponse:
    """Find a person of one's own places; results come as one types."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    rows = registry.search_people(by=request.actor, text=text) if text.strip() else []
    note_shown(request, rows)
    context = {
        "form": form,
        "text": text.strip(),
        "rows": [line(row, request.actor.on) for row in rows],
        "full": len(rows) >= registry.MOST_FOUND,
        "most": registry.MOST_FOUND,
        "new": f"{reverse('person-new')}?{urlencode({'name': text.strip()})}",
        "may_edit": policies.may(request.actor, EDIT),
    }
    partial = request.headers.get("HX-Target") == "found"
    name = "registry/_found.html" if partial else "registry/persons.html"
    return render(request, name, context, status=422 if form.errors else 200)


@screen(right=READ)
@never_cache
@require_GET
def person(request: ActorRequest, id: UUID) -> HttpResponse:
    """The record of one person. That it was opened is written down."""
    card = _card(request, id)
    return render(request, "registry/person.html", _record(request, card))


@screen(right=READ)
@never_cache
@require_POST
def reveal(request: ActorRequest, id: UUID) -> HttpResponse:
    """The same record with its numbers and the ethnic group, for a purpose that is written down."""
    card = _card(request, id)
    form = PurposeForm(request.POST)
    if not form.is_valid():
        context = {**_record(request, card), "purpose": form}
        return render(request, "registry/person.html", context, status=422)
    by = request.actor.stating(form.cleaned_data["purpose"])
    if card.row.place is None or not policies.may(by, registry.SENSITIVE, card.row.place):
        raise Http404
    record_readings(by=by, subject="registry.person.sensitive", ids=[id], at=clock.now())
    systems = dict.fromkeys(number.system for number in card.numbers if number.until is None)
    shown = {system: registry.number(by=by, person=id, system=system) or "" for system in systems}
    group = registry.ethnicity(by=by, ids=[id]).get(id, "")
    context = {
        **_record(request, card, shown),
        "revealed": dict(form.fields["purpose"].choices)[by.purpose],  # type: ignore[attr-defined]
        "ethnicity": words.people_name(group) if group else _("not recorded"),
    }
    return render(request, "registry/person.html", context)


def _card(request: ActorRequest, id: UUID) -> PersonCard:
    card = registry.person(by=request.actor, id=id)
    if card is None:
        raise Http404
    return card


def _record(
    request: ActorRequest, card: PersonCard, shown: dict[str, str] | None = None
) -> dict[str, Any]:
    by, atlas, row = request.actor, registry.atlas(), card.row
    household = registry.household(by=by, id=row.household) if row.household else None
    beside = [m.person.id for m in household.members if m.person.id != row.id] if household else []
    record_readings(by=by, subject=PERSON, ids=[row.id], at=clock.now(), beside=beside)
    readings = []
    if policies.may(by, READINGS):
        readings = access.readings(by=by, subject_id=row.id, limit=50)
    cases = []
    if policies.may(by, CASES):
        cases = surveillance.cases_of_person(by=by, person=row.id)
    open_record = row.died_on is None and card.voided_on is None
    return {
        "card": card,
        "row": line(row, by.on),
        "facts": _facts(card, by.on),
        "members": [_member(member, by.on) for member in household.members]
        if household else [],
        "household": household,
        "stays": [_stay(atlas, stay, by.on) for stay in card.stays],
        "numbers": [_number(number, shown or {}) for number in card.numbers],
        "insurance": [_insurance(atlas, each, by.on) for each in card.insurance],
        "cases": [_case(each) for each in cases],
        "may_cases": policies.may(by, CASES),
        "may_doses": row.place is not None and policies.may(by, DOSES, row.place),
        "cases_for_purpose": not policies.may(by, discretion().right),
        "readings": readings,
        "may_readings": policies.may(by, READINGS),
        "may_show": row.place is not None and access.SHOW_READINGS in policies.rights(by),
        "may_edit": open_record and policies.may(by, EDIT, row.place),
        "may_certify": row.place is not None and policies.may(by, CERTIFY, row.place),
        "may_reveal": row.place is not None and any(
            policies.may(by.stating(key), registry.SENSITIVE, row.place)
            for key in ("care", "statistics")
        ),
        "purpose": PurposeForm(initial={"purpose": by.purpose}),
        "asked": _asked(by, row.id),
    }  # fmt: skip


def _asked(by: Actor, person: UUID) -> list[dict[str, Any]]:
    """Units that ask for the person, for those who may let them go."""
    rows = [row for row in asking.requests(by=by, person=person) if row.may_agree]
    names = access.names({row.author for row in rows}) if rows else {}
    return [told_request(row, names, by) for row in rows]


def _facts(card: PersonCard, on: date) -> list[tuple[str, Any]]:
    row = card.row
    place = ", ".join(filter(None, (row.village, row.commune)))
    former = "; ".join(
        _("{name} until {day}").format(name=name, day=words.born(until, "day"))
        for name, until in card.former_names
    )
    facts: list[tuple[str, Any]] = [
        (_("Sex"), words.sex_name(row.sex)),
        (_("Born"), words.born(row.born_on, row.birth_precision)),
    ]
    if row.died_on:
        facts.append((_("Died"), words.born(row.died_on, "day")))
        facts += [(_("Cause"), card.death_cause)] if card.death_cause else []
    else:
        facts.append((_("Age"), words.age(row.born_on, on)))
    facts.append((_("Lives in"), place or _("Not on this node")))
    facts.append((_("Phone"), card.phone or None))
    return facts + ([(_("Former names"), former)] if former else [])


def _member(member: registry.MemberRow, on: date) -> dict[str, Any]:
    return {
        **line(member.person, on),
        "role": words.role_name(member.role),
        "since": member.since,
        "until": member.until,
        "now": member.until is None or member.until > on,
    }


def _stay(atlas: Atlas, stay: registry.Stay, on: date) -> dict[str, Any]:
    """A residence under the names of its own days, and what that place is called today."""
    then = stay.since or on
    commune = atlas.commune_of(stay.place, then)
    place = [stay.name, atlas.full_name(commune, then) if commune and commune != stay.place else ""]
    today = atlas.commune_of(stay.place, on)
    changed = today is not None and today != commune
    return {
        "place": ", ".join(filter(None, place)),
        "href": reverse("unit", args=[stay.place]),
        "today": atlas.full_name(today, on) if changed else "",
        "kind": words.stay_name(stay.kind),
        "since": stay.since,
        "until": stay.until,
        "now": stay.until is None or stay.until > on,
    }


def _number(number: registry.NumberRow, shown: dict[str, str]) -> dict[str, Any]:
    current = number.until is None
    return {
        "system": words.number_name(number.system),
        "value": shown.get(number.system, number.value) if current else number.value,
        "since": number.since,
        "until": number.until,
        "now": current,
        "oddity": words.oddity(number.warning),
    }


def _insurance(atlas: Atlas, card: registry.Insured, on: date) -> dict[str, Any]:
    return {
        "card": card.card,
        "group": card.group,
        "payer": words.payer_name(card.group),
        "facility": atlas.full_name(card.facility, on),
        "href": reverse("unit", args=[card.facility]) if card.facility else "",
        "since": card.since,
        "until": card.until,
        "now": (card.since or on) <= on and (card.until is None or card.until > on),
        "oddity": words.oddity(card.warning),
    }


def _case(row: surveillance.CaseRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "disease": disease(row.disease).name(words.language()),
        "onset_on": row.onset_on,
        "commune": row.commune_name,
        "unit": row.unit_name,
    }


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def person_new(request: ActorRequest) -> HttpResponse:
    """Register one person; with ``?household=`` as a member of it."""
    atlas, today = registry.atlas(), clock.today()
    home = _home(request)
    initial: dict[str, Any] = {"name": request.GET.get("name", "")[:200]}
    if home is not None:
        initial |= {"household": home.id, "place": atlas.full_name(home.place, today),
                    "place_id": home.place}  # fmt: skip
    form = PersonForm(request.POST or None, atlas=atlas, on=today, initial=initial)
    like: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        place = form.cleaned_data["place_id"]
        like = known_like(request, form.cleaned_data) if "anyway" not in request.POST else []
        if not policies.may(request.actor, EDIT, place):
            form.add_error("place", _("This place is not one of those your unit answers for."))
        elif not like:
            receipt = send(request, form, form.payload(), unit=place)
            if receipt is not None:
                return redirect("person", id=receipt.id)
    context = {"form": form, "home": home, "like": like}
    status = 422 if form.errors or like else 200
    return render(request, "registry/person_new.html", context, status=status)


def _home(request: ActorRequest) -> registry.HouseholdCard | None:
    """The household named in the address or the form, if the reader may read it."""
    named = request.POST.get("household") or request.GET.get("household") or ""
    try:
        return registry.household(by=request.actor, id=UUID(named)) if named else None
    except ValueError:
        return None


@screen(right=EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def person_edit(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """Correct a record, or record a move, a death, insurance or a number."""
    atlas, today = registry.atlas(), clock.today()
    card = _card(request, id)
    place = card.row.place
    if what not in FORMS or place is None or not policies.may(request.actor, EDIT, place):
        raise Http404
    form = FORMS[what](request.POST or None, card=card, atlas=atlas, on=today)
    if request.method == "POST" and form.is_valid():
        happened_on = form.cleaned_data.get(form.day) if form.day else None
        if send(request, form, form.payload(), unit=place, happened_on=happened_on):
            return redirect("person", id=id)
    elif request.method == "GET":
        record_readings(by=request.actor, subject="registry.person", ids=[id], at=clock.now())
    back = reverse("person", args=[id])
    context = {
        "form": form,
        "what": what,
        "row": line(card.row, today),
        "title": _(form.title),
        "back": back,
        "tabs": [
            (key, _(each.title), reverse("person-edit", args=[id, key]))
            for key, each in FORMS.items()
        ],
        "trail": [(_("Persons"), reverse("persons")), (card.row.name, back), (_(form.title), None)],
    }
    status = 422 if form.errors else 200
    return render(request, "registry/person_edit.html", context, status=status)
