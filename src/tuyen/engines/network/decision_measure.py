"""What a plan means for people: ways, visits, worst villages, money, closures. No solving."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tuyen.engines.network.decision_model import Model, model, running
from tuyen.engines.network.decision_problem import (
    MAIN,
    MOBILE,
    REPURPOSED,
    SATELLITE,
    Demand,
    Floats,
    Ints,
    Plan,
    Rules,
    Sites,
)


@dataclass(frozen=True)
class Service:
    """Of every village: its nearest main station and point (sites as in the model; -1 none), the
    minutes there (infinite where there is none; waiting for a mobile stop counted)."""

    main: Ints
    main_minutes: Floats
    point: Ints
    point_minutes: Floats


@dataclass(frozen=True)
class Indicators:
    """Figures of one plan.

    Attributes
    ----------
    within_30, within_60, beyond_60 : people by minutes to their nearest point of service
    main_within_60 : people whose main station is within 60 minutes
    mean, main_mean : minutes per person to a point, to a main station, of those who have one
    p95, worst : minutes that 95 % of people stay below; the farthest village
    unserved : people whom nothing reaches
    visits : share of expected visits that are made
    refurbish, running : million VND, million VND a year
    mains, satellites, mobiles, closures : sites; posts_moved with the count for closures
    commune_mean, commune_within_60, commune_people : (g,) of each commune
    people_per_main : (n,) people whose main station it is, in the caller's order
    worst_villages : the ten farthest, farthest first
    over_capacity : people beyond the capacity of their main station
    """

    people: float
    within_30: float
    within_60: float
    beyond_60: float
    main_within_60: float
    mean: float
    main_mean: float
    p95: float
    worst: float
    unserved: float
    visits: float
    refurbish: float
    running: float
    mains: int
    satellites: int
    mobiles: int
    closures: int
    posts_moved: float
    suitability: float
    commune_mean: Floats
    commune_within_60: Floats
    commune_people: Floats
    people_per_main: Floats
    worst_villages: Ints
    over_capacity: float


def nearest(found: Model, kinds: Ints) -> Service:
    """Who serves whom where ``kinds`` (n,), in the model's order, stand."""
    pairs = found.pairs
    kind = kinds[pairs.site]
    main = _first(found, np.where(kind == MAIN, pairs.minutes, np.inf))
    open_ = np.where((kind == MAIN) | (kind == SATELLITE), pairs.minutes, np.inf)
    wait = pairs.minutes + found.rules.mobile_wait
    point = _first(found, np.where(kind == MOBILE, wait, open_))
    return Service(*main, *point)


def _first(found: Model, minutes: Floats) -> tuple[Ints, Floats]:
    start, rows = found.pairs.start, found.demand.people.size
    some = np.flatnonzero(np.diff(start))
    least = np.full(rows, np.inf)
    site = np.full(rows, -1, np.int64)
    if not some.size:
        return site, least
    least[some] = np.minimum.reduceat(minutes, start[some])
    row = found.pairs.row()
    hit = np.flatnonzero((minutes == least[row]) & np.isfinite(minutes))
    site[row[hit][::-1]] = found.pairs.site[hit][::-1]
    return site, least


def access(found: Model, main: Floats, point: Floats) -> Floats:
    """(m,) points of access for every village at these minutes (infinite: nothing reaches)."""
    people = found.demand.people
    a, b = found.per_person
    loss = [np.where(np.isfinite(t), found.loss(t), found.no_loss) for t in (main, point)]
    total: Floats = people * (a * loss[0] + b * loss[1])
    return total


def terms(found: Model, kinds: Ints, main: Floats, point: Floats) -> Floats:
    """(4,) points of a plan by term, whatever rules it breaks."""
    rules, places = found.rules, np.arange(kinds.size)
    raw = found.raw[:, places, kinds].sum(axis=1)
    weights = np.array([rules.weight_suitability, rules.weight_cost, rules.weight_disruption])
    return np.concatenate([[access(found, main, point).sum()], weights * found.scales[1:] * raw])


def indicators(
    sites: Sites, demand: Demand, minutes: Any, plan: Plan | Ints, rules: Rules | None = None
) -> Indicators:
    """All figures of a plan, or of kinds (n,) for every site.

    Who goes to which main station is as the plan says; of bare kinds everyone goes to the nearest.
    """
    found = model(sites, demand, minutes, rules or Rules())
    if isinstance(plan, Plan):
        return measured(found, plan.kind[found.order], plan.assign)
    return measured(found, np.asarray(plan, np.int64)[found.order])


