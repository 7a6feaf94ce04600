"""Counts re-based from one map to another, totals conserved to the unit, with an error bound.

Method
------
*Which share goes where* is areal interpolation by weights (Goodchild and Lam 1980, Geo-Processing
1: 297-312; the national "crosswalk files" of NHGIS work the same way): a source unit's count is
spread over the target units in proportion to the share of it that each received. Forward, the
shares are those of the succession facts. Backward (new map to old), they are the predecessors'
shares of the population at the time of the change; equal shares where that is not known.

*Whole cases stay whole* by the largest-remainder rule (Hamilton 1792; Balinski and Young, Fair
Representation, 1982): each source unit's count of each period is apportioned on its own, so totals
are conserved for every source unit, every period, and every set of them. Ties go to the larger
share, then to the earlier target. The rule has no memory: the same count gives the same answer
whichever window is asked for, so re-based counts can be added up and published figures repeated.

*How wrong it can be* is a hard bound, not a standard error. A count that went whole to one
successor is exact. A split count may in truth have fallen anywhere between none and all of it
in each part; the bounds say just that.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tuyen.engines.registry.succession import Succession
from tuyen.kernel.refusal import BadInput

Counts = NDArray[np.int64]

_TOLERANCE = 1e-6  # of the sum of a unit's shares
_GRAIN = 1e-9  # remainders closer than this are ties: it hides the rounding of 3 x (1/3)
_LARGEST = 2**40  # so that a share times a count keeps its fraction in float64


class Rebased(NamedTuple):
    """Counts on the target map; rows follow ``units``."""

    units: tuple[str, ...]  # (m,)
    counts: Counts  # (m, T); columns sum to those of the input
    lower: Counts  # (m, T); the true count is at least this
    upper: Counts  # (m, T); and at most this
    expected: NDArray[np.float64]  # (m, T); before rounding to whole cases

    @property
    def exact(self) -> NDArray[np.bool_]:
        """(m, T): True where the count is certain."""
        return np.equal(self.lower, self.upper)


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Which share of each source unit goes to which target unit.

    Build it by :meth:`of`, :meth:`between`, :meth:`identity`; not by hand. Links are sorted by
    source, then by target, so equal maps are equal objects.
    """

    sources: tuple[str, ...]  # (n,)
    targets: tuple[str, ...]  # (m,)
    source: NDArray[np.int64]  # (L,) row in sources
    target: NDArray[np.int64]  # (L,) row in targets
    weight: NDArray[np.float64]  # (L,) in (0, 1]; sums to 1 within a source

    @classmethod
    def of(
        cls,
        shares: Mapping[str, Mapping[str, float]],
        targets: Sequence[str] | None = None,
    ) -> "Crosswalk":
        """From ``{source: {target: share}}``; sources keep their order.

        ``targets`` fixes the rows of the answer (units without a share get zeros); by default
        they are the targets named, sorted.

        Raises
        ------
        BadInput
            If a share is not above 0 and up to 1, the shares of a source do not sum to 1 (within
            1e-6; they are then scaled to sum exactly), or a target is missing from ``targets``.
        """
        sources = tuple(shares)
        if targets is None:
            targets = sorted({name for part in shares.values() for name in part})
        column = {name: j for j, name in enumerate(targets)}
        if len(column) != len(targets):
            raise BadInput(what="A target unit is listed twice.")
        rows: list[tuple[int, int, float]] = []
        for i, (name, part) in enumerate(shares.items()):
            total = sum(part.values())
            if not abs(total - 1) <= _TOLERANCE:
                raise BadInput(what=f"The shares of {name} sum to {total}, not to 1.")
            for taker, share in part.items():
                if not 0 < share <= 1 + _TOLERANCE:
                    raise BadInput(what=f"The share {share} of {name} in {taker} is not in (0, 1].")
                if taker not in column:
                    raise BadInput(what=f"{taker}, a successor of {name}, is not on the map asked.")
                rows.append((i, column[taker], share / total))
        rows.sort()
        source, target, weight = zip(*rows, strict=True) if rows else ((), (), ())
        return cls(
            sources,
            tuple(targets),
            np.array(source, np.int64),
            np.array(target, np.int64),
            np.array(weight, np.float64),
        )

    @classmethod
    def identity(cls, units: Sequence[str]) -> "Crosswalk":
        """Every unit whole to itself."""
        return cls.of({unit: {unit: 1.0} for unit in units}, units)

    @classmethod
    def between(
        cls,
        succession: Succession,
        units: Sequence[str],
        from_day: date,
        to_day: date,
        population: Mapping[str, float] | None = None,
    ) -> "Crosswalk":
        """From ``units``, as they were on ``from_day``, to the map of ``to_day``.

        Forward in time the shares of the facts are followed, through chains. Backward they are
        reversed with ``population`` (any measure of size) of the units of the earlier map;
        where that of any of a unit's predecessors is unknown, they count alike. The same
        ``population`` serves every event on the way, so give it for each map in between.
        """
        if from_day <= to_day:
            return cls.of({u: succession.successors(u, to_day, since=from_day) for u in units})
        return cls.of(
            {u: _origins(succession, u, from_day, to_day, population or {}) for u in units}
        )

    def shares(self) -> dict[str, dict[str, float]]:
        """``{source: {target: share}}``, the form :meth:`of` takes."""
        found: dict[str, dict[str, float]] = {name: {} for name in self.sources}
        for i, j, w in zip(
            self.source.tolist(), self.target.tolist(), self.weight.tolist(), strict=True
        ):
            found[self.sources[i]][self.targets[j]] = w
        return found

    def then(self, later: "Crosswalk") -> "Crosswalk":
        """This crosswalk followed by another: shares multiply along each chain.

        Every target of this one must be a source of ``later``. Re-basing once through the chain
        gives the same expectation as twice, and rounds only once.
        """
        onward = later.shares()
        joined: dict[str, dict[str, float]] = {}
        for name, part in self.shares().items():
            whole: dict[str, float] = defaultdict(float)
            for middle, share in part.items():
                if middle not in onward:
                    raise BadInput(
                        what=f"{middle} is not on the map that the second step starts from."
                    )
                for taker, more in onward[middle].items():
                    whole[taker] += share * more
            joined[name] = dict(whole)
        return Crosswalk.of(joined, later.targets)

    def backward(self, population: Mapping[str, float] | None = None) -> "Crosswalk":
        """From this crosswalk's targets back to its sources.

        A source's share in a target is the part of its ``population`` that went there, over all
        that the target received. Where the population of any of a target's sources is unknown,
        sources count alike. Targets that received nothing have no way back and are left out.
        """
        sizes = np.array([(population or {}).get(name, np.nan) for name in self.sources])
        if (sizes < 0).any() or np.isinf(sizes).any():
            raise BadInput(what="A population is negative or endless.")
        given = self.weight * sizes[self.source]
        totals = np.bincount(self.target, given, len(self.targets))  # NaN where one is unknown
        given = np.where(totals[self.target] > 0, given, self.weight)
        totals = np.bincount(self.target, given, len(self.targets))
        shares: dict[str, dict[str, float]] = {}
        for k in np.lexsort((self.source, self.target)).tolist():
            if given[k] > 0:
                j = int(self.target[k])
                part = shares.setdefault(self.targets[j], {})
                part[self.sources[int(self.source[k])]] = float(given[k] / totals[j])
        return Crosswalk.of(shares, self.sources)


