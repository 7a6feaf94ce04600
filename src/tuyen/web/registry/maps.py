"""The dated map as a picture and as rows: what colours it, what stands on it, which days it has."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from tuyen.apps.access.actors import Actor
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Atlas
from tuyen.apps.surveillance import queries as surveillance
from tuyen.rules.surveillance import disease as disease_of
from tuyen.web import charts
from tuyen.web.charts.ground import Ring
from tuyen.web.charts.maps import Kind
from tuyen.web.registry import words
from tuyen.web.registry.forms_map import Wish
from tuyen.web.templatetags.figures import day, number

MARKERS: dict[str, Kind] = {
    "station": "station",
    "satellite_point": "point",
    "health_centre": "centre",
    "district_health_centre": "centre",
    "hospital": "hospital",
    "gate": "gate",
    "laboratory": "laboratory",
}
MOST_STOPS = 9

# What follows from a state of the map alone, forgotten with it.
_eras: "WeakKeyDictionary[Atlas, list[date]]" = WeakKeyDictionary()
_moves: "WeakKeyDictionary[Atlas, Counter[date]]" = WeakKeyDictionary()


class Row(NamedTuple):
    """One commune of the map. ``value`` None: not known."""

    unit: UUID
    name: str
    code: str
    type: str
    value: float | None
    lower: float | None = None
    upper: float | None = None
    complete: float | None = None  # share of 1 of the weekly reports due that came

    @property
    def exact(self) -> bool:
        return self.lower is None or self.lower == self.upper


class Filled(NamedTuple):
    """The rows of a map and the words over it."""

    rows: list[Row]
    title: str
    sub: str
    unit: str
    kinds: tuple[str, ...] = ()
    as_of: datetime | None = None
    complete: float | None = None
    hidden: tuple[UUID, ...] = ()  # communes of the map that the reader's post does not count


def fill(by: Actor, atlas: Atlas, wish: Wish) -> Filled:
    """The communes of the wished day with the value that colours them."""
    if wish.show == "cases":
        return _cases(by, atlas, wish)
    if wish.show == "people":
        return _people(by, atlas, wish)
    return _types(atlas, wish)


def _types(atlas: Atlas, wish: Wish) -> Filled:
    communes = atlas.communes(wish.on)
    held = Counter(atlas.type(id, wish.on) or "" for id in communes)
    kinds = sorted(held, key=lambda code: (-held[code], code))[:6]
    rows = [
        _row(atlas, id, wish.on, value=kinds.index(type))
        for id in communes
        if (type := atlas.type(id, wish.on) or "") in kinds
    ]
    return Filled(
        rows,
        ngettext(
            "%(n)s commune on the map of %(day)s", "%(n)s communes on the map of %(day)s", len(rows)
        )
        % {"n": number(len(rows)), "day": day(wish.on)},
        gettext("Communes, wards and special zones by type"),
        gettext("Type"),
        kinds=tuple(words.type_name(code) for code in kinds),
    )


def _people(by: Actor, atlas: Atlas, wish: Wish) -> Filled:
    on = min(wish.on, by.on)
    found = registry.population(by=by, on=on, map_on=wish.on)
    counts = found.counts.sum(axis=(1, 2))
    lower, upper = found.lower.sum(axis=(1, 2)), found.upper.sum(axis=(1, 2))
    total = int(counts.sum())
    # A node where nobody is registered yet knows nothing; it does not know of nobody.
    rows = [
        _row(atlas, id, wish.on, int(counts[n]) if total else None, int(lower[n]), int(upper[n]))
        for n, id in enumerate(found.unit_ids)
    ]
    title = gettext("{total} people on record").format(total=number(total))
    if total:
        title = _with_most(title, rows)
    return Filled(
        rows,
        title,
        gettext("People who lived there on {day}, on the map of {map_day}").format(
            day=day(on), map_day=day(wish.on)
        ),
        gettext("People"),
    )


def _cases(by: Actor, atlas: Atlas, wish: Wish) -> Filled:
    first = wish.last - timedelta(weeks=wish.weeks - 1)
    table = surveillance.counts(
        by=by, kind="week", first=first, last=wish.last, map_on=wish.on, split=(),
        diseases=(wish.disease,) if wish.disease else (),
    )  # fmt: skip
    counts, lower, upper = (
        part.sum(axis=(1, 2)) for part in (table.cases, table.lower, table.upper)
    )
    known = ~np.isnan(table.complete)
    came, due = np.where(known, table.complete, 0).sum(axis=1), known.sum(axis=1)
    later = _reported_by_heirs(by, atlas, table.communes, wish) if not due.all() else {}
    rows = []
    for n, id in enumerate(table.communes):
        share = float(came[n] / due[n]) if due[n] else later.get(id)
        silent = not counts[n] and not share
        value = None if silent else int(counts[n])
        rows.append(_row(atlas, id, wish.on, value, int(lower[n]), int(upper[n]), share))
    total = int(counts.sum())
    title = ngettext("%(n)s case", "%(n)s cases", total) % {"n": number(total)}
    named = disease_of(wish.disease).name(words.language()) if wish.disease else ""
    return Filled(
        rows,
        _with_most(title, rows) if total else title,
        gettext("{disease}, onset from {first} to {last}, on the map of {map_day}").format(
            disease=named or gettext("All diseases"), first=day(table.periods[0].start),
            last=day(table.periods[-1].end), map_day=day(wish.on),
        ),
        gettext("Cases"),
        as_of=table.as_of,
        complete=_mean([row.complete for row in rows]),
        hidden=tuple(set(atlas.communes(wish.on)) - set(table.communes)),
    )  # fmt: skip


def _reported_by_heirs(
    by: Actor, atlas: Atlas, communes: Sequence[UUID], wish: Wish
) -> dict[UUID, float]:
    """For communes of another map than that of the period: the share of the weekly reports that
    came from the communes that stand in their place on the reader's day. Two queries."""
    reports = surveillance.completeness(by=by, on=wish.last, weeks=wish.weeks)
    due: Counter[UUID] = Counter()
    came: Counter[UUID] = Counter()
    for n, commune in enumerate(reports.communes):
        if commune is not None:
            due[commune] += int(reports.expected[n].sum())
            came[commune] += int((reports.expected & reports.came)[n].sum())
    found = {}
    for id in communes:
        heirs = [heir for heir, _share in atlas.current(id, by.on)]
        if expected := sum(due[heir] for heir in heirs):
            found[id] = sum(came[heir] for heir in heirs) / expected
    return found


