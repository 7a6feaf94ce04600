"""Siting tasks as tables: pairs with their distance, or places with their coordinates."""

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.siting_files import COMMENTS, EXACT, check_size, straight
from tuyen.engines.network.siting_numbers import number
from tuyen.engines.network.siting_problem import Siting, compact
from tuyen.engines.network.siting_refusals import (
    BrokenTable,
    ColumnTwice,
    CommentLine,
    Contradiction,
    MissingColumns,
    NobodyLivesThere,
    NoName,
    NothingToSite,
    OffTheEarth,
    PairMissing,
    SwappedCoordinates,
    UnknownKind,
    WrongCount,
)

EARTH_KM = 6371.0088
_ALIASES = {
    "population": "weight", "people": "weight", "latitude": "lat", "longitude": "lon",
    "long": "lon", "lng": "lon", "name": "id", "minutes": "distance", "km": "distance",
    "cost": "distance", "time": "distance",
}  # fmt: skip

Row = tuple[int, dict[str, str]]


def read_table(text: str, name: str, rounding: str | None = None) -> Siting:
    """A CSV with a header, in one of two layouts.

    ``demand,site,distance[,weight][,capacity]``: one row for each pair. ``id,x,y`` or
    ``id,lat,lon``, with ``[,kind][,weight][,capacity]``: one row for each place; ``kind`` is demand,
    site or both (the default). Distances of x and y are straight, of lat and lon great circles in
    km; they are exact unless ``rounding`` says otherwise. ``weight`` (or ``population``) is 1 where
    there is no such column.
    """
    columns, rows = _rows(text, name)
    if not rows:
        raise NothingToSite(name=name, what="rows")
    if {"demand", "site"} & columns:
        for needed in ("demand", "site", "distance"):
            if needed not in columns:
                raise MissingColumns(name=name, column=needed)
        return _pairs(rows, columns, name)
    for needed in ("id", *(("lat", "lon") if {"lat", "lon"} & columns else ("x", "y"))):
        if needed not in columns:
            raise MissingColumns(name=name, column=needed)
    return _places(rows, columns, name, rounding)


