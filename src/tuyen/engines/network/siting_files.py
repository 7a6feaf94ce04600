"""Published forms of siting tasks, read from text: OR-Library networks and points, TSPLIB points.

Places are numbered from 1 in these files and from 0 in the arrays.
"""

import re

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from tuyen.engines.network.siting_problem import Costs, Siting, compact
from tuyen.engines.network.siting_refusals import (
    NoSuchPlace,
    NotANumber,
    NothingToSite,
    RoadsDisconnected,
    TooLarge,
    UnreadableFile,
    WrongCount,
)

MOST_PAIRS = 200_000_000
FLOOR, NEAREST, CEILING, EXACT = "floor", "nearest", "ceiling", "exact"
ROUNDINGS = (FLOOR, NEAREST, CEILING, EXACT)
"""What is made of a straight distance: TSPLIB's EUC_2D is the nearest whole number; the published
p-medians of OR-Library and of TSPLIB's points are those of the whole part."""
_EDGE_WEIGHTS = {"EUC_2D": NEAREST, "CEIL_2D": CEILING}


def read_network(text: str, name: str) -> Siting:
    """OR-Library's uncapacitated p-median: ``n m p``, then m roads ``i j length``.

    Where a road is given twice the later length holds; distances are those along the roads.
    """
    lines = _lines(text)
    head = _numbers(lines[0], name, "n m p", 3)
    n, m, p = (int(value) for value in head)
    roads = _table(lines[1:], name, 3, "i j length")
    if n < 1:
        raise NothingToSite(name=name, what="places")
    _check_size(name, n, n)
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
    lines = _lines(text)
    first = 0 if len(lines[0][1].split()) == 3 else 1
    if len(lines) <= first:
        raise WrongCount(name=name, row=lines[-1][0], count=0, expected=3, layout="n p capacity")
    n, p, capacity = _numbers(lines[first], name, "n p capacity", 3)
    rows = _table(lines[first + 1 :], name, 4, "id x y demand", signed=(1, 2))
    if len(rows) != int(n):
        raise WrongCount(
            name=name, row=lines[-1][0], count=len(rows), expected=int(n), layout="id x y demand"
        )
    if not len(rows):
        raise NothingToSite(name=name, what="places")
    distance = straight(rows[:, 1:3], FLOOR)
    ones = np.ones(len(rows))
    return Siting(distance, ones, rows[:, 3].copy(), np.full(len(rows), capacity), int(p))


def read_points(text: str, name: str, rounding: str | None = None) -> Siting:
    """Points, each a demand of one person and a site: TSPLIB with its header, or ``x y`` a line.

    Without ``rounding`` a header's EDGE_WEIGHT_TYPE decides, and bare points have whole parts.
    """
    lines = _lines(text)
    headed = [k for k, (_row, line) in enumerate(lines) if line.upper().startswith("NODE_COORD")]
    if headed:
        head = "\n".join(line for _row, line in lines[: headed[0]])
        kind = re.search(r"EDGE_WEIGHT_TYPE\s*:\s*(\w+)", head, re.IGNORECASE)
        stated = kind[1].upper() if kind else "EUC_2D"
        if stated not in _EDGE_WEIGHTS:
            raise UnreadableFile(name=name, why=f"EDGE_WEIGHT_TYPE {stated}")
        rounding = rounding or _EDGE_WEIGHTS[stated]
        lines = lines[headed[0] + 1 :]
        ended = [k for k, (_row, line) in enumerate(lines) if not re.match(r"[\d.+-]", line)]
        lines = lines[: ended[0]] if ended else lines
    if not lines:
        raise NothingToSite(name=name, what="points")
    width = 3 if len(lines[0][1].split()) == 3 else 2
    layout = "number x y" if width == 3 else "x y"
    rows = _table(lines, name, width, layout, signed=range(width))
    _check_size(name, len(rows), len(rows))
    ones = np.ones(len(rows))
    return Siting(straight(rows[:, -2:], rounding or FLOOR), ones, ones)


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
    lines = _lines(text)
    widths = [len(line.split()) for _row, line in lines[:3]]
    if widths[:1] == [2] or widths[:3] == [3, 4, 4]:
        return read_capacitated(text, name)
    return read_network(text, name)


def read_any(text: str, name: str, rounding: str | None = None) -> Siting:
    """A siting task in whichever of the known forms its first two lines are."""
    lines = _lines(text)
    widths = [len(line.split()) for _row, line in lines[:2]]
    if re.match(r"[A-Za-z_]", lines[0][1]):
        return read_points(text, name, rounding)
    counted = [line.split()[0] for _row, line in lines[:2]] == ["1", "2"] and widths == [3, 3]
    if widths in ([2, 2], [2]) or (counted and len(lines) != 1 + float(lines[0][1].split()[1])):
        return read_points(text, name, rounding)
    return read_orlib(text, name)


def _lines(text: str) -> list[tuple[int, str]]:
    found = [
        (row, line.strip())
        for row, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1)
        if line.strip()
    ]
    if not found:
        raise NothingToSite(name="", what="lines")
    return found


def _numbers(line: tuple[int, str], name: str, layout: str, count: int) -> list[float]:
    values = line[1].split()
    if len(values) != count:
        raise WrongCount(name=name, row=line[0], count=len(values), expected=count, layout=layout)
    return list(_table([line], name, count, layout)[0])


def _table(
    lines: list[tuple[int, str]], name: str, width: int, layout: str,
    signed: "range | tuple[int, ...]" = (),
) -> NDArray[np.float64]:  # fmt: skip
    """Rows of ``width`` numbers, none of them negative but in the columns ``signed``."""
    fields = layout.split()
    rows = np.empty((len(lines), width))
    for place, (row, line) in enumerate(lines):
        values = line.split()
        if len(values) != width:
            raise WrongCount(name=name, row=row, count=len(values), expected=width, layout=layout)
        for column, value in enumerate(values):
            try:
                number = float(value)
            except ValueError:
                number = np.nan
            if not np.isfinite(number) or (number < 0 and column not in signed):
                raise NotANumber(name=name, row=row, value=value[:40], field=fields[column])
            rows[place, column] = number
    return rows


def _check_size(name: str, sites: int, demands: int) -> None:
    if sites * demands > MOST_PAIRS:
        raise TooLarge(name=name, sites=sites, demands=demands, most=MOST_PAIRS)