def _with_most(title: str, rows: Iterable[Row]) -> str:
    most = max(rows, key=lambda row: row.value or 0)
    return gettext("{title}, the most in {name}: {value}").format(
        title=title, name=most.name, value=number(most.value)
    )


def _mean(shares: Iterable[float | None]) -> float | None:
    known = [share for share in shares if share is not None]
    return sum(known) / len(known) if known else None


def _row(
    atlas: Atlas, id: UUID, on: date, value: float | None, lower: float | None = None,
    upper: float | None = None, complete: float | None = None,
) -> Row:  # fmt: skip
    return Row(
        id, atlas.full_name(id, on), atlas.code(id, "administrative", on) or "",
        words.type_name(atlas.type(id, on)), value, lower, upper, complete,
    )  # fmt: skip


def rings(boundary: Any) -> list[Ring]:
    """The rings of a GeoJSON Polygon or MultiPolygon; none for no boundary."""
    if not boundary:
        return []
    parts = boundary["coordinates"]
    polygons = [parts] if boundary["type"] == "Polygon" else parts
    return [ring for polygon in polygons for ring in polygon]


def draw(
    atlas: Atlas, filled: Filled, wish: Wish, address: Callable[[UUID], str]
) -> SafeString | None:
    """The picture, or None where no commune of that map has a stored outline."""
    shapes = [
        charts.Shape(
            str(row.unit), row.name, outline, row.value, address(row.unit), _note(row),
            atlas.name(row.unit, wish.on),
        )
        for row in filled.rows
        if (outline := rings(atlas.boundary(row.unit, wish.on)))
    ]  # fmt: skip
    around = [ring for id in filled.hidden for ring in rings(atlas.boundary(id, wish.on))]
    if not shapes:
        return None
    markers, links = facilities(atlas, wish.on, wish.layers)
    return charts.render_map(
        shapes,
        title=filled.title,
        sub=filled.sub,
        unit=filled.unit,
        kinds=filled.kinds,
        markers=markers,
        links=links,
        border=around,
        names=len(shapes) <= 60,
        show_table=False,
        ident="dated-map",
    )


