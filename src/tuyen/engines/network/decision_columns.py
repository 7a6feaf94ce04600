"""Communes that share money, staff or floors: each proposes ways to arrange itself, a program
chooses among the proposals, and its prices ask the communes for better ones.

Source: Dantzig and Wolfe, Decomposition principle for linear programs, Opns Res 1960; 8: 101-111.
"""

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import coo_array

from tuyen.engines.network.decision_blocks import (
    Blocks,
    best,
    blocks,
    by_main,
    fits,
    priced,
    together,
)
from tuyen.engines.network.decision_measure import Service, access, nearest
from tuyen.engines.network.decision_model import Model
from tuyen.engines.network.decision_problem import Floats, Ints
from tuyen.engines.network.siting_problem import Left


def limits(found: Model) -> tuple[tuple[str, ...], Floats]:
    """Keys and limits of everything that communes share, floors of all together last."""
    keys = [one.key for one in found.resources]
    bounds = [one.limit for one in found.resources]
    total = float(found.demand.people.sum())
    for floor in together(found):
        keys.append(f"share-within:{floor.minutes:g}")
        bounds.append((1 - floor.share) * total)
    return tuple(keys), np.array(bounds, np.float64)


def used(found: Model, kinds: Ints, point_minutes: Floats) -> Floats:
    """(g, r) what every commune uses of what is shared."""
    places, g = np.arange(kinds.size), found.communes
    columns = [
        np.bincount(found.commune, weights=one.use[places, kinds], minlength=g)
        for one in found.resources
    ]
    for floor in together(found):
        beyond = found.demand.people * ~(point_minutes <= floor.minutes)
        columns.append(np.bincount(found.demand.commune, weights=beyond, minlength=g))
    return np.column_stack(columns) if columns else np.zeros((g, 0))


def keeps(found: Model, kinds: Ints, service: Service | None = None) -> bool:
    """Whether kinds in the model's order keep every rule; ``service``, where it is known who serves whom."""
    if not np.isfinite(found.fixed[np.arange(kinds.size), kinds]).all() or not fits(found, kinds):
        return False
    service = nearest(found, kinds) if service is None else service
    total = used(found, kinds, service.point_minutes).sum(axis=0)
    limit = limits(found)[1]
    return bool((total <= limit + 1e-9 * np.maximum(np.abs(limit), 1)).all())


def _scale(found: Model, limit: Floats) -> Floats:
    """(r,) what one of each shared thing is counted in: its limit; where that is nothing, its largest
    use, for a program scaled by nothing has no numbers."""
    largest = [float(np.abs(one.use).max(initial=0.0)) for one in found.resources]
    most = np.array([*largest, *[1.0] * (limit.size - len(largest))])
    scale: Floats = np.where(np.abs(limit) > 1e-9, np.abs(limit), np.where(most > 0, most, 1.0))
    return scale


