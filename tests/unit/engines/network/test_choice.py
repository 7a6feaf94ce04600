"""One main station for every commune: against every choice, by pins, weights and rules."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tuyen.engines.network.choice import (
    BARRED,
    PINNED,
    Sites,
    choose,
    conflicts,
    dominated,
    frontier,
    reasons,
    robustness,
    verdict,
)


def built(sizes, scores, pins=None):
    start = np.concatenate([[0], np.cumsum(sizes)])
    given_pins = np.zeros(start[-1]) if pins is None else np.array(pins)
    return Sites(start, np.asarray(scores, float), given_pins.astype(np.int8))


@st.composite
def networks(draw):
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    shape = (sum(sizes), 2)
    return built(sizes, draw(arrays(np.float64, shape, elements=st.integers(0, 20).map(float))))


@given(networks(), st.integers(0, 5), st.integers(1, 5))
def test_the_best_of_every_commune(sites, one, two):
    weights = np.array([one, two], float)

    choice = choose(sites, weights)

    points = sites.scores @ (weights / weights.sum())
    for commune, main in enumerate(choice.main):
        own = points[sites.start[commune] : sites.start[commune + 1]]
        assert sites.start[commune] <= main < sites.start[commune + 1]
        assert points[main] == own.max()


@settings(max_examples=50)
@given(networks())
def test_the_frontier_holds_every_supported_choice(sites):
    one, two = sites.scores[:, 0], sites.scores[:, 1]
    groups = [range(a, b) for a, b in zip(sites.start[:-1], sites.start[1:], strict=True)]
    every = {(one[list(c)].sum(), two[list(c)].sum()) for c in product(*groups)}

    found = [point[:2] for point in frontier(sites, one, two)]

    for weight in np.linspace(0.02, 0.98, 25):
        value = max(weight * a + (1 - weight) * b for a, b in every)
        assert max(weight * a + (1 - weight) * b for a, b in found) == pytest.approx(value)
    for a, b in found:
        assert not any(c >= a and d >= b and (c, d) != (a, b) for c, d in every)


def test_a_pin_wins_and_a_bar_loses():
    sites = built([2, 2], [[9, 9], [1, 1], [9, 9], [1, 1]], [0, PINNED, BARRED, 0])

    choice = choose(sites, np.ones(2))

    assert choice.main.tolist() == [1, 3]
    assert choice.score.tolist() == [1, 1]


def test_rules_in_conflict_are_named_and_only_those():
    sites = built([2, 3, 1], np.ones((6, 1)), [BARRED, BARRED, PINNED, 0, PINNED, 0])

    found = conflicts(sites)

    assert [(one.commune, one.sites, one.rule) for one in found] == [
        (0, (0, 1), "all-barred"), (1, (2, 4), "two-mains")
    ]  # fmt: skip
    assert choose(sites, np.ones(1)).main.tolist() == [-1, -1, 5]


def test_robustness_is_the_share_of_weights_won():
    sites = built([2, 2], [[10, 0], [0, 10], [10, 10], [0, 0]])
    draws = np.random.default_rng(1).dirichlet(np.ones(2), 4000)

    share = robustness(sites, draws)

    np.testing.assert_allclose(share, [0.5, 0.5, 1, 0], atol=0.03)
    assert [verdict(one) for one in (share[2], 0.6, 0.4)] == ["clear", "leaning", "discuss"]


def test_reasons_add_up_to_the_lead():
    sites = built([3], [[80, 20, 50], [60, 60, 40], [10, 10, 10]])
    weights = np.array([3.0, 1.0, 1.0])
    choice = choose(sites, weights)

    speaking = reasons(sites, choice, weights, 0)

    assert speaking.round(6).tolist() == [12, -8, 2]
    assert speaking.sum() == pytest.approx(choice.lead[0])


def test_a_site_that_no_weights_choose():
    assert dominated(built([2, 1], [[5, 5], [5, 6], [0, 0]])) == [(0, 1)]
