"""Good answers for the capacitated p-median: demands are moved, sites recentred and shaken."""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from tuyen.engines.network import pmedcap_kernel as kernel
from tuyen.engines.network.siting_problem import Costs, Left

Numbers = NDArray[np.float64]


class PackSearch:
    """The best answer so far: ``value``, ``opened`` (p,) and ``assigned`` (n,) sites.

    ``value`` is infinite until everyone has a place.
    """

    def __init__(
        self, costs: Costs, load: Numbers, room: Numbers, p: int, left: Left,
        rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self.costs, self.load, self.room, self.p = costs, load, room, p
        self.left, self.rng = left, rng
        self.m, self.n = costs.shape
        self.value = np.inf
        self.opened = np.arange(p)
        self.assigned = np.zeros(self.n, np.int64)
        self.all = np.ones((self.m, self.n), np.bool_)
        self.price = float(np.mean(costs)) / max(float(np.mean(load)), 1e-9)
        self.seen: set[bytes] = set()

    def improve(self, sites: NDArray[np.int64]) -> float:
        """Assign from these sites, move, recentre, until nothing helps; the cost, if all fit."""
        mark = np.sort(sites).tobytes()
        if mark in self.seen:
            return np.inf
        self.seen.add(mark)
        opened = sites.astype(np.int64).copy()
        goes = self._assign(opened)
        for _round in range(30):
            used: Numbers = np.bincount(goes, self.load, self.p).astype(np.float64)
            for price in (self.price, 5 * self.price, 40 * self.price):
                kernel.move(self.costs, self.load, self.room, opened, goes, used, price, self.all)
                if (used <= self.room[opened] + 1e-9).all():
                    break
            centres = self._centres(opened, goes, used)
            self._take(opened, goes)
            if (centres == opened).all() or self.left() <= 0:
                break
            opened = centres
        return self._take(opened, goes)

    def shake(self, times: int) -> None:
        """Exchange one or two sites of the best answer for others near them, and improve."""
        for _time in range(times):
            if self.left() <= 0:
                return
            sites = self.opened.copy()
            many = min(self.p, int(self.rng.integers(1, 3)))
            for place in self.rng.choice(self.p, many, replace=False):
                near = np.argsort(self.costs[:, int(self.rng.integers(self.n))], kind="stable")
                fresh = near[~np.isin(near, sites)][:5]
                if fresh.size:
                    sites[place] = self.rng.choice(fresh)
            self.improve(sites)

    def _assign(self, opened: NDArray[np.int64]) -> NDArray[np.int64]:
        """The dearest to disappoint choose first; who finds no room takes the emptiest site."""
        ways = self.costs[opened].astype(np.float64)
        ranked = np.sort(ways, axis=0)
        regret = ranked[1] - ranked[0] if self.p > 1 else -self.load
        used = np.zeros(self.p)
        goes = np.zeros(self.n, np.int64)
        for i in np.lexsort((-self.load, -regret)):
            fits = used + self.load[i] <= self.room[opened]
            if fits.any():
                goes[i] = np.where(fits, ways[:, i], np.inf).argmin()
            else:
                goes[i] = (self.room[opened] - used).argmax()
            used[goes[i]] += self.load[i]
        return goes

    def _centres(
        self, opened: NDArray[np.int64], goes: NDArray[np.int64], used: Numbers
    ) -> NDArray[np.int64]:
        """For each group in turn the cheapest site that is free and holds it."""
        centres = opened.copy()
        for place in range(self.p):
            members = goes == place
            if not members.any():
                continue
            worth = self.costs[:, members].sum(axis=1, dtype=np.float64)
            worth[np.delete(centres, place)] = np.inf
            worth[self.room < min(used[place], self.room[opened[place]])] = np.inf
            best = int(worth.argmin())
            if worth[best] < worth[centres[place]] - 1e-9:
                centres[place] = best
        return centres

    def _take(self, opened: NDArray[np.int64], goes: NDArray[np.int64]) -> float:
        used: Numbers = np.bincount(goes, self.load, self.p).astype(np.float64)
        if (used > self.room[opened] * (1 + 1e-12) + 1e-9).any():
            return np.inf
        value = float(self.costs[opened[goes], np.arange(self.n)].sum(dtype=np.float64))
        if value < self.value:
            self.value, self.opened, self.assigned = value, opened.copy(), opened[goes]
        return value

    def solve_exactly(
        self, sites: NDArray[np.int64], seconds: float, width: int = 12
    ) -> bool | None:
        """HiGHS over these sites, everyone at one of the ``width`` nearest of them.

        True where it found something better or finished; False where it showed that there is no
        answer at all; None where its time ended first. What it claims is never a bound of ours.
        """
        sites = np.sort(sites)
        ways = self.costs[sites]
        width = min(width, len(sites))
        near = np.argpartition(ways, width - 1, axis=0)[:width]
        demand = np.tile(np.arange(self.n), (width, 1)).ravel()
        site = near.ravel()
        k, m = demand.size, len(sites)
        one = np.ones(k)
        served = csr_array((one, (demand, np.arange(k))), shape=(self.n, k + m))
        held = csr_array(
            (
                np.concatenate([self.load[demand], -self.room[sites]]),
                (np.concatenate([site, np.arange(m)]), np.arange(k + m)),
            ),
            shape=(m, k + m),
        )
        shut = csr_array(
            (np.concatenate([one, -one]),
             (np.tile(np.arange(k), 2), np.concatenate([np.arange(k), k + site]))),
            shape=(k, k + m),
        )  # fmt: skip
        count = csr_array((np.ones(m), (np.zeros(m, int), k + np.arange(m))), shape=(1, k + m))
        low = np.concatenate([np.ones(self.n), np.full(m + k, -np.inf), [self.p]])
        high = np.concatenate([np.ones(self.n), np.zeros(m + k), [self.p]])
        found = milp(
            np.concatenate([ways[site, demand].astype(np.float64), np.zeros(m)]),
            integrality=np.ones(k + m), bounds=Bounds(0, 1),
            constraints=LinearConstraint(vstack([served, held, shut, count]), low, high),
            options={"time_limit": max(seconds, 0.05), "mip_rel_gap": 0.0},
        )  # fmt: skip
        if found.x is None:
            return False if found.status == 2 else None
        opened = sites[np.argsort(-found.x[k:], kind="stable")[: self.p]]
        taken = found.x[:k] > 0.5
        place = {int(s): q for q, s in enumerate(opened)}
        goes = np.zeros(self.n, np.int64)
        goes[demand[taken]] = [place.get(int(sites[s]), 0) for s in site[taken]]
        self._take(opened, goes)
        return True
