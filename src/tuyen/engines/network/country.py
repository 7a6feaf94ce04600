"""What a country is made of, as rasters, and how slow it is for whom: the one model of friction.

A country has its height, its land cover, its roads by class and its rivers. ``surface`` makes of it the
travel surface for one means of going in one season. Whoever goes by motorbike, car or boat walks where the
means does not go: to the road, beyond its end, over the pass. A river is waded where the season lets it be,
else passed on bridges only; rivers are burnt without diagonal gaps, so nobody slips through.

Roads stand in the raster with the speeds that :mod:`tuyen.engines.network.roads` takes, so a village far
from every road and one beside it are measured by one rule.
"""

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO, NamedTuple
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.projection import Frame
from tuyen.engines.network.travel import Surface
from tuyen.kernel.refusal import N_, Refusal

COVERS = ("open", "farmland", "shrub", "forest", "built", "wetland", "bare", "water")
ROADS = ("national", "provincial", "district", "commune", "track", "path", "ferry")
BRIDGED = ROADS.index("commune")
"""Roads of this class and better have bridges where they meet a river."""
LARGEST = 40_000_000
"""Cells of a surface at most."""
_FORMAT = 1


class NotASurface(Refusal):
    code = "network.not-a-surface"
    message = N_("{name} is no travel surface: {why}; make one with `tuyen travel build`.")


class SurfaceTooLarge(Refusal):
    code = "network.surface-too-large"
    message = N_(
        "A surface of {rows} by {columns} cells is larger than {most} cells; take larger cells (--cell)."
    )


class Speeds(NamedTuple):
    """Kilometres an hour for one means in one season; 0: not that way.

    ``cover`` on foot by land cover, ``road`` of the vehicle by class (0: on foot), ``on_road`` on foot on
    any road, ``ford`` through a river on foot, ``boat`` on a river and on water of the land cover.
    """

    cover: tuple[float, ...]
    road: tuple[float, ...]
    on_road: float
    ford: float
    boat: float


@dataclass(frozen=True)
class Country:
    """Rasters of one frame. ``road`` is 0 for none, else 1 + its place in ``ROADS``."""

    frame: Frame
    elevation: NDArray[np.float32]
    cover: NDArray[np.uint8]
    road: NDArray[np.uint8]
    river: NDArray[np.bool_]


def blank(frame: Frame) -> Country:
    """A plain without anything on it."""
    if frame.rows * frame.columns > LARGEST:
        raise SurfaceTooLarge(rows=frame.rows, columns=frame.columns, most=LARGEST)
    shape = frame.shape
    return Country(frame, np.zeros(shape, np.float32), np.zeros(shape, np.uint8),
                   np.zeros(shape, np.uint8), np.zeros(shape, bool))  # fmt: skip


def surface(country: Country, speeds: Speeds) -> Surface:
    """The country for one means in one season."""
    with np.errstate(divide="ignore"):
        walk = 0.06 / np.asarray(speeds.cover, np.float32)
        ride = 0.06 / np.asarray((0.0, *speeds.road), np.float32)
    pace = walk[country.cover]
    on_foot = np.ones(pace.shape, bool)
    wet = country.river
    pace[wet] = 0.06 / speeds.ford if speeds.ford > 0 else np.inf
    there = country.road > 0
    pace[there] = np.minimum(np.where(wet[there], np.inf, pace[there]), 0.06 / speeds.on_road)
    pace[country.road == 1 + ROADS.index("ferry")] = np.inf  # nobody walks on a ferry's way
    going = ride[country.road]
    if speeds.boat > 0:  # a wide river lies in the land cover on both sides of its line
        afloat = wet | (country.cover == COVERS.index("water"))
        going = np.where(afloat, np.minimum(going, np.float32(0.06 / speeds.boat)), going)
    faster = going < pace
    pace[faster], on_foot[faster] = going[faster], False
    return Surface(pace.astype(np.float32), country.frame.cell, country.elevation, on_foot)


