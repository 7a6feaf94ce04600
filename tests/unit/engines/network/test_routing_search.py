"""The search finds what trying everything finds, on problems small enough for that."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.engines.network.routing_cases import best_of_all, problem
from tuyen.engines.network.routing_check import check
from tuyen.engines.network.routing_problem import BadRouting, SlotFacts, conflicts

PLACES = st.lists(
    st.tuples(st.integers(-9, 9), st.integers(-9, 9)), min_size=2, max_size=4, unique=True
)
PATTERNS = ([[1, 0], [0, 1]], [[1, 1]], [[1, 0]], [[1, 1], [0, 1]])


def never():
    return 0.0


@st.composite
def problems(draw):
    """One day or two, one depot or two, few vehicles, small loads, short days, hours."""
    points = draw(PLACES)
    n = len(points)
    kind = draw(st.sampled_from(["day", "days", "depots"]))
    vehicles = draw(st.sampled_from([None, 1, 2]))
    facts = {
        "vehicles": vehicles, "capacity": draw(st.sampled_from([2.0, 3.0, 9.0])),
        "longest": draw(st.sampled_from([1e30, 60.0, 35.0])),
    }  # fmt: skip
    hours = {}
    if draw(st.booleans()):
        opens = draw(st.lists(st.integers(0, 20), min_size=n, max_size=n))
        hours = {"opens": opens, "closes": [at + 25 for at in opens]}
    service = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    if kind == "day":
        return problem(points, slots=[SlotFacts(**facts)], service=service, **hours)
    if kind == "days":
        options = [draw(st.sampled_from(PATTERNS)) for _ in points]
        slots = [SlotFacts(day=day, **facts) for day in (1, 2)]
        return problem(points, slots=slots, options=options, service=service, **hours)
    slots = [SlotFacts(depot=at + 1, matrix=at, **facts) for at in (0, 1)]
    options = [[[1, 0], [0, 1]]] * n
    return problem(points, ((0, 0), (7, 1)), slots=slots, options=options, service=service, **hours)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(given_problem=problems())
def test_it_equals_trying_everything(plain, given_problem):
    best = best_of_all(given_problem)

    answer = plain.routing_search.solve(given_problem, seed=3, spent=never, children=12)
    verdict = check(given_problem, answer.routes)

    assert verdict.feasible is (best is not None) is answer.allowed
    if best is not None:
        assert verdict.objective == pytest.approx(best)
        assert answer.cost == pytest.approx(best)


def test_the_same_seed_gives_the_same_routes(plain):
    places = np.random.default_rng(5).integers(-50, 50, (9, 2))
    one = problem(places, slots=[SlotFacts(capacity=4)])

    answers = [
        plain.routing_search.solve(one, seed=seed, spent=never, children=4) for seed in (1, 1)
    ]

    assert answers[0] == answers[1]


def test_a_spent_time_stops_it(plain):
    answer = plain.routing_search.solve(problem([(1, 1), (2, 2)]), seed=1, spent=lambda: 1.0)

    assert (answer.children, answer.allowed) == (1, True)  # one is raised all the same


def test_with_vehicles_enough_there_is_always_an_answer(plain):
    """One child, and its prices let it carry too much: its rounds are cut until they carry it."""
    places = [(x, y) for x in range(1, 5) for y in range(1, 4)]
    one = problem(
        places,
        slots=[SlotFacts(capacity=10.0, longest=40.0)],
        demand=[4.0] * 12,
        service=[3.0] * 12,
    )
    search = plain.routing_search._Search(one, 1)
    search.nearest_miss = (9.0, (plain.routing_search.Route(0, tuple(range(12))),))

    answer = plain.routing_search._answer(search)

    verdict = check(one, answer.routes)
    assert (answer.allowed, verdict.feasible) == (True, True)
    assert answer.cost == pytest.approx(verdict.objective)
    assert [u for route in answer.routes for u in route.visits] == list(range(12))
    few = replace(one, slots=(SlotFacts(capacity=10.0, longest=40.0, vehicles=2),))
    search = plain.routing_search._Search(few, 1)
    search.nearest_miss = (9.0, (plain.routing_search.Route(0, tuple(range(12))),))
    assert plain.routing_search._answer(search).allowed is False


def test_one_way_streets_are_driven_the_right_way_round(plain):
    one = problem([(0, 4), (4, 4), (4, 0)])
    ways = one.cost.copy()
    ways[0] = 9.0
    for a, b in ((3, 2), (2, 1), (1, 0), (0, 3)):
        ways[0, a, b] = 1.0

    answer = plain.routing_search.solve(
        type(one)(**{**vars(one), "cost": ways, "time": ways}), seed=1, spent=never, children=6
    )

    assert answer.cost == 4.0
    assert answer.routes[0].visits == (2, 1, 0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"demand": [1.0, -1.0]}, "demand of customer 2 is -1.0"),
        ({"service": [0.0]}, "service has 1 values for 2 customers"),
    ],
)
def test_contradictions_are_named(plain, change, said):
    with pytest.raises(BadRouting, match=said):
        plain.routing_search.solve(problem([(1, 1), (2, 2)], **change), seed=1, spent=never)


@pytest.mark.parametrize(
    ("slot", "kind", "where"),
    [
        ({"capacity": 0.5}, "load", "customer 1, day 1, depot 1"),
        ({"longest": 15.0}, "duration", "customer 2, day 1, depot 1"),
        ({"closes": 15.0}, "window", "customer 2, day 1, depot 1"),
        ({"capacity": 1.0, "vehicles": 1}, "fleet", "day 1, depot 1"),
    ],
)
def test_what_cannot_be_is_said_before_the_search(slot, kind, where):
    found = conflicts(problem([(0, 5), (0, 10)], slots=[SlotFacts(**slot)]))

    assert (found[0].kind, found[0].where) == (kind, where)
    assert found[0].needed > found[0].available


def test_a_way_over_somebody_else_may_be_the_shorter_one():
    """Straight there and back is 36 of 30; over customer 1, who lies beside both, it is 22."""
    one = problem([(0, 5), (0, 10)], slots=[SlotFacts(longest=30.0)])
    ways = np.array([[[0.0, 1, 10], [1, 0, 18], [10, 18, 0]]])

    over = replace(one, cost=ways, time=ways)

    assert conflicts(over) == []
    far = replace(one, slots=(SlotFacts(longest=21.0),), cost=ways, time=ways)
    found = conflicts(far)
    assert (found[0].kind, found[0].needed) == ("duration", 22.0)


def test_too_much_for_all_days_together_is_said_once():
    slots = [SlotFacts(day=day, vehicles=1, capacity=1.0) for day in (1, 2)]
    options = [[[1, 0], [0, 1]]] * 3

    found = conflicts(problem([(0, 5), (0, 10), (1, 1)], slots=slots, options=options))

    assert found == [("fleet", "all days and depots", 3.0, 2.0)]


@pytest.mark.parametrize("hours", [{}, {"opens": [0, 30, 5, 0, 9], "closes": [40, 70, 60, 50, 80]}])
def test_small_steps_find_it_too(plain, monkeypatch, hours):
    slots = [SlotFacts(day=day, vehicles=2, capacity=3.0, longest=60.0) for day in (1, 2)]
    places = [(1, 9), (8, 2), (-3, 7), (-6, -6), (7, 7)]
    options = [PATTERNS[k] for k in (0, 1, 0, 3, 0)]
    one = problem(places, slots=slots, options=options, **hours)
    monkeypatch.setattr(plain.routing_search, "STEPS", 4)
    looks = iter(range(10_000))

    answer = plain.routing_search.solve(one, seed=2, spent=lambda: next(looks) / 72)

    assert answer.children == plain.routing_search.FEWEST + 1  # then it went on by steps
    assert check(one, answer.routes).feasible
    assert answer.cost == pytest.approx(best_of_all(one))


@pytest.mark.parametrize("days", [1, 2])
@pytest.mark.parametrize("small", [False, True])
def test_a_lone_customer_is_not_its_own_neighbour(plain, monkeypatch, days, small):
    monkeypatch.setattr(plain.routing_search, "STEPS", 4)
    looks = iter(range(10_000))
    slots = [SlotFacts(day=day + 1, vehicles=1) for day in range(days)]
    one = problem([(3, 4)], slots=slots, options=[[[1] * days]])

    answer = plain.routing_search.solve(
        one, seed=1, spent=lambda: next(looks) / 72 if small else 0.0, children=40
    )

    assert answer.children == (plain.routing_search.FEWEST + 1 if small else 40)
    assert answer.routes == tuple((day, (0,)) for day in range(days))
    assert answer.cost == pytest.approx(10 * days)


def test_nobody_to_visit_is_no_round(plain):
    nobody = replace(problem(np.empty((0, 2))), options=np.empty((0, 1), np.int64))

    assert plain.routing_search.solve(nobody, seed=1, spent=never) == ((), 0.0, True, 0)


def test_a_step_takes_visits_out_of_several_days_and_puts_every_one_back(plain):
    ruin, n = plain.routing_ruin, 12
    slots = [SlotFacts(day=day, vehicles=3, capacity=3.0) for day in (1, 2)]
    options = [[[1, 0], [0, 1]], [[1, 1]]] * (n // 2)
    places = np.random.default_rng(5).integers(-9, 9, (n, 2))
    search = plain.routing_search._Search(problem(places, slots=slots, options=options), 5)
    search.raise_child(search.random_orders())
    served = search.slots.links[:, plain.routing_state.ROUTE, :n]
    removed, several = np.empty(30, np.int64), 0
    for _ in range(60):
        before, touched = served.copy(), np.zeros(2, np.int64)
        size = ruin._ruin(search.slots, search.near, search.dice, removed, touched)
        gone = removed[:size]
        assert 0 < size == len(set(gone.tolist()))
        assert (served[:, gone] < 0).all()
        once = [u for u in gone if (before[:, u] >= 0).sum() == 1]
        several += len({int(np.argmax(before[:, u] >= 0)) for u in once}) == 2
        ruin._recreate(
            search.slots, search.options, search.first, search.dice, gone.copy(), touched
        )
        visits = (served >= 0).sum(axis=0)
        assert set(visits[::2].tolist()) == {1}
        assert set(visits[1::2].tolist()) == {2}
    assert several, "no step took customers of one day and of the other out together"
