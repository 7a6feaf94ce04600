import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance.calibration_reference import conformal_one, false_share_one
from tuyen.engines.surveillance.selection import (
    benjamini_hochberg,
    by_budget,
    by_false_share,
    conformal,
    missed,
)
from tuyen.kernel.refusal import BadInput

chances = st.lists(st.floats(0, 1), min_size=1, max_size=30, unique=True)


@given(chances, chances, st.sampled_from([0.05, 0.1, 0.3]))
def test_false_share_is_that_of_the_reference_in_each_week(first, second, q):
    week = np.repeat([4, 9], [len(first), len(second)])

    rings = by_false_share(np.array(first + second), week, q)

    assert rings.tolist() == false_share_one(first, q) + false_share_one(second, q)


def test_a_budget_is_kept_and_spent_on_the_likeliest():
    chance = np.array([0.9, 0.2, 0.8, 0.7, 0.6])
    team = np.array([1, 1, 1, 2, 1])

    rings = by_budget(chance, np.zeros(5, int), team, 2)

    assert rings.tolist() == [True, False, True, True, False]


def test_an_idle_team_does_not_ring_for_next_to_nothing():
    none = np.zeros(2, int)

    rings = by_budget(np.array([0.9, 0.02]), none, none, 5, least=0.1)

    assert rings.tolist() == [True, False]


def test_what_a_budget_misses_is_told():
    week, seen, lost = missed(
        np.array([0.9, 0.5, 0.25]), np.array([True, False, False]), np.array([3, 3, 4])
    )

    assert week.tolist() == [3, 4]
    assert seen.tolist() == [0.9, 0.0]
    assert lost.tolist() == [0.5, 0.25]


def test_step_up_takes_what_stands_below_a_later_good_one():
    p = np.array([0.04, 0.045, np.nan, 0.9])

    rings = benjamini_hochberg(p, np.zeros(4, int), 0.1)

    assert rings.tolist() == [True, True, False, False]


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=20),
    st.lists(st.tuples(st.integers(0, 9), st.floats(0, 1)), min_size=1, max_size=20),
)
def test_conformal_p_is_that_of_the_reference(scores, past):
    before, weights = (np.array(part, float) for part in zip(*past, strict=True))
    here, there = np.zeros(len(scores), int), np.zeros(before.size, int)

    p = conformal(np.array(scores, float), here, before, there, weights)

    expected = [conformal_one(score, before.tolist(), weights.tolist()) for score in scores]
    np.testing.assert_allclose(p, expected)


def test_strata_do_not_mix():
    p = conformal(
        np.array([5.0, 5.0, 5.0]), np.array([0, 1, 2]), np.array([1.0, 9.0]), np.array([0, 1])
    )

    assert p.tolist() == [0.5, 1.0, 1.0]


@pytest.mark.parametrize("q", [0.0, 1.0])
def test_an_impossible_share_is_refused(q):
    with pytest.raises(BadInput):
        by_false_share(np.array([0.5]), np.array([0]), q)


def test_a_negative_budget_is_refused():
    with pytest.raises(BadInput):
        by_budget(np.array([0.5]), np.array([0]), np.array([0]), -1)