def rebase(counts: ArrayLike, crosswalk: Crosswalk) -> Rebased:
    """Counts of ``crosswalk.sources`` re-based to its targets.

    Parameters
    ----------
    counts : (n, T) int
        Row i belongs to ``crosswalk.sources[i]``; a column is a period (or any other class).
        Whole numbers from 0 to 2**40.

    Raises
    ------
    BadInput
        If the shape does not fit, or a count is negative, not whole or too large.

    Notes
    -----
    O(L·T) for L links: whole successions in one scatter, splits ranked together by their number
    of parts.

    Examples
    --------
    >>> walk = Crosswalk.of({"A": {"X": 1.0}, "B": {"X": 0.6, "Y": 0.4}})
    >>> done = rebase([[5], [2]], walk)
    >>> done.counts.ravel().tolist(), done.lower.ravel().tolist(), done.upper.ravel().tolist()
    ([6, 1], [5, 0], [7, 2])
    """
    table = _checked(counts, len(crosswalk.sources))
    m, periods = len(crosswalk.targets), table.shape[1]
    source, target, weight = crosswalk.source, crosswalk.target, crosswalk.weight
    parts = np.bincount(source, minlength=len(crosswalk.sources))
    whole = parts[source] == 1

    out = np.zeros((m, periods), np.int64)
    np.add.at(out, target[whole], table[source[whole]])
    lower = out.copy()
    upper = out.copy()
    np.add.at(upper, target[~whole], table[source[~whole]])
    expected = out.astype(np.float64)
    np.add.at(expected, target[~whole], weight[~whole, None] * table[source[~whole]])

    for k in np.unique(parts[parts > 1]).tolist():
        links = np.flatnonzero(parts[source] == k).reshape(-1, k)  # links are sorted by source
        got = _apportion(table[source[links[:, 0]]], weight[links])
        np.add.at(out, target[links].ravel(), got.reshape(-1, periods))
    return Rebased(crosswalk.targets, out, lower, upper, expected)


