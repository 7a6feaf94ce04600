"""What a decision on a network of stations is made of: sites, villages, rules, and the plan.

Every merged commune gets its main station (or more, by rule); its other sites become satellites,
mobile stops, or are repurposed. Plain arrays: solver and checker share these and nothing else.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

REPURPOSED, MAIN, SATELLITE, MOBILE = 0, 1, 2, 3
FREE = -1
KINDS = ("repurposed", "main", "satellite", "mobile")
CRITERIA = ("central", "transport", "density", "infrastructure", "staff")
"""Criteria of a main station: central place, transport, density, infrastructure, qualified staff."""
TERMS = ("access", "suitability", "cost", "disruption")
"""What the objective adds up, each in points (see :class:`Rules`)."""
OPTIMAL, FEASIBLE, INFEASIBLE = "optimal", "feasible", "infeasible"
CLOSE = 1e-6
"""*Optimal* leaves at most this share of the objective open."""


@dataclass(frozen=True)
class Ways:
    """From each row to the sites it can reach, nearest first.

    Row ``i`` has ``site[start[i]:start[i + 1]]`` at ``minutes``, which ascend.
    """

    start: Ints
    site: Ints
    minutes: Floats

    def row(self) -> Ints:
        """(pairs,) the row that each pair belongs to."""
        return np.repeat(np.arange(self.start.size - 1), np.diff(self.start))


def ways(minutes: Any) -> Ways:
    """Ways of a dense table (rows, sites) of minutes, infinite or NaN where there is none."""
    if isinstance(minutes, Ways):
        return minutes
    table = np.where(np.isnan(minutes), np.inf, np.asarray(minutes, np.float64))
    order = np.argsort(table, axis=1, kind="stable")
    ranked = np.take_along_axis(table, order, axis=1)
    kept = np.isfinite(ranked)
    start = np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int64)
    return Ways(start, order[kept].astype(np.int64), ranked[kept])


def listed(row: Ints, site: Ints, minutes: Floats, rows: int) -> Ways:
    """Ways of pairs in any order."""
    order = np.lexsort((minutes, row))
    start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))]).astype(np.int64)
    return Ways(start, site[order].astype(np.int64), minutes[order].astype(np.float64))


@dataclass(frozen=True)
class Sites:
    """Candidate sites j: former stations and other places.

    Attributes
    ----------
    commune : (n,) int, 0..g-1
    criteria : (n, 5) 0..1, more is better, as ``CRITERIA``; NaN is not known and counts as one half
    refurbish : (n,) million VND to make it a main station
    run_main, run_satellite, run_mobile : (n,) million VND a year
    capacity : (n,) people it can serve as a main station; infinite where nothing limits it
    staffed : (n,) people whom its staff can serve as a main station, beside ``capacity``; None: as many
        as come
    supervised : (n,) of those, the people whom supervising the site as a satellite takes its main station
    staff : (n, q) posts by cadre that stand there
    pinned : (n,) a kind, or ``FREE``
    barred : (n, 4) True for kinds that a site must not become; None where nothing is barred
    source : (n,) the earmarked fund that pays for its refurbishment; -1 is the general one
    eligible : (n, s) the funds of ``Rules.funds`` that may share in paying for its refurbishment
    value : (n,) million VND a year that its other use brings where it is repurposed
    between : ways from site to site, for the distance of satellites; None where it is not asked
    under : (n,) the main station that a site is a satellite of today, with which it may stay however
        far; -1 or None: none
    """

    commune: Ints
    criteria: Floats
    refurbish: Floats
    run_main: Floats
    run_satellite: Floats
    capacity: Floats
    staff: Ints
    pinned: Ints
    run_mobile: Floats | None = None
    barred: NDArray[np.bool_] | None = None
    source: Ints | None = None
    eligible: NDArray[np.bool_] | None = None
    value: Floats | None = None
    between: Any = None
    under: Ints | None = None
    staffed: Floats | None = None
    supervised: Floats | None = None

    @staticmethod
    def of(commune: Any, **given: Any) -> "Sites":
        """Sites of which only the communes need to be known: the rest costs and limits nothing."""
        communes = np.asarray(commune, np.int64)
        n = communes.size
        ready: dict[str, Any] = {
            "criteria": np.full((n, 5), np.nan), "refurbish": np.zeros(n), "run_main": np.zeros(n),
            "run_satellite": np.zeros(n), "capacity": np.full(n, np.inf),
            "staff": np.zeros((n, 1), np.int64), "pinned": np.full(n, FREE),
        }  # fmt: skip
        return Sites(communes, **(ready | given))


@dataclass(frozen=True)
class Demand:
    """Villages i: the ``commune`` (m,) they belong to and their ``people`` (m,)."""

    commune: Ints
    people: Floats


@dataclass(frozen=True)
class Floor:
    """At least ``share`` of the people are within ``minutes`` of a point of service.

    ``each``: of the people of every commune by itself; otherwise of all together.
    """

    minutes: float
    share: float
    each: bool = False


@dataclass(frozen=True)
class Rules:
    """What a plan must keep, and what makes one better than another.

    The objective adds points of four terms, less is better: *access* (visits lost of 100 expected;
    minutes per person where ``decay`` is 0), *suitability* (what main stations lack of 100 points on
    the weighted criteria, on average), *cost* (yearly, in percent of the dearest plan) and *disruption*
    (posts moved, in percent of the most).

    Attributes
    ----------
    mains_per_commune : int, or (g,) int
    free_choice : people may be served in other communes
    weights : (5,) of the criteria
    decay : share of expected visits lost per minute of way (0.33 a km at 20 km/h is 0.11)
    full : share of visits for which only a main station will do
    mobile_wait : minutes that waiting for the day of a mobile stop counts as
    no_way : minutes that count for someone whom nothing reaches, where ``decay`` is 0
    max_minutes : everyone has a point of service within
    satellite_within : minutes of a satellite from a main station of its commune, unless it stands under
        that station today
    budget : million VND for refurbishment; ``budget_by_source`` (s,) of each earmarked fund
    funds : (s,) million VND of funds that share in what ``Sites.eligible`` lets them pay for
    running, cost_at_most : million VND a year, without and with refurbishment over ``lifetime`` years
    need : (4, q) posts by cadre that each kind needs; ``recruits`` (q,) come to those that are there
    kept : posts that stay at a satellite; the rest of its posts move to the main station
    closure : posts that the closing of a station counts as
    capacity : main stations serve no more than their ``Sites.capacity``, and than ``Sites.staffed`` less
        what their satellites take of it
    """

    mains_per_commune: Any = 1
    free_choice: bool = False
    weights: Any = (1.0, 1.0, 1.0, 1.0, 1.0)
    weight_access: float = 1.0
    weight_suitability: float = 0.3
    weight_cost: float = 0.1
    weight_disruption: float = 0.1
    decay: float = 0.11
    full: float = 0.4
    mobile_wait: float = 30.0
    no_way: float = 240.0
    max_minutes: float = np.inf
    floors: tuple[Floor, ...] = ()
    satellite_within: float = 45.0
    capacity: bool = True
    budget: float = np.inf
    budget_by_source: Any = None
    funds: Any = None
    running: float = np.inf
    cost_at_most: float = np.inf
    lifetime: float = 10.0
    disruption_at_most: float = np.inf
    satellites_at_most: float = np.inf
    closures_at_most: float = np.inf
    need: Any = None
    recruits: Any = None
    kept: float = 1.0
    closure: float = 5.0


@dataclass(frozen=True)
class Conflict:
    """A smallest set of rules that cannot be kept together: without any one of them the rest can.

    ``rules`` are keys (``mains-per-commune``, ``pinned``, ``capacity``, ``budget``, ``staff:0``...);
    ``sites`` those whose pins are meant. ``by_how_much``: of each rule, how far it would have to give
    way if it alone did; ``relaxation`` the value at which it does (None where only dropping helps).
    """

    rules: tuple[str, ...]
    communes: tuple[int, ...]
    by_how_much: tuple[float | None, ...]
    relaxation: tuple[float | None, ...]
    sites: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why a site has its kind: the next best, and what the difference is made of.

    ``runner_up`` is the site that would be main instead (of a main station), or the site itself with
    the kind ``other``; -1 where there is no other. ``terms`` (4,) are in points as ``TERMS``, positive
    where they speak for the choice, and ``margin`` is their sum. ``units`` are the same differences in
    visits (or person-minutes), suitability points, million VND a year, posts. ``criteria`` (5,):
    weighted points by which each criterion favours a main station. ``decided_by``: the term, the
    criterion, or the key of what is shared and scarce, that decided; "neighbours" where the choice of
    other communes did, "only-one" where there is no other.
    """

    site: int
    kind: int
    runner_up: int
    other: int
    margin: float
    terms: Floats
    units: Floats
    criteria: Floats
    decided_by: str


