"""Travel surfaces as they are read, and the ways that are kept of the one in use."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import policies
from tuyen.apps.access import queries as access
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places, ways
from tuyen.apps.network.ground import distances
from tuyen.apps.network.models import TravelSurface
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
