"""The dated map of the province."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tuyen.apps.access import clock, policies
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Atlas
from tuyen.web.access import ActorRequest, screen
from tuyen.web.registry import maps, words
from tuyen.web.registry.forms_map import MapForm, Wish
from tuyen.web.tables import Column
from tuyen.web.templatetags.figures import day, number, percent

COUNTS = "surveillance.counts.read"
_SORTS = ("name", "code", "value")


@screen(right=registry.READ_UNITS)
@require_GET
def dated_map(request: ActorRequest) -> HttpResponse:
    """The communes of any day, coloured by type, people or cases, with their facilities."""
    today, atlas = clock.today(), registry.atlas()
    counts = policies.may(request.actor, COUNTS)
    given = request.GET.copy()
    if not given:
        given = QueryDict("layer=station", mutable=True)
    wish = MapForm(given, today=today, counts=counts).wish()
    shown = given.copy()
    shown.setdefault("show", wish.show)
    shown.setdefault("weeks", str(wish.weeks))
    for name, value in (("on", wish.on), ("last", wish.last)):
        if not shown.get(name) or shown[name] == value.isoformat():
            shown[name] = day(value)
    form = MapForm(shown, today=today, counts=counts)
    filled = maps.fill(request.actor, atlas, wish)

    def at(on: date) -> str:
        query = given.copy()
        query["on"] = on.isoformat()
        return f"?{query.urlencode()}"

    def page(id: UUID) -> str:
        return f"{reverse('unit', args=[id])}?on={wish.on.isoformat()}"

    picture = maps.draw(atlas, filled, wish, page)
    context = {
        "form": form,
        "wish": wish,
        "filled": filled,
        "picture": picture,
        "without": sum(not atlas.boundary(row.unit, wish.on) for row in filled.rows),
        "derived": any(
            (atlas.boundary(row.unit, wish.on) or {}).get("derived") for row in filled.rows[:3]
        ),
        "stops": maps.stops(atlas, wish.on, today, at),
        "maps": _old_and_new(atlas, wish, today, at),
        "columns": _columns(wish, filled),
        "rows": _rows(atlas, filled, wish, page, given.get("sort", "")),
        "change": _change(atlas, wish.on),
    }
    status = 422 if form.errors else 200
    return render(request, "registry/map.html", context, status=status)


def _old_and_new(atlas: Atlas, wish: Wish, today: date, at: Any) -> list[dict[str, Any]]:
    """The two sides of the last change of communes, each with its number of communes."""
    found = maps.turn(atlas, wish.on, today)
    if found is None:
        return []
    old, change, new = found
    return [
        {"label": _("Old map"), "count": len(atlas.communes(old)), "until": change, "href": at(old),
         "current": wish.on < change},
        {"label": _("New map"), "count": len(atlas.communes(new)), "since": change, "href": at(new),
         "current": wish.on >= change},
    ]  # fmt: skip


def _change(atlas: Atlas, on: date) -> dict[str, Any] | None:
    """What made the map of a day: the last change of communes up to it."""
    past = [d for d in maps.eras(atlas) if d <= on]
    if not past:
        return None
    before, after = (set(atlas.communes(d)) for d in (past[-1] - timedelta(days=1), past[-1]))
    facts = [heir for heir in atlas.heirs if heir.on == past[-1] and heir.predecessor in before]
    basis = next((fact.basis for fact in facts if fact.basis), "")
    return {"on": past[-1], "ended": len(before - after), "began": len(after - before),
            "kept": len(before & after), "count": len(after), "before": len(before),
            "basis": basis}  # fmt: skip


def _columns(wish: Wish, filled: maps.Filled) -> list[Column]:
    columns = [
        Column(key="name", label=_("Commune"), head=True, sort=True, href="href"),
        Column(key="code", label=_("Code"), sort=True),
        Column(key="type", label=_("Type")),
    ]
    if wish.show != "units":
        columns.append(Column(key="value", label=filled.unit, kind="html", sort=True))
    if any(not row.exact for row in filled.rows):
        columns.append(Column(key="bounds", label=_("Between")))
    if wish.show == "cases":
        columns.append(Column(key="complete", label=_("Weekly reports that came")))
    columns.append(Column(key="origin", label=_("Made of, or became"), kind="html"))
    return columns


def _rows(
    atlas: Atlas, filled: maps.Filled, wish: Wish, page: Any, sort: str
) -> list[dict[str, Any]]:
    key = sort.removeprefix("-")
    rows = filled.rows
    if key in _SORTS:
        ordering = {
            "name": lambda row: words.collated(row.name),
            "code": lambda row: row.code,
            "value": lambda row: (row.value is not None, row.value or 0),
        }[key]
        rows = sorted(rows, key=ordering, reverse=sort.startswith("-"))
    return [
        {
            "name": row.name,
            "href": page(row.unit),
            "code": row.code,
            "type": row.type,
            "value": _("No report") if row.value is None else number(row.value),
            "bounds": "" if row.exact else f"{number(row.lower)}–{number(row.upper)}",
            "complete": percent(row.complete, 0),
            "origin": _origin(atlas, row.unit, wish.on),
        }
        for row in rows
    ]


def _origin(atlas: Atlas, id: UUID, on: date) -> Any:
    """The communes it was made of by its day, or, when it has ended since, what it became."""
    facts = [f for f in atlas.predecessors(id) if f.predecessor != id and f.on <= on]
    near = [(f.predecessor, f.weight, f.on - timedelta(days=1)) for f in facts]
    if not facts:
        heirs = [f for f in atlas.successors(id) if f.successor not in (None, id)]
        near = [(f.successor, f.weight, f.on) for f in heirs if f.successor]
    links = format_html_join(
        ", ",
        '<a href="{}">{}</a>{}',
        (
            (
                f"{reverse('unit', args=[other])}",
                atlas.full_name(other, then),
                "" if weight >= 1 else f" ({percent(weight, 0)})",
            )
            for other, weight, then in near
        ),
    )
    return format_html("<span>{}</span>", links) if near else ""
