"""Where people are within 30 and 60 minutes of a place of service: before a plan, and under it."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places, ways
from tuyen.apps.network.ground import Distances, distances, lived, way_of
from tuyen.apps.network.planned import Drawn, present
from tuyen.apps.network.queries.mapping import Bands, outlines_of
from tuyen.apps.network.ways import Way
from tuyen.engines.network import isochrones, travel
from tuyen.engines.network.placing import Placed

READ_PLANS = "network.plan.read"
NEAR = (30, 60)
"""Minutes at which a band of a plan ends."""
OPEN = ("main", "satellite")
"""What somebody can go to on any day; a mobile stop is there on its days only."""
Ints = NDArray[np.int64]


class Side(NamedTuple):
    """One side of a plan. ``people``: how many live in each band, the last of what is beyond; ``points``
    the places of service (kind, unit, longitude, latitude)."""

    on: date
    bands: Bands
    people: tuple[int, ...]
    points: Sequence[tuple[str, UUID, float, float]]


class Banded(NamedTuple):
    """Both sides; ``homes``: (longitude, latitude, people) of villages, ``unplaced``: people of places
    without coordinates, who are in no band."""

    way: Way
    before: Side
    after: Side
    homes: Sequence[tuple[float, float, int]]
    unplaced: int
    outlines: Sequence[tuple[UUID, str, Sequence[Any]]]


def plan_bands(*, by: Actor, plan: Drawn) -> Banded | None:
    """The bands of a plan, to the nearest place of service in whatever commune it lies; None where no
    surface is loaded, or its file is not here. Two queries."""
    policies.check(by, READ_PLANS)
    day, far = plan.day, distances(plan.day)
    way, loaded = way_of(by=by, on=day)
    how = ways.speeds(way.mode, way.season, day) if loaded else None
    ground = ways.opened(loaded, how) if loaded and how else None
    if loaded is None or ground is None:
        return None
    people = lived(by=by, on=day, villages=far.villages)
    known = np.isfinite(far.at).all(axis=1)
    sides = [
        _side((loaded.sha256, how), ground, far, people * known, {u: c.kind for u, c in kinds.items()}, on, day)
        for kinds, on in ((present(plan.on), day), (plan.sites, plan.on))
    ]  # fmt: skip
    homes = [
        (float(at[0]), float(at[1]), int(n))
        for at, n in zip(far.at[known], people[known], strict=True) if n
    ]  # fmt: skip
    return Banded(way, sides[0], sides[1], homes, int(people[~known].sum()), outlines_of(day))


_drawn: "WeakKeyDictionary[Any, dict[Any, tuple[Bands, Ints]]]" = WeakKeyDictionary()
_MOST = 12


def _side(
    surface: Any, ground: Placed, far: Distances, people: Any, kinds: Any, on: date, day: date
) -> Side:
    open_ = [n for n, id in enumerate(far.sites) if kinds.get(id) in OPEN]
    held = _drawn.setdefault(places.atlas(), {})
    key = (*surface, places.atlas().era(day), tuple(open_))
    if key not in held:
        while len(held) >= _MOST:
            del held[next(iter(held))]
        held[key] = _bands(ground, far, open_, day)
    bands, band = held[key]
    counted = np.bincount(band, weights=people, minlength=len(NEAR) + 1)
    points = [
        (kinds[id], id, float(at[0]), float(at[1]))
        for id, at in zip(far.sites, far.to, strict=True)
        if kinds.get(id, "repurposed") != "repurposed" and np.isfinite(at).all()
    ]  # fmt: skip
    return Side(on, bands, tuple(int(n) for n in counted), points)


def _bands(ground: Placed, far: Distances, open_: Sequence[int], day: date) -> tuple[Bands, Ints]:
    """Outlines of the bands within the communes, and the band in which each village lies."""
    field = ground.field(ground.cells(far.to[open_]))
    number = travel.bands(field.minutes, NEAR)
    number[number < 0] = len(NEAR)
    rings = [parts for _id, _name, parts in outlines_of(day)]
    own = isochrones.within(ground.frame, rings) if rings else np.ones(number.shape, bool)
    drawn = Bands(
        ground.frame,
        tuple(isochrones.rings((number == n) & own) for n in range(len(NEAR) + 1)),
    )
    at = ground.cells(far.at)
    minutes = np.array(
        [np.inf if cell is None else float(field.minutes[cell]) for cell in at.cell], float
    ) + ground.walked(at)
    return drawn, np.searchsorted(NEAR, minutes).astype(np.int64)
