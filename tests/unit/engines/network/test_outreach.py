"""A month of mobile sessions: what the search plans is the best there is, keeps every rule, and says who is left out."""

import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.engines.network.outreach_cases import WEEK, best_of_all, month, team, village
from tuyen.engines.network.outreach_check import check, drive
from tuyen.engines.network.outreach_problem import BadOutreach, Round, patterns, regular
from tuyen.engines.network.outreach_reasons import Way, inserted
from tuyen.engines.network.outreach_search import cost_of, plan, price


@pytest.fixture
def searching(plain, monkeypatch):
    """The search as plain Python: tiny months need no compiling."""
    monkeypatch.setitem(sys.modules, "tuyen.engines.network.routing_search", plain.routing_search)


@st.composite
def months(draw):
    """Three villages at most, two teams of two kinds, two days a week, boxes shorter than the day."""
    n = draw(st.integers(1, 3))
    places = st.tuples(st.integers(-90, 90), st.integers(-90, 90))
    points = draw(st.lists(places, min_size=n, max_size=n, unique=True))
    villages = [
        village(
            f"v{i}", draw(st.sampled_from([1, 1, 2])), draw(st.sampled_from([30.0, 90.0])),
            weekdays=draw(st.sampled_from([frozenset({0}), frozenset({0, 3})])),
            skills=draw(st.sampled_from([frozenset(), frozenset({"midwife"})])),
            road=draw(st.booleans()), cold=draw(st.booleans()), team=draw(st.integers(-1, 1)),
            people=float(draw(st.integers(1, 200))),
        )
        for i in range(n)
    ]  # fmt: skip
    days = frozenset({0, 3})
    teams = [
        team("bike", cold=draw(st.sampled_from([150.0, 400.0])), minutes=draw(
            st.sampled_from([240.0, 420.0])), weekdays=days),
        team("car", "car", cold=draw(st.sampled_from([120.0, 300.0])), minutes=360.0,
             weekdays=frozenset({3}), skills=frozenset({"midwife"})),
    ]  # fmt: skip
    closed = draw(st.sampled_from([frozenset(), frozenset({0}), frozenset({3, 10})]))
    return month(points, villages, teams, closed=closed, weeks=2)


@settings(max_examples=60, deadline=None)
@given(asked=months())
def test_a_plan_at_once_keeps_every_rule_and_tells_of_everybody_who_is_left_out(asked):
    found = plan(asked, seed=1, children=0)

    lost = sum(price(asked, one.village) for one in found.missing)
    assert not [one for one in found.broken if one.must]
    assert found.cost == pytest.approx(cost_of(asked, found.rounds))
    assert found.cost + lost >= best_of_all(asked) - 1e-6
    served = {v for one in found.rounds for v in one.stops}
    assert served.isdisjoint(one.village for one in found.missing)
    assert served | {one.village for one in found.missing} == set(range(len(asked.villages)))


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(asked=months())
def test_the_search_serves_as_much_for_as_little_as_trying_everything(asked, searching):
    found = plan(asked, seed=1, children=5)

    lost = sum(price(asked, one.village) for one in found.missing)
    assert not [one for one in found.broken if one.must]
    assert found.cost == pytest.approx(cost_of(asked, found.rounds))
    assert found.cost + lost == pytest.approx(best_of_all(asked))
    served = {v for one in found.rounds for v in one.stops}
    assert served.isdisjoint(one.village for one in found.missing)
    assert served | {one.village for one in found.missing} == set(range(len(asked.villages)))


@pytest.mark.parametrize(
    ("visits", "weeks", "expected"),
    [
        (1, 4, [(0,), (1,), (2,), (3,)]),
        (2, 4, [(0, 2), (1, 3)]),
        (2, 5, [(0, 2), (1, 3), (2, 4)]),
        (4, 4, [(0, 1, 2, 3)]),
        (4, 5, [(0, 1, 2, 3, 4)]),
        (3, 4, [(0, 1, 2), (0, 1, 3), (0, 2, 3), (1, 2, 3)]),
    ],
)
def test_visits_are_spaced_evenly(visits, weeks, expected):
    assert regular(visits, weeks) == expected


def test_a_holiday_moves_a_visit_by_days_and_never_by_a_week():
    one = month([(5, 0)], [village(visits=4, weekdays=frozenset({0, 1}))], [team()],
                closed=frozenset({7}))  # fmt: skip

    found = patterns(one, 0, 0)

    assert found == [(1, 8, 15, 22)], "every Tuesday is open, so it stays regular"
    both = replace(one, closed=frozenset({7, 15}))
    assert all(len(p) == 4 and 7 not in p and 15 not in p for p in patterns(both, 0, 0))
    assert patterns(replace(one, closed=frozenset({7, 8})), 0, 0) == []


def test_the_box_is_counted_until_the_last_vaccine_and_not_on_the_way_back():
    one = month([(100, 0), (150, 0)], [village("near"), village("far", cold=False)],
                [team(cold=160.0, minutes=480.0)])  # fmt: skip
    home = one.teams[0].home

    held = Round(0, 0, (0, 1), home, home)
    turned = Round(0, 0, (1, 0), home, home)

    assert drive(one, held).cold == pytest.approx(160.0)
    assert [b.rule for b in check(one, [held]) if b.must] == []
    assert ("cold", pytest.approx(160.0)) in [(b.rule, b.amount) for b in check(one, [turned])]


