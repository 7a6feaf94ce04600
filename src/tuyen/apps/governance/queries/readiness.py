"""The matrix of readiness: station by line, each cell from its source, with its day."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.governance import places, standing
from tuyen.apps.governance.standing import READ, Cell, Floor
from tuyen.apps.supply import queries as supply
from tuyen.rules import governance as rules


class ReadyRow(NamedTuple):
    """A site. ``points`` are its satellite points on the map of the day, ``points_known`` those of them
    of which any line is known."""

    unit: UUID
    name: str
    type: str
    commune: UUID | None
    commune_name: str
    centre: UUID | None
    centre_name: str
    points: int
    points_known: int
    cells: tuple[Cell, ...]
    floor: Floor | None

    @property
    def ready(self) -> int:
        return sum(cell.ready for cell in self.cells)

    @property
    def known(self) -> int:
        return sum(cell.known for cell in self.cells)

    @property
    def gaps(self) -> tuple[str, ...]:
        """Lines that are known not to be ready."""
        return tuple(cell.line for cell in self.cells if cell.known and not cell.ready)

    def levels(self) -> dict[str, str]:
        return {cell.line: cell.level for cell in self.cells}

    def cell(self, line: str) -> Cell:
        return next(cell for cell in self.cells if cell.line == line)


class Readiness(NamedTuple):
    """The sites in reach, the worst first. ``closed``: sources that the reader's post does not open."""

    rows: Sequence[ReadyRow]
    on: date
    map_on: date
    closed: frozenset[str]

    @property
    def cells(self) -> int:
        return sum(len(row.cells) for row in self.rows)

    @property
    def known(self) -> int:
        return sum(row.known for row in self.rows)

    @property
    def complete(self) -> float | None:
        """Share of 1 of the cells that are known; None where there is no site."""
        return self.known / self.cells if self.cells else None

    @property
    def ready(self) -> float | None:
        """Share of 1 of all cells that are good; what is not known is not good."""
        return sum(row.ready for row in self.rows) / self.cells if self.cells else None

    def by_line(self) -> Mapping[str, tuple[int, int, int]]:
        """Line -> sites where it is good, where it is known, and all."""
        return {
            line: (
                sum(row.cell(line).ready for row in self.rows),
                sum(row.cell(line).known for row in self.rows), len(self.rows),
            )
            for line in rules.lines()
        }  # fmt: skip


class SitePage(NamedTuple):
    """A site with the pieces of its register."""

    row: ReadyRow
    points: Sequence[ReadyRow]
    pieces: Sequence[supply.PieceRow]
    closed: frozenset[str]


def readiness(
    *, by: Actor, on: date, map_on: date | None = None, kinds: Sequence[str] = places.STATIONS
) -> Readiness:
    """The sites of ``kinds`` on the map of a day, by what was known on a day, the worst first. Nine
    queries, whatever the number of sites."""
    policies.check(by, READ)
    map_day = map_on or on
    told = standing.facts(by=by, on=on, map_on=map_day)
    scope = policies.scope(by, READ)
    rows = [
        _row(unit, told, map_day)
        for unit in places.atlas().units(tuple(kinds), map_day)
        if scope.covers(unit)
    ]
    rows.sort(key=lambda row: (row.ready, -row.known, row.name, row.unit))
    return Readiness(rows, on, map_day, told.closed)


def site_readiness(
    *, by: Actor, unit: UUID, on: date, map_on: date | None = None
) -> SitePage | None:
    """One site with its points and its register; None out of reach."""
    map_day = map_on or on
    if not policies.scope(by, READ).covers(unit) or not places.is_site(unit, map_day):
        return None
    told = standing.facts(by=by, on=on, map_on=map_day)
    points = places.atlas().subjects(unit, "satellite_of", map_day)
    return SitePage(
        _row(unit, told, map_day), [_row(point, told, map_day) for point in points],
        told.pieces.get(unit, ()), told.closed,
    )  # fmt: skip


def _row(unit: UUID, told: standing.Facts, on: date) -> ReadyRow:
    atlas = places.atlas()
    commune, centre = atlas.commune_of(unit, on), places.guide(unit, on)
    points = atlas.subjects(unit, "satellite_of", on)
    return ReadyRow(
        unit, places.name(unit, on), str(atlas.type(unit, on)), commune,
        places.name(commune, on) if commune else "", centre,
        places.name(centre, on) if centre else "", len(points),
        sum(point in told.reviews or point in told.pieces for point in points),
        standing.cells(unit, told), standing.floor(told.pieces.get(unit, ())),
    )  # fmt: skip
