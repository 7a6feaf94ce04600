"""Travel time over a surface: how long from anywhere to the nearest of many sites, and to which.

A *surface* is a raster of how slow each cell is and how high it lies; a *field* says of each cell how
many minutes the way to its site takes. Ways go over edges to the eight neighbours. An edge of length
L (metres, on the map) from cell u to cell v takes

    L * (pace_u + pace_v) / 2 * f(slope)      minutes,

pace in minutes a metre on the level, infinite where nobody passes. On foot f is Tobler's hiking
function (Tobler 1993, *Three presentations on geographical analysis*: 6 exp(-3.5 |s + 0.05|) km/h)
against its own value on the level, s the rise over the run in the direction of walking; for vehicles f
is 1, their slopes stand in the pace. An edge is walked where either of its cells is. The way goes
*to* the site, which is what a patient does: uphill and downhill differ.

Fields are least fixed points in single precision, so that one after a site came or went equals, bit
for bit, one made anew; of several sites equally near, the one with the lowest number has the cell.
The queue is one of buckets (Dial 1969, CACM 12:632) with cells taken out when they improve, correct for
any width of bucket.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Minutes = NDArray[np.float32]
FAR = np.float32(np.inf)
NOBODY = np.int32(2**31 - 1)
"""The site of a cell from which none is reached."""
STEEPEST = 1.5
"""Rise over run beyond which a slope counts as this one: steeper is a fault of the elevations."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Rasters of one shape (rows, columns), the first row in the north.

    ``pace``: float32 minutes a metre on the level, infinite or not a number where nobody passes.
    ``cell``: the side of a cell in metres. ``elevation``: float32 metres, or None for a plain.
    ``on_foot``: where people walk; None: everywhere with elevations, nowhere without.
    """

    pace: Minutes
    cell: float
    elevation: Minutes | None = None
    on_foot: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.pace.ndim != 2 or not self.pace.size:
            raise ValueError("the pace is a raster with rows and columns")
        if not self.cell > 0:
            raise ValueError(f"a cell is {self.cell} m wide; expected more than nothing")
        for name, raster in (("elevation", self.elevation), ("on_foot", self.on_foot)):
            if raster is not None and raster.shape != self.pace.shape:
                raise ValueError(f"{name} is {raster.shape}, the pace {self.pace.shape}")
        if np.any(self.pace[np.isfinite(self.pace)] <= 0):
            raise ValueError("a pace is more than nothing; mark what nobody passes as infinite")

    @property
    def shape(self) -> tuple[int, int]:
        return self.pace.shape[0], self.pace.shape[1]


@dataclass(frozen=True, slots=True)
class Field:
    """Minutes to the nearest site (rows, columns), infinite where none is reached, and its number."""

    minutes: Minutes
    site: NDArray[np.int32]


class OffTheSurface(ValueError):
    """Sites that lie outside of the raster or where nobody passes; ``which`` are their numbers."""

    def __init__(self, which: Sequence[int]) -> None:
        super().__init__(f"sites {list(which)} lie where nobody passes, or outside of the raster")
        self.which = list(which)


class Ground:
    """A surface ready for the kernels: flat arrays with a rim that nobody passes.

    Made once, used for any number of fields. Holds 13 bytes a cell, 22 with elevations. ``bucket`` is the
    width of the queue's buckets in minutes: it changes how long a spread takes, never what comes out.
    """

    def __init__(self, surface: Surface, bucket: float | None = None) -> None:
        from tuyen.engines.network.travel_kernel import steps

        rows, columns = surface.shape
        self.shape = surface.shape
        self.width = columns + 2
        pace = np.full((rows + 2, columns + 2), np.inf, dtype=np.float32)
        pace[1:-1, 1:-1] = np.where(np.isfinite(surface.pace), surface.pace, np.inf)
        self.pace = pace.ravel()
        self.elevation = _rimmed(surface.elevation, np.float32)
        walked = surface.on_foot
        if walked is None and surface.elevation is not None:
            walked = np.ones(surface.shape, dtype=bool)
        self.walked = _rimmed(walked, np.bool_)
        self.steps, self.lengths = steps(self.width, surface.cell)
        passable = self.pace[np.isfinite(self.pace)]
        slow = float(passable.max()) if passable.size else 1.0
        steep = 1.0 if self.elevation.size == 1 else float(np.exp(3.5 * STEEPEST))
        self.slowest = slow * float(self.lengths.max()) * steep
        typical = float(np.median(passable)) if passable.size else 1.0
        # Two to three cells a bucket: fewer cells come twice, and more stay in the processor's memory.
        wide = 2.5 * typical * surface.cell if bucket is None else bucket
        self.bucket = max(wide, self.slowest / _MOST_BUCKETS)

    @property
    def land(self) -> tuple[NDArray[Any], ...]:
        """What the kernels take."""
        return self.pace, self.elevation, self.walked, self.steps, self.lengths

    def flat(self, cells: Sequence[tuple[int, int]] | NDArray[Any]) -> NDArray[np.int64]:
        """Cells (row, column) as places in the flat arrays. Raises :class:`OffTheSurface`."""
        at = np.asarray(cells, dtype=np.int64).reshape(-1, 2)
        inside = ((at >= 0) & (at < np.asarray(self.shape))).all(axis=1)
        places = np.where(inside, (at[:, 0] + 1) * self.width + at[:, 1] + 1, 0)
        good = np.isfinite(self.pace[places])
        if not good.all():
            raise OffTheSurface(np.flatnonzero(~good).tolist())
        return places

    def inner(self, flat: NDArray[Any]) -> NDArray[Any]:
        """A flat array as a raster without its rim; a view."""
        return flat.reshape(-1, self.width)[1:-1, 1:-1]


_MOST_BUCKETS = 1 << 16


def _rimmed(raster: NDArray[Any] | None, kind: Any) -> NDArray[Any]:
    """A raster with a rim, flat; one element where there is none."""
    return np.zeros(1, dtype=kind) if raster is None else np.pad(raster.astype(kind), 1).ravel()


class Reach:
    """The field of many sites, kept while sites come and go. Not for several threads."""

    def __init__(
        self, ground: Ground, sites: Sequence[tuple[int, int]], limit: float = np.inf
    ) -> None:
        """``sites``: (row, column) of each, numbered from 0; ``limit``: minutes beyond which nobody
        goes. Raises :class:`OffTheSurface`."""
        from tuyen.engines.network.travel_kernel import Queue

        self._ground, self._limit = ground, float(limit)
        self._places: dict[int, int] = dict(enumerate(ground.flat(sites).tolist()))
        self._minutes = np.full(ground.pace.size, FAR, dtype=np.float32)
        self._site = np.full(ground.pace.size, NOBODY, dtype=np.int32)
        self._queue = Queue(ground.pace.size, ground.slowest, ground.bucket)
        self._spread(self._begun(self._places))

    @property
    def field(self) -> Field:
        """The field as it is now: views, which change when sites come or go."""
        inner = self._ground.inner
        return Field(inner(self._minutes), inner(self._site))

    @property
    def sites(self) -> list[int]:
        return sorted(self._places)

    def add(self, cell: tuple[int, int]) -> int:
        """A site more; returns its number. Touches only the cells that come nearer."""
        number = max(self._places, default=-1) + 1
        self._places[number] = int(self._ground.flat([cell])[0])
        self._spread(self._begun([number]))
        return number

    def remove(self, number: int) -> None:
        """A site less: the cells that were its own go to the others. Raises ``KeyError``."""
        from tuyen.engines.network.travel_kernel import around

        place = self._places.pop(number)
        beside, count = around(self._minutes, self._site, number, self._ground.steps)
        shared = [n for n, at in self._places.items() if at == place]
        cells = np.unique(np.concatenate([beside[:count], self._begun(shared)]))
        self._spread(cells[np.argsort(self._minutes[cells], kind="stable")])

    def _begun(self, numbers: Iterable[int]) -> NDArray[np.int64]:
        """The cells of sites, set to nought minutes; of several in one cell the lowest has it."""
        for number in sorted(numbers):
            at = self._places[number]
            if self._minutes[at] > 0 or number < self._site[at]:
                self._minutes[at], self._site[at] = 0, number
        return np.asarray([self._places[n] for n in numbers], dtype=np.int64)

    def _spread(self, waiting: NDArray[np.int64]) -> None:
        from tuyen.engines.network.travel_kernel import spread

        spread(self._minutes, self._site, self._ground.land, self._limit, self._queue, waiting)


def reach(surface: Surface, sites: Sequence[tuple[int, int]], limit: float = np.inf) -> Field:
    """The field of ``sites`` in one call. Raises :class:`OffTheSurface`."""
    return Reach(Ground(surface), sites, limit).field


def between(
    ground: Ground, origins: Sequence[tuple[int, int]], sites: Sequence[tuple[int, int]],
    limit: float = np.inf,
) -> NDArray[np.float32]:  # fmt: skip
    """Minutes from every origin to every site, shape (origins, sites); infinite beyond ``limit``.

    One spread a site, which stops at the limit; what it touched is cleared before the next, so a small
    limit costs little on a large raster.
    """
    from tuyen.engines.network.travel_kernel import Queue, each

    places, at = ground.flat(sites), ground.flat(origins)
    queue = Queue(ground.pace.size, ground.slowest, ground.bucket)
    found = np.full((len(places), len(at)), FAR, dtype=np.float32)
    each(found, places, at, ground.land, float(limit), queue)
    return found.T


def within(
    minutes: Minutes, people: NDArray[np.floating[Any]], limits: Sequence[float]
) -> NDArray[np.float64]:
    """How many people live within each limit (minutes), and, last, how many there are."""
    known = np.isfinite(minutes)
    times, weights = minutes[known], people[known]
    total = float(people.sum(dtype=np.float64))
    inside = [float(weights[times <= limit].sum(dtype=np.float64)) for limit in limits]
    return np.asarray([*inside, total])


def bands(minutes: Minutes, limits: Sequence[float]) -> NDArray[np.int16]:
    """The number of the band of each cell: 0 up to the first limit; -1 where no site is reached."""
    found = np.searchsorted(np.asarray(limits, dtype=np.float32), minutes).astype(np.int16)
    found[~np.isfinite(minutes)] = -1
    return found


def snapped(
    ground: Ground, cells: Sequence[tuple[int, int]], radius: int
) -> list[tuple[int, int] | None]:
    """Each cell, or the nearest one that is passed within ``radius`` cells; None where there is none.

    A station drawn on a river or beside its road is the commonest fault of such data.
    """
    passed = np.isfinite(ground.inner(ground.pace))
    rows, columns = ground.shape
    found: list[tuple[int, int] | None] = []
    for row, column in cells:
        top, left = max(row - radius, 0), max(column - radius, 0)
        near = np.argwhere(passed[top : row + radius + 1, left : column + radius + 1])
        if not (
            -radius <= row < rows + radius and -radius <= column < columns + radius and len(near)
        ):
            found.append(None)
            continue
        away = ((near + np.asarray((top - row, left - column))) ** 2).sum(axis=1)
        best = int(away.argmin())
        ok = away[best] <= radius**2
        found.append((int(near[best, 0]) + top, int(near[best, 1]) + left) if ok else None)
    return found
