import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.surveillance.backtest import at, choose, prepare, scored, thresholds_of
from tuyen.engines.surveillance.backtest_reference import backtest_one
from tuyen.engines.surveillance.injection import Injected, inject, overlaid
from tuyen.kernel.refusal import BadInput


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(-1, 11))
def test_sweep_is_that_of_the_reference(seed, threshold):
    rng = np.random.default_rng(seed)
    real = np.where(rng.random((6, 12)) < 0.1, np.nan, rng.integers(0, 10, (6, 12)))
    outbreak = np.zeros((6, 12), int)
    outbreak[1, 2:4], outbreak[1, 8], outbreak[4, 10:] = 1, 2, 3
    denied = rng.random((6, 12)) < rng.choice([0.0, 0.2])
    trial = np.where(rng.random((7, 3)) < 0.1, np.nan, rng.integers(0, 10, (7, 3)))
    stratum, of_trial = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 0, 1, 1, 1, 1])

    ready = prepare(real, stratum, trial, of_trial, outbreak=outbreak, denied=denied)
    made = at(ready, np.array([threshold]))

    for one in (0, 1):
        here, there = stratum == one, of_trial == one
        expected = backtest_one(
            real[here].tolist(), outbreak[here].tolist(), trial[there].tolist(), threshold,
            denied[here].tolist(),
        )  # fmt: skip
        found = [getattr(made, name)[one, 0] for name in expected._fields]
        np.testing.assert_allclose(found, expected)


def test_a_higher_threshold_never_rings_more_or_sees_more():
    rng = np.random.default_rng(1)
    none = np.zeros(50, int)

    made = at(
        prepare(rng.random((50, 20)), none, rng.random((50, 4)), none), np.linspace(-0.1, 1.1, 30)
    )

    for figures in (made.alarms_per_week, made.sensitivity, made.at_once, made.false_rate):
        assert (np.diff(figures[0]) <= 0).all()
    assert made.sensitivity[0, [0, -1]].tolist() == [1.0, 0.0]
    assert np.isnan(made.days[0, -1])


def test_an_answer_of_triage_counts_whether_yes_or_no():
    real = np.full((1, 10), 5.0)
    outbreak, denied = np.zeros((1, 10), int), np.zeros((1, 10), bool)
    outbreak[0, :2], denied[0, 2:8] = 1, True
    none = np.zeros(1, int)

    heard = at(
        prepare(real, none, np.empty((0, 1)), none[:0], outbreak=outbreak, denied=denied), 1.0
    )
    silent = at(prepare(real, none, np.empty((0, 1)), none[:0], outbreak=outbreak), 1.0)

    told = [float(part[0, 0]) for part in (heard.ppv, heard.ppv_least, heard.ppv_most)]
    assert told == pytest.approx([2 / 8, 2 / 10, 4 / 10])
    assert [float(silent.ppv[0, 0]), float(silent.ppv_most[0, 0])] == pytest.approx([0.2, 1.0])


def test_a_stratum_without_outbreaks_says_so():
    made = at(prepare(np.ones((2, 3)), np.array([0, 2]), np.ones((1, 2)), np.array([2])), 1.0)

    assert made.injected.tolist() == [0, 0, 1]
    assert np.isnan(made.sensitivity[:2]).all()
    assert made.alarms_per_week[:, 0].tolist() == [1, 0, 1]
    assert np.isnan(made.ppv).all()


@pytest.mark.parametrize(
    ("why", "target", "place"),
    [
        ("the lowest that keeps the peace", {"alarms_per_week": 1.0}, 2),
        ("the highest that sees enough", {"sensitivity": 0.5}, 1),
        ("both", {"alarms_per_week": 2.0, "sensitivity": 0.5}, 1),
        ("none does both", {"alarms_per_week": 0.5, "sensitivity": 0.9}, -1),
    ],
)
def test_an_operating_point_is_chosen_by_its_target(why, target, place):
    real = np.array([[1.0], [2.0], [3.0], [0.5]])
    trial = np.array([[1.0], [2.0], [2.5], [9.0]])
    made = prepare(real, np.zeros(4, int), trial, np.zeros(4, int))

    chosen = choose(at(made, np.array([0.0, 2.0, 2.9, 4.0])), **target)

    assert chosen.tolist() == [place], why


def test_a_target_must_be_stated():
    made = prepare(np.ones((1, 1)), np.zeros(1, int), np.ones((1, 1)), np.zeros(1, int))

    with pytest.raises(BadInput):
        choose(at(made, 0.5))


def test_thresholds_of_a_slider_rise_and_reach_the_ends():
    rng = np.random.default_rng(2)
    none = np.zeros(30, int)

    found = thresholds_of(prepare(rng.random((30, 40)), none, rng.random((30, 3)), none), 50)

    assert found.size <= 50
    assert (np.diff(found) > 0).all()


def test_each_trial_is_scored_from_its_start_on_its_own_series():
    counts = np.arange(20.0).reshape(2, 10)
    trials = Injected(
        np.array([1, 0]), np.array([8, 3]), np.array([5, 3]), np.array([[3, 2, 0], [1, 1, 1]])
    )

    real, trial = scored(lambda y, points, rows: y[:, points] + 100 * rows[:, None], counts,
                         np.array([9]), trials)  # fmt: skip

    assert real.ravel().tolist() == [9.0, 119.0]
    np.testing.assert_array_equal(trial, [[121.0, 121.0, np.nan], [4.0, 5.0, 6.0]])


def test_injected_outbreaks_have_their_size_and_a_first_case():
    made = inject(np.arange(40), 10, 20, np.random.default_rng(3), trials=5, sizes=(4, 24))

    assert made.series.size == 200
    assert (made.cases.sum(axis=1) == made.size).all()
    assert (made.cases[:, 0] > 0).all()
    assert made.start.min() >= 10
    assert made.start.max() <= 20


def test_an_outbreak_at_the_end_is_cut_not_folded():
    made = Injected(np.array([0]), np.array([4]), np.array([5]), np.array([[2, 2, 1]]))

    assert overlaid(np.ones((1, 6)), made).tolist() == [[1, 1, 1, 1, 3, 3]]


@pytest.mark.parametrize(
    ("why", "options"),
    [
        ("weeks the wrong way round", {"first": 5, "last": 4}),
        ("no size", {"sizes": (3, 2)}),
        ("no course", {"course": (0.0,)}),
    ],
)
def test_impossible_outbreaks_are_refused(why, options):
    with pytest.raises(BadInput):
        inject(np.array([0]), **({"first": 0, "last": 3} | options), rng=np.random.default_rng(1))


def test_shapes_that_differ_are_refused():
    none = np.zeros(2, int)

    with pytest.raises(BadInput):
        prepare(np.ones((2, 3)), none, np.ones((1, 2)), none)
    with pytest.raises(BadInput):
        prepare(np.ones((2, 3)), none, np.ones((2, 2)), none, strata=0)
