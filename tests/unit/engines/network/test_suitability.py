"""Sites are ranked in their communes; what is not known is the middle, and is counted."""

import numpy as np

from tuyen.engines.network import suitability as engine

NAN = np.nan


def test_the_best_of_each_commune_comes_first_whatever_the_order_of_the_rows():
    scores = np.array([[10.0, 90], [80, 20], [50, 50], [70, 70]])
    commune = np.array([7, 3, 7, 3])

    found = engine.rank(scores, commune, np.array([1.0, 0.0]), draws=200, seed=1)

    assert found.order.tolist() == [2, 1, 1, 2]
    assert found.total.tolist() == [10, 80, 50, 70]
    assert found.share[0] + found.share[2] == 1.0
    assert found.share[1] + found.share[3] == 1.0


def test_what_is_not_known_counts_as_the_middle_and_is_told():
    found = engine.rank(np.array([[NAN, 40.0], [40, NAN]]), np.zeros(2, np.int64), np.ones(2),
                        draws=50, seed=1)  # fmt: skip

    assert found.total.tolist() == [45, 45]
    assert found.order.tolist() == [1, 2]
    assert found.known.tolist() == [1, 1]


def test_a_site_that_another_beats_on_every_criterion_names_it():
    scores = np.array([[90.0, 90], [80, 90], [95, 10]])

    found = engine.rank(scores, np.zeros(3, np.int64), np.ones(2), draws=50, seed=1)

    assert found.beaten.tolist() == [-1, 0, -1]
    assert found.share[1] == 0


def test_no_sites_and_weights_of_nought_are_answered():
    none = engine.rank(np.empty((0, 5)), np.empty(0, np.int64), np.ones(5), draws=10, seed=1)
    even = engine.rank(np.array([[10.0, 30]]), np.array([0]), np.zeros(2), draws=10, seed=1)

    assert none.order.size == 0
    assert even.total.tolist() == [20]


def test_the_mean_way_and_the_near_share_are_those_of_the_own_commune():
    minutes = np.array([[10.0, 50], [40, 20], [5, NAN]])
    people = np.array([100.0, 300, 1000])

    mean, near = engine.reach_within(minutes, people, np.array([0, 0, 1]), np.array([0, 0]), 30)

    assert mean.tolist() == [32.5, 27.5]
    assert near.tolist() == [25, 75]


def test_a_commune_without_people_or_ways_has_no_figure():
    mean, near = engine.reach_within(
        np.array([[NAN]]), np.array([10.0]), np.array([0]), np.array([0]), 30
    )

    assert np.isnan(mean).all()
    assert np.isnan(near).all()
