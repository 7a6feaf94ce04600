"""From degrees to the paper: projection, and outlines small enough for a poor line."""

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

Place = tuple[float, float]  # (longitude, latitude), degrees
Ring = Sequence[Place]

PAPER = 1000.0
POINTS = 24_000  # more corners than this, and the grid is made coarser
_Grid = tuple[int, int]


class Outline(tuple[Ring, ...]):
    """Rings that do not change, hashed once: a map of many is looked up by what it shows."""

    def __new__(cls, rings: Iterable[Iterable[Place]] = ()) -> "Outline":
        made = super().__new__(cls, tuple(tuple(ring) for ring in rings))
        made._hash = hash(tuple(made))  # type: ignore[attr-defined]
        return made

    def __hash__(self) -> int:
        return self._hash  # type: ignore[attr-defined]


class Ground(NamedTuple):
    """An equirectangular view of a box of the earth, true to scale at its middle latitude."""

    west: float
    north: float
    scale: float  # paper units per degree of latitude
    narrow: float  # cos of the middle latitude
    width: float
    height: float

    def put(self, place: Place) -> tuple[float, float]:
        """Paper coordinates of a place; y goes down."""
        lon, lat = place
        return (lon - self.west) * self.narrow * self.scale, (self.north - lat) * self.scale


def fit(places: Iterable[Place], margin: float = 12) -> Ground:
    """Return the view that holds all ``places`` in a paper of at most 1000 by 1000 units.

    Raises ValueError for a longitude or latitude off the earth: a pair given as (lat, lon) is the
    usual cause.
    """
    known = list(places)
    for lon, lat in known:
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise ValueError(f"({lon}, {lat}) is not (longitude, latitude) in degrees")
    if not known:
        return Ground(0, 0, 1, 1, PAPER, PAPER / 4)
    west, east = min(p[0] for p in known), max(p[0] for p in known)
    south, north = min(p[1] for p in known), max(p[1] for p in known)
    narrow = max(0.01, math.cos(math.radians((south + north) / 2)))
    across, down = max((east - west) * narrow, 1e-6), max(north - south, 1e-6)
    scale = (PAPER - 2 * margin) / max(across, down)
    return Ground(
        west - margin / scale / narrow,
        north + margin / scale,
        scale,
        narrow,
        across * scale + 2 * margin,
        down * scale + 2 * margin,
    )


def outlines(ground: Ground, shapes: Sequence[Sequence[Ring]]) -> list[str]:
    """Return the path data of each shape's rings, on whole paper units.

    Neighbours are put on one grid, so their common border stays common. A map with very many
    corners is put on a coarser grid; a shape too small for it is a small square, never nothing.
    """
    grid = 1
    while True:
        snapped = [[_snap(ground, ring, grid) for ring in rings] for rings in shapes]
        corners = sum(len(ring) for rings in snapped for ring in rings)
        if corners <= POINTS or grid >= 8:
            return [_path(rings) for rings in snapped]
        grid *= 2


def heart(ground: Ground, rings: Sequence[Ring]) -> tuple[float, float, float]:
    """Centre (x, y) of the largest ring, and the width of its box, in paper units."""
    best = max(rings, key=lambda ring: abs(_area(ring)), default=())
    put = [ground.put(place) for place in best]
    if not put:
        return 0, 0, 0
    xs, ys = [p[0] for p in put], [p[1] for p in put]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2, max(xs) - min(xs)


def _area(ring: Ring) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))


def _snap(ground: Ground, ring: Ring, grid: int) -> list[_Grid]:
    """Corners on the grid, without repeats and without corners on a straight line."""
    kept: list[_Grid] = []
    for place in ring:
        x, y = ground.put(place)
        here = (round(x / grid) * grid, round(y / grid) * grid)
        if kept and here == kept[-1]:
            continue
        if len(kept) >= 2 and _straight(kept[-2], kept[-1], here):
            kept[-1] = here
        else:
            kept.append(here)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    return kept


def _straight(a: _Grid, b: _Grid, c: _Grid) -> bool:
    cross = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
    forward = (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1])
    return cross == 0 and forward > 0


def _path(snapped: Sequence[Sequence[_Grid]]) -> str:
    drawn = "".join(_ring(ring) for ring in snapped if len(ring) >= 3)
    if drawn or not any(snapped):
        return drawn
    x, y = next(ring[0] for ring in snapped if ring)
    return f"M{x - 2} {y - 2}h4v4h-4z"


def _ring(ring: Sequence[_Grid]) -> str:
    x, y = ring[0]
    steps: list[str] = []
    for nx, ny in ring[1:]:
        dx, dy = nx - x, ny - y
        steps.append(f"{'' if dx < 0 or not steps else ' '}{dx}{'' if dy < 0 else ' '}{dy}")
        x, y = nx, ny
    return f"M{ring[0][0]} {ring[0][1]}l{''.join(steps)}z"
