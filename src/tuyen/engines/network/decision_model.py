"""A decision as figures: points of every kind of every site, limited resources, pairs that serve.

Sites are put in the order of their communes here; ``Model.order`` leads back to the caller's.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.decision_funds import cuts
from tuyen.engines.network.decision_problem import (
    FREE,
    MAIN,
    MOBILE,
    REPURPOSED,
    SATELLITE,
    Demand,
    Floats,
    Ints,
    Rules,
    Sites,
    Ways,
    listed,
    ways,
)

Bools = NDArray[np.bool_]
HUGE = 1e12
"""Points for someone beyond ``max_minutes``, where that is a price and not a rule."""


@dataclass(frozen=True)
class Resource:
    """What is limited: ``use`` (n, 4) of every kind of every site, in its unit; ``limit``."""

    key: str
    use: Floats
    limit: float


@dataclass(frozen=True)
class Model:
    """Everything that a solver needs of a decision.

    Attributes
    ----------
    order : (n,) the caller's number of each site here; sites stand by commune
    start : (g + 1,) the sites of a commune
    raw : (3, n, 4) suitability missing (points), cost (million VND a year), posts moved
    fixed : (n, 4) points of a kind of a site, infinite where it is not allowed
    given : the ways as the caller gave them
    pairs : ways from villages to the sites here that may serve them
    room : (n,) people whose supervision is left to the staff of each site as the main station, once all of
        its commune are served; infinite where nothing limits it. takes : (n,) of each as a satellite
    near : (n, n) or None; True where the second may be a satellite of the first
    """

    sites: Sites
    demand: Demand
    given: Ways
    rules: Rules
    order: Ints
    start: Ints
    mains: Ints
    scales: Floats
    score: Floats
    raw: Floats
    fixed: Floats
    pairs: Ways
    beside: dict[int, Bools] | None
    resources: tuple[Resource, ...]
    room: Floats
    takes: Floats

    @property
    def communes(self) -> int:
        return self.start.size - 1

    @cached_property
    def commune(self) -> Ints:
        """(n,) of each site in the order here."""
        return np.repeat(np.arange(self.communes), np.diff(self.start))

    @cached_property
    def people_of(self) -> Floats:
        """(g,) people of every commune."""
        return np.bincount(
            self.demand.commune, weights=self.demand.people, minlength=self.communes
        ).astype(np.float64)

    @cached_property
    def back(self) -> Ints:
        """(n,) where each of the caller's sites stands here."""
        place = np.empty(self.order.size, np.int64)
        place[self.order] = np.arange(self.order.size)
        return place

    def loss(self, minutes: Floats) -> Floats:
        """Of one expected visit, or in minutes, what way of ``minutes`` loses."""
        if self.rules.decay > 0:
            lost: Floats = 1.0 - np.exp(-self.rules.decay * minutes)
            return lost
        return np.minimum(minutes, self.rules.no_way)

    @property
    def no_loss(self) -> float:
        """What someone loses whom nothing reaches."""
        return 1.0 if self.rules.decay > 0 else self.rules.no_way

    @cached_property
    def per_person(self) -> tuple[float, float]:
        """Points of access for one person and a loss of 1: for a main station, for a point."""
        whole = self.rules.weight_access * self.scales[0]
        return whole * self.rules.full, whole * (1 - self.rules.full)

    def near(self, commune: int) -> Bools:
        """(k, k) of one commune: whether the second site may be a satellite of the first."""
        k = int(self.start[commune + 1] - self.start[commune])
        if self.beside is None:
            return np.ones((k, k), np.bool_)
        return self.beside[commune]


