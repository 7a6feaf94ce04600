"""Ways between points as TSPLIB measures them, in whole numbers.

Source: Reinelt, TSPLIB 95, Universität Heidelberg 1995, section 2. GEO takes the whole degrees as the
published values do, by cutting off: a southern or western 5.21 is 5 degrees 21 minutes.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_PI, _EARTH = 3.141592, 6378.388  # kilometres; both as the source has them


def _euclid(ways: Floats) -> Floats:
    return np.sqrt(ways[0] ** 2 + ways[1] ** 2)


def _euc(ways: Floats) -> Floats:
    return np.floor(_euclid(ways) + 0.5)


def _ceil(ways: Floats) -> Floats:
    return np.ceil(_euclid(ways))


def _man(ways: Floats) -> Floats:
    return np.floor(np.abs(ways[0]) + np.abs(ways[1]) + 0.5)


def _max(ways: Floats) -> Floats:
    return np.floor(np.abs(ways) + 0.5).max(axis=0)


def _att(ways: Floats) -> Floats:
    way = np.sqrt((ways[0] ** 2 + ways[1] ** 2) / 10.0)
    return np.ceil(way)  # the nearest whole number, and one more where that is less


FLAT: dict[str, Callable[[Floats], Floats]] = {
    "EUC_2D": _euc, "CEIL_2D": _ceil, "MAN_2D": _man, "MAX_2D": _max, "ATT": _att,
}  # fmt: skip
KINDS = (*FLAT, "GEO")


def tsplib_ways(points: Floats, kind: str) -> Floats:
    """(n, n) ways between ``points`` (n, 2); ``kind`` is one of :data:`KINDS`.

    >>> tsplib_ways(np.array([[0.0, 0.0], [3.0, 4.5]]), "MAN_2D").tolist()
    [[0.0, 8.0], [8.0, 0.0]]
    """
    found = np.empty((len(points), len(points)))
    earth = _radians(points) if kind == "GEO" else None
    for k in range(len(points)):
        if earth is not None:
            found[k] = _great_circle(earth[k], earth)
        else:
            found[k] = FLAT[kind]((points - points[k]).T)
        found[k, k] = 0.0
    return found


def _radians(points: Floats) -> Floats:
    degrees = np.trunc(points)
    result: Floats = _PI * (degrees + 5.0 * (points - degrees) / 3.0) / 180.0
    return result


def _great_circle(one: Floats, all_: Floats) -> Floats:
    (lat, lon), (lats, lons) = one, all_.T
    q1, q2, q3 = np.cos(lon - lons), np.cos(lat - lats), np.cos(lat + lats)
    angle = np.arccos(np.clip(0.5 * ((1.0 + q1) * q2 - (1.0 - q1) * q3), -1.0, 1.0))
    result: Floats = np.floor(_EARTH * angle + 1.0)
    return result