def burn(
    country: Country,
    roads: Iterable[tuple[int, NDArray[np.float64], bool]] = (),
    rivers: Iterable[NDArray[np.float64]] = (),
) -> Country:
    """The country with lines laid on it, (n, 2) longitude and latitude each.

    ``roads``: class, line, whether it is a bridge. The better class has the cell. A track or a path ends
    at a river and goes on beyond it, unless it has a bridge.
    """
    frame = country.frame
    river = country.river.copy()
    for line in rivers:
        at = cells_of(frame, line, gapless=True)
        river[at[:, 0], at[:, 1]] = True
    road = country.road.copy()
    for kind, line, bridge in sorted(roads, key=lambda one: (-one[0], not one[2])):
        at = cells_of(frame, line)
        if kind > BRIDGED and not bridge and ROADS[kind] != "ferry":
            at = at[~river[at[:, 0], at[:, 1]]]
        road[at[:, 0], at[:, 1]] = 1 + kind
    return Country(frame, country.elevation, country.cover, road, river)


def cells_of(
    frame: Frame, line: NDArray[np.float64], *, gapless: bool = False
) -> NDArray[np.int64]:
    """(k, 2) cells of a line in its order, those inside of the frame; ``gapless``: no step goes across a
    corner."""
    at = frame.metres(line) / frame.cell
    if len(at) > 1:
        leap = np.diff(at, axis=0)
        steps = np.maximum(1, np.ceil(2.5 * np.abs(leap).max(axis=1))).astype(np.int64)
        of = np.repeat(np.arange(len(leap)), steps)
        part = (np.arange(len(of)) - np.repeat(np.cumsum(steps) - steps, steps)) / steps[of]
        points = np.concatenate([at[:-1][of] + part[:, None] * leap[of], at[-1:]])
    else:
        points = at
    cells = np.floor(points).astype(np.int64)[:, ::-1]
    cells = cells[np.r_[True, (np.diff(cells, axis=0) != 0).any(axis=1)]]
    if gapless and len(cells) > 1:
        across = (np.diff(cells, axis=0) != 0).all(axis=1)
        corners = np.column_stack([cells[1:, 0], cells[:-1, 1]])[across]
        cells = np.concatenate([cells, corners])
    inside = ((cells >= 0) & (cells < np.asarray(frame.shape))).all(axis=1)
    return cells[inside]


def written(country: Country) -> bytes:
    """The country as a file; the same bytes for the same country."""
    frame = country.frame
    head = json.dumps({"format": _FORMAT, **asdict(frame)}, sort_keys=True).encode()
    file = io.BytesIO()
    np.savez_compressed(
        file, head=np.frombuffer(head, np.uint8),
        elevation=np.round(np.clip(country.elevation, -500, 9000)).astype(np.int16),
        cover=country.cover, road=country.road, river=np.packbits(country.river, axis=None),
    )  # fmt: skip
    return file.getvalue()


def read(file: BinaryIO, name: str) -> Country:
    """A country from its file. Raises :class:`NotASurface`."""
    try:
        with np.load(file, allow_pickle=False) as held:
            head: dict[str, Any] = json.loads(held["head"].tobytes())
            if head.pop("format") != _FORMAT:
                raise NotASurface(name=name, why=f"format {head}")
            frame = Frame(**head)
            if not (0 < frame.rows * frame.columns <= LARGEST and frame.cell > 0):
                raise NotASurface(name=name, why=f"{frame.rows} x {frame.columns}")
            river = np.unpackbits(held["river"], count=frame.rows * frame.columns).astype(bool)
            made = Country(frame, held["elevation"].astype(np.float32), held["cover"], held["road"],
                           river.reshape(frame.shape))  # fmt: skip
    except (ValueError, KeyError, TypeError, BadZipFile, EOFError, OSError) as error:
        raise NotASurface(name=name, why=str(error)[:120]) from None
    _check(made, name)
    return made


def _check(made: Country, name: str) -> None:
    layers: Sequence[tuple[str, NDArray[Any], int]] = (
        ("elevation", made.elevation, 0), ("cover", made.cover, len(COVERS)),
        ("road", made.road, len(ROADS) + 1),
    )  # fmt: skip
    for layer, raster, most in layers:
        if raster.shape != made.frame.shape:
            raise NotASurface(name=name, why=f"{layer} {raster.shape}, {made.frame.shape}")
        if most and int(raster.max(initial=0)) >= most:
            raise NotASurface(name=name, why=f"{layer} {int(raster.max())} > {most - 1}")
