"""Routing problems as text: CVRPLIB, Solomon and Cordeau. Text in, a problem out; no file is opened.

Ways are rounded as each format's best known values are: CVRPLIB's EUC_2D to the nearest whole
number (TSPLIB 95), Solomon's truncated to one decimal, Cordeau's not at all.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.routing_problem import FREE, Floats, Problem, SlotFacts
from tuyen.engines.network.tsplib_ways import KINDS, tsplib_ways
from tuyen.kernel.refusal import N_, Refusal

MOST = 20_000  # customers: a matrix of more would not fit in memory


LARGEST = 1e15  # sums of larger ones would lose whole units
NUMBER = re.compile(r"[-+.0-9eE]+")  # and no "1_000", "nan" or "infinity", which Python would take


class UnreadableRouting(Refusal):
    """A word of the text cannot be used; ``expected`` is a sentence of its own, with values."""

    code = "network.unreadable-routing"
    message = N_("{path}, line {line}, {field}: {value!r} is not usable; expected {expected}")

    def spoken(self, translate: Callable[[str], str]) -> str:
        expected = translate(self.values["expected"]).format_map(self.values)
        values = {**self.values, "expected": expected}
        return translate(self.message).format_map(values)

    def __str__(self) -> str:
        return self.spoken(str)


class Cell(NamedTuple):
    """A word of the text and the line it stands in."""

    text: str
    line: int

    def number(self, field: str, least: float = -FREE, whole: bool = False) -> float:
        """The word as a number.

        Raises
        ------
        UnreadableRouting
            If it is none, is below ``least`` or has a fraction and must not.
        """
        try:
            value = float(self.text) if NUMBER.fullmatch(self.text) else np.nan
        except ValueError:
            value = np.nan
        if abs(value) > LARGEST:
            raise self.bad(field, N_("a number of at most {most}"), most=f"{LARGEST:g}")
        if value >= least and (not whole or value == int(value)):
            return value
        if least == -FREE:
            raise self.bad(field, N_("a number"))
        if whole:
            raise self.bad(field, N_("a whole number of at least {least}"), least=f"{least:g}")
        raise self.bad(field, N_("a number of at least {least}"), least=f"{least:g}")

    def bad(self, field: str, expected: str, **values: Any) -> UnreadableRouting:
        """Name this word as the one that is wrong."""
        given = {"line": self.line, "field": field, "value": self.text[:40], **values}
        return UnreadableRouting(path="-", expected=expected, **given)


def lines_of(text: str) -> Iterator[list[Cell]]:
    """The words of each line that has any, with the line's number."""
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if words := line.split():
            yield [Cell(word, number) for word in words]


def ended(text: str, field: str, expected: str, **values: Any) -> UnreadableRouting:
    """The text stops too early."""
    return Cell("", len(text.splitlines()) + 1).bad(field, expected, **values)


def euclid(points: Floats, depot: Floats) -> Floats:
    """Straight ways between points, the depot last: (n + 1, n + 1)."""
    places = np.vstack([points, depot])
    return np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))


# --- CVRPLIB ---------------------------------------------------------------------------------

_HEADER = re.compile(r"\s*([A-Z_]+)\s*(?::\s*(.*?)\s*)?$", re.IGNORECASE)
_LINE = N_("NAME : value, or the name of a section")
_ROWS = N_("{size} lines as DIMENSION says; there are {found}")
_NUMBERS = N_("{size} numbers; there are {found}")
_NO_DEMAND = N_("0, for this node is the depot")
_SECTIONS = ("NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION", "EDGE_WEIGHT_SECTION")
_FIXED = "FIXED_EDGES_SECTION"
_IDLE = ("DISPLAY_DATA_SECTION", "TOUR_SECTION")  # what is drawn, and what was driven


def read_cvrplib(text: str) -> Problem:
    """A CVRP of CVRPLIB: points or an explicit matrix; one depot, vehicles as many as are needed.

    Raises
    ------
    UnreadableRouting
        Naming line and field.
    """
    header, rows = _cvrplib_parts(text)
    size = int(_headed(header, text, "DIMENSION").number("DIMENSION", 2, whole=True))
    capacity = _headed(header, text, "CAPACITY").number("CAPACITY", 0)
    if size > MOST:
        raise header["DIMENSION"].bad("DIMENSION", N_("at most {most}"), most=MOST)
    if (kind := header.get("TYPE")) and kind.text.upper() not in ("CVRP", "VRP", "DCVRP"):
        raise kind.bad("TYPE", N_("{known}"), known="CVRP")
    ids, demand = _numbered(rows["DEMAND_SECTION"], text, "DEMAND_SECTION", size, 1)
    ways, points = _cvrplib_ways(header, rows, text, ids)
    depots = [cell for row in rows["DEPOT_SECTION"] for cell in row if cell.text != "-1"]
    if len(depots) != 1:
        where = depots[1] if depots else Cell("", len(text.splitlines()) + 1)
        raise where.bad("DEPOT_SECTION", N_("exactly one depot"))
    if depots[0].text not in ids:
        raise depots[0].bad("DEPOT_SECTION", N_("the number of a node"))
    home = ids[depots[0].text]
    if demand[home, 0] > 0:
        raise rows["DEMAND_SECTION"][home][1].bad("DEMAND_SECTION", _NO_DEMAND)
    order = [at for at in range(size) if at != home] + [home]
    cost = np.ascontiguousarray(ways[np.ix_(order, order)])[None]
    n = size - 1
    longest = header["DISTANCE"].number("DISTANCE", 0) if "DISTANCE" in header else FREE
    served = header["SERVICE_TIME"].number("SERVICE_TIME", 0) if "SERVICE_TIME" in header else 0.0
    vehicles = None
    if "VEHICLES" in header:
        vehicles = int(header["VEHICLES"].number("VEHICLES", 0, whole=True))
    names = list(ids)
    return Problem(
        tuple(names[at] for at in order[:-1]), demand[order[:-1], 0], np.full(n, served),
        np.zeros(n), np.full(n, FREE), (SlotFacts(1, 1, vehicles, capacity, longest),),
        cost, cost, np.ones((n, 1), np.int64), np.arange(n + 1),
        None if points is None else points[order[:-1]],
        None if points is None else points[[home]], 1.0, (names[home],),
    )  # fmt: skip


