"""The list of units, the page of one, what may be changed about it, and suggestions by name."""

from contextlib import suppress
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry import vocabulary
from tuyen.apps.registry.queries import Atlas
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry import finding, unit_page, words
from tuyen.web.registry.forms_units import FORMS
from tuyen.web.registry.sending import send
from tuyen.web.registry.story import story
from tuyen.web.tables import Column
from tuyen.web.templatetags.figures import day

EDIT = "registry.unit.edit"
PAGE = 50


class UnitsForm(forms.Form):
    """What the list of units shows."""

    q = forms.CharField(label=gettext_lazy("Name or code"), required=False, max_length=200)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("", gettext_lazy("Existing on the day")),
            ("former", gettext_lazy("Ended before the day")),
            ("all", gettext_lazy("All that ever were")),
        ],
    )
    on = forms.DateField(label=gettext_lazy("On the day"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        types = [(t.code, t.names.of(words.language())) for t in vocabulary.unit_types().values()]
        self.fields["type"].choices = [("", _("All types")), *types]  # type: ignore[attr-defined]


@screen(right=registry.READ_UNITS)
@require_GET
def units(request: ActorRequest) -> HttpResponse:
    """Units by type, day and name; former ones with what they became."""
    atlas = registry.atlas()
    form = UnitsForm(request.GET)
    form.is_valid()
    on = form.cleaned_data.get("on") or clock.today()
    found = _listed(atlas, form.cleaned_data, on)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [_line(atlas, id, on) for id in page]
    columns = [
        Column(key="name", label=_("Name"), head=True, href="href"),
        Column(key="type", label=_("Type")),
        Column(key="code", label=_("Code")),
        Column(key="within", label=_("Lies in")),
        Column(key="owner", label=_("Owner")),
        Column(key="guide", label=_("Technical guide")),
        Column(key="exists", label=_("Exists")),
        Column(key="became", label=_("Became")),
    ]
    context = {
        "form": form,
        "on": on,
        "page": page,
        "rows": rows,
        # A column in which no unit of the page has anything is left out.
        "columns": [c for c in columns if c.head or any(row[c.key] for row in rows)],
    }
    status = 422 if form.errors else 200
    return render(request, "registry/units.html", context, status=status)


def _listed(atlas: Atlas, asked: dict[str, Any], on: date) -> list[UUID]:
    wanted = finding.matching(atlas, asked.get("q") or "")
    state, type = asked.get("state") or "", asked.get("type") or ""
    found = atlas.units(on=on) if not state else atlas.units()
    if state == "former":
        found = [id for id in found if (u := atlas.unit(id)) and u.until and u.until <= on]
    kept = [
        id
        for id in found
        if (wanted is None or id in wanted) and (not type or atlas.type(id, on) == type)
    ]
    order = {code: n for n, code in enumerate(vocabulary.unit_types())}
    return sorted(
        kept,
        key=lambda id: (
            order.get(atlas.type(id, on) or "", 99), words.collated(atlas.name(id, on)), str(id)
        ),
    )  # fmt: skip


def _line(atlas: Atlas, id: UUID, on: date) -> dict[str, Any]:
    unit = atlas.unit(id)
    assert unit is not None
    then = on if atlas.valid(id, on) else unit.since or on
    above = atlas.areas_above(id, then)
    heirs = [h for h in atlas.successors(id) if h.successor not in (None, id)]
    return {
        "name": atlas.full_name(id, on),
        "href": reverse("unit", args=[id]),
        "type": words.type_name(atlas.type(id, on)),
        "code": atlas.code(id, "administrative", on) or atlas.code(id, "insurer", on),
        "within": atlas.full_name(above[0], then) if above else "",
        "owner": ", ".join(atlas.full_name(o, on) for o in atlas.related(id, "owned_by", then)),
        "guide": ", ".join(atlas.full_name(o, on) for o in atlas.related(id, "guided_by", then)),
        "exists": words.span(unit.since, unit.until),
        "became": ", ".join(atlas.full_name(h.successor, h.on) for h in heirs),
    }


@screen(right=registry.READ_UNITS)
@require_GET
def unit(request: ActorRequest, id: UUID) -> HttpResponse:
    """One unit: what is true of it on a day, whose it is, whence it came and what it became."""
    atlas, today = registry.atlas(), clock.today()
    facts = atlas.unit(id)
    if facts is None:
        raise Http404
    on = _asked_day(request, facts.since, facts.until, today)
    may = {
        right: policies.may(request.actor, right)
        for right in (EDIT, "surveillance.case.read", "surveillance.alarm.read")
    }

    def ties(kind: str, *, inverse: bool = False, kinds: str = "") -> list[unit_page.Tied]:
        return unit_page.ties(atlas, id, on, kind, inverse=inverse, kinds=kinds)

    owners, guides = ties("owned_by"), ties("guided_by")
    context = {
        "id": id,
        "id_text": str(id),
        "on": on,
        "today": today,
        "name": atlas.full_name(id, on),
        "lead": " · ".join(
            filter(
                None,
                [
                    words.type_name(atlas.type(id, on)),
                    atlas.code(id, "administrative", on) or atlas.code(id, "insurer", on),
                ],
            )
        ),
        "trail": unit_page.trail(atlas, id, on),
        "ended": facts.until if facts.until and facts.until <= today else None,
        "begins": facts.since if facts.since and facts.since > today else None,
        "facts": unit_page.facts(atlas, id, on),
        "area": facts.kind == "area",
        "lines": [*owners, *guides],
        "owners": owners,
        "guides": guides,
        "stations": ties("satellite_of"),
        "points": ties("satellite_of", inverse=True),
        "serves": ties("serves"),
        "served": ties("serves", inverse=True),
        "refers": ties("refers_to"),
        "groups": [
            (_("Owns"), ties("owned_by", inverse=True)),
            (_("Guides technically"), ties("guided_by", inverse=True)),
            (_("Takes referrals from"), ties("refers_to", inverse=True)),
            (_("Facilities in its territory"), ties("lies_in", inverse=True, kinds="facility")),
            (_("Areas in its territory"), ties("lies_in", inverse=True, kinds="area")),
        ],
        "came_from": unit_page.came_from(atlas, id),
        "became": unit_page.became(atlas, id),
        "events": story(atlas, id, today),
        "picture": unit_page.picture(atlas, id, on),
        "may_edit": may[EDIT],
        "may_cases": may["surveillance.case.read"],
        "may_alarms": may["surveillance.alarm.read"],
    }
    return render(request, "registry/unit.html", context)


def _asked_day(request: ActorRequest, since: date | None, until: date | None, today: date) -> date:
    """The day asked for, else today; of a former unit its last day, of a coming one its first."""
    with suppress(ValueError):
        return date.fromisoformat(request.GET.get("on", ""))
    if until is not None and until <= today:
        return date.fromordinal(until.toordinal() - 1)
    return max(today, since) if since else today


@screen(right=registry.READ_UNITS)
@require_GET
def unit_people(request: ActorRequest, id: UUID) -> HttpResponse:
    """How many people live in the unit's communes, and how many are insured: counted apart, so
    that the page itself never waits for it."""
    atlas, today = registry.atlas(), clock.today()
    if atlas.unit(id) is None:
        raise Http404
    inside = {u for u in atlas.reach(id, "guided", today) if atlas.level(u, today) == 3}
    found = registry.population(by=request.actor, on=today, ages=(0, 5, 15, 60))
    rows = [n for n, unit in enumerate(found.unit_ids) if unit in inside]
    counts = found.counts[rows].sum(axis=0)
    covered = [c for c in registry.coverage(by=request.actor, on=today) if c.unit in inside]
    persons, insured = sum(c.persons for c in covered), sum(c.insured for c in covered)
    bands = [_("Under 5"), _("5 to 14"), _("15 to 59"), _("60 and over")]
    context = {
        "id": id,
        "name": atlas.full_name(id, today),
        "total": int(counts.sum()),
        "bands": [
            {"label": label, "men": int(counts[0, n]), "women": int(counts[1, n]),
             "both": int(counts[:, n].sum())}
            for n, label in enumerate(bands)
        ],
        "insured": insured,
        "share": insured / persons if persons else None,
        "today": today,
        "partial": request.headers.get("HX-Request") == "true",
    }  # fmt: skip
    name = "registry/_unit_people.html" if context["partial"] else "registry/unit_people.html"
    return render(request, name, context)


@screen(right=EDIT)
@require_http_methods(["GET", "POST"])
def unit_edit(request: ActorRequest, id: UUID, what: str) -> HttpResponse:
    """Change one thing about a unit from a day on."""
    atlas, today = registry.atlas(), clock.today()
    if what not in FORMS or atlas.unit(id) is None or not policies.may(request.actor, EDIT, id):
        raise Http404
    form = FORMS[what](request.POST or None, atlas=atlas, unit=id, on=today)
    if request.method == "POST" and form.is_valid():
        happened_on = min(form.cleaned_data["since"], today)
        if send(request, form, form.payload(), unit=id, happened_on=happened_on):
            return redirect("unit", id=id)
    context = {
        "form": form,
        "what": what,
        "name": atlas.full_name(id, today),
        "title": _(form.title),
        "trail": [*unit_page.trail(atlas, id, today)[:-1],
                  (atlas.full_name(id, today), reverse("unit", args=[id])), (_(form.title), None)],
        "tabs": [(key, _(each.title), reverse("unit-edit", args=[id, key]))
                 for key, each in FORMS.items()],
        "back": reverse("unit", args=[id]),
    }  # fmt: skip
    return render(request, "registry/unit_edit.html", context, status=422 if form.errors else 200)


@screen(right=registry.READ_UNITS)
@require_GET
def suggest(request: ActorRequest) -> HttpResponse:
    """Units for a combobox: ``q``, and optionally ``types`` (comma-separated) and ``former=1``."""
    atlas, today = registry.atlas(), clock.today()
    types = tuple(filter(None, request.GET.get("types", "").split(",")))
    found = finding.units_called(
        atlas, request.GET.get("q", "")[:200], today, types=types, limit=12,
        former=request.GET.get("former") == "1",
    )  # fmt: skip
    items = [
        {"label": atlas.full_name(id, today), "value": str(id), "note": note(atlas, id, today)}
        for id in found
    ]
    return render(request, "registry/_options.html", {"items": items})


def note(atlas: Atlas, id: UUID, on: date) -> str:
    """What stands beside a unit's name in a list: type and place, or what became of it."""
    facts = atlas.unit(id)
    assert facts is not None
    type = words.type_name(atlas.type(id, on))
    if facts.until is not None and facts.until <= on:
        heirs = [atlas.full_name(other, on) for other, _share in atlas.current(id, on)[:2]
                 if other != id]  # fmt: skip
        ended = _("{type} until {day}").format(type=type, day=day(facts.until))
        return f"{ended} → {', '.join(heirs)}" if heirs else ended
    above = atlas.areas_above(id, on)
    return f"{type} · {atlas.full_name(above[0], on)}" if above else type
