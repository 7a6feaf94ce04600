"""Travel surfaces as they are read, and the ways that are kept of the one in use."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places, ways
from tuyen.apps.network.ground import distances, way_of
from tuyen.apps.network.models import TravelSurface
from tuyen.apps.network.ways import Way
from tuyen.kernel.ids import NODE
from tuyen.rules import network as rules

LOAD = "network.surface.load"
READ = "network.site.read"


class SurfaceRow(NamedTuple):
    """A surface on record. ``here``: its file is on this machine; ``in_use``: pages measure on it."""

    id: UUID
    unit: UUID
    title: str
    loaded_on: date
    cell: float
    rows: int
    columns: int
    files: Sequence[Mapping[str, Any]]
    made_up: bool
    state: str
    reason: str
    author: str
    here: bool
    in_use: bool


def surfaces(*, by: Actor) -> list[SurfaceRow]:
    """All surfaces, those loaded last first. Three queries."""
    policies.check(by, READ)
    found = list(TravelSurface.objects.order_by("-loaded_on", "-changed_at", "-id"))
    used, names = ways.in_use(by.on), access.names({one.author_id for one in found})
    return [
        SurfaceRow(
            one.pk, one.unit_id, one.title, one.loaded_on, one.cell, one.rows, one.columns, one.files,
            one.made_up, one.state, one.reason, names.get(one.author_id, ""),
            (ways.folder() / f"{one.sha256}.npz").is_file(), used is not None and used.id == one.pk,
        )
        for one in found
    ]  # fmt: skip


def province(*, by: Actor, on: date) -> UUID:
    """The unit that a surface belongs to: the province, or this node where the map has none or many."""
    policies.check(by, READ)
    found = places.atlas().provinces(on)
    return found[0] if len(found) == 1 else NODE


def compute_ways(*, by: Actor, on: date) -> int:
    """Compute and keep the ways of the usual means in both seasons; returns how many there are."""
    policies.check(by, READ)
    loaded, far, count = ways.in_use(by.on), distances(on), 0
    if loaded is None:
        return 0
    at, to = (
        [(lon, lat) for lon, lat in points[np.isfinite(points).all(axis=1)].tolist()]
        for points in (far.at, far.to)
    )
    for season in rules.SEASONS:
        how = ways.speeds(rules.usual_mode(on), season, on)
        found = ways.between(loaded, how, [*at, *to], to, work=np.inf)
        count += 0 if found is None else found.size
    return count


class Roads:
    """Minutes from any units to any others over the surface in use, for rooms that know straight ways
    only. ``way`` says by what they are measured; after a call that gave None, why they are straight."""

    def __init__(self, way: Way, loaded: ways.Loaded | None, on: date) -> None:
        self.way, self._loaded, self._on = way, loaded, on

    def __call__(self, units: Sequence[UUID], goals: Sequence[UUID]) -> NDArray[np.float64] | None:
        """(n, m) minutes, infinite where no way is known or it is longer than is kept; None where no
        surface is loaded, its file is not here, or it would take too long to compute in a page."""
        if self._loaded is None:
            return None
        atlas, on = places.atlas(), self._on
        at = {id: point for id in (*units, *goals) if (point := atlas.point(id, on)) is not None}
        rows = [n for n, id in enumerate(units) if id in at]
        columns = [n for n, id in enumerate(goals) if id in at]
        how = ways.speeds(self.way.mode, self.way.season, on)
        found = ways.between(
            self._loaded, how, [at[units[n]] for n in rows], [at[goals[n]] for n in columns]
        )
        if found is None:
            why = "waits" if self._loaded.here else "file"
            self.way = self.way._replace(kind="straight", why=why)
            return None
        minutes = np.full((len(units), len(goals)), np.inf)
        minutes[np.ix_(rows, columns)] = np.where(np.isnan(found), np.inf, found)
        return minutes


def roads(*, by: Actor, on: date) -> Roads:
    """The ways of a day by the usual means and the season, to be asked between any units. One query."""
    policies.check(by, READ)
    way, loaded = way_of(by=by, on=on)
    return Roads(way, loaded, on)
