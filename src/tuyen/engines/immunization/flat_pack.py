"""A pack as tables of numbers, for the compiled engine: every name is a place in a list.

A list inside a row (the age rows of a dose, the conditions of a set) is a range of another table:
column ``ages`` of dose ``d`` means rows ``ages[d]`` up to ``ages[d + 1]``. An empty cell is -1.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from tuyen.engines.immunization.pack import (
    AgeRow,
    Antigen,
    Condition,
    IntervalRow,
    Pack,
    Series,
    SeriesDose,
    SkipSet,
    VaccineRow,
)
from tuyen.engines.immunization.spans import NEVER_AFTER, NEVER_BEFORE, Span
from tuyen.engines.immunization.tables import (
    AgeTable,
    BarTable,
    DoseTable,
    IntervalTable,
    Ints,
    LinkTable,
    SeriesTable,
    SettingsTable,
    SkipTable,
    Tables,
    VaccineTable,
)

EMPTY = -1
FIRST, LAST = NEVER_BEFORE.toordinal(), NEVER_AFTER.toordinal()
MOST_ANTIGENS = MOST_GROUPS = MOST_ROWS = 62
"""What fits in the bits of one number; packs beyond are left to the reference."""

CONTEXTS = {"evaluation": 1, "forecast": 2, "both": 3}
CONDITIONS = {"age": 0, "completed": 1, "interval": 2, "count": 3}
COMPARISONS = {"greater": 0, "equal": 1, "less": 2}
KINDS = {"standard": 0, "risk": 1, "evaluation": 2}


Told = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Series, ...]]
"""Names of series, vaccines and reasons of an answer, and the series that have guidance."""


@dataclass(frozen=True)
class FlatPack:
    """The tables, and the lists that their numbers are places in."""

    pack: Pack
    tables: Tables
    series: tuple[Series, ...]
    doses: tuple[SeriesDose, ...]
    vaccines: Mapping[str, int]
    observations: Mapping[str, int]
    genders: Mapping[str, int]
    countries: Mapping[str, int]
    products: tuple[tuple[str, str], ...]  # trade name and maker, folded
    told: dict[tuple[int, ...], Told] = field(default_factory=dict)  # kept by fast.py

    @cached_property
    def widest(self) -> int:
        """The most antigens of a vaccine group."""
        return max((len(group.antigens) for group in self.pack.groups), default=1)

    @cached_property
    def most_rows(self) -> int:
        """The most forecasts of one person: every share of every group."""
        shares = {(self.pack.group_of[one.antigen].name, one.kind == "risk", one.group)
                  for one in self.series if one.antigen in self.pack.group_of}  # fmt: skip
        return len(shares) + len(self.pack.groups)

    @cached_property
    def most_groups(self) -> int:
        """The most vaccine groups that one dose counts for."""
        of = self.pack.group_of
        return max(
            (len({of[one.antigen].name for one in vaccine.associations if one.antigen in of})
             for vaccine in self.pack.vaccines.values()), default=1,
        )  # fmt: skip


class _Numbers:
    """Gives every name, span and set of vaccines its place."""

    def __init__(self, pack: Pack) -> None:
        self.vaccines = {code: place for place, code in enumerate(pack.vaccines)}
        held = [one.antigen for each in pack.vaccines.values() for one in each.associations]
        grouped = [name for group in pack.groups for name in group.antigens]
        # Antigens without series come last: they have doses, but no rows in the other tables.
        known = dict.fromkeys([*pack.antigens, *held, *grouped])
        self.antigens = {name: place for place, name in enumerate(known)}
        names = {one.group for antigen in pack.antigens.values() for one in antigen.series}
        self.groups = {name: place for place, name in enumerate(sorted(names))}
        self.spans: dict[Span, int] = {}
        self.sets: dict[frozenset[str], int] = {}
        self.observations: dict[str, int] = {}
        self.genders = {"female": 0, "male": 1, "unknown": 2}
        self.countries: dict[str, int] = {}
        self.products: dict[tuple[str, str], int] = {}

    def span(self, span: Span | None) -> int:
        return EMPTY if span is None else self.spans.setdefault(span, len(self.spans))

    def code(self, code: str | None) -> int:
        if code is None:
            return EMPTY
        return self.observations.setdefault(code, len(self.observations))

    def set_of(self, codes: frozenset[str]) -> int:
        return self.sets.setdefault(codes, len(self.sets)) if codes else EMPTY

    def vaccine(self, code: str) -> int:
        return self.vaccines.get(code, len(self.vaccines))

    def product(self, row: VaccineRow) -> int:
        if not row.trade_name:
            return EMPTY
        key = (row.trade_name.casefold(), row.maker.casefold())
        return self.products.setdefault(key, len(self.products))

    def bits(self, groups: Iterable[str]) -> int:
        return sum(1 << self.groups[name] for name in set(groups) if name in self.groups)

    def gender(self, name: str) -> int:
        return self.genders.setdefault(name, len(self.genders))


class _Rows:
    """Rows of one table as they are collected; ``ranges`` are where each owner's rows begin."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, ...]] = []
        self.ranges = [0]

    def add(self, rows: Iterable[tuple[int, ...]]) -> None:
        self.rows += rows
        self.ranges.append(len(self.rows))

    def columns(self, count: int) -> list[Ints]:
        table = np.array(self.rows, np.int64).reshape(-1, count)
        return [np.ascontiguousarray(table[:, column]) for column in range(count)]

    @property
    def starts(self) -> Ints:
        return np.array(self.ranges, np.int64)


