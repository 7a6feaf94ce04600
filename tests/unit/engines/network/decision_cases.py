"""Small decisions, and a slow obvious reference that judges them: every plan is tried."""

import importlib
import sys
from itertools import product

import numpy as np
from numba import config

from tuyen.engines.network.decision_problem import Demand, Rules, Sites

KERNELS = ("decision_kernel", "decision_ways_kernel", "decision_proof", "decision_ways",
           "decision_blocks", "decision_columns", "decision_repair", "decision",
           "decision_conflicts", "decision_reasons", "decision_price", "decision_frontier",
           "decision_whatif", "decision_relax", "decision_exchange", "decision_exchange_kernel")  # fmt: skip


def plain_modules():
    """The engine with its loops left as Python: nothing is compiled for tasks of four sites."""
    names = [f"tuyen.engines.network.{name}" for name in KERNELS]
    kept = {name: sys.modules.pop(name) for name in names if name in sys.modules}
    before, config.DISABLE_JIT = config.DISABLE_JIT, True
    package = sys.modules["tuyen.engines.network"]
    shown = {name: getattr(package, name) for name in KERNELS if hasattr(package, name)}
    try:
        modules = {
            name: importlib.import_module(f"tuyen.engines.network.{name}") for name in KERNELS
        }
        yield type("Plain", (), modules)
    finally:
        config.DISABLE_JIT = before
        for name in names:
            sys.modules.pop(name, None)
        sys.modules.update(kept)
        for name in KERNELS:
            if name in shown:
                setattr(package, name, shown[name])
            elif hasattr(package, name):
                delattr(package, name)


def case(seed, communes=2, sites=2, villages=3, **rules):
    """A random small decision: sites, demand, minutes (m, n), rules."""
    rng = np.random.default_rng(seed)
    n, m = communes * sites, communes * villages
    place = rng.uniform(0, 40, (n, 2))
    homes = rng.uniform(0, 40, (m, 2))
    minutes = np.sqrt(((homes[:, None] - place[None]) ** 2).sum(-1))
    between = np.sqrt(((place[:, None] - place[None]) ** 2).sum(-1))
    given = Sites.of(
        rng.permutation(np.repeat(np.arange(communes), sites)),
        criteria=rng.uniform(0, 1, (n, 5)), refurbish=rng.uniform(100, 500, n),
        run_main=rng.uniform(50, 90, n), run_satellite=rng.uniform(10, 30, n),
        run_mobile=rng.uniform(2, 8, n), staff=rng.integers(1, 6, (n, 2)), between=between,
        value=np.random.default_rng(seed + 1000).uniform(0, 9, n),
    )  # fmt: skip
    demand = Demand(np.repeat(np.arange(communes), villages), rng.uniform(50, 500, m))
    ready = {"decay": 0.03, "satellite_within": 25.0, "weight_cost": 0.3}
    return given, demand, minutes, Rules(**(ready | rules))


def cost(sites, demand, minutes, rules, kinds):
    """What kinds cost, by loops and words; None where they break a rule that every commune has."""
    heads = [j for j, kind in enumerate(kinds) if kind == 1]
    for c in range(int(demand.commune.max()) + 1):
        own = [j for j in heads if sites.commune[j] == c]
        if len(own) != rules.mains_per_commune:
            return None
        people = demand.people[demand.commune == c].sum()
        if not rules.free_choice and people > sites.capacity[own[0]]:
            return None
        points = [j for j in np.flatnonzero(sites.commune == c) if kinds[j] == 2]
        if (
            sites.staffed is not None
            and people + sum(sites.supervised[points]) > sites.staffed[own[0]]
        ):
            return None
        for j in np.flatnonzero(sites.commune == c):
            stays = sites.under is not None and sites.under[j] in own
            near = min(sites.between[j][own]) <= rules.satellite_within
            if kinds[j] == 2 and not (near or stays):
                return None
    if any(pin not in (-1, kind) for pin, kind in zip(sites.pinned, kinds, strict=True)):
        return None
    posts = sites.staff.sum(axis=1)
    money, moved, dearest, most = 0.0, 0.0, 0.0, 0.0
    for j, kind in enumerate(kinds):
        by_kind = [
            -sites.value[j], sites.run_main[j] + sites.refurbish[j] / rules.lifetime, sites.run_satellite[j],
            sites.run_mobile[j],
        ]  # fmt: skip
        lost = [
            posts[j] + rules.closure,
            0,
            max(posts[j] - rules.kept, 0),
            posts[j] + rules.closure,
        ]
        money, dearest = money + by_kind[kind], dearest + max(by_kind)
        moved, most = moved + lost[kind], most + max(lost)
    weights = np.asarray(rules.weights) / sum(rules.weights)
    lacking = np.mean([100 * (1 - sites.criteria[j] @ weights) for j in heads])
    total, people = 0.0, demand.people.sum()
    for i in range(demand.people.size):
        near = [
            j for j in range(len(kinds))
            if rules.free_choice or sites.commune[j] == demand.commune[i]
        ]  # fmt: skip
        main = min((minutes[i, j] for j in near if kinds[j] == 1), default=np.inf)
        late = {1: 0.0, 2: 0.0, 3: rules.mobile_wait}
        point = min(minutes[i, j] + late[kinds[j]] for j in near if kinds[j])
        if point > rules.max_minutes:
            return None
        for way, share in ((main, rules.full), (point, 1 - rules.full)):
            total += 100 * share * (1 - np.exp(-rules.decay * way)) * demand.people[i] / people
    return (
        rules.weight_access * total + rules.weight_suitability * lacking
        + rules.weight_cost * 100 * money / dearest + rules.weight_disruption * 100 * moved / most
    )  # fmt: skip


def keeps(sites, rules, kinds):
    """Whether kinds keep money, numbers and staff of all together."""
    kinds = np.asarray(kinds)
    if sites.refurbish[kinds == 1].sum() > rules.budget:
        return False
    run = np.column_stack(
        [0 * sites.run_main, sites.run_main, sites.run_satellite, sites.run_mobile]
    )
    if run[np.arange(kinds.size), kinds].sum() > rules.running:
        return False
    if (kinds == 2).sum() > rules.satellites_at_most:
        return False
    if rules.need is not None:
        used = np.asarray(rules.need)[kinds].sum(axis=0)
        return bool((used <= sites.staff.sum(axis=0)).all())
    return True


def brute(sites, demand, minutes, rules):
    """The least cost of all plans, and its kinds; (None, None) where no plan keeps the rules."""
    found = (None, None)
    for kinds in product(range(4), repeat=sites.commune.size):
        value = cost(sites, demand, minutes, rules, kinds) if keeps(sites, rules, kinds) else None
        if value is not None and (found[0] is None or value < found[0]):
            found = (value, kinds)
    return found
