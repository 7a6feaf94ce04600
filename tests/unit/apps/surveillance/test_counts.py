"""Counts are always current, on either map, and never lose or invent a case."""

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.apps.surveillance.conftest import MERGER, NOW, TODAY, case, place, series_of
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Case, Count
from tuyen.apps.surveillance.operations import AmendCase, CaseChanges, ReportZero, VoidCase
from tuyen.kernel.operation import Operation

PROGRAM = Actor.program(TODAY)
BEFORE = date(2025, 6, 10)
AFTER = date(2025, 7, 15)


def by_commune(table):
    sums = table.cases.sum(axis=(1, 2))
    return {unit: int(n) for unit, n in zip(table.communes, sums, strict=True) if n}


@pytest.fixture
def both_maps(report):
    old = series_of({BEFORE: 3}, "measles", "A") + series_of({BEFORE: 2}, "measles", "B")
    old += series_of({BEFORE: 5}, "measles", "C") + series_of({BEFORE: 1}, "measles", "D")
    new = series_of({AFTER: 4}, "measles", "M") + series_of({AFTER: 6}, "measles", "N")
    report(*old, *new)


SPAN = {"first": date(2025, 6, 1), "last": date(2025, 7, 31)}


def test_the_new_map_sums_what_was_merged_and_shares_what_was_split(both_maps):
    table = queries.counts(by=PROGRAM, kind="month", map_on=TODAY, **SPAN)

    # M is A, B and two of the five of C, and its own four; N is three of C, and its own six.
    assert by_commune(table) == {place("M"): 3 + 2 + 2 + 4, place("N"): 3 + 6, place("D"): 1}
    june = table.periods.index(table.periods[0])
    m = table.communes.index(place("M"))
    assert (table.lower[m, 0, june], table.upper[m, 0, june]) == (5, 10)


@pytest.mark.parametrize("map_on", [MERGER - timedelta(1), MERGER, TODAY])
def test_no_map_loses_or_invents_a_case(both_maps, map_on):
    table = queries.counts(by=PROGRAM, kind="week", map_on=map_on, **SPAN)

    assert table.cases.sum() == 21
    born = set(table.communes)
    assert all(unit in born for unit in map_communes(map_on))


def map_communes(on):
    return [place(name) for name in ("ABCD" if on < MERGER else "MND")]


def test_counts_split_by_disease_age_and_sex(report):
    report(case(age=0), case(age=3, sex="male"), case(age=70), case(disease="dengue", age=70))

    table = queries.counts(by=PROGRAM, kind="month", first=TODAY, last=TODAY,
                           split=("disease", "age_band", "sex"))  # fmt: skip

    assert table.keys == [
        ("dengue", 7, "female"), ("measles", 0, "female"), ("measles", 1, "male"),
        ("measles", 7, "female"),
    ]  # fmt: skip
    assert table.totals().ravel().tolist() == [1, 1, 1, 1]


def test_a_discarded_case_is_listed_and_not_counted(report):
    report(case(classification="discarded"), case())

    table = queries.counts(by=PROGRAM, kind="month", first=TODAY, last=TODAY)

    assert table.cases.sum() == 1
    assert queries.line_list(by=PROGRAM).total == 2


def test_a_zero_under_silence_is_not_a_zero(report):
    week = Operation.of(ReportZero(week="2026-W42"), unit=place("stD"), happened_on=TODAY,
                        recorded_at=NOW)  # fmt: skip
    commit(by=PROGRAM, operations=[week], at=NOW)

    table = queries.counts(by=PROGRAM, kind="week", first=date(2026, 10, 12), last=TODAY)

    complete = dict(zip(table.communes, table.complete.tolist(), strict=True))
    assert complete[place("D")][0] == 1.0
    assert complete[place("M")][0] == 0.0
    assert np.isnan(complete[place("D")][1]), "the week that runs is not due yet"


def test_counts_take_the_same_queries_for_a_day_and_for_years(both_maps):
    def cost(**asked):
        with CaptureQueriesContext(connection) as captured:
            queries.counts(by=PROGRAM, **asked)
        return len(captured)

    day = cost(kind="day", first=AFTER, last=AFTER)
    years = cost(kind="month", first=date(2020, 1, 1), last=TODAY, split=("disease", "sex"))
    assert day == years <= 5


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["report", "amend", "void"]),
        st.integers(0, 5),
        st.sampled_from(["measles", "dengue"]),
        st.sampled_from("MND"),
        st.integers(0, 3),
    ),
    max_size=12,
)


@pytest.mark.django_db
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_the_count_table_is_what_counting_the_cases_gives(steps):
    live: list = []
    for what, which, disease, commune, days in steps:
        onset = TODAY - timedelta(days=200 + days)
        if what == "report":
            payload = case(disease=disease, commune=place(commune), onset_on=onset)
            operation = Operation.of(payload, unit=place("stM"), happened_on=TODAY, recorded_at=NOW)
            live.append(operation.id)
        elif live:
            target = live[which % len(live)]
            payload = (
                AmendCase(case=target, changes=CaseChanges(disease=disease, onset_on=onset))
                if what == "amend"
                else VoidCase(case=target, reason="thử nghiệm")
            )
            operation = Operation.of(
                payload, unit=place("stM"), happened_on=TODAY, recorded_at=NOW, corrects=target
            )
        else:
            continue
        commit(by=PROGRAM, operations=[operation], at=NOW)

    kept = Counter(
        Case.objects.filter(voided_at=None).values_list("disease", "commune_id", "onset_on")
    )
    held = {
        row[:3]: row[3]
        for row in Count.objects.values_list("disease", "commune_id", "day", "cases")
    }
    assert held == dict(kept)
    with guard.opened("journal"):
        Case.objects.all().delete()
        Count.objects.all().delete()
