"""Suggestions for the comboboxes of surveillance: diseases, communes and villages, units, persons."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock
from tuyen.apps.access.services import record_search
from tuyen.apps.registry import queries as registry
from tuyen.rules import surveillance as rules
from tuyen.web.access import ActorRequest, screen
from tuyen.web.surveillance import words

LIMIT = 8
AREA_TYPES = ("commune", "ward", "town", "special_zone")
PLACE_TYPES = (*AREA_TYPES, "village")


@screen(right="registry.unit.read")
@require_GET
def diseases(request: ActorRequest) -> HttpResponse:
    """Diseases of today's list by name in any of the three languages, by id or by ICD-10 code."""
    text, on = _text(request), clock.today()
    found = rules.find(text, on, limit=LIMIT)
    if not found:
        try:
            candidates = rules.by_icd10(text, on)
        except ValueError:
            candidates = []
        found = list({one.disease.id: one.disease for one in candidates}.values())[:LIMIT]
    items = [
        {"label": disease.name(words.language()), "value": disease.id, "note": _note(disease.id)}
        for disease in found
    ]
    return _answer(request, items, "disease")


@screen(right="registry.unit.read")
@require_GET
def areas(request: ActorRequest) -> HttpResponse:
    """Communes of the old and the new map."""
    return _places(request, AREA_TYPES)


@screen(right="registry.unit.read")
@require_GET
def places(request: ActorRequest) -> HttpResponse:
    """Communes and villages, old and new: where a case lived on the day of onset."""
    return _places(request, PLACE_TYPES)


@screen(right="registry.unit.read")
@require_GET
def units(request: ActorRequest) -> HttpResponse:
    """Facilities, old and new."""
    atlas = registry.atlas()
    found = atlas.find(_text(request), clock.today(), limit=30)
    facilities = [unit for unit in found if (atlas.unit(unit.unit) or _NOWHERE).kind == "facility"]
    return _answer(request, [_unit(atlas, one) for one in facilities[:LIMIT]], "unit")


@screen(right="registry.person.read")
@require_GET
def persons(request: ActorRequest) -> HttpResponse:
    """People of the reader's places, by name without marks, birth year or number."""
    found = registry.search_people(by=request.actor, text=_text(request), limit=LIMIT)
    rows = [row for row in found if row.died_on is None or (clock.today() - row.died_on).days < 60]
    ids = [id for row in rows for id in (row.id, row.household) if id is not None]
    record_search(by=request.actor, subject="registry.person", ids=ids, at=clock.now())
    items = [
        {
            "label": row.name,
            "value": row.id,
            "note": " · ".join(filter(None, (
                str(row.born_on.year), row.village or row.commune, row.head and _("head: {name}")
                .format(name=row.head)))),
            "icon": "person",
        }
        for row in rows
    ]  # fmt: skip
    return _answer(request, items, "person")


class _Nowhere:
    kind = ""


_NOWHERE = _Nowhere()


def _note(disease: str) -> str:
    on = clock.today()
    entry = rules.listing(disease, on)
    group = rules.group(disease, on)
    codes = " ".join(entry.icd10[:2]) if entry else ""
    window = words.word(words.WINDOW, entry.window) if entry else ""
    return " · ".join(filter(None, (codes, words.word(words.GROUP, group), window)))


def _places(request: ActorRequest, types: tuple[str, ...]) -> HttpResponse:
    atlas = registry.atlas()
    found = atlas.find(_text(request), clock.today(), types=types, limit=LIMIT)
    return _answer(request, [_unit(atlas, one) for one in found], "place")


def _unit(atlas: Any, found: Any) -> dict[str, Any]:
    """A place and where it lies; of one that ended, what it became."""
    on = clock.today()
    id: UUID = found.unit
    if found.current:
        above = atlas.areas_above(id, on)
        note = atlas.full_name(above[0], on) if above else ""
    else:
        heirs = ", ".join(atlas.full_name(heir, on) for heir, _share in found.successors[:3])
        note = _("now {units}").format(units=heirs) if heirs else _("ended")
    return {"label": atlas.full_name(id, on), "value": id, "note": note, "icon": "map"}


def _text(request: ActorRequest) -> str:
    return request.GET.get("q", "").strip()[:100]


def _answer(request: ActorRequest, items: list[dict[str, Any]], prefix: str) -> HttpResponse:
    return render(
        request, "surveillance/_options.html", {"items": items, "prefix": prefix}
    )  # fmt: skip
