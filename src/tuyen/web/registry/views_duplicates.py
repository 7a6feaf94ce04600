"""Records that may be one person's: the work list, two side by side, merged, parted, kept apart."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tuyen.apps.access import clock, policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.services import record_readings
from tuyen.apps.registry import asking
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.operations import (
    MergePersons,
    ProposeMerge,
    SetApart,
    UndoMerge,
    UndoSetApart,
)
from tuyen.apps.registry.queries import PersonCard, PersonRow
from tuyen.kernel.ids import NODE
from tuyen.kernel.operation import Payload
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry import evidence, words
from tuyen.web.registry.forms_reorganise import ReasonForm
from tuyen.web.registry.lines import line, note_shown
from tuyen.web.registry.sending import send

RIGHT = asking.RELEASE
EDIT = "registry.person.edit"
PAGE = 20
TABS = ("likely", "waiting", "merged", "apart")


class MergeForm(forms.Form):
    """Which of the two records goes on."""

    kept = forms.UUIDField(widget=forms.HiddenInput)


@screen(right=RIGHT)
@never_cache
@require_GET
def duplicates(request: ActorRequest) -> HttpResponse:
    """Likely duplicates of one's own places, mergers that wait, and what was decided."""
    tab = request.GET.get("tab", "likely")
    if tab not in TABS:
        raise Http404
    by = request.actor
    waiting = asking.mergers_waiting(by=by)
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [
            ("likely", _("Likely"), "?tab=likely"),
            ("waiting", _("Waiting"), "?tab=waiting", len(waiting)),
            ("merged", _("Merged"), "?tab=merged"),
            ("apart", _("Two people"), "?tab=apart"),
        ],
    }
    made = {"likely": _likely, "waiting": _waiting, "merged": _merged, "apart": _apart}[tab]
    context |= made(request)
    return render(request, "registry/duplicates.html", context)


def _likely(request: ActorRequest) -> dict[str, Any]:
    """A page of pairs of one unit: stations that the reader answers for, one at a time."""
    by, atlas = request.actor, registry.atlas()
    scope = policies.scope(by, RIGHT)
    units = [id for id in atlas.units("station", by.on) if scope.covers(id)]
    units.sort(key=lambda id: words.collated(atlas.full_name(id, by.on)))
    asked = request.GET.get("unit", "")
    unit = next((id for id in units if str(id) == asked), units[0] if units else None)
    if unit is None:
        return {"pairs": [], "units": [], "unit": None}
    _rows, total = asking.likely(by=by, unit=unit, size=0)
    page = Paginator(range(total), PAGE).get_page(request.GET.get("page"))
    found, _total = asking.likely(by=by, unit=unit, first=max(0, page.start_index() - 1), size=PAGE)
    note_shown(request, [row for pair in found for row in (pair.one, pair.other)])
    return {
        "pairs": [_pair(s.one, s.other, s.match, by.on) for s in found],
        "page": page,
        "total": total,
        "unit": unit,
        "units": [(id, atlas.full_name(id, by.on)) for id in units],
    }


def _pair(one: PersonRow, other: PersonRow, match: Any, on: Any) -> dict[str, Any]:
    return {
        "one": line(one, on), "other": line(other, on), "judged": evidence.judged(match),
        "href": reverse("duplicate-pair", args=[one.id, other.id]),
    }  # fmt: skip


def _waiting(request: ActorRequest) -> dict[str, Any]:
    by = request.actor
    rows = asking.mergers_waiting(by=by)
    names = access.names({row.author for row in rows})
    both = [each for row in rows for each in (row.kept_row, row.duplicate_row)]
    note_shown(request, [each for each in both if each is not None])
    return {
        "waiting": [
            {
                "row": row,
                "kept": line(row.kept_row, by.on) if row.kept_row else None,
                "duplicate": line(row.duplicate_row, by.on) if row.duplicate_row else None,
                "author": names.get(row.author, ""),
                "own": row.author == by.user,
                "href": reverse("duplicate-pair", args=[row.kept, row.duplicate])
                if row.kept_row and row.duplicate_row
                else "",
            }
            for row in rows
        ]
    }


def _merged(request: ActorRequest) -> dict[str, Any]:
    by = request.actor
    rows = registry.mergers(by=by)
    people = registry.people(by=by, ids={id for m in rows for id in (m.kept, m.duplicate)})
    names = access.names({row.author for row in rows})
    note_shown(request, list(people.values()))
    return {
        "merged": [
            {
                "row": row,
                "kept": line(people[row.kept], by.on) if row.kept in people else None,
                "duplicate": people[row.duplicate].name if row.duplicate in people else "",
                "author": names.get(row.author, ""),
            }
            for row in rows
        ]
    }


