"""A made-up country around real places: relief, rivers, a road network by class, land cover.

For demonstrations, drills of a decision and benchmarks; nothing of it is surveyed. The same seed and
places make the same country. The relief is spectral noise (power falling with the wave number; Peitgen
and Saupe 1988, *The Science of Fractal Images*) lowered where people live; rivers run down cheapest ways
to the lowest edge, so that they meet; roads are laid class by class, each as the cheapest way to what is
there already, which is how such networks grew.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from tuyen.engines.network.country import COVERS, ROADS, Country, blank, burn
from tuyen.engines.network.projection import Frame
from tuyen.engines.network.travel import Ground, Reach, Surface

Numbers = NDArray[np.float64]
Cells = NDArray[np.int64]
Line = tuple[int, Numbers, bool]
LOW, HIGH = 250.0, 1_750.0
RIVERS = 14


def made(seed: int, frame: Frame, levels: Sequence[Numbers], rivers: int = RIVERS) -> Country:
    """A country in which each level of places is joined to those before it.

    ``levels``: (n, 2) longitude and latitude of the places that national, provincial, commune roads,
    tracks and paths lead to, in this order (at most five; none may be empty at the first).
    """
    return burn(*drawn(seed, frame, levels, rivers))


def drawn(
    seed: int, frame: Frame, levels: Sequence[Numbers], rivers: int = RIVERS
) -> tuple[Country, list[Line], list[Numbers]]:
    """The same before lines are burnt: the bare country, its roads and its rivers."""
    rng = np.random.default_rng([seed, 811])
    levels = [level[np.isfinite(level).all(axis=1)] for level in levels]
    everywhere = [_inside(frame, level) for level in levels]
    relief = _relief(frame.shape, rng)
    lived = _blurred(frame.shape, everywhere, max(1.0, 2_500 / frame.cell))
    height = LOW + (HIGH - LOW) * relief * (1 - 0.55 * lived)
    streams = _rivers(frame, height, rng, rivers)
    wet = burn(blank(frame), rivers=streams).river
    roads = _roads(frame, height, wet, everywhere, levels)
    land = replace(
        blank(frame), elevation=height.astype(np.float32), cover=_cover(height, lived, wet)
    )
    return land, roads, streams


def _relief(shape: tuple[int, int], rng: np.random.Generator) -> Numbers:
    """Heights from 0 to 1 with ridges and valleys."""
    rows, columns = shape
    waves = np.hypot(
        np.fft.fftfreq(rows)[:, None] * rows, np.fft.rfftfreq(columns)[None, :] * columns
    )
    waves[0, 0] = 1
    noise = rng.normal(size=waves.shape) * np.exp(2j * np.pi * rng.random(waves.shape))
    bumps = np.fft.irfft2(noise / waves**1.9, s=shape)
    bumps = (bumps - bumps.min()) / max(float(np.ptp(bumps)), 1e-12)
    found: Numbers = 1 - np.abs(2 * bumps - 1) ** 0.9  # folded: valleys meet at sharp lines
    return found


def _inside(frame: Frame, points: Numbers) -> Cells:
    return frame.cells(points).clip(0, np.asarray(frame.shape) - 1)


def _blurred(shape: tuple[int, int], places: Sequence[Cells], wide: float) -> Numbers:
    """How close to where people live, from 0 to 1."""
    dots = np.zeros(shape)
    for at in places:
        dots[at[:, 0], at[:, 1]] = 1
    soft = gaussian_filter(dots, wide, mode="constant")
    high = np.quantile(soft[soft > 0], 0.9) if soft.any() else 1.0
    return np.minimum(soft / max(float(high), 1e-12), 1.0)


def _rivers(frame: Frame, height: Numbers, rng: np.random.Generator, count: int) -> list[Numbers]:
    """Lines from high places down to the lowest edge; where two meet they go on as one."""
    if not count:
        return []
    edge = np.ones(frame.shape, bool)
    edge[1:-1, 1:-1] = False
    outlets = np.argwhere(edge)[np.argsort(height[edge])[:2]]
    pace = np.exp((height - LOW) / 260.0)
    field = Reach(_ground(pace, frame.cell), [(int(r), int(c)) for r, c in outlets]).field
    high = np.argwhere(height > np.quantile(height, 0.55))
    heads = high[rng.permutation(len(high))[:count]]
    run, taken = [], np.zeros(frame.shape, bool)
    for head in heads:
        way = _down(field.minutes, pace, head, taken)
        taken[way[:, 0], way[:, 1]] = True
        run.append(_line(frame, way))
    return run


def _roads(
    frame: Frame, height: Numbers, wet: NDArray[np.bool_], places: Sequence[Cells],
    points: Sequence[Numbers],
) -> list[Line]:  # fmt: skip
    """Roads of each class to the places of its level, from the network that is there."""
    across, down = np.gradient(height, frame.cell)
    rough = 1 + 12 * np.minimum(np.hypot(across, down), 1.0)
    rough = np.where(wet, rough * 4, rough)
    kinds = [ROADS.index(name) for name in ("national", "provincial", "commune", "track", "path")]
    taken = np.zeros(frame.shape, bool)
    first = places[0][0]
    taken[first[0], first[1]] = True
    found: list[Line] = []
    for kind, at, exact in zip(kinds, places, points, strict=False):
        pace = np.where(taken, rough * 0.5, rough)
        begun = [(int(r), int(c)) for r, c in np.argwhere(taken)]
        field = Reach(_ground(pace, frame.cell), begun).field
        for cell, point in zip(at, exact, strict=True):
            way = _down(field.minutes, pace, cell, taken)
            taken[way[:, 0], way[:, 1]] = True
            line = _line(frame, way)
            line[0] = point
            if len(line) > 1:
                found.append((kind, line, False))
    return found


def _ground(pace: Numbers, cell: float) -> Ground:
    return Ground(Surface(pace.astype(np.float32), cell))


_MOVES = np.array([(r, c) for r in (-1, 0, 1) for c in (-1, 0, 1) if r or c])


def _down(
    minutes: NDArray[np.float32], pace: Numbers, head: Cells, taken: NDArray[np.bool_]
) -> Cells:
    """Cells from ``head`` down a field until what is taken already, or its bottom."""
    rows, columns = minutes.shape
    r, c = int(head[0]), int(head[1])
    way = [(r, c)]
    while minutes[r, c] > 0 and not (taken[r, c] and len(way) > 1):
        best, at = np.inf, (r, c)
        for dr, dc in _MOVES.tolist():
            y, x = r + dr, c + dc
            if 0 <= y < rows and 0 <= x < columns and minutes[y, x] < minutes[r, c]:
                long = 1.4142135623730951 if dr and dc else 1.0
                there = float(minutes[y, x]) + long * (pace[y, x] + pace[r, c]) / 2
                if there < best:
                    best, at = there, (y, x)
        if at == (r, c):
            break
        r, c = at
        way.append(at)
    return np.array(way, np.int64)


def _line(frame: Frame, way: Cells) -> Numbers:
    """Longitude and latitude of the middles of cells."""
    return frame.degrees((way[:, ::-1].astype(np.float64) + 0.5) * frame.cell)


def _cover(height: Numbers, lived: Numbers, wet: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Fields and houses where people live, forest high up, shrub between."""
    names = {name: n for n, name in enumerate(COVERS)}
    cover = np.full(height.shape, names["shrub"], np.uint8)
    cover[height > LOW + 0.45 * (HIGH - LOW)] = names["forest"]
    cover[lived > 0.25] = names["farmland"]
    cover[lived > 0.9] = names["built"]
    cover[wet] = names["open"]
    return cover
