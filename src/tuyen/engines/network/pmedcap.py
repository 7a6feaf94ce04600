"""The capacitated p-median: ``p`` sites that hold everyone, each demand whole at one of them.

Relaxing "everyone goes somewhere" leaves a knapsack for every site; the rest is as for the
p-median: subgradients, settled sites, a tree of parts, a record that a checker reads again.
Source: Osman and Christofides, Capacitated clustering problems by hybrid simulated annealing and
tabu search, Int Trans Opl Res 1994; 1: 317-336. Ceselli and Righini, A branch-and-price algorithm
for the capacitated p-median problem, Networks 2005; 45: 125-142.
"""

import heapq
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network import pmedcap_kernel as kernel
from tuyen.engines.network.pmedcap_proof import cost_of_assignment, proven_bound_packed
from tuyen.engines.network.pmedcap_search import PackSearch
from tuyen.engines.network.pmedian_rows import grid
from tuyen.engines.network.siting_problem import (
    CLOSE,
    FEASIBLE,
    INFEASIBLE,
    OPTIMAL,
    Answer,
    Costs,
    Left,
    Proof,
    ProofNode,
)
from tuyen.engines.network.siting_proof import ProofRejected
from tuyen.engines.network.siting_refusals import (
    CannotBePacked,
    CapacityShort,
    DemandTooLarge,
    NoAnswerInTime,
)
from tuyen.kernel.refusal import Refusal

Numbers = NDArray[np.float64]
MOST_STEPS = 4000


def solve_pmedcap(
    costs: Costs, load: Numbers, room: Numbers, p: int, left: Left, seed: int = 1,
    names: tuple[str, ...] | None = None,
) -> Answer:  # fmt: skip
    """Choose ``p`` of m sites for n demands within their room.

    Parameters
    ----------
    costs : (m, n) int32 or float64, >= 0
    load : (n,) >= 0
        What each demand takes.
    room : (m,) >= 0
        What each site holds.

    Returns
    -------
    Answer
        ``infeasible`` with its reason where capacities cannot hold everyone.
    """
    if (reason := shortage(load, room, p, names)) is not None:
        return Answer(None, None, INFEASIBLE, reason=reason)
    search = PackSearch(costs, load, room, p, left, np.random.default_rng(seed))
    tree = PackTree(search)
    tree.climb()
    if search.value == np.inf:
        done = search.solve_exactly(np.arange(len(costs)), left() - 0.3, len(costs))
        if search.value == np.inf:
            values = {"p": p, "wanted": f"{load.sum():g}"}
            if done is None:
                raise NoAnswerInTime(**values)
            held = f"{np.sort(room)[-p:].sum():g}"
            return Answer(None, None, INFEASIBLE, reason=CannotBePacked(**values, held=held))
    tree.grow()
    opened = np.sort(search.opened)
    proof = tree.record()
    objective = cost_of_assignment(costs, load, room, p, opened, search.assigned)
    try:
        bound = proven_bound_packed(costs, load, room, p, objective, proof)
    except ProofRejected:  # a fault of ours never becomes a claim
        bound = -np.inf
    bound = max(bound, float(costs.min(axis=0).sum(dtype=np.float64)))
    whole = costs.dtype.kind == "i"
    reached = bound >= (objective if whole else objective * (1 - 3e-9))
    return Answer(
        objective, min(bound, objective), OPTIMAL if reached else FEASIBLE, opened,
        search.assigned, proof,
    )  # fmt: skip


def shortage(
    load: Numbers, room: Numbers, p: int, names: tuple[str, ...] | None = None
) -> Refusal | None:
    """Why the sites cannot hold everyone, by sums alone; None where sums do not show it."""
    largest = np.sort(room)[::-1]
    worst = int(load.argmax())
    if load[worst] > largest[0]:
        return DemandTooLarge(
            place=names[worst] if names else worst + 1, wanted=f"{load[worst]:g}", held=f"{largest[0]:g}",
            short=f"{load[worst] - largest[0]:g}",
        )  # fmt: skip
    held, wanted = float(largest[:p].sum()), float(load.sum())
    if held >= wanted:
        return None
    enough = int(np.searchsorted(np.cumsum(largest), wanted) + 1)
    return CapacityShort(
        p=p, held=f"{held:g}", wanted=f"{wanted:g}", short=f"{wanted - held:g}", enough=enough
    )


