"""Covering: the fewest sites that reach everyone, and the most people that ``p`` sites reach.

The fewest sites are found by HiGHS (through SciPy), whose word is no proof; prices of the linear
relaxation, and a tree of them where one does not do, show that fewer do not reach everyone.
Reaching the most people is a p-median whose ways cost nothing within the radius and a person's
weight beyond. Source: Toregas et al., The location of emergency service facilities, Opns Res 1971;
19: 1363-1373. Church and ReVelle, The maximal covering location problem, Pap Reg Sci 1974; 32: 101-118.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array

from tuyen.engines.network.covering_proof import GRID, proven_sites
from tuyen.engines.network.pmedian import solve_pmedian
from tuyen.engines.network.siting_problem import (
    FEASIBLE,
    INFEASIBLE,
    OPTIMAL,
    Answer,
    Costs,
    Left,
    Proof,
    ProofNode,
    compact,
)
from tuyen.engines.network.siting_proof import ProofRejected
from tuyen.engines.network.siting_refusals import OutOfReach

Covers = NDArray[np.bool_]
Numbers = NDArray[np.float64]


def solve_mclp(
    distance: Costs, people: Numbers, p: int, radius: float, left: Left, seed: int = 1
) -> Answer:
    """Open ``p`` sites so that most people have one within ``radius``; assigned is -1 beyond it."""
    reached = distance <= radius
    lost = compact(np.where(reached, 0.0, people))
    found = solve_pmedian(lost, p, left, seed)
    assert found.bound is not None
    total = float(people.sum())
    nearest = found.opened[distance[found.opened].argmin(axis=0)]
    assigned = np.where(reached[found.opened].any(axis=0), nearest, -1)
    covered = float(people[assigned >= 0].sum())
    bound = covered if found.status == OPTIMAL else total - found.bound
    return Answer(covered, max(bound, covered), found.status, found.opened, assigned, found.proof)


def solve_lscp(
    distance: Costs, radius: float, left: Left, names: tuple[str, ...] | None = None
) -> Answer:
    """Open as few sites as possible with everyone within ``radius`` of one."""
    covers = distance <= radius
    alone = np.flatnonzero(~covers.any(axis=0))
    if alone.size:
        nearest = distance.min(axis=0)
        worst = int(nearest.argmax())
        reason = OutOfReach(
            count=int(alone.size), radius=f"{radius:g}", nearest=f"{nearest[worst]:.10g}",
            enough=f"{nearest[worst]:.10g}", place=names[worst] if names else worst + 1,
        )  # fmt: skip
        return Answer(None, None, INFEASIBLE, reason=reason)
    search = CoverSearch(covers, left)
    search.start()
    search.prove()
    opened = np.sort(search.best)
    proof = search.record()
    try:
        bound = min(proven_sites(covers, proof), float(opened.size))
    except ProofRejected:  # a fault of ours never becomes a claim
        bound = 1.0
    status = OPTIMAL if bound >= opened.size else FEASIBLE
    assigned = opened[distance[opened].argmin(axis=0)]
    return Answer(float(opened.size), bound, status, opened, assigned, proof)


@dataclass
class _Part:
    place: int
    state: NDArray[np.int8]


@dataclass
class CoverSearch:
    """The fewest sites known to cover everyone (``best``), and the record that fewer do not."""

    covers: Covers
    left: Left
    best: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    prices: list[Numbers | None] = field(default_factory=lambda: [None])
    splits: dict[int, tuple[int, tuple[int, int]]] = field(default_factory=dict)
    spare: float = 0.05  # seconds within which no step can be made that reads all that is reached

    def __post_init__(self) -> None:
        begun = self.left()
        self.reached = turned(self.covers)
        self.rows = _needed_rows(self.covers, self.reached, self.left)
        self.spare = 0.05 + 2 * max(0.0, begun - self.left())

    def start(self) -> None:
        """A greedy answer, then the one of HiGHS within half of the time."""
        self.best = greedy(self.covers, np.ones(len(self.covers)), self.reached)
        self.prices[0] = apart(self.covers, self.reached)
        if self.left() > 0.15 + self.spare:
            self.by_program(0.4 * self.left())

    def by_program(self, seconds: float) -> str:
        """HiGHS: "found", "none" (fewer than ``best`` is impossible, it says), "unknown"."""
        active = csr_array(self.reached[self.rows]).astype(np.float64)
        m = len(self.covers)
        found = milp(
            np.ones(m), integrality=np.ones(m), bounds=Bounds(0, 1),
            constraints=[LinearConstraint(active, 1, np.inf)],
            options={"time_limit": max(seconds, 0.05)},
        )  # fmt: skip
        if found.x is None:
            return "unknown"
        sites = trimmed(self.covers, np.flatnonzero(found.x > 0.5))
        if self.covers[sites].any(axis=0).all() and sites.size < self.best.size:
            self.best = sites
        return "found"

    def prove(self, target: int | None = None) -> bool:
        """Whether the record shows that everyone needs as many sites as ``best``, or more than
        ``target``; parts are split where the linear relaxation is most torn."""
        waiting = [_Part(0, np.zeros(len(self.covers), np.int8))]
        while waiting:
            if self.left() <= self.spare:
                return False
            part = waiting.pop()
            goal = self.best.size if target is None else target + 1
            inside = int(np.count_nonzero(part.state == 1))
            solved = self._relaxed(part)
            if solved is None:
                return False
            shares, prices = solved
            if prices is None:
                continue
            self.prices[part.place] = prices
            if inside + np.ceil(prices.sum() - 0.5 / GRID) >= goal:
                continue
            rounded = trimmed(
                self.covers,
                np.union1d(
                    np.flatnonzero(part.state == 1),
                    greedy(self.covers, shares + 1e-6 * (part.state >= 0), self.reached),
                ),
            )
            if rounded.size < self.best.size:
                self.best = rounded
                if target is not None and rounded.size <= target:
                    return False
            torn = np.where(part.state == 0, np.abs(shares - 0.5), np.inf)
            site = int(torn.argmin())
            if torn[site] == np.inf:
                return False
            children = (len(self.prices), len(self.prices) + 1)
            self.prices += [prices, prices]  # those of the whole hold in its parts
            self.splits[part.place] = (site, children)
            for place, side in zip(children, (1, -1), strict=True):
                state = part.state.copy()
                state[site] = side
                waiting.append(_Part(place, state))
        return True

    def first_prices(self, target: int) -> bool:
        """Whether the prices of the whole show already that more than ``target`` are needed."""
        solved = self._relaxed(_Part(0, np.zeros(len(self.covers), np.int8)))
        if solved is None:
            return False
        shares, prices = solved
        if prices is None:
            return False
        self.prices[0] = prices
        rounded = greedy(self.covers, shares, self.reached)
        if rounded.size < self.best.size:
            self.best = rounded
        return bool(np.ceil(prices.sum() - 0.5 / GRID) > target)

    def _relaxed(self, part: _Part) -> tuple[Numbers, Numbers | None] | None:
        """Shares of sites and prices of demands in the linear relaxation; no prices where somebody has
        no site left, None where the time is over."""
        n = self.covers.shape[1]
        inside, may = part.state == 1, np.flatnonzero(part.state >= 0)
        rows = self.rows[~self.covers[inside][:, self.rows].any(axis=0)]
        open_ = self.reached[rows][:, may]
        shares, prices = inside.astype(np.float64), np.zeros(n)
        if not open_.any(axis=1).all():
            return shares, None
        if rows.size:
            active = -csr_array(open_).astype(np.float64)
            found = linprog(
                np.ones(may.size) - inside[may], A_ub=active, b_ub=-np.ones(rows.size),
                bounds=(0, None), method="highs",
                options={"time_limit": max(self.left() - self.spare, 0.05)},
            )  # fmt: skip
            if found.x is None or found.status != 0:
                return None
            shares[may] = np.maximum(found.x, shares[may])
            prices[rows] = rounded_prices(-active.T, -found.ineqlin.marginals)
        return shares, prices

    def record(self) -> Proof:
        """Everything a checker needs; parts without prices are those where somebody has no site."""
        return Proof(
            tuple(
                ProofNode(() if one is None else (one,), *self.splits.get(k, (-1, (-1, -1))))
                for k, one in enumerate(self.prices)
            )
        )


def rounded_prices(covers: csr_array, prices: Numbers) -> Numbers:
    """Prices on the checker's grid of which no site covers more than 1 together."""
    prices = np.maximum(prices, 0.0)
    dearest = float((covers @ prices).max(initial=0.0))
    if dearest > 1:
        prices = prices / dearest
    down = np.floor(prices * GRID * (1 - 1e-12)) / GRID
    over: bool = bool((covers @ down).max(initial=0.0) > 1)
    return np.maximum(down - 1 / GRID, 0.0) if over else down


