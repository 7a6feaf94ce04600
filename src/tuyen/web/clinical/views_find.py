"""Who comes: by the card that is scanned, by a number, or by a few letters; and who is new."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import Insurance, Number, RegisterPerson
from tuyen.engines.registry import scanned
from tuyen.engines.registry.scanned import Scanned
from tuyen.kernel.ids import uuid7
from tuyen.kernel.text import fold
from tuyen.web.access import ActorRequest, screen
from tuyen.web.clinical.views_visit import acting
from tuyen.web.registry.finding import units_called
from tuyen.web.registry.forms_people import PRECISIONS, SEXES, PlaceForm
from tuyen.web.registry.lines import line, note_shown
from tuyen.web.registry.sending import send
from tuyen.web.registry.views_like import known_like

RECORD, EDIT = queries.RECORD, "registry.person.edit"
NEEDED = {"name", "sex", "born_on", "place_id"}  # of a card that leaves nothing to type
LEAST = 2  # letters; fewer mean nobody


@screen(right=RECORD)
@never_cache
@require_POST
def find(request: ActorRequest) -> HttpResponse:
    """The visit of whom was scanned or chosen; else those whom the letters may mean."""
    text = " ".join(request.POST.get("q", "").split())[: scanned.MOST]
    chosen = _id(request.POST.get("person", ""))
    if chosen is not None:
        return redirect("visit-new", id=chosen)
    card = scanned.read(text)
    problems: list[str] = []
    rows: list[registry.PersonRow] = []
    if card is not None:
        rows = _holders(request.actor, card)
        if not rows:
            problems.append(_("Nobody of your places has this number yet."))
    elif len(fold(text)) < LEAST:
        problems.append(_("Type at least two letters, or scan the card."))
    else:
        rows = _meant(request, text)
        if not rows:
            problems.append(_("Nobody of your places is called so. Try fewer letters."))
    if len(rows) == 1:
        return redirect("visit-new", id=rows[0].id)
    note_shown(request, rows)
    context = {
        "q": text if card is None else "", "problems": problems,
        "rows": [line(row, request.actor.on) for row in rows],
        "offer_new": card is not None and not rows and policies.may(request.actor, EDIT),
        "scanned": text, "trail": [(_("Care today"), reverse("care")), (_("Who comes?"), None)],
    }  # fmt: skip
    return render(request, "clinical/find.html", context, status=422 if problems else 200)


def _meant(request: ActorRequest, text: str) -> list[registry.PersonRow]:
    """Those expected these days whose name the letters fit, and where there are none, anybody."""
    by, on = request.actor, clock.today()
    unit = acting(by)
    near = queries.expected(by=by, unit=unit, around=on) if unit else []
    people = registry.people(by=by, ids={one.person for one in near})
    fits = [row for row in people.values() if fitting(text, row.name)]
    return fits or registry.search_people(by=by, text=text)


def fitting(text: str, name: str) -> bool:
    """Whether letters are the initials of a name, or each word of them begins a word of it.

    >>> [fitting(text, "Vàng A Tủa") for text in ("vat", "tua", "va tu", "vang a tua", "ng")]
    [True, True, True, True, False]
    """
    said, words = fold(text), fold(name).split()
    if " " not in said and "".join(word[0] for word in words).startswith(said):
        return True
    return all(any(word.startswith(part) for word in words) for part in said.split())


def _holders(by: Actor, card: Scanned) -> list[registry.PersonRow]:
    """Who holds one of the numbers on a card."""
    for number in filter(None, (card.number, card.card, card.old_number)):
        found = registry.search_people(by=by, text=number, limit=2)
        if found:
            return found
    return []


class PatientForm(PlaceForm):
    """As much of a person as the first visit needs; the rest is asked when there is time."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=200)
    sex = forms.TypedChoiceField(
        label=gettext_lazy("Sex"), choices=SEXES, coerce=int, widget=forms.RadioSelect
    )
    born_on = forms.DateField(label=gettext_lazy("Born on"))
    birth_precision = forms.ChoiceField(
        label=gettext_lazy("Of the birth date is known"), choices=PRECISIONS, initial="day"
    )
    number = forms.CharField(label=gettext_lazy("Personal number"), max_length=20, required=False)
    phone = forms.RegexField(
        r"^\+?[0-9 .-]*$", label=gettext_lazy("Phone"), max_length=20, required=False
    )
    card = forms.CharField(
        label=gettext_lazy("Insurance card"), max_length=24, required=False,
        help_text=gettext_lazy("Left empty: not insured"),
    )  # fmt: skip
    card_since = forms.DateField(label=gettext_lazy("Valid from"), required=False)
    card_until = forms.DateField(label=gettext_lazy("Valid until"), required=False)

    def payload(self) -> RegisterPerson:
        given = self.cleaned_data
        numbers = (
            (Number(system="personal_number", value=given["number"]),) if given["number"] else ()
        )
        insurance = Insurance(
            card=given["card"], since=given["card_since"] or self.on, until=given["card_until"]
        ) if given["card"] else None  # fmt: skip
        return RegisterPerson(
            name=given["name"], sex=given["sex"], born_on=given["born_on"],
            birth_precision=given["birth_precision"], place=given["place_id"],
            phone=given["phone"], numbers=numbers, insurance=insurance,
        )  # fmt: skip