def rebase_dated(
    counts: ArrayLike,
    units: Sequence[str],
    days: Sequence[date],
    succession: Succession,
    map_on: date,
    population: Mapping[str, float] | None = None,
) -> Rebased:
    """A series that straddles changes of the map, re-based to the one map of ``map_on``.

    Rows keep the unit they were born in: a count stands on the map of its own day, so days
    before ``map_on`` go forward and days after it go backward. A count given to a unit outside
    its life (a week that began before the merger, a late report under the old code) is taken to
    stand on the nearest day of that life.

    Parameters
    ----------
    counts : (n, T) int
    units : (n,)
        Old and new units together, in any order; a unit the facts do not know stays itself.
    days : (T,)
        The first day of each period.
    population
        Size of units by key, for the way back; see :meth:`Crosswalk.between`.

    Returns
    -------
    Rebased
        ``units`` is every unit of the answer, sorted.
    """
    table = _checked(counts, len(units))
    if table.shape[1] != len(days):
        raise BadInput(what=f"{table.shape[1]} columns of counts, but {len(days)} days.")
    changes = np.array(succession.days, "M8[D]")
    columns = np.searchsorted(changes, np.array(days, "M8[D]"), side="right")  # (T,) era of a day
    first, last = _eras(succession, units, changes)
    eras = np.clip(columns[None, :], first[:, None], last[:, None])  # (n, T)

    walks: list[tuple[Crosswalk, Counts]] = []
    for era in np.unique(eras).tolist():
        rows = np.flatnonzero((eras == era).any(axis=1))
        day = date.min if era == 0 else succession.days[era - 1]
        names = [units[i] for i in rows.tolist()]
        walk = Crosswalk.between(succession, names, day, map_on, population)
        walks.append((walk, np.where(eras[rows] == era, table[rows], 0)))
    everyone = sorted({name for walk, _ in walks for name in walk.targets})
    row = {name: i for i, name in enumerate(everyone)}
    shape = (len(everyone), table.shape[1])
    out, lower, upper = (np.zeros(shape, np.int64) for _ in range(3))
    expected = np.zeros(shape)
    for walk, part in walks:
        done = rebase(part, walk)
        at = np.array([row[name] for name in done.units], np.int64)
        out[at] += done.counts
        lower[at] += done.lower
        upper[at] += done.upper
        expected[at] += done.expected
    return Rebased(tuple(everyone), out, lower, upper, expected)


def _eras(
    succession: Succession, units: Sequence[str], changes: NDArray[np.datetime64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The first and last era (index between changes) of each unit's life."""
    first = np.zeros(len(units), np.int64)
    last = np.full(len(units), changes.size, np.int64)
    for i, unit in enumerate(units):
        life = succession.life(unit)
        if life.since is not None:
            first[i] = np.searchsorted(changes, np.datetime64(life.since), side="right")
        if life.until is not None:
            last[i] = np.searchsorted(changes, np.datetime64(life.until), side="left")
    return first, np.maximum(first, last)


def _origins(
    succession: Succession,
    unit: str,
    from_day: date,
    to_day: date,
    population: Mapping[str, float],
) -> dict[str, float]:
    """The shares of ``unit`` of ``from_day`` by origin on the map of ``to_day``, one event back
    at a time."""
    shares = {unit: 1.0}
    between = [day for day in succession.days if to_day < day <= from_day]
    for step in reversed(between):
        moved: dict[str, float] = defaultdict(float)
        for holder, share in shares.items():
            given = succession.origins(holder, step)
            known = all(name in population for name, _ in given)
            sizes = [w * population[name] if known else w for name, w in given]
            if not sum(sizes) > 0:
                sizes = [weight for _, weight in given]
            whole = sum(sizes)
            for (name, _), size in zip(given, sizes, strict=True):
                if size > 0:
                    moved[name] += share * size / whole
        shares = dict(moved)
    return shares


def _checked(counts: ArrayLike, rows: int) -> Counts:
    table = np.asarray(counts)
    if table.ndim != 2 or table.shape[0] != rows:
        raise BadInput(what=f"Counts of shape {table.shape} do not fit {rows} units by periods.")
    if table.size and table.dtype.kind not in "iu":
        raise BadInput(what=f"Counts must be whole numbers, not {table.dtype}.")
    if table.size and (int(table.min()) < 0 or int(table.max()) > _LARGEST):
        raise BadInput(what="A count is negative or above 2**40.")
    return table.astype(np.int64)


def _apportion(counts: Counts, weights: NDArray[np.float64]) -> Counts:
    """Largest remainder: (g, T) counts over (g, k) shares, as (g, k, T) whole numbers."""
    quota = weights[:, :, None] * counts[:, None, :]
    floor = np.floor(quota + _GRAIN)
    short = counts - floor.sum(axis=1).astype(np.int64)  # (g, T), from 0 to k - 1
    remainder = np.round((quota - floor) / _GRAIN)
    heavier = np.broadcast_to(-weights[:, :, None], quota.shape)
    order = np.lexsort((heavier, -remainder), axis=1)  # stable: then the earlier target
    rank = np.argsort(order, axis=1, kind="stable")
    whole: Counts = (floor + (rank < short[:, None, :])).astype(np.int64)
    return whole
