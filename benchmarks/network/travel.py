"""Travel times on a raster beside SciPy and scikit-image on the same edges, and on roads, in the same run.

``python -m benchmarks.network.travel [--side 3000] [--sites 130] [--peers PYTHON]``. PYTHON is an interpreter that has
``skimage``; without it that peer is left out. Prints a table. A seeded fractal relief with valleys, cells of
90 m, 2 % that nobody passes, a road in every hundredth row. CPU seconds of one thread; kernels are compiled before. SciPy
(``csgraph.dijkstra`` with ``min_only``) gets the finished graph; building it is given apart. scikit-image's ``MCP_Geometric``
adds up the same lengths, on the level. The roads are those of a made-up country (a grid of bent roads).
"""

import argparse
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from benchmarks.network.peers import table
from tuyen.engines.network.roads import Network, Roads
from tuyen.engines.network.travel import Ground, Reach, Surface

PEER = """
import json, sys, time
import numpy as np
from skimage.graph import MCP_Geometric
held = np.load(sys.argv[1]); pace, cell, sites = held["pace"].astype(float), float(held["cell"]), held["sites"]
costs = np.where(np.isfinite(pace), pace * cell, -1.0)
told = {}
for count in (1, len(sites)):
    began = time.process_time()
    minutes, _ = MCP_Geometric(costs).find_costs([tuple(one) for one in sites[:count].tolist()])
    told[str(count)] = round(time.process_time() - began, 2)
np.save(sys.argv[2], minutes)
print(json.dumps(told))
"""
NODES, EDGES = 197_000, 367_000


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--side", type=int, default=3000)
    parser.add_argument("--sites", type=int, default=130)
    parser.add_argument("--peers", type=Path)
    given = parser.parse_args()
    for line in table(("what", "goal", "found"), rows(given.side, given.sites, given.peers)):
        print(line)


def rows(side: int, count: int, peers: Path | None) -> Any:
    """What is asked, the goal, and what was found."""
    rng = np.random.default_rng(1)
    surface = relief(side, rng)
    passed = np.argwhere(np.isfinite(surface.pace))
    sites = [tuple(map(int, cell)) for cell in passed[rng.integers(0, len(passed), count)]]
    Reach(Ground(relief(50, rng)), [(10, 10)]).remove(0)  # compiles
    plain, ground = Ground(Surface(surface.pace, surface.cell)), Ground(surface)
    cells = f"{surface.pace.size:,} cells"
    level = {n: cpu(lambda n=n: Reach(plain, sites[:n])) for n in (1, count)}
    others = ["", ""]
    if peers:
        others = scikit(peers, surface, sites, level[count][1])
    for n, other in zip((1, count), others, strict=True):
        theirs, building, apart = scipys(surface, sites[:n], level[n][1])
        said = f"{level[n][0]:.2f} s; SciPy {theirs:.2f} s, its graph {building:.1f} s more{other}"
        yield (
            f"{cells} on the level, stations: {n}",
            "",
            f"{said} (largest difference {apart:.1g} min)",
        )
    for n in (1, count):
        spent, kept = cpu(lambda n=n: Reach(ground, sites[:n]))
        yield (
            f"{cells} with slopes on foot, stations: {n}",
            "5 s, then 1.5 s",
            f"{spent:.2f} s; no peer has slopes",
        )
    told = coming_and_going(kept, passed, rng)
    yield (
        "One station more / one less on it, median of 40 (worst)", "20 ms",
        "{one more, ms} ({worst}) / {one less, ms} ({worst less}) ms".format_map(told),
    )  # fmt: skip
    yield from roads(rng, count)


def roads(rng: np.random.Generator, count: int) -> Any:
    """A grid of bent roads of which some are missing, feet beside it; SciPy alone on the bare graph."""
    side = round(NODES**0.5)
    at = np.arange(side * side).reshape(side, side)
    nodes = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2) * 300.0
    nodes += rng.normal(0, 60, nodes.shape)
    edges = np.concatenate([
        np.stack([at[:, :-1].ravel(), at[:, 1:].ravel()], 1), np.stack([at[:-1].ravel(), at[1:].ravel()], 1),
    ])  # fmt: skip
    edges = edges[rng.permutation(len(edges))[: min(EDGES, len(edges))]]
    given = Roads(
        nodes, edges[:, 0], edges[:, 1], rng.integers(0, 3, len(edges)), np.zeros(len(edges), bool)
    )
    network = Network(given, (40.0, 25.0, 12.0), 4.0)
    villages, stations = (rng.uniform(0, side * 300.0, (n, 2)) for n in (2000, count))
    spent = {
        "nearest": cpu(lambda: network.nearest(villages, stations))[0],
        "pairs": cpu(lambda: network.between(villages, stations))[0],
    }
    takes = given.lengths * network.pace
    both = np.concatenate([edges, edges[:, ::-1]])
    graph = csr_matrix((np.tile(takes, 2), (both[:, 0], both[:, 1])), shape=(len(nodes),) * 2)
    begun = rng.integers(0, len(nodes), count)
    bare = {
        "nearest": cpu(lambda: dijkstra(graph, indices=begun, min_only=True))[0],
        "pairs": cpu(lambda: dijkstra(graph, indices=begun))[0],
    }
    size = f"Roads of {len(nodes):,} nodes, {len(edges):,} edges, 2,000 villages"
    for key, what in (("nearest", "the nearest of"), ("pairs", "minutes to each of")):
        yield (
            f"{size}: {what} {count} stations, feet and cut edges included", "",
            f"{spent[key]:.2f} s; SciPy from nodes of the bare graph {bare[key]:.2f} s",
        )  # fmt: skip


def scikit(peers: Path, surface: Surface, sites: list[tuple[int, int]], ours: Reach) -> list[str]:
    """What scikit-image took from one site and from all, in an interpreter of its own."""
    with tempfile.TemporaryDirectory() as folder:
        task, answer = Path(folder) / "task.npz", Path(folder) / "minutes.npy"
        np.savez(task, pace=surface.pace, cell=surface.cell, sites=np.array(sites))
        done = subprocess.run([peers, "-c", PEER, task, answer], capture_output=True, text=True)
        if done.returncode:
            return [f"; scikit-image failed: {done.stderr.strip().splitlines()[-1][:80]}"] * 2
        told, minutes = json.loads(done.stdout), np.load(answer)
    mine = ours.field.minutes
    both = np.isfinite(minutes) & np.isfinite(mine)
    apart = float(np.abs(minutes[both] - mine[both]).max())
    return [
        f"; scikit-image {told['1']} s",
        f"; scikit-image {told[str(len(sites))]} s ({apart:.1g} min apart)",
    ]


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


def scipys(
    surface: Surface, sites: list[tuple[int, int]], ours: Reach
) -> tuple[float, float, float]:
    """SciPy on the level: seconds to solve, to build the graph, and the largest difference (minutes)."""
    rows, columns = surface.shape
    building, graph = cpu(lambda: edges(surface))
    at = [row * columns + column for row, column in sites]
    solving, minutes = cpu(lambda: dijkstra(graph, indices=at, min_only=True))
    theirs, mine = minutes.reshape(rows, columns), ours.field.minutes
    both = np.isfinite(theirs) & np.isfinite(mine)
    assert np.array_equal(np.isfinite(theirs), np.isfinite(mine)), (
        "one reaches what the other does not"
    )
    return solving, building, float(np.abs(theirs[both] - mine[both]).max())


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
