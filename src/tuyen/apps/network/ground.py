"""The ground that sites are measured on: where people live, where sites stand, how long the way is.

Where a travel surface is loaded, a way is the quickest over it by the means and the season of the day
(:mod:`tuyen.apps.network.ways`). Else it is the straight distance, lengthened, at the speed of the site's
terrain (``rules/network/norms``). ``Ground.way`` says which, and every page that shows minutes says so.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places, ways
from tuyen.apps.network.ways import Way
from tuyen.apps.registry import queries as registry
from tuyen.engines.network.suitability import kilometres
from tuyen.rules import network as rules

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]
USUAL_TERRAIN = "mountain"


class Distances(NamedTuple):
    """``villages`` (v,), communes at the end for those who live in no village on record; ``sites`` (n,);
    ``km`` (v, n), NaN where a place has no coordinates; ``centre_km`` (n,) to the nearest hospital,
    centre or polyclinic that is not the site itself; ``between`` (n, n) from site to site; ``at`` and
    ``to`` the points (longitude, latitude) of villages and sites."""

    villages: tuple[UUID, ...]
    sites: tuple[UUID, ...]
    km: Numbers
    centre_km: Numbers
    between: Numbers
    at: Numbers
    to: Numbers


class Ground(NamedTuple):
    """What is known of a day. ``communes`` number the columns of ``home`` and ``own`` (-1: none)."""

    on: date
    villages: tuple[UUID, ...]
    people: Numbers
    home: Ints
    sites: tuple[UUID, ...]
    own: Ints
    communes: tuple[UUID, ...]
    minutes: Numbers
    centre_km: Numbers
    terrain: tuple[str, ...]
    between: Numbers  # (n, n) minutes from a site to another
    at: Numbers  # (v, 2) points of villages
    to: Numbers  # (n, 2) of sites
    way: Way

    @property
    def unplaced(self) -> int:
        """People whose village, or whose commune's every site, has no coordinates or no way."""
        return (
            int(self.people[~np.isfinite(self.minutes).any(axis=1)].sum()) if len(self.sites) else 0
        )


_kept: "WeakKeyDictionary[Any, dict[int, Distances]]" = WeakKeyDictionary()


def distances(on: date) -> Distances:
    """Straight distances on the map of a day, kept until the map changes."""
    atlas = places.atlas()
    held = _kept.setdefault(atlas, {})
    era = atlas.era(on)
    if era not in held:
        held[era] = _measured(atlas, on)
    return held[era]


def _measured(atlas: Any, on: date) -> Distances:
    villages = [*atlas.units("village", on), *atlas.communes(on)]
    sites = [id for id in atlas.units(places.SITES, on) if atlas.commune_of(id, on) is not None]
    centres = atlas.units(places.CENTRES, on)
    at, to = _points(atlas, villages, on), _points(atlas, sites, on)
    far = _between(_points(atlas, centres, on), to)
    for row, centre in enumerate(centres):
        if centre in sites:
            far[row, sites.index(centre)] = np.nan
    nearest = np.where(np.isnan(far), np.inf, far).min(axis=0, initial=np.inf)
    return Distances(
        tuple(villages), tuple(sites), _between(at, to), nearest, _between(to, to), at, to
    )


def _points(atlas: Any, ids: list[UUID], on: date) -> Numbers:
    found = [atlas.point(id, on) or (np.nan, np.nan) for id in ids]
    return np.array(found, float).reshape(len(ids), 2)


def _between(one: Numbers, other: Numbers) -> Numbers:
    return kilometres(one, other) if len(one) and len(other) else np.empty((len(one), len(other)))


def ground(
    *, by: Actor, on: date, terrain: Mapping[UUID, str], mode: str = "", season: str = ""
) -> Ground:
    """Where people live and how long they take to every site, by the usual means and the season of the
    day unless others are named. ``terrain`` is what reviews say of sites. Two queries."""
    atlas, far = places.atlas(), distances(on)
    communes = tuple(atlas.communes(on))
    number = {id: n for n, id in enumerate(communes)}
    home = [number.get(atlas.commune_of(id, on), -1) for id in far.villages]
    own = [number.get(atlas.commune_of(id, on), -1) for id in far.sites]
    kinds = tuple(terrain.get(id) or USUAL_TERRAIN for id in far.sites)
    minutes, between, way = _ways(far, by.on, on, kinds, mode, season)
    return Ground(
        on, far.villages, lived(by=by, on=on, villages=far.villages),
        np.array(home, np.int64), far.sites, np.array(own, np.int64), communes, minutes,
        far.centre_km, kinds, between, far.at, far.to, way,
    )  # fmt: skip


def lived(*, by: Actor, on: date, villages: tuple[UUID, ...]) -> Numbers:
    """(v,) how many live in each village of a day, the people of former places where they stand now."""
    atlas, found = places.atlas(), dict[UUID, int]()
    for place, count in registry.people_at(by=by, on=min(on, by.on)).items():
        here = atlas.standing_for(place, on)
        found[here] = found.get(here, 0) + count
    return np.array([found.get(id, 0) for id in villages], float)


def way_of(
    *, by: Actor, on: date, mode: str = "", season: str = ""
) -> tuple[Way, ways.Loaded | None]:
    """By what ways of a day are measured, as far as the record and the folder say. One query."""
    mode, season = mode or rules.usual_mode(on), season or rules.season(on)
    loaded = ways.in_use(by.on)
    if loaded is None:
        return Way("straight", "none"), None
    told = Way(
        "surface", "", loaded.id, loaded.title, loaded.loaded_on, loaded.made_up, mode, season
    )
    return (told, loaded) if loaded.here else (told._replace(kind="straight", why="file"), None)


def _ways(
    far: Distances, today: date, on: date, kinds: tuple[str, ...], mode: str, season: str
) -> tuple[Numbers, Numbers, Way]:
    """Minutes from villages to sites, from site to site, and by what they were measured."""
    way, loaded = way_of(by=Actor.program(today), on=on, mode=mode, season=season)
    if loaded is not None:
        found = _over(loaded, ways.speeds(way.mode, way.season, on), far)
        if found is not None:
            return (*found, way)
        way = way._replace(kind="straight", why="waits" if loaded.here else "file")
    speed, detour = rules.norm("speed", on), float(rules.norm("detour", on))
    pace = np.array([60 * detour / float(speed[kind]) for kind in kinds])
    if not len(far.sites):
        return far.km, far.between, way
    return far.km * pace, far.between * pace, way


def _over(loaded: ways.Loaded, how: Any, far: Distances) -> tuple[Numbers, Numbers] | None:
    """Minutes over a surface; NaN where a place has no coordinates or lies outside of it."""
    known = [np.isfinite(points).all(axis=1) for points in (far.at, far.to)]
    at, to = (
        [(lon, lat) for lon, lat in points[good].tolist()]
        for points, good in zip((far.at, far.to), known, strict=True)
    )
    table = ways.between(loaded, how, [*at, *to], to)
    if table is None:
        return None
    minutes = np.full(far.km.shape, np.nan)
    between = np.full(far.between.shape, np.nan)
    minutes[np.ix_(*known)] = table[: len(at)]
    between[np.ix_(known[1], known[1])] = table[len(at) :]
    return minutes, between
