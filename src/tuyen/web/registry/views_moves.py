"""People who move between units: taken in with their number, asked for, let go or not (ADR 19)."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.services import record_readings
from tuyen.apps.registry import asking
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.asking import Request
from tuyen.apps.registry.operations import AnswerMove, MovePerson, RequestMove
from tuyen.kernel.ids import NODE
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry.forms_people import STAYS, PlaceForm
from tuyen.web.registry.forms_units import no_such_unit, only_unit
from tuyen.web.registry.sending import send

RELEASE = asking.RELEASE
EDIT = "registry.person.edit"
COMMUNES = ("commune", "ward", "special_zone")


class ArrivalForm(PlaceForm):
    """Somebody came: by the number on their card at once, by name as a request."""

    how = forms.ChoiceField(
        label=_("How the person is found"), initial="number", widget=forms.RadioSelect,
        choices=[
            ("number", _("They show the citizen card: taken in at once")),
            ("name", _("Without the card: ask the unit where they lived")),
        ],
    )  # fmt: skip
    number = forms.CharField(
        label=_("Personal number"), max_length=20, required=False,
        help_text=_("The 12 digits of the citizen card"),
    )  # fmt: skip
    name = forms.CharField(label=_("Full name"), max_length=200, required=False)
    born_on = forms.DateField(label=_("Born on"))
    commune = forms.CharField(label=_("Commune where they lived"), max_length=250, required=False)
    commune_id = forms.UUIDField(required=False, widget=forms.HiddenInput)
    since = forms.DateField(label=_("Lives there since"))
    stay = forms.ChoiceField(label=_("Residence"), choices=STAYS, initial="permanent")
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False,
        help_text=_("The other unit reads it: why the person came."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("how") == "number":
            if not given.get("number"):
                self.add_error("number", gettext("Give the 12 digits of the card."))
            return given
        if not given.get("name"):
            self.add_error("name", gettext("Give the whole name."))
        if len(given.get("reason") or "") < 3:
            self.add_error("reason", gettext("Say in a few words why the person came."))
        if not given.get("commune"):
            self.add_error("commune", gettext("Say where the person lived."))
        elif not given.get("commune_id"):
            given["commune_id"] = only_unit(self.atlas, given["commune"], self.on, COMMUNES)
            if given["commune_id"] is None:
                self.add_error("commune", no_such_unit())
        return given


class AnswerForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False,
                             help_text=_("Needed for a no."))  # fmt: skip


@screen(right=RELEASE)
@never_cache
@require_GET
def moves(request: ActorRequest) -> HttpResponse:
    """Requests to answer, one's own that wait, and those that were answered."""
    return _list(request, None, None)


def _list(request: ActorRequest, asked: UUID | None, form: AnswerForm | None) -> HttpResponse:
    by = request.actor
    rows = asking.requests(by=by)
    names = access.names({row.author for row in rows})
    told = [told_request(row, names, by) for row in rows]
    shown = [row.person for row in rows if row.name is not None]
    record_readings(by=by, subject="registry.person", ids=shown, at=clock.now())
    for each in told:
        each["form"] = form if each["row"].id == asked and form else AnswerForm(auto_id=False)
    context = {
        "to_answer": [each for each in told if each["row"].may_agree],
        "own": [each for each in told if each["row"].may_withdraw and not each["row"].may_agree],
        "answered": [each for each in told if each["row"].answer],
        "may_ask": policies.may(by, EDIT),
        "errors": form,
    }
    bad = form is not None and form.errors
    return render(request, "registry/moves.html", context, status=422 if bad else 200)


def told_request(row: Request, names: dict[UUID | None, str], by: Actor) -> dict[str, Any]:
    """A request in words."""
    atlas = registry.atlas()
    return {
        "row": row,
        "unit": atlas.full_name(row.unit, by.on),
        "place": atlas.full_name(row.place, by.on),
        "author": names.get(row.author, ""),
        "answer": {"agreed": gettext("Let go"), "declined": gettext("Not let go"),
                   "withdrawn": gettext("Withdrawn")}.get(row.answer, ""),
        "tone": {"agreed": "good", "declined": "bad"}.get(row.answer, "plain"),
    }  # fmt: skip


@screen(right=RELEASE)
@never_cache
@require_POST
def answer(request: ActorRequest, id: UUID) -> HttpResponse:
    """Let a person go, or not; or withdraw one's own request."""
    by = request.actor
    row = next((each for each in asking.requests(by=by) if each.id == id and not each.answer), None)
    if row is None:
        raise Http404
    form = AnswerForm(request.POST)
    agreed = request.POST.get("answer") == "yes"
    if form.is_valid():
        said = AnswerMove(request=id, agreed=agreed, reason=form.cleaned_data["reason"])
        if send(request, form, said, unit=_unit(by, RELEASE)):
            return redirect("moves")
    return _list(request, id, form)


@screen(right=EDIT)
@never_cache
@sensitive_post_parameters("number")
@require_http_methods(["GET", "POST"])
def arrive(request: ActorRequest) -> HttpResponse:
    """Take in, or ask for, somebody whose record is with another unit."""
    atlas, today, by = registry.atlas(), clock.today(), request.actor
    form = ArrivalForm(request.POST or None, atlas=atlas, on=today, initial={"since": today})
    if request.method == "POST" and form.is_valid():
        if not policies.may(by, EDIT, form.cleaned_data["place_id"]):
            form.add_error(
                "place", gettext("This place is not one of those your unit answers for.")
            )
        elif (done := _arrive(request, form)) is not None:
            return done
    context = {"form": form, "trail": [(gettext("Moves between units"), reverse("moves")),
                                       (gettext("Somebody came"), None)]}  # fmt: skip
    return render(request, "registry/arrival.html", context, status=422 if form.errors else 200)


def _arrive(request: ActorRequest, form: ArrivalForm) -> HttpResponse | None:
    given, by = form.cleaned_data, request.actor
    to = {"place": given["place_id"], "since": given["since"], "stay": given["stay"]}
    unit = _unit(by, EDIT)
    if given["how"] == "number":
        found = asking.by_number(by=by, number=given["number"], born_on=given["born_on"])
        if found is None:
            form.add_error("number", gettext("No record here has this number and birth date. Compare the"
                                          " card, ask by name, or register the person."))  # fmt: skip
            return None
        move = MovePerson(person=found, shown=given["number"], **to)
        if send(request, form, move, unit=unit, happened_on=given["since"]):
            return redirect("person", id=found)
        return None
    found = asking.by_name(
        by=by, name=given["name"], born_on=given["born_on"], commune=given["commune_id"]
    )
    if found is None:
        form.add_error("name", gettext("In that commune, not exactly one person has this name and birth"
                                    " date. Ask for the card, or call the station there."))  # fmt: skip
        return None
    record_readings(by=by, subject="registry.person", ids=[found], at=clock.now())
    ask = RequestMove(person=found, reason=given["reason"], **to)
    if send(request, form, ask, unit=unit):
        return redirect("moves")
    return None


def _unit(by: Actor, right: str) -> UUID:
    """The unit of the post that gives a right: that which asks, or answers."""
    return next((p.unit for p in by.posts if policies.may(by, right, p.unit)), NODE)
