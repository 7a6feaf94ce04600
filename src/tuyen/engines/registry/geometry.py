"""Boundaries derived from points, for a map that has coordinates but no outlines.

Method
------
A province's outline is the buffered concave hull of its points, the buffer chosen so that the
outline has the province's published area. Former communes are Voronoi cells of their settled
points (Thiessen 1911) clipped to it; a current commune is exactly the union of the parts it got,
so the old and the new map agree to the last vertex. A former commune that was split is cut
between its successors' points. Nothing here is a legal boundary, and no outside data are used:
against the published boundaries of six provinces a commune's derived polygon overlaps its real
one by 0.6 (intersection over union, mean), enough to read a map, not to settle whose a house is.

Work is done on a plane about the mean latitude (equirectangular, kilometres): over one province
the error of an area is well below one in a thousand.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]

KM_PER_DEGREE = 111.195  # of latitude, on the sphere of 6371 km
_SNAP = 1e-5  # km: vertices nearer than a centimetre are one


class Plane(NamedTuple):
    """Degrees to kilometres about a latitude, and back."""

    lon: float
    lat: float

    @classmethod
    def about(cls, lon: Floats, lat: Floats) -> "Plane":
        return cls(float(np.mean(lon)), float(np.mean(lat)))

    @property
    def _scale(self) -> tuple[float, float]:
        return KM_PER_DEGREE * float(np.cos(np.radians(self.lat))), KM_PER_DEGREE

    def flatten(self, lonlat: Floats) -> Floats:
        """(n, 2) degrees to (n, 2) kilometres."""
        return (lonlat - (self.lon, self.lat)) * self._scale

    def unflatten(self, xy: Floats) -> Floats:
        """(n, 2) kilometres to (n, 2) degrees."""
        return xy / self._scale + (self.lon, self.lat)


class Settled(NamedTuple):
    """Points fit to draw from, and which of them had to be moved."""

    former: Floats  # (n, 2) degrees
    current: Floats  # (m, 2) degrees
    former_moved: NDArray[np.bool_]  # (n,)
    current_moved: NDArray[np.bool_]  # (m,)


class DerivedMap(NamedTuple):
    """Polygons of both maps, WGS84 longitude and latitude."""

    former: list[BaseGeometry]  # (n,) the union of a unit's parts
    current: list[BaseGeometry]  # (m,)
    outline: BaseGeometry


def settle(
    former: Floats,
    successor: NDArray[np.int64],
    current: Floats,
    area: Floats,
    reach: float = 1.7,
) -> Settled:
    """Points of both maps, with missing, shared and far-off ones put where they belong.

    Geocoded centres fail in three ways: none at all, several units on one spot (the district's),
    and a namesake far away. A current unit is far off when it is more than three radii from the
    middle of three or more predecessors that agree with each other; it moves to that middle. A former unit is
    far off when it is more than ``reach`` radii from its (main) successor. Former units that fail
    are laid around their successor, evenly by angle, in order of row: no randomness, so two runs
    agree. (A radius is that of a circle of the current unit's area.)

    Parameters
    ----------
    former : (n, 2) degrees longitude and latitude, NaN where unknown
    successor : (n,) int
        Row of each former unit's (main) successor.
    current : (m, 2) degrees
    area : (m,) km2, NaN where unknown (the median is used)
    reach
        Measured on six provinces: 1.7 keeps the overlap with the published boundaries and
        leaves few communes in pieces.

    Raises
    ------
    BadInput
        If a current unit has no coordinates.
    """
    if not np.isfinite(current).all():
        raise BadInput(what="A current unit has no coordinates.")
    plane = Plane.about(current[:, 0], current[:, 1])
    at, centre = plane.flatten(former), plane.flatten(current)
    known = np.where(np.isfinite(area), area, np.nanmedian(area) if np.isfinite(area).any() else 1)
    radius = np.sqrt(np.maximum(known, 0.01) / np.pi)

    lost: NDArray[np.bool_] = np.asarray(~np.isfinite(at).all(axis=1))
    sound = ~lost & ~_shared(np.round(at, 3), lost)
    current_moved = np.zeros(len(centre), bool)
    for row in np.unique(successor):
        mine = at[(successor == row) & sound]
        if len(mine) < 3:
            continue
        middle = np.median(mine, axis=0)
        spread = np.median(np.hypot(*(mine - middle).T))
        if spread < reach * radius[row] and np.hypot(*(middle - centre[row])) > 3 * radius[row]:
            centre[row], current_moved[row] = middle, True

    home, arm = centre[successor], radius[successor]
    away = np.hypot(*(at - home).T)
    moved: NDArray[np.bool_] = np.asarray(~np.isfinite(away) | (away > reach * arm))
    moved |= _shared(np.round(at, 3), moved)
    for row in np.unique(successor[moved]):
        mine = np.flatnonzero(moved & (successor == row))
        angle = 2 * np.pi * (np.arange(mine.size) + 0.25) / mine.size
        ring = np.column_stack([np.cos(angle), np.sin(angle)]) * 0.5 * arm[mine, None]
        at[mine] = home[mine] + ring
    return Settled(plane.unflatten(at), plane.unflatten(centre), moved, current_moved)


def _shared(spots: Floats, lost: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Rows on a spot that another row also has; rows already lost do not count."""
    shared = np.zeros(len(spots), bool)
    kept = np.flatnonzero(~lost)
    _, spot, times = np.unique(spots[kept], axis=0, return_inverse=True, return_counts=True)
    shared[kept] = times[spot.ravel()] > 1
    return shared


def outline(lonlat: Floats, area_km2: float, ratio: float = 0.2) -> BaseGeometry:
    """A polygon around points, of a given area.

    Parameters
    ----------
    lonlat : (n, 2) degrees
    area_km2
        Sought area, met within 0.1 % when the hull is smaller than it; a hull that is already
        larger is returned with a buffer of 0.5 km.
    ratio
        Of :func:`shapely.concave_hull`: 0 is the tightest, 1 the convex hull.
    """
    plane = Plane.about(lonlat[:, 0], lonlat[:, 1])
    hull = shapely.concave_hull(shapely.MultiPoint(plane.flatten(lonlat)), ratio=ratio)
    low, high = 0.5, 0.5
    while hull.buffer(high).area < area_km2:
        high *= 2
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if hull.buffer(middle).area < area_km2 else (low, middle)
    return _to_degrees(hull.buffer(high), plane)


def cells(lonlat: Floats, within: BaseGeometry, around: Floats | None = None) -> list[BaseGeometry]:
    """Voronoi cells of points, clipped; neighbours share their edges vertex by vertex.

    Parameters
    ----------
    lonlat : (n, 2) degrees, no two the same
    within
        The outline, in degrees. Points may lie outside it; their cells may then be empty.
    around : (k, 2) degrees
        Points of neighbours (another province), which keep the ground nearer to them.

    Raises
    ------
    BadInput
        If a coordinate is missing or two points are within a centimetre of each other.
    """
    plane = Plane.about(lonlat[:, 0], lonlat[:, 1])
    sites = plane.flatten(lonlat if around is None else np.vstack([lonlat, around]))
    if not np.isfinite(sites).all():
        raise BadInput(what="A point without coordinates has no cell.")
    border = _to_km(within, plane)
    owners, pieces = _partition(sites, border)
    return [
        _to_degrees(shapely.union_all([pieces[k] for k in np.flatnonzero(owners == i)]), plane)
        for i in range(len(lonlat))
    ]


def derive(
    former_lonlat: Floats,
    current_lonlat: Floats,
    current_area: Floats,
    links: Sequence[tuple[int, int]],
    around: Floats | None = None,
    tolerance_km: float = 0.0,
) -> DerivedMap:
    """Polygons of a province on its old and its new map.

    Parameters
    ----------
    former_lonlat : (n, 2) degrees, settled
    current_lonlat : (m, 2) degrees
    current_area : (m,) km2
        Only its sum is used, for the outline; unknown ones (NaN) count nothing.
    links
        (former row, current row), at least one for each row on either side.
    around : (k, 2) degrees
        Points of neighbouring provinces, so that two provinces drawn apart do not overlap.
    tolerance_km
        For simplifying; shared edges stay shared.

    Notes
    -----
    A seed is a (former, current) pair. A whole former unit has its own point as its one seed. A
    unit in parts has one seed per part, drawn a third of the way to that successor's point.
    Each current unit's own point is one more seed, for the pair of it nearest to the point: it
    keeps the unit in one piece around its centre.
    """
    plane = Plane.about(current_lonlat[:, 0], current_lonlat[:, 1])
    old, new = plane.flatten(former_lonlat), plane.flatten(current_lonlat)
    seeds, pairs = _seeds(old, new, links)
    others = None if around is None else plane.flatten(around)
    border = _to_km(outline(plane.unflatten(seeds), float(np.nansum(current_area))), plane)
    owners, pieces = _partition(seeds if others is None else np.vstack([seeds, others]), border)
    parts = [
        shapely.union_all([pieces[k] for k in np.flatnonzero(owners == i)])
        for i in range(len(seeds))
    ]
    merged: dict[tuple[int, int], list[BaseGeometry]] = {}
    for pair, part in zip(pairs, parts, strict=True):
        merged.setdefault(pair, []).append(part)
    keys = sorted(merged)
    shapes = np.array([shapely.union_all(merged[key]) for key in keys], object)
    if tolerance_km > 0:
        shapes = shapely.coverage_simplify(shapes, tolerance_km)
    drawn = dict(zip(keys, shapes, strict=True))
    return DerivedMap(
        [_joined(drawn, 0, i, plane) for i in range(len(old))],
        [_joined(drawn, 1, j, plane) for j in range(len(new))],
        _to_degrees(shapely.union_all(shapes), plane),
    )


def _seeds(
    old: Floats, new: Floats, links: Sequence[tuple[int, int]]
) -> tuple[Floats, list[tuple[int, int]]]:
    parts = np.bincount([i for i, _ in links], minlength=len(old))
    if len(links) == 0 or (parts == 0).any() or len({j for _, j in links}) < len(new):
        raise BadInput(what="A unit without a link cannot be drawn.")
    at: list[Floats] = []
    pairs: list[tuple[int, int]] = []
    for i, j in sorted(links):
        at.append(old[i] if parts[i] == 1 else old[i] + (new[j] - old[i]) / 3)
        pairs.append((i, j))
    seeds = np.array(at)
    rows = np.array(pairs)
    for j in range(len(new)):
        mine = np.flatnonzero(rows[:, 1] == j)
        nearest = mine[np.argmin(np.hypot(*(seeds[mine] - new[j]).T))]
        at.append(new[j])
        pairs.append(pairs[int(nearest)])
    _, first = np.unique(np.round(np.array(at), 4), axis=0, return_index=True)
    first.sort()  # two seeds on one spot: the first one has it
    if len(set(pairs)) > len({pairs[k] for k in first}):
        raise BadInput(what="Two units have the same point; settle the points first.")
    return np.array(at)[first], [pairs[k] for k in first]


def _partition(sites: Floats, border: BaseGeometry) -> tuple[NDArray[np.int64], list[BaseGeometry]]:
    """Cut the ground inside ``border`` along the Voronoi edges; say whose each piece is.

    Edges and border are noded together and polygonised, so that neighbours get the very same
    vertices. (Clipping cell by cell computes each crossing twice, with two results.)
    """
    tree = cKDTree(sites)
    if len(sites) > 1 and tree.query(sites, k=2)[0][:, 1].min() < _SNAP:
        raise BadInput(what="Two points are on one spot; settle the points first.")
    if len(sites) == 1:
        return np.zeros(1, np.int64), [border]
    edges = shapely.voronoi_polygons(
        shapely.MultiPoint(sites), extend_to=border.buffer(10), only_edges=True
    )
    lines = shapely.union_all([edges, border.boundary], grid_size=_SNAP)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inner = shapely.point_on_surface(faces)
    faces = faces[shapely.contains(border, inner)]
    middle = shapely.get_coordinates(shapely.point_on_surface(faces))
    return tree.query(middle)[1].astype(np.int64), list(faces)


def _joined(
    drawn: dict[tuple[int, int], BaseGeometry], side: int, row: int, plane: Plane
) -> BaseGeometry:
    return _to_degrees(
        shapely.union_all([shape for key, shape in drawn.items() if key[side] == row]), plane
    )


def _to_degrees(shape: BaseGeometry, plane: Plane) -> BaseGeometry:
    return shapely.transform(shape, plane.unflatten)


def _to_km(shape: BaseGeometry, plane: Plane) -> BaseGeometry:
    return shapely.transform(shape, plane.flatten)
