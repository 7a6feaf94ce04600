"""On which days what is needed lay there, all of it: *drug availability* of WHO HEARTS."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def days_held(
    now: Ints, of: Ints, last: Ints, moved: tuple[Ints, Ints, Ints], groups: int, days: int
) -> Flags:
    """Whether anything of each group could be handed out at the end of each day: (groups, days).

    ``now`` (r,) is what each lot at a unit holds today, ``of`` (r,) its group (a unit and an item),
    ``last`` (r,) the last day on which it may be handed out. ``moved`` are (lot, day, change) of all
    that moved since the first day. Days are counted from it, 0; a later one than ``days`` is after it.

    >>> one = np.array([0])
    >>> days_held(np.array([5]), one, np.array([2]), (one, np.array([1]), np.array([5])), 1, 4)
    array([[False,  True,  True, False]])
    """
    lot, day, change = moved
    steps = np.zeros((len(now), days + 1), np.int64)
    np.add.at(steps, (lot, np.minimum(day, days)), change)
    later = steps[:, ::-1].cumsum(axis=1)[:, ::-1]  # what moved on the day or after it
    at_end = now[:, None] - later[:, 1:]
    good = (at_end > 0) & (np.arange(days)[None, :] <= last[:, None])
    found = np.zeros((groups, days), np.int64)
    np.add.at(found, of, good.astype(np.int64))
    return found > 0
