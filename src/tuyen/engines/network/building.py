"""A country from what files hold: heights, land cover, roads and rivers, put on one grid."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from tuyen.engines.network.country import COVERS, Country, blank, burn
from tuyen.engines.network.geotiff import Raster, laid
from tuyen.engines.network.openstreetmap import Lines
from tuyen.engines.network.projection import Frame
from tuyen.kernel.refusal import N_, Refusal

WORLDCOVER: Mapping[int, str] = {
    10: "forest", 20: "shrub", 30: "open", 40: "farmland", 50: "built", 60: "bare", 70: "bare",
    80: "water", 90: "wetland", 95: "wetland", 100: "open",
}  # fmt: skip
"""ESA WorldCover 10 m (2021), v200, product user manual: codes of land cover."""
OWN: Mapping[int, str] = dict(enumerate(COVERS))


class UnknownCover(Refusal):
    code = "network.unknown-cover"
    message = N_(
        "{name}, row {row}, column {column}: {value} is no class of land cover; expected one of {known}."
    )


def built(
    frame: Frame, lines: Lines, elevation: Raster | None = None, cover: Raster | None = None,
    classes: Mapping[int, str] = WORLDCOVER,
) -> Country:  # fmt: skip
    """The country of a frame. Without heights it is a plain, without cover it is open land; a cell of
    which nothing is known takes what its nearest neighbour has. Raises :class:`UnknownCover`."""
    land = blank(frame)
    if elevation is not None:
        land = replace(land, elevation=_filled(laid(elevation, frame, smooth=True)))
    if cover is not None:
        land = replace(land, cover=_classed(cover, frame, classes))
    return burn(land, [road[:3] for road in lines.roads], lines.rivers)


def _filled(raster: NDArray[np.float32]) -> NDArray[np.float32]:
    lacking = ~np.isfinite(raster)
    if not lacking.any():
        return raster
    at = distance_transform_edt(lacking, return_distances=False, return_indices=True)
    found: NDArray[np.float32] = raster[tuple(at)]
    return found


def _classed(raster: Raster, frame: Frame, classes: Mapping[int, str]) -> NDArray[np.uint8]:
    held = _filled(laid(raster, frame, smooth=False)).astype(np.int64)
    table = np.full(256, 255, np.uint8)
    for code, name in classes.items():
        table[code] = COVERS.index(name)
    known = (held >= 0) & (held < 256)
    found = np.where(known, table[held.clip(0, 255)], 255).astype(np.uint8)
    if (found == 255).any():
        row, column = (int(n) for n in np.argwhere(found == 255)[0])
        raise UnknownCover(name=raster.name, row=row + 1, column=column + 1,
                           value=int(held[row, column]),
                           known=", ".join(f"{code} {name}" for code, name in classes.items()))  # fmt: skip
    return found