def measured(found: Model, kinds: Ints, assign: Ints | None = None) -> Indicators:
    """As :func:`indicators`, of kinds in the model's order; ``assign`` in the caller's."""
    demand, people = found.demand, found.demand.people
    service = nearest(found, kinds)
    main, main_minutes = service.main, service.main_minutes
    if assign is not None:
        main = np.where(assign >= 0, found.back[np.maximum(assign, 0)], -1)
        main_minutes = minutes_to(found, main)
    t = service.point_minutes
    has = np.isfinite(t)
    order = np.argsort(-np.where(has, t, 1e9), kind="stable")
    total = float(people.sum())
    load = np.bincount(main[main >= 0], weights=people[main >= 0], minlength=kinds.size)
    rank = np.argsort(t, kind="stable")
    below = np.searchsorted(np.cumsum(people[rank]), 0.95 * total)
    g = found.communes
    own = found.people_of
    is_main = kinds == MAIN
    run = running(found.sites)[found.order][np.arange(kinds.size), kinds]
    a, b = found.rules.full, 1 - found.rules.full
    lost = a * _lost(found, main_minutes) + b * _lost(found, t)
    caps = _places(found, kinds)
    per_site = np.empty(kinds.size)
    per_site[found.order] = load

    def counted(mask: Any) -> float:
        return float(people[mask].sum())

    def by_commune(values: Any) -> Floats:
        sums = np.bincount(demand.commune, weights=people * values, minlength=g)
        return sums / np.maximum(own, 1e-9)

    return Indicators(
        people=total, within_30=counted(t <= 30), within_60=counted(t <= 60),
        beyond_60=counted(~(t <= 60)), main_within_60=counted(main_minutes <= 60),
        mean=_mean(t, people), main_mean=_mean(main_minutes, people),
        p95=float(t[rank[min(int(below), rank.size - 1)]]) if rank.size else 0.0,
        worst=float(t.max(initial=0.0)), unserved=counted(~has),
        visits=1 - float((people * lost).sum()) / max(total, 1e-9),
        refurbish=float(found.sites.refurbish[found.order][is_main].sum()),
        running=float(run.sum()), mains=int(is_main.sum()),
        satellites=int((kinds == SATELLITE).sum()), mobiles=int((kinds == MOBILE).sum()),
        closures=int((kinds == REPURPOSED).sum()),
        posts_moved=float(found.raw[2, np.arange(kinds.size), kinds].sum()),
        suitability=float(found.score[is_main].mean()) if is_main.any() else 0.0,
        commune_mean=by_commune(np.where(has, t, 0.0)), commune_within_60=by_commune(t <= 60),
        commune_people=own, people_per_main=per_site, worst_villages=order[:10],
        over_capacity=float(np.maximum(load - caps, 0)[is_main].sum()),
    )  # fmt: skip


def _places(found: Model, kinds: Ints) -> Floats:
    """(n,) people whom each site serves as a main station of these kinds; what satellites take of the staff
    is borne by the main stations of their commune alike."""
    caps = found.sites.capacity[found.order]
    if not found.rules.capacity or found.sites.staffed is None:
        return caps
    taken = np.bincount(
        found.commune, weights=found.takes * (kinds == SATELLITE), minlength=found.communes
    )
    heads = np.bincount(found.commune, weights=kinds == MAIN, minlength=found.communes)
    share = (taken / np.maximum(heads, 1))[found.commune]
    held: Floats = np.minimum(caps, np.maximum(found.sites.staffed[found.order] - share, 0.0))
    return held


def _lost(found: Model, minutes: Floats) -> Floats:
    """(m,) share of expected visits lost; decay of the usual strength where none is asked."""
    decay = found.rules.decay or 0.11
    return np.where(np.isfinite(minutes), 1 - np.exp(-decay * minutes), 1.0)


def _mean(minutes: Floats, people: Floats) -> float:
    has = np.isfinite(minutes)
    total = float(people[has].sum())
    return float((minutes[has] * people[has]).sum() / total) if total else float("nan")


def minutes_to(found: Model, site: Ints) -> Floats:
    """(m,) minutes from every village to its ``site``, infinite where there is no way."""
    row = found.pairs.row()
    hit = found.pairs.site == site[row]
    minutes = np.full(site.size, np.inf)
    minutes[row[hit]] = found.pairs.minutes[hit]
    return minutes
