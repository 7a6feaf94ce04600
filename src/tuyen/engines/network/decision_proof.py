"""A checker for decisions: it shares no code with the solver, and believes nothing.

From sites, villages, ways and rules it counts what the plan costs and whether it keeps the rules, and
from the prices of the certificate alone what no plan can cost less than.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tuyen.engines.network.decision_problem import Demand, Floats, Plan, Rules, Sites, Ways, ways
from tuyen.engines.network.decision_proof_ways import priced_ways
from tuyen.engines.network.siting_compiling import compiled


class ProofRejected(Exception):
    """The plan or its certificate does not show what it should; the sentence says where."""


@dataclass(frozen=True)
class _Facts:
    """The question again, in the caller's order, by the checker's own reading of the rules."""

    sites: Sites
    demand: Demand
    rules: Rules
    row: Any
    to: Any
    minutes: Floats
    worth: Floats
    use: dict[str, tuple[Floats, float]]
    visit: float
    communes: int

    def lost(self, minutes: Floats) -> Floats:
        d = self.rules.decay
        return np.minimum(minutes, self.rules.no_way) if d <= 0 else 1 - np.exp(-d * minutes)

    @property
    def nothing(self) -> float:
        return self.rules.no_way if self.rules.decay <= 0 else 1.0


def proven(sites: Sites, demand: Demand, minutes: Any, rules: Rules, plan: Plan) -> float:
    """What nothing can cost less than, as the plan's certificate shows; not above what it costs.

    Raises
    ------
    ProofRejected
        Where the plan breaks a rule, does not cost what it says, or the certificate is no use.
    """
    facts = _facts(sites, demand, ways(minutes), rules)
    if rules.capacity and sites.staffed is not None and (
        rules.free_choice or (np.asarray(rules.mains_per_commune) != 1).any()
    ):  # fmt: skip
        raise ProofRejected("supervision is counted where each commune has one main station alone")
    cost = _cost_of_plan(facts, plan)
    if plan.objective is None or abs(cost - plan.objective) > 1e-9 * max(abs(cost), 1):
        raise ProofRejected(f"the plan costs {cost:.12g}, and says {plan.objective}")
    sheet = plan.certificate
    if sheet is None or len(sheet.parts) != len(sheet.splits) or not sheet.parts:
        raise ProofRejected("there is no certificate")
    if set(sheet.limited) != set(facts.use):
        raise ProofRejected(f"what is limited is {sorted(facts.use)}, not {sorted(sheet.limited)}")
    bound, seen = np.inf, set()
    waiting = [(0, np.zeros((sites.commune.size, 4), bool))]
    while waiting:
        place, shut = waiting.pop()
        if not 0 <= place < len(sheet.parts) or place in seen:
            raise ProofRejected(f"part {place} is missing or used twice")
        seen.add(place)
        split = sheet.splits[place]
        if split is None:
            bound = min(bound, _bound(facts, sheet.limited, sheet.parts[place], shut))
            continue
        site, kind, with_it, without = split
        if not (0 <= site < sites.commune.size and 0 <= kind < 4):
            raise ProofRejected(f"part {place} splits at site {site}, kind {kind}: there is none")
        only, never = shut.copy(), shut.copy()
        only[site, [k for k in range(4) if k != kind]] = True
        never[site, kind] = True
        waiting += [(with_it, only), (without, never)]
    return float(min(bound, cost))


def _facts(sites: Sites, demand: Demand, given: Ways, rules: Rules) -> _Facts:
    n = sites.commune.size
    g = 1 + max(int(sites.commune.max(initial=-1)), int(demand.commune.max(initial=-1)))
    posts = sites.staff.reshape(n, -1)
    held = posts.sum(axis=1)
    mobile = np.zeros(n) if sites.run_mobile is None else sites.run_mobile
    run = np.column_stack([np.zeros(n), sites.run_main, sites.run_satellite, mobile])
    yearly = run + np.outer(sites.refurbish / rules.lifetime, [0, 1, 0, 0])
    if sites.value is not None:
        yearly[:, 0] = -sites.value
    moved = np.column_stack(
        [held + rules.closure, 0 * held, np.maximum(held - rules.kept, 0), held + rules.closure]
    )
    weights = np.asarray(rules.weights, float)
    weights = weights / weights.sum() if weights.sum() > 0 else np.full(5, 0.2)
    lacking = 100 - 100 * (np.nan_to_num(sites.criteria, nan=0.5) @ weights)
    mains = np.broadcast_to(np.asarray(rules.mains_per_commune), g)

    def share(values: Floats) -> Floats:
        most = values.max(axis=1).sum()
        return 100 * values / most if most > 0 else values

    worth = rules.weight_cost * share(yearly) + rules.weight_disruption * share(moved)
    worth[:, 1] += rules.weight_suitability * lacking / max(mains.sum(), 1)
    for j in np.flatnonzero(sites.pinned >= 0):
        worth[j, np.arange(4) != sites.pinned[j]] = np.inf
    if sites.barred is not None:
        worth[sites.barred] = np.inf
    row = np.repeat(np.arange(demand.people.size), np.diff(given.start))
    kept = np.ones(row.size, bool)
    if not rules.free_choice:
        kept = sites.commune[given.site] == demand.commune[row]
    visit = rules.weight_access * (100 if rules.decay > 0 else 1) / max(demand.people.sum(), 1e-9)
    return _Facts(
        sites, demand, rules, row[kept], given.site[kept], given.minutes[kept], worth,
        _limited(sites, demand, rules, run, yearly, moved), float(visit), g,
    )  # fmt: skip


def _limited(
    sites: Sites, demand: Demand, rules: Rules, run: Floats, yearly: Floats, moved: Floats
) -> dict[str, tuple[Floats, float]]:
    """Of each limited thing its use by kind (n, 4) and its limit; floors use people, not sites."""
    n = sites.commune.size
    refurbish = np.outer(sites.refurbish, [0, 1, 0, 0])
    ones = np.ones((n, 1))
    found = {
        "budget": (refurbish, rules.budget), "running": (run, rules.running),
        "cost-at-most": (yearly, rules.cost_at_most),
        "disruption-at-most": (moved, rules.disruption_at_most),
        "satellites-at-most": (ones * [0, 0, 1, 0], rules.satellites_at_most),
        "closures-at-most": (ones * [1, 0, 0, 1], rules.closures_at_most),
    }  # fmt: skip
    if rules.budget_by_source is not None and sites.source is not None:
        for s, money in enumerate(rules.budget_by_source):
            found[f"budget-by-source:{s}"] = (refurbish * (sites.source == s)[:, None], money)
    if rules.funds is not None and sites.eligible is not None:
        found |= _of_funds(sites.eligible, np.asarray(rules.funds, float), refurbish)
    if rules.need is not None:
        stock = sites.staff.reshape(n, -1).sum(axis=0)
        more = np.zeros(stock.size) if rules.recruits is None else np.asarray(rules.recruits)
        for q, each in enumerate(np.asarray(rules.need, float).T):
            found[f"staff:{q}"] = (ones * each, float(stock[q] + more[q]))
    found = {key: pair for key, pair in found.items() if np.isfinite(pair[1])}
    for floor in rules.floors:
        if not floor.each:
            beyond = (1 - floor.share) * float(demand.people.sum())
            found[f"share-within:{floor.minutes:g}"] = (np.zeros((n, 4)), beyond)
    return found


def _of_funds(eligible: Any, money: Floats, cost: Floats) -> dict[str, tuple[Floats, float]]:
    """Of every set of funds: what those sites cost that no other fund may pay for, and what it holds.
    A set is left out where a smaller one asks the same."""
    masks = (eligible * (1 << np.arange(money.size))).sum(axis=1)
    found = {}
    for mask in range(1 << money.size):
        inside = (masks & ~mask) == 0
        if not inside.any() or np.bitwise_or.reduce(masks[inside]) != mask:
            continue
        held = [k for k in range(money.size) if mask >> k & 1]
        key = "funds:" + "+".join(map(str, held))
        found[key] = (cost * inside[:, None], float(sum(money[k] for k in held)))
    return found


def _close(facts: _Facts) -> Any:
    """(n, n) bool or None: whether the first may be a satellite of the second."""
    if facts.sites.between is None or not np.isfinite(facts.rules.satellite_within):
        return None
    given = ways(facts.sites.between)
    row = np.repeat(np.arange(given.start.size - 1), np.diff(given.start))
    near = given.minutes <= facts.rules.satellite_within
    pairs = set(zip(row[near].tolist(), given.site[near].tolist(), strict=True))
    stands = facts.sites.under
    if stands is not None:
        pairs |= {(j, int(head)) for j, head in enumerate(stands) if head >= 0}
    return pairs


def _cost_of_plan(facts: _Facts, plan: Plan) -> float:
    sites, demand, rules, kind = facts.sites, facts.demand, facts.rules, plan.kind
    n, people = sites.commune.size, demand.people
    if kind.shape != (n,) or kind.min(initial=0) < 0 or kind.max(initial=0) > 3:
        raise ProofRejected("a site has no kind")
    mains = np.broadcast_to(np.asarray(rules.mains_per_commune), facts.communes)
    if (np.bincount(sites.commune[kind == 1], minlength=facts.communes) != mains).any():
        raise ProofRejected("a commune does not have its number of main stations")
    own = facts.worth[np.arange(n), kind]
    if not np.isfinite(own).all():
        raise ProofRejected("a site has a kind that it must not have")
    close = _close(facts)
    for j in np.flatnonzero(kind == 2) if close is not None else ():
        heads = np.flatnonzero((kind == 1) & (sites.commune == sites.commune[j]))
        if not any((int(j), int(h)) in close for h in heads):
            raise ProofRejected(f"satellite {j} is too far from its main station")
    nearest = np.full((2, people.size), np.inf)
    serves = kind[facts.to]
    late = facts.minutes + rules.mobile_wait * (serves == 3)
    np.minimum.at(nearest[1], facts.row[serves > 0], late[serves > 0])
    for i, j, t in _served(facts, plan):
        nearest[0, i] = t
        if kind[j] != 1:
            raise ProofRejected(f"village {i} is sent to a site that is no main station")
    _check_load(facts, plan)
    _check_staff(facts, kind)
    if (nearest[1] > rules.max_minutes).any():
        raise ProofRejected("a village is beyond the longest way")
    for floor in rules.floors:
        beyond = people * (nearest[1] > floor.minutes)
        groups = demand.commune if floor.each else np.zeros(people.size, np.int64)
        total = np.bincount(groups, weights=people)
        if (
            np.bincount(groups, weights=beyond) > (1 - floor.share) * total * (1 + 1e-8) + 1e-8
        ).any():
            raise ProofRejected(f"too many people are beyond {floor.minutes:g} minutes")
    for key, (use, limit) in facts.use.items():
        if use[np.arange(n), kind].sum() > limit + 1e-8 * max(abs(limit), 1):
            raise ProofRejected(f"{key} is exceeded")
    lost = [
        np.where(np.isfinite(t), facts.lost(np.minimum(t, 1e9)), facts.nothing) for t in nearest
    ]
    far = rules.full * lost[0] + (1 - rules.full) * lost[1]
    return float(own.sum() + facts.visit * (people * far).sum())


def _check_staff(facts: _Facts, kind: Any) -> None:
    """Refuse a main station whose staff serves and supervises more than it can."""
    sites, c = facts.sites, facts.sites.commune
    if not facts.rules.capacity or sites.staffed is None:
        return
    taken = np.zeros(kind.size) if sites.supervised is None else sites.supervised * (kind == 2)
    folk = np.bincount(facts.demand.commune, weights=facts.demand.people, minlength=facts.communes)
    asked = folk + np.bincount(c, weights=taken, minlength=facts.communes)
    heads = np.flatnonzero(kind == 1)
    if (asked[c[heads]] > sites.staffed[heads] * (1 + 1e-9) + 1e-9).any():
        raise ProofRejected("the staff of a main station serves and supervises more than it can")


def _served(facts: _Facts, plan: Plan) -> Any:
    """(village, main station, minutes) of everyone who is sent to one."""
    sent = np.flatnonzero(plan.assign[facts.row] == facts.to)
    if np.unique(facts.row[sent]).size != np.count_nonzero(plan.assign >= 0):
        raise ProofRejected("somebody is sent where no way leads")
    return zip(facts.row[sent], facts.to[sent], facts.minutes[sent], strict=True)


def _check_load(facts: _Facts, plan: Plan) -> None:
    sites, people = facts.sites, facts.demand.people
    if not facts.rules.capacity:
        return
    has = plan.assign >= 0
    load = np.bincount(plan.assign[has], weights=people[has], minlength=sites.commune.size)
    heads = plan.kind == 1
    if (load[heads] > sites.capacity[heads] * (1 + 1e-9)).any():
        raise ProofRejected("a main station is sent more people than it can serve")
    if np.isfinite(sites.capacity).any() and not has.all():
        raise ProofRejected("somebody is sent to no main station")


def _bound(facts: _Facts, keys: tuple[str, ...], part: Any, shut: Any) -> float:
    """What these prices show of the part in which the kinds ``shut`` (n, 4) are excluded."""
    prices = np.asarray(part.resources, float)
    if prices.shape != (len(keys),) or not np.isfinite(prices).all() or (prices < 0).any():
        raise ProofRejected("prices are missing, negative or no numbers")
    worth = np.where(shut, np.inf, facts.worth)
    floors = []
    for key, price in zip(keys, prices, strict=True):
        worth = worth + price * facts.use[key][0]
        if key.startswith("share-within:"):
            floors.append((float(key.partition(":")[2]), price))
    paid = float(sum(p * facts.use[key][1] for key, p in zip(keys, prices, strict=True)))
    if part.main is None:
        if facts.rules.free_choice:
            raise ProofRejected("people may leave their communes: communes are not apart")
        return _apart(facts, worth, floors) - paid
    if part.main.shape != facts.demand.people.shape or not np.isfinite(part.main).all():
        raise ProofRejected("what villages pay is missing or no number")
    try:
        value = priced_ways(
            facts.sites, facts.demand, facts.rules, (facts.row, facts.to, facts.minutes), worth, floors,
            part, (facts.visit, facts.nothing, facts.lost), _close(facts),
        )  # fmt: skip
    except (ValueError, AssertionError, TypeError) as error:
        raise ProofRejected(str(error)) from None
    return value - paid


def _apart(facts: _Facts, worth: Floats, floors: list[tuple[float, float]]) -> float:
    """The least sum over communes, each searched through by itself."""
    sites, demand, rules = facts.sites, facts.demand, facts.rules
    mains = np.broadcast_to(np.asarray(rules.mains_per_commune), facts.communes)
    close = _close(facts)
    each = [floor for floor in rules.floors if floor.each]
    by_site = np.argsort(sites.commune, kind="stable")
    by_village = np.argsort(demand.commune, kind="stable")
    ends = [
        np.searchsorted(values[order], np.arange(facts.communes + 1))
        for values, order in ((sites.commune, by_site), (demand.commune, by_village))
    ]
    spot = np.empty(demand.people.size, np.int64)
    spot[by_village] = np.arange(spot.size)
    seat = np.empty(by_site.size, np.int64)
    seat[by_site] = np.arange(seat.size)
    pair_of = np.argsort(demand.commune[facts.row], kind="stable")
    cut = np.searchsorted(demand.commune[facts.row][pair_of], np.arange(facts.communes + 1))
    total = 0.0
    for c in range(facts.communes):
        own, folk = by_site[ends[0][c] : ends[0][c + 1]], by_village[ends[1][c] : ends[1][c + 1]]
        t = np.full((folk.size, own.size), np.inf)
        pairs = pair_of[cut[c] : cut[c + 1]]
        t[spot[facts.row[pairs]] - ends[1][c], seat[facts.to[pairs]] - ends[0][c]] = facts.minutes[
            pairs
        ]
        people = demand.people[folk]
        near = np.ones((own.size, own.size), bool)
        if close is not None:
            near = np.array([[(int(a), int(b)) in close or a == b for b in own] for a in own])
            near = near.reshape(own.size, own.size)
        if rules.capacity and mains[c] == 1:
            worth[own[sites.capacity[own] < people.sum() * (1 - 1e-12)], 1] = np.inf
        left, takes = np.full(own.size, np.inf), np.zeros(own.size)
        if rules.capacity and sites.staffed is not None:
            left = sites.staffed[own] * (1 + 1e-9) + 1e-9 - people.sum()
            takes = takes if sites.supervised is None else sites.supervised[own]
        spare = np.array([(1 - f.share) * people.sum() for f in each]) * (1 + 1e-9) + 1e-9
        visit = facts.visit * people[:, None]
        at_main = visit * rules.full * _else(facts, t)
        at_point = [
            visit * (1 - rules.full) * _else(facts, late) + _fees(people, late, floors, rules)
            for late in (np.column_stack([t, np.full(folk.size, np.inf)]), t + rules.mobile_wait)
        ]
        total += _least(
            int(mains[c]), worth[own], near, at_main, at_point[0], at_point[1], t,
            np.full(folk.size, facts.nothing) * facts.visit * rules.full * people,
            np.array([f.minutes for f in each], float), spare, people, rules.mobile_wait,
            left, takes.astype(float),
        )  # fmt: skip
    return total


def _else(facts: _Facts, minutes: Floats) -> Floats:
    return np.where(np.isfinite(minutes), facts.lost(np.minimum(minutes, 1e9)), facts.nothing)


def _fees(
    people: Floats, minutes: Floats, floors: list[tuple[float, float]], rules: Rules
) -> Floats:
    fees = sum((price * (minutes > floor) for floor, price in floors), np.zeros(minutes.shape))
    fees = people[:, None] * fees
    fees[minutes > rules.max_minutes] = np.inf
    return fees


@compiled
def _least(
    mains: Any, worth: Any, near: Any, at_main: Any, fixed: Any, mobile: Any, ways: Any, none: Any,
    floor: Any, spare: Any, people: Any, wait: Any, left: Any, takes: Any,
) -> float:  # fmt: skip
    """The least cost of one commune: kinds are tried site by site, main stations among them.

    The last column of ``fixed`` is being served by nothing. What is left is never worth less than
    every site that follows being a main station for nothing more than its cheapest kind.
    """
    v, n = ways.shape
    head, point, way = np.empty((n + 1, v)), np.empty((n + 1, v)), np.empty((n + 1, v))
    head[0], point[0], way[0] = none, fixed[:, n], np.inf
    cheap, hope_head, hope_point = np.zeros(n + 1), np.empty((n + 1, v)), np.empty((n + 1, v))
    hope_head[n], hope_point[n] = np.inf, np.inf
    for j in range(n - 1, -1, -1):
        cheap[j] = cheap[j + 1] + worth[j].min()
        for i in range(v):
            hope_head[j, i] = min(hope_head[j + 1, i], at_main[i, j])
            hope_point[j, i] = min(hope_point[j + 1, i], fixed[i, j])
    kind, spent, count = np.full(n + 1, -1), np.zeros(n + 1), np.zeros(n + 1, np.int64)
    best, level = np.inf, 0
    while level >= 0:
        if kind[level] == -1:
            low = spent[level] + cheap[level]
            if low < best:
                for i in range(v):
                    low += min(head[level, i], hope_head[level, i])
                    low += min(point[level, i], hope_point[level, i])
            if low >= best or count[level] > mains or count[level] + n - level < mains:
                level -= 1
                continue
            if level == n:
                if _holds(kind, near, way[n], floor, spare, people, left, takes):
                    best = low
                level -= 1
                continue
        kind[level] += 1
        k = kind[level]
        if k > 3:
            kind[level] = -1
            level -= 1
            continue
        if worth[level, k] == np.inf:
            continue
        spent[level + 1] = spent[level] + worth[level, k]
        count[level + 1] = count[level] + (k == 1)
        for i in range(v):
            head[level + 1, i] = (
                min(head[level, i], at_main[i, level]) if k == 1 else head[level, i]
            )
            c, t = point[level, i], way[level, i]
            if k == 1 or k == 2:
                c, t = min(c, fixed[i, level]), min(t, ways[i, level])
            elif k == 3:
                c, t = min(c, mobile[i, level]), min(t, ways[i, level] + wait)
            point[level + 1, i], way[level + 1, i] = c, t
        level += 1
        kind[level] = -1
    return best


@compiled
def _holds(
    kind: Any, near: Any, way: Any, floor: Any, spare: Any, people: Any, left: Any, takes: Any
) -> bool:
    n = near.shape[0]
    going = 0.0
    for j in range(n):
        if kind[j] == 2:
            going += takes[j]
    for j in range(n):
        if kind[j] == 1 and going > left[j]:
            return False
    for j in range(n):
        if kind[j] == 2:
            fits = False
            for h in range(n):
                if kind[h] == 1 and near[j, h]:
                    fits = True
            if not fits:
                return False
    for f in range(floor.size):
        beyond = 0.0
        for i in range(way.size):
            if way[i] > floor[f]:
                beyond += people[i]
        if beyond > spare[f]:
            return False
    return True
