"""Published forms of siting tasks, read from text: OR-Library networks and points, bare points.

Places are numbered from 1 in these files and from 0 in the arrays.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from tuyen.engines.network.siting_numbers import in_order, number
from tuyen.engines.network.siting_problem import Costs, Siting, compact
from tuyen.engines.network.siting_refusals import (
    CommentLine,
    NoSuchPlace,
    NothingToSite,
    RoadsDisconnected,
    TooLarge,
    WrongCount,
)

MOST_PAIRS = 200_000_000
COMMENTS = ("#", "%", "//", "!")
"""How lines begin that other programs pass over."""
FLOOR, NEAREST, CEILING, EXACT = "floor", "nearest", "ceiling", "exact"
ROUNDINGS = (FLOOR, NEAREST, CEILING, EXACT)
"""What is made of a straight distance: TSPLIB's EUC_2D is the nearest whole number; the published
p-medians of OR-Library and of TSPLIB's points are those of the whole part."""


def read_network(text: str, name: str) -> Siting:
    """OR-Library's uncapacitated p-median: ``n m p``, then m roads ``i j length``.

    Where a road is given twice the later length holds; distances are those along the roads.
    """
    lines = lines_of(text, name)
    head = _numbers(lines[0], name, "n m p", 3)
    n, m, p = (int(value) for value in head)
    roads = table(lines[1:], name, 3, "i j length")
    if n < 1:
        raise NothingToSite(name=name, what="places")
    check_size(name, n, n)
    if len(roads) != m:
        raise WrongCount(
            name=name, row=lines[-1][0], count=len(roads), expected=m, layout="i j length"
        )
    ends = roads[:, :2].astype(np.int64)
    bad = np.flatnonzero(((ends < 1) | (ends > n) | (ends != roads[:, :2])).any(axis=1))
    if bad.size:
        row = bad[0]
        value = next(v for v in roads[row, :2] if v < 1 or v > n or v != int(v))
        raise NoSuchPlace(name=name, row=lines[1 + row][0], value=f"{value:g}", most=n)
    return Siting(compact(along_roads(n, ends - 1, roads[:, 2], name)), np.ones(n), np.ones(n), p=p)


def along_roads(
    n: int, ends: NDArray[np.int64], length: NDArray[np.float64], name: str
) -> NDArray[np.float64]:
    """Shortest ways between all of ``n`` places; the last of several roads between two holds."""
    low, high = ends.min(axis=1), ends.max(axis=1)
    _key, last = np.unique((low * n + high)[::-1], return_index=True)
    kept = len(ends) - 1 - last
    kept = kept[low[kept] != high[kept]]
    # A road of length 0 is a road: a sparse matrix would drop it.
    graph = csr_array((np.maximum(length[kept], 1e-300), (low[kept], high[kept])), shape=(n, n))
    pieces, piece = connected_components(graph, directed=False)
    if pieces > 1:
        away = np.flatnonzero(piece != piece[0])
        raise RoadsDisconnected(
            name=name, pieces=int(pieces), place=int(away[0]) + 1, cut=int(away.size)
        )
    found: NDArray[np.float64] = dijkstra(graph, directed=False)
    return np.where(found < 1e-200, 0.0, found)


def read_capacitated(text: str, name: str) -> Siting:
    """OR-Library's capacitated p-median: ``number best``, ``n p capacity``, rows ``id x y demand``.

    The way of a demand counts once, whatever its demand (Osman and Christofides 1994).
    """
    lines = lines_of(text, name)
    first = 0 if len(lines[0][1].split()) == 3 else 1
    if len(lines) <= first:
        raise WrongCount(name=name, row=lines[-1][0], count=0, expected=3, layout="n p capacity")
    n, p, capacity = _numbers(lines[first], name, "n p capacity", 3, whole=(0, 1))
    rows = table(lines[first + 1 :], name, 4, "id x y demand", signed=(1, 2))
    if len(rows) != int(n):
        raise WrongCount(
            name=name, row=lines[-1][0], count=len(rows), expected=int(n), layout="id x y demand"
        )
    if not len(rows):
        raise NothingToSite(name=name, what="places")
    check_size(name, len(rows), len(rows))
    order = in_order(rows[:, 0].tolist(), [row for row, _line in lines[first + 1 :]], name)
    rows = rows[order]
    distance = straight(rows[:, 1:3], FLOOR)
    ones = np.ones(len(rows))
    return Siting(distance, ones, rows[:, 3].copy(), np.full(len(rows), capacity), int(p))