def _cvrplib_parts(text: str) -> tuple[dict[str, Cell], dict[str, list[list[Cell]]]]:
    """The header's values, and the rows of each section."""
    header: dict[str, Cell] = {}
    rows: dict[str, list[list[Cell]]] = {name: [] for name in (*_SECTIONS, _FIXED, *_IDLE)}
    section = ""
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        word = words[0].rstrip(":").upper()
        if word == "EOF":
            break
        if word in rows:
            section = word
        elif word.endswith("_SECTION"):
            raise Cell(word, number).bad("header", N_("{known}"), known=", ".join(_SECTIONS))
        elif word[0].isalpha() or ":" in line:
            match = _HEADER.match(line)
            if match is None or match[2] is None:
                raise Cell(line.strip(), number).bad("header", _LINE)
            named, value = match[1].upper(), Cell(match[2].strip("\"' \t"), number)
            if named != "COMMENT" and header.setdefault(named, value).text != value.text:
                raise value.bad(named, N_("what line {above} says"), above=header[named].line)
            header[named] = value
            section = ""
        elif section:
            rows[section].append([Cell(word, number) for word in words])
        else:
            raise Cell(line.strip(), number).bad("header", _LINE)
    for row in rows[_FIXED]:
        if row[0].text != "-1":
            raise row[0].bad(_FIXED, N_("no ways that must be driven; take the section out"))
    return header, rows


def _headed(header: dict[str, Cell], text: str, name: str) -> Cell:
    if name not in header:
        raise ended(text, name, N_("a line {line_of} : value in the header"), line_of=name)
    return header[name]


def _numbered(
    rows: list[list[Cell]], text: str, section: str, size: int, width: int, least: float = 0.0
) -> tuple[dict[str, int], Floats]:
    """Rows of ``id value…``, each id once."""
    ids: dict[str, int] = {}
    values = np.zeros((size, width))
    for row in rows:
        if len(ids) == size:
            raise row[0].bad(section, _ROWS, size=size, found=len(rows))
        if len(row) != width + 1:
            raise row[-1].bad(section, N_("{width} numbers in the line"), width=width + 1)
        if row[0].text in ids:
            raise row[0].bad(section, N_("each number once"))
        for k in range(width):
            values[len(ids), k] = row[k + 1].number(section, least)
        ids[row[0].text] = len(ids)
    if len(ids) < size:
        raise ended(text, section, _ROWS, size=size, found=len(ids))
    return ids, values


def _cvrplib_ways(
    header: dict[str, Cell], rows: dict[str, list[list[Cell]]], text: str, ids: dict[str, int]
) -> tuple[Floats, Floats | None]:
    kind = _headed(header, text, "EDGE_WEIGHT_TYPE")
    size, section = len(ids), "NODE_COORD_SECTION"
    points = None
    if rows[section]:
        found, read = _numbered(rows[section], text, section, size, 2, -FREE)
        for name in found:
            if name not in ids:
                raise rows[section][found[name]][0].bad(section, N_("a node of DEMAND_SECTION"))
        points = read[[found[name] for name in ids]]
    if kind.text.upper() == "EXPLICIT":
        order = _by_number(rows["DEMAND_SECTION"])
        ways = _explicit(header, rows["EDGE_WEIGHT_SECTION"], text, size)
        return ways[np.ix_(order, order)], points
    if kind.text.upper() not in KINDS:
        known = ", ".join((*KINDS, "EXPLICIT"))
        raise kind.bad("EDGE_WEIGHT_TYPE", N_("{known}"), known=known)
    if points is None:
        raise ended(text, section, _ROWS, size=size, found=0)
    return tsplib_ways(points, kind.text.upper()), points


def _by_number(rows: list[list[Cell]]) -> NDArray[np.int64]:
    """The row of a matrix that each node has: rows stand in the order of the nodes' numbers."""
    numbers = [row[0].number("DEMAND_SECTION", 0, whole=True) for row in rows]
    return np.argsort(np.argsort(numbers, kind="stable"), kind="stable")


