"""The duty roster: judged by a checker of its own and by trying every roster of small units."""

import numpy as np
import pytest

from tuyen.engines.workforce.roster import (
    Demand,
    Kind,
    Problem,
    Weights,
    Wish,
    make,
    missing,
    uncovers,
)
from tuyen.engines.workforce.roster_check import check, same, slow
from tuyen.kernel.refusal import BadInput

DUTY, DAY = Kind(7.0, 24.0, 24.0), Kind(7.0, 8.0, implied=True)


def unit(rng):
    """A unit of two or three people over three or four days, with everything that a month can hold."""
    n, days = (2, 4) if rng.random() < 0.5 else (3, 3)
    kinds = (DUTY._replace(most=int(rng.integers(1, 4))), DAY)
    may = rng.random((n, days, 2)) < 0.8
    demands = []
    for d in range(days):
        group = frozenset(np.flatnonzero(rng.random(n) < 0.7).tolist())
        demands.append(Demand(d, 0, group, 1))
        if rng.random() < 0.5:
            demands.append(Demand(d, 1, frozenset(range(n)), int(rng.integers(1, 3))))
    burden = np.zeros((2, days, 2))
    burden[0, :, 0] = 1
    burden[1, int(rng.integers(days)), 0] = 1
    fixed = ()
    if rng.random() < 0.3:
        i, d = int(rng.integers(n)), int(rng.integers(days))
        may[i, d, 1] = True
        fixed = ((i, d, 1),)
    before = ((int(rng.integers(n)), -1, 0),) if rng.random() < 0.4 and not fixed else ()
    wishes = tuple(
        Wish(int(rng.integers(n)), int(rng.integers(days)), 0, bool(rng.random() < 0.5))
        for _ in range(int(rng.integers(0, 3)))
    )
    share = rng.choice([0.5, 1.0, 1.0, 0.0], n)
    return Problem(
        kinds, may, tuple(demands), burden, rng.integers(0, 3, (n, 2)).astype(float), share,
        row=int(rng.integers(2, 4)), week_hours=float(rng.choice([32, 48, 80])),
        weekday=int(rng.integers(7)), fixed=fixed, before=before, wishes=wishes,
        weights=Weights((1.0, 2.0), 0.5, 0.01),
    )  # fmt: skip


def test_least_stays_uncovered_and_it_is_the_fairest_of_all_rosters():
    rng = np.random.default_rng(11)
    short = 0
    for _ in range(60):
        problem = unit(rng)

        made = make(problem)

        assert check(problem, made.entries) == []
        least, cost = slow(problem)
        assert (made.shortage, made.proved) == (least, True)
        assert same(made.cost, cost)
        assert same(made.gap, 0.0)
        assert set(problem.fixed) <= set(made.entries)
        short += least > 0
    assert 10 < short < 55


def month(people=6, days=30):
    """Each day one of the first two, and one of all, on duty; everybody's ordinary day beside it."""
    demands = [Demand(d, 0, frozenset(range(people)), 1) for d in range(days)]
    burden = np.zeros((2, days, 2))
    burden[0, :, 0] = 1
    burden[1, [d for d in range(days) if d % 7 > 4], 0] = 1
    return Problem(
        (DUTY._replace(most=8), DAY), np.ones((people, days, 2), bool), tuple(demands), burden,
        np.zeros((people, 2)), np.ones(people), row=6, week_hours=64, weights=Weights((1.0, 1.0)),
    )  # fmt: skip


def test_a_month_is_shared_out_evenly():
    problem = month()

    made = make(problem, seconds=300)

    assert made.shortage == 0
    assert check(problem, made.entries) == []
    duties = [sum(k == 0 for i, _, k in made.entries if i == who) for who in range(6)]
    assert max(duties) - min(duties) <= 1


def test_what_cannot_be_covered_is_said_by_day_and_number_and_what_would_help():
    problem = month(people=2, days=10)

    made = make(problem)

    # Two people with a free day after each duty of at most so many hours a week cannot be there daily.
    assert made.proved
    assert made.shortage == sum(made.short) > 0
    assert made.without
    assert all(n < made.shortage for n in made.without.values())
    assert missing(problem, made.entries) == list(made.short)


def test_who_is_taken_leaves_what_only_they_covered():
    problem = month(people=3, days=3)
    entries = [(0, 0, 0), (1, 1, 0), (2, 2, 0)]

    assert uncovers(problem, entries, 1, [0, 1]) == [(1, 1)]
    assert uncovers(problem, entries, 1, [0]) == []


def test_what_is_fixed_stays_also_against_a_rule_and_the_judge_says_so():
    problem = month(people=3, days=4)._replace(fixed=((0, 0, 0), (0, 1, 0)))

    made = make(problem)

    assert {(0, 0, 0), (0, 1, 0)} <= set(made.entries)
    assert {fault.rule for fault in check(problem, made.entries)} == {"rest"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"demands": (Demand(99, 0, frozenset({0}), 1),)}, {"demands": (Demand(0, 0, frozenset({7}), 1),)},
        {"demands": (Demand(0, 0, frozenset({0}), -1),)}, {"fixed": ((0, 44, 0),)},
        {"before": ((0, 0, 0),)}, {"row": 0}, {"share": np.ones(2)}, {"weights": Weights((1.0,))},
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(wrong):
    with pytest.raises(BadInput):
        make(month()._replace(**wrong))
