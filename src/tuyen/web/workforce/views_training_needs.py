"""What people lack against what their posts ask, who was trained in a year, and what came of it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.workforce import queries
from tuyen.web.access import ActorRequest, screen
from tuyen.web.typed import whole
from tuyen.web.workforce import forms, words
from tuyen.web.workforce.views_training import tabs

_NAMED = 60


@screen(right=queries.READ)
@require_GET
def needs(request: ActorRequest) -> HttpResponse:
    """Needs of people in reach, the heaviest first; of each a course can be made."""
    by, on, given = request.actor, clock.today(), request.GET
    unit, cadre = words.as_uuid(given.get("unit", "")), given.get("cadre", "")[:40]
    found = queries.needs(by=by, on=on, unit=unit, cadre=cadre)
    may_plan = policies.may(by, queries.TRAIN)
    filters = queries.StaffFilters(unit=unit, cadre=cadre)
    context = {
        "on_file": bool(found) or queries.staff(by=by, on=on, filters=filters, page=1).total,
        "rows": [_need(one, given) for one in found], "given": given, "unit": unit,
        "gaps": [
            {"row": gap, "name": words.technique(gap.technique),
             "learning": sum(how == "learns" for _at, _name, how in gap.stations),
             "stations": [(at, name, words.HANDOVER[how], words.TONES[how]) for at, name, how in gap.stations]}
            for gap in (queries.technique_gaps(by=by, on=on) if policies.may(by, queries.FIGURE) else [])
        ],
        "units": forms.units(request, queries.READ), "cadres": words.options("cadre"),
        "may_plan": may_plan, "as_of": clock.now(), "tabs": tabs(request),
    }  # fmt: skip
    return render(request, "workforce/training_needs.html", context)


def _need(one: queries.Need, given: Any) -> dict[str, Any]:
    names = {"hours": _("Hours of training behind"), "licence": _("Practising licence ends")}
    name = names.get(one.kind) or words.named("competence", one.key)
    link = {"need": one.key or one.kind} | ({"unit": given["unit"]} if given.get("unit") else {})
    return {
        "need": one, "name": name, "n": len(one.people), "more": max(0, len(one.people) - _NAMED),
        "people": [
            {"row": who, "cadre": words.named("cadre", who.cadre), "why": words.LACK[who.why],
             "tone": words.TONES[who.why]}
            for who in one.people[:_NAMED]
        ],
        "plan": "" if one.kind == "licence" else f"{reverse('training-new')}?{urlencode(link)}",
    }  # fmt: skip


@screen(right=queries.FIGURE)
@require_GET
def figures(request: ActorRequest) -> HttpResponse:
    """Who was trained in a year, by cadre, sex and unit; marks before and after its courses."""
    by, on = request.actor, clock.today()
    year = _year(request)
    found = queries.trained(by=by, year=year, on=on)
    opens = policies.may(by, queries.READ)
    people = reverse("training-people") if opens else ""
    context = {
        "found": found, "year": year, "before": year - 1, "after": year + 1 if year < on.year else None,
        "share": found.people / found.staff if found.staff else None,
        "people": people, "people_href": f"{people}?year={year}" if people else "",
        "cadres": sorted(
            ((words.named("cadre", key), n, key) for key, n in found.by_cadre.items()), key=lambda c: -c[1]
        ),
        "sexes": [(words.SEX[key], n, key) for key, n in sorted(found.by_sex.items())],
        "changes": [(one, one.after - one.before) for one in queries.changes(by=by, year=year)],
        "opens": policies.may(by, queries.CORRECT),
        "as_of": clock.now(), "tabs": tabs(request),
    }  # fmt: skip
    return render(request, "workforce/training_figures.html", context)


def _year(request: ActorRequest) -> int:
    year = whole(request.GET.get("year", "")) or clock.today().year
    return year if 1990 <= year <= 2100 else clock.today().year


@screen(right=queries.READ)
@require_GET
def people(request: ActorRequest) -> HttpResponse:
    """The people behind a figure of training, by name, for those who read their files."""
    by, on, given = request.actor, clock.today(), request.GET
    year = _year(request)
    unit, cadre, sex = (
        words.as_uuid(given.get("unit", "")),
        given.get("cadre", "")[:40],
        given.get("sex", "")[:10],
    )
    found = queries.trained_people(by=by, year=year, on=on, unit=unit, cadre=cadre, sex=sex)
    context = {
        "rows": [(one, words.named("cadre", one.cadre), hours) for one, hours in found[:500]],
        "more": max(0, len(found) - 500), "year": year, "as_of": clock.now(),
        "about": ", ".join(filter(None, (words.named("cadre", cadre), str(words.SEX.get(sex, ""))))),
        "trail": [(_("Who was trained"), reverse("training-figures")), (str(year), None)],
    }  # fmt: skip
    return render(request, "workforce/training_people.html", context)