def read_points(text: str, name: str, rounding: str | None = None) -> Siting:
    """Bare points, ``x y`` or ``number x y`` a line: each a demand of one person and a site.

    Without ``rounding`` a way is the whole part of the straight one.
    """
    distance = straight(points_of(lines_of(text, name), name), rounding or FLOOR)
    ones = np.ones(len(distance))
    return Siting(distance, ones, ones)


def points_of(lines: list[tuple[int, str]], name: str) -> NDArray[np.float64]:
    """Coordinates (n, 2), in the order of their numbers where they have such."""
    if not lines:
        raise NothingToSite(name=name, what="points")
    check_size(name, len(lines), len(lines))
    if len(lines[0][1].split()) != 3:
        return table(lines, name, 2, "x y", signed=range(2))
    rows = table(lines, name, 3, "number x y", signed=(1, 2))
    order = in_order(rows[:, 0].tolist(), [row for row, _line in lines], name)
    return rows[order, 1:]


def straight(
    points: NDArray[np.float64], rounding: str, others: NDArray[np.float64] | None = None
) -> Costs:
    """Straight distances (m, n) from ``points`` (m, 2) to ``others`` (n, 2), in rows to save room."""
    to = points if others is None else others
    whole = rounding != EXACT
    found = np.empty((len(points), len(to)), np.int32 if whole else np.float64)
    if whole and np.ptp(np.concatenate([points, to]), axis=0).max() > 2**28:
        found = found.astype(np.float64)
    for k, (x, y) in enumerate(points):
        way = np.sqrt((to[:, 0] - x) ** 2 + (to[:, 1] - y) ** 2)
        if rounding == FLOOR:
            way = np.floor(way)
        elif rounding == NEAREST:
            way = np.floor(way + 0.5)
        elif rounding == CEILING:
            way = np.ceil(way)
        found[k] = way
    return compact(found)


def read_orlib(text: str, name: str) -> Siting:
    """Either form of OR-Library, told apart by the number of values in the first two lines."""
    lines = lines_of(text, name)
    widths = [len(line.split()) for _row, line in lines[:3]]
    if widths[:1] == [2] or widths[:3] == [3, 4, 4]:
        return read_capacitated(text, name)
    return read_network(text, name)


def read_any(text: str, name: str, rounding: str | None = None) -> Siting:
    """A siting task without a header, in whichever of the known forms its first two lines are."""
    lines = lines_of(text, name)
    widths = [len(line.split()) for _row, line in lines[:2]]
    counted = [line.split()[0] for _row, line in lines[:2]] == ["1", "2"] and widths == [3, 3]
    if widths in ([2, 2], [2]) or (counted and len(lines) != 1 + _second(lines[0][1])):
        return read_points(text, name, rounding)
    return read_orlib(text, name)


def _second(line: str) -> float:
    try:
        return float(line.split()[1])
    except ValueError:
        return np.nan


def lines_of(text: str, name: str) -> list[tuple[int, str]]:
    """The lines that hold anything, with their numbers from 1."""
    found = [
        (row, line.strip())
        for row, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1)
        if line.strip()
    ]
    if not found:
        raise NothingToSite(name=name, what="lines")
    for row, line in found:
        if line.upper() == "EOF":
            break
        if line.startswith(COMMENTS):
            raise CommentLine(name=name, row=row, value=line[:40])
    return found


def _numbers(
    line: tuple[int, str], name: str, layout: str, count: int, whole: tuple[int, ...] = (0, 1, 2)
) -> list[float]:
    return list(table([line], name, count, layout, whole=whole)[0])


def table(
    lines: list[tuple[int, str]], name: str, width: int, layout: str,
    signed: "range | tuple[int, ...]" = (), whole: tuple[int, ...] = (),
) -> NDArray[np.float64]:  # fmt: skip
    """Rows of ``width`` numbers, none of them negative but in the columns ``signed``."""
    fields = layout.split()
    rows = np.empty((len(lines), width))
    for place, (row, line) in enumerate(lines):
        values = line.split()
        if len(values) != width:
            raise WrongCount(name=name, row=row, count=len(values), expected=width, layout=layout)
        for k, value in enumerate(values):
            rows[place, k] = number(
                value, name, row, fields[k], signed=k in signed, whole=k in whole
            )
    return rows


def check_size(name: str, sites: int, demands: int) -> None:
    if sites * demands > MOST_PAIRS:
        raise TooLarge(name=name, sites=sites, demands=demands, most=MOST_PAIRS)
