"""TSPLIB with its header: points, or a matrix of ways; each place is a demand of one person and a site.

Source: Reinelt, TSPLIB 95, Universität Heidelberg 1995.
"""

import re

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.siting_files import (
    CEILING,
    NEAREST,
    check_size,
    lines_of,
    points_of,
    straight,
)
from tuyen.engines.network.siting_numbers import number
from tuyen.engines.network.siting_problem import Siting, compact
from tuyen.engines.network.siting_refusals import (
    Contradiction,
    NothingToSite,
    SectionNotTaken,
    UnreadableFile,
    WrongCount,
)
from tuyen.engines.network.tsplib_ways import KINDS, tsplib_ways

_ROUNDINGS = {"EUC_2D": NEAREST, "CEIL_2D": CEILING}
_POINTS, _MATRIX = "NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION"
_FIXED = "FIXED_EDGES_SECTION"
_IDLE = ("DISPLAY_DATA_SECTION", "TOUR_SECTION", "DEMAND_SECTION", "DEPOT_SECTION")
"""What is drawn, what was driven, and what belongs to vehicles: nothing of it is asked here."""
Lines = list[tuple[int, str]]


def read_tsplib(text: str, name: str, rounding: str | None = None) -> Siting:
    """Points of ``EDGE_WEIGHT_TYPE`` EUC_2D, CEIL_2D, MAN_2D, MAX_2D, ATT or GEO, or an EXPLICIT matrix.

    ``rounding`` wins over what the header says of straight ways. A row of a matrix is a site, its
    columns are the demands.
    """
    head, parts = _parts(lines_of(text, name), name)
    kind = head.get("EDGE_WEIGHT_TYPE", (0, "EUC_2D"))[1].upper()
    size = None
    if "DIMENSION" in head:
        row, stated = head["DIMENSION"]
        size = int(number(stated, name, row, "DIMENSION", whole=True))
    if kind == "EXPLICIT":
        ways = _matrix(head, parts.get(_MATRIX, []), size, name)
    elif kind not in KINDS:
        raise UnreadableFile(name=name, why=f"EDGE_WEIGHT_TYPE {kind}")
    else:
        lines = parts.get(_POINTS, [])
        if size is not None and lines and len(lines) != size:
            raise WrongCount(
                name=name, row=lines[-1][0], count=len(lines), expected=size, layout="number x y"
            )
        points = points_of(lines, name)
        if kind in _ROUNDINGS:
            ways = straight(points, rounding or _ROUNDINGS[kind])
        else:
            ways = compact(tsplib_ways(points, kind))
    ones = np.ones(len(ways))
    return Siting(ways, ones, ones)


def _parts(lines: Lines, name: str) -> tuple[dict[str, tuple[int, str]], dict[str, Lines]]:
    """What the header says, and the lines of each section; every line is one or the other."""
    head: dict[str, tuple[int, str]] = {}
    parts: dict[str, Lines] = {}
    here: Lines | None = None
    for row, line in lines:
        word = line.split()[0].rstrip(":").upper()
        if word == "EOF":
            break
        if word.endswith("_SECTION"):
            if word not in (_POINTS, _MATRIX, _FIXED, *_IDLE):
                raise SectionNotTaken(name=name, row=row, section=word[:40])
            here = parts.setdefault(word, [])
        elif named := re.match(r"([A-Za-z_]+)\s*:\s*(.*)$", line):
            key, value = named[1].upper(), named[2].strip()
            above = head.setdefault(key, (row, value))[1]
            if key != "COMMENT" and above != value:
                raise Contradiction(
                    name=name,
                    row=row,
                    field="the header",
                    place=key,
                    value=value[:40],
                    other=above[:40],
                )
            head[key] = row, value
        elif here is None:
            raise UnreadableFile(name=name, why=f"row {row}: {line[:40]}")
        else:
            here.append((row, line))
    for row, line in parts.get(_FIXED, []):
        if line.split()[0] != "-1":  # an end without a beginning fixes nothing
            raise SectionNotTaken(name=name, row=row, section=_FIXED)
    return head, parts


def _matrix(
    head: dict[str, tuple[int, str]], lines: Lines, size: int | None, name: str
) -> NDArray[np.float64]:
    form = head.get("EDGE_WEIGHT_FORMAT", (0, ""))[1].upper()
    if size is None or size < 1 or not lines:
        raise NothingToSite(name=name, what="DIMENSION" if size is None else "ways")
    check_size(name, size, size)
    low, high = np.tril_indices(size, -1), np.triu_indices(size, 1)
    places = {
        "FULL_MATRIX": np.divmod(np.arange(size * size), size),
        "LOWER_ROW": low, "LOWER_COL": high[::-1], "UPPER_ROW": high, "UPPER_COL": low[::-1],
        "LOWER_DIAG_ROW": np.tril_indices(size), "UPPER_DIAG_ROW": np.triu_indices(size),
        "LOWER_DIAG_COL": np.triu_indices(size)[::-1],
        "UPPER_DIAG_COL": np.tril_indices(size)[::-1],
    }  # fmt: skip
    if form not in places:
        raise UnreadableFile(name=name, why=f"EDGE_WEIGHT_FORMAT {form}")
    cells = [
        number(cell, name, row, "EDGE_WEIGHT_SECTION")
        for row, line in lines
        for cell in line.split()
    ]
    at = places[form]
    if len(cells) != len(at[0]):
        raise WrongCount(
            name=name, row=lines[-1][0], count=len(cells), expected=len(at[0]), layout=form
        )
    ways = np.zeros((size, size))
    ways[at] = cells
    return compact(ways if form == "FULL_MATRIX" else np.maximum(ways, ways.T))


def is_headed(text: str, name: str) -> bool:
    """Whether a file begins with words, as TSPLIB's do."""
    return re.match(r"[A-Za-z_]", lines_of(text, name)[0][1]) is not None
