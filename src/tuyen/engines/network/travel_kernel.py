"""The spreading of travel times, compiled. See :mod:`tuyen.engines.network.travel` for the model.

Minutes are kept in single precision and computed in double, rounded once for each edge: a slow reference
can repeat every one of them. No ``fastmath``: an infinite pace must stay one.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.siting_compiling import compiled

F = NDArray[np.float32]
I4 = NDArray[np.int32]
I8 = NDArray[np.int64]
FAR = np.float32(np.inf)
NOBODY = np.int32(2**31 - 1)
STEEPEST = 1.5
_NONE, _AWAY, _FRONT = -1, -2, -3
_EASIEST = 0.83
"""Less than Tobler's factor ever is (0.839, slightly downhill): what is too long even so needs no
slope."""


class Queue:
    """Buckets of cells as doubly linked lists: ``ahead`` and ``behind`` of each cell, ``first`` of each
    bucket. A cell is in one bucket or, where ``ahead`` says so, in none."""

    def __init__(self, cells: int, slowest: float, width: float) -> None:
        # An edge reaches at most this many buckets ahead, so that many in a ring are enough.
        self.first = np.full(int(slowest / width) + 3, _NONE, dtype=np.int32)
        self.ahead = np.full(cells, _AWAY, dtype=np.int32)
        self.behind = np.full(cells, _NONE, dtype=np.int32)
        self.width = float(width)


def steps(width: int, cell: float) -> tuple[I8, NDArray[np.float64]]:
    """The eight neighbours of a cell in flat arrays, and how far they are (m)."""
    moves = [(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1) if r or c]
    at = np.asarray([r * width + c for r, c in moves], dtype=np.int64)
    return at, np.asarray([cell * math.hypot(r, c) for r, c in moves])


def each(
    found: F, places: I8, origins: I8, land: tuple[Any, ...], limit: float, queue: Queue
) -> None:
    """One spread for each place; ``found`` (places, origins) is filled."""
    cells = land[0].size
    minutes = np.full(cells, FAR, dtype=np.float32)
    site = np.full(cells, NOBODY, dtype=np.int32)
    touched = np.empty(cells, dtype=np.int32)
    for n, place in enumerate(places):
        one = np.asarray([place], dtype=np.int64)
        minutes[one], site[one] = 0, 0
        count = spread(minutes, site, land, limit, queue, one, touched)
        found[n] = minutes[origins]
        for cleared in (touched[:count], one):
            minutes[cleared], site[cleared] = FAR, NOBODY


def spread(
    minutes: F, site: I4, land: tuple[Any, ...], limit: float, queue: Queue, waiting: I8,
    touched: I4 | None = None,
) -> int:  # fmt: skip
    """Let the cells of ``waiting`` (nearest first) improve their neighbours until nothing improves.

    ``land``: pace, elevation, where people walk, the steps and their lengths. Writes the cells that
    were nobody's to ``touched`` and returns how many.
    """
    noted = np.empty(0, dtype=np.int32) if touched is None else touched
    return int(_spread(minutes, site, *land, limit, queue.width, queue.first, queue.ahead,
                       queue.behind, waiting, noted))  # fmt: skip


@compiled
def _take(cell: int, first: I4, ahead: I4, behind: I4) -> None:
    """Take a cell out of its bucket."""
    after, before = ahead[cell], behind[cell]
    if before <= _FRONT:
        first[_FRONT - before] = after
    else:
        ahead[before] = after
    if after != _NONE:
        behind[after] = before
    ahead[cell] = _AWAY


@compiled
def _put(cell: int, bucket: int, first: I4, ahead: I4, behind: I4) -> int:
    """Put a cell at the front of a bucket, out of another first; 1 where it was in none."""
    fresh = 1
    if ahead[cell] != _AWAY:
        _take(cell, first, ahead, behind)
        fresh = 0
    head = first[bucket]
    ahead[cell] = head
    behind[cell] = _FRONT - bucket  # the front of a list names its bucket
    if head != _NONE:
        behind[head] = cell
    first[bucket] = cell
    return fresh


@compiled
def around(minutes: F, site: I4, number: int, at: I8) -> tuple[I8, int]:
    """Clear what belonged to a site; the cells of other sites beside it (some twice), and how many."""
    count = 0
    for cell in range(site.size):
        if site[cell] == number:
            minutes[cell] = FAR
            count += 1
    beside = np.empty(8 * count, dtype=np.int64)
    n = 0
    for cell in range(site.size):
        if site[cell] == number:
            for k in range(at.size):
                near = cell + at[k]
                if minutes[near] < FAR:
                    beside[n] = near
                    n += 1
    for cell in range(site.size):
        if site[cell] == number:
            site[cell] = NOBODY
    return beside, n


@compiled
def longer(slope: float) -> float:
    """How much longer a way takes on foot than on the level; ``slope`` is rise over run, in the
    direction of walking."""
    slope = min(max(slope, -STEEPEST), STEEPEST)
    return math.exp(3.5 * (abs(slope + 0.05) - 0.05))


@compiled
def _spread(
    minutes: F, site: I4, pace: F, elevation: F, walked: NDArray[np.bool_], at: I8,
    lengths: NDArray[np.float64], limit: float, width: float, first: I4, ahead: I4, behind: I4,
    waiting: I8, touched: I4,
) -> int:  # fmt: skip
    ring, hills = first.size, elevation.size > 1
    coming = bucket = inside = count = 0
    while inside > 0 or coming < waiting.size:
        if inside == 0:
            bucket = int(minutes[waiting[coming]] / width)
        while coming < waiting.size and int(minutes[waiting[coming]] / width) <= bucket:
            if ahead[waiting[coming]] == _AWAY:
                inside += _put(waiting[coming], bucket % ring, first, ahead, behind)
            coming += 1
        while first[bucket % ring] != _NONE:
            cell = first[bucket % ring]
            _take(cell, first, ahead, behind)
            inside -= 1
            here, owner = minutes[cell], site[cell]
            for k in range(at.size):
                near = cell + at[k]
                if minutes[near] < here or pace[near] == FAR:
                    continue
                takes = lengths[k] * (np.float64(pace[cell]) + pace[near]) * 0.5
                if hills and (walked[cell] or walked[near]):
                    if here + _EASIEST * takes > minutes[near]:
                        continue
                    rise = np.float64(elevation[cell]) - elevation[near]
                    takes *= longer(rise / lengths[k])
                there = np.float32(here + takes)
                if there > limit or there > minutes[near]:
                    continue
                if there == minutes[near] and owner >= site[near]:
                    continue
                if touched.size > 0 and site[near] == NOBODY:
                    touched[count] = near
                    count += 1
                minutes[near], site[near] = there, owner
                inside += _put(near, int(there / width) % ring, first, ahead, behind)
        bucket += 1
    return count
