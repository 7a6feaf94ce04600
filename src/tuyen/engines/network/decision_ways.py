"""Deciding where people go where they like: prices of being served take the communes apart.

Everyone must be served once by a main station and once by a point; that is priced, and so are money,
staff, floors and places at main stations. What is left falls apart into communes and bounds the
whole. Plans are found by letting each commune in turn take what is best while the others stay.
Source: Fisher, The Lagrangian relaxation method, Management Science 1981; 27: 1-18.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tuyen.engines.network import decision_ways_kernel as kernel
from tuyen.engines.network.decision_columns import keeps, limits
from tuyen.engines.network.decision_measure import nearest
from tuyen.engines.network.decision_model import HUGE, Model, transposed
from tuyen.engines.network.decision_problem import MAIN, Floats, Ints, Part, Ways
from tuyen.engines.network.decision_repair import packed, value_of
from tuyen.engines.network.siting_problem import Left

CHUNK = 25
"""Rounds between looks at the clock."""


MOST_WAYS = 80
"""Ways of a village that the search looks at; the rest are known to be dearer."""


def shortened(pairs: Ways, most: int) -> tuple[Ways, Floats]:
    """The ``most`` nearest ways of each row, and the minutes of the first that is left out."""
    count = np.diff(pairs.start)
    place = np.arange(pairs.site.size) - pairs.start[:-1].repeat(count)
    kept = place < most
    cut = np.full(count.size, np.inf)
    longer = np.flatnonzero(count > most)
    cut[longer] = pairs.minutes[pairs.start[longer] + most]
    start = np.concatenate([[0], np.cumsum(np.minimum(count, most))]).astype(np.int64)
    return Ways(start, pairs.site[kept], pairs.minutes[kept]), cut


@dataclass
class Prices:
    """What a bound rests on: see :class:`decision_problem.Part`."""

    head: Floats
    point: Floats
    resources: Floats
    floors: Floats
    dues: Floats

    def copy(self) -> "Prices":
        return Prices(*(one.copy() for one in (self.head, self.point, self.resources, self.floors,
                                               self.dues)))  # fmt: skip


class FreeChoice:
    """Bounds (``bound`` at ``prices``) and plans (``kinds``) of a decision with free choice."""

    def __init__(self, found: Model, left: Left) -> None:
        self.found, self.left = found, left
        self.pairs, self.cut = shortened(found.pairs, MOST_WAYS)
        self.short = replace(found, pairs=self.pairs)
        rules, people, pairs = found.rules, found.demand.people, self.pairs
        self.row = pairs.row()
        a, b = found.per_person
        folk = people[self.row]
        late = pairs.minutes + rules.mobile_wait
        self.cf = folk * a * found.loss(pairs.minutes)
        self.cb = folk * b * found.loss(pairs.minutes)
        self.cv = folk * b * found.loss(late)
        self.none = np.column_stack([people * a, people * b]) * found.no_loss
        self.cb[pairs.minutes > rules.max_minutes] = np.inf
        self.cv[late > rules.max_minutes] = np.inf
        self.tight = bool(rules.capacity and np.isfinite(found.sites.capacity).any())
        if np.isfinite(rules.max_minutes):
            self.none[:, 1] = HUGE
        if self.tight:
            self.none[:, 0] = HUGE
        # Nobody pays more than the first way that is left out costs: beyond it nothing is missing.
        left_out = np.isfinite(self.cut)
        lost = found.loss(self.cut[left_out]) * people[left_out]
        self.none[left_out, 0] = np.minimum(self.none[left_out, 0], a * lost)
        self.none[left_out, 1] = np.minimum(self.none[left_out, 1], b * lost)
        wide = np.diff(found.start)
        self.corner = np.concatenate([[0], np.cumsum(wide**2)]).astype(np.int64)
        self.near = np.concatenate([found.near(c).ravel() for c in range(found.communes)])
        back = transposed(pairs, found.order.size)
        order = np.lexsort((pairs.minutes, pairs.site))
        self.back_start, self.back = back.start, order.astype(np.int64)
        self.keys, self.limit = limits(found)
        self.floor = np.array([one.minutes for one in rules.floors], np.float64)
        self.group, self.spare = self._groups()
        cap = found.sites.capacity[found.order]
        self.cap = np.where(np.isfinite(cap), cap, 0.0)
        self.limited = np.isfinite(cap) if self.tight else np.zeros(cap.size, bool)
        self.best_value, self.kinds = np.inf, np.zeros(0, np.int64)
        self.assign: Ints | None = None
        self.bound = -np.inf
        self.prices = self._first()

    def _groups(self) -> tuple[Ints, Floats]:
        """(f, m) the row of ``floors`` prices that a village falls under; (f, g) people who may be
        beyond. A floor of all together has one price for all, kept in the first place."""
        found = self.found
        each = np.array([one.each for one in found.rules.floors], bool)
        group = np.where(each[:, None], found.demand.commune[None, :], 0)
        spare = np.zeros((each.size, found.communes))
        for f, one in enumerate(found.rules.floors):
            own = found.people_of * (1 - one.share)
            if one.each:
                spare[f] = own
            else:
                spare[f, 0] = own.sum()
        return group.reshape(each.size, found.demand.people.size), spare

    def _first(self) -> Prices:
        m, n = self.none.shape[0], self.found.order.size
        start = self.pairs.start
        # The second nearest way is what a village pays at first.
        second = np.minimum(start[:-1] + 1, np.maximum(start[1:] - 1, 0))
        has = np.diff(start) > 0
        head = np.where(has, self.cf[second] if self.cf.size else 0, self.none[:, 0])
        point = np.where(has, self.cb[second] if self.cb.size else 0, self.none[:, 1])
        return Prices(
            np.minimum(head, self.none[:, 0]) * 1.2, np.minimum(point, self.none[:, 1]) * 1.1,
            np.zeros(len(self.found.resources)), np.zeros((self.floor.size, self.found.communes)),
            np.zeros(n),
        ) if m else Prices(head, point, np.zeros(0), np.zeros((0, 0)), np.zeros(n))  # fmt: skip

    # ------------------------------------------------------------------ bounds

    def fees(self, prices: Prices) -> Floats:
        """(f, m) what a village pays for being beyond each floor."""
        rows = [prices.floors[f][self.group[f]] for f in range(self.floor.size)]
        fees = np.array(rows).reshape(self.floor.size, self.none.shape[0])
        result: Floats = fees * self.found.demand.people
        return result

    def relax(self, prices: Prices) -> tuple[float, Ints, Floats]:
        """The bound at these prices, the kinds that meet it, and the fees (f, m) at floors."""
        found, pairs = self.found, self.pairs
        fees = self.fees(prices)
        worth = np.empty((found.order.size, 4))
        paid = kernel.gains(
            pairs.start, pairs.site, pairs.minutes, found.rules.mobile_wait, self.cf, self.cb, self.cv,
            found.demand.people, prices.head, prices.point, self.floor, fees, prices.dues, worth,
        )  # fmt: skip
        worth += found.fixed
        worth[:, MAIN] -= prices.dues * self.cap
        paid -= float((prices.floors * self.spare).sum())
        for price, one in zip(prices.resources, found.resources, strict=True):
            worth += price * one.use
            paid -= price * one.limit
        kinds = np.zeros(found.order.size, np.int64)
        return (
            paid + kernel.pick(found.start, found.mains, self.corner, self.near, worth, kinds),
            kinds,
            fees,
        )

    def ascend(self, theta: float, rounds: int, patience: int) -> float:
        """Raise the bound by deflected subgradients from the best prices; the last ``theta``."""
        now, way = self.prices.copy(), None
        idle = 0
        size = self._sizes()
        for taken in range(rounds):
            if taken % CHUNK == 0 and self.left() < 0.2:
                break
            bound, kinds, fees = self.relax(now)
            if bound > self.bound:
                if bound > self.bound + 1e-5 * abs(bound):
                    idle = 0
                self.bound, self.prices = bound, now.copy()
            idle += 1
            if idle > patience:
                idle, theta = 0, theta * 0.6
                if theta < 1e-3:
                    break
                now, way = self.prices.copy(), None
                continue
            slope = self._slope(now, kinds, fees)
            way = (
                slope
                if way is None
                else [0.7 * s + 0.3 * w for s, w in zip(slope, way, strict=True)]
            )
            norm = sum(float((size_ * w * w).sum()) for size_, w in zip(size, way, strict=True))
            if norm < 1e-18:
                break
            aim = self.best_value if np.isfinite(self.best_value) else 1.05 * abs(bound) + 1e-6
            step = theta * max(aim - bound, 1e-6 * abs(aim)) / norm
            now.head = np.clip(now.head + step * size[0] * way[0], 0, self.none[:, 0])
            now.point = np.clip(now.point + step * size[1] * way[1], 0, self.none[:, 1])
            now.resources = np.maximum(now.resources + step * size[2] * way[2], 0)
            now.floors = np.maximum(now.floors + step * size[3] * way[3], 0)
            now.dues = np.maximum(now.dues + step * size[4] * way[4], 0)
        return theta

    def _sizes(self) -> list[Any]:
        """How far each kind of price may move compared with the others, squared."""
        people = self.found.demand.people
        m = max(people.size, 1)
        worth = (
            max(abs(self.bound), 1e-6) if np.isfinite(self.bound) else float(self.prices.head.sum())
        )
        each = worth * people / max(float(people.sum()), 1e-9)
        share = worth / np.sqrt(m)
        limit = np.array([one.limit for one in self.found.resources])
        return [
            each**2, each**2, (share / np.maximum(np.abs(limit), 1e-9)) ** 2,
            (share / max(float(people.sum()), 1e-9)) ** 2,
            np.where(self.limited, (worth / max(float(people.sum()), 1e-9)) ** 2, 0.0),
        ]  # fmt: skip

    def _slope(self, now: Prices, kinds: Ints, fees: Floats) -> list[Any]:
        found, pairs = self.found, self.pairs
        m, n = self.none.shape[0], found.order.size
        up, beyond, load = np.empty((2, m)), np.empty((self.floor.size, m)), np.empty(n)
        kernel.slopes(
            pairs.start, pairs.site, pairs.minutes, found.rules.mobile_wait, self.cf, self.cb, self.cv,
            found.demand.people, now.head, now.point, self.floor, fees, now.dues, kinds, up, beyond,
            load,
        )  # fmt: skip
        late = np.zeros_like(now.floors)
        for f in range(self.floor.size):
            np.add.at(late[f], self.group[f], beyond[f])
        places = np.arange(n)
        use = np.array([float(one.use[places, kinds].sum()) - one.limit for one in found.resources])
        full = np.where(self.limited, load - self.cap * (kinds == MAIN), 0.0)
        return [up[0], up[1], use, late - self.spare, full]

    def part(self) -> Part:
        """The prices as the certificate holds them: sites in the caller's order."""
        found, floors = self.found, self.found.rules.floors
        dues = np.empty(found.order.size)
        dues[found.order] = self.prices.dues
        shared = [self.prices.floors[f, 0] for f, one in enumerate(floors) if not one.each]
        each = [self.prices.floors[f] for f, one in enumerate(floors) if one.each]
        return Part(
            np.concatenate([self.prices.resources, shared]), self.prices.head, self.prices.point,
            np.array(each).reshape(len(each), found.communes), dues,
        )  # fmt: skip

    # ------------------------------------------------------------------ plans

    def respond(
        self, kinds: Ints, prices: Prices | None = None, sweeps: int = 20, which: Ints | None = None
    ) -> Ints:
        """Let communes take their best in turn, at the prices of what is shared, till none moves."""
        found, pairs = self.found, self.pairs
        kinds = kinds.copy()
        worth = found.fixed.copy()
        fees = np.zeros((self.floor.size, self.none.shape[0]))
        cf = self.cf
        if prices is not None:
            fees = self.fees(prices)
            for price, one in zip(prices.resources, found.resources, strict=True):
                worth += price * one.use
            if self.tight:
                cf = cf + found.demand.people[self.row] * prices.dues[pairs.site]
                worth[:, MAIN] -= prices.dues * self.cap
        which = np.arange(found.communes) if which is None else which
        for _sweep in range(sweeps):
            if not which.size or self.left() < 0.2:
                break
            changed = np.zeros(found.communes, np.bool_)
            for some in np.array_split(which, max(which.size // 200, 1)):
                if self.left() < 0.2:
                    break
                kernel.respond(
                    some, found.start, found.mains, self.corner, self.near, found.commune, pairs.start,
                    pairs.site, pairs.minutes, found.rules.mobile_wait, cf, self.cb, self.cv,
                    self.none, self.floor, fees, self.back_start, self.back, self.row, worth,
                    found.demand.people, kinds, changed,
                )  # fmt: skip
            if sweeps > 1:
                which = self._touched(changed)
        return kinds

    def _touched(self, changed: Any) -> Ints:
        """Communes that moved, and those that share villages with them within reach."""
        if not changed.any():
            return np.empty(0, np.int64)
        found, pairs = self.found, self.pairs
        near = np.arange(pairs.site.size) - pairs.start[self.row] < 12
        moved = changed[found.commune[pairs.site]] & near
        village = np.zeros(self.none.shape[0], bool)
        village[self.row[moved]] = True
        touched = changed.copy()
        touched[found.commune[pairs.site[village[self.row] & near]]] = True
        return np.flatnonzero(touched)

    def worth_of(self, kinds: Ints) -> float:
        """The objective of these kinds; infinite where they break a rule."""
        return self._judged(kinds)[0]

    def consider(self, kinds: Ints) -> None:
        """Keep these kinds if they keep every rule and nothing better is known."""
        value, assign = self._judged(kinds)
        if value < self.best_value:
            self.best_value, self.kinds, self.assign = value, kinds, assign

    def _judged(self, kinds: Ints) -> tuple[float, Ints | None]:
        service = nearest(self.found, kinds)
        if not keeps(self.found, kinds, service):
            return np.inf, None
        assign = packed(self.found, kinds, self.prices.dues) if self.tight else None
        if self.tight and assign is None:
            return np.inf, None
        return value_of(self.found, kinds, assign, service), assign
