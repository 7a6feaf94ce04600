"""Whether people have it worse under a plan than today, and by which of its changes."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.network.weighing import Compared, Problem
from tuyen.engines.network.decision_problem import MAIN, REPURPOSED, SATELLITE

FEWER_VISITS, LONGER = 0.0005, 0.05
"""Share of expected visits, and minutes per person, from which on a loss is told: less is shown as none."""


class Worse(NamedTuple):
    """What people lose: ``beyond`` more of them beyond 60 minutes, ``minutes`` more per person, ``visits``
    the share of expected ones that are made no more (each 0 or above).

    ``shut``: sites of today that become mobile stops or close; ``far``: those of them that the plan's main
    stations are too far from (``most`` minutes) to have them as points; ``moved``: main stations of today
    that are none then.
    """

    beyond: int
    minutes: float
    visits: float
    shut: Sequence[UUID]
    far: Sequence[UUID]
    most: float
    moved: int


def worse(asked: Problem, kinds: NDArray[np.int64], found: Compared) -> Worse | None:
    """What people lose under a plan; None where they lose nothing."""
    beyond = max(round(found.after.beyond_60 - found.before.beyond_60), 0)
    visits = max(found.before.visits - found.after.visits, 0.0)
    longer = found.after.mean - found.before.mean
    minutes = max(longer, 0.0) if np.isfinite(longer) else 0.0
    if not beyond and visits < FEWER_VISITS and minutes < LONGER:
        return None
    serves = (asked.was == MAIN) | (asked.was == SATELLITE)
    shut = np.flatnonzero(serves & (kinds != MAIN) & (kinds != SATELLITE))
    far = [n for n in shut.tolist() if _too_far(asked, kinds, n)]
    return Worse(
        beyond, minutes, visits,
        [asked.units[n] for n in shut.tolist()], [asked.units[n] for n in far],
        asked.rules.satellite_within, int(((asked.was == MAIN) & (kinds != MAIN)).sum()),
    )  # fmt: skip


def _too_far(asked: Problem, kinds: NDArray[np.int64], site: int) -> bool:
    """Whether no main station of its commune could have a site as its point. One that closes is not
    said to be too far: nobody had to close it for that."""
    if kinds[site] == REPURPOSED:
        return False
    heads = np.flatnonzero((asked.after.commune == asked.after.commune[site]) & (kinds == MAIN))
    if asked.after.under is not None and asked.after.under[site] in heads:
        return False
    ways = asked.after.between[site, heads]
    return bool(heads.size) and not bool((ways <= asked.rules.satellite_within).any())
