"""Ways that are kept: minutes over the surface that is loaded, from every place to every site.

A surface is a file named by its hash in the folder of surfaces. The minutes of its ways stand in a file beside
it, one for each means, season and rule of speeds; only what lacks is computed: one spread for each new site,
and one, with the land turned over, for each new place (the way from it, in place of the way to it). They are
cut at ``FARTHEST`` minutes. A page computes what it can within ``WORK``; above that `tuyen travel ways` does,
and the page says that ways are straight until then.
"""

import os
import threading
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from tuyen.apps.network import loading
from tuyen.apps.network.models import TravelSurface
from tuyen.engines.network.country import COVERS, ROADS, Country, NotASurface, Speeds, read, surface
from tuyen.engines.network.placing import Placed
from tuyen.engines.network.travel import Surface
from tuyen.rules import network as rules

Numbers = NDArray[np.float64]
Point = tuple[float, float]
FARTHEST = 180.0
"""Minutes beyond which a way is only known to be longer."""
METHOD = 2
"""One more whenever the same surface gives other minutes than before: what was kept is then not read."""
WORK = 45_000_000
"""Cells times spreads that a page may wait for (some seconds)."""


class Way(NamedTuple):
    """By what ways are measured. ``kind``: surface, straight; ``why`` a surface is not taken: none (there
    is none), file (its file is not here), waits (its ways are not computed yet)."""

    kind: str
    why: str = ""
    id: UUID | None = None
    title: str = ""
    loaded_on: date | None = None
    made_up: bool = False
    mode: str = ""
    season: str = ""


class Loaded(NamedTuple):
    """A surface on record. ``here``: its file is in the folder."""

    id: UUID
    title: str
    loaded_on: date
    sha256: str
    made_up: bool
    cells: int

    @property
    def path(self) -> Path:
        return folder() / f"{self.sha256}.npz"

    @property
    def here(self) -> bool:
        return self.path.is_file()


def folder() -> Path:
    return Path(settings.SURFACES)


def in_use(on: date) -> Loaded | None:
    """The surface that counts on a day: of those that stand the one loaded last. One query."""
    found = TravelSurface.objects.filter(state="standing", loaded_on__lte=on)
    fields = ("id", "title", "loaded_on", "sha256", "made_up", "rows", "columns")
    row = found.order_by("-loaded_on", "-changed_at", "-id").values_list(*fields).first()
    if row is None:
        return None
    id, title, day, sha, made_up, rows, columns = row
    return Loaded(id, title, day, sha, made_up, rows * columns)


def put(content: bytes) -> str:
    """Keep a surface's file under its hash; returns the hash."""
    name = sha256(content).hexdigest()
    _write(folder() / f"{name}.npz", content)
    return name


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def speeds(mode: str, season: str, on: date) -> Speeds:
    """The rule's speeds of a day in the order of the engine."""
    rule = rules.speeds(mode, season, on)
    return Speeds(
        tuple(float(rule.cover[name]) for name in COVERS),
        tuple(float(rule.road.get(name, 0)) for name in ROADS), rule.on_road, rule.ford, rule.boat,
    )  # fmt: skip


@lru_cache(maxsize=1)
def country(path: Path, stamp: int) -> Country:
    """The country of a file; ``stamp`` is when the file was written. Raises ``NotASurface``."""
    with path.open("rb") as file:
        return read(file, path.name)


@lru_cache(maxsize=3)
def placed(path: Path, stamp: int, how: Speeds) -> Placed:
    """The surface of a file for one means and season, ready to be asked."""
    held = country(path, stamp)
    return Placed(held.frame, surface(held, how))


@lru_cache(maxsize=1)
def _turned(path: Path, stamp: int, how: Speeds) -> Placed:
    """The same with the land turned over: a spread on it gives ways *from* a cell."""
    held = country(path, stamp)
    made = surface(held, how)
    assert made.elevation is not None
    return Placed(held.frame, Surface(made.pace, made.cell, -made.elevation, made.on_foot))


def opened(loaded: Loaded, how: Speeds) -> Placed | None:
    """The surface, or None where its file is not here or cannot be read. Raises ``EngineBeingPrepared``
    in a server whose engine is not ready."""
    loading.need(loading.WAYS)
    try:
        return placed(loaded.path, loaded.path.stat().st_mtime_ns, how)
    except (OSError, NotASurface):
        return None


class _Table(NamedTuple):
    """Minutes (places, sites) that are known, by their points."""

    places: dict[Point, int]
    sites: dict[Point, int]
    minutes: NDArray[np.float32]


_tables: dict[tuple[str, Speeds], _Table] = {}
_lock = threading.Lock()
_MOST_TABLES = 6


