"""What came of a reorganisation: so many days before its day against so many after it, on both maps."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.immunization import queries as immunization
from tuyen.apps.network.planned import PLANNED
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import standing
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.queries import AvailabilityRow
from tuyen.apps.surveillance import queries as surveillance
from tuyen.apps.surveillance.queries import Completeness
from tuyen.kernel.period import Period
from tuyen.rules import network as rules
from tuyen.rules import supply as medicines

DOSES, STOCK = "immunization.coverage.read", "supply.stock.read"


class WeekRow(NamedTuple):
    """A week: reports that were due and came, and cases counted on the map before and on that after."""

    week: str
    start: date
    after: bool
    due: int
    came: int
    cases: tuple[int, int]
    whole: bool = True  # over by the last day that is shown


class Work(NamedTuple):
    """What was done week by week: ``totals`` on the map before and on that after, which are equal where
    nothing is lost or counted twice; ``communes`` of the map after with their sums a week on either side
    of the day, those that lost the most first. ``what``: visits or doses; ``units``:
    how many wrote any down before the day and after it."""

    what: str
    totals: tuple[tuple[int, int], ...]
    communes: tuple[tuple[UUID, float, float], ...]
    units: tuple[int, int] = (0, 0)
    by_unit: Mapping[
        UUID, tuple[float, float]
    ] = {}  # a week on either side, of those who wrote any down

    @property
    def conserved(self) -> bool:
        return all(one == other for one, other in self.totals)


class Stock(NamedTuple):
    """Days of a station's core medicines of a programme: days that were counted, and those on which at
    least one could not be handed out, before the day and after it; ``units`` that keep any of them."""

    programme: str
    days: tuple[int, int]
    short: tuple[int, int]
    units: tuple[int, int] = (0, 0)

    def share(self, after: bool) -> float | None:
        days = self.days[after]
        return self.short[after] / days if days else None


class UnitRow(NamedTuple):
    """A station or point of the day before or of the day: visits and doses a week, weekly reports due and come,
    days on which core medicines were counted and days on which one was short (programmes added up), before
    the day and after it. ``stands``: on which side it is on the map; None: not open to the reader."""

    unit: UUID
    stands: tuple[bool, bool]
    visits: tuple[float, float] | None
    doses: tuple[float, float] | None
    due: tuple[int, int]
    came: tuple[int, int]
    days: tuple[int, int]
    short: tuple[int, int]

    @property
    def fall(self) -> float:
        """Visits a week fewer, of a unit that stands on both sides."""
        return self.visits[0] - self.visits[1] if self.visits and all(self.stands) else 0.0


class Watched(NamedTuple):
    """The weeks around the day ``on``, oldest first, up to the reader's day."""

    id: UUID
    on: date
    basis: str
    state: str
    days: int
    rows: tuple[WeekRow, ...]
    work: tuple[Work, ...] = ()  # only what the reader may see
    stock: tuple[Stock, ...] = ()
    units: tuple[UnitRow, ...] = ()  # those whose visits fell the most first

    def each_week(self, work: Work, after: bool) -> float | None:
        """What was done a week on one side of the day, in weeks that are over."""
        told = [
            work.totals[n][1] for n, row in enumerate(self.rows) if row.after is after and row.whole
        ]
        return sum(told) / len(told) if told else None

    def share(self, after: bool) -> float | None:
        """Of the reports due on one side of the day, the part that came."""
        due = sum(row.due for row in self.rows if row.after is after)
        return sum(row.came for row in self.rows if row.after is after) / due if due else None

    def per_week(self, after: bool) -> float | None:
        rows = [row for row in self.rows if row.after is after and row.whole]
        return sum(row.cases[1] for row in rows) / len(rows) if rows else None

    @property
    def conserved(self) -> bool:
        """Nothing is lost or counted twice at the switch: both maps hold as many in every week."""
        return all(row.cases[0] == row.cases[1] for row in self.rows)


def watched(*, by: Actor, decision: UUID) -> Watched | None:
    """The weeks around a decision of the map; None where there is none. About twelve queries; two more
    for the work of units, and eight for each programme of medicines, where the reader may see them."""
    policies.check(by, "network.plan.read")
    card = standing.decision(by=Actor.program(by.on), id=decision)
    if card is None:
        return None
    on, days = card.standing.on, int(rules.norm("watch_days", card.standing.on))
    last = min(on + timedelta(days=days), by.on)
    first = min(on, by.on) - timedelta(days=days)
    weeks = Period.range("week", first, last)
    reports = surveillance.completeness(by=by, on=last, weeks=len(weeks))
    due = reports.expected.sum(axis=0)
    came = (reports.expected & reports.came).sum(axis=0)
    sums = []
    for map_on in (on - timedelta(days=1), on):
        told = surveillance.counts(
            by=by, kind="week", first=weeks[0].start, last=last, map_on=map_on, split=()
        )
        sums.append(told.cases.sum(axis=(0, 1)).tolist())
    rows = tuple(
        WeekRow(week.label, week.start, week.start >= on, int(due[n]), int(came[n]),
                (int(sums[0][n]), int(sums[1][n])), week.end <= last)
        for n, week in enumerate(weeks)
    )  # fmt: skip
    work = tuple(_work(by, weeks, on, last))
    sides = _sides(by, first, on, last)
    later = np.array([row.after for row in rows], bool)
    return Watched(
        decision, on, card.standing.basis, card.standing.state, days, rows, work,
        tuple(_stock(sides)), tuple(_units(by, on, reports, later, work, sides)),
    )  # fmt: skip


