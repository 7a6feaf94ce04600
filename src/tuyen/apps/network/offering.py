"""Which services people reach: the functions of the sites before a plan and under it, and who has each
within 30 and 60 minutes in their own commune."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.network import places
from tuyen.apps.network.planned import FULL, MOBILE, Drawn, does
from tuyen.apps.network.weighing import WAIT, Problem
from tuyen.apps.workforce import queries as workforce
from tuyen.engines.network.decision_problem import KINDS, MAIN, SATELLITE
from tuyen.engines.network.decision_problem import MOBILE as STOP
from tuyen.rules import network as rules
from tuyen.rules import workforce as work

Ints = NDArray[np.int64]
Numbers = NDArray[np.float64]
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
    both = _both(asked, kinds, plan)
    near, far = (float(rules.norm(key, plan.on)) for key in ("reach_near", "reach_far"))
    total = max(float(asked.demand.people.sum()), 1e-9)
    rows = []
    for service in FULL:
        reached = [
            [float(asked.demand.people[nearest <= most].sum()) / total for most in (near, far)]
            for nearest in _nearest(asked, kinds, both, service)
        ]
        rows.append(
            Offered(service, (reached[0][0], reached[1][0]), (reached[0][1], reached[1][1]))
        )
    return rows


Both = Sequence[tuple[frozenset[str], frozenset[str]]]


def _both(asked: Problem, kinds: Ints, plan: Drawn) -> Both:
    """What each site offers the day before, and under the plan."""
    return [
        functions(plan, unit, int(asked.was[n]), int(kinds[n]))
        for n, unit in enumerate(asked.units)
    ]


def _nearest(asked: Problem, kinds: Ints, both: Both, service: str) -> list[Numbers]:
    """(v,) minutes of each village to the nearest site of its commune that offers a service, before and under
    the plan; infinite where there is none."""
    found = []
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
        nearest: Numbers = np.where(usable, ways, np.inf).min(axis=1, initial=np.inf)
        found.append(nearest)
    return found


class Continued(NamedTuple):
    """Patients of a programme by whether a site of their commune that does chronic diseases is within the far
    norm, ``before`` and ``after`` the plan; ``lost``: villages that have one today and none then, with their
    patients, the most first; ``unplaced``: patients whose village or way is not known."""

    programme: str
    patients: int
    before: int
    after: int
    lost: Sequence[tuple[UUID, int]]
    unplaced: int


def continued(*, by: Actor, asked: Problem, kinds: Ints, plan: Drawn) -> list[Continued] | None:
    """Where the chronic patients go on being followed; None for whose post does not open figures of care.
    One query for each programme."""
    if not policies.scope(by, clinical.FIGURE):
        return None
    limit = float(rules.norm("reach_far", plan.on))
    nearest = _nearest(asked, kinds, _both(asked, kinds, plan), "chronic")
    was, then = (np.asarray(ways <= limit) for ways in nearest)
    known = np.asarray(np.isfinite(asked.minutes).any(axis=1)) if asked.minutes.size else was
    at = {unit: n for n, unit in enumerate(asked.villages) if known[n]}
    found = []
    for programme in rules.outreach("panels", by.on):
        rows = clinical.control(by=by, programme=programme, on=by.on, villages=True).rows
        told = {row.unit: row.counts["registered"] for row in rows if row.counts["registered"]}
        placed = {at[unit]: n for unit, n in told.items() if unit in at}
        lost = [(asked.villages[v], n) for v, n in placed.items() if was[v] and not then[v]]
        found.append(Continued(
            programme, sum(told.values()), sum(n for v, n in placed.items() if was[v]),
            sum(n for v, n in placed.items() if then[v]),
            sorted(lost, key=lambda one: (-one[1], str(one[0]))), sum(told.values()) - sum(placed.values()),
        ))  # fmt: skip
    return [one for one in found if one.patients]


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
