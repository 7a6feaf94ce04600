"""The network on the map: bands of travel time, people, stations, on any day of the dated map."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places, ways
from tuyen.apps.network.ground import USUAL_TERRAIN, Distances, distances, lived, way_of
from tuyen.apps.network.queries.sites import READ
from tuyen.apps.network.ways import Way
from tuyen.engines.network import isochrones, travel
from tuyen.engines.network.coordinates import suspects
from tuyen.engines.network.placing import Placed
from tuyen.engines.network.projection import Frame
from tuyen.engines.network.suitability import inside
from tuyen.rules import network as rules

LIMITS = (15, 30, 60, 120)
"""Minutes at which a band ends."""
Numbers = NDArray[np.float64]


class Village(NamedTuple):
    """A village with its people, and the minutes to its nearest site; None where no way is known."""

    unit: UUID
    name: str
    commune: str
    people: int
    minutes: float | None
    site: UUID | None
    site_name: str
    point: tuple[float, float] | None

    @property
    def band(self) -> int:
        """The number of its band; one more than the last beyond it, and -1 where no way is known."""
        if self.minutes is None:
            return -1
        return int(np.searchsorted(LIMITS, self.minutes))


class Site(NamedTuple):
    unit: UUID
    name: str
    type: str
    point: tuple[float, float] | None


class Bands(NamedTuple):
    """Outlines of the bands in corners of a frame's cells; one more than there are limits, the last of
    what is beyond."""

    frame: Frame
    rings: tuple[Sequence[Sequence[tuple[int, int]]], ...]


class Finding(NamedTuple):
    """What is to be looked at. ``kind``: elsewhere (a site outside of its commune's outline), swapped,
    unplaced (no coordinates), empty (a village with no people), cut (no way to a site)."""

    kind: str
    unit: UUID
    name: str
    other: str = ""
    people: int = 0


class NetworkMap(NamedTuple):
    """A day of the network. ``days``: those on which sites changed, with how many there were from then."""

    on: date
    days: Sequence[tuple[date, int]]
    way: Way
    mode: str
    season: str
    villages: Sequence[Village]
    sites: Sequence[Site]
    bands: Bands | None
    outlines: Sequence[tuple[UUID, str, Sequence[Any]]]
    findings: Sequence[Finding]

    @property
    def total(self) -> int:
        return sum(one.people for one in self.villages)

    def people(self, limit: float) -> int:
        """How many live within so many minutes of a site."""
        return sum(v.people for v in self.villages if v.minutes is not None and v.minutes <= limit)

    @property
    def unreached(self) -> int:
        return sum(v.people for v in self.villages if v.minutes is None)


def ways_in_use(*, by: Actor, on: date) -> Way:
    """By what the minutes of the network's pages are measured on a day. One query."""
    policies.check(by, READ)
    return way_of(by=by, on=on)[0]


def days_of_change(*, by: Actor) -> list[tuple[date, int]]:
    """The days on which the network changed, up to the reader's day. No query."""
    policies.check(by, READ)
    return days(by.on)


def network_map(*, by: Actor, map_on: date, mode: str = "", season: str = "") -> NetworkMap:
    """The network on a day of the map; of the reader's reach, villages and sites. Two queries."""
    scope, atlas, far = policies.scope(by, READ), places.atlas(), distances(map_on)
    policies.check(by, READ)
    way, loaded = way_of(by=by, on=map_on, mode=mode, season=season)
    mode, season = mode or rules.usual_mode(map_on), season or rules.season(map_on)
    how = ways.speeds(mode, season, map_on)
    ground = ways.opened(loaded, how) if loaded else None
    if loaded and ground is None:
        way = way._replace(kind="straight", why="file")
    minutes, nearest = _over(ground, far) if ground else _straight(far, map_on)
    people = lived(by=by, on=map_on, villages=far.villages)
    villages = [
        Village(
            id, places.name(id, map_on), places.name(atlas.commune_of(id, map_on), map_on),
            int(people[n]), float(minutes[n]) if np.isfinite(minutes[n]) else None,
            far.sites[nearest[n]] if nearest[n] >= 0 else None,
            places.name(far.sites[nearest[n]], map_on) if nearest[n] >= 0 else "", _point(far.at[n]),
        )
        for n, id in enumerate(far.villages)
        if scope.covers(id) and (people[n] > 0 or atlas.type(id, map_on) == "village")
    ]  # fmt: skip
    sites = [
        Site(id, places.name(id, map_on), atlas.type(id, map_on) or "", _point(far.to[n]))
        for n, id in enumerate(far.sites)
    ]
    outlines = outlines_of(map_on)
    bands = _bands(loaded.sha256, how, ground, far, map_on) if loaded and ground else None
    findings = list(
        _findings(villages, [s for s in sites if scope.covers(s.unit)], outlines, map_on)
    )
    return NetworkMap(
        map_on, days(by.on), way, mode, season, villages, sites, bands, outlines, findings
    )


def _point(at: Numbers) -> tuple[float, float] | None:
    return (float(at[0]), float(at[1])) if np.isfinite(at).all() else None


def _straight(far: Distances, on: date) -> tuple[Numbers, NDArray[np.int64]]:
    """Minutes to the nearest site as the crow flies, lengthened, at the usual speed."""
    pace = 60 * float(rules.norm("detour", on)) / float(rules.norm("speed", on)[USUAL_TERRAIN])
    if not far.km.size:
        return np.full(len(far.villages), np.inf), np.full(len(far.villages), -1)
    away = np.where(np.isnan(far.km), np.inf, far.km * pace)
    nearest = away.argmin(axis=1)
    minutes = away[np.arange(len(away)), nearest]
    return minutes, np.where(np.isfinite(minutes), nearest, -1)


def _over(ground: Placed, far: Distances) -> tuple[Numbers, NDArray[np.int64]]:
    minutes, nearest = ground.nearest(ground.cells(far.at), ground.cells(far.to))
    return minutes, nearest


_drawn: "WeakKeyDictionary[Any, dict[Any, Bands]]" = WeakKeyDictionary()
_MOST = 24


def _bands(sha: str, how: Any, ground: Placed, far: Distances, on: date) -> Bands:
    """The bands of a day inside of the outlines of communes; kept while the map is the same."""
    atlas = places.atlas()
    held = _drawn.setdefault(atlas, {})
    key = (sha, how, atlas.era(on))
    if key not in held:
        if len(held) >= _MOST:
            del held[next(iter(held))]
        field = ground.field(ground.cells(far.to))
        number = travel.bands(field.minutes, LIMITS)
        number[number < 0] = len(LIMITS)
        rings = [parts for _id, _name, parts in outlines_of(on)]
        own = isochrones.within(ground.frame, rings) if rings else np.ones(number.shape, bool)
        held[key] = Bands(
            ground.frame,
            tuple(isochrones.rings((number == n) & own) for n in range(len(LIMITS) + 1)),
        )
    return held[key]


def outlines_of(on: date) -> list[tuple[UUID, str, Sequence[Any]]]:
    """Communes of a day with the rings of their outline, where they have one."""
    atlas, found = places.atlas(), list[tuple[UUID, str, Sequence[Any]]]()
    for id in atlas.communes(on):
        if outline := atlas.boundary(id, on):
            parts = outline["coordinates"]
            polygons = [parts] if outline["type"] == "Polygon" else parts
            found.append(
                (id, places.name(id, on), [ring for polygon in polygons for ring in polygon])
            )
    return found


_days: "WeakKeyDictionary[Any, list[tuple[date, int]]]" = WeakKeyDictionary()


def days(until: date) -> list[tuple[date, int]]:
    """The days on which the network changed (a site came, went, moved or became another kind), and how
    many sites there were from then on; oldest first."""
    atlas = places.atlas()
    if atlas not in _days:
        found: list[tuple[date, int]] = []
        last: Mapping[UUID, Any] = {}
        for on in atlas.change_days:
            now = {
                id: (atlas.type(id, on), atlas.point(id, on))
                for id in atlas.units(places.SITES, on)
            }
            if now != last:
                found.append((on, len(now)))
                last = now
        _days[atlas] = found
    return [one for one in _days[atlas] if one[0] <= until]


def _findings(
    villages: Sequence[Village], sites: Sequence[Site], outlines: Sequence[Any], on: date
) -> Iterator[Finding]:
    atlas, of = places.atlas(), {id: rings for id, _name, rings in outlines}
    for site in sites:
        if site.point is None:
            yield Finding("unplaced", site.unit, site.name)
            continue
        home = atlas.commune_of(site.unit, on)
        if suspects(np.array([site.point])).swapped:
            yield Finding("swapped", site.unit, site.name)
        elif home in of and not inside(site.point, of[home]):
            yield Finding("elsewhere", site.unit, site.name, places.name(home, on))
    for village in villages:
        if village.point is not None and suspects(np.array([village.point])).swapped:
            yield Finding("swapped", village.unit, village.name, village.commune, village.people)
        elif village.point is None and village.people:
            yield Finding("unplaced", village.unit, village.name, village.commune, village.people)
        elif village.minutes is None and village.people:
            yield Finding("cut", village.unit, village.name, village.commune, village.people)
        elif not village.people:
            yield Finding("empty", village.unit, village.name, village.commune)
