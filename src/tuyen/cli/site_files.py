"""The files of ``tuyen site decide``: sites, villages, minutes and rules, each fault by row and column."""

import difflib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from tuyen.cli.csv_files import BadFile, Table, read_table
from tuyen.engines.network.decision_problem import (
    CRITERIA,
    FREE,
    KINDS,
    Demand,
    Floor,
    Rules,
    Sites,
    Ways,
    listed,
    ways,
)
from tuyen.engines.network.siting_refusals import NobodyLivesThere, OffTheEarth, SwappedCoordinates
from tuyen.engines.network.siting_tables import great_circles
from tuyen.kernel.refusal import N_, Refusal

MONEY = ("refurbish", "run_main", "run_satellite", "run_mobile")
POSTS = "posts"
NUMBER = N_("a number that is not negative, or nothing")
KIND_WORDS = N_("main, satellite, mobile, repurposed or nothing")


@dataclass(frozen=True)
class Task:
    """What the files say: arrays, the names that the answer uses, and the issued kinds if given."""

    sites: Sites
    demand: Demand
    ways: Ways
    rules: Rules
    site_names: list[str]
    village_names: list[str]
    communes: list[str]
    issued: Any = None
    destinations: Any = None


def read_task(
    sites: Path, demand: Path, minutes: Path | None, rules: Path | None, speed: float
) -> Task:
    """The whole question; refuses the first thing that is wrong, by file, row and column."""
    asked = read_rules(rules) if rules else Rules()
    table = read_table(sites, ("id", "commune"), None)
    folk = read_table(demand, ("id", "commune", "people"), None)
    names, villages = _ids(table), _ids(folk)
    communes = sorted(set(table.columns["commune"]))
    place = {name: k for k, name in enumerate(communes)}
    for row, name in enumerate(table.columns["commune"]):
        if not name:
            raise table.bad(row, "commune", N_("the name or code of a commune"))
    people = folk.numbers("people", NUMBER, 0.0)
    for row, name in enumerate(folk.columns["commune"]):
        if name not in place:
            close = ", ".join(difflib.get_close_matches(name, communes, 3)) or ", ".join(
                communes[:3]
            )
            raise UnknownCommune(path=demand, row=folk.lines[row], value=name[:60],
                sites=sites.name, near=close,
            )  # fmt: skip
        if not people[row] > 0:
            value = folk.columns["people"][row]
            raise NobodyLivesThere(
                name=demand.name, row=folk.lines[row], place=villages[row], value=value
            )
    pinned = _kinds(table, "pinned")
    commune = np.array([place[name] for name in table.columns["commune"]], np.int64)
    _two_mains(table, pinned, commune, asked)
    here = _points(table, sites) if minutes is None or "lat" in table.columns else None
    way = _minutes(minutes, names, villages) if minutes else _straight(
        here, _points(folk, demand), speed
    )  # fmt: skip
    between = None if here is None else _straight(here, here, speed)
    given = Sites.of(
        commune, pinned=pinned, between=between, under=_under(table, names), **_figures(table)
    )
    home = np.array([place[name] for name in folk.columns["commune"]], np.int64)
    issued = _kinds(table, "issued") if "issued" in table.columns else None
    if issued is not None and (issued == FREE).any():
        raise table.bad(int(np.argmin(issued)), "issued", KIND_WORDS)
    return Task(
        given,
        Demand(home, np.array(people)),
        way,
        asked,
        names,
        villages,
        communes,
        issued,
        table.columns.get("destination"),
    )


class UnknownCommune(Refusal):
    code = "network.unknown-commune"
    message = N_(
        "{path}, row {row}, column commune: {value!r} has no site in {sites}; correct it (is it one"
        " of {near}?) or give the commune a site."
    )


class TwoMains(Refusal):
    code = "network.two-mains"
    message = N_(
        "{path}, row {row}, column pinned: {site} is pinned as main station of {commune}, and so is"
        " {other} in row {above}; the rules allow {most}. Free one of them, or raise"
        " mains-per-commune."
    )