@dataclass
class _Part:
    place: int
    state: NDArray[np.int8]
    allowed: NDArray[np.bool_]
    lam: Numbers
    bound: float
    share: Numbers


class PackTree:
    """Bounds over parts of the choice, and the record of them."""

    def __init__(self, search: PackSearch) -> None:
        self.search, self.left = search, search.left
        self.costs, self.p = search.costs, search.p
        self.whole = self.costs.dtype.kind == "i"
        self.scale = grid(self.costs)
        loads, rooms = search.load, search.room
        self.exact = bool(
            rooms.max() <= MOST_STEPS
            and (loads == np.floor(loads)).all()
            and (rooms == np.floor(rooms)).all()
        )
        m, n = self.costs.shape
        self.high = self.costs.max(axis=0) * 2.0 + 1.0
        start = np.sort(self.costs, axis=0)[min(m - 1, m // self.p)].astype(np.float64)
        self.root = _Part(
            0, np.zeros(m, np.int8), np.ones((m, n), np.bool_), start, -np.inf,
            np.full((m, n), 1.0 / m),
        )  # fmt: skip
        self.used: list[list[Numbers]] = [[]]
        self.splits: dict[int, tuple[int, tuple[int, int], tuple[int, int]]] = {}
        self.checking, self.spent = 0.1, 0.01

    @property
    def goal(self) -> float:
        value = self.search.value
        return value - 1 if self.whole or not value else value * (1 - CLOSE)

    def climb(self) -> None:
        """The bound of the whole, and the answers that its multipliers point at."""
        part, search = self.root, self.search
        theta = 1.0
        search.improve(search.rng.choice(search.m, search.p, replace=False))
        for _chunk in range(40):
            theta = self._ascend(part, theta, 40, 15)
            search.improve(np.argsort(-part.share.sum(axis=1), kind="stable")[: self.p])
            if theta < 2e-3 or part.bound > self.goal or self.left() <= self.checking:
                break
        search.shake(20)
        self._keep(part)
        if part.bound <= self.goal and self.left() > 1 and search.m * search.n <= 60_000:
            likely = np.argsort(-part.share.sum(axis=1), kind="stable")
            sites = np.union1d(likely[: 3 * self.p], search.opened)
            search.solve_exactly(sites, min(0.3 * self.left(), 8.0))
        if part.bound <= self.goal and self.left() > self.checking:
            self._settle(part)
            self._ascend(part, 0.3, 60, 10)
            self._keep(part)

    def grow(self) -> None:
        """Split the part with the lowest bound until none is left or the time is over."""
        waiting = [(self.root.bound, 0, self.root)]
        while waiting and self.left() > self.checking:
            _bound, _place, part = heapq.heappop(waiting)
            if part.bound > self.goal:
                continue
            site, pair = self._split_at(part)
            if site < 0 and pair[0] < 0:
                continue
            children = (len(self.used), len(self.used) + 1)
            self.used += [[], []]
            self.splits[part.place] = (site, children, pair)
            for place, side in zip(children, (1, -1), strict=True):
                child = self._child(part, place, site, pair, side)
                if child.bound <= self.goal:
                    heapq.heappush(waiting, (child.bound, place, child))

    def _split_at(self, part: _Part) -> tuple[int, tuple[int, int]]:
        """A free site nobody is sure of; where all are settled, the demand that is most torn."""
        free = np.flatnonzero(part.state == 0)
        if free.size:
            weight = part.share[free].max(axis=1)
            return int(free[np.abs(weight - 0.5).argmin()]), (-1, -1)
        open_pairs = part.allowed & (part.state == 1)[:, None]
        torn = np.where(open_pairs.sum(axis=0) > 1, part.share.max(axis=0), np.inf)
        demand = int(torn.argmin())
        if torn[demand] == np.inf:  # everyone has one site left: this part is one answer
            site_of = open_pairs.argmax(axis=0)
            opened = np.flatnonzero(part.state == 1)
            self.search._take(opened, np.searchsorted(opened, site_of))
            return -1, (-1, -1)
        site = int(np.where(open_pairs[:, demand], part.share[:, demand], -1).argmax())
        return -1, (demand, site)

    def _child(self, part: _Part, place: int, site: int, pair: tuple[int, int], side: int) -> _Part:
        child = _Part(
            place, part.state.copy(), part.allowed.copy(), part.lam.copy(), part.bound,
            part.share.copy(),
        )  # fmt: skip
        if site >= 0:
            child.state[site] = side
        else:
            demand, where = pair
            kept = child.allowed[where, demand]
            child.allowed[:, demand] &= side < 0
            child.allowed[where, demand] = kept and side > 0
        for _again in range(2):
            self._ascend(child, 0.5, 50, 6)
            self._keep(child)
            before = np.count_nonzero(child.state == 0)
            if child.bound > self.goal or not before or self.left() <= self.checking:
                break
            self._settle(child)
            if np.count_nonzero(child.state == 0) > 0.8 * before:
                break
        if child.bound <= self.goal and (child.state == 1).sum() <= self.p:
            ranked = np.argsort(-child.share.sum(axis=1) - 1e3 * child.state, kind="stable")
            self.search.improve(ranked[: self.p])
        return child

    def _ascend(self, part: _Part, theta: float, rounds: int, patience: int) -> float:
        before = self.left()
        rounds = max(3, min(rounds, int(0.4 / self.spent)))
        aim = self.search.value if self.search.value < np.inf else 1.1 * abs(part.bound) + 1
        if aim == np.inf:
            aim = float(np.median(self.costs, axis=0).sum())
        goal = self.goal if self.search.value < np.inf else np.inf
        top, lam, done, theta = kernel.ascend_packed(
            self.costs, part.allowed, part.lam, self.search.load, self.search.room, self.exact,
            part.state, self.p, goal, aim, theta, rounds, min(patience, rounds // 2), part.share,
            self.high,
        )  # fmt: skip
        part.lam = lam
        part.bound = max(part.bound, top)
        self.spent = max((before - self.left()) / max(done, 1), 0.5 * self.spent, 1e-5)
        return float(theta)

    def _worth(self, part: _Part) -> tuple[Numbers, NDArray[np.int8], float]:
        m, n = self.costs.shape
        worth, chosen = np.empty(m), np.empty(m, np.int8)
        width = int(self.search.room.max()) + 1 if self.exact else 1
        bound = kernel.relax_packed(
            self.costs, part.allowed, part.lam, self.search.load, self.search.room, self.exact,
            part.state, self.p, worth, np.zeros((m, n)), chosen, np.empty(width),
            np.empty((n, width), np.uint8),
        )  # fmt: skip
        return worth, chosen, float(bound)

    def _keep(self, part: _Part) -> None:
        """Round multipliers to the grid and enter them in the record."""
        if self.scale:
            part.lam = np.rint(part.lam * self.scale) / self.scale
        self.used[part.place].append(part.lam)
        steps = self.search.room.max() if self.exact else 20.0
        self.checking += 1e-9 * self.costs.size * steps + 1e-5 * len(self.costs)
        part.bound = self._worth(part)[2]

    def _settle(self, part: _Part) -> None:
        worth, chosen, bound = self._worth(part)
        state = part.state
        taken, spared = (state == 0) & (chosen == 1), (state == 0) & (chosen == 0)
        last = worth[taken].max() if taken.any() else -np.inf
        following = worth[spared].min() if spared.any() else np.inf
        state[spared & (bound + worth - last > self.goal)] = -1
        state[taken & (bound - worth + following > self.goal)] = 1
        if np.count_nonzero(state == 1) == self.p:
            state[state == 0] = -1

    def record(self) -> Proof:
        """Everything a checker needs to find the bound again."""
        nodes = []
        for place, used in enumerate(self.used):
            site, children, pair = self.splits.get(place, (-1, (-1, -1), (-1, -1)))
            nodes.append(ProofNode(tuple(used), site, children, pair))
        return Proof(tuple(nodes))
