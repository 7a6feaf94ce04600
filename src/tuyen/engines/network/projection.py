"""From the coordinates of a file to places on the earth, and from places to a grid in metres.

A file says by its EPSG number what its coordinates are. Known are degrees (WGS 84, VN-2000), UTM in the
zones of Viet Nam and its neighbours, and VN-2000 in six and three degrees; any other is refused, never
guessed. Transverse Mercator is by Krueger's series to the fourth order (Karney 2011, *J. Geodesy* 85:475;
below a millimetre here), VN-2000 to WGS 84 by the seven published parameters (EPSG 6960; about a metre).

The grid itself is equirectangular, true to scale at its middle latitude: over two degrees of latitude its
widths are off by at most 0.8 %, far less than what is known of speeds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import N_, Refusal

Points = NDArray[np.float64]
METRES = 111_195.0
"""Of a degree of latitude, on a sphere of 6,371 km."""
_A, _F = 6_378_137.0, 1 / 298.257223563  # WGS 84; VN-2000 stands on the same ellipsoid
_E2 = _F * (2 - _F)
_SHIFT = (-191.90441429, -39.30318279, -111.45032835)
_TURN = (
    0.00928836,
    -0.01975479,
    0.00427372,
)  # arc seconds; a turn of the position, not of the frame
_STRETCH = 0.252906278e-6


class UnknownProjection(Refusal):
    code = "network.unknown-projection"
    message = N_(
        "{name} is in EPSG:{value}, which is not known here; save it in EPSG:4326 (degrees), UTM 47 to"
        " 49 N or VN-2000. Known: {known}."
    )


class NoProjection(Refusal):
    code = "network.no-projection"
    message = N_(
        "{name} does not say by an EPSG number what its coordinates are; save it with one, as"
        " EPSG:4326 or EPSG:32648."
    )


class _Mercator(NamedTuple):
    """A transverse Mercator: its middle meridian (degrees), its scale there, of VN-2000 or not."""

    middle: float
    scale: float
    vn: bool


_PLAIN = {4326: False, 4756: True}
_FLAT: dict[int, _Mercator] = {
    32647: _Mercator(99, 0.9996, False), 32648: _Mercator(105, 0.9996, False),
    32649: _Mercator(111, 0.9996, False), 3405: _Mercator(105, 0.9996, True),
    3406: _Mercator(111, 0.9996, True),
    **{5896 + n: _Mercator(102 + 3 * n, 0.9999, True) for n in range(3)},
    **{9205 + n: _Mercator(middle, 0.9999, True) for n, middle in enumerate((
        103, 104, 104.5, 104.75, 105.5, 105.75, 106, 106.25, 106.5, 107, 107.25, 107.5, 108.25, 108.5))},
}  # fmt: skip
KNOWN = (*_PLAIN, *_FLAT)


def check(code: int | None, name: str) -> int:
    """The number, where it is known. Raises :class:`NoProjection`, :class:`UnknownProjection`."""
    if code is None:
        raise NoProjection(name=name)
    if code not in _PLAIN and code not in _FLAT:
        raise UnknownProjection(name=name, value=code, known=", ".join(map(str, sorted(KNOWN))))
    return code


def to_degrees(points: Points, code: int) -> Points:
    """(n, 2) x, y in the coordinates of an EPSG number -> longitude, latitude in WGS 84."""
    flat = _FLAT.get(code)
    found = np.asarray(points, float).reshape(-1, 2)
    if flat is not None:
        found = _unrolled(found, flat)
    return _from_vn(found) if (flat.vn if flat else _PLAIN[code]) else found


def from_degrees(points: Points, code: int) -> Points:
    """(n, 2) longitude, latitude in WGS 84 -> x, y in the coordinates of an EPSG number."""
    flat = _FLAT.get(code)
    found = np.asarray(points, float).reshape(-1, 2)
    if flat.vn if flat else _PLAIN[code]:
        found = _to_vn(found)
    return found if flat is None else _rolled(found, flat)


def _series() -> tuple[float, list[float], list[float]]:
    n = _F / (2 - _F)
    radius = _A / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    alpha = [n / 2 - 2 * n**2 / 3 + 5 * n**3 / 16 + 41 * n**4 / 180,
             13 * n**2 / 48 - 3 * n**3 / 5 + 557 * n**4 / 1440,
             61 * n**3 / 240 - 103 * n**4 / 140, 49561 * n**4 / 161280]  # fmt: skip
    beta = [n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96 - n**4 / 360,
            n**2 / 48 + n**3 / 15 - 437 * n**4 / 1440,
            17 * n**3 / 480 - 37 * n**4 / 840, 4397 * n**4 / 161280]  # fmt: skip
    return radius, alpha, beta


def _rolled(points: Points, to: _Mercator) -> Points:
    radius, alpha, _ = _series()
    e = math.sqrt(_E2)
    lat, away = np.radians(points[:, 1]), np.radians(points[:, 0] - to.middle)
    sine = np.sin(lat)
    t = np.sinh(np.arctanh(sine) - e * np.arctanh(e * sine))
    xi, eta = np.arctan2(t, np.cos(away)), np.arctanh(np.sin(away) / np.sqrt(1 + t**2))
    up, across = xi.copy(), eta.copy()
    for j, a in enumerate(alpha, 1):
        up += a * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        across += a * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
    return np.column_stack([500_000 + to.scale * radius * across, to.scale * radius * up])


def _unrolled(points: Points, of: _Mercator) -> Points:
    radius, _, beta = _series()
    e = math.sqrt(_E2)
    xi = points[:, 1] / (of.scale * radius)
    eta = (points[:, 0] - 500_000) / (of.scale * radius)
    up, across = xi.copy(), eta.copy()
    for j, b in enumerate(beta, 1):
        up -= b * np.sin(2 * j * xi) * np.cosh(2 * j * eta)
        across -= b * np.cos(2 * j * xi) * np.sinh(2 * j * eta)
    away = np.arctan2(np.sinh(across), np.cos(up))
    want = np.sin(up) / np.sqrt(np.sinh(across) ** 2 + np.cos(up) ** 2)
    t = want.copy()
    for _ in range(4):  # Newton, to the last bit after three
        sigma = np.sinh(e * np.arctanh(e * t / np.sqrt(1 + t**2)))
        there = t * np.sqrt(1 + sigma**2) - sigma * np.sqrt(1 + t**2)
        t += (want - there) / np.sqrt(1 + there**2) * (1 + (1 - _E2) * t**2) / (
            (1 - _E2) * np.sqrt(1 + t**2))  # fmt: skip
    return np.column_stack([of.middle + np.degrees(away), np.degrees(np.arctan(t))])


def _solid(points: Points) -> NDArray[np.float64]:
    lon, lat = np.radians(points[:, 0]), np.radians(points[:, 1])
    bend = _A / np.sqrt(1 - _E2 * np.sin(lat) ** 2)
    return np.column_stack([bend * np.cos(lat) * np.cos(lon), bend * np.cos(lat) * np.sin(lon),
                            bend * (1 - _E2) * np.sin(lat)])  # fmt: skip


def _surface(solid: NDArray[np.float64]) -> Points:
    x, y, z = solid.T
    flat = np.hypot(x, y)
    lat = np.arctan2(z, flat * (1 - _E2))
    for _ in range(4):
        bend = _A / np.sqrt(1 - _E2 * np.sin(lat) ** 2)
        lat = np.arctan2(z + _E2 * bend * np.sin(lat), flat)
    return np.column_stack([np.degrees(np.arctan2(y, x)), np.degrees(lat)])


def _turned(sign: float) -> NDArray[np.float64]:
    rx, ry, rz = (math.radians(sign * part / 3600) for part in _TURN)
    return np.array([[1, -rz, ry], [rz, 1, -rx], [-ry, rx, 1]])


def _from_vn(points: Points) -> Points:
    return _surface((1 + _STRETCH) * _solid(points) @ _turned(1).T + np.array(_SHIFT))


def _to_vn(points: Points) -> Points:
    back: Callable[..., Points] = np.linalg.solve
    moved = (_solid(points) - np.array(_SHIFT)) / (1 + _STRETCH)
    return _surface(back(_turned(1), moved.T).T)


@dataclass(frozen=True, slots=True)
class Frame:
    """A grid on the earth: its north-west corner (degrees), the side of a cell (m), its rows and columns.

    ``narrow`` is the cosine of the middle latitude.
    """

    west: float
    north: float
    cell: float
    rows: int
    columns: int

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    @property
    def narrow(self) -> float:
        return math.cos(math.radians(self.north - self.rows * self.cell / METRES / 2))

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        return (self.west, self.north - self.rows * self.cell / METRES,
                self.west + self.columns * self.cell / METRES / self.narrow, self.north)  # fmt: skip

    def metres(self, points: Points) -> Points:
        """(n, 2) longitude, latitude -> metres east and south of the corner."""
        at = np.asarray(points, float).reshape(-1, 2)
        return np.column_stack([(at[:, 0] - self.west) * self.narrow * METRES,
                                (self.north - at[:, 1]) * METRES])  # fmt: skip

    def degrees(self, metres: Points) -> Points:
        """Back again."""
        return np.column_stack([self.west + metres[:, 0] / METRES / self.narrow,
                                self.north - metres[:, 1] / METRES])  # fmt: skip

    def cells(self, points: Points) -> NDArray[np.int64]:
        """(n, 2) row and column, also of points outside; -1, -1 for a point that is not a number."""
        at = np.floor(self.metres(points) / self.cell)
        known = np.isfinite(at[:, 0] + at[:, 1])
        whole = np.where(known[:, None], at, -1).clip(-(2**31), 2**31)
        return whole[:, ::-1].astype(np.int64)

    def centres(self) -> Points:
        """(rows * columns, 2) longitude and latitude of the middle of each cell, row by row."""
        row, column = np.divmod(np.arange(self.rows * self.columns), self.columns)
        return self.degrees(np.column_stack([column + 0.5, row + 0.5]) * self.cell)


def frame_around(points: Points, cell: float, margin: float = 6_000.0) -> Frame:
    """The grid that holds all ``points`` (n, 2) and ``margin`` metres around them."""
    known = points[np.isfinite(points).all(axis=1)]
    west, south = known.min(axis=0)
    east, north = known.max(axis=0)
    narrow = math.cos(math.radians((south + north) / 2))
    columns = math.ceil(((east - west) * narrow * METRES + 2 * margin) / cell)
    rows = math.ceil(((north - south) * METRES + 2 * margin) / cell)
    return Frame(float(west - margin / METRES / narrow), float(north + margin / METRES), cell, rows,
                 columns)  # fmt: skip
