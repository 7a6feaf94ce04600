"""The ground that sites are measured on: where people live, where sites stand, how long the way is.

No surface of roads is loaded here: a way is the straight distance, lengthened, at the speed of the
site's terrain (``rules/network/norms``). Every page that shows such minutes says so.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places
from tuyen.apps.registry import queries as registry
from tuyen.engines.network.suitability import kilometres
from tuyen.rules import network as rules

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]
USUAL_TERRAIN = "mountain"


class Distances(NamedTuple):
    """``villages`` (v,), communes at the end for those who live in no village on record; ``sites`` (n,);
    ``km`` (v, n), NaN where a place has no coordinates; ``centre_km`` (n,) to the nearest hospital,
    centre or polyclinic that is not the site itself; ``between`` (n, n) from site to site."""

    villages: tuple[UUID, ...]
    sites: tuple[UUID, ...]
    km: Numbers
    centre_km: Numbers
    between: Numbers


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

    @property
    def unplaced(self) -> int:
        """People whose village, or whose commune's every site, has no coordinates."""
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
    km = _between(_points(atlas, villages, on), _points(atlas, sites, on))
    far = _between(_points(atlas, centres, on), _points(atlas, sites, on))
    for row, centre in enumerate(centres):
        if centre in sites:
            far[row, sites.index(centre)] = np.nan
    nearest = np.where(np.isnan(far), np.inf, far).min(axis=0, initial=np.inf)
    between = _between(_points(atlas, sites, on), _points(atlas, sites, on))
    return Distances(tuple(villages), tuple(sites), km, nearest, between)


def _points(atlas: Any, ids: list[UUID], on: date) -> Numbers:
    found = [atlas.point(id, on) or (np.nan, np.nan) for id in ids]
    return np.array(found, float).reshape(len(ids), 2)


def _between(one: Numbers, other: Numbers) -> Numbers:
    return kilometres(one, other) if len(one) and len(other) else np.empty((len(one), len(other)))


def ground(*, by: Actor, on: date, terrain: Mapping[UUID, str]) -> Ground:
    """Where people live and how long they take to every site. ``terrain`` is what reviews say of sites."""
    atlas, far = places.atlas(), distances(on)
    lived: dict[UUID, int] = {}
    for place, count in registry.people_at(by=by, on=min(on, by.on)).items():
        here = atlas.standing_for(place, on)
        lived[here] = lived.get(here, 0) + count
    communes = tuple(atlas.communes(on))
    number = {id: n for n, id in enumerate(communes)}
    home = [number.get(atlas.commune_of(id, on), -1) for id in far.villages]
    own = [number.get(atlas.commune_of(id, on), -1) for id in far.sites]
    kinds = tuple(terrain.get(id) or USUAL_TERRAIN for id in far.sites)
    speed, detour = rules.norm("speed", on), float(rules.norm("detour", on))
    pace = np.array([60 * detour / float(speed[kind]) for kind in kinds])
    return Ground(
        on, far.villages, np.array([lived.get(id, 0) for id in far.villages], float),
        np.array(home, np.int64), far.sites, np.array(own, np.int64), communes,
        far.km * pace if len(far.sites) else far.km, far.centre_km, kinds,
        far.between * pace if len(far.sites) else far.between,
    )  # fmt: skip
