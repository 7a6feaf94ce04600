"""Which services people reach: the functions of the sites before a plan and under it, and who has each
within 30 and 60 minutes in their own commune."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places
from tuyen.apps.network.planned import FULL, MOBILE, Drawn, does
from tuyen.apps.network.weighing import WAIT, Problem
from tuyen.apps.workforce import queries as workforce
from tuyen.engines.network.decision_problem import KINDS, MAIN, SATELLITE
from tuyen.engines.network.decision_problem import MOBILE as STOP
from tuyen.rules import network as rules
from tuyen.rules import workforce as work

Ints = NDArray[np.int64]
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
    now = frozenset(does(unit, plan.day))
    if KINDS[kind] == "repurposed":
        return now, frozenset()
    if kind == STOP:
        return now, frozenset(MOBILE)
    chosen = plan.sites[unit].functions if unit in plan.sites else None
    if kind == SATELLITE and chosen is not None:
        return now, frozenset(chosen)
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


_FUNCTION = {"antenatal": "maternal_child", "delivery": "maternal_child", "ncd": "chronic",
             "examination": "examination", "emergency": "emergency"}  # fmt: skip
"""Services that a technique opens, as functions of a site; others are none of a full station's."""


class Unmastered(NamedTuple):
    """A technique that a main station should have, the services that it opens, and the main stations of
    the plan, of ``of`` that offer any of these, at which nobody was signed off in it."""

    technique: str
    services: tuple[str, ...]
    stations: tuple[UUID, ...]
    of: int


def unmastered(*, by: Actor, asked: Problem, kinds: Ints, plan: Drawn) -> list[Unmastered]:
    """What main stations of a plan offer without anybody who masters its technique, the most first.
    One query; nothing for whose post does not open figures of staff."""
    if not policies.scope(by, workforce.FIGURE):
        return []
    has = workforce.mastered(by=by, on=min(by.on, plan.day))
    gives = {
        unit: functions(plan, unit, int(asked.was[n]), int(kinds[n]))[1]
        for n, unit in enumerate(asked.units) if kinds[n] == MAIN
    }  # fmt: skip
    found = []
    for key, told in work.techniques().items():
        opens = tuple(dict.fromkeys(_FUNCTION[s] for s in told.services if s in _FUNCTION))
        at = [unit for unit, given in gives.items() if given.intersection(opens)]
        lacks = tuple(unit for unit in at if unit not in has.get(key, ()))
        if told.wanted and lacks:
            found.append(Unmastered(key, opens, lacks, len(at)))
    return sorted(found, key=lambda one: (-len(one.stations), one.technique))
