"""Boxes of the grid: unknowns that are near share margins, so moves that close inside are plenty."""

import numpy as np

from tuyen.engines.disclosure.tables import Ints


def boxes(where: Ints, size: int, rng: np.random.Generator, near: Ints | None = None) -> list[Ints]:
    """The unknowns at the places ``where`` (n, axes), in random boxes of about ``size`` each.

    A box is a random choice of places along every axis, crossed. With ``near`` (axes,), only the
    box that holds that place.
    """
    n, axes = where.shape
    spans = np.array([np.unique(where[:, axis]).size for axis in range(axes)])
    cuts = np.ones(axes, np.int64)
    while n / cuts.prod() > size:
        cuts[np.argmax(spans / cuts)] += 1
    box = np.zeros(n, np.int64)
    home = 0
    for axis in range(axes):
        values, at = np.unique(where[:, axis], return_inverse=True)
        of = rng.permutation(np.arange(values.size) * cuts[axis] // values.size)
        box = box * cuts[axis] + of[at]
        if near is not None:
            home = home * cuts[axis] + of[np.searchsorted(values, near[axis])]
    if near is not None:
        return [np.flatnonzero(box == home)]
    return [np.flatnonzero(box == one) for one in np.unique(box).tolist()]
