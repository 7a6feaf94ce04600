"""A raster from a GeoTIFF: heights or land cover, laid on the grid of a surface.

Pillow reads the picture (8 or 16 bits, 32-bit whole numbers or floats; strips or tiles; plain, LZW or
deflate), the tags say where it lies: 33550 pixel scale, 33922 tie point, 34735 GeoKeys (EPSG number),
42113 "no data" (OGC 19-008r4). A rotated raster, several bands and an unknown EPSG number are refused.
"""

from typing import Any, BinaryIO, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.projection import Frame, check, from_degrees, to_degrees
from tuyen.kernel.refusal import N_, Refusal

MOST = 120_000_000
"""Pixels of one file at most."""
_MODES = ("L", "P", "I;16", "I;16B", "I", "F", "1")
"""P: classes with a table of colours beside them, as land cover often comes."""
_BEGINS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_SCALE, _TIE, _MATRIX, _KEYS, _NO_DATA = 33550, 33922, 34264, 34735, 42113
_BITS, _SAMPLE_FORMAT = 258, 339
_MODEL, _RASTER, _DEGREES, _FLAT = 1024, 1025, 2048, 3072


class NotAGeoTiff(Refusal):
    code = "network.not-a-geotiff"
    message = N_("{name} cannot be read as a GeoTIFF: {why}.")


class RasterElsewhere(Refusal):
    code = "network.raster-elsewhere"
    message = N_(
        "{name} covers {west}–{east} east and {south}–{north} north, and has no value in the area asked"
        " for; look whether it is of this province, and whether longitude and latitude are swapped."
    )


class Raster(NamedTuple):
    """``values`` (rows, columns) float32, NaN where nothing is known; ``west``, ``north``: the outer
    corner of the first pixel, ``across``, ``down``: the sides of a pixel, in EPSG ``crs``."""

    values: NDArray[np.float32]
    west: float
    north: float
    across: float
    down: float
    crs: int
    name: str

    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees."""
        rows, columns = self.values.shape
        corners = [(self.west + i * columns * self.across, self.north - j * rows * self.down)
                   for i in (0, 1) for j in (0, 1)]  # fmt: skip
        at = to_degrees(np.array(corners), self.crs)
        (west, south), (east, north) = at.min(axis=0).tolist(), at.max(axis=0).tolist()
        return west, south, east, north


def read_raster(file: BinaryIO, name: str) -> Raster:
    """Raises :class:`NotAGeoTiff`, :class:`~tuyen.engines.network.projection.UnknownProjection`."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(file, formats=("TIFF",)) as picture:
            if picture.width * picture.height > MOST:
                raise NotAGeoTiff(name=name, why=f"{picture.width} x {picture.height} > {MOST}")
            if picture.mode not in _MODES or getattr(picture, "n_frames", 1) < 1:
                raise NotAGeoTiff(name=name, why=f"{picture.mode}: one band of numbers is expected")
            tags: dict[int, Any] = dict(getattr(picture, "tag_v2", {}))
            values = _signed(np.asarray(picture), tags).astype(np.float32)
    except UnidentifiedImageError:
        raise NotAGeoTiff(name=name, why=_unread(file)) from None
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
    ) as error:
        raise NotAGeoTiff(name=name, why=str(error)[:120]) from None
    return _placed(values, tags, name)


def _signed(held: NDArray[Any], tags: dict[int, Any]) -> NDArray[Any]:
    """Whole numbers of 8 and 32 bits with the sign that the file gives them; Pillow has one for each."""
    form, bits = (int(np.ravel(tags.get(tag, 1))[0]) for tag in (_SAMPLE_FORMAT, _BITS))
    if held.dtype == np.uint8 and form == 2:
        return held.view(np.int8)
    if held.dtype == np.int32 and (form, bits) == (1, 32):
        return held.view(np.uint32)
    return held


def _unread(file: BinaryIO) -> str:
    file.seek(0)
    if file.read(4) in _BEGINS:
        return (
            "its numbers are of a kind that is not read; one band of 8, 16 or 32 bits is expected"
        )
    return "it does not begin as a TIFF does"