def between(
    loaded: Loaded, how: Speeds, places: Sequence[Point], sites: Sequence[Point], work: float = WORK
) -> Numbers | None:
    """(p, n) minutes from places to sites (longitude, latitude); infinite beyond ``FARTHEST``, NaN for a
    place that does not lie on the surface. None where more than ``work`` lacks, or the file is not here."""
    with _lock:
        table = _tables.get((loaded.sha256, how)) or _stored(loaded, how)
        missing = [list(dict.fromkeys(p for p in points if p not in known))
                   for points, known in ((places, table.places), (sites, table.sites))]  # fmt: skip
        if any(missing):
            if _spreads(table, *missing) * loaded.cells > work:
                return None
            ground = opened(loaded, how)
            if ground is None:
                return None
            table = _extended(loaded, how, ground, table, *missing)
            _store(loaded, how, table)
        while len(_tables) >= _MOST_TABLES and (loaded.sha256, how) not in _tables:
            del _tables[next(iter(_tables))]
        _tables[loaded.sha256, how] = table
    rows, columns = [table.places[p] for p in places], [table.sites[p] for p in sites]
    return table.minutes[np.ix_(rows, columns)].astype(np.float64)


def _spreads(table: _Table, places: list[Point], sites: list[Point]) -> int:
    """How many spreads it takes: from each new site, and from the new places or all sites anew."""
    return len(sites) + min(len(places), len(table.sites))


def _extended(
    loaded: Loaded, how: Speeds, ground: Placed, table: _Table, places: list[Point], sites: list[Point]
) -> _Table:  # fmt: skip
    """The table with what lacks. Few new places among many sites are asked from, else all sites anew."""
    every = [*table.places, *places]
    if places and len(places) >= len(table.sites):
        minutes = _asked(ground, every, [*table.sites, *sites])
    else:
        minutes = table.minutes
        if places:
            turned = _turned(loaded.path, loaded.path.stat().st_mtime_ns, how)
            minutes = np.concatenate([minutes, _from(turned, places, list(table.sites))])
        if sites:
            minutes = np.concatenate([minutes, _asked(ground, every, sites)], axis=1)
    return _Table(
        {p: n for n, p in enumerate(every)},
        {p: n for n, p in enumerate([*table.sites, *sites])}, minutes.astype(np.float32),
    )  # fmt: skip


def _asked(ground: Placed, places: list[Point], sites: list[Point]) -> NDArray[np.float32]:
    at, to = (ground.cells(np.array(points, float).reshape(-1, 2)) for points in (places, sites))
    found = ground.pairs(at, to, FARTHEST)
    found[[cell is None for cell in at.cell]] = np.nan
    found[:, [cell is None for cell in to.cell]] = np.nan
    return found.astype(np.float32)


def _from(turned: Placed, places: list[Point], sites: list[Point]) -> NDArray[np.float32]:
    """The same by spreads from the places, on the land turned over."""
    at, to = (turned.cells(np.array(points, float).reshape(-1, 2)) for points in (places, sites))
    found = turned.pairs(to, at).T + (turned.walked(at)[:, None] - turned.walked(to)[None, :])
    found[found > FARTHEST] = np.inf
    found[[cell is None for cell in at.cell]] = np.nan
    found[:, [cell is None for cell in to.cell]] = np.nan
    return found.astype(np.float32)


def _file(loaded: Loaded, how: Speeds) -> Path:
    key = sha256(f"{METHOD}{loaded.sha256}{how!r}{FARTHEST}".encode()).hexdigest()[:32]
    return folder() / f"ways-{key}.npz"


def _stored(loaded: Loaded, how: Speeds) -> _Table:
    """What the file beside the surface holds; nothing where there is none, or one that is broken."""
    try:
        with np.load(_file(loaded, how), allow_pickle=False) as held:
            points = [[(float(a), float(b)) for a, b in held[name]] for name in ("places", "sites")]
            known = [{p: n for n, p in enumerate(own)} for own in points]
            table = _Table(known[0], known[1], held["minutes"])
        if table.minutes.shape == (len(points[0]), len(points[1])):
            return table
    except (OSError, ValueError, KeyError):
        pass
    return _Table({}, {}, np.zeros((0, 0), np.float32))


def _store(loaded: Loaded, how: Speeds, table: _Table) -> None:
    import io

    file = io.BytesIO()
    arrays: dict[str, Any] = {
        name: np.array(list(points), float).reshape(-1, 2)
        for name, points in (("places", table.places), ("sites", table.sites))
    }
    np.savez(file, minutes=table.minutes, **arrays)
    try:
        _write(_file(loaded, how), file.getvalue())
    except OSError:
        return  # a folder that cannot be written: kept in memory only