@screen(right=EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def patient(request: ActorRequest) -> HttpResponse:
    """Register somebody from the card that was scanned, and go on to the visit."""
    atlas, today = registry.atlas(), clock.today()
    card = scanned.read(request.POST.get("scanned", "")) if request.method == "POST" else None
    reading = "scanned" in request.POST
    initial, notes = _filled(request.actor, card, today) if reading else ({}, [])
    sent = request.method == "POST" and not reading
    form = PatientForm(request.POST if sent else None, atlas=atlas, on=today, initial=initial)
    like: list[dict[str, Any]] = []
    if sent and form.is_valid():
        place = form.cleaned_data["place_id"]
        like = known_like(request, form.cleaned_data) if "anyway" not in request.POST else []
        if not policies.may(request.actor, EDIT, place):
            form.add_error("place", _("This place is not one of those your unit answers for."))
        elif not like:
            op = _id(request.POST.get("op", ""))
            receipt = send(request, form, form.payload(), unit=place, id=op)
            if receipt is not None:
                return redirect("visit-new", id=receipt.id)
    context = {
        "form": form, "notes": notes, "bound": sent, "filled": bool(initial), "op": str(uuid7()),
        "whole": initial.keys() >= NEEDED and not notes,
        "like": [pair["row"] for pair in like],
        "trail": [(_("Care today"), reverse("care")), (_("New patient"), None)],
    }  # fmt: skip
    status = 422 if form.errors or like else 200
    return render(request, "clinical/patient_new.html", context, status=status)


def _filled(
    by: Actor, card: Scanned | None, on: date
) -> tuple[dict[str, Any], list[str]]:  # fmt: skip
    """The form filled from a card, and what of the card has to be looked at."""
    if card is None:
        return {}, [_("This is no code of a citizen card or an insurance card.")]
    atlas, notes = registry.atlas(), []
    place = _place(by, card.address, on)
    if card.odd:
        notes.append(_("The birth date on the card cannot be: read it from the card."))
    if card.address and place is None:
        notes.append(_("Address on the card: {address}").format(address=card.address))
    initial = {
        "name": card.name, "sex": card.sex if card.sex != 3 else None, "born_on": card.born_on,
        "birth_precision": card.precision, "number": card.number, "card": card.card,
        "card_since": card.since, "card_until": card.until, "place_id": place,
        "place": atlas.full_name(place, on) if place else "",
    }  # fmt: skip
    return {key: value for key, value in initial.items() if value is not None}, notes


def _place(by: Actor, address: str, on: date) -> UUID | None:
    """The village or commune of an address, the smallest first, of those one answers for; without
    one, the commune of one's own unit."""
    atlas = registry.atlas()
    reach = policies.scope(by, EDIT)
    for part in (piece.strip() for piece in address.split(",")):
        found = (
            units_called(atlas, part, on, types=("village", "commune", "ward"), limit=6)
            if part
            else []
        )
        mine = [one for one in found if reach.covers(one)]
        if len(mine) == 1:
            return mine[0]
    unit = acting(by)
    return atlas.commune_of(unit, on) if unit and not address else None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
