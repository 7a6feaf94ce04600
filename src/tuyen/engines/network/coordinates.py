"""Coordinates that cannot be meant: swapped, off the earth, far from everything. Each is said in words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import N_, Refusal

BOX = (101.0, 7.0, 118.0, 24.5)
"""West, south, east, north of Viet Nam with its islands, and a little more."""


class Swapped(Refusal):
    code = "network.points-swapped"
    message = N_(
        "{name}: {count} of {of} points have longitude and latitude swapped, the first in row {row}: {lon}"
        " east, {lat} north; expected longitude {west}–{east} and latitude {south}–{north}. Exchange the"
        " two columns."
    )


class OffTheEarth(Refusal):
    code = "network.points-off-the-earth"
    message = N_(
        "{name}, row {row}: longitude {lon}, latitude {lat} is no place in degrees; expected -180 to 180"
        " and -90 to 90. Coordinates in metres need their EPSG number (--crs)."
    )


class Suspects(NamedTuple):
    """Places in a list of points: those whose two figures are swapped, and those not on the earth."""

    swapped: list[int]
    nowhere: list[int]


def suspects(points: NDArray[np.float64], box: Sequence[float] = BOX) -> Suspects:
    """``points`` (n, 2) longitude, latitude. Swapped: outside of the box as they stand and inside of it
    the other way round.

    >>> suspects(np.array([[103.0, 21.4], [21.4, 103.0], [21.5, 10.0], [500.0, 3.0]]))
    Suspects(swapped=[1], nowhere=[3])
    """
    west, south, east, north = box
    lon, lat = np.asarray(points, float).reshape(-1, 2).T
    as_is = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    turned = (lat >= west) & (lat <= east) & (lon >= south) & (lon <= north)
    off = (np.abs(lon) > 180) | (np.abs(lat) > 90)
    swapped = turned & ~as_is
    return Suspects(np.flatnonzero(swapped).tolist(), np.flatnonzero(off & ~swapped).tolist())


def checked(
    points: NDArray[np.float64], name: str, rows: Sequence[int], box: Sequence[float] = BOX
) -> NDArray[np.float64]:
    """The points, where each may be meant. ``rows`` say where each stands in its file. Raises
    :class:`Swapped`, :class:`OffTheEarth`."""
    found = suspects(points, box)
    if found.swapped:
        n = found.swapped[0]
        west, south, east, north = (round(float(side), 2) for side in box)
        raise Swapped(name=name, count=len(found.swapped), of=len(points), row=rows[n],
                      lon=float(points[n, 0]), lat=float(points[n, 1]),
                      west=west, south=south, east=east, north=north)  # fmt: skip
    if found.nowhere:
        n = found.nowhere[0]
        raise OffTheEarth(name=name, row=rows[n], lon=float(points[n, 0]), lat=float(points[n, 1]))
    return points
