"""Last year judged again: as it was known, as the night judges, and blind to what came later."""

from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import TODAY, place
from tests.unit.apps.surveillance.test_seasonal import COLUMNS
from tuyen.apps.access import guard
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal import bulk
from tuyen.apps.surveillance import places, queries, thresholds
from tuyen.apps.surveillance.detection import detect
from tuyen.apps.surveillance.models import Alarm, Count, CountChange
from tuyen.apps.surveillance.recalling import recall
from tuyen.kernel.ids import derived_id

BY = Actor.program(TODAY)
LAST = date(2026, 10, 12)  # the Monday of the last finished week
CHANGE = (
    "id", "disease", "commune_id", "day", "classification", "reported_on", "known_at", "received_at",
    "cases",
)  # fmt: skip


@pytest.fixture
def told(db, monkeypatch):
    """told({(commune, Monday): cases}, late=days): counts, and when each became known."""
    monkeypatch.setattr(places, "people_in", lambda day, on: {})

    def give(cells, late=1, disease="mumps"):
        counts, changes = [], []
        for (commune, day), n in cells.items():
            if not n:
                continue
            heard = day + timedelta(days=late)
            at = datetime.combine(heard, time(5), UTC)
            where = (disease, place(commune), day)
            counts.append((derived_id(place(commune), disease, day), *where, day, 3, "female",
                           "suspected", n, 0))  # fmt: skip
            changes += [
                (derived_id(place(commune), "case", disease, day, late, k), *where, "suspected",
                 heard, at, at, 1)
                for k in range(n)
            ]  # fmt: skip
        with guard.opened("test"):
            bulk.insert(Count, COLUMNS, counts)
            bulk.insert(CountChange, CHANGE, changes)

    return give


def season(commune="D", base=2, loud=()):
    """Six years of a steady count, and a few weeks that are not."""
    cells = {(commune, LAST - timedelta(weeks=n)): base for n in range(330)}
    return cells | {(commune, LAST - timedelta(weeks=n)): cases for n, cases in loud}


def row(recalled, commune="D"):
    return recalled.communes.index(place(commune))


def test_a_week_is_as_loud_as_the_night_found_it(told):
    told(season(loud=[(0, 9), (20, 14)]))

    found = recall(BY, "mumps", TODAY, 10)

    sunday = LAST + timedelta(days=6)
    night = {f.period.start: f for f in detect(sunday).findings if f.rule == thresholds.SEASONAL}
    assert 10 ** -found.scores["FAR-FLEX"][row(found), -1] == pytest.approx(
        night[LAST].figures["p"], rel=0.01
    )
    loud = np.flatnonzero(found.scores["FAR-FLEX"][row(found)] >= 2)
    assert loud.tolist() == [31, 51]
    assert found.counts[row(found), 31] == 14


def test_what_became_known_later_changes_nothing_of_an_earlier_week(told):
    told(season(loud=[(5, 7)]))
    before = recall(BY, "mumps", TODAY, 10)
    told({("D", LAST - timedelta(weeks=9, days=1)): 50}, late=60)

    after = recall(BY, "mumps", TODAY, 10)

    known = 52 - 1  # the week in which it became known
    for rule in before.scores:
        one, two = before.scores[rule][:, : known - 2], after.scores[rule][:, : known - 2]
        np.testing.assert_array_equal(one, two)
    assert (before.counts == after.counts).all()


def test_a_late_report_is_not_seen_at_the_end_of_its_week(told):
    told(season(loud=[(30, 0)]))
    told({("D", LAST - timedelta(weeks=30, days=-1)): 12}, late=14)

    found = recall(BY, "mumps", TODAY, 10)

    assert found.counts[row(found), 51 - 30] == 0
    assert found.scores["FAR-FLEX"][row(found), 51 - 30] > 2, "judged again when it was heard of"


def test_larger_outbreaks_are_found_more_often_and_each_is_found_in_its_commune(told):
    told(season("D") | season("M") | season("N"))

    small, large = (queries.backtest(by=BY, disease="mumps", on=TODAY, cases=n) for n in (5, 20))

    (few,), (many,) = (one.table("FAR-FLEX", "", [0.0001]) for one in (small, large))
    assert few.sensitivity < many.sensitivity
    assert many.sensitivity > 0.9
    assert set(large.recalled.hit.tolist()) == {0, 1, 2}


def test_a_stricter_level_rings_less_and_the_point_in_use_is_named(told):
    told(season(loud=[(3, 8), (11, 14), (19, 30)]))

    found = queries.backtest(by=BY, disease="mumps", on=TODAY)

    table = found.table("FAR-FLEX", "", queries.LEVELS)
    assert [one.alarms for one in table] == sorted([one.alarms for one in table], reverse=True)
    assert found.in_use("FAR-FLEX") == (0.01, None)
    assert len(found.rings("FAR-FLEX", "", 0.001)) == table[queries.LEVELS.index(0.001)].alarms
    budget = found.choose("FAR-FLEX", "", 3 / 52)
    assert budget.alarms == 3
    assert all(one.alarms > 3 for one in table if one.level > budget.level), "the loosest within it"
    assert found.choose("FAR-FLEX", "", 0.0001) is None


def test_what_triage_said_bounds_the_share_of_right_alarms(told):
    told(season(loud=[(3, 12), (11, 14), (19, 30)]))
    for n, (weeks, state) in enumerate([(3, "dismissed"), (11, "verified")]):
        since = LAST - timedelta(weeks=weeks)
        with guard.opened("test"):
            Alarm.objects.create(
                id=derived_id(place("D"), n), rule="FAR-FLEX", disease="mumps", period=str(n),
                commune_id=place("D"), since=since, until=since + timedelta(days=6), level="signal",
                observed=1, figures="{}", method="x", revision=0, last_id=derived_id(place("D"), n),
                raised_on=since, raised_at=datetime(2026, 10, 1, tzinfo=UTC), state=state,
                changed_at=datetime(2026, 10, 1, tzinfo=UTC), due_at=datetime(2026, 10, 1, tzinfo=UTC),
            )  # fmt: skip

    (at,) = queries.backtest(by=BY, disease="mumps", on=TODAY).table("FAR-FLEX", "", [0.001])

    assert (at.alarms, at.right, at.wrong) == (3, 1, 1)
    assert at.ppv == (pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_nothing_reported_is_nothing_to_judge(db):
    found = queries.backtest(by=BY, disease="mumps", on=TODAY)

    assert found.recalled.counts.sum() == 0
    (at,) = found.table("FAR-FLEX", "", [0.01])
    assert (at.alarms, at.ppv) == (0, None)
    assert queries.forecast_record(by=BY, disease="mumps", on=TODAY) is None


def test_the_questions_do_not_grow_with_the_counts(told):
    told(season())
    counted = []
    for disease in ("mumps", "measles"):
        with CaptureQueriesContext(connection) as asked:
            queries.backtest(by=BY, disease=disease, on=TODAY)
        counted.append(len(asked))

    assert counted[0] == counted[1] <= 16


def test_a_year_of_forecasts_is_scored_against_what_came(told):
    told(season("D", base=6) | season("M", base=9))

    found = queries.forecast_record(by=BY, disease="mumps", on=TODAY)

    assert [one.ahead for one in found.horizons] == [1, 2, 3, 4]
    assert all(one.forecasts == 12 for one in found.horizons)
    kept = [one.covered_90 for one in found.horizons]
    assert kept == pytest.approx([0.9] * 4, abs=0.05), "a steady count is easy"
    assert sum(found.transform) == pytest.approx(1)
