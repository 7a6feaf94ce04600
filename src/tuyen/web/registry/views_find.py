"""The command palette: people, places and screens by a few letters."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from tuyen.apps.access import policies
from tuyen.apps.registry import queries as registry
from tuyen.kernel.text import fold
from tuyen.web.access import SIGNED_IN, ActorRequest, screen
from tuyen.web.registry import finding
from tuyen.web.registry.views_people import line, note_shown
from tuyen.web.registry.views_units import note
from tuyen.web.shell import destinations

PEOPLE, PLACES = 6, 7
LEAST = 2
"""Letters before people are searched: one letter means everybody."""


@screen(right=SIGNED_IN)
@never_cache
@require_GET
def palette(request: ActorRequest) -> HttpResponse:
    """People of one's own places, places of today and before, forms and screens."""
    text = request.GET.get("q", "").strip()[:200]
    items = [*_people(request, text), *_places(request, text), *_screens(request, text)]
    if request.headers.get("HX-Request") == "true":
        return render(request, "registry/_options.html", {"items": items})
    return render(request, "registry/palette.html", {"items": items, "text": text})


def _people(request: ActorRequest, text: str) -> list[dict[str, Any]]:
    if len(fold(text).replace(" ", "")) < LEAST or not policies.may(request.actor, registry.READ):
        return []
    rows = registry.search_people(by=request.actor, text=text, limit=PEOPLE)
    note_shown(request, rows)
    items = []
    for row in rows:
        shown = line(row, request.actor.on)
        said = " · ".join(filter(None, (shown["born"], shown["place"])))
        items.append({"label": row.name, "note": said, "icon": "person",
                      "href": reverse("person", args=[row.id])})  # fmt: skip
    return _grouped(items, _("Persons"))


def _places(request: ActorRequest, text: str) -> list[dict[str, Any]]:
    if not text or not policies.may(request.actor, registry.READ_UNITS):
        return []
    atlas, on = registry.atlas(), request.actor.on
    items = [
        {"label": atlas.full_name(id, on), "note": note(atlas, id, on), "icon": "unit",
         "href": reverse("unit", args=[id])}
        for id in finding.units_called(atlas, text, on, limit=PLACES)
    ]  # fmt: skip
    return _grouped(items, _("Places"))


def _screens(request: ActorRequest, text: str) -> list[dict[str, Any]]:
    """Screens and forms whose name has every word typed."""
    asked = fold(text).split()
    stops = [(stop.label, stop.href, stop.icon) for stop in destinations(request)]
    held = policies.rights(request.actor)
    for name, label, icon in (
        ("person-new", _("Register a person"), "plus"),
        ("household-new", _("Register a household"), "plus"),
    ):
        try:
            href = reverse(name)
        except NoReverseMatch:
            continue
        if getattr(resolve(href).func, "right", None) in held:
            stops.append((label, href, icon))
    items = [
        {"label": label, "href": href, "icon": icon}
        for label, href, icon in stops
        if all(f" {word}" in f" {fold(label)}" for word in asked)
    ]
    return _grouped(items, _("Screens and forms"))


def _grouped(items: list[dict[str, Any]], group: str) -> list[dict[str, Any]]:
    if items:
        items[0]["group"] = group
    return items