def _apart(request: ActorRequest) -> dict[str, Any]:
    by = request.actor
    rows = asking.kept_apart(by=by)
    names = access.names({row.author for row in rows})
    note_shown(request, [each for row in rows for each in (row.one, row.other)])
    return {
        "apart": [
            {"row": row, "one": line(row.one, by.on), "other": line(row.other, by.on),
             "author": names.get(row.author, "")}
            for row in rows
        ]
    }  # fmt: skip


@screen(right=RIGHT)
@never_cache
@require_GET
def of_person(request: ActorRequest, id: UUID) -> HttpResponse:
    """The few records that may be of one person."""
    by = request.actor
    here = registry.people(by=by, ids=[id]).get(id)
    if here is None:
        raise Http404
    found = registry.duplicates_of(by=by, person=id)
    note_shown(request, [here, *(suspected.other for suspected in found)])
    context = {
        "person": line(here, by.on),
        "pairs": [_pair(s.one, s.other, s.match, by.on) for s in found],
        "trail": [(_("Persons"), reverse("persons")), (here.name, reverse("person", args=[id])),
                  (_("Possible duplicates"), None)],
    }  # fmt: skip
    return render(request, "registry/duplicates_of.html", context)


# -- two side by side ----------------------------------------------------------------------------


@screen(right=RIGHT)
@never_cache
@require_http_methods(["GET", "POST"])
def pair(request: ActorRequest, one: UUID, other: UUID) -> HttpResponse:
    """Two records side by side; merge them, propose it, or say that they are two people's."""
    cards = _cards(request, one, other)
    form, reason = MergeForm(request.POST or None), ReasonForm()
    if request.method == "POST" and "apart" in request.POST:
        form, reason = MergeForm(), ReasonForm(request.POST)
        if reason.is_valid():
            said = SetApart(one=one, other=other, reason=reason.cleaned_data["reason"])
            if send(request, reason, said, unit=_unit(request, cards, EDIT)):
                return redirect("duplicates")
    elif request.method == "POST" and form.is_valid() and form.cleaned_data["kept"] in (one, other):
        receipt_of = _merge(request, form, cards)
        if receipt_of is not None:
            return receipt_of
    elif request.method == "GET":
        record_readings(by=request.actor, subject="registry.person", ids=[one, other],
                        at=clock.now())  # fmt: skip
    return _pair_page(request, cards, form, reason)


def _cards(request: ActorRequest, one: UUID, other: UUID) -> tuple[PersonCard, PersonCard]:
    found = [registry.person(by=request.actor, id=id) for id in (one, other)]
    if one == other or found[0] is None or found[1] is None:
        raise Http404
    return found[0], found[1]


def _merge(
    request: ActorRequest, form: MergeForm, cards: tuple[PersonCard, PersonCard]
) -> HttpResponse | None:
    """Merge at once within a commune; across communes the merger is proposed."""
    kept = form.cleaned_data["kept"]
    duplicate = next(card.row.id for card in cards if card.row.id != kept)
    if _across(cards):
        payload: Payload = ProposeMerge(kept=kept, duplicate=duplicate)
        if send(request, form, payload, unit=_unit(request, cards, RIGHT)):
            return redirect(f"{reverse('duplicates')}?tab=waiting")
        return None
    payload = MergePersons(kept=kept, duplicate=duplicate)
    if send(request, form, payload, unit=_unit(request, cards, EDIT)):
        return redirect("person", id=kept)
    return None


def _across(cards: tuple[PersonCard, PersonCard]) -> bool:
    return cards[0].row.commune != cards[1].row.commune


def _unit(request: ActorRequest, cards: tuple[PersonCard, PersonCard], right: str) -> UUID:
    """The unit for which the change is sent: one of one's posts where it gives the right, else
    the place of a record that one answers for."""
    by = request.actor
    for post in by.posts:
        if policies.may(by, right, post.unit):
            return post.unit
    places = [card.row.place for card in cards if card.row.place]
    return next((place for place in places if policies.may(by, right, place)), NODE)


def _pair_page(
    request: ActorRequest, cards: tuple[PersonCard, PersonCard], form: MergeForm,
    reason: ReasonForm,
) -> HttpResponse:  # fmt: skip
    by, (a, b) = request.actor, cards
    match = asking.compared(by=by, one=a.row.id, other=b.row.id)
    apart = asking.apart_decision(by=by, one=a.row.id, other=b.row.id)
    usable = all(c.row.merged_into is None and c.voided_on is None for c in cards)
    waits = next((w for w in asking.mergers_waiting(by=by)
                  if {w.kept, w.duplicate} == {a.row.id, b.row.id}), None)  # fmt: skip
    reach = [policies.may(by, EDIT, c.row.place) for c in cards if c.row.place]
    context = {
        "one": line(a.row, by.on),
        "other": line(b.row, by.on),
        "rows": list(_compared(a, b)),
        "judged": evidence.judged(match) if match else None,
        "form": form,
        "reason": reason,
        "across": _across(cards),
        "apart": apart,
        "waits": waits,
        "own": waits is not None and waits.author == by.user,
        "may_merge": usable and apart is None and waits is None
        and (_across(cards) or any(reach)),
        "may_apart": usable and apart is None and any(reach),
        "trail": [(_("Duplicates"), reverse("duplicates")), (_("Two records"), None)],
    }  # fmt: skip
    status = 422 if form.errors or reason.errors else 200
    return render(request, "registry/duplicate_pair.html", context, status=status)