def _day(day: datetime.date | None, default: int) -> int:
    return default if day is None else day.toordinal()


def flatten(pack: Pack) -> FlatPack | None:
    """The tables of a pack; None where it is larger than they can hold."""
    series = tuple(one for antigen in pack.antigens.values() for one in antigen.series)
    doses = tuple(dose for one in series for dose in one.doses)
    numbers = _Numbers(pack)
    if (
        len(numbers.antigens) > MOST_ANTIGENS or len(numbers.groups) > MOST_GROUPS
        or max((len(dose.preferable) for dose in doses), default=0) > MOST_ROWS
        or any(not one.doses for one in series)
    ):  # fmt: skip
        return None
    tables = Tables(
        _settings(pack, numbers), _series_table(series, numbers),
        *_dose_tables(doses, numbers), _bars(pack, numbers), _links(pack, numbers),
    )  # fmt: skip
    if len(numbers.products) > MOST_ROWS:
        return None
    # Spans and sets are complete only now.
    tables = tables._replace(
        settings=_settings(pack, numbers),
        links=tables.links._replace(members=_members(numbers)),
    )
    return FlatPack(
        pack, tables, series, doses, numbers.vaccines, numbers.observations, numbers.genders,
        numbers.countries, tuple(numbers.products),
    )  # fmt: skip


def _settings(pack: Pack, numbers: _Numbers) -> SettingsTable:
    spans, calendar = list(numbers.spans), pack.parameters.calendar
    return SettingsTable(
        np.array([one.years * 12 + one.months for one in spans], np.int64),
        np.array([one.days for one in spans], np.int64),
        np.array([one.months == 1 and not one.years for one in spans], np.int64),
        EMPTY if calendar.month_days is None else calendar.month_days,
        calendar.invalid_date == "month-end", calendar.month_end == "stay-last",
        pack.parameters.grace_days, pack.parameters.counting == "all-seasons",
    )  # fmt: skip


def _members(numbers: _Numbers) -> Ints:
    members = np.zeros((max(len(numbers.sets), 1), len(numbers.vaccines) + 1), np.int64)
    for codes, place in numbers.sets.items():
        for code in codes & numbers.vaccines.keys():
            members[place, numbers.vaccines[code]] = 1
    return members


