"""Counts of units led to the map of another day; the engine's crosswalk, spoken in unit ids."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tuyen.apps.registry.vocabulary import COMMUNE
from tuyen.engines.registry.crosswalk import Crosswalk, rebase_dated

if TYPE_CHECKING:
    from tuyen.apps.registry.atlas import Atlas, Heir


class Rebased(NamedTuple):
    """Counts on one map. Columns add up to those given; the truth lies within the bounds."""

    unit_ids: tuple[UUID, ...]  # (m,)
    counts: NDArray[np.int64]  # (m, T)
    lower: NDArray[np.int64]  # (m, T)
    upper: NDArray[np.int64]  # (m, T)

    @property
    def exact(self) -> NDArray[np.bool_]:
        """(m, T): True where the count is certain."""
        return self.lower == self.upper


class Rebasing(NamedTuple):
    """Re-bases counts of any units, old and new together, to the map of ``map_on``."""

    atlas: "Atlas"
    map_on: date

    def rebase(
        self,
        unit_ids: Sequence[UUID],
        counts: ArrayLike,
        days: Sequence[date] | None = None,
        population: Mapping[UUID, float] | None = None,
    ) -> Rebased:
        """Re-base a table of counts.

        Parameters
        ----------
        unit_ids : (n,)
            The units in which the rows were born, each once.
        counts : (n, T) int
        days : (T,)
            First day of each column, to tell on whose map a unit stood that lived through a
            change; by default units stand in their own life.
        population
            Sizes of units, for the way back to an older map; by default as the ``weight_back``
            of the succession facts imply, else equal.
        """
        table = np.asarray(counts, np.int64)
        columns = table.shape[1] if table.ndim == 2 else 0
        done = rebase_dated(
            table,
            [str(id) for id in unit_ids],
            list(days) if days is not None else [self.map_on] * columns,
            self.atlas.succession,
            self.map_on,
            self._sizes(population),
        )
        return Rebased(tuple(map(UUID, done.units)), done.counts, done.lower, done.upper)

    def to_communes(
        self,
        unit_ids: Sequence[UUID],
        counts: ArrayLike,
        days: Sequence[date] | None = None,
        population: Mapping[UUID, float] | None = None,
    ) -> Rebased:
        """Re-base to communes counts of villages, facilities and communes.

        A village or facility is put whole into the commune it lies in on that map; what was only
        known by its commune is shared out by weights. Units in no commune stay themselves.
        """
        table = np.asarray(counts, np.int64)
        rows: dict[UUID, NDArray[np.int64]] = {}
        for id, row in zip(unit_ids, table, strict=True):
            home = self._home(id)
            rows[home] = rows[home] + row if home in rows else row
        if not rows:
            empty = np.zeros((0, table.shape[1] if table.ndim == 2 else 0), np.int64)
            return Rebased((), empty, empty, empty)
        return self.rebase(list(rows), np.vstack(list(rows.values())), days, population)

    def _home(self, id: UUID) -> UUID:
        atlas = self.atlas
        if atlas.level(id) == COMMUNE:
            return id
        exact = atlas.commune_of(id, self.map_on)
        if exact is not None:
            return exact
        above = atlas.areas_above(id, self.map_on)
        return next((area for area in above if atlas.level(area) == COMMUNE), id)

    def crosswalk(
        self, unit_ids: Sequence[UUID], population: Mapping[UUID, float] | None = None
    ) -> Crosswalk:
        """The shares of each unit, as of its own life, in the units of the map; keys are texts."""
        shares: dict[str, Mapping[str, float]] = {}
        for id in unit_ids:
            unit = self.atlas.unit(id)
            begins = unit.since if unit else None
            day = begins if begins is not None and begins > self.map_on else self.map_on
            if unit is not None and unit.until is not None and unit.until <= self.map_on:
                day = date.min
            walk = Crosswalk.between(
                self.atlas.succession, [str(id)], day, self.map_on, self._sizes(population)
            )
            shares |= walk.shares()
        return Crosswalk.of(shares)

    def _sizes(self, population: Mapping[UUID, float] | None) -> dict[str, float]:
        if population is None:
            return self.atlas.sizes
        return {str(id): size for id, size in population.items()}


def implied_sizes(heirs: Iterable["Heir"]) -> dict[str, float]:
    """Relative sizes of predecessors from how much of each successor came from them.

    The part ``weight_back`` of a successor of size S is the share ``weight`` of a predecessor of
    size s: ``weight_back * S = weight * s``. Sizes are led from one unit to the next along the
    facts of a day; units that no fact joins are never compared, so each group may have its scale.
    """
    known: dict[str, float] = {}
    by_day: dict[date, list[Heir]] = defaultdict(list)
    for heir in heirs:
        if heir.successor is not None and heir.weight_back:
            by_day[heir.on].append(heir)
    for facts in by_day.values():
        given: dict[UUID, list[Heir]] = defaultdict(list)
        taken: dict[UUID, list[Heir]] = defaultdict(list)
        for fact in facts:
            given[fact.predecessor].append(fact)
            if fact.successor is not None:
                taken[fact.successor].append(fact)
        received: dict[UUID, float] = {}
        for start in taken:
            if start in received:
                continue
            received[start] = 1.0
            waiting = [start]
            while waiting:
                taker = waiting.pop()
                for fact in taken[taker]:
                    size = (fact.weight_back or 0.0) * received[taker] / fact.weight
                    known[str(fact.predecessor)] = size
                    for other in given[fact.predecessor]:
                        if other.successor is not None and other.successor not in received:
                            received[other.successor] = (
                                size * other.weight / (other.weight_back or 1.0)
                            )
                            waiting.append(other.successor)
    return known
