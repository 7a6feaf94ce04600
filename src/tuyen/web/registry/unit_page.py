"""What the page of one unit shows, from the map alone: no query."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from tuyen.apps.registry.queries import Atlas
from tuyen.web import charts
from tuyen.web.registry import maps, words
from tuyen.web.templatetags.figures import number


class Tied(NamedTuple):
    """A relation as the page shows it."""

    words: str
    unit: UUID
    name: str
    type: str
    since: date | None
    until: date | None
    now: bool

    @property
    def href(self) -> str:
        return reverse("unit", args=[self.unit])


class Passed(NamedTuple):
    """A share that passed from or to another unit."""

    unit: UUID | None
    name: str
    on: date
    event: str
    weight: float
    basis: str

    @property
    def href(self) -> str:
        return reverse("unit", args=[self.unit]) if self.unit else ""


def trail(atlas: Atlas, id: UUID, on: date) -> list[tuple[str, str | None]]:
    """The areas it lies in, from the province down, and itself."""
    above = [
        (atlas.full_name(area, on), reverse("unit", args=[area]))
        for area in reversed(atlas.areas_above(id, on))
    ]
    return [*above, (atlas.full_name(id, on), None)]


def ties(
    atlas: Atlas, id: UUID, on: date, kind: str, *, inverse: bool = False, kinds: str = ""
) -> list[Tied]:
    """Its relations of a kind, those of the day first, then by name; ``kinds`` of the other unit:
    area or facility."""
    found = []
    for tie in atlas.relations(id):
        if tie.kind != kind or (tie.object if inverse else tie.subject) != id:
            continue
        other = tie.subject if inverse else tie.object
        facts = atlas.unit(other)
        if facts is None or (kinds and facts.kind != kinds):
            continue
        now = (tie.since or date.min) <= on < (tie.until or date.max)
        # A relation that ended is told with the names of its last days.
        named = on if now or not tie.until else tie.until - timedelta(days=1)
        found.append(
            Tied(
                words.inverse_name(kind) if inverse else words.relation_name(kind), other,
                atlas.full_name(other, named), words.type_name(atlas.type(other, named)),
                tie.since, tie.until, now,
            )
        )  # fmt: skip
    return sorted(found, key=lambda t: (not t.now, words.collated(t.name), t.since or date.min))


def came_from(atlas: Atlas, id: UUID) -> list[Passed]:
    return [
        Passed(f.predecessor, atlas.full_name(f.predecessor), f.on, words.event_name(f.event),
               f.weight, f.basis)
        for f in atlas.predecessors(id) if f.predecessor != id
    ]  # fmt: skip


def became(atlas: Atlas, id: UUID) -> list[Passed]:
    return [
        Passed(f.successor, atlas.full_name(f.successor, f.on) or "–", f.on,
               words.event_name(f.event), f.weight, f.basis)
        for f in atlas.successors(id) if f.successor != id
    ]  # fmt: skip


def degrees(lat: float, lon: float) -> str:
    return f"{number(lat, 4)}° · {number(lon, 4)}°"


def facts(atlas: Atlas, id: UUID, on: date) -> list[tuple[str, Any]]:
    """Type, codes, position, functions and validity on a day."""
    unit = atlas.unit(id)
    assert unit is not None
    held = {s.value for s in unit.codes if s.since <= on < s.until} or {
        s.value for s in unit.codes[-1:]
    }
    place = atlas.point(id, on)
    functions = [words.function_name(code) for code in atlas.functions(id, on)]
    return [
        (gettext("Type"), words.type_name(atlas.type(id, on))),
        *((words.system_name(system), code) for system, code in sorted(held)),
        (gettext("Exists"), words.span(unit.since, unit.until)),
        (gettext("Position"), degrees(place[1], place[0]) if place else None),
        *([(gettext("Functions"), ", ".join(functions))] if functions else []),
    ]


def picture(atlas: Atlas, id: UUID, on: date) -> SafeString | None:
    """A small map: the unit's communes, what they were made of, its facilities and their points."""
    unit = atlas.unit(id)
    assert unit is not None
    areas = _areas(atlas, id, on)
    shapes = []
    for area in areas:
        if outline := maps.rings(atlas.boundary(area, on)):
            href = "" if area == id else reverse("unit", args=[area])
            shapes.append(
                charts.Shape(str(area), atlas.full_name(area, on), outline, 0, href, "",
                             atlas.name(area, on))
            )  # fmt: skip
    markers, links = _markers(atlas, id, on)
    if not shapes or len(shapes) > 200:
        return None
    inner = [
        ring
        for area in (areas if len(areas) <= 12 else ())
        for fact in atlas.predecessors(area)
        if fact.predecessor != area and fact.on <= on
        for ring in maps.rings(atlas.boundary(fact.predecessor, fact.on))
    ]
    return charts.render_map(
        shapes,
        title=atlas.full_name(id, on),
        sub=gettext("The thin lines are the outlines of the former communes") if inner else "",
        kinds=(gettext("Area"),) if unit.kind == "area" else (gettext("Area served"),),
        markers=markers,
        links=links,
        border=inner,
        chosen=str(id),
        symbols=2.2,
        show_table=False,
        ident="unit-map",
    )


def _areas(atlas: Atlas, id: UUID, on: date) -> list[UUID]:
    """The communes to draw: itself, those inside, those served, or the one it lies in."""
    level = atlas.level(id, on)
    if level == 3:
        return [id]
    if level in (1, 2):
        return [area for area in atlas.inside(id, on) if atlas.level(area, on) == 3]
    posts = [id, *atlas.subjects(id, "satellite_of", on), *atlas.subjects(id, "guided_by", on)]
    served: Iterable[UUID | None] = (
        atlas.commune_of(area, on) for post in posts for area in atlas.related(post, "serves", on)
    )
    found = list(dict.fromkeys(area for area in served if area))
    home = atlas.commune_of(id, on)
    return found or ([home] if home else [])


def _markers(
    atlas: Atlas, id: UUID, on: date
) -> tuple[list[charts.Marker], list[tuple[tuple[float, float], tuple[float, float]]]]:
    unit = atlas.unit(id)
    assert unit is not None
    if unit.kind == "area":
        inside = [u for u in atlas.inside(id, on) if atlas.type(u, on) in maps.MARKERS]
        near = inside if len(inside) <= 60 else []
    else:
        near = [id, *atlas.subjects(id, "satellite_of", on), *atlas.subjects(id, "guided_by", on)]
        near += atlas.related(id, "satellite_of", on)
    markers, links = [], []
    for other in dict.fromkeys(near):
        place = atlas.point(other, on)
        if place is None:
            continue
        kind = maps.MARKERS.get(atlas.type(other, on) or "", "site")
        href = "" if other == id else reverse("unit", args=[other])
        markers.append(charts.Marker(kind, atlas.full_name(other, on), *place, href))
        for station in atlas.related(other, "satellite_of", on):
            if end := atlas.point(station, on):
                links.append((place, end))
    return markers, links
