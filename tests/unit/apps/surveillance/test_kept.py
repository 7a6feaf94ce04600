"""What the board counted is kept until a case or the map changes, and never shown to others."""

from datetime import date

import numpy as np
import pytest

from tests.unit.apps.registry.test_mapstore import OutsideOfTheTest
from tests.unit.apps.surveillance.conftest import TODAY, case, place, small_province
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import store
from tuyen.apps.surveillance import kept, places, queries

PROGRAM = Actor.program(TODAY)


@pytest.fixture(autouse=True)
def afresh(db, monkeypatch):
    """Answers are kept as they are outside of a test's transaction, and none is left over."""
    monkeypatch.setattr(kept, "store", OutsideOfTheTest(store))
    monkeypatch.setattr(kept, "_states", {})


def total(by=PROGRAM):
    return sum(trend.total for trend in queries.weekly(by=by, weeks=26))


def test_an_answer_is_counted_once(report, django_assert_num_queries):
    report(case())
    first = queries.board(by=PROGRAM)

    with django_assert_num_queries(1):  # the revision alone
        again = queries.completeness(by=PROGRAM, weeks=26)

    assert again is first.reports


def test_a_report_makes_what_was_counted_stale(report):
    report(case())
    before = total(), int(queries.map_values(by=PROGRAM).totals().sum())
    report(case(age=8))

    assert before == (1, 1)
    assert (total(), int(queries.map_values(by=PROGRAM).totals().sum())) == (2, 2)


def test_each_scope_has_its_own_answer(report, holder):
    report(case())
    report(case(commune=place("D")), unit=place("stD"))
    station = holder(("station-head", place("stM")))

    assert (total(), total(station), total()) == (2, 1, 2)


def test_another_map_is_another_answer(report, monkeypatch):
    report(case())
    queries.map_values(by=PROGRAM)
    states = dict(kept._states)
    monkeypatch.setattr(places, "atlas", lambda: changed)
    changed = small_province()
    queries.map_values(by=PROGRAM)

    assert [kept._states[name] is not states[name] for name in states] == [True]


def test_within_a_transaction_nothing_is_kept(report, monkeypatch):
    monkeypatch.setattr(kept, "store", store)  # that of the test, which is in one
    report(case())
    total()

    assert kept._states == {}


def test_the_longest_unused_answer_goes_first(monkeypatch):
    monkeypatch.setattr(kept, "MOST", 2)
    asked = []

    def ask(question):
        return kept.answer("map", question, lambda: asked.append(question) or question)

    for question in ("a", "b", "a", "c", "a", "b"):
        ask(question)

    assert asked == ["a", "b", "c", "b"]


def test_the_last_weeks_of_a_longer_answer_are_those_asked_for_alone(report):
    report(case())
    report(
        case(commune=place("D"), onset_on=date(2026, 5, 4), diagnosed_on=date(2026, 5, 5)),
        unit=place("hD"),
    )
    longer, alone = (queries.completeness(by=PROGRAM, weeks=weeks) for weeks in (26, 8))
    last = longer.last(8)

    assert (last.weeks, last.units, last.names) == (alone.weeks, alone.units, alone.names)
    for part in ("expected", "cases", "late", "zero"):
        assert np.array_equal(getattr(last, part), getattr(alone, part))
    assert place("hD") in longer.units
    assert place("hD") not in last.units
