"""How many of those who should have had a dose had it in time: by birth cohort and by calendar year,
by antigen, on the map of any day; always with the denominator."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tuyen.apps.access import policies
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.areas import places_of
from tuyen.apps.immunization.queries.cohort import (
    FULL,
    READ,
    Cohort,
    Limits,
    Placed,
    cohort,
    placed,
)
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.queries import Flows
from tuyen.rules.immunization import coverage as rule
from tuyen.rules.immunization.coverage import Counted


class DropOut(NamedTuple):
    """Of those with the first dose of a pair, those without the second, both in time."""

    code: str
    first: str
    second: str
    with_first: int
    without_second: int


PAIRS = (("dtp1-dtp3", "dtp-1", "dtp-3"), ("bcg-mr1", "bcg-1", "mr-1"), ("mr1-mr2", "mr-1", "mr-2"))
"""The drop-outs that are followed, with the codes of their two doses."""


class CoverageRow(NamedTuple):
    """One area: the children of the cohort, and of each indicator those old enough for it and those
    who reached it in time. ``exact`` is false where a commune that was split had to be shared out."""

    unit: UUID
    name: str
    children: int
    eligible: Mapping[str, int]
    reached: Mapping[str, int]
    drop_outs: tuple[DropOut, ...]
    exact: bool

    def percent(self, code: str) -> float | None:
        return 100 * self.reached[code] / self.eligible[code] if self.eligible[code] else None


class Coverage(NamedTuple):
    """A table of coverage: areas by name, and all of them together (``total``)."""

    first: date
    last: date
    on: date
    map_on: date
    rows: tuple[CoverageRow, ...]
    total: CoverageRow
    unsure: int  # children with a dose whose day is known by its month or year only
    looked_on: date | None  # the oldest day on which any of them was looked at


@dataclass(frozen=True, slots=True)
class Year:
    """Fully immunised under one in two ways of counting, each with its denominator.

    By cohort: of those born in the year who are past their first birthday, those who were whole
    before it. By calendar year: those who became whole in the year and before their first
    birthday, of those born in it. ``flows``: how those born in the year came to live here.
    """

    year: int
    cohort: int
    cohort_full: int
    born: int
    became_full: int
    flows: Flows | None = None


def indicators(*, by: Actor, on: date) -> dict[str, Counted]:
    """What coverage is counted of on a day, by code."""
    policies.check(by, READ)
    return rule.counted(on)


def coverage(
    *, by: Actor, first: date, last: date, on: date, map_on: date | None = None,
    area: UUID | None = None, villages: bool = False,
) -> Coverage:  # fmt: skip
    """Coverage of those born in a span of days, as of a day, by commune on the map of ``map_on``, or
    by the villages that they live in. Two statements."""
    (found,) = coverages(
        by=by, first=first, last=last, on=on, maps=(map_on or on,), area=area, villages=villages
    )
    return found


def coverages(
    *, by: Actor, first: date, last: date, on: date, maps: Sequence[date],
    area: UUID | None = None, villages: bool = False,
) -> list[Coverage]:  # fmt: skip
    """The same on several maps: the totals agree to the child. Two statements for any number."""
    codes = [FULL, *rule.counted(on)]
    found = cohort(by=by, first=first, last=last, on=on, area=area, codes=codes)
    table, width = _counted(found, codes, on), 1 + 2 * len(codes) + 2 * len(PAIRS)
    unsure = sum(kid.unsure for kid in found.kids)
    tables = []
    for map_on in maps:
        rows = _rows(placed(table, width, on, map_on, villages), codes)
        total = _total(rows, codes)
        tables.append(
            Coverage(first, last, on, map_on, tuple(rows), total, unsure, found.looked_on)
        )
    return tables


def yearly(
    *, by: Actor, years: Sequence[int], on: date, area: UUID | None = None, moves: bool = False
) -> list[Year]:
    """Fully immunised under one, by cohort and by calendar year, for each of these years: one
    statement. ``moves``: with births, arrivals, departures and deaths, one more."""
    if not years:
        return []
    first, last = date(min(years) - 1, 1, 1), date(max(years), 12, 31)
    found = cohort(by=by, first=first, last=last, on=on, area=area, codes=[FULL])
    limits = Limits(on)
    counts = {year: [0, 0, 0, 0] for year in years}
    for kid in found.kids:
        until = limits.until(FULL, kid.born)
        in_time = kid.full is not None and kid.full < until
        if kid.born.year in counts:
            row = counts[kid.born.year]
            row[2] += 1
            if until <= on:
                row[0] += 1
                row[1] += in_time
        if in_time and kid.full is not None and kid.full.year in counts:
            counts[kid.full.year][3] += 1
    born = date(min(years), 1, 1), last
    flowed = flows(by=by, first=born[0], last=born[1], on=on, area=area) if moves else {}
    return [
        Year(year, row[0], row[1], row[2], row[3], flowed.get(year))
        for year, row in sorted(counts.items())
    ]


def flows(
    *, by: Actor, first: date, last: date, on: date, area: UUID | None = None
) -> dict[int, Flows]:
    """By year of birth, how those born in a span of days came to live in the reader's places or an
    area, and who left or died there: what turns those born into those counted. One statement."""
    scope = policies.scope(by, READ)
    places: Collection[UUID] | None = None if scope.everything else scope.units
    if area is not None:
        inside = places_of(registry.atlas(), area, on)
        places = inside if places is None else set(places) & inside
    return registry.flows(
        by=by, first=first, last=last, on=on, places=places, newborn=rule.newborn_days(on)
    )


def _counted(found: Cohort, codes: Sequence[str], on: date) -> dict[UUID, NDArray[np.int64]]:
    """A row of counts for each place where a child lives."""
    limits = Limits(on)
    width = 1 + 2 * len(codes) + 2 * len(PAIRS)
    table: dict[UUID, NDArray[np.int64]] = defaultdict(lambda: np.zeros(width, np.int64))
    for kid in found.kids:
        old: set[str] = set()
        in_time: set[str] = set()
        for code in codes:
            until = limits.until(code, kid.born)
            if until > on:
                continue
            old.add(code)
            day = found.day(code, kid)
            if day is not None and day < until:
                in_time.add(code)
        table[kid.place] += _line(codes, old, in_time)
    return table


def _line(codes: Sequence[str], old: set[str], in_time: set[str]) -> NDArray[np.int64]:
    """One child as a row of counts: itself, what it is old enough for, what it reached in time, and
    of each drop-out whether it had the first dose and then not the second."""
    had = [second in old and first in in_time for _, first, second in PAIRS]
    lost = [
        first and second not in in_time for first, (_, _, second) in zip(had, PAIRS, strict=True)
    ]
    row = [True, *(code in old for code in codes), *(code in in_time for code in codes)]
    return np.array([*row, *had, *lost], np.int64)


def _rows(table: Placed, codes: Sequence[str]) -> list[CoverageRow]:
    n, pairs = len(codes), len(PAIRS)
    rows = []
    for unit, name, counts, exact in zip(
        table.units, table.names, table.counts.tolist(), table.exact.tolist(), strict=True
    ):
        eligible = dict(zip(codes, counts[1 : 1 + n], strict=True))
        reached = dict(zip(codes, counts[1 + n : 1 + 2 * n], strict=True))
        had, lost = counts[1 + 2 * n : -pairs], counts[-pairs:]
        dropped = tuple(DropOut(*pair, *of) for pair, *of in zip(PAIRS, had, lost, strict=True))
        rows.append(CoverageRow(unit, name, counts[0], eligible, reached, dropped, exact))
    return rows


def _total(rows: Sequence[CoverageRow], codes: Sequence[str]) -> CoverageRow:
    return CoverageRow(
        UUID(int=0), "", sum(row.children for row in rows),
        {code: sum(row.eligible[code] for row in rows) for code in codes},
        {code: sum(row.reached[code] for row in rows) for code in codes},
        tuple(
            DropOut(
                *pair, sum(row.drop_outs[n].with_first for row in rows),
                sum(row.drop_outs[n].without_second for row in rows),
            )
            for n, pair in enumerate(PAIRS)
        ),
        all(row.exact for row in rows),
    )  # fmt: skip