@dataclass(frozen=True)
class Part:
    """The prices that bound a part of the search."""

    resources: Floats
    """A price >= 0 of each limited resource, in the order of ``limited``."""
    main: Floats | None = None
    point: Floats | None = None
    """(m,) what each village pays to be served by a main station, and by a point; None: communes
    apart, each exactly."""
    floors: Floats | None = None
    """(f, g) >= 0 the price of a person beyond the floors that are asked of each commune."""
    capacity: Floats | None = None
    """(n,) >= 0 the price of a place at each main station."""


@dataclass(frozen=True)
class Certificate:
    """From this a checker finds the bound again: prices, for the whole or for parts of a tree.

    ``splits[k]``: (site, kind, part with it only, part without it) or None where part k ends.
    """

    limited: tuple[str, ...]
    parts: tuple[Part, ...]
    splits: tuple[tuple[int, int, int, int] | None, ...]


@dataclass
class Plan:
    """A kind for every site, who goes to which main station, and what nothing can be better than.

    ``assign`` (m,) main station, ``point`` (m,) nearest point of service, -1 where nothing reaches.
    ``terms``: points by term, their sum is the objective.
    """

    kind: Ints
    assign: Ints
    point: Ints
    objective: float | None
    bound: float | None
    status: str
    terms: Floats = field(default_factory=lambda: np.zeros(4))
    certificate: Certificate | None = None
    conflicts: list[Conflict] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)

    @property
    def gap(self) -> float | None:
        """Distance of objective and bound as a share of the objective."""
        if self.objective is None or self.bound is None:
            return None
        apart = max(self.objective - self.bound, 0.0)
        return apart / abs(self.objective) if self.objective else float(apart > 0)
