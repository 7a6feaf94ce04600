"""Travel times on a raster beside SciPy on the same edges, in the same run.

``python -m benchmarks.network.travel [--side 3000] [--sites 130]``. A seeded fractal relief with valleys, cells of
90 m, 2 % that nobody passes, a road in every hundredth row. CPU seconds of one thread; kernels are compiled before. SciPy
(``csgraph.dijkstra`` with ``min_only``) gets the finished graph; building it is given apart.
"""

import argparse
import time
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks import measuring
from tuyen.engines.network.travel import Ground, Reach, Surface


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--side", type=int, default=3000)
    parser.add_argument("--sites", type=int, default=130)
    given = parser.parse_args()
    rng = np.random.default_rng(1)
    surface = relief(given.side, rng)
    passed = np.argwhere(np.isfinite(surface.pace))
    sites = [tuple(map(int, cell)) for cell in passed[rng.integers(0, len(passed), given.sites)]]
    Reach(Ground(relief(50, rng)), [(10, 10)]).remove(0)  # compiles
    plain = Ground(Surface(surface.pace, surface.cell))
    ground = Ground(surface)
    answer: dict[str, Any] = {"cells": surface.pace.size, "sites": given.sites}
    for name, land in (("plain", plain), ("slopes", ground)):
        for count in (1, given.sites):
            answer[f"{name}, {count}"], kept = cpu(
                lambda land=land, n=count: Reach(land, sites[:n])
            )
    answer |= coming_and_going(kept, passed, rng)
    answer |= peer(surface, sites, Reach(plain, sites))
    measuring.tell({"travel": answer})


def relief(side: int, rng: np.random.Generator) -> Surface:
    """A fractal surface of 1,800 m with slow and quick ground."""
    across, down = np.fft.rfftfreq(side), np.fft.fftfreq(side)
    waves = np.hypot(down[:, None], across[None, :])
    waves[0, 0] = 1
    noise = rng.normal(size=waves.shape) * np.exp(2j * np.pi * rng.random(waves.shape))
    height = np.fft.irfft2(noise / waves**2.1, s=(side, side))
    height = (height - height.min()) / np.ptp(height) * 1800
    pace = rng.choice([0.012, 0.02, 0.03], size=(side, side)).astype(np.float32)
    pace[::100] = 0.002
    pace[rng.random((side, side)) < 0.02] = np.inf
    return Surface(pace, 90.0, height.astype(np.float32), pace > 0.005)


def cpu(work: Any) -> tuple[float, Any]:
    began = time.process_time()
    done = work()
    return round(time.process_time() - began, 3), done


def coming_and_going(kept: Reach, passed: np.ndarray, rng: np.random.Generator) -> dict[str, float]:
    """One site more and one less, 40 times: the median and the worst in milliseconds of CPU."""
    came, went = [], []
    for cell in passed[rng.integers(0, len(passed), 40)]:
        seconds, number = cpu(lambda cell=cell: kept.add(tuple(map(int, cell))))
        came.append(seconds * 1e3)
        went.append(cpu(lambda number=number: kept.remove(number))[0] * 1e3)
    return {
        "one more, ms": round(float(np.median(came)), 1), "worst": round(max(came), 1),
        "one less, ms": round(float(np.median(went)), 1), "worst less": round(max(went), 1),
    }  # fmt: skip


def peer(surface: Surface, sites: list[tuple[int, int]], ours: Reach) -> dict[str, float]:
    """SciPy on the level: build the graph, find the nearest of the sites, compare every cell."""
    rows, columns = surface.shape
    building, graph = cpu(lambda: edges(surface))
    at = [row * columns + column for row, column in sites]
    solving, minutes = cpu(lambda: dijkstra(graph, indices=at, min_only=True))
    theirs, mine = minutes.reshape(rows, columns), ours.field.minutes
    both = np.isfinite(theirs) & np.isfinite(mine)
    assert np.array_equal(np.isfinite(theirs), np.isfinite(mine)), (
        "one reaches what the other does not"
    )
    worst = float(np.abs(theirs[both] - mine[both]).max())
    return {"scipy builds": building, "scipy": solving, "largest difference, min": round(worst, 5)}


def edges(surface: Surface) -> csr_matrix:
    rows, columns = surface.shape
    number = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    pace = surface.pace.astype(np.float64)
    begin, end, takes = [], [], []
    for r, c in ((0, 1), (1, 0), (1, 1), (1, -1)):
        here = (slice(0, rows - r), slice(max(-c, 0), columns - max(c, 0)))
        there = (slice(r, rows), slice(max(c, 0), columns + min(c, 0)))
        cost = surface.cell * np.hypot(r, c) * (pace[here] + pace[there]) / 2
        open_ = np.isfinite(cost)
        begin.append(number[here][open_])
        end.append(number[there][open_])
        takes.append(cost[open_])
    both = [np.concatenate([*a, *b]) for a, b in ((begin, end), (end, begin))]
    weights = np.concatenate([*takes, *takes])
    return csr_matrix((weights, (both[0], both[1])), shape=(number.size, number.size))


if __name__ == "__main__":
    main()
