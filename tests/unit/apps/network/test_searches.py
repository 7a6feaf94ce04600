"""Months that the program is asked to plan: one at a time, answered once, ended with a reason; over which ways."""

import fcntl
import os
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.network.conftest import NOW, PROGRAM, TODAY, codes, op, place, send
from tests.unit.apps.network.test_outreach import need, ready, team_op  # noqa: F401  # a fixture
from tests.unit.apps.network.test_ways import surface  # noqa: F401  # a fixture
from tuyen.apps.journal import working
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import queries, rounds, tasks, ways
from tuyen.apps.network.models import OutreachPlan, RoundsSearch
from tuyen.apps.network.operations import AskRounds, EndSearch, PutRoundsInForce, WithdrawSurface
from tuyen.kernel.ids import uuid7
from tuyen.kernel.zone import VIETNAM

NOVEMBER = date(2026, 11, 2)


def ask(**changes):
    return op(AskRounds(**{"starts": NOVEMBER, "quick": True} | changes))


def answered():
    return list(tasks.answer(lambda: NOW))


def test_what_is_asked_is_answered_once_by_a_draft_of_whoever_asked(ready):  # noqa: F811
    asked = ask()
    assert codes(asked) == ["accepted"]
    begun = []

    (one,) = tasks.answer(lambda: NOW, lambda id, at: begun.append((id, at)))

    assert begun == [(asked.id, NOW)]
    row = queries.search(by=PROGRAM, id=asked.id)
    assert (row.state, row.plan, one.plan) == ("made", one.plan, row.plan)
    assert queries.rounds_plan(by=PROGRAM, id=row.plan).row.state == "draft"
    assert answered() == []
    assert queries.searches(by=PROGRAM, unit=place("stM")) == []
    assert replay().same


@pytest.mark.nightly  # half a minute of search; the insertion is tried at every change
def test_the_search_answers_too_and_is_no_worse_than_insertion(ready):  # noqa: F811
    send(ask(quick=False))

    (one,) = answered()

    assert queries.rounds_plan(by=PROGRAM, id=one.plan).row.visits == 3


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (ask(starts=date(2026, 11, 3)), "not-a-month"),
        (ask(starts=date(2026, 8, 3)), "month-is-past"),
        (ask(teams=(uuid7(),)), "unknown-team"),
        (op(EndSearch(search=uuid7(), why="stopped")), "search-over"),
    ],
)
def test_what_cannot_be_asked_is_refused(ready, asked, code):  # noqa: F811
    assert codes(asked) == [code]


def test_a_unit_asks_one_month_at_a_time_also_within_a_batch(ready):  # noqa: F811
    first = ask()
    assert codes(first, ask()) == ["accepted", "search-under-way"]
    (refused,) = send(ask())
    assert refused.refusal.code == "network.search-under-way"
    assert f"asked for at {NOW.astimezone(VIETNAM):%H:%M}" in str(refused.refusal.refusal())
    assert codes(op(EndSearch(search=first.id, why="stopped")), ask()) == ["accepted", "accepted"]


def test_a_search_that_was_stopped_writes_nothing(ready):  # noqa: F811
    asked = ask()
    send(asked)

    found = list(
        tasks.answer(lambda: NOW, lambda id, at: send(op(EndSearch(search=id, why="stopped"))))
    )

    assert [(one.plan, one.refused) for one in found] == [(None, None)]
    assert queries.search(by=PROGRAM, id=asked.id).state == "stopped"
    assert not OutreachPlan.objects.exists()


def test_a_search_that_is_refused_keeps_the_sentence(ready, monkeypatch):  # noqa: F811
    only = team_op("Đội 2")
    send(only)
    asked = ask(teams=(only.id,))
    send(asked, team_op("Đội 2", team=only.id, ended=True))

    (one,) = answered()

    row = queries.search(by=PROGRAM, id=asked.id)
    assert one.refused.code == row.why.code == "network.team-without-hours"
    assert "no hours" in row.why.refusal().sentence()
    assert row.state == "failed"


def test_asking_takes_the_same_queries_for_one_and_for_many(ready):  # noqa: F811
    def count(n):
        operations = [ask() for _ in range(n)]
        with CaptureQueriesContext(connection) as seen:
            send(*operations)
        return len(seen)

    count(1)
    assert count(1) == count(30)


def test_rounds_go_over_the_surface_and_keep_its_minutes(ready, surface):  # noqa: F811
    send(ask())
    straight_first = queries.rounds_plan(by=PROGRAM, id=answered()[0].plan)
    told = straight_first.plan.ways
    loaded = ways.in_use(TODAY)
    ground = ways.opened(loaded, ways.speeds("motorbike", told.season, NOVEMBER))
    import numpy as np

    cells = ground.cells(np.array([[103.0, 21.0], [103.0, 21.01], [103.05, 21.0]]))
    minutes = ground.pairs(cells, cells) + ground.walked(cells)[None, :]

    assert told.surface == loaded.id
    assert told.title == "Thử"
    kept = rounds.numbered(straight_first.plan).month.ways[0]
    at = [told.points.index(place(name)) for name in ("stM", "m1", "m2")]
    off = ~np.eye(3, dtype=bool)
    np.testing.assert_allclose(kept[np.ix_(at, at)][off], minutes[off], atol=0.51)
    assert all(day.km is None for day in straight_first.days)

    # The surface goes: the month is still driven by what it was made from, and comes into force.
    send(op(WithdrawSurface(surface=surface[0], reason="Thay"), "P"))
    again = queries.rounds_plan(by=PROGRAM, id=straight_first.row.id)
    assert again.days == straight_first.days
    assert codes(op(PutRoundsInForce(plan=again.row.id))) == ["accepted"]
    assert replay().same


def test_the_season_that_was_chosen_is_the_one_that_is_driven(ready, surface):  # noqa: F811
    way = {}
    for season in ("dry", "wet"):
        asked = ask(season=season)
        send(asked)
        page = queries.rounds_plan(by=PROGRAM, id=answered()[0].plan)
        assert page.plan.ways.season == season
        way[season] = sum(day.way for day in page.days)

    assert way["wet"] > way["dry"]


def test_without_a_surface_ways_are_straight_and_say_why(ready):  # noqa: F811
    send(ask())
    told = queries.rounds_plan(by=PROGRAM, id=answered()[0].plan).plan.ways

    assert (told.surface, told.why, told.points, told.minutes) == (None, "none", (), ())


def test_one_program_works_and_a_third_has_nothing_to_add(settings, tmp_path):
    settings.TUYEN_HOME = tmp_path
    assert working.at_work() is None

    with working.turn() as first:
        first.at(place("stM"), NOW)
        assert working.at_work() == (place("stM"), NOW)
        waits = os.open(tmp_path / working.FOLDER / "next", os.O_RDWR)
        fcntl.flock(waits, fcntl.LOCK_EX)  # a second one waits
        with working.turn() as third:
            assert third is None
        os.close(waits)

    assert working.at_work() is None


def test_a_search_of_another_unit_is_not_shown_to_who_may_not_see_it(ready):  # noqa: F811
    asked = ask()
    send(asked)
    from tuyen.apps.access.actors import Actor, HeldPost

    stranger = Actor(
        user=uuid7(), name="Người khác", posts=(HeldPost(uuid7(), "station-head", place("stN")),),
        on=TODAY, channel="web",
    )  # fmt: skip

    assert queries.search(by=stranger, id=asked.id) is None
    assert RoundsSearch.objects.count() == 1