def _explicit(
    header: dict[str, Cell], rows: list[list[Cell]], text: str, size: int
) -> NDArray[np.float64]:
    form = _headed(header, text, "EDGE_WEIGHT_FORMAT")
    cells = [cell for row in rows for cell in row]
    lower, upper = np.tril_indices(size, -1), np.triu_indices(size, 1)
    places = {
        "FULL_MATRIX": np.divmod(np.arange(size * size), size),
        "LOWER_ROW": lower, "LOWER_COL": upper[::-1], "UPPER_ROW": upper, "UPPER_COL": lower[::-1],
        "LOWER_DIAG_ROW": np.tril_indices(size), "UPPER_DIAG_ROW": np.triu_indices(size),
        "LOWER_DIAG_COL": np.triu_indices(size)[::-1],
        "UPPER_DIAG_COL": np.tril_indices(size)[::-1],
    }  # fmt: skip
    if form.text.upper() not in places:
        raise form.bad("EDGE_WEIGHT_FORMAT", N_("{known}"), known=", ".join(places))
    at = places[form.text.upper()]
    if len(cells) != len(at[0]):
        raise ended(text, "EDGE_WEIGHT_SECTION", _NUMBERS, size=len(at[0]), found=len(cells))
    ways = np.zeros((size, size))
    ways[at] = [cell.number("EDGE_WEIGHT_SECTION", 0) for cell in cells]
    return ways if form.text.upper() == "FULL_MATRIX" else np.maximum(ways, ways.T)


# --- Solomon ---------------------------------------------------------------------------------


def read_solomon(text: str) -> Problem:
    """A VRPTW of Solomon, or of Gehring and Homberger; the first customer is the depot.

    Ways are truncated to one decimal and kept in tenths, so that sums are exact: ``scale`` is 10.

    Raises
    ------
    UnreadableRouting
        Naming line and field.
    """
    fleet, places = _solomon_parts(text)
    if len(places) < 2:
        raise ended(text, "CUSTOMER", N_("a depot and at least one customer, 7 numbers each"))
    if len(places) > MOST:
        raise places[MOST][0].bad("CUST NO.", N_("at most {most}"), most=MOST)
    fields = ("CUST NO.", "XCOORD.", "YCOORD.", "DEMAND", "READY TIME", "DUE DATE", "SERVICE TIME")
    table = np.zeros((len(places), 7))
    names: list[str] = []
    seen: set[str] = set()
    for at, row in enumerate(places):
        if len(row) != 7:
            raise row[-1].bad("CUSTOMER", N_("{width} numbers in the line"), width=7)
        for k, field in enumerate(fields):
            table[at, k] = row[k].number(field, -FREE if k in (1, 2) else 0)
        if row[0].text in seen:
            raise row[0].bad("CUST NO.", N_("each number once"))
        seen.add(row[0].text)
        if table[at, 5] < table[at, 4]:
            raise row[5].bad("DUE DATE", N_("a time not before {earliest}"), earliest=row[4].text)
        names.append(row[0].text)
    if table[0, 3] > 0:
        raise places[0][3].bad("DEMAND", N_("0 in the first line, which is the depot's"))
    vehicles = int(fleet[0].number("VEHICLE NUMBER", 0, whole=True))
    capacity = fleet[1].number("CAPACITY", 0)
    points, home = table[1:, 1:3], table[:1, 1:3]
    tenths = np.floor(10.0 * euclid(points, home) + 1e-9)[None]
    n = len(points)
    opens, closes = 10 * table[0, 4], 10 * table[0, 5]
    slot = SlotFacts(1, 1, vehicles, capacity, FREE, opens, closes)
    return Problem(
        tuple(names[1:]), table[1:, 3].copy(), 10 * table[1:, 6], 10 * table[1:, 4],
        10 * table[1:, 5], (slot,), tenths, tenths, np.ones((n, 1), np.int64), np.arange(n + 1),
        points, home, 10.0, (names[0],),
    )  # fmt: skip


def _solomon_parts(text: str) -> tuple[list[Cell], list[list[Cell]]]:
    """The line of vehicles and all lines of places; only headings are passed over."""
    lines = list(lines_of(text))
    heads = [at for at, line in enumerate(lines[:-1]) if line[0].text.upper() == "NUMBER"]
    pairs = [at for at, line in enumerate(lines) if len(line) == 2 and _are_numbers(line)]
    if not heads and not pairs:
        raise ended(text, "VEHICLE", N_("a line with the number of vehicles and their capacity"))
    at = heads[0] + 1 if heads else pairs[0]
    if len(lines[at]) != 2:
        raise lines[at][-1].bad("VEHICLE", N_("{width} numbers in the line"), width=2)
    return lines[at], [
        line for line in lines[at + 1 :] if not line[0].text.upper().startswith("CUST")
    ]


def _are_numbers(line: list[Cell]) -> bool:
    return all(NUMBER.fullmatch(cell.text) for cell in line)
