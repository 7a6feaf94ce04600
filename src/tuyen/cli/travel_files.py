"""What ``tuyen travel`` reads: points and roads as CSV, extracts of OpenStreetMap, GeoTIFF, surfaces."""

import hashlib
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.cli.csv_files import BadFile, Table, read_table
from tuyen.cli.terminal import gettext as _
from tuyen.engines.network import country as made
from tuyen.engines.network.coordinates import checked
from tuyen.engines.network.geotiff import Raster, read_raster
from tuyen.engines.network.openstreetmap import Lines, NoRoads, read_osm
from tuyen.engines.network.projection import check, to_degrees
from tuyen.kernel.refusal import N_, Refusal
from tuyen.rules import network as rules

YES, NO = ("yes", "1", "true", "có"), ("no", "0", "false", "không")
LARGEST = 2_000_000_000
"""Bytes of one file at most."""


class TooLarge(Refusal):
    code = "cli.travel-too-large"
    message = N_("{path} has {size} bytes; at most {most} are read. Cut it to the province first.")


class UnknownRoad(Refusal):
    code = "cli.travel-unknown-road"
    message = N_(
        "{path}, row {row}, column class: {value!r} is no class of road; expected one of {known}."
    )


class Points(NamedTuple):
    """Places of a file; ``people`` NaN where the cell is empty, ``people_told`` whether it has the column."""

    ids: list[str]
    names: list[str]
    at: NDArray[np.float64]
    people: NDArray[np.float64]
    people_told: bool


def sized(path: Path) -> Path:
    """The path, where the file is not larger than anybody can want."""
    size = path.stat().st_size
    if size > LARGEST:
        raise TooLarge(path=path, size=size, most=LARGEST)
    return path


def read_points(path: Path, crs: int = 4326) -> Points:
    """``id,lon,lat`` (or ``id,x,y`` with an EPSG number), ``name`` and ``people`` where they are there."""
    flat = check(crs, path.name) not in (4326, 4756)
    names = ("x", "y") if flat else ("lon", "lat")
    table = read_table(sized(path), ("id", *names), None)
    at = _coordinates(table, names, crs)
    ids = table.columns["id"]
    twice = (
        next((n for n, id in enumerate(ids) if id in ids[:n]), None)
        if len(set(ids)) < len(ids)
        else None
    )
    if twice is not None:
        raise table.bad(twice, "id", _("each id once"))
    told = "people" in table.columns
    people = (
        table.numbers("people", _("a number of people, 0 or more"), 0)
        if told
        else [math.nan] * len(ids)
    )
    return Points(ids, table.columns.get("name", ids), at, np.array(people, float), told)


def _coordinates(table: Table, names: tuple[str, str], crs: int) -> NDArray[np.float64]:
    said = _("degrees, as 103.02") if names[0] == "lon" else _("metres, as 512345.6")
    found = np.column_stack([table.numbers(name, said) for name in names])
    for row in np.flatnonzero(~np.isfinite(found).all(axis=1)).tolist():
        raise table.bad(row, names[int(np.isfinite(found[row, 0]))], said)
    if names[0] == "lon":
        checked(found, table.path.name, table.lines)
    return checked(to_degrees(found, crs), table.path.name, table.lines)


def read_lines(path: Path) -> Lines:
    """Roads and rivers: ``.osm``, ``.osm.pbf``, or a CSV with a row for each point of each road."""
    if path.suffix.lower() == ".csv":
        return _roads(path)
    with sized(path).open("rb") as file:
        found = read_osm(path.name, file)
    every = np.concatenate([road[1] for road in found.roads])
    of = np.repeat(np.arange(1, len(found.roads) + 1), [len(road[1]) for road in found.roads])
    checked(every, path.name, of.tolist())
    return found


def _roads(path: Path) -> Lines:
    """``road,lon,lat,class`` and, where they are there, ``bridge`` and ``one_way`` (yes); class river."""
    table = read_table(sized(path), ("road", "lon", "lat", "class"), ("bridge", "one_way"))
    at = _coordinates(table, ("lon", "lat"), 4326)
    known = (*made.ROADS, "river")
    for row, kind in enumerate(table.columns["class"]):
        if kind not in known:
            raise UnknownRoad(
                path=path, row=table.lines[row], value=kind[:40], known=", ".join(known)
            )
    rows: dict[str, list[int]] = {}
    for n, road in enumerate(table.columns["road"]):
        rows.setdefault(road, []).append(n)
    found = Lines([], [], [], 0)
    for road, own in rows.items():
        if len(own) < 2:
            raise table.bad(own[0], "road", _("at least two points of each road"))
        kinds = {table.columns["class"][n] for n in own}
        if len(kinds) > 1:
            raise BadFile(
                N_("{path}: road {road!r} has the classes {kinds}; give each part a name of its own"),
                path=path, road=road, kinds=", ".join(sorted(kinds)),
            )  # fmt: skip
        if (kind := kinds.pop()) == "river":
            found.rivers.append(at[own])
            continue
        bridge, one_way = (_said(table, name, own) for name in ("bridge", "one_way"))
        found.roads.append((made.ROADS.index(kind), at[own], bridge, one_way))
    if not found.roads:
        raise NoRoads(name=path.name)
    return found


def _said(table: Table, name: str, own: list[int]) -> bool:
    """Whether the rows of a road say yes; those that are empty say nothing, and none may say otherwise."""
    answer = None
    for row in own:
        cell = table.columns[name][row].lower() if name in table.columns else ""
        if cell == "":
            continue
        if cell not in YES and cell not in NO:
            raise table.bad(row, name, _("yes or no"))
        if answer not in (None, cell in YES):
            raise table.bad(row, name, _("what the rows above say of this road"))
        answer = cell in YES
    return bool(answer)


def read_tiff(path: Path) -> Raster:
    with sized(path).open("rb") as file:
        return read_raster(file, path.name)


def read_surface(path: Path) -> made.Country:
    with sized(path).open("rb") as file:
        return made.read(file, path.name)


def speeds_of(mode: str, season: str, on: Any) -> made.Speeds:
    """The rule's speeds in the order of the engine."""
    rule = rules.speeds(mode, season, on)
    return made.Speeds(
        tuple(float(rule.cover[name]) for name in made.COVERS),
        tuple(float(rule.road.get(name, 0)) for name in made.ROADS),
        rule.on_road, rule.ford, rule.boat,
    )  # fmt: skip


def fingerprint(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