def turned(covers: Covers) -> Covers:
    """(n, m): of each demand the sites that reach it, side by side in memory."""
    return np.ascontiguousarray(covers.T)


def greedy(covers: Covers, liking: Numbers, reached: Covers) -> NDArray[np.int64]:
    """Sites in turn, each the one with most people not yet reached, as much as it is liked.
    ``reached``: :func:`turned`."""
    waiting = np.ones(covers.shape[1], bool)
    chosen: list[int] = []
    counts = covers.sum(axis=1).astype(np.float64)
    while waiting.any():
        site = int((counts * (liking + 1e-9)).argmax())
        fresh = covers[site] & waiting
        if not fresh.any():
            site = int(counts.argmax())
            fresh = covers[site] & waiting
            if not fresh.any():
                break
        chosen.append(site)
        waiting &= ~fresh
        counts -= reached[fresh].sum(axis=0)
    return trimmed(covers, np.array(chosen, np.int64))


def apart(covers: Covers, reached: Covers) -> Numbers:
    """Prices of 1 for demands of which no two share a site: a first bound, at once."""
    prices = np.zeros(covers.shape[1])
    used = np.zeros(len(covers), bool)
    for demand in np.argsort(covers.sum(axis=0), kind="stable"):
        if not used[reached[demand]].any():
            prices[demand] = 1.0
            used |= reached[demand]
    return prices


def trimmed(covers: Covers, sites: NDArray[np.int64]) -> NDArray[np.int64]:
    """Without sites whose people all have another."""
    times = covers[sites].sum(axis=0)
    kept = []
    for site in sites[np.argsort(covers[sites].sum(axis=1), kind="stable")]:
        if (times[covers[site]] > 1).all():
            times -= covers[site]
        else:
            kept.append(site)
    return np.sort(np.array(kept, np.int64))


def _needed_rows(covers: Covers, reached: Covers, left: Left) -> NDArray[np.int64]:
    """Demands that are not reached by themselves whenever another is; all, as far as the time did not
    suffice to look."""
    n = covers.shape[1]
    until = 0.7 * left()
    packed = np.packbits(covers, axis=1)
    idle = np.zeros(n, bool)
    # Whoever goes without saying because of an idle one does so because of what makes that one idle.
    for demand in np.argsort(covers.sum(axis=0), kind="stable"):
        if left() < until:
            break
        if idle[demand]:
            continue
        common = np.bitwise_and.reduce(packed[reached[demand]], axis=0)
        with_it = np.unpackbits(common, count=n).astype(bool)
        with_it[demand] = False
        idle |= with_it
    return np.flatnonzero(~idle)
