"""A plan held against the present: what the engine is asked, and what its figures say of both."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple, Protocol
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access.actors import Actor
from tuyen.apps.network import places
from tuyen.apps.network.ground import USUAL_TERRAIN, Ground
from tuyen.apps.network.models import SiteReview
from tuyen.apps.network.operations import SiteChoice, Wishes
from tuyen.apps.network.planned import Broken, Choice, Drawn, becomes, present
from tuyen.apps.network.refusals import SatelliteFar, SiteUnplaced
from tuyen.apps.network.staffing import (
    DOCTOR,
    NOBODY,
    Load,
    SiteStaff,
    missing,
    people_served,
    people_supervised,
)
from tuyen.apps.network.ways import Way
from tuyen.apps.registry import queries as registry
from tuyen.engines.network.decision_measure import Indicators, indicators
from tuyen.engines.network.decision_problem import (
    FREE,
    KINDS,
    MAIN,
    MOBILE,
    REPURPOSED,
    SATELLITE,
    Demand,
    Rules,
    Sites,
)
from tuyen.rules import network as rules

Numbers = NDArray[np.float64]
Ints = NDArray[np.int64]
WAIT = Rules().mobile_wait
_PINNED = {"main": MAIN, "satellite": SATELLITE, "mobile": MOBILE, "close": REPURPOSED}
_BARRED = ((False,) * 4, (True, False, False, True))
"""What a site that is to stay open must not become."""
_LOST_PER_KM = 0.33
"""Visits lost for each further kilometre (see the sources of the engine)."""


class Problem(NamedTuple):
    """What the engine is asked. ``units`` and ``villages`` stand in the order of its arrays; ``communes``
    are those afterwards, ``former`` those before; ``was`` are the kinds of today. ``work``: what a
    resident asks of a station, where places count."""

    units: tuple[UUID, ...]
    villages: tuple[UUID, ...]
    communes: tuple[UUID, ...]
    former: tuple[UUID, ...]
    after: Sites
    before: Sites
    demand: Demand
    demand_before: Demand
    minutes: Numbers
    rules: Rules
    was: Ints
    zones: tuple[int, ...]
    unplaced: int
    way: Way
    staff: tuple[SiteStaff, ...]
    work: Load | None


class Known(Protocol):
    """What is known of the sites of a day."""

    @property
    def ground(self) -> Ground: ...

    @property
    def reviews(self) -> Mapping[UUID, SiteReview]: ...

    @property
    def staff(self) -> Mapping[UUID, SiteStaff]: ...


def problem(
    plan: Drawn, known: Known, criteria: Numbers, wishes: Wishes, work: Load | None = None
) -> Problem:
    """The plan's sites, villages and rules as arrays.

    Parameters
    ----------
    criteria : (n, 5) as the ground's sites, 0 to 100
    work : what a resident asks of a station; without it posts limit no places
    """
    ground, reviews = known.ground, known.reviews
    now = present(plan.on)
    at = np.array([n for n, site in enumerate(ground.sites) if site in now], np.int64)
    units = tuple(ground.sites[int(n)] for n in at)
    later = becomes(plan)
    communes = tuple(dict.fromkeys(later[c] for c in ground.communes))
    number = {id: n for n, id in enumerate(communes)}
    new = np.array([number[later[c]] for c in ground.communes], np.int64)
    lived = np.flatnonzero((ground.people > 0) & (ground.home >= 0))
    own = ground.own[at]
    staff = tuple(known.staff.get(id, NOBODY) for id in units)
    later_own = new[own] if at.size else own
    after = _sites(plan, units, later_own, reviews, staff, criteria[at], wishes)
    was = np.array([KINDS.index(now[id].kind) for id in units], np.int64)
    after = replace(
        after, between=ground.between[np.ix_(at, at)], under=_under(units, own, was, plan)
    )
    if work is not None and at.size:
        served = people_served(staff, later_own, work, plan.day) * (1 + wishes.capacity_over / 100)
        each = people_supervised(work, plan.day)
        after = replace(after, staffed=served, supervised=np.full(at.size, each))
    home = ground.home[lived]
    demand = Demand(new[home], ground.people[lived])
    return Problem(
        units, tuple(ground.villages[n] for n in lived), communes, ground.communes, after,
        replace(after, commune=own, pinned=np.full(at.size, FREE)), demand,
        Demand(home, ground.people[lived]), ground.minutes[np.ix_(lived, at)], _rules(plan, wishes),
        was,
        tuple(rules.zone(ground.terrain[int(n)], float(ground.centre_km[n]), plan.day) for n in at),
        ground.unplaced, ground.way, staff, work,
    )  # fmt: skip


def _under(units: Sequence[UUID], own: Ints, was: Ints, plan: Drawn) -> Ints:
    """(n,) the main station that each satellite point of today belongs to, -1 where there is none: the one
    on record, else the only one of its commune."""
    atlas, number = places.atlas(), {id: n for n, id in enumerate(units)}
    found = np.full(len(units), -1, np.int64)
    for n in np.flatnonzero(was == SATELLITE).tolist():
        told = [
            number[id] for id in atlas.related(units[n], "satellite_of", plan.day) if id in number
        ]
        heads = told or np.flatnonzero((own == own[n]) & (was == MAIN)).tolist()
        if told or len(heads) == 1:
            found[n] = heads[0]
    return found


def _sites(
    plan: Drawn, units: Sequence[UUID], commune: Ints, reviews: Mapping[UUID, SiteReview],
    staff: Sequence[SiteStaff], criteria: Numbers, wishes: Wishes,
) -> Sites:  # fmt: skip
    held = [reviews.get(id) for id in units]
    pins = {one.unit: one.must for one in wishes.pins}
    usual = {
        key: float(rules.norm(key, plan.on)) for key in ("refurbish", "run_main", "run_satellite")
    }

    def money(key: str) -> Numbers:
        told = [None if row is None else getattr(row, key) for row in held]
        return np.array([usual[key] if value is None else float(value) for value in told])

    capacity = [np.inf if row is None or row.capacity is None else row.capacity for row in held]
    posts = [[one.posts.get(key, 0) for key in rules.posts()] for one in staff]
    return Sites(
        commune, criteria / 100, money("refurbish"), money("run_main"), money("run_satellite"),
        np.array(capacity, float) * (1 + wishes.capacity_over / 100), np.array(posts, np.int64).reshape(len(units), len(rules.posts())),
        np.array([_PINNED.get(pins.get(id, ""), FREE) for id in units], np.int64),
        barred=np.array([_BARRED[pins.get(id) == "open"] for id in units], bool).reshape(-1, 4),
        eligible=eligible(plan, units, wishes) if wishes.funds else None,
    )  # fmt: skip


def eligible(plan: Drawn, units: Sequence[UUID], wishes: Wishes) -> NDArray[np.bool_]:
    """(n, s) whether each source of the wishes may pay for the upgrade of a site: by its own list, or by
    what the site is today."""
    atlas, known = places.atlas(), rules.funds(plan.on)
    type_of = {"station": "station", "satellite_point": "point"}
    found = np.zeros((len(units), len(wishes.funds)), np.bool_)
    for k, one in enumerate(wishes.funds):
        listed = None if one.sites is None else set(one.sites)
        pays = known[one.fund].pays
        for n, unit in enumerate(units):
            kind = type_of[atlas.type(unit, plan.day)]
            found[n, k] = kind in pays if listed is None else unit in listed
    return found


def _rules(plan: Drawn, wishes: Wishes) -> Rules:
    speed = float(rules.norm("speed", plan.on)[USUAL_TERRAIN])
    per_minute = _LOST_PER_KM * speed / 60 / float(rules.norm("detour", plan.on))
    usual = [one.weight for one in rules.criteria()]
    within = wishes.satellite_within
    weights = wishes.weights if len(wishes.weights) == len(usual) and any(wishes.weights) else usual
    return Rules(
        weights=tuple(weights), weight_access=wishes.access / 100,
        weight_suitability=wishes.suitability / 100, weight_cost=wishes.cost / 100,
        weight_disruption=wishes.disruption / 100, decay=per_minute,
        satellite_within=float(within or rules.norm("satellite_within", plan.on)),
        capacity=wishes.capacity,
        budget=np.inf if wishes.budget is None else float(wishes.budget),
        funds=np.array([one.money for one in wishes.funds], float) if wishes.funds else None,
        **_doctors(wishes),
    )  # fmt: skip


def _doctors(wishes: Wishes) -> dict[str, Any]:
    """So many doctors at each main station, from those at the sites and those that come."""
    if wishes.doctors is None:
        return {}
    cadres = list(rules.posts())
    need, more = np.zeros((len(KINDS), len(cadres))), np.zeros(len(cadres))
    need[MAIN, cadres.index(DOCTOR)] = wishes.doctors
    more[cadres.index(DOCTOR)] = wishes.recruits
    # Only doctors are counted: whoever else is missing is told, and does not forbid a plan.
    return {"need": need, "recruits": more}


def kinds_of(asked: Problem, sites: Mapping[UUID, Choice]) -> Ints:
    """(n,) the kinds of a plan as the engine numbers them."""
    return np.array([KINDS.index(sites[id].kind) for id in asked.units], np.int64)


def chosen(asked: Problem, kinds: Ints) -> tuple[SiteChoice, ...]:
    """The engine's kinds as a plan's choices; what a closed building serves then is for people to say."""
    return tuple(
        SiteChoice(unit=id, kind=KINDS[int(kind)])  # type: ignore[arg-type]
        for id, kind in zip(asked.units, kinds, strict=True)
    )


def unreached(asked: Problem, kinds: Ints, plan: Drawn) -> list[Broken]:
    """Satellites too far from their main station, and sites of which no way is known."""
    found, most = [], float(rules.norm("satellite_within", plan.on))
    between = asked.after.between
    for n, unit in enumerate(asked.units):
        commune, name = int(asked.after.commune[n]), places.name(unit, plan.day)
        if np.isnan(between[n]).all():
            found.append(Broken(SiteUnplaced(name=name), False, asked.communes[commune]))
            continue
        mains = np.flatnonzero((asked.after.commune == commune) & (kinds == MAIN))
        if kinds[n] != SATELLITE or not mains.size:
            continue
        nearest = int(
            mains[np.argmin(np.where(np.isnan(between[n, mains]), np.inf, between[n, mains]))]
        )
        minutes = float(between[n, nearest])
        if minutes > most:
            main = places.name(asked.units[nearest], plan.day)
            refusal = SatelliteFar(name=name, minutes=round(minutes), main=main, most=round(most))
            found.append(Broken(refusal, False, asked.communes[commune]))
    return found


class CommuneLine(NamedTuple):
    """What a commune of the plan has before and after. Minutes to the nearest place of service, None
    where no way is known; ``quota`` of staff by the old stations and by the commune afterwards."""

    commune: UUID
    former: tuple[UUID, ...]
    people: int
    sites: tuple[int, int, int, int]  # repurposed, main, satellite, mobile
    was: tuple[int, int, int, int]
    minutes: tuple[float | None, float | None]
    far: tuple[int, int]
    quota: tuple[int, int]
    doctors: int
    doctors_due: int
    missing: tuple[int, int]  # positions that nobody fills, of the old stations, of the new one
    staff_from: tuple[str, ...]  # whence the posts of its sites are known

    @property
    def change(self) -> float:
        """Minutes per person longer (positive: the commune loses)."""
        before, after = self.minutes
        return 0.0 if before is None or after is None else after - before


class Compared(NamedTuple):
    """A plan beside the present. ``worst``: (village, minutes before, minutes after)."""

    before: Indicators
    after: Indicators
    communes: Sequence[CommuneLine]
    worst: Sequence[tuple[UUID, float, float]]
    quota: tuple[int, int]
    stations: tuple[int, int]
    unplaced: int
    doctors: int
    missing: tuple[int, int]
    staff_from: Mapping[str, int]  # whence the posts of sites are known -> how many sites


def compared(asked: Problem, kinds: Ints, plan: Drawn) -> Compared:
    """All figures of a plan beside those of today."""
    before = indicators(asked.before, asked.demand_before, asked.minutes, asked.was, asked.rules)
    after = indicators(asked.after, asked.demand, asked.minutes, kinds, asked.rules)
    ways = (
        village_minutes(asked, asked.demand_before.commune, asked.before.commune, asked.was),
        village_minutes(asked, asked.demand.commune, asked.after.commune, kinds),
    )
    lines = [_line(asked, kinds, plan, ways, n) for n in range(len(asked.communes))]
    last = np.where(np.isfinite(ways[1]), ways[1], np.inf)
    order = np.argsort(-last, kind="stable")[:8]
    worst = [(asked.villages[n], float(ways[0][n]), float(ways[1][n])) for n in order.tolist()]
    return Compared(
        before, after, lines, worst,
        (sum(one.quota[0] for one in lines), sum(one.quota[1] for one in lines)),
        (int((asked.was == MAIN).sum()), int((kinds == MAIN).sum())), asked.unplaced,
        sum(one.doctors for one in lines),
        (sum(one.missing[0] for one in lines), sum(one.missing[1] for one in lines)),
        Counter(one.source for one in asked.staff),
    )  # fmt: skip


def village_minutes(asked: Problem, home: Ints, own: Ints, kinds: Ints) -> Numbers:
    """(v,) minutes to the nearest place of service of the own commune; infinite where there is none."""
    if not asked.minutes.size:
        return np.full(len(asked.villages), np.inf)
    wait = np.where(kinds == MOBILE, WAIT, np.where(kinds == REPURPOSED, np.inf, 0.0))
    ways = np.where(np.isnan(asked.minutes), np.inf, asked.minutes) + wait[None, :]
    found: Numbers = np.where(home[:, None] == own[None, :], ways, np.inf).min(axis=1)
    return found


def _line(
    asked: Problem, kinds: Ints, plan: Drawn, ways: tuple[Numbers, Numbers], n: int
) -> CommuneLine:
    lived, sites = asked.demand.commune == n, np.flatnonzero(asked.after.commune == n)
    people = asked.demand.people[lived]
    total = int(people.sum())
    limit = float(rules.norm("reach_far", plan.on))

    def mean(minutes: Numbers) -> float | None:
        here = minutes[lived]
        known = np.isfinite(here)
        return float(np.average(here[known], weights=people[known])) if known.any() else None

    def beyond(minutes: Numbers) -> int:
        return int(people[~(minutes[lived] <= limit)].sum())

    was, then = asked.was[sites], kinds[sites]
    old = sorted({int(c) for c in asked.before.commune[sites]})
    quota_old = sum(_quota(asked, plan, int(c), asked.was, before=True) for c in old)
    staff = [asked.staff[int(s)] for s in sites]
    earlier = [[asked.staff[int(s)] for s in sites[asked.before.commune[sites] == c]] for c in old]
    return CommuneLine(
        asked.communes[n], tuple(asked.former[c] for c in old), total,
        _counts(then), _counts(was), (mean(ways[0]), mean(ways[1])),
        (beyond(ways[0]), beyond(ways[1])),
        (quota_old, _quota(asked, plan, n, kinds, before=False)),
        sum(one.doctors for one in staff),
        int(rules.norm("doctors", plan.on)) * max(int((then == MAIN).sum()), 1),
        (sum(missing(group) for group in earlier), missing(staff)),
        tuple(sorted({one.source for one in staff})),
    )  # fmt: skip


def _counts(kinds: Ints) -> tuple[int, int, int, int]:
    zero, one, two, three = np.bincount(kinds, minlength=4)[:4].tolist()
    return zero, one, two, three


def _quota(asked: Problem, plan: Drawn, commune: int, kinds: Ints, *, before: bool) -> int:
    """Posts of a commune by its people and the zone of its main station; points count inside."""
    sites = asked.before if before else asked.after
    demand = asked.demand_before if before else asked.demand
    people = int(demand.people[demand.commune == commune].sum())
    mains = np.flatnonzero((sites.commune == commune) & (kinds == MAIN))
    return rules.quota(people, asked.zones[int(mains[0])], plan.on) if mains.size else 0


def sizes(by: Actor, plan: Drawn) -> dict[UUID, int]:
    """People of each commune of the map before."""
    return registry.population(by=by, on=min(plan.day, by.on), map_on=plan.day).totals