def model(sites: Sites, demand: Demand, minutes: Any, rules: Rules) -> Model:
    """The figures of a decision.

    Parameters
    ----------
    minutes : (m, n) float, or :class:`Ways`
        From villages to sites. ``Ways`` may leave far sites out.
    """
    order = np.argsort(sites.commune, kind="stable")
    most = max(int(x.max(initial=-1)) for x in (sites.commune, demand.commune)) + 1
    count = np.bincount(sites.commune, minlength=most)
    start = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    mains = np.broadcast_to(np.asarray(rules.mains_per_commune, np.int64), most).copy()
    back = np.empty(order.size, np.int64)
    back[order] = np.arange(order.size)
    given = ways(minutes)
    pairs = _pairs(given, sites, demand, rules, back)
    score = scores(sites, rules)
    raw = np.stack([_lacking(score), _cost(sites, rules), _disruption(sites, rules)])[:, order]
    scales = _scales(demand, rules, raw, mains)
    weights = np.array([rules.weight_suitability, rules.weight_cost, rules.weight_disruption])
    fixed = np.einsum("t,tnk->nk", weights * scales[1:], raw)
    fixed = np.where(_allowed(sites)[order], fixed, np.inf)
    found = Model(
        sites, demand, given, rules, order, start, mains, scales, score[order], raw, fixed, pairs,
        _beside(sites, rules, order, start), _resources(sites, rules, raw, order),
        np.full(order.size, np.inf), np.zeros(order.size),
    )  # fmt: skip
    return _supervision(_capacity(found))


def scores(sites: Sites, rules: Rules) -> Floats:
    """(n,) 0..100: the weighted criteria of each site; what is not known counts as one half."""
    weights = np.asarray(rules.weights, np.float64)
    total = weights.sum()
    share = weights / total if total > 0 else np.full(weights.size, 1 / weights.size)
    found: Floats = 100 * np.where(np.isnan(sites.criteria), 0.5, sites.criteria) @ share
    return found


def _lacking(score: Floats) -> Floats:
    found = np.zeros((score.size, 4))
    found[:, MAIN] = 100 - score
    return found


def running(sites: Sites) -> Floats:
    """(n, 4) million VND a year that each kind costs to run."""
    found = np.zeros((sites.commune.size, 4))
    found[:, MAIN], found[:, SATELLITE] = sites.run_main, sites.run_satellite
    if sites.run_mobile is not None:
        found[:, MOBILE] = sites.run_mobile
    return found


def _cost(sites: Sites, rules: Rules) -> Floats:
    found = running(sites)
    found[:, MAIN] += sites.refurbish / rules.lifetime
    if sites.value is not None:
        found[:, REPURPOSED] -= sites.value
    return found


def _disruption(sites: Sites, rules: Rules) -> Floats:
    posts = sites.staff.reshape(sites.commune.size, -1).sum(axis=1).astype(np.float64)
    found = np.zeros((posts.size, 4))
    found[:, SATELLITE] = np.maximum(posts - rules.kept, 0)
    found[:, MOBILE] = found[:, REPURPOSED] = posts + rules.closure
    return found


def _scales(demand: Demand, rules: Rules, raw: Floats, mains: Ints) -> Floats:
    """(4,) points of one unit of each term before its weight."""
    people = max(float(demand.people.sum()), 1e-9)
    dearest = raw[1:].max(axis=2).sum(axis=1)
    per = 100.0 if rules.decay > 0 else 1.0
    return np.array(
        [per / people, 1 / max(int(mains.sum()), 1), *(100 / np.where(dearest > 0, dearest, 100))]
    )


def _allowed(sites: Sites) -> Bools:
    allowed = np.ones((sites.commune.size, 4), np.bool_)
    pinned = sites.pinned != FREE
    allowed[pinned] = False
    allowed[pinned, sites.pinned[pinned]] = True
    if sites.barred is not None:
        allowed &= ~sites.barred
    return allowed


def _capacity(found: Model) -> Model:
    """Where people stay and a commune has one main station, capacity is a matter of each site."""
    rules = found.rules
    if not rules.capacity or rules.free_choice:
        return found
    small = found.sites.capacity[found.order] < found.people_of[found.commune] * (1 - 1e-12)
    small &= found.mains[found.commune] == 1
    fixed = found.fixed.copy()
    fixed[small, MAIN] = np.inf
    return replace(found, fixed=fixed)