def _work(by: Actor, weeks: Sequence[Period], on: date, last: date) -> Iterator[Work]:
    """Visits and doses by week on both maps, of whom the reader may see."""
    span = {"first": weeks[0].start, "last": min(weeks[-1].end, last)}
    if policies.scope(by, clinical.FIGURE):
        yield _folded("visits", clinical.visits_by_day(by=by, **span), weeks, on, last)
    if policies.scope(by, DOSES):
        yield _folded("doses", immunization.doses_by_day(by=by, **span), weeks, on, last)


def _folded(
    what: str, told: Mapping[tuple[UUID, date], int], weeks: Sequence[Period], on: date,
    last: date,
) -> Work:  # fmt: skip
    """Counts of units and days as weeks of communes on the map before and on that after."""
    units = sorted({unit for unit, _day in told})
    row = {unit: n for n, unit in enumerate(units)}
    starts = [week.start for week in weeks]
    table = np.zeros((len(units), len(weeks)), np.int64)
    for (unit, day), n in told.items():
        table[row[unit], bisect_right(starts, day) - 1] += n
    atlas = registry.atlas()
    before, after = (
        atlas.rebase(day).to_communes(units, table, starts) for day in (on - timedelta(days=1), on)
    )
    later = np.array([start >= on for start in starts], bool)
    over = np.array([week.end <= last for week in weeks], bool)
    lines = [
        (unit, _mean(counts[~later & over]), _mean(counts[later & over]))
        for unit, counts in zip(after.unit_ids, after.counts, strict=True)
    ]
    sums = [one.counts.sum(axis=0).tolist() if len(one.unit_ids) else [0] * len(weeks)
            for one in (before, after)]  # fmt: skip
    means = [
        table[:, part & over].mean(axis=1) if (part & over).any() else np.zeros(len(units))
        for part in (~later, later)
    ]
    wrote = [int(table[:, part].any(axis=1).sum()) for part in (~later, later)]
    return Work(
        what, tuple(zip(*sums, strict=True)),
        tuple(sorted(lines, key=lambda one: one[2] - one[1])), (wrote[0], wrote[1]),
        {unit: (float(means[0][n]), float(means[1][n])) for unit, n in row.items()},
    )  # fmt: skip


def _mean(counts: Any) -> float:
    return float(counts.mean()) if counts.size else 0.0


Sides = Mapping[str, Sequence[Sequence[AvailabilityRow]]]


def _sides(by: Actor, first: date, on: date, last: date) -> Sides:
    """Of each programme the rows of units before the day and after it; nothing for who may not see stocks."""
    if not policies.scope(by, STOCK):
        return {}
    listed = medicines.medicines()
    spans = [(first, min(on - timedelta(days=1), last)), (on, last)]
    return {
        programme: [
            supply.availability(by=by, programme=programme, first=start, last=end)
            if start <= end else [] for start, end in spans
        ]
        for programme in sorted({listed[code].programme for code in medicines.tracers()})
    }  # fmt: skip


def _stock(sides: Sides) -> Iterator[Stock]:
    """Days without a core medicine before and after, by programme."""
    for programme, both in sides.items():
        days = [sum(row.days for row in side) for side in both]
        whole = [sum(row.whole for row in side) for side in both]
        if any(days):
            short = (days[0] - whole[0], days[1] - whole[1])
            units = [sum(row.days > 0 for row in side) for side in both]
            yield Stock(programme, (days[0], days[1]), short, (units[0], units[1]))


def _units(
    by: Actor, on: date, reports: Completeness, later: Any, work: Sequence[Work], sides: Sides
) -> list[UnitRow]:
    """Stations and points of either map, from what was asked already: nothing more is queried."""
    atlas = registry.atlas()
    stood, stands = (set(atlas.units(PLANNED, day)) for day in (on - timedelta(days=1), on))
    place = {unit: n for n, unit in enumerate(reports.units)}
    came = reports.expected & reports.came
    done = {one.what: one.by_unit for one in work}
    seen = {"visits": policies.scope(by, clinical.FIGURE), "doses": policies.scope(by, DOSES)}
    stock: dict[tuple[UUID, int], tuple[int, int]] = {}
    for both in sides.values():
        for after, side in enumerate(both):
            for row in side:
                days, short = stock.get((row.unit, after), (0, 0))
                stock[row.unit, after] = (days + row.days, short + row.days - row.whole)

    def told(what: str, unit: UUID) -> tuple[float, float] | None:
        if what not in done or not seen[what].covers(unit):
            return None
        return done[what].get(unit, (0.0, 0.0))

    def reported(table: Any, unit: UUID) -> tuple[int, int]:
        n = place.get(unit)
        return (0, 0) if n is None else (int(table[n, ~later].sum()), int(table[n, later].sum()))

    rows = []
    for unit in stood | stands:
        (was, was_short), (now, now_short) = (stock.get((unit, k), (0, 0)) for k in (0, 1))
        rows.append(UnitRow(
            unit, (unit in stood, unit in stands), told("visits", unit), told("doses", unit),
            reported(reports.expected, unit), reported(came, unit), (was, now), (was_short, now_short),
        ))  # fmt: skip
    return sorted(rows, key=lambda row: (-row.fall, str(row.unit)))
