"""Ways over a graph of roads: the nearest of many stations, every pair within a limit, who is cut off.

Roads are lines with a class; nodes are where their points meet. A village or a station stands beside the
road: its foot is the nearest point of any road within reach, wherever on an edge that is, and the way to
it is walked. Between feet the roads are ridden at the speed of their class (0: nobody rides there, and it
is walked). Minutes are those *to* the station; against a one-way road one walks. Nobody walks on the way of a
ferry: it goes at its speed both ways, and not at all where that is 0.

Shortest ways are SciPy's (``csgraph.dijkstra``; Dijkstra 1959, *Numer. Math.* 1:269).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from shapely import STRtree, linestrings
from shapely import points as shapely_points

from tuyen.engines.network.country import ROADS

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]
FERRY = ROADS.index("ferry")
SAME = 0.5
"""Points of roads nearer than this (m) are one node."""


class Roads(NamedTuple):
    """``nodes`` (n, 2) metres east and south; edges ``begin``, ``end``, ``kind`` (m,), ``one_way`` (m,)."""

    nodes: Numbers
    begin: Ints
    end: Ints
    kind: Ints
    one_way: NDArray[np.bool_]

    @property
    def lengths(self) -> Numbers:
        away = self.nodes[self.begin] - self.nodes[self.end]
        return np.hypot(away[:, 0], away[:, 1])


class Feet(NamedTuple):
    """Where places reach the roads: ``edge`` (-1: none within reach), ``at`` (0 at its begin, 1 at its
    end), ``away`` (m) from the place to there; NaN for a place without coordinates."""

    edge: Ints
    at: Numbers
    away: Numbers


class Nearest(NamedTuple):
    """``minutes`` (p,) to the nearest site, infinite where none is reached; ``site`` its number or -1."""

    minutes: Numbers
    site: Ints


class Stranded(NamedTuple):
    """A place from which no site is reached: ``away`` (m) from it to the nearest road of any kind, and
    ``gap`` (m) to the nearest road on which a site is reached; infinite where there is none."""

    place: int
    away: float
    gap: float


def joined(
    lines: Sequence[Numbers], kinds: Sequence[int], one_way: Sequence[bool] | None = None
) -> Roads:
    """The graph of lines (k, 2) in metres; two lines meet where they have a point in common."""
    if not lines:
        none = np.zeros(0, np.int64)
        return Roads(np.zeros((0, 2)), none, none, none, np.zeros(0, bool))
    sizes = np.array([len(line) for line in lines])
    points = np.concatenate([np.asarray(line, float) for line in lines])
    grid = np.round(points / SAME).astype(np.int64)
    _, first, which = np.unique(grid, axis=0, return_index=True, return_inverse=True)
    which = which.ravel().astype(np.int64)
    ends = np.cumsum(sizes)
    inner = np.ones(len(points), bool)
    inner[ends - 1] = False
    begin, end = which[:-1][inner[:-1]], which[1:][inner[:-1]]
    of = np.repeat(np.arange(len(lines)), sizes - 1)
    kept = begin != end
    ways = np.zeros(len(lines), bool) if one_way is None else np.asarray(one_way, bool)
    return Roads(points[first], begin[kept], end[kept],
                 np.asarray(kinds, np.int64)[of][kept], ways[of][kept])  # fmt: skip


class Network:
    """A graph of roads at the speeds of one means and season, to be asked often."""

    def __init__(
        self, roads: Roads, speeds: Sequence[float], walking: float, reach: float = 5_000.0
    ) -> None:
        """``speeds`` (km/h) by class, 0: walked; ``walking`` (km/h); ``reach`` (m) to a road at most."""
        pace = np.asarray(speeds, float)
        if len(pace) > FERRY and not pace[FERRY] > 0:
            roads = _without(roads, FERRY)
        self.roads, self.walking, self.reach = roads, 0.06 / walking, reach
        ride = pace[roads.kind] if roads.kind.size else np.zeros(0)
        ferry = roads.kind == FERRY
        walked = (ride <= walking) & ~ferry
        self.pace = np.where(walked, self.walking, 0.06 / np.where(walked, 1.0, ride))
        self.one_way = roads.one_way & ~walked & ~ferry
        graph = csr_matrix(
            (np.ones(len(roads.begin)), (roads.begin, roads.end)), shape=(len(roads.nodes),) * 2
        )
        _, self.part = connected_components(graph, directed=False)
        self.part = self.part.astype(np.int64)

    def feet(self, places: Numbers, among: NDArray[np.bool_] | None = None) -> Feet:
        """Where ``places`` (p, 2) metres reach the roads, or those of the edges ``among``."""
        count = len(places)
        edge, at, away = np.full(count, -1), np.zeros(count), np.full(count, np.nan)
        numbers = np.flatnonzero(among) if among is not None else np.arange(len(self.roads.begin))
        known = np.flatnonzero(np.isfinite(places).all(axis=1))
        if not numbers.size or not known.size:
            away[known] = np.inf
            return Feet(edge, at, away)
        begin, end = (
            self.roads.nodes[side[numbers]] for side in (self.roads.begin, self.roads.end)
        )
        tree = STRtree(linestrings(np.stack([begin, end], axis=1)))
        found = tree.query_nearest(shapely_points(places[known]), all_matches=False)
        which = known[found[0]]
        a, b, p = begin[found[1]], end[found[1]], places[which]
        along = np.clip(((p - a) * (b - a)).sum(axis=1) / ((b - a) ** 2).sum(axis=1), 0, 1)
        foot = a + along[:, None] * (b - a)
        away[which] = np.hypot(*(p - foot).T)
        near = away[which] <= self.reach if among is None else np.ones(len(which), bool)
        edge[which[near]], at[which[near]] = numbers[found[1][near]], along[near]
        return Feet(edge, at, away)

    def nearest(self, places: Numbers, sites: Numbers) -> Nearest:
        """Of each place (metres) the nearest site; of equally near ones any, the same every time."""
        graph, at, to = self._laid(places, sites)
        if not len(to):
            return Nearest(np.full(len(at), np.inf), np.full(len(at), -1))
        minutes, _, source = dijkstra(graph, indices=to, min_only=True, return_predecessors=True)
        number = np.full(graph.shape[0], -1)
        number[to] = np.arange(len(to))
        reached = np.isfinite(minutes[at])
        return Nearest(minutes[at], np.where(reached, number[np.where(reached, source[at], 0)], -1))

    def between(self, places: Numbers, sites: Numbers, limit: float = np.inf) -> Numbers:
        """(p, n) minutes from every place to every site; infinite beyond ``limit``."""
        graph, at, to = self._laid(places, sites)
        if not len(to) or not len(at):
            return np.full((len(at), len(to)), np.inf)
        found: Numbers = dijkstra(graph, indices=to, limit=limit)[:, at].T
        return found

    def stranded(self, places: Numbers, sites: Numbers) -> list[Stranded]:
        """The places with coordinates from which no site is reached, and how far the roads are that
        would lead to one."""
        found = self.nearest(places, sites)
        lost = np.flatnonzero(~np.isfinite(found.minutes) & np.isfinite(places).all(axis=1))
        if not lost.size:
            return []
        served = self.feet(sites).edge
        parts = np.unique(self.part[self.roads.begin[served[served >= 0]]])
        good = np.isin(self.part[self.roads.begin], parts) if len(self.roads.begin) else None
        near, gap = self.feet(places[lost]), self.feet(places[lost], good)
        return [Stranded(int(n), float(a), float(g))
                for n, a, g in zip(lost, near.away, gap.away, strict=True)]  # fmt: skip

    def _laid(self, places: Numbers, sites: Numbers) -> tuple[csr_matrix, Ints, Ints]:
        """The graph turned round with places and sites on it; the nodes of places and of sites."""
        both = np.concatenate([places.reshape(-1, 2), sites.reshape(-1, 2)])
        feet = self.feet(both)
        nodes, count = len(self.roads.nodes), len(both)
        own = nodes + np.arange(count)
        on = np.flatnonzero(feet.edge >= 0)
        foot = nodes + count + np.arange(len(on))
        begin, end, there, back = self._cut(feet, on, foot)
        walk = feet.away[on] * self.walking
        graph = _graph(
            np.concatenate([end, begin, foot, own[on]]),
            np.concatenate([begin, end, own[on], foot]),
            np.concatenate([there, back, walk, walk]), nodes + count + len(on),
        )  # fmt: skip
        return graph, own[: len(places)], own[len(places) :]

    def _cut(self, feet: Feet, on: Ints, foot: Ints) -> tuple[Ints, Ints, Numbers, Numbers]:
        """All edges with the minutes along and against them; those with feet on them cut there."""
        roads, long = self.roads, self.roads.lengths
        there = long * self.pace
        back = np.where(self.one_way, long * self.walking, there)
        cut = np.zeros(len(roads.begin), bool)
        cut[feet.edge[on]] = True
        edges = np.flatnonzero(cut)
        edge = np.concatenate([edges, feet.edge[on], edges])
        at = np.concatenate([np.zeros(len(edges)), feet.at[on], np.ones(len(edges))])
        node = np.concatenate([roads.begin[edges], foot, roads.end[edges]])
        rank = np.repeat([0, 1, 2], [len(edges), len(on), len(edges)])
        order = np.lexsort((rank, at, edge))
        edge, at, node = edge[order], at[order], node[order]
        same = edge[1:] == edge[:-1]
        of, part = edge[1:][same], np.diff(at)[same]
        return (
            np.concatenate([roads.begin[~cut], node[:-1][same]]),
            np.concatenate([roads.end[~cut], node[1:][same]]),
            np.concatenate([there[~cut], part * there[of]]),
            np.concatenate([back[~cut], part * back[of]]),
        )


def _without(roads: Roads, kind: int) -> Roads:
    kept = roads.kind != kind
    return Roads(roads.nodes, *(part[kept] for part in roads[1:]))


def _graph(row: Ints, column: Ints, weight: Numbers, size: int) -> csr_matrix:
    """A directed graph; of several edges between two nodes the quickest counts."""
    order = np.lexsort((weight, column, row))
    row, column, weight = row[order], column[order], weight[order]
    first = np.r_[True, (np.diff(row) != 0) | (np.diff(column) != 0)] if row.size else slice(0)
    # A way of no length is one, not none: SciPy keeps a zero that is written down.
    made: csr_matrix = coo_matrix(
        (weight[first], (row[first], column[first])), (size, size)
    ).tocsr()
    return made
