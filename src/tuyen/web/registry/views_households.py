"""Households: found by anybody who lives in them, shown with their members, registered at once."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.access.services import record_readings
from tuyen.apps.registry import queries as registry
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry import words
from tuyen.web.registry.forms_people import HouseholdForm, MemberFormSet, SearchForm
from tuyen.web.registry.sending import send
from tuyen.web.registry.views_like import known_like
from tuyen.web.registry.views_people import EDIT, READ, line, note_shown

MORE = 3
MOST_ROWS = 30


@screen(right=READ)
@never_cache
@require_GET
def households(request: ActorRequest) -> HttpResponse:
    """Households of one's own places, by the name of anybody in them."""
    form = SearchForm(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    rows = registry.search_people(by=request.actor, text=text) if text.strip() else []
    note_shown(request, rows)
    homes: dict[UUID, dict[str, Any]] = {}
    for row in rows:
        if row.household is None:
            continue
        home = homes.setdefault(row.household, {"id": row.household, "people": []})
        home["people"].append(row.name)
        home |= {"head": row.head or row.name,
                 "place": ", ".join(filter(None, (row.village, row.commune)))}  # fmt: skip
    context = {
        "form": form,
        "text": text.strip(),
        "homes": list(homes.values()),
        "may_edit": policies.may(request.actor, EDIT),
    }
    partial = request.headers.get("HX-Target") == "found"
    name = "registry/_homes.html" if partial else "registry/households.html"
    return render(request, name, context, status=422 if form.errors else 200)


@screen(right=READ)
@never_cache
@require_GET
def household(request: ActorRequest, id: UUID) -> HttpResponse:
    """A household and everybody who belongs or belonged to it. The opening is written down."""
    found = registry.household(by=request.actor, id=id)
    if found is None:
        raise Http404
    on = request.actor.on
    ids = [id, *(member.person.id for member in found.members)]
    record_readings(by=request.actor, subject="registry.household", ids=ids, at=clock.now())
    members = [
        {
            **line(member.person, on),
            "role": words.role_name(member.role),
            "since": member.since,
            "until": member.until,
            "now": (member.until is None or member.until > on) and not member.person.died_on,
        }
        for member in found.members
    ]
    head = next((m["name"] for m, r in zip(members, found.members, strict=True)
                 if r.role == "head" and m["now"]), "")  # fmt: skip
    context = {
        "home": found,
        "head": head,
        "members": members,
        "place": ", ".join(filter(None, (found.village, found.commune))),
        "may_edit": policies.may(request.actor, EDIT, found.place),
    }
    return render(request, "registry/household.html", context)


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def household_new(request: ActorRequest) -> HttpResponse:
    """Register a household with the people in it, as one operation."""
    atlas, today = registry.atlas(), clock.today()
    if request.method == "GET":
        form = HouseholdForm(atlas=atlas, on=today)
        members = MemberFormSet(prefix="member", initial=_first_rows())
    else:
        form = HouseholdForm(request.POST, atlas=atlas, on=today)
        if "more" in request.POST:
            return _with_more_rows(request, form)
        members = MemberFormSet(request.POST, prefix="member")
        if all([form.is_valid(), members.is_valid()]):
            if "anyway" not in request.POST and _look_alikes(request, form, members):
                return _form(request, form, members, alike=True)
            if _register(request, form, members):
                return redirect("household", id=form.cleaned_data["registered"])
    return _form(request, form, members)


def _look_alikes(request: ActorRequest, form: HouseholdForm, members: Any) -> bool:
    """Put beside each member the records that may be theirs already; whether there are any."""
    for row in members.forms:
        row.like = []
        if row.has_changed():
            given = {**row.cleaned_data, "place_id": form.cleaned_data["place_id"]}
            row.like = known_like(request, given)
    return any(row.like for row in members.forms)


def _first_rows() -> list[dict[str, Any]]:
    return [{"role": role, "birth_precision": "day"} for role in ("head", "spouse", "child")]


def _with_more_rows(request: ActorRequest, form: HouseholdForm) -> HttpResponse:
    """The same form, unjudged, with blank rows added: works without script."""
    data = request.POST.copy()
    try:
        rows = int(data.get("member-TOTAL_FORMS", "0"))
    except ValueError:
        rows = 0
    data["member-TOTAL_FORMS"] = str(min(MOST_ROWS, max(0, rows) + MORE))
    members = MemberFormSet(data, prefix="member")
    typed = {name: form[name].data for name in form.fields}
    rows_typed = [{name: row[name].data for name in row.fields} for row in members.forms]
    for row in rows_typed:
        row["role"] = row["role"] or "child"
    blank = HouseholdForm(atlas=form.atlas, on=form.on, initial=typed)
    return _form(request, blank, MemberFormSet(prefix="member", initial=rows_typed))


def _register(request: ActorRequest, form: HouseholdForm, members: Any) -> bool:
    place = form.cleaned_data["place_id"]
    if not policies.may(request.actor, EDIT, place):
        form.add_error("place", _("This place is not one of those your unit answers for."))
        return False
    people = [row.member() for row in members.forms if row.has_changed()]
    if not people:
        form.add_error(None, _("Write at least one person."))
        return False
    receipt = send(request, form, form.payload(people), unit=place)
    if receipt is None:
        return False
    form.cleaned_data["registered"] = receipt.id
    return True


def _form(
    request: ActorRequest, form: HouseholdForm, members: Any, alike: bool = False
) -> HttpResponse:
    wrong = alike or bool(form.errors) or (members.is_bound and not members.is_valid())
    context = {"form": form, "members": members, "alike": alike}
    status = 422 if wrong else 200
    return render(request, "registry/household_new.html", context, status=status)
