"""Places given in degrees, asked for their ways over a surface.

A village or a station lies where a file says; its cell may be a river or a cliff. It is moved to the
nearest cell that is passed, up to ``REACH`` metres, and the way there is walked (at ``AFOOT``).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.projection import Frame
from tuyen.engines.network.travel import Field, Ground, Reach, Surface, between, snapped

Numbers = NDArray[np.float64]
REACH = 2_000.0
AFOOT = 3.0
"""Km/h to the cell that is passed."""


class Cells(NamedTuple):
    """``cell``: row and column of each place, None where nobody passes within reach; ``away`` (m) from the
    place to it, 0 within it."""

    cell: Sequence[tuple[int, int] | None]
    away: Numbers


class Placed:
    """A surface on the earth, ready to be asked."""

    def __init__(self, frame: Frame, surface: Surface) -> None:
        self.frame = frame
        passed = surface.pace[np.isfinite(surface.pace)]
        quick = float(np.quantile(passed, 0.05)) if passed.size else 1.0
        # Roads are few and ten times quicker than the land: narrow buckets suit them.
        self.ground = Ground(surface, bucket=max(quick * surface.cell, 1e-6))

    def cells(self, points: Numbers) -> Cells:
        """Where (n, 2) longitudes and latitudes lie."""
        frame = self.frame
        at = frame.cells(points)
        radius = max(1, round(REACH / frame.cell))
        passed = np.isfinite(self.ground.inner(self.ground.pace))
        row, column = at[:, 0], at[:, 1]
        inside = (row >= 0) & (row < frame.rows) & (column >= 0) & (column < frame.columns)
        good = inside.copy()
        good[inside] = passed[at[inside, 0], at[inside, 1]]
        cell: list[tuple[int, int] | None] = [(r, c) for r, c in at.tolist()]
        away = np.zeros(len(at))
        bad = np.flatnonzero(~good).tolist()
        for n, moved in zip(bad, snapped(self.ground, [(int(at[n, 0]), int(at[n, 1])) for n in bad],
                                         radius), strict=True):  # fmt: skip
            cell[n] = moved
            away[n] = np.nan
            if moved is not None:
                middle = (np.array(moved[::-1]) + 0.5) * frame.cell
                away[n] = float(np.hypot(*(frame.metres(points[n : n + 1])[0] - middle)))
        return Cells(cell, away)

    def field(self, sites: Cells, limit: float = np.inf) -> Field:
        """The field of the sites that lie on the surface, numbered as they are in ``sites``."""
        known = [n for n, cell in enumerate(sites.cell) if cell is not None]
        if not known:
            shape = self.frame.shape
            return Field(np.full(shape, np.inf, np.float32), np.full(shape, -1, np.int32))
        found = Reach(self.ground, [cell for cell in sites.cell if cell is not None], limit).field
        numbers = np.array([*known, -1], np.int32)
        return Field(found.minutes, numbers[np.minimum(found.site, len(known))])

    def nearest(self, places: Cells, sites: Cells) -> tuple[Numbers, NDArray[np.int64]]:
        """Of each place the minutes to its nearest site, infinite where there is none, and its number
        or -1."""
        field = self.field(sites)
        minutes, site = np.full(len(places.cell), np.inf), np.full(len(places.cell), -1)
        for n, cell in enumerate(places.cell):
            if cell is not None and np.isfinite(field.minutes[cell]):
                minutes[n], site[n] = float(field.minutes[cell]), int(field.site[cell])
        return minutes + self.walked(places), site

    def walked(self, places: Cells) -> Numbers:
        """Minutes from each place to its cell."""
        return np.nan_to_num(places.away) * 0.06 / AFOOT

    def pairs(self, places: Cells, sites: Cells, limit: float = np.inf) -> Numbers:
        """(p, n) minutes from every place to every site, infinite beyond the limit and where no way is."""
        found = np.full((len(places.cell), len(sites.cell)), np.inf)
        here = [n for n, cell in enumerate(places.cell) if cell is not None]
        there = [n for n, cell in enumerate(sites.cell) if cell is not None]
        if here and there:
            found[np.ix_(here, there)] = between(
                self.ground, [cell for cell in places.cell if cell is not None],
                [cell for cell in sites.cell if cell is not None], limit,
            )  # fmt: skip
        total = found + self.walked(places)[:, None]
        return np.where(total <= limit, total, np.inf)
