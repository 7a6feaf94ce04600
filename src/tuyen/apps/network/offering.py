"""Which services people reach: the functions of the sites before a plan and under it, and who has each
within 30 and 60 minutes in their own commune."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.network import places
from tuyen.apps.network.planned import FULL, MOBILE, Drawn
from tuyen.apps.network.weighing import WAIT, Problem
from tuyen.engines.network.decision_problem import KINDS, MAIN
from tuyen.engines.network.decision_problem import MOBILE as STOP
from tuyen.rules import network as rules

Ints = NDArray[np.int64]
POINT = ("examination", "immunisation", "prevention", "chronic")
"""What a satellite point is taken to offer where nobody wrote down its functions."""
_SAME = {"mobile_clinic": "examination"}


class Offered(NamedTuple):
    """Share of the people who reach a service within the near and the far norm, before and under the
    plan. ``assumed``: sites whose functions nobody wrote down offer what their kind does."""

    service: str
    near: tuple[float, float]
    far: tuple[float, float]


def functions(
    plan: Drawn, unit: UUID, was: int, kind: int
) -> tuple[frozenset[str], frozenset[str]]:
    """What a site offers the day before, and under the plan."""
    held = places.atlas().functions(unit, plan.day)
    now = frozenset(held) or frozenset(FULL if was == MAIN else POINT)
    if KINDS[kind] == "repurposed":
        return now, frozenset()
    if kind == STOP:
        return now, frozenset(MOBILE)
    # Only a site that becomes a main station is given what a full one offers.
    return now, now | frozenset(FULL) if kind == MAIN and was != MAIN else now


def offered(asked: Problem, kinds: Ints, plan: Drawn) -> Sequence[Offered]:
    """Of each service of a full station, who reaches it."""
    both = [
        functions(plan, unit, int(asked.was[n]), int(kinds[n]))
        for n, unit in enumerate(asked.units)
    ]
    near, far = (float(rules.norm(key, plan.on)) for key in ("reach_near", "reach_far"))
    total = max(float(asked.demand.people.sum()), 1e-9)
    rows = []
    for service in FULL:
        reached = []
        for place, (home, own, stands) in enumerate((
            (asked.demand_before.commune, asked.before.commune, asked.was),
            (asked.demand.commune, asked.after.commune, kinds),
        )):  # fmt: skip
            gives = np.array(
                [any(_SAME.get(f, f) == service for f in one[place]) for one in both], bool
            )
            ways = np.where(np.isnan(asked.minutes), np.inf, asked.minutes)
            ways = ways + np.where(stands == STOP, WAIT, 0.0)[None, :]
            usable = (home[:, None] == own[None, :]) & gives[None, :]
            nearest = np.where(usable, ways, np.inf).min(axis=1, initial=np.inf)
            reached.append(
                [float(asked.demand.people[nearest <= most].sum()) / total for most in (near, far)]
            )
        rows.append(
            Offered(service, (reached[0][0], reached[1][0]), (reached[0][1], reached[1][1]))
        )
    return rows


def unwritten(asked: Problem, plan: Drawn) -> int:
    """Sites whose functions nobody wrote down."""
    atlas = places.atlas()
    return sum(not atlas.functions(unit, plan.day) for unit in asked.units)