@pytest.mark.parametrize(
    ("villages", "teams", "why", "amount", "way"),
    [
        ([village(skills=frozenset({"midwife"}))], [team()], "skill", 1.0, "skill"),
        ([village(road=False)], [team(kind="car")], "road", 1.0, "bike"),
        ([village()], [team(kind="boat")], "landing", 1.0, "bike"),
        ([village()], [], "no-team", 0.0, "team"),
        ([village()], [team(minutes=250.0)], "far", 10.0, "longer"),
        ([village()], [team(cold=150.0)], "cold", 10.0, "box"),
        ([village(weekdays=frozenset({6}))], [team()], "weekday", 1.0, "meet"),
    ],
)
def test_who_cannot_be_served_is_told_why_and_by_how_much(villages, teams, why, amount, way):
    found = plan(month([(100, 0)], villages, teams), seed=1, children=0)

    (one,) = found.missing
    assert (one.why, one.way.kind) == (why, way)
    assert one.amount == pytest.approx(amount)
    assert found.rounds == ()


def test_a_month_that_is_full_leaves_out_the_fewest_people_and_names_what_is_enough():
    villages = [village(f"v{i}", 4, 300.0, people=100.0 - i, weekdays=frozenset({0}))
                for i in range(3)]  # fmt: skip
    asked = month([(10, 0), (20, 0), (30, 0)], villages,
                  [team(weekdays=frozenset({0})), team("u", weekdays=frozenset({0}))])  # fmt: skip

    found = plan(asked, seed=1, children=0)

    (one,) = found.missing
    assert (one.village, one.why) == (2, "full")
    assert one.amount > 0
    assert one.way.kind == "team", "no village can be met on another day, and hours would lack"
    open_ = [v._replace(weekdays=frozenset({0, 2})) for v in villages]
    later = replace(asked, villages=tuple(open_), teams=(asked.teams[0]._replace(
        weekdays=frozenset({0, 2})), asked.teams[1]))  # fmt: skip
    assert plan(later, seed=1, children=0).missing == ()


def test_far_villages_are_one_tour_of_two_days_with_a_night_at_a_station():
    asked = month(
        [(200, 0), (210, 20)], [village("a", 1, 90.0), village("b", 1, 90.0)],
        [team(minutes=400.0, cold=400.0, nights=True)], sites=((0, 0), (190, 0)),
    )  # fmt: skip
    asked = replace(asked, rests=(3,))

    found = plan(asked, seed=1, children=0)

    assert found.missing == ()
    first, second = found.rounds
    assert (first.ends, second.begins, second.day) == (3, 3, first.day + 1)
    assert sorted(first.stops + second.stops) == [0, 1]
    assert not [b for b in found.broken if b.must]
    home = plan(replace(asked, teams=(asked.teams[0]._replace(nights=False),)), seed=1, children=0)
    assert [(one.why, one.way) for one in home.missing] == [("far", Way("night", 0))] * 2
    # half a tour is told
    assert [b.rule for b in check(asked, [first]) if b.must] == ["night"]


def test_what_a_hand_breaks_is_told():
    asked = month([(10, 0), (20, 0)], [village("a", 2, road=False), village("b", 1, skills=frozenset({"x"}))],
                  [team(), team("car", "car", weekdays=frozenset({0}))])  # fmt: skip
    home = asked.teams[0].home
    good = [Round(0, 0, (0,), home, home), Round(0, 14, (0,), home, home)]

    assert [b.rule for b in check(asked, good)] == ["visits"]
    moved = [good[0], *inserted(asked, [], 0, 1, 8)]
    rules = {(b.rule, b.must) for b in check(asked, moved)}
    assert {("road", True), ("off-day", True), ("spacing", False), ("team-change", False)} <= rules
    again = [*good, Round(0, 0, (1,), home, home)]
    assert {"twice", "skill"} <= {b.rule for b in check(asked, again)}


@pytest.mark.parametrize(
    ("village_", "team_"),
    [
        (village(visits=5), team()),
        (village(minutes=float("nan")), team()),
        (village(), team(minutes=0.0)),
        (village(), team(weekdays=frozenset())),
        (village(), team(home=7)),
    ],
)
def test_a_month_that_contradicts_itself_is_named(village_, team_):
    with pytest.raises(BadOutreach):
        plan(month([(5, 0)], [village_], [team_]), seed=1, children=0)


def test_a_village_without_a_way_is_not_served_and_one_without_visits_not_asked():
    asked = month([(5, 0), (9, 0)], [village("a"), village("b", visits=0)], [team()])
    ways = asked.ways.copy()
    ways[:, 0] = ways[:, :, 0] = np.nan

    found = plan(replace(asked, ways=ways), seed=1, children=0)

    assert [(one.village, one.why) for one in found.missing] == [(0, "no-way")]
    assert asked.teams[0].weekdays == WEEK