def _series_table(series: Sequence[Series], numbers: _Numbers) -> SeriesTable:
    doses, indications, rows = _Rows(), _Rows(), []
    priorities = sorted({one.priority for one in series})
    for one in series:
        doses.add((0,) for _ in one.doses)
        indications.add(
            (numbers.code(each.code), numbers.span(each.begin), numbers.span(each.end))
            for each in one.indications
        )
        minimums = (row.minimum for row in one.doses[0].ages if row.minimum)
        rows.append(
            (
                numbers.antigens[one.antigen], KINDS[one.kind], numbers.groups[one.group],
                numbers.bits(one.equivalent),
                sum(1 << numbers.gender(name.lower()) for name in set(one.genders)),
                int(one.default), int(one.product_path), priorities.index(one.priority),
                one.preference, numbers.span(one.minimum_start or next(minimums, Span())),
                numbers.span(one.maximum_start), int(asks_for_completion(one)),
            )
        )  # fmt: skip
    columns = np.array(rows, np.int64).T
    return SeriesTable._make((
        *map(np.ascontiguousarray, columns), doses.starts, indications.starts,
        *indications.columns(3),))  # fmt: skip


def asks_for_completion(series: Series) -> bool:
    """Whether a skip of the series asks if another series group is complete."""
    return any(
        condition.kind == "completed"
        for dose in series.doses for skip in dose.skips
        for one in skip.sets for condition in one.conditions
    )  # fmt: skip


def _dose_tables(
    doses: Sequence[SeriesDose], numbers: _Numbers
) -> tuple[DoseTable, AgeTable, IntervalTable, VaccineTable, SkipTable]:
    ages, intervals, allowable = _Rows(), _Rows(), _Rows()
    prefers, accepts, skips, sets, conditions = _Rows(), _Rows(), _Rows(), _Rows(), _Rows()
    for dose in doses:
        ages.add(_age(row, numbers) for row in dose.ages)
        intervals.add(_interval(row, numbers) for row in dose.intervals)
        allowable.add(_interval(row, numbers) for row in dose.allowable_intervals)
        prefers.add(_vaccine(row, numbers) for row in dose.preferable)
        accepts.add(_vaccine(row, numbers) for row in dose.allowable)
        skips.add((CONTEXTS[skip.context], int(skip.every)) for skip in dose.skips)
        for skip in dose.skips:
            sets.add(_set(one) for one in skip.sets)
            for one in skip.sets:
                conditions.add(_condition(each, numbers) for each in one.conditions)
    both = [*intervals.rows, *allowable.rows]
    intervals_of, accepted = _Rows(), _Rows()
    intervals_of.rows, accepted.rows = both, [*prefers.rows, *accepts.rows]
    return (
        DoseTable._make((
            *(
                np.array(column, np.int64)
                for column in (
                    [dose.number for dose in doses], [int(dose.recurring) for dose in doses],
                    [_day(dose.season_start, EMPTY) for dose in doses],
                    [_day(dose.season_end, EMPTY) for dose in doses],
                )
            ),
            ages.starts, intervals.starts, allowable.starts + len(intervals.rows),
            prefers.starts, accepts.starts + len(prefers.rows),
            np.array([numbers.set_of(dose.inadvertent) for dose in doses], np.int64), skips.starts,)),
        AgeTable._make((*ages.columns(7),)), IntervalTable._make((*intervals_of.columns(9),)),
        VaccineTable._make((*accepted.columns(5),)),
        SkipTable._make((
            *skips.columns(2), sets.starts, *sets.columns(3), conditions.starts,
            *conditions.columns(11),)),
    )  # fmt: skip


def _age(row: AgeRow, numbers: _Numbers) -> tuple[int, ...]:
    spans = (row.absolute_minimum, row.minimum, row.earliest, row.latest, row.maximum)
    return (*map(numbers.span, spans), _day(row.since, 0), _day(row.until, 10**9))


def _interval(row: IntervalRow, numbers: _Numbers) -> tuple[int, ...]:
    source, what = 4, EMPTY
    if row.from_previous:
        source = 0
    elif row.from_target is not None:
        source, what = 1, row.from_target
    elif row.from_recent:
        source, what = 2, numbers.set_of(row.from_recent)
    elif row.from_observation:
        source, what = 3, numbers.code(row.from_observation)
    spans = (row.absolute_minimum, row.minimum, row.earliest, row.latest)
    return (
        source, what, *map(numbers.span, spans), int(row.priority),
        _day(row.since, 0), _day(row.until, 10**9),
    )  # fmt: skip