class TwoRows(Refusal):
    code = "network.id-twice"
    message = N_(
        "{path}, row {row}, column id: {value!r} stands in row {above} already; each id once."
    )


def _ids(table: Table) -> list[str]:
    seen: dict[str, int] = {}
    for row, name in enumerate(table.columns["id"]):
        if not name:
            raise table.bad(row, "id", N_("a name or code"))
        if name in seen:
            raise TwoRows(path=table.path, row=table.lines[row], value=name[:60],
                above=table.lines[seen[name]],
            )  # fmt: skip
        seen[name] = row
    if not seen:
        raise BadFile(N_("{path} has no rows below its header"), path=table.path)
    return list(seen)


def _kinds(table: Table, column: str) -> Any:
    found = np.full(len(table), FREE)
    for row, word in enumerate(table.columns.get(column, [])):
        if word and word.lower() not in KINDS:
            raise table.bad(row, column, KIND_WORDS)
        if word:
            found[row] = KINDS.index(word.lower())
    return found


def _under(table: Table, names: list[str]) -> Any:
    """(n,) the row of the main station that each site is a satellite of today; None without the column."""
    if "under" not in table.columns:
        return None
    place = {name: row for row, name in enumerate(names)}
    found = np.full(len(table), -1, np.int64)
    for row, name in enumerate(table.columns["under"]):
        if name and (name not in place or place[name] == row):
            raise table.bad(row, "under", N_("an id of another row, or nothing"))
        if name:
            found[row] = place[name]
    return found


def _two_mains(table: Table, pinned: Any, commune: Any, rules: Rules) -> None:
    first: dict[int, list[int]] = {}
    for row in np.flatnonzero(pinned == 1):
        known = first.setdefault(int(commune[row]), [])
        known.append(int(row))
        if len(known) > int(np.max(rules.mains_per_commune)):
            raise TwoMains(path=table.path, row=table.lines[row],
                site=table.columns["id"][row], commune=table.columns["commune"][row],
                other=table.columns["id"][known[0]], above=table.lines[known[0]],
                most=rules.mains_per_commune,
            )  # fmt: skip


def _points(table: Table, path: Path) -> Any:
    for column in ("lat", "lon"):
        if column not in table.columns:
            raise BadFile(
                N_("{path} has no column {column}; give lat and lon, or --minutes"), path=path,
                column=column,
            )  # fmt: skip
    expected = N_("degrees, such as 21.39")
    points = np.column_stack([table.numbers("lat", expected), table.numbers("lon", expected)])
    for row, (lat, lon) in enumerate(points):
        if np.isnan(lat) or np.isnan(lon):
            raise table.bad(row, "lat" if np.isnan(lat) else "lon", expected)
        swapped = abs(lat) > 90 or (abs(lat) > abs(lon) and 100 < lat < 120)
        if swapped and abs(lon) <= 90:
            raise SwappedCoordinates(
                name=path.name, row=table.lines[row], lat=f"{lat:g}", lon=f"{lon:g}"
            )
        if abs(lat) > 90 or abs(lon) > 180:
            raise OffTheEarth(name=path.name, row=table.lines[row], lat=f"{lat:g}", lon=f"{lon:g}")
    return points


def _straight(here: Any, there: Any, speed: float) -> Ways:
    """Ways from rows of ``there`` to sites ``here`` along great circles at ``speed`` km an hour."""
    table = great_circles(there, "exact", here) * (60.0 / speed)
    return ways(np.asarray(table, np.float64))


def _minutes(path: Path, sites: list[str], villages: list[str]) -> Ways:
    table = read_table(path, ("demand", "site", "minutes"))
    minutes = table.numbers("minutes", NUMBER, 0.0)
    row = [_named(table, "demand", k, villages) for k in range(len(table))]
    site = [_named(table, "site", k, sites) for k in range(len(table))]
    for k, value in enumerate(minutes):
        if np.isnan(value):
            raise table.bad(k, "minutes", NUMBER)
    return listed(np.array(row), np.array(site), np.array(minutes), len(villages))


def _named(table: Table, column: str, row: int, names: list[str]) -> int:
    known = _places(tuple(names))
    value = table.columns[column][row]
    if value not in known:
        raise table.bad(row, column, N_("an id of the other file"))
    return known[value]