def _supervision(found: Model) -> Model:
    """What the staff of a main station has left for its satellites, where a commune has one main station."""
    sites, rules = found.sites, found.rules
    if not rules.capacity or rules.free_choice or sites.staffed is None:
        return found
    one = found.mains[found.commune] == 1
    people = found.people_of[found.commune]
    room = np.where(one, sites.staffed[found.order] - people * (1 - 1e-12), np.inf)
    takes = np.zeros(room.size) if sites.supervised is None else sites.supervised[found.order]
    fixed = found.fixed.copy()
    fixed[room < 0, MAIN] = np.inf
    return replace(found, fixed=fixed, room=np.maximum(room, 0.0), takes=takes.astype(np.float64))


def _pairs(given: Ways, sites: Sites, demand: Demand, rules: Rules, back: Ints) -> Ways:
    """Ways to sites in the order here; those into other communes only where people may go there."""
    row = given.row()
    kept = np.ones(row.size, np.bool_)
    if not rules.free_choice:
        kept = sites.commune[given.site] == demand.commune[row]
    start = np.concatenate([[0], np.cumsum(kept)])[given.start]
    return Ways(start.astype(np.int64), back[given.site[kept]], given.minutes[kept])


def _beside(sites: Sites, rules: Rules, order: Ints, start: Ints) -> dict[int, Bools] | None:
    if sites.between is None or not np.isfinite(rules.satellite_within):
        return None
    given = ways(sites.between)
    row = given.row()
    back = np.empty(order.size, np.int64)
    back[order] = np.arange(order.size)
    close = (sites.commune[row] == sites.commune[given.site]) & (
        given.minutes <= rules.satellite_within
    )
    found = {c: np.eye(int(start[c + 1] - start[c]), dtype=bool) for c in range(start.size - 1)}
    one, other = [row[close]], [given.site[close]]
    if sites.under is not None:  # what stands today may stand on
        stays = np.flatnonzero(sites.under >= 0)
        stays = stays[sites.commune[stays] == sites.commune[sites.under[stays]]]
        one, other = [*one, stays], [*other, sites.under[stays]]
    for a, b in zip(np.concatenate(one), np.concatenate(other), strict=True):
        c = int(sites.commune[a])
        found[c][back[b] - start[c], back[a] - start[c]] = True
    return found


def _resources(sites: Sites, rules: Rules, raw: Floats, order: Ints) -> tuple[Resource, ...]:
    n = order.size
    found: list[Resource] = []

    def limited(key: str, use: Floats, limit: float) -> None:
        if np.isfinite(limit):
            found.append(Resource(key, use, float(limit)))

    def only(kind: int, values: Any) -> Floats:
        use = np.zeros((n, 4))
        use[:, kind] = values
        return use

    refurbish = sites.refurbish[order]
    limited("budget", only(MAIN, refurbish), rules.budget)
    if rules.budget_by_source is not None and sites.source is not None:
        for source, money in enumerate(np.asarray(rules.budget_by_source, np.float64)):
            own = np.where(sites.source[order] == source, refurbish, 0.0)
            limited(f"budget-by-source:{source}", only(MAIN, own), float(money))
    if rules.funds is not None and sites.eligible is not None:
        held = np.asarray(rules.funds, np.float64)
        for key, alone, money in cuts(sites.eligible[order], held):
            limited(key, only(MAIN, np.where(alone, refurbish, 0.0)), money)
    limited("running", running(sites)[order], rules.running)
    limited("cost-at-most", raw[1], rules.cost_at_most)
    limited("disruption-at-most", raw[2], rules.disruption_at_most)
    limited("satellites-at-most", only(SATELLITE, 1.0), rules.satellites_at_most)
    closed = only(REPURPOSED, 1.0) + only(MOBILE, 1.0)
    limited("closures-at-most", closed, rules.closures_at_most)
    if rules.need is not None:
        need = np.asarray(rules.need, np.float64)
        staff = sites.staff.reshape(n, -1).sum(axis=0).astype(np.float64)
        more = np.zeros(staff.size) if rules.recruits is None else np.asarray(rules.recruits)
        for cadre in range(need.shape[1]):
            limited(f"staff:{cadre}", np.tile(need[:, cadre], (n, 1)), staff[cadre] + more[cadre])
    return tuple(found)


def transposed(pairs: Ways, sites: int) -> Ways:
    """From every site to the villages it may serve, nearest first."""
    return listed(pairs.site, pairs.row(), pairs.minutes, sites)
