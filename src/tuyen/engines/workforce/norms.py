"""How many people a station should have, per old station and per merged commune; structure by degree."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.kernel.refusal import BadInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Norm(NamedTuple):
    """``base`` posts, and by zone (residents above whom, for each so many one more, coefficient).

    ``on_total``: the coefficient multiplies base and further posts; else the base alone.
    """

    base: int
    zones: Mapping[int, tuple[int, int, float]]
    on_total: bool = True


class Quotas(NamedTuple):
    """Posts of each commune, not rounded: as one merged station, and as its old stations."""

    merged: Floats  # (n,)
    by_station: Floats  # (n,)


def quota(people: Floats, zone: Ints, norm: Norm) -> Floats:
    """Return the posts of stations with so many residents, not rounded.

    Parameters
    ----------
    people : (n,) residents served by each
    zone : (n,) 1 to 3

    Raises
    ------
    BadInput
        If a number of people is negative or not a number, or a zone has no norm.

    Notes
    -----
    Whole posts are granted for whole thousands (a post for each so many above the line), then
    multiplied. Source: Circular 03/2023/TT-BYT art. 5(2)(b).

    Examples
    --------
    >>> norm = Norm(5, {3: (5000, 1000, 1.3)})
    >>> quota(np.array([4000.0, 5000.0, 7999.0]), np.array([3, 3, 3]), norm).tolist()
    [6.5, 6.5, 9.1]
    """
    people, zone = np.asarray(people, np.float64), np.asarray(zone, np.int64)
    if people.size and not (np.isfinite(people).all() and (people >= 0).all()):
        raise BadInput(what="a station serves a number of people that is negative or missing")
    if unknown := sorted(set(zone.tolist()) - set(norm.zones)):
        raise BadInput(what=f"zone {unknown[0]} has no norm; the norm knows {sorted(norm.zones)}")
    above, each, coefficient = np.zeros_like(people), np.ones_like(people), np.ones_like(people)
    for number, (over, step, factor) in norm.zones.items():
        here = zone == number
        above[here], each[here], coefficient[here] = over, step, factor
    further = np.floor(np.maximum(people - above, 0.0) / each)
    if norm.on_total:
        return coefficient * (norm.base + further)
    return coefficient * norm.base + further


def both_ways(people: Floats, zone: Ints, stations: Ints, norm: Norm) -> Quotas:
    """Return each commune's posts as one merged station, and as the stations it had before.

    An old station is taken to serve an equal part of the commune's people: who served whom
    before a merger is seldom on record.

    Parameters
    ----------
    people, zone : (n,) of each merged commune
    stations : (n,) old stations in it; 0 counts as 1

    Examples
    --------
    >>> norm = Norm(5, {3: (5000, 1000, 1.3)})
    >>> two = both_ways(np.array([9000.0]), np.array([3]), np.array([3]), norm)
    >>> two.merged.round(1).tolist(), two.by_station.round(1).tolist()
    ([11.7], [19.5])
    """
    stations = np.maximum(np.asarray(stations, np.int64), 1)
    each = np.asarray(people, np.float64) / stations
    return Quotas(quota(people, zone, norm), stations * quota(each, zone, norm))


def gap(norm: Floats, need: Floats, have: Floats) -> Floats:
    """Return max(norm, need) - have: how many are missing (negative: how many more there are).

    ``need`` is NaN where the workload is not known; the norm alone counts there.

    >>> gap(np.array([6.5, 6.5]), np.array([9.0, np.nan]), np.array([6.0, 8.0])).tolist()
    [3.0, -1.5]
    """
    most: Floats = np.fmax(np.asarray(norm, np.float64), np.asarray(need, np.float64))
    return most - np.asarray(have, np.float64)


class Structure(NamedTuple):
    """People by band with their share of 1, and all of them."""

    bands: tuple[tuple[str, int, float], ...]
    total: int


def structure(counts: Mapping[str, int]) -> Structure:
    """Return the shares of bands, in the order given; shares of nobody are 0.

    >>> s = structure({"a": 42, "b": 287, "c": 1594, "d": 1704})
    >>> s.total, [round(100 * share, 3) for _, _, share in s.bands]
    (3627, [1.158, 7.913, 43.948, 46.981])
    """
    total = sum(counts.values())
    return Structure(
        tuple((band, n, n / total if total else 0.0) for band, n in counts.items()), total
    )