def _rows(text: str, name: str) -> tuple[set[str], list[Row]]:
    text = text.lstrip("\ufeff")
    first = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = list(_read(reader))
    except csv.Error as error:
        raise BrokenTable(name=name, row=reader.line_num, why=error) from None
    while rows and not any(cell.strip() for cell in rows[0][1]):
        del rows[0]
    titles = rows[0][1] if rows else []
    if titles and titles[0].lstrip().startswith(COMMENTS):
        raise CommentLine(name=name, row=rows[0][0], value=titles[0].strip()[:40])
    header = [_ALIASES.get(cell.strip().lower(), cell.strip().lower()) for cell in titles]
    for column in header:
        if column and header.count(column) > 1:
            raise ColumnTwice(name=name, column=column)
    found: list[Row] = []
    for line, cells in rows[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise WrongCount(
                name=name, row=line, count=len(cells), expected=len(header),
                layout=", ".join(header),
            )  # fmt: skip
        stripped = (cell.strip() for cell in cells)
        found.append((line, dict(zip(header, stripped, strict=True))))
    return set(header), found


def _read(reader: Any) -> Iterator[tuple[int, list[str]]]:
    for cells in reader:
        yield reader.line_num, cells


def _number(row: Row, field: str, name: str, signed: bool = False) -> float:
    return number(row[1][field], name, row[0], field, signed=signed)


def _named(row: Row, field: str, name: str) -> str:
    if not row[1][field]:
        raise NoName(name=name, row=row[0], field=field)
    return row[1][field]


def _weight(row: Row, place: str, name: str, columns: set[str]) -> float:
    if "weight" not in columns:
        return 1.0
    if not row[1]["weight"]:
        raise NobodyLivesThere(name=name, row=row[0], place=place, value="")
    value = _number(row, "weight", name)
    if value == 0:
        raise NobodyLivesThere(name=name, row=row[0], place=place, value=row[1]["weight"])
    return value


class _Once:
    """A figure of each place, which may be repeated and must not contradict itself."""

    def __init__(self, field: str, name: str) -> None:
        self.field, self.name = field, name
        self.known: dict[str, float] = {}

    def put(self, row: Row, place: str, value: float) -> None:
        if (other := self.known.setdefault(place, value)) != value:
            raise Contradiction(
                name=self.name, row=row[0], field=self.field, place=place, value=f"{value:g}",
                other=f"{other:g}",
            )  # fmt: skip


def _pairs(rows: list[Row], columns: set[str], name: str) -> Siting:
    weights, capacities = _Once("weight", name), _Once("capacity", name)
    ways = _Once("distance", name)
    for row in rows:
        demand, site = _named(row, "demand", name), _named(row, "site", name)
        weights.put(row, demand, _weight(row, demand, name, columns))
        capacity = _number(row, "capacity", name) if "capacity" in columns else 0.0
        capacities.put(row, site, capacity)
        ways.put(row, f"{demand}\0{site}", _number(row, "distance", name))
    demands, sites = tuple(weights.known), tuple(capacities.known)
    check_size(name, len(sites), len(demands))
    found = np.full((len(sites), len(demands)), np.nan)
    at = {site: k for k, site in enumerate(sites)}
    to = {demand: k for k, demand in enumerate(demands)}
    for pair, value in ways.known.items():
        demand, _nul, site = pair.partition("\0")
        found[at[site], to[demand]] = value
    if np.isnan(found).any():
        lacking = np.argwhere(np.isnan(found))
        raise PairMissing(
            name=name, count=len(lacking), demand=demands[lacking[0][1]], site=sites[lacking[0][0]]
        )
    people = np.array(list(weights.known.values()))
    return Siting(
        compact(found), people, people,
        np.array(list(capacities.known.values())) if "capacity" in columns else None,
        sites=sites, demands=demands,
    )  # fmt: skip


def _places(rows: list[Row], columns: set[str], name: str, rounding: str | None) -> Siting:
    on_earth = "lat" in columns
    first, second = ("lat", "lon") if on_earth else ("x", "y")
    demands: dict[str, tuple[float, float, float]] = {}
    sites: dict[str, tuple[float, float, float]] = {}
    for row in rows:
        place, kind = _named(row, "id", name), row[1].get("kind", "").lower() or "both"
        if kind not in ("demand", "site", "both"):
            raise UnknownKind(name=name, row=row[0], value=kind[:40])
        at = (_number(row, first, name, signed=True), _number(row, second, name, signed=True))
        if on_earth:
            _check_earth(at, row, name)
        capacity = 0.0
        if kind != "demand":
            capacity = _number(row, "capacity", name) if "capacity" in columns else 0.0
            _put(sites, place, (*at, capacity), row, name)
        if kind != "site":
            _put(demands, place, (*at, _weight(row, place, name, columns)), row, name)
    for held, what in ((demands, "demands"), (sites, "sites")):
        if not held:
            raise NothingToSite(name=name, what=what)
    check_size(name, len(sites), len(demands))
    there, here = np.array(list(sites.values())), np.array(list(demands.values()))
    measure: Callable[..., NDArray[np.float64]] = great_circles if on_earth else straight
    distance = measure(there[:, :2], rounding or EXACT, here[:, :2])
    return Siting(
        distance, here[:, 2].copy(), here[:, 2].copy(), there[:, 2].copy() if "capacity" in columns else None,
        sites=tuple(sites), demands=tuple(demands),
    )  # fmt: skip


def _put(
    held: dict[str, tuple[float, float, float]], place: str, value: tuple[float, float, float],
    row: Row, name: str,
) -> None:  # fmt: skip
    if place in held:
        raise Contradiction(
            name=name, row=row[0], field="id", place=place, value=value, other=held[place]
        )
    held[place] = value


def _check_earth(at: tuple[float, float], row: Row, name: str) -> None:
    lat, lon = at
    if abs(lat) <= 90 and abs(lon) <= 180:
        return
    kind = SwappedCoordinates if abs(lon) <= 90 and abs(lat) <= 180 else OffTheEarth
    raise kind(name=name, row=row[0], lat=f"{lat:g}", lon=f"{lon:g}")


def great_circles(
    points: NDArray[np.float64], rounding: str, others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Kilometres (m, n) along great circles between ``points`` and ``others`` (lat, lon in degrees)."""
    a, b = np.radians(points), np.radians(others)
    half = np.sin((a[:, None, 0] - b[None, :, 0]) / 2) ** 2
    half += (
        np.cos(a[:, None, 0])
        * np.cos(b[None, :, 0])
        * (np.sin((a[:, None, 1] - b[None, :, 1]) / 2) ** 2)
    )
    way = 2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    rounded = {"floor": np.floor, "nearest": np.rint, "ceiling": np.ceil}
    return compact(rounded[rounding](way) if rounding in rounded else way)
