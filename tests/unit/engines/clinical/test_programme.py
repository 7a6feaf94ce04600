"""Programmes of care in columns against one person at a time, and the definitions by their words."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.clinical import figures, programme, reference
from tuyen.engines.clinical.programme import (
    Bound,
    Check,
    Contacts,
    Definition,
    Goal,
    Instead,
    People,
    Step,
)
from tuyen.engines.clinical.spans import Span, after

ON = date(2026, 3, 31)
SYSTOLIC, DIASTOLIC, FLAG = 0, 1, 2
TARGET = (
    (Bound(SYSTOLIC, high=140, high_inside=False), Bound(DIASTOLIC, high=90, high_inside=False)),
)
MONTHLY = Definition(
    every=Span(1),
    grace=7,
    control=TARGET,
    goals=(
        Goal(((Bound(SYSTOLIC, high=150),),), age_from=80),
        Goal(((Bound(SYSTOLIC, high=130),), (Bound(DIASTOLIC, high=80),)), programmes=2),
        Goal(TARGET),
    ),
    steps=(
        Step(any=(Bound(SYSTOLIC, low=180), Bound(DIASTOLIC, low=110))),
        Step(missed_goal=3, drugs=2),
        Step(missed_goal=2, every=(Bound(FLAG, low=0, low_inside=False),)),
        Step(missed_goal=2, age_to=79),
    ),
    instead=(Instead(Span(0, 10), any=(Bound(FLAG, low=1),)), Instead(Span(3), age_from=75)),
    checks=(Check(Bound(FLAG), Span(6)), Check(Bound(FLAG, low=1), Span(12))),
)  # fmt: skip

days = st.integers(0, 900).map(lambda back: ON + timedelta(days=100 - back))
values = st.tuples(
    st.sampled_from([np.nan, 95.0, 120.0, 139.0, 140.0, 155.0, 185.0]),
    st.sampled_from([np.nan, 70.0, 89.0, 90.0, 112.0]),
    st.sampled_from([np.nan, 0.0, 1.0]),
)
contacts = st.builds(
    reference.Contact,
    day=days,
    appointment=st.none() | days,
    drugs=st.integers(0, 3),
    values=values,
)


@st.composite
def lives(draw):
    since = draw(days)
    until = draw(st.none() | st.integers(0, 700).map(lambda more: since + timedelta(days=more)))
    born = date(1930, 2, 1) + timedelta(days=draw(st.integers(0, 25000)))
    person = reference.Person(born, since, until, draw(st.sampled_from([0, 2, 3])))
    seen = sorted(draw(st.lists(contacts, max_size=7)), key=lambda c: c.day)
    return person, seen, draw(st.integers(1, 3))


def stack(found):
    people = People(
        np.array([p.born for p, _, _ in found], "M8[D]"),
        np.array([p.since for p, _, _ in found], "M8[D]"),
        np.array([p.until for p, _, _ in found], "M8[D]"),
        np.array([p.also for p, _, _ in found], np.int64),
    )
    rows = [(n, c) for n, (_, seen, _) in enumerate(found) for c in seen]
    columns = Contacts(
        np.array([n for n, _ in rows], np.int64),
        np.array([c.day for _, c in rows], "M8[D]"),
        np.array([c.appointment for _, c in rows], "M8[D]"),
        np.array([c.drugs for _, c in rows], np.int8),
        np.array([c.values for _, c in rows], float).reshape(-1, 3),
    )
    return people, columns


@settings(max_examples=60, deadline=None)
@given(st.lists(lives(), min_size=1, max_size=8), days)
def test_columns_say_what_is_read_off_one_by_one(found, on):
    people, columns = stack(found)

    said = programme.states(MONTHLY, people, columns, np.datetime64(on))

    for n, (person, seen, _) in enumerate(found):
        expected = reference.state(MONTHLY, person, seen, on)
        got = reference.State(*(column[n].tolist() for column in said))
        assert got == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(lives(), min_size=1, max_size=8), days, st.sampled_from([6, 12]))
def test_cohorts_say_what_is_read_off_one_by_one(found, on, months):
    people, columns = stack(found)
    why = np.array([code for _, _, code in found], np.int8)

    said = figures.outcomes(MONTHLY, people, columns, why, months, np.datetime64(on))

    expected = [
        reference.outcome(MONTHLY, person, seen, code, months, on) for person, seen, code in found
    ]
    assert said.tolist() == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(lives(), min_size=1, max_size=8), days, st.integers(1, 400))
def test_who_is_counted_is_counted_once_and_groups_add_up(found, on, gap):
    people, columns = stack(found)
    day = np.datetime64(on)
    said = programme.states(MONTHLY, people, columns, day)
    group = np.arange(len(found)) % 3

    by_group = figures.tally(said, people, day, group, 3)
    total = figures.tally(said, people, day, np.zeros(len(found), np.int64), 1)

    assert [column.sum() for column in by_group] == [column[0] for column in total]
    counted = by_group.controlled + by_group.uncontrolled + by_group.not_measured + by_group.missed
    assert (counted == by_group.counted).all()
    assert (by_group.contacted <= by_group.under_care).all()
    assert (by_group.lost <= by_group.old).all()


def one(since, *seen, until=None, born=date(1970, 1, 1), on=ON, what=MONTHLY):
    person = reference.Person(born, since, until, 0)
    people, columns = stack([(person, list(seen), 1)])
    return programme.states(what, people, columns, np.datetime64(on))


def reading(day, systolic, diastolic=80.0, drugs=1, appointment=None, flag=np.nan):
    return reference.Contact(day, appointment, drugs, (systolic, diastolic, flag))


@pytest.mark.parametrize(
    ("why", "day", "systolic", "said"),
    [
        ("139 is on target", date(2026, 3, 1), 139.0, 1),
        ("140 is not", date(2026, 3, 1), 140.0, 0),
        ("the day three months before is too long ago", date(2025, 12, 31), 120.0, 2),
        ("the day after it is not", date(2026, 1, 1), 120.0, 1),
        ("a visit without a reading says nothing", date(2026, 3, 1), np.nan, 2),
    ],
)
def test_the_last_reading_of_three_months_decides(why, day, systolic, said):
    diastolic = 80.0 if np.isfinite(systolic) else np.nan

    found = one(date(2025, 1, 1), reading(day, systolic, diastolic))

    assert found.reading.tolist() == [said], why


@pytest.mark.parametrize(
    ("why", "due", "contact", "late"),
    [
        ("an appointment to come", date(2026, 4, 1), 0, 0),
        ("the day itself", date(2026, 3, 31), 1, 0),
        ("within the grace", date(2026, 3, 24), 1, 7),
        ("past the grace", date(2026, 3, 23), 2, 8),
    ],
)
def test_late_begins_after_the_grace(why, due, contact, late):
    found = one(date(2026, 1, 1), reading(date(2026, 2, 20), 130.0, appointment=due))

    assert (found.contact.tolist(), found.late_days.tolist()) == ([contact], [late]), why


def test_without_an_appointment_the_span_decides():
    found = one(date(2026, 1, 1), reading(date(2026, 1, 31), 130.0))

    assert found.due.tolist() == [date(2026, 2, 28)]


def test_who_never_came_is_due_a_span_after_joining():
    found = one(date(2026, 1, 15))

    assert found.due.tolist() == [date(2026, 2, 15)]
    assert found.visited.tolist() == [programme.VISITED]


@pytest.mark.parametrize(
    ("why", "readings", "step"),
    [
        ("180 is referred at once", [120, 180], 0),
        ("three misses on two drugs are referred", [150, 150, 150], 1),
        ("a good reading between begins anew", [150, 120, 150], -1),
        ("two misses step up", [120, 150, 150], 3),
    ],
)
def test_steps(why, readings, step):
    seen = [
        reading(date(2026, n + 1, 1), float(value), drugs=2) for n, value in enumerate(readings)
    ]

    assert one(date(2026, 1, 1), *seen).step.tolist() == [step], why


def test_the_dead_and_the_moved_are_in_no_figure():
    people, columns = stack(
        [(reference.Person(date(1950, 1, 1), date(2024, 1, 1), ON, 0), [reading(date(2026, 3, 1), 120.0)], 1)]
    )  # fmt: skip
    day = np.datetime64(ON)

    said = programme.states(MONTHLY, people, columns, day)

    assert sum(c.sum() for c in figures.tally(said, people, day, np.zeros(1, np.int64), 1)) == 0


def test_a_day_that_a_month_lacks_is_its_last():
    assert after(np.array(["2024-02-29"], "M8[D]"), 12).tolist() == [date(2025, 2, 28)]
    assert after(np.array(["NaT"], "M8[D]"), 1).tolist() == [None]
