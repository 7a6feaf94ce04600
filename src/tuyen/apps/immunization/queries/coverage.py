"""How many of those who should have had a dose had it in time: by birth cohort and by calendar year,
by antigen, on the map of any day.

Counted from the kept statuses: children who live here today and are alive, in the place where they
live. Moves in and births are in it, moves away and deaths are not; what that leaves is the
denominator, and it is always given.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from tuyen.apps.access import policies, walls
from tuyen.apps.access.actors import Actor
from tuyen.apps.immunization.areas import places_of, within
from tuyen.apps.immunization.milestones import group_of
from tuyen.apps.immunization.models import Child, Status
from tuyen.apps.journal.bulk import fetch
from tuyen.apps.registry import queries as registry
from tuyen.engines.immunization.spans import CalendarRules, Span, parse_span
from tuyen.rules.immunization import coverage as rule
from tuyen.rules.immunization import programme
from tuyen.rules.immunization.coverage import Counted

READ = "immunization.coverage.read"
FULL = "fully-immunized"
_DAY = len("2026-01-01,")


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


class Year(NamedTuple):
    """Fully immunised under one in two ways of counting, each with its denominator.

    By cohort: of those born in the year who are past their first birthday, those who were whole
    before it. By calendar year: those who became whole in the year and before their first
    birthday, of those born in it.
    """

    year: int
    cohort: int
    cohort_full: int
    born: int
    became_full: int


class Curve(NamedTuple):
    """The share of a cohort that has a dose by each age, of those who have reached that age."""

    code: str
    weeks: tuple[int, ...]
    share: tuple[float | None, ...]
    children: tuple[int, ...]


class _Kid(NamedTuple):
    person: UUID
    place: UUID
    born: date
    full: date | None
    unsure: bool


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
    kids = _kids(by, first, last, on, area)
    counted = rule.counted(on)
    codes = [FULL, *counted]
    limits = _Limits(on)
    days = _dose_days(kids, list(counted.values()))
    width = 1 + 2 * len(codes) + 2 * len(PAIRS)
    table: dict[UUID, NDArray[np.int64]] = defaultdict(lambda: np.zeros(width, np.int64))
    for kid in kids:
        old: set[str] = set()
        in_time: set[str] = set()
        for code in codes:
            until = limits.until(code, kid.born)
            if until > on:
                continue
            old.add(code)
            day = kid.full if code == FULL else days[code].get(kid.person)
            if day is not None and day < until:
                in_time.add(code)
        table[kid.place] += _line(codes, old, in_time)
    rows = _placed(table, codes, on, map_on or on, villages)
    total = _total(rows, codes)
    return Coverage(
        first, last, on, map_on or on, tuple(rows), total, sum(kid.unsure for kid in kids)
    )


def yearly(*, by: Actor, years: Sequence[int], on: date, area: UUID | None = None) -> list[Year]:
    """Fully immunised under one, by cohort and by calendar year, for each of these years: one
    statement."""
    if not years:
        return []
    kids = _kids(by, date(min(years) - 1, 1, 1), date(max(years), 12, 31), on, area)
    limits = _Limits(on)
    found = {year: [0, 0, 0, 0] for year in years}
    for kid in kids:
        until = limits.until(FULL, kid.born)
        in_time = kid.full is not None and kid.full < until
        if kid.born.year in found:
            row = found[kid.born.year]
            row[2] += 1
            if until <= on:
                row[0] += 1
                row[1] += in_time
        if in_time and kid.full is not None and kid.full.year in found:
            found[kid.full.year][3] += 1
    return [Year(year, *counts) for year, counts in sorted(found.items())]


def timeliness(
    *, by: Actor, codes: Sequence[str], first: date, last: date, on: date,
    area: UUID | None = None, weeks: int = 104,
) -> list[Curve]:  # fmt: skip
    """How the share with a dose grows with age, for each of some indicators: two statements."""
    kids = _kids(by, first, last, on, area)
    counted = rule.counted(on)
    wanted = [counted[code] for code in codes if code in counted]
    days = _dose_days(kids, wanted)
    every = tuple(range(0, weeks + 1, 2))
    followed = np.array([(on - kid.born).days // 7 for kid in kids], np.int64)
    curves = []
    for one in wanted:
        at = np.array(
            [(d - kid.born).days // 7 if (d := days[one.code].get(kid.person)) else 10**6
             for kid in kids], np.int64,
        )  # fmt: skip
        there = [int((followed >= week).sum()) for week in every]
        with_it = [int(((followed >= week) & (at <= week)).sum()) for week in every]
        share = tuple(a / b if b else None for a, b in zip(with_it, there, strict=True))
        curves.append(Curve(one.code, every, share, tuple(there)))
    return curves


class _Limits:
    """The first day on which a dose is too late for an indicator, by birth."""

    def __init__(self, on: date) -> None:
        spans = {one.code: one.by for one in rule.counted(on).values()}
        spans[FULL] = programme.fully_immunized(on).by
        self._spans = {code: parse_span(by) or Span() for code, by in spans.items()}
        self.until = lru_cache(maxsize=100_000)(self._until)

    def _until(self, code: str, born: date) -> date:
        return CalendarRules().age(born, self._spans[code])


@walls.whole("children counted by place, for whoever may read coverage there")
def _kids(by: Actor, first: date, last: date, on: date, area: UUID | None) -> list[_Kid]:
    map_ = registry.atlas()
    places = None if area is None else places_of(map_, area, on)
    where = within(policies.scope(by, READ), places) & Q(born_on__range=(first, last))
    rows = Child.objects.filter(where, active=True, place_id__isnull=False)
    columns = ("person_id", "place_id", "born_on", "full_on", "unsure")
    return [_Kid(*row) for row in fetch(rows.values_list(*columns))]


@walls.whole("children counted by place, for whoever may read coverage there")
def _dose_days(kids: Sequence[_Kid], counted: Sequence[Counted]) -> dict[str, dict[UUID, date]]:
    """For each indicator, the day of its dose by person."""
    found: dict[str, dict[UUID, date]] = {one.code: {} for one in counted}
    if not kids:
        return found
    asked: dict[str, list[Counted]] = defaultdict(list)
    for one in counted:
        asked[group_of(one.antigen)].append(one)
    people = {kid.person for kid in kids}
    span = min(kid.born for kid in kids), max(kid.born for kid in kids)
    rows = Status.objects.filter(
        active=True, born_on__range=span, group__in=list(asked), valid__gt=0
    )
    known: dict[str, date] = {}
    for person, group, given in fetch(rows.values_list("person_id", "group", "given")):
        if person not in people:
            continue
        for one in asked[group]:
            text = given[_DAY * (one.dose - 1) : _DAY * one.dose - 1]
            if text:
                if text not in known:
                    known[text] = date.fromisoformat(text)
                found[one.code][person] = known[text]
    return found


def _placed(
    table: Mapping[UUID, NDArray[np.int64]], codes: Sequence[str], on: date, map_on: date,
    villages: bool,
) -> list[CoverageRow]:  # fmt: skip
    """The counts as rows: of the villages themselves, or led to the communes of a map."""
    map_: Any = registry.atlas()
    if not table:
        return []
    places = sorted(table)
    counts = np.vstack([table[place] for place in places])
    exact = np.ones_like(counts, bool)
    if not villages:
        rebased = map_.rebase(map_on).to_communes(places, counts, [on] * counts.shape[1])
        places, counts, exact = list(rebased.unit_ids), rebased.counts, rebased.exact
    rows = [
        _row(place, map_.full_name(place, map_on), row, codes, bool(sure.all()))
        for place, row, sure in zip(places, counts.tolist(), exact, strict=True)
    ]
    return sorted(rows, key=lambda row: (row.name, row.unit))


def _line(codes: Sequence[str], old: set[str], in_time: set[str]) -> NDArray[np.int64]:
    """One child as a row of counts: itself, what it is old enough for, what it reached in time, and
    of each drop-out whether it had the first dose and then not the second."""
    had = [second in old and first in in_time for _, first, second in PAIRS]
    lost = [
        first and second not in in_time for first, (_, _, second) in zip(had, PAIRS, strict=True)
    ]
    row = [True, *(code in old for code in codes), *(code in in_time for code in codes)]
    return np.array([*row, *had, *lost], np.int64)


def _row(
    unit: UUID, name: str, counts: Sequence[int], codes: Sequence[str], exact: bool
) -> CoverageRow:
    n, pairs = len(codes), len(PAIRS)
    eligible = dict(zip(codes, counts[1 : 1 + n], strict=True))
    reached = dict(zip(codes, counts[1 + n : 1 + 2 * n], strict=True))
    had, lost = counts[1 + 2 * n : -pairs], counts[-pairs:]
    dropped = tuple(DropOut(*pair, *of) for pair, *of in zip(PAIRS, had, lost, strict=True))
    return CoverageRow(unit, name, counts[0], eligible, reached, dropped, exact)


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
