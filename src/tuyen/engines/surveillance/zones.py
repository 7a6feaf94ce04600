"""Where a cluster may be: circles round each place, as nested lists of neighbours."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]


class Zones(NamedTuple):
    """Zone (c, n) is the first n + 1 places of row c; zones of one row are nested."""

    order: NDArray[np.int64]  # (places, most) neighbours, nearest first; -1 where there is none
    new: NDArray[np.bool_]  # (places, most) False: the same set of places stands in a row above


def nearest(
    coordinates: Floats,
    *,
    most: int | None = None,
    distance: float | None = None,
    population: Floats | None = None,
    share: float = 0.5,
) -> Zones:
    """Circles round each of n places, as large as the limits allow.

    Parameters
    ----------
    coordinates : (n, 2) float64
        In one unit of length, such as kilometres. For circles shaped by travel, use
        :func:`nearest_by`.
    most : int, optional
        Places in a circle.
    distance : float, optional
        Radius of a circle.
    population : (n,) float64, optional
        With ``share``: a circle holds no more than this share of all people.

    Notes
    -----
    Places at equal distance enter one by one, in the order they are given in.
    """
    coordinates = np.asarray(coordinates, dtype=np.float64)
    if coordinates.ndim != 2 or coordinates.shape[1] != 2 or np.isnan(coordinates).any():
        raise BadInput(what="coordinates are pairs of numbers, none missing")
    apart = np.hypot(*(coordinates[:, None] - coordinates[None]).transpose(2, 0, 1))
    return nearest_by(apart, most=most, distance=distance, population=population, share=share)


def nearest_by(
    apart: Floats,
    *,
    most: int | None = None,
    distance: float | None = None,
    population: Floats | None = None,
    share: float = 0.5,
) -> Zones:
    """As :func:`nearest`, by any distance (n, n) from place to place: minutes, for example.

    An infinite distance is no way: such places never share a zone round either.
    """
    places = len(apart)
    if places == 0 or apart.shape != (places, places):
        raise BadInput(what=f"distances have shape {apart.shape}; give one per pair of places")
    width = min(most or places, places)
    if width < 1:
        raise BadInput(what=f"most is {most}; a zone has at least 1 place")
    own = np.where(np.eye(places, dtype=bool), -1.0, apart)  # a place comes first in its own circle
    order = np.argsort(own, axis=1, kind="stable")[:, :width]
    allowed = np.isfinite(np.take_along_axis(own, order, axis=1))
    if distance is not None:
        allowed &= np.take_along_axis(apart, order, axis=1) <= distance
        allowed[:, 0] = True
    if population is not None:
        allowed &= np.cumsum(population[order], axis=1) <= share * population.sum() * (1 + 1e-12)
        allowed = np.logical_and.accumulate(allowed, axis=1)
    width = max(1, int(allowed.sum(axis=1).max()))
    order = np.where(allowed, order, -1)[:, :width]
    return Zones(order, _new(order))


def _new(order: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which zones are not the same set as one before them: by sums of random marks of places."""
    rng = np.random.default_rng(1)  # the marks only tell sets apart: any will do
    marks = rng.integers(1, 2**62, len(order), dtype=np.uint64)
    sums = np.cumsum(np.where(order >= 0, marks[order], 0).astype(np.uint64), axis=1)
    _, first = np.unique(sums.ravel(), return_index=True)
    new = np.zeros(order.size, dtype=bool)
    new[first] = True
    return new.reshape(order.shape) & (order >= 0)