def _note(row: Row) -> str:
    if row.exact:
        return ""
    return gettext("After a split the true number is from {lower} to {upper}").format(
        lower=number(row.lower), upper=number(row.upper)
    )


def facilities(
    atlas: Atlas, on: date, layers: Sequence[str]
) -> tuple[list[charts.Marker], list[tuple[tuple[float, float], tuple[float, float]]]]:
    """Markers of the kinds wished, and a line from each satellite point to its station."""
    if not layers:
        return [], []
    markers, links = [], []
    for id in atlas.units(type=[t for t, kind in MARKERS.items() if kind in layers], on=on):
        kind = MARKERS[atlas.type(id, on) or ""]
        if (place := atlas.point(id, on)) is None:
            continue
        markers.append(charts.Marker(kind, atlas.name(id, on), *place, reverse("unit", args=[id])))
        if kind != "point" or "station" not in layers:
            continue
        for station in atlas.related(id, "satellite_of", on):
            if end := atlas.point(station, on):
                links.append((place, end))
    return markers, links


def eras(atlas: Atlas) -> list[date]:
    """The days on which the set of communes changed, oldest first."""
    if atlas not in _eras:
        _eras[atlas] = _found_eras(atlas)
    return _eras[atlas]


def _found_eras(atlas: Atlas) -> list[date]:
    days: set[date] = set()
    for id in atlas.units(kind="area"):
        if atlas.level(id) == 3 and (unit := atlas.unit(id)) is not None:
            days.update(d for d in (unit.since, unit.until) if d)
    first = min(days, default=None)
    return sorted(d for d in days if d != first or _before(atlas, d))


def _before(atlas: Atlas, on: date) -> bool:
    return bool(atlas.communes(on - timedelta(days=1)))


def changes_of_facilities(atlas: Atlas) -> Counter[date]:
    """How many facilities opened, closed or changed their type on each day."""
    if atlas not in _moves:
        _moves[atlas] = _found_moves(atlas)
    return _moves[atlas]


def _found_moves(atlas: Atlas) -> Counter[date]:
    found: Counter[date] = Counter()
    for id in atlas.units(kind="facility"):
        unit = atlas.unit(id)
        assert unit is not None
        days = {unit.since, unit.until, *(span.since for span in unit.types[1:])}
        found.update(d for d in days if d)
    return found


def stops(atlas: Atlas, on: date, today: date, address: Callable[[date], str]) -> list[Any]:
    """The stops of the time slider: the days on which the map changed, the last day of the map
    before the first of them, today, and the day shown."""
    big = eras(atlas)
    days = {today, on, *big[-5:]}
    if big:
        days.add(big[-5:][0] - timedelta(days=1))
    for when, _count in changes_of_facilities(atlas).most_common(MOST_STOPS * 2):
        if len(days) < MOST_STOPS and when >= min(days):
            days.add(when)
    return [
        {"label": day(d), "href": address(d), "current": d == on, "major": d in (today, *big)}
        for d in sorted(days)
    ]


def turn(atlas: Atlas, on: date, today: date) -> tuple[date, date, date] | None:
    """(a day of the old map, the day of the change, a day of the new map) of the last change."""
    past = [d for d in eras(atlas) if d <= max(today, on)]
    if not past:
        return None
    return past[-1] - timedelta(days=1), past[-1], max(today, past[-1])
