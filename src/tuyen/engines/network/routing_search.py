"""Hybrid genetic search with adaptive diversity control, for one day or many, one depot or many.

Vidal, Crainic, Gendreau, Lahrichi and Rei, Operations Research 2012; 60: 611-624, with the faster
education of Vidal, Computers & Operations Research 2022; 140: 105643. Written from the papers.
Seeded; the caller says how much of the time is spent, so that the engine reads no clock.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.routing_apart import allowed, cut_apart, length
from tuyen.engines.network.routing_crossover import (
    build,
    educate,
    excess,
    export,
    order_crossover,
    periodic_crossover,
    reprice,
)
from tuyen.engines.network.routing_population import FEWEST, Population
from tuyen.engines.network.routing_problem import FREE, Problem, checked
from tuyen.engines.network.routing_ruin import anneal
from tuyen.engines.network.routing_state import Slots

WIDTH, REMEMBERED, WANTED, RESTART = 20, 100, 0.25, 20_000
WARM, MANY = (
    5,
    4000,
)  # children that a population needs; where there is no time for them, steps are made
HOT, COLD, STEPS = 0.5, 0.01, 50  # of the mean way; steps between looks at the clock


class Route(NamedTuple):
    """A vehicle's round: customers by place in the problem, in order of visit."""

    slot: int
    visits: tuple[int, ...]


class Answer(NamedTuple):
    """The best routes found; ``allowed`` as the search counts, to be checked by another hand."""

    routes: tuple[Route, ...]
    cost: float
    allowed: bool
    children: int


def _vehicles(problem: Problem) -> list[int]:
    """Vehicles of each slot; where there is no limit, clearly more than the load needs."""
    answer = []
    for slot in problem.slots:
        bins = np.ceil(1.3 * problem.demand.sum() / slot.capacity) + 3 if slot.capacity else 0
        enough = problem.size if slot.longest < FREE or problem.windowed else int(bins)
        count = enough if slot.vehicles is None else slot.vehicles
        answer.append(max(1, min(count, problem.size)))
    return answer


def _prepared(problem: Problem) -> Slots:
    n, count = problem.size, len(problem.slots)
    vehicles = _vehicles(problem)
    routes = max(vehicles)
    same = float(problem.time is problem.cost or np.array_equal(problem.time, problem.cost))
    limits = np.array(
        [
            (s.capacity, s.longest, s.opens, s.closes, float(problem.windowed), v, same)
            for s, v in zip(problem.slots, vehicles, strict=True)
        ]
    )
    customer = np.stack([problem.demand, problem.service, problem.opens, problem.closes])
    width = n + 2 * routes
    return Slots(
        np.zeros((count, 5, width), np.int64), np.zeros((count, 12, width)),
        np.zeros((count, 5, routes)), np.zeros((count, 3, routes), np.int64),
        _still(problem.cost), _still(problem.time),
        np.ascontiguousarray(customer), limits, _first_prices(problem), np.zeros(1, np.int64),
        np.array([s.matrix for s in problem.slots], np.int64),
    )  # fmt: skip