def _compared(a: PersonCard, b: PersonCard) -> Any:
    """(field, one, other, whether they differ); what neither has is left out."""

    def told(card: PersonCard) -> dict[str, str]:
        row = card.row
        return {
            _("Full name"): row.name,
            _("Former names"): "; ".join(name for name, _until in card.former_names),
            _("Sex"): words.sex_name(row.sex),
            _("Born"): words.born(row.born_on, row.birth_precision),
            _("Died"): words.born(row.died_on, "day") if row.died_on else "",
            _("Village"): row.village,
            _("Commune"): row.commune,
            _("Head of household"): row.head,
            _("Phone"): card.phone,
            _("Numbers"): "; ".join(
                f"{words.number_name(n.system)} {n.value}" for n in card.numbers if n.until is None
            ),
            _("Health insurance"): "; ".join(f"{i.card}" for i in card.insurance),
            _("Lives there since"): words.span(card.stays[-1].since, None) if card.stays else "",
        }

    one, other = told(a), told(b)
    for field, value in one.items():
        if value or other[field]:
            yield field, value, other[field], value != other[field]


# -- decisions -----------------------------------------------------------------------------------


@screen(right=EDIT)
@never_cache
@require_POST
def confirm(request: ActorRequest, id: UUID) -> HttpResponse:
    """A second person confirms a merger across communes."""
    row = next((w for w in asking.mergers_waiting(by=request.actor) if w.id == id), None)
    if row is None:
        raise Http404
    form = MergeForm({"kept": row.kept})
    form.is_valid()
    payload = MergePersons(kept=row.kept, duplicate=row.duplicate, proposal=id)
    unit = next((p.unit for p in request.actor.posts
                 if policies.may(request.actor, EDIT, p.unit)), NODE)  # fmt: skip
    if send(request, form, payload, unit=unit):
        return redirect(f"{reverse('duplicates')}?tab=merged")
    context = {"tab": "waiting", "tabs": [], "form": form, **_waiting(request)}
    return render(request, "registry/duplicates.html", context, status=422)


@screen(right=EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def part(request: ActorRequest, id: UUID) -> HttpResponse:
    """Undo a merger: both records are as they were."""
    row = next((m for m in registry.mergers(by=request.actor, limit=1000) if m.id == id), None)
    if row is None or row.undone_on is not None:
        raise Http404
    payload = UndoMerge(merge=id, reason="…")
    return _take_back(request, _("Part the two records"), payload, [row.kept, row.duplicate],
                      "merged")  # fmt: skip


@screen(right=EDIT)
@never_cache
@require_http_methods(["GET", "POST"])
def together(request: ActorRequest, id: UUID) -> HttpResponse:
    """Take back that two records are two people's."""
    row = next((k for k in asking.kept_apart(by=request.actor, limit=1000) if k.id == id), None)
    if row is None:
        raise Http404
    payload = UndoSetApart(decision=id, reason="…")
    title = _("Suggest the two records again")
    return _take_back(request, title, payload, [row.one.id, row.other.id], "apart")


def _take_back(
    request: ActorRequest, title: str, payload: Payload, people: list[UUID], tab: str
) -> HttpResponse:
    """A page that asks for the reason, and the answer to it."""
    by = request.actor
    rows = registry.people(by=by, ids=people)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = type(payload)(**{**_fields(payload), "reason": form.cleaned_data["reason"]})
        unit = next((p.unit for p in by.posts if policies.may(by, EDIT, p.unit)), NODE)
        if send(request, form, said, unit=unit):
            return redirect(f"{reverse('duplicates')}?tab={tab}")
    context = {
        "title": title,
        "form": form,
        "people": [line(rows[id], by.on) for id in people if id in rows],
        "back": f"{reverse('duplicates')}?tab={tab}",
        "trail": [(_("Duplicates"), reverse("duplicates")), (title, None)],
    }
    status = 422 if form.errors else 200
    return render(request, "registry/duplicate_undo.html", context, status=status)


def _fields(payload: Payload) -> dict[str, Any]:
    return {name: getattr(payload, name) for name in payload.__struct_fields__}