def _placed(values: NDArray[np.float32], tags: dict[int, Any], name: str) -> Raster:
    scale, tie = tags.get(_SCALE), tags.get(_TIE)
    if _MATRIX in tags and not scale:
        scale, tie = _upright(tags[_MATRIX], name)
    if scale and scale[1] < 0:
        raise NotAGeoTiff(name=name, why="its first row lies in the south; save it north up")
    if not scale or not tie or len(tie) < 6 or min(scale[:2]) <= 0:
        raise NotAGeoTiff(
            name=name, why="tags 33550 and 33922 are missing: it does not say where it lies"
        )
    keys = _keys(tags.get(_KEYS) or ())
    code = keys.get(_FLAT) if keys.get(_MODEL) == 1 else keys.get(_DEGREES)
    crs = check(code, name)
    half = 0.5 if keys.get(_RASTER) == 2 else 0.0
    west = tie[3] - (tie[0] + half) * scale[0]
    north = tie[4] + (tie[1] + half) * scale[1]
    none = str(tags.get(_NO_DATA, "")).strip("\0 ")
    if none:
        try:
            values[values == np.float32(float(none))] = np.nan
        except ValueError:
            raise NotAGeoTiff(name=name, why=f"tag 42113 is {none!r}") from None
    return Raster(values, float(west), float(north), float(scale[0]), float(scale[1]), crs, name)


def _upright(matrix: Any, name: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The scale and the tie point that a matrix says, where it only stretches and moves."""
    told = [float(value) for value in matrix]
    turned = len(told) != 16 or any(told[at] for at in (1, 4, 12, 13))
    if turned or not (told[0] > 0 > told[5]):
        raise NotAGeoTiff(name=name, why="it is rotated (tag 34264); save it north up")
    return (told[0], -told[5], 0.0), (0.0, 0.0, 0.0, told[3], told[7], 0.0)


def _keys(held: Any) -> dict[int, int]:
    """Short GeoKeys: number -> value. Those kept in other tags are not needed here."""
    words = list(held)
    rows = [words[n : n + 4] for n in range(4, len(words) - 3, 4)]
    return {key: value for key, where, count, value in rows if where == 0 and count == 1}


def laid(raster: Raster, frame: Frame, *, smooth: bool) -> NDArray[np.float32]:
    """The raster on a grid: the value at the middle of each cell, between four pixels with ``smooth``
    (heights), else of the pixel there (classes); NaN outside. Raises :class:`RasterElsewhere`."""
    at = from_degrees(frame.centres(), raster.crs)
    column = (at[:, 0] - raster.west) / raster.across - 0.5
    row = (raster.north - at[:, 1]) / raster.down - 0.5
    rows, columns = raster.values.shape
    inside = (row >= -0.5) & (row < rows - 0.5) & (column >= -0.5) & (column < columns - 0.5)
    found = np.full(len(at), np.nan, np.float32)
    if smooth:
        found[inside] = _between(raster.values, row[inside], column[inside])
    else:
        r, c = np.rint(row[inside]).astype(int), np.rint(column[inside]).astype(int)
        found[inside] = raster.values[r.clip(0, rows - 1), c.clip(0, columns - 1)]
    if not np.isfinite(found).any():
        west, south, east, north = (round(side, 3) for side in raster.bounds())
        raise RasterElsewhere(name=raster.name, west=west, east=east, south=south, north=north)
    return found.reshape(frame.shape)


def _between(
    values: NDArray[np.float32], row: NDArray[np.float64], column: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bilinear; a pixel without a value does not count, unless all four have none."""
    rows, columns = values.shape
    top, left = np.floor(row).astype(int), np.floor(column).astype(int)
    total, weight = np.zeros(len(row)), np.zeros(len(row))
    for dr in (0, 1):
        for dc in (0, 1):
            share = np.abs(1 - dr - (row - top)) * np.abs(1 - dc - (column - left))
            held = values[(top + dr).clip(0, rows - 1), (left + dc).clip(0, columns - 1)]
            known = np.isfinite(held)
            total += np.where(known, held, 0) * share * known
            weight += share * known
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = np.where(weight > 1e-9, total / weight, np.nan)
    return found