def _vaccine(row: VaccineRow, numbers: _Numbers) -> tuple[int, ...]:
    return (
        numbers.vaccine(row.vaccine), numbers.span(row.begin), numbers.span(row.end),
        numbers.product(row), int(row.forecast),
    )  # fmt: skip


def _set(one: SkipSet) -> tuple[int, ...]:
    return int(one.every), _day(one.since, 0), _day(one.until, 10**9)


def _condition(one: Condition, numbers: _Numbers) -> tuple[int, ...]:
    return (
        CONDITIONS[one.kind], numbers.span(one.begin), numbers.span(one.end),
        _day(one.start_date, FIRST), _day(one.end_date, LAST), numbers.span(one.interval),
        one.dose_count, int(one.valid_only), COMPARISONS[one.comparison],
        numbers.set_of(one.vaccines), numbers.bits(one.series_groups),
    )  # fmt: skip


def _bars(pack: Pack, numbers: _Numbers) -> BarTable:
    known = list(pack.antigens.values())
    span, code = numbers.span, numbers.code

    def by_antigen(rows_of: Callable[[Antigen], Iterable[tuple[int, ...]]]) -> _Rows:
        rows = _Rows()
        for antigen in known:
            rows.add(rows_of(antigen))
        return rows

    series = by_antigen(lambda one: ((0,) for _ in one.series))
    immune = by_antigen(lambda one: ((code(each),) for each in one.immune_codes))
    births = by_antigen(
        lambda one: (
            (each.before.toordinal(), _country(each.country, numbers)) for each in one.immune_births
        )
    )
    exclusions = _Rows()
    for antigen in known:
        for birth in antigen.immune_births:
            exclusions.add((code(each),) for each in sorted(birth.exclusions))
    bars = by_antigen(
        lambda one: ((code(each.code), span(each.begin), span(each.end)) for each in one.forbidding)
    )
    vaccine_bars = by_antigen(
        lambda one: (
            (code(each.code), numbers.vaccine(row.vaccine), span(row.begin), span(row.end))
            for each in one.forbidding_vaccines for row in each.vaccines
        )
    )  # fmt: skip
    return BarTable._make((
        series.starts, immune.starts, *immune.columns(1), births.starts, *births.columns(2),
        exclusions.starts, *exclusions.columns(1), bars.starts, *bars.columns(3),
        vaccine_bars.starts, *vaccine_bars.columns(4),))  # fmt: skip


def _country(name: str, numbers: _Numbers) -> int:
    return numbers.countries.setdefault(name, len(numbers.countries)) if name else EMPTY


def _links(pack: Pack, numbers: _Numbers) -> LinkTable:
    links, groups = _Rows(), _Rows()
    for vaccine in pack.vaccines.values():
        links.add(
            (numbers.antigens[one.antigen], numbers.span(one.begin), numbers.span(one.end))
            for one in vaccine.associations
        )  # fmt: skip
    for group in pack.groups:
        groups.add((numbers.antigens[name],) for name in group.antigens)
    size = len(numbers.vaccines) + 1
    conflict = np.full((size, size), EMPTY, np.int64)
    rows: list[Any] = []
    for one in pack.conflicts:
        conflict[numbers.vaccine(one.current), numbers.vaccine(one.previous)] = len(rows)
        rows.append([numbers.span(span) for span in (one.begin, one.minimum_end, one.end)])
    conflict[size - 1], conflict[:, size - 1] = EMPTY, EMPTY  # vaccines the pack does not know
    columns = np.array(rows, np.int64).reshape(-1, 3)
    return LinkTable._make((
        links.starts, *links.columns(3), groups.starts, *groups.columns(1),
        np.array([group.give_full_group for group in pack.groups], np.int64), conflict,
        *(np.ascontiguousarray(columns[:, column]) for column in range(3)),
        (conflict >= 0).any(axis=1).astype(np.int64), np.zeros((1, 1), np.int64),))  # fmt: skip
