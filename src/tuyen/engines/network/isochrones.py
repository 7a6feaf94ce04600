"""Bands of travel time as outlines: the edges of raster regions walked round into rings."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.projection import Frame

Corner = tuple[int, int]


def rings(inside: NDArray[np.bool_]) -> list[list[Corner]]:
    """The outlines of a region as rings of corners (column, row), outer ones and holes alike, for the
    even-odd rule. Only corners at which the line turns are kept; cells that touch at a corner are apart.

    >>> rings(np.array([[True, True]]))
    [[(0, 0), (2, 0), (2, 1), (0, 1)]]
    """
    held = np.pad(inside, 1)
    ahead: dict[Corner, list[Corner]] = {}
    # The region lies to the right of each edge as it is walked.
    for (dr, dc), (fr, fc), (tr, tc) in (
        ((-1, 0), (0, 0), (0, 1)), ((0, 1), (0, 1), (1, 1)), ((1, 0), (1, 1), (1, 0)), ((0, -1), (1, 0), (0, 0)),
    ):  # fmt: skip
        edge = (
            held[1:-1, 1:-1]
            & ~held[1 + dr : held.shape[0] - 1 + dr, 1 + dc : held.shape[1] - 1 + dc]
        )
        for r, c in np.argwhere(edge).tolist():
            ahead.setdefault((c + fc, r + fr), []).append((c + tc, r + tr))
    found = []
    while ahead:
        start = min(ahead)
        ring, here, came = [start], start, (0, 0)
        while True:
            there = _turning(ahead[here], here, came)
            ahead[here].remove(there)
            if not ahead[here]:
                del ahead[here]
            came = (there[0] - here[0], there[1] - here[1])
            here = there
            if here == start:
                break
            ring.append(here)
        found.append(_corners(ring))
    return found


def _turning(ways: list[Corner], here: Corner, came: Corner) -> Corner:
    """Where four cells meet two edges leave: the one that turns right stays with its own cell."""
    if len(ways) == 1 or came == (0, 0):
        return ways[0]
    right = (-came[1], came[0])
    return next((w for w in ways if (w[0] - here[0], w[1] - here[1]) == right), ways[0])


def _corners(ring: list[Corner]) -> list[Corner]:
    kept = []
    for n, (x, y) in enumerate(ring):
        (a, b), (c, d) = ring[n - 1], ring[(n + 1) % len(ring)]
        if not (a == x == c or b == y == d):
            kept.append((x, y))
    return kept


def within(
    frame: Frame, outlines: Iterable[Sequence[Sequence[tuple[float, float]]]]
) -> NDArray[np.bool_]:
    """The cells of a frame that lie in one of many outlines (rings of longitude and latitude; holes by
    the even-odd rule), to the cell."""
    from PIL import Image, ImageChops, ImageDraw

    size = (frame.columns, frame.rows)
    whole = Image.new("1", size)
    for outline in outlines:
        one = Image.new("1", size)
        for ring in outline:
            at = frame.metres(np.array([corner[:2] for corner in ring], float)) / frame.cell - 0.5
            if len(at) < 3:
                continue
            part = Image.new("1", size)
            ImageDraw.Draw(part).polygon([(x, y) for x, y in at.tolist()], fill=1, outline=1)
            one = ImageChops.logical_xor(one, part)
        whole = ImageChops.logical_or(whole, one)
    return np.asarray(whole, dtype=bool)