@dataclass
class Columns:
    """Proposals of the communes, and the program over them.

    ``aim`` 1: the objective; 0: only what is shared (is there any plan at all?). ``bound`` is the
    best lower bound found and ``prices`` (r,) what it rests on.
    """

    found: Model
    left: Left
    aim: float = 1.0
    owner: list[Ints] = field(default_factory=list)
    cost: list[Floats] = field(default_factory=list)
    use: list[Floats] = field(default_factory=list)
    kinds: list[Ints] = field(default_factory=list)
    round_of: list[Ints] = field(default_factory=list)
    seen: set[tuple[int, bytes]] = field(default_factory=set)
    bound: float = -np.inf

    def __post_init__(self) -> None:
        self.keys, self.limit = limits(self.found)
        self.scale = _scale(self.found, self.limit)
        self.built: Blocks = blocks(self.found)
        self.prices = np.zeros(self.limit.size)
        self.torn = False
        self.short = np.zeros(self.limit.size)

    def limited(self, found: Model) -> None:
        """Go on with other limits of the same things: proposals stay as they are."""
        self.found, self.bound = found, -np.inf
        self.keys, self.limit = limits(found)
        self.scale = _scale(found, self.limit)

    def ask(self, prices: Floats, aim: float | None = None) -> tuple[Floats, Ints]:
        """What every commune does at prices for what is shared; keeps it as a proposal."""
        aim = self.aim if aim is None else aim
        found, many = self.found, len(self.found.resources)
        allowed = np.isfinite(found.fixed)
        worth = np.where(allowed, aim * np.where(allowed, found.fixed, 0.0), np.inf)
        for price, one in zip(prices, found.resources, strict=False):
            worth = worth + price * one.use
        built = self.built
        if aim != 1.0 or prices[many:].any():
            built = priced(found, built, prices[many:])
            if aim != 1.0:
                built = _only_floors(found, built, prices[many:])
        values, kinds = best(found, built, worth)
        if np.isfinite(values).all():
            self.propose(kinds)
        return values, kinds

    def propose(self, kinds: Ints, which: Ints | None = None) -> None:
        """Enter the arrangement of every commune (or of ``which``) unless it is known."""
        found = self.found
        service = nearest(found, kinds)
        points = access(found, service.main_minutes, service.point_minutes)
        cost = np.bincount(found.demand.commune, weights=points, minlength=found.communes)
        own = found.fixed[np.arange(kinds.size), kinds]
        cost = cost + np.bincount(found.commune, weights=own, minlength=found.communes)
        use = used(found, kinds, service.point_minutes)
        fresh = []
        for c in range(found.communes) if which is None else which:
            mark = (int(c), kinds[found.start[c] : found.start[c + 1]].astype(np.int8).tobytes())
            if mark not in self.seen:
                self.seen.add(mark)
                fresh.append(int(c))
        self.owner.append(np.array(fresh, np.int64))
        self.cost.append(cost[fresh].astype(np.float64))
        self.use.append(use[fresh])
        self.round_of.append(np.full(len(fresh), len(self.kinds)))
        self.kinds.append(kinds)

    def climb(self, gap: float, rounds: int = 60) -> None:
        """Exchange prices and proposals until the bound meets the program over the proposals."""
        if not self.limit.size:
            values, _kinds = self.ask(self.prices)
            self.bound = float(values.sum())
            return
        first = [self.prices] if self.kinds else [np.zeros(self.limit.size), *self._dear()]
        for prices in first:
            values, _kinds = self.ask(prices)
            self.enter(values, prices)
        for _again in range(rounds):
            value, prices = self._program()
            values, _kinds = self.ask(prices)
            self.enter(values, prices)
            close = value - self.bound <= max(0.1 * gap * abs(value), 1e-9)
            if close or self.left() < 0.3:
                break

    def _dear(self) -> list[Floats]:
        """Prices at which each shared thing is all that counts."""
        most = 1e3 * max(sum(float(np.abs(c).sum()) for c in self.cost) or 1.0, 1.0)
        return [
            most / self.scale * (np.arange(self.limit.size) == r) for r in range(self.limit.size)
        ]

    def enter(self, values: Floats, prices: Floats) -> None:
        bound = float(values.sum() - prices @ self.limit)
        if bound > self.bound:
            self.bound, self.prices = bound, prices

    def _tables(self) -> tuple[Floats, coo_array, Floats]:
        owner, use = np.concatenate(self.owner), np.concatenate(self.use)
        one = np.ones(owner.size)
        belongs = coo_array(
            (one, (owner, np.arange(owner.size))), (self.found.communes, owner.size)
        )
        return self.aim * np.concatenate(self.cost), belongs, use / self.scale

    def _program(self) -> tuple[float, Floats]:
        """The linear program over the proposals: its value and the prices of what is shared."""
        cost, belongs, use = self._tables()
        r, n = self.limit.size, cost.size
        penalty = 1e3 * max(float(np.abs(cost).sum()) / max(n, 1) * self.found.communes, 1.0)
        found = linprog(
            np.concatenate([cost, np.full(r, penalty)]),
            A_ub=np.hstack([use.T, -np.eye(r)]), b_ub=self.limit / self.scale,
            A_eq=coo_array(
                (belongs.data, belongs.coords), (self.found.communes, n + r)
            ).tocsr(),
            b_eq=np.ones(self.found.communes), bounds=(0, None), method="highs",
        )  # fmt: skip
        if found.x is None:  # HiGHS gave up: prices so far serve
            return np.inf, self.prices
        self.short = found.x[n:] * self.scale
        self.torn = bool(found.x[n:].max(initial=0.0) > 1e-7)
        return float(found.fun), np.maximum(-found.ineqlin.marginals, 0.0) / self.scale

    def widen(self) -> None:
        """Add, for every site, the best arrangement with it as main station at the last prices."""
        found = self.found
        if (found.mains != 1).any():
            return
        many = len(found.resources)
        worth = found.fixed.copy()
        for price, one in zip(self.prices, found.resources, strict=False):
            worth = worth + price * one.use
        values, kinds = by_main(found, priced(found, self.built, self.prices[many:]), worth)
        _best, base = best(found, priced(found, self.built, self.prices[many:]), worth)
        wide = np.diff(found.start)
        for place in range(int(wide.max(initial=0))):
            which = np.flatnonzero(wide > place)
            which = which[np.isfinite(values[found.start[which] + place])]
            proposal = base.copy()
            for c in which:
                a, k, p = found.start[c], wide[c], self.built.corner[c]
                proposal[a : a + k] = kinds[p + place * k : p + (place + 1) * k]
            self.propose(proposal, which)

    def choose(self, gap: float) -> Ints | None:
        """The best whole choice among the proposals, by HiGHS; None where it found none."""
        found = self._chosen(self._near(gap), gap)
        if found is None:
            found = self._chosen(np.arange(sum(x.size for x in self.owner)), gap)
        if found is None:
            return None
        rounds, owner = np.concatenate(self.round_of), np.concatenate(self.owner)
        chosen = np.zeros(self.found.order.size, np.int64)
        for column in found:
            c = owner[column]
            a, b = self.found.start[c], self.found.start[c + 1]
            chosen[a:b] = self.kinds[rounds[column]][a:b]
        return chosen

    def _near(self, gap: float) -> Ints:
        """Proposals that a plan within a few gaps of the bound may use: dearer ones cost more than
        that by themselves."""
        cost, owner = self.aim * np.concatenate(self.cost), np.concatenate(self.owner)
        cost = cost + np.concatenate(self.use) @ self.prices
        least = np.full(self.found.communes, np.inf)
        np.minimum.at(least, owner, cost)
        return np.flatnonzero(cost - least[owner] <= 3 * gap * abs(self.bound) + 1e-12)

    def _chosen(self, among: Ints, gap: float) -> Ints | None:
        """The proposals of the best whole choice ``among`` them."""
        cost, belongs, use = self._tables()
        rules = [LinearConstraint(belongs.tocsc()[:, among], 1, 1)]
        if self.limit.size:
            most = self.limit / self.scale * (1 - 1e-12)
            rules.append(LinearConstraint(use[among].T, -np.inf, most))
        found = milp(
            cost[among], integrality=np.ones(among.size), bounds=Bounds(0, 1), constraints=rules,
            options={
                "time_limit": float(min(max(self.left(), 0.1), 1e6)), "mip_rel_gap": 0.3 * gap,
            },
        )  # fmt: skip
        return None if found.x is None else among[found.x > 0.5]


def _only_floors(found: Model, built: Blocks, prices: Floats) -> Blocks:
    """Blocks in which the way itself counts nothing: only the prices of the floors are left."""
    return priced(replace(found, scales=np.concatenate([[0.0], found.scales[1:]])), built, prices)