def _still(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """A copy in which staying costs nothing, whatever a file has on its diagonal."""
    copy = np.array(matrix, np.float64, order="C")
    copy[:, np.arange(copy.shape[1]), np.arange(copy.shape[1])] = 0.0
    return copy


def _first_prices(problem: Problem) -> NDArray[np.float64]:
    """A typical way for a typical load, and one unit of cost for one of time."""
    way = float(problem.cost.max()) or 1.0
    return np.array([np.clip(way / max(1.0, problem.demand.max()), 0.1, 1000.0), 1.0, 1.0])


def _nearest(problem: Problem) -> NDArray[np.int64]:
    """Customers by closeness, in way and in hours: (n, k).

    Hours as in Vidal and others 2013: waiting counts a fifth, being late counts whole. Nobody is
    near to himself: of a lone customer k is 0, and a move of it behind itself would tie its round
    into a ring that no walk along it leaves. One layout for all sizes: each is compiled for anew.
    """
    n = problem.size
    close = problem.cost[:, :n, :n].min(axis=0)
    if problem.windowed:
        way = problem.time[:, :n, :n].min(axis=0)
        leave = problem.opens[:, None] + problem.service[:, None] + way
        wait = problem.opens[None] - way - problem.service[:, None] - problem.closes[:, None]
        late = leave - problem.closes[None]
        close = close + 0.2 * np.maximum(wait, 0.0) + np.maximum(late, 0.0)
    close = np.minimum(close, close.T).copy()
    np.fill_diagonal(close, np.inf)
    wide = WIDTH if len(problem.slots) == 1 else 4 * WIDTH
    order = np.argsort(close, axis=1, kind="stable")[:, : min(n - 1, wide)]
    return np.ascontiguousarray(order)


def _angles(problem: Problem) -> NDArray[np.float64]:
    """Customers seen from each slot's depot (L, n, 2); zeros without coordinates."""
    seen = np.zeros((len(problem.slots), problem.size, 2))
    if problem.points is not None and problem.depots is not None:
        for at, slot in enumerate(problem.slots):
            seen[at] = problem.points - problem.depots[slot.matrix]
    return seen


class _Search:
    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        self.rng = np.random.default_rng(seed)
        self.dice = self.rng.integers(1, 2**62, size=1)
        self.slots = _prepared(problem)
        self.near, self.angles = _nearest(problem), _angles(problem)
        self.options = np.ascontiguousarray(problem.options, np.int64)
        self.first = np.ascontiguousarray(problem.first, np.int64)
        self.people = Population(len(problem.slots), problem.size, self.rng)
        self.kept = np.ones((REMEMBERED, 2), bool)  # which of the last kept load, and time
        self.best: tuple[float, tuple[Route, ...]] | None = None
        self.nearest_miss: tuple[float, tuple[Route, ...]] | None = None
        self.children = self.idle = 0
        self.step = 50 if len(problem.slots) == 1 else 25

    def random_orders(self) -> NDArray[np.int64]:
        """Options and orders by chance; of many slots, no orders: visits are then inserted in
        random order where they cost least, each customer in its cheapest option."""
        n, count = self.problem.size, len(self.problem.slots)
        chosen = self.rng.integers(self.first[:-1], self.first[1:])
        orders = np.full((count, n), -1, np.int64)
        if len(self.options) > n and self.children % 4:
            return orders
        for at in range(count):
            members = self.rng.permutation(np.flatnonzero(self.options[chosen, at]))
            orders[at, : members.size] = members
        return orders

    def child(self) -> NDArray[np.int64]:
        """Orders that two good solutions make together."""
        people, prices = self.people, self.slots.prices
        one = people.parent(prices)
        other = people.parent(prices)
        for _ in range(10):
            if other != one:
                break
            other = people.parent(prices)
        orders = np.full(people.orders.shape[1:], -1, np.int64)
        a, b = people.orders[one], people.orders[other]
        if len(orders) == 1:
            order_crossover(a[0], b[0], orders[0], self.dice)
        else:
            periodic_crossover(a, b, orders, self.options, self.first, self.dice)
        return orders

    def raise_child(self, orders: NDArray[np.int64]) -> None:
        """Build, educate, keep; mend every second one that breaks a limit."""
        build(self.slots, orders, self.options, self.first, self.dice)
        educate(self.slots, self.near, self.options, self.first, WIDTH, self.dice)
        row = self.keep()
        self.kept[self.children % REMEMBERED] = (
            self.people.feats[row, 1] < 1e-6, self.people.feats[row, 2:].sum() < 1e-6,
        )  # fmt: skip
        self.children += 1
        if (self.people.feats[row, 1:] >= 1e-6).any() and self.rng.random() < 0.5:
            self.slots.prices[:] *= 10.0
            reprice(self.slots)
            educate(self.slots, self.near, self.options, self.first, WIDTH, self.dice)
            self.slots.prices[:] /= 10.0
            self.keep(mended=True)
        if self.children % self.step == 0:
            self.adapt()

    def keep(self, mended: bool = False) -> int:
        """Write the routes into the population; a mended solution only if it breaks nothing."""
        people = self.people
        row = people.free[-1]
        excess(self.slots, people.feats[row])
        allowed = bool((people.feats[row, 1:] < 1e-6).all())
        if mended and not allowed:
            return row
        export(
            self.slots, self.angles, people.orders[row], people.starts[row], people.after[row],
            people.ahead[row],
        )  # fmt: skip
        self.note(row, allowed)
        people.add(row, self.slots.prices)
        return row

    def note(self, row: int, allowed: bool) -> None:
        """Remember the best, or what comes nearest to being allowed."""
        feats = self.people.feats[row]
        if allowed:
            if self.best is None or feats[0] < self.best[0] - 1e-7:
                self.best, self.idle = (float(feats[0]), self.routes(row)), 0
        elif self.best is None:
            miss = float(feats[1:].sum())
            if self.nearest_miss is None or miss < self.nearest_miss[0]:
                self.nearest_miss = (miss, self.routes(row))

    def routes(self, row: int) -> tuple[Route, ...]:
        """The routes of a solution of the population."""
        found: list[tuple[int, list[int]]] = []
        for at, (order, starts) in enumerate(
            zip(self.people.orders[row], self.people.starts[row], strict=True)
        ):
            for u, begins in zip(order, starts, strict=True):
                if u < 0:
                    break
                if begins:
                    found.append((at, []))
                found[-1][1].append(int(u))
        return tuple(Route(at, tuple(visits)) for at, visits in found)

    def adapt(self) -> None:
        """Dearer what is broken too often, cheaper what is hardly ever broken."""
        self.reprice_by(self.kept[: min(self.children, REMEMBERED)].mean(axis=0), WANTED)
        self.people.prices_changed()

    def reprice_by(self, shares: NDArray[np.float64], wanted: float) -> None:
        """New prices, from the shares of solutions that kept loads, and times."""
        for at, share in ((0, shares[0]), (1, shares[1]), (2, shares[1])):
            factor = 1.2 if share < wanted - 0.05 else 0.85 if share > wanted + 0.05 else 1.0
            if share < wanted / 4:
                factor = 1.6
            self.slots.prices[at] = np.clip(self.slots.prices[at] * factor, 1e-3, 1e6)


def solve(
    problem: Problem,
    *,
    seed: int,
    spent: Callable[[], float],
    children: int | None = None,
    heard: Callable[[float], None] | None = None,
) -> Answer:
    """The cheapest routes found until ``spent()`` reaches 1 or ``children`` were raised; one is.

    ``spent`` is the share of the time that is used up; with ``children`` and a ``spent`` that
    stays below 1 the answer is a function of the problem and the seed. ``heard`` is told the cost
    of each better answer.

    Raises
    ------
    BadRouting
        If the problem contradicts itself.
    """
    if not checked(problem).size:  # nobody to visit: no round is all there is
        return Answer((), 0.0, True, 0)
    search = _Search(problem, seed)
    told = np.inf
    begun, start = 0, 0.0
    while not search.children or (
        spent() < 1.0 and (children is None or search.children < children)
    ):
        raised = search.children - begun
        early = raised < FEWEST or (raised < 4 * FEWEST and spent() < 0.1)
        search.raise_child(search.random_orders() if early else search.child())
        search.idle += 1
        if search.best is not None and search.best[0] < told:
            told = search.best[0]
            if heard is not None:
                heard(told)
        if search.idle > RESTART:
            search.people.clear()
            search.idle, begun = 0, search.children
        if search.children == WARM:  # the first ones hold the compiling
            start = spent()
        elif search.children == FEWEST and (spent() - start) * MANY > FEWEST - WARM:
            return _annealed(search, spent, heard)
    return _answer(search)


def _answer(search: _Search) -> Answer:
    problem = search.problem
    cost, routes = search.best or search.nearest_miss or (np.inf, ())
    kept = search.best is not None
    if not kept:
        apart = cut_apart(problem, routes)
        if kept := allowed(problem, apart):
            routes, cost = tuple(Route(*one) for one in apart), length(problem, apart)
    return Answer(routes, cost / problem.scale, kept, search.children)


def _annealed(
    search: _Search, spent: Callable[[], float], heard: Callable[[float], None] | None
) -> Answer:
    """Go on from the best solution of a first few by small steps, colder and colder."""
    slots, people = search.slots, search.people
    rows = people.groups[True] + people.groups[False]
    row = rows[int(np.argmin(people.costs(rows, slots.prices)))]
    build(slots, people.orders[row], search.options, search.first, search.dice)
    educate(slots, search.near, search.options, search.first, WIDTH, search.dice)
    kept = slots._replace(
        links=slots.links.copy(), sums=slots.sums.copy(), totals=slots.totals.copy(),
        counts=slots.counts.copy(),
    )  # fmt: skip
    visits = int((people.orders[row] >= 0).sum() + people.starts[row].sum())
    way, begun, told = float(people.feats[row, 0]) / max(1, visits), spent(), np.zeros(3)
    while (now := spent()) < 1.0:
        heat = way * HOT * (COLD / HOT) ** ((now - begun) / max(1e-9, 1.0 - begun))
        best = search.best[0] if search.best else np.inf
        if anneal(slots, kept, search.options, search.first, search.near, WIDTH, search.dice, heat,
                  STEPS, best, told):  # fmt: skip
            search.keep()
            if heard is not None and search.best is not None:
                heard(search.best[0])
        if told[0] >= 4 * STEPS:
            search.reprice_by(told[1:] / told[0], 0.5)
            told[:] = 0.0
            reprice(slots)
            reprice(kept)
    search.children += 1
    return _answer(search)
