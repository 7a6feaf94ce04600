"""What the store sums up is what adding one row after another gives."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.db.models import Q

from tests.unit.apps.surveillance.conftest import TODAY, place, series_of
from tuyen.apps.access.actors import Actor
from tuyen.apps.surveillance import counting, places, queries, series
from tuyen.apps.surveillance.models import Count, UnitWeek
from tuyen.apps.surveillance.queries.counts import completeness_of
from tuyen.kernel.period import Period
from tuyen.rules.surveillance.detectors import reporters

PROGRAM = Actor.program(TODAY)
FIRST = date(2024, 12, 1)
STEPS = {"week": "week", "month": "month", "quarter": "month", "year": "month", "day": "day",
         "epiweek": "day"}  # fmt: skip


@pytest.fixture
def history(report):
    """Two diseases over two years, across the merger, with deaths and sexes."""
    day = iter(FIRST + timedelta(days=n) for n in range(3, 690, 7))
    for commune in ("A", "B", "C", "M", "N", "D"):
        cases = []
        for n in range(12):
            on = next(day, date(2026, 10, 20))
            if commune in "ABC":
                on = min(on, date(2025, 6, 30) - timedelta(days=n))
            elif commune in "MN":
                on = max(on, date(2025, 7, 1) + timedelta(days=n))
            cases += series_of({on: 1 + n % 3}, "measles" if n % 2 else "dengue", commune)
            cases += series_of({on: 1}, "dengue", commune, sex="male", outcome="died",
                               outcome_on=on)  # fmt: skip
        assert all(receipt.ok for receipt in report(*cases, unit=place("st" + commune)))


@pytest.mark.parametrize("kind", STEPS)
@pytest.mark.parametrize(
    ("split", "few"),  # with a few, years and quarters are told apart in the other way
    [((), 0), (("disease",), 12), (("disease", "sex"), 0)],
)
def test_the_sums_of_the_store_are_those_of_the_rows(history, kind, split, few, monkeypatch):
    monkeypatch.setattr(series, "_FEW", few)
    windows = [(p.start, p.end) for p in Period.range(kind, FIRST, TODAY)]
    table = series.table(Q(), windows, split, step=STEPS[kind])

    wanted: dict = {}
    for row in Count.objects.exclude(classification="discarded").values():
        w = next(w for w, (a, b) in enumerate(windows) if a <= row["day"] <= b)
        cell = (row["commune_id"], tuple(row[name] for name in split), w)
        sums = wanted.setdefault(cell, [0, 0])
        sums[0] += row["cases"]
        sums[1] += row["deaths"]

    found = {
        (table.communes[n], table.keys[k], w): [
            int(table.cases[n, k, w]),
            int(table.deaths[n, k, w]),
        ]
        for n, k, w in np.argwhere(table.cases > 0).tolist()
    }
    assert found == wanted


def test_a_few_windows_far_apart_are_told_apart_by_the_store(history, django_assert_num_queries):
    windows = [(date(2026, 3, 1), date(2026, 3, 31)), (date(2025, 3, 1), date(2025, 3, 31))]

    with django_assert_num_queries(1):
        table = series.table(Q(), windows)

    for w, (first, last) in enumerate(windows):
        rows = Count.objects.filter(day__gte=first, day__lte=last).values_list("cases", flat=True)
        assert table.cases[:, :, w].sum() == sum(rows) > 0


def test_the_map_of_a_table_is_that_of_its_columns(history):
    windows = [(p.start, p.end) for p in Period.range("month", FIRST, TODAY)]
    map_ = places.atlas()
    table = series.table(Q(), windows, step="month")

    led = series.shown_on(map_, table, windows, TODAY)

    n, k, w = table.cases.shape
    days = [first for _ in range(k) for first, _ in windows]
    parts = {"cases": table.cases, "deaths": table.deaths}
    for part, counts in parts.items():
        communes, counted, lower, upper = places.rebase(
            map_, table.communes, counts.reshape(n, k * w), days, TODAY
        )
        rows = [communes.index(unit) for unit in led.communes]
        assert np.array_equal(getattr(led, part), counted[rows].reshape(led.cases.shape)), part
        if part == "cases":
            assert np.array_equal(led.lower, lower[rows].reshape(led.cases.shape))
            assert np.array_equal(led.upper, upper[rows].reshape(led.cases.shape))
    assert (led.lower < led.upper).any(), "a commune was split"


def test_a_scan_sums_its_windows_as_the_store_does(history):
    windows = [(p.start, p.end) for p in Period.range("month", FIRST, TODAY)]
    map_ = places.atlas()
    table = series.table(Q(), windows, step="month")
    led = series.shown_on(map_, table, windows, TODAY)

    cells = counting._cells(Q())
    communes, cases = counting._on_map(map_, cells, windows, TODAY)

    rows = [list(communes).index(unit) for unit in led.communes]
    columns = [list(cells.diseases).index(disease) for (disease,) in table.keys]
    assert np.array_equal(cases[rows][:, columns], led.cases)
    assert cases.sum() > 0


def test_sums_of_windows_are_the_counts_of_their_periods(history):
    years = [Period.of("month", date(year, 3, 1)) for year in (2026, 2025)]
    wanted = [
        int(queries.counts(by=PROGRAM, kind="month", first=p.start, last=p.start, map_on=TODAY,
                           area=place("M"), diseases=("dengue",)).cases.sum())
        for p in years
    ]  # fmt: skip

    found = queries.sums(
        by=PROGRAM, windows=[(p.start, p.end) for p in years], map_on=TODAY, area=place("M"),
        diseases=("dengue",),
    )  # fmt: skip

    assert found == wanted
    assert sum(found) > 0


@pytest.mark.parametrize("kind", ["week", "month", "year"])
@pytest.mark.parametrize("map_on", [TODAY, date(2025, 1, 1)])
def test_completeness_is_what_came_of_what_was_due(history, kind, map_on):
    map_ = places.atlas()
    windows = [(p.start, p.end) for p in Period.range(kind, FIRST, TODAY)]
    communes = map_.communes(map_on)

    found = completeness_of(map_, communes, windows, map_on, TODAY)

    sent = set(UnitWeek.objects.values_list("unit_id", "week"))
    due, came = np.zeros((2, len(communes), len(windows)))
    for w, (first, last) in enumerate(windows):
        for week in Period.range("week", first, last):
            if not first <= week.start <= last or week.end >= TODAY:
                continue
            for unit in map_.units(type=reporters(week.start), on=week.start):
                then = map_.commune_of(unit, week.start)
                home = map_.commune_of(then, map_on) or then
                if home in communes:
                    due[communes.index(home), w] += 1
                    came[communes.index(home), w] += (unit, week.start) in sent
    with np.errstate(invalid="ignore"):
        wanted = np.where(due > 0, came / due, np.nan)
    assert np.allclose(found, wanted, equal_nan=True)
    assert 0 < np.nansum(found) < np.isfinite(found).sum()
