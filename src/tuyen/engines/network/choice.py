"""One main station for every merged commune, chosen by criteria with open weights.

Communes decide apart from one another, so the choice is exact and instant for a whole nation, and
can follow a weight while it is dragged. What the weights do not decide is said: how often each
site wins over all weights, by how much it leads, and which criteria speak against it.
Source of the robustness: Lahdelma and Salminen, SMAA-2, Opns Res 2001; 49: 444-454.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Groups = NDArray[np.int64]
Numbers = NDArray[np.float64]

FREE, PINNED, BARRED = 0, 1, -1
"""Of a site: it may be main, it must be, it must not be."""
CLEAR, LEANING = 0.8, 0.5
"""A site that wins this share of all weights is clear, or leaning; below, it is for discussion."""


@dataclass(frozen=True)
class Sites:
    """Former stations, sorted by commune.

    Attributes
    ----------
    start : (g + 1,) int
        Commune ``c`` has the sites ``start[c]:start[c + 1]``; none is empty.
    scores : (n, k) float64, 0 to 100
        Of each site by each criterion, more is better.
    pins : (n,) int8
        ``FREE``, ``PINNED`` or ``BARRED``.
    """

    start: Groups
    scores: Numbers
    pins: NDArray[np.int8]

    def commune(self) -> Groups:
        """(n,) the commune of each site."""
        return np.repeat(np.arange(self.start.size - 1), np.diff(self.start))


@dataclass(frozen=True)
class Conflict:
    """The smallest set of rules that leaves a commune without a main station."""

    commune: int
    sites: tuple[int, ...]
    rule: str
    """"two-mains": two pinned sites exclude each other; "all-barred": every site is barred."""


@dataclass(frozen=True)
class Choice:
    """``main`` (g,) sites, -1 where rules conflict; ``lead`` (g,) points before the next best."""

    main: Groups
    score: Numbers
    lead: Numbers


def conflicts(sites: Sites) -> list[Conflict]:
    """Of each commune that can have no main station, a smallest set of rules in conflict.

    Two pins conflict by themselves; otherwise each bar is needed: without any one of them
    there would be a main station.
    """
    found = []
    pinned = np.add.reduceat((sites.pins == PINNED).astype(np.int64), sites.start[:-1])
    open_ = np.add.reduceat((sites.pins != BARRED).astype(np.int64), sites.start[:-1])
    for commune in np.flatnonzero((pinned > 1) | (open_ == 0)):
        own = np.arange(sites.start[commune], sites.start[commune + 1])
        if pinned[commune] > 1:
            two = own[sites.pins[own] == PINNED][:2]
            found.append(Conflict(int(commune), tuple(two.tolist()), "two-mains"))
        else:
            found.append(Conflict(int(commune), tuple(own.tolist()), "all-barred"))
    return found


def choose(sites: Sites, weights: Numbers) -> Choice:
    """The best main station of every commune under ``weights`` (k,) >= 0; exact, O(n k).

    Of equal sites the first is taken. ``lead`` is infinite where there is no other.
    """
    total = float(weights.sum())
    points = sites.scores @ (
        weights / total if total > 0 else np.full(weights.size, 1 / weights.size)
    )
    points = np.where(sites.pins == BARRED, -np.inf, points)
    points = np.where(sites.pins == PINNED, points + 1e6, points)
    first, best = _best(points, sites)
    second = points.copy()
    second[first] = -np.inf
    none = np.isneginf(best)
    lead = np.where(none, 0.0, best) - np.maximum.reduceat(second, sites.start[:-1])
    main = np.where(none, -1, first)
    for conflict in conflicts(sites):
        main[conflict.commune] = -1
    pinned = best > 5e5
    return Choice(main, np.where(pinned, best - 1e6, best), np.where(pinned, np.inf, lead))


def _best(points: Numbers, sites: Sites) -> tuple[Groups, Numbers]:
    best = np.maximum.reduceat(points, sites.start[:-1])
    where = np.where(points == best[sites.commune()], np.arange(points.size), points.size)
    return np.minimum.reduceat(where, sites.start[:-1]), best


def robustness(sites: Sites, draws: Numbers) -> Numbers:
    """(n,) in which share of the weights ``draws`` (d, k) each site is its commune's best.

    Draw from a flat Dirichlet for "all weights alike"; equal sites share a draw.
    """
    wins = np.zeros(len(sites.scores))
    own = sites.commune()
    for weights in draws:
        points = sites.scores @ (weights / weights.sum())
        points = np.where(sites.pins == BARRED, -np.inf, points + 1e6 * (sites.pins == PINNED))
        best = np.maximum.reduceat(points, sites.start[:-1])
        equal = (points == best[own]) & ~np.isneginf(points)
        count = np.add.reduceat(equal.astype(np.float64), sites.start[:-1])
        wins += equal / np.maximum(count[own], 1)
    return wins / len(draws)


def verdict(share: float) -> str:
    """ "clear", "leaning" or "discuss", of a site that wins this share of all weights."""
    return "clear" if share > CLEAR else "leaning" if share > LEANING else "discuss"


def dominated(sites: Sites) -> list[tuple[int, int]]:
    """Pairs (site, better): another site of the commune is as good on every criterion and better
    on one, so no weights choose the first."""
    found = []
    for first, last in zip(sites.start[:-1], sites.start[1:], strict=True):
        scores = sites.scores[first:last]
        for site, own in enumerate(scores):
            better = (scores >= own).all(axis=1) & (scores > own).any(axis=1)
            if better.any():
                found.append((int(first) + site, int(first) + int(better.argmax())))
    return found


def reasons(sites: Sites, choice: Choice, weights: Numbers, commune: int) -> Numbers:
    """(k,) by how many weighted points each criterion favours the main station over the next best.

    Positive speaks for it, negative against; their sum is the lead. Zeros where there is no other.
    """
    first, last = int(sites.start[commune]), int(sites.start[commune + 1])
    main = int(choice.main[commune])
    others = [k for k in range(first, last) if k != main and sites.pins[k] != BARRED]
    share = weights / weights.sum()
    if main < 0 or not others:
        return np.zeros(weights.size)
    rival = max(others, key=lambda k: float(sites.scores[k] @ share))
    found: Numbers = share * (sites.scores[main] - sites.scores[rival])
    return found


def frontier(sites: Sites, one: Numbers, two: Numbers) -> list[tuple[float, float, Groups]]:
    """Every choice that no other beats on the sums of both ``one`` and ``two`` (n,), of those that a
    weighing of the two finds (the supported ones), from best in ``one`` to best in ``two``.

    Exact: between two neighbours the weights at which they are equal find no other choice.
    """
    if conflicts(sites):
        return []
    both = Sites(sites.start, np.column_stack([one, two]), sites.pins)

    def at(weight: float) -> tuple[float, float, Groups]:
        tiny = 1e-9
        main = choose(both, np.array([max(weight, tiny), max(1 - weight, tiny)])).main
        return float(one[main].sum()), float(two[main].sum()), main

    def between(
        left: tuple[float, float, Groups], right: tuple[float, float, Groups]
    ) -> list[tuple[float, float, Groups]]:
        lost, won = left[0] - right[0], right[1] - left[1]
        if lost <= 1e-9 or won <= 1e-9:
            return []
        middle = at(won / (won + lost))
        line = won * left[0] + lost * left[1]
        if won * middle[0] + lost * middle[1] <= line + 1e-9 * abs(line):
            return []
        return [*between(left, middle), middle, *between(middle, right)]

    first, last = at(1.0), at(0.0)
    ends = [first, last] if first[:2] != last[:2] else [first]
    return [ends[0], *between(first, last), *ends[1:]]
