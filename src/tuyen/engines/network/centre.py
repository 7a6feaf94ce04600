"""The p-centre: open ``p`` sites so that the longest way is as short as can be.

The answer is one of the distances. Whether ``p`` sites reach everyone within one of them is a
question of covering; the largest distance within which they do not is what proves the answer.
Source: Minieka, The m-center problem, SIAM Rev 1970; 12: 138-139. Elloumi, Labbé and Pochet, A new
formulation and resolution method for the p-center problem, INFORMS J Comput 2004; 16: 84-94.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuyen.engines.network.covering import CoverSearch, apart, greedy, turned
from tuyen.engines.network.covering_proof import proven_sites
from tuyen.engines.network.pmedian_search import Search
from tuyen.engines.network.siting_problem import (
    FEASIBLE,
    OPTIMAL,
    Answer,
    Costs,
    Left,
    Proof,
    ProofNode,
)
from tuyen.engines.network.siting_proof import ProofRejected


def proven_radius(distance: Costs, p: int, bound: float, proof: Proof) -> bool:
    """Whether the record shows that ``p`` sites leave somebody at ``bound`` or farther."""
    return proven_sites(distance < bound, proof) > p


def solve_pcenter(distance: Costs, p: int, left: Left, seed: int = 1) -> Answer:
    """Choose ``p`` of m sites so that the farthest of n demands is as near as possible.

    Parameters
    ----------
    distance : (m, n)
        From site to demand; people count the same however many they are.
    """
    bisection = _Bisection(distance, p, left, np.unique(distance))
    search = Search(distance, p, left, np.random.default_rng(seed))
    search.restart(1)
    bisection.take(search.best)
    bisection.run()
    opened = bisection.completed()
    objective = float(distance[opened].min(axis=0).max())
    bound = float(distance.min(axis=0).max())
    proof = bisection.proof
    try:
        if proof is not None and proven_radius(distance, p, bisection.bound, proof):
            bound = max(bound, bisection.bound)
    except ProofRejected:  # a fault of ours never becomes a claim
        proof = None
    bound = min(bound, objective)
    status = OPTIMAL if bound >= objective else FEASIBLE
    return Answer(
        objective, bound, status, opened, opened[distance[opened].argmin(axis=0)],
        (bisection.bound, proof),
    )  # fmt: skip


@dataclass
class _Bisection:
    """``radii[high]`` is reached by ``best``; ``p`` sites do not reach ``radii[low]``."""

    distance: Costs
    p: int
    left: Left
    radii: NDArray[np.float64]
    low: int = -1
    high: int = -1
    best: NDArray[np.int64] | None = None
    proof: Proof | None = None

    def __post_init__(self) -> None:
        nearest = self.distance.min(axis=0).max()
        self.low = int(np.searchsorted(self.radii, nearest)) - 1
        self.high = len(self.radii) - 1

    @property
    def bound(self) -> float:
        return float(self.radii[self.low + 1])

    def take(self, sites: NDArray[np.int64]) -> None:
        place = int(np.searchsorted(self.radii, self.distance[sites].min(axis=0).max()))
        if self.best is None or place < self.high:
            self.high, self.best = place, sites

    def completed(self) -> NDArray[np.int64]:
        """The best sites, filled up to ``p`` with those that bring the farthest nearest."""
        assert self.best is not None
        sites = [int(site) for site in self.best]
        spare = np.ones(len(self.distance), bool)
        spare[sites] = False
        while len(sites) < self.p:
            farthest = self.distance[sites].min(axis=0).argmax()
            site = int(np.where(spare, self.distance[:, farthest], np.inf).argmin())
            sites.append(site)
            spare[site] = False
        return np.sort(np.array(sites, np.int64))

    def run(self) -> None:
        """Halve by what is quick (greedy covers, demands that share no site), then by prices, then
        decide the rest one by one."""
        unsure = self.high
        while unsure - self.low > 1 and self.left() > 0.1:
            middle = (self.low + unsure) // 2
            if self._apart(middle):
                self.low = middle
            else:
                unsure = min(middle, self.high)
        unsure = self.high
        while unsure - self.low > 1 and self.left() > 0.1:
            middle = (self.low + unsure) // 2
            known = self._quickly(middle)
            if known is False:
                self.low = middle
            else:
                unsure = min(middle, self.high)
        while self.high - self.low > 1 and self.left() > 0.1:
            middle = self.high - 1 if self.high - self.low < 4 else (self.low + self.high) // 2
            if not self._surely(middle):
                break

    def _apart(self, place: int) -> bool:
        """Whether more than ``p`` demands have no two a site in common; takes a greedy cover."""
        covers = self.distance <= self.radii[place]
        reached = turned(covers)
        sites = greedy(covers, np.ones(len(covers)), reached)
        if sites.size <= self.p:
            self.take(sites)
            return False
        prices = apart(covers, reached)
        if prices.sum() <= self.p:
            return False
        self.proof = Proof((ProofNode((prices,)),))
        return True

    def _quickly(self, place: int) -> bool | None:
        """True: covered; False: proven not to be, at the first prices; None: neither."""
        covers = self.distance <= self.radii[place]
        sites = greedy(covers, np.ones(len(covers)), turned(covers))
        if sites.size <= self.p:
            self.take(sites)
            return True
        search = CoverSearch(covers, self.left, best=sites)
        if search.first_prices(self.p):
            self.proof = search.record()
            return False
        if search.best.size <= self.p:
            self.take(search.best)
            return True
        return None

    def _surely(self, place: int) -> bool:
        """Decide by HiGHS and then by a tree of prices; False where the time ended first."""
        search = CoverSearch(self.distance <= self.radii[place], self.left)
        search.best = greedy(search.covers, np.ones(len(search.covers)), search.reached)
        if search.best.size > self.p:
            search.by_program(0.4 * self.left())
        if search.best.size > self.p and search.prove(self.p):
            self.low, self.proof = place, search.record()
            return True
        if search.best.size <= self.p:
            self.take(search.best)
            return True
        return False
