"""The checker counts by itself, and every tampering with an answer is seen."""

import pytest

from tests.unit.engines.network.routing_cases import problem
from tuyen.engines.network.routing_check import check
from tuyen.engines.network.routing_problem import SlotFacts

LINE = problem(
    [(0, 10), (0, 20), (0, 30)],
    slots=[SlotFacts(day=day, vehicles=1, capacity=2, longest=70.0) for day in (1, 2)],
    options=[[[1, 1]], [[1, 0], [0, 1]], [[0, 1]]],
    service=[1, 1, 1],
)
GOOD = [(0, [0, 1]), (1, [2, 0])]


def test_an_allowed_answer_is_counted():
    verdict = check(LINE, GOOD)

    assert verdict.feasible
    assert verdict.objective == 100.0
    assert [one.duration for one in verdict.rounds] == [42.0, 62.0]
    assert verdict.patterns == (0, 1, 3)


@pytest.mark.parametrize(
    ("routes", "rule", "amount"),
    [
        ([(0, [0, 1])], "pattern", 1.0),
        ([(0, [0, 1, 2]), (1, [0])], "pattern", 2.0),
        ([(0, [0, 1]), (1, [2, 0, 1])], "pattern", 1.0),
        ([(0, [0]), (1, [2, 1, 0])], "load", 1.0),
        ([(0, [0]), (0, [1]), (1, [2, 0])], "fleet", 1.0),
        ([(0, [0, 1]), (1, [2, 0]), (2, [])], "visit", 1.0),
        ([(0, [0, 7]), (1, [2, 0])], "visit", 1),
    ],
)
def test_tampering_is_seen(routes, rule, amount):
    found = {one.rule: one.amount for one in check(LINE, routes).violations}

    assert found[rule] == amount


def test_a_long_day_is_seen():
    shorter = type(LINE)(
        **{**vars(LINE), "slots": tuple(s._replace(longest=60.0) for s in LINE.slots)}
    )

    assert check(shorter, GOOD).violations == (("duration", "route 2, day 2, depot 1", 2.0),)


def test_hours_are_kept_and_the_start_waits():
    hours = problem(
        [(0, 10), (0, 20)], slots=[SlotFacts(closes=100.0)], opens=[50, 40], closes=[60, 90]
    )

    early, late = check(hours, [(0, [0, 1])]), check(hours, [(0, [1, 0])])

    assert early.feasible
    assert early.rounds[0].arrivals == (50.0, 60.0)
    assert early.rounds[0].duration == 40.0  # it leaves at 40 and nobody waits
    assert late.feasible
    assert late.rounds[0].duration == 40.0
    wrong = check(type(hours)(**{**vars(hours), "closes": hours.closes - 30}), [(0, [1, 0])])
    assert [(one.rule, one.where) for one in wrong.violations] == [
        ("window", "route 1, day 1, depot 1: 1")
    ]