_KNOWN: dict[tuple[str, ...], dict[str, int]] = {}


def _places(names: tuple[str, ...]) -> dict[str, int]:
    if names not in _KNOWN:
        _KNOWN.clear()
        _KNOWN[names] = {name: k for k, name in enumerate(names)}
    return _KNOWN[names]


def _figures(table: Table) -> dict[str, Any]:
    n = len(table)
    found: dict[str, Any] = {}
    criteria = np.full((n, len(CRITERIA)), np.nan)
    points = N_("points from 0 to 100, or nothing where they are not known")
    for k, name in enumerate(CRITERIA):
        if name in table.columns:
            criteria[:, k] = np.array(table.numbers(name, points, 0.0)) / 100
            if np.nanmax(criteria[:, k], initial=0.0) > 1:
                raise table.bad(int(np.nanargmax(criteria[:, k])), name, points)
    found["criteria"] = criteria
    for name in MONEY:
        if name in table.columns:
            found[name] = np.nan_to_num(table.numbers(name, NUMBER, 0.0))
    if "destination_value" in table.columns:
        found["value"] = np.nan_to_num(table.numbers("destination_value", NUMBER, 0.0))
    if "capacity" in table.columns:
        found["capacity"] = np.nan_to_num(table.numbers("capacity", NUMBER, 0.0), nan=np.inf)
    if "source" in table.columns:
        source = table.numbers("source", N_("the number of a fund, from 0"), 0.0)
        found["source"] = np.nan_to_num(source, nan=-1.0).astype(np.int64)
    cadres = [name for name in table.columns if name == POSTS or name.startswith("posts_")]
    if cadres:
        columns = [np.nan_to_num(table.numbers(name, NUMBER, 0.0)) for name in cadres]
        found["staff"] = np.column_stack(columns).astype(np.int64)
    return found


def read_rules(path: Path) -> Rules:
    """Rules from YAML: the names of :class:`Rules` with dashes; floors as lists of
    ``minutes, share, each``."""
    import yaml

    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BadFile(
            N_("{path} cannot be read: {why}; check its name"), path=path, why=why
        ) from None
    known = {one.name.replace("_", "-"): one.name for one in fields(Rules)}
    if given is None:
        return Rules()
    if not isinstance(given, dict):
        raise BadFile(N_("{path} holds no rules; expected lines such as budget: 136000"), path=path)
    found: dict[str, Any] = {}
    for key, value in given.items():
        if key not in known:
            near = ", ".join(difflib.get_close_matches(str(key), known, 3)) or ", ".join(
                sorted(known)
            )
            raise BadFile(
                N_("{path}: {key} is no rule; the nearest are {near}"),
                path=path,
                key=key,
                near=near,
            )
        found[known[key]] = _value(path, str(key), known[key], value)
    return Rules(**found)


def _value(path: Path, key: str, name: str, value: Any) -> Any:
    try:
        if name == "floors":
            return tuple(
                Floor(float(one["minutes"]), float(one["share"]), bool(one.get("each", False)))
                for one in value
            )
        if name in ("free_choice", "capacity"):
            if not isinstance(value, bool):
                raise ValueError
            return value
        if name in ("weights", "need", "recruits", "budget_by_source"):
            table = np.asarray(value, np.float64)
            shape = {"weights": (5,), "need": (4, *table.shape[1:])}.get(name, table.shape)
            if not np.isfinite(table).all() or (table < 0).any() or table.shape != shape:
                raise ValueError
            return table
        number = int(value) if name == "mains_per_commune" else float(value)
        if number < (1 if name == "mains_per_commune" else 0) or np.isnan(number):
            raise ValueError
        if name == "full" and number > 1:
            raise ValueError
    except (TypeError, ValueError, KeyError, AttributeError):
        raise BadFile(
            N_("{path}: {key} is {value!r}, which is no use here; see docs/siting.md for what it takes"),
            path=path, key=key, value=str(value)[:60],
        ) from None  # fmt: skip
    return number
