"""The decision on a network: which site becomes what, in every commune, under common rules.

Communes that share nothing are decided apart, exactly. Money, staff, floors and people's free choice
of a station couple them; then prices take them apart, which gives a bound, and programs and
exchanges put them together, which gives a plan. *Optimal* stands only where the checker
(:mod:`decision_proof`) reads the objective out of the prices again.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tuyen.engines.network.decision_blocks import best, blocks
from tuyen.engines.network.decision_columns import Columns, limits
from tuyen.engines.network.decision_measure import minutes_to, nearest, terms
from tuyen.engines.network.decision_model import Model, model
from tuyen.engines.network.decision_problem import (
    CLOSE,
    FEASIBLE,
    INFEASIBLE,
    MAIN,
    OPTIMAL,
    SATELLITE,
    Certificate,
    Demand,
    Floats,
    Ints,
    Part,
    Plan,
    Rules,
    Sites,
)
from tuyen.engines.network.decision_repair import repaired
from tuyen.engines.network.siting_problem import Left

if TYPE_CHECKING:
    from tuyen.engines.network.decision_ways import FreeChoice


def endless() -> float:
    """Seconds left where nobody watches a clock: work is limited by rounds alone."""
    return 1e9


def uncoupled(rules: Rules) -> Rules:
    """The rules without what communes share."""
    inf = float("inf")
    return replace(
        rules, free_choice=False, budget=inf, budget_by_source=None, funds=None, running=inf,
        cost_at_most=inf, disruption_at_most=inf, satellites_at_most=inf, closures_at_most=inf, need=None,
        floors=tuple(one for one in rules.floors if one.each),
    )  # fmt: skip


def separable(
    sites: Sites, demand: Demand, minutes: Any, rules: Rules, check: bool = True, why: bool = False
) -> Plan:
    """The best plan of every commune by itself; exact.

    People stay in their communes; budgets, staff, numbers for all together and floors for all
    together are not asked. ``check`` has the certificate read again.
    """
    found = model(sites, demand, minutes, uncoupled(rules))
    _supervisors(found)
    values, kinds = best(found, blocks(found), found.fixed)
    if not np.isfinite(values).all():
        return explained(refused(found), found)
    plan = finished(found, kinds, _certificate(found, np.zeros(0)), check, float(values.sum()))
    return explained(plan, found) if why else plan


def decide(
    sites: Sites, demand: Demand, minutes: Any, rules: Rules, *, left: Left = endless,
    gap: float = 0.001, start: Plan | None = None, why: bool = True,
) -> Plan:  # fmt: skip
    """The best plan under all rules that was found, with a bound on anything better.

    Parameters
    ----------
    minutes : (m, n) float or Ways, from villages to sites
    left : seconds that may still be used; without it the work is limited by rounds and the answer
        is the same on every machine
    gap : a plan this close to the bound is good enough
    start : a plan of a similar question, whose prices are tried first
    why : reasons are given, and conflicts where there is no plan
    """
    found = model(sites, demand, minutes, rules)
    plan = decided(found, left, gap, start)
    return explained(plan, found) if why else plan


def explained(plan: Plan, found: Model) -> Plan:
    """The plan with its reasons; or, where there is none, with the rules that conflict."""
    from tuyen.engines.network.decision_conflicts import conflicts
    from tuyen.engines.network.decision_reasons import reasons

    if plan.objective is None:
        plan.conflicts = conflicts(found.sites, found.demand, found.given, found.rules)
    else:
        plan.reasons = reasons(found, plan)
    return plan


def decided(found: Model, left: Left, gap: float, start: Plan | None = None) -> Plan:
    """As :func:`decide`, of a model."""
    _supervisors(found)
    if by_ways(found):
        return _free(found, left, gap, start)
    search = Columns(found, left)
    if start is not None:
        _warm(search, start)
    return by_columns(search, gap)


def _supervisors(found: Model) -> None:
    """Raises ``ValueError`` where supervision counts and it is not said whose staff goes out."""
    counts = found.rules.capacity and found.sites.staffed is not None
    if counts and (found.rules.free_choice or (found.mains != 1).any()):
        raise ValueError("supervision counts where each commune has one main station of its own")


def by_columns(search: Columns, gap: float) -> Plan:
    """The plan of communes that share money, staff or floors, from their proposals."""
    search.climb(gap)
    if not np.isfinite(search.bound):
        return refused(search.found)
    search.widen()
    kinds = search.choose(gap)
    if kinds is None:
        return refused(search.found)
    certificate = _certificate(search.found, search.prices)
    return finished(search.found, kinds, certificate, True, search.bound)


def by_ways(found: Model) -> bool:
    """Whether people couple the communes, or share several main stations of limited places."""
    limited = found.rules.capacity and bool(np.isfinite(found.sites.capacity).any())
    return found.rules.free_choice or (limited and bool((found.mains > 1).any()))


def _warm(search: Columns, start: Plan) -> None:
    if start.certificate is None or not start.certificate.parts:
        return
    known = dict(zip(start.certificate.limited, start.certificate.parts[0].resources, strict=True))
    prices = np.array([known.get(key, 0.0) for key in search.keys])
    values, _kinds = search.ask(prices)
    if np.isfinite(values).all():
        search.enter(values, prices)


def _free(found: Model, left: Left, gap: float, start: Plan | None) -> Plan:
    # What is compiled is loaded where it is about to run.
    from tuyen.engines.network.decision_exchange import exchanged
    from tuyen.engines.network.decision_ways import CHUNK, FreeChoice

    whole = left()
    search = FreeChoice(found, left)
    kinds = _beginning(found, start)
    if kinds is None:
        return refused(found)
    search.consider(search.respond(kinds))
    if found.resources or found.rules.floors:
        _from_apart(search, left, gap)
    theta = 1.0
    coupled = bool(found.resources or found.rules.floors or search.tight)
    for _again in range(16 if coupled else 12):
        before = search.bound
        theta = search.ascend(theta, (8 if coupled else 4) * CHUNK, 25 if coupled else 15)
        bound, kinds, _fees = search.relax(search.prices)
        kinds = search.respond(kinds, search.prices, 4)
        search.consider(kinds)
        if not search.best_value <= (1 + gap) * bound:
            mended = repaired(search, kinds, search.prices)
            if mended is not None:
                search.consider(mended)
        # Prices that still rise by much say little of which arrangements are near the best.
        open_ = search.best_value - bound
        last = theta < 1e-3 or left() < 0.5 * whole
        if search.kinds.size and open_ > gap * bound and (last or bound - before < 0.3 * open_):
            search.consider(exchanged(search, search.kinds, search.prices))
        if search.best_value - bound <= gap * abs(search.best_value) or theta < 1e-3:
            break
        if left() < 0.3:
            break
    if not search.kinds.size:
        return refused(found)
    keys, _limit = limits(found)
    certificate = Certificate(keys, (search.part(),), (None,))
    return finished(found, search.kinds, certificate, True, search.bound, search.assign)


def _from_apart(search: "FreeChoice", left: Left, gap: float) -> None:
    """Try what communes that keep to themselves would share out."""
    found = search.found
    rules = replace(found.rules, free_choice=False, capacity=False, max_minutes=np.inf)
    rules = replace(rules, floors=tuple(one for one in rules.floors if not one.each))
    columns = Columns(model(found.sites, found.demand, found.given, rules), left)
    columns.climb(gap)
    if np.isfinite(columns.bound):
        columns.widen()
        kinds = columns.choose(gap)
        if kinds is not None:
            search.consider(kinds)


def _beginning(found: Model, start: Plan | None) -> Ints | None:
    """Kinds to begin with: those of ``start``, or of every commune by itself."""
    alone = model(
        found.sites, found.demand, found.given,
        replace(uncoupled(found.rules), capacity=False, floors=(), max_minutes=np.inf),
    )  # fmt: skip
    values, kinds = best(alone, blocks(alone), alone.fixed)
    if not np.isfinite(values).all():
        return None
    if start is None or start.kind.min(initial=0) < 0:
        return kinds
    # What the start may no longer have is taken from the communes by themselves.
    given = start.kind[found.order]
    heads = np.bincount(found.commune[given == MAIN], minlength=found.communes)
    bad = heads != found.mains
    bad[found.commune[~np.isfinite(found.fixed[np.arange(given.size), given])]] = True
    for c in np.flatnonzero(~bad) if found.beside is not None else ():
        own = given[found.start[c] : found.start[c + 1]]
        reach = found.near(int(c))[own == MAIN].any(axis=0)
        bad[c] = not reach[own == SATELLITE].all()
    return np.where(bad[found.commune], kinds, given)


def _certificate(found: Model, prices: Floats) -> Certificate:
    keys, limit = limits(found)
    return Certificate(keys, (Part(np.zeros(limit.size) if not prices.size else prices),), (None,))


def finished(
    found: Model, kinds: Ints, certificate: Certificate, check: bool, bound: float,
    assign: Ints | None = None,
) -> Plan:  # fmt: skip
    """A plan in the caller's order, with the bound that the checker reads from the certificate."""
    service = nearest(found, kinds)
    main, way = service.main, service.main_minutes
    if assign is not None:
        main, way = assign, minutes_to(found, assign)
    parts = terms(found, kinds, way, service.point_minutes)
    given = np.empty(kinds.size, np.int64)
    given[found.order] = kinds

    def named(site: Ints) -> Ints:
        return np.where(site >= 0, found.order[np.maximum(site, 0)], -1)

    objective = float(parts.sum())
    plan = Plan(
        given, named(main), named(service.point), objective, min(bound, objective),
        FEASIBLE, parts, certificate,
    )  # fmt: skip
    if check:
        from tuyen.engines.network.decision_proof import ProofRejected, proven

        try:
            plan.bound = min(
                proven(found.sites, found.demand, found.given, found.rules, plan), objective
            )
        except ProofRejected:  # a fault of ours never becomes a claim
            plan.bound = None
        if plan.bound is not None and plan.bound >= objective - CLOSE * abs(objective):
            plan.status = OPTIMAL
    return plan


def refused(found: Model) -> Plan:
    """The answer where no plan keeps the rules."""
    none = np.full(found.demand.people.size, -1)
    return Plan(np.full(found.order.size, -1), none, none, None, None, INFEASIBLE)
