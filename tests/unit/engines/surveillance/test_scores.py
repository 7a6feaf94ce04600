"""Scores: the given cases, a slow reference on everything else, and what a score must do."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance import scores
from tuyen.engines.surveillance.scores_reference import (
    crps_sample_one,
    interval_score_one,
    nb_crps_one,
    nb_pmf_one,
)
from tuyen.kernel.refusal import BadInput

INF = float("inf")


@pytest.fixture(scope="module")
def cases(shared_data):
    folder = shared_data / "data" / "surveillance"
    with (folder / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / "scores_samples.csv").open(encoding="utf-8", newline="") as file:
        draws = {row.pop("id"): [float(x) for x in row.values()] for row in csv.DictReader(file)}
    table = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    table["sample"] = np.array([draws[row["id"]] for row in rows])
    table["quantiles"] = np.column_stack(
        [table[name] for name in rows[0] if name.startswith("q") and name[1:].isdigit()]
    )
    return table


def test_the_given_interval_scores_are_reached(cases):
    ours = scores.interval_score(cases["y"], cases["quantiles"])

    np.testing.assert_allclose(ours.wis, cases["wis_23q"], rtol=1e-9)
    np.testing.assert_allclose(ours.spread + ours.above + ours.below, ours.wis, rtol=1e-9)


def test_the_given_scores_of_distributions_are_reached(cases):
    y, mean, size = cases["y"], cases["nb_mu"], cases["nb_size"]

    low, high = scores.nb_pit(y, mean, size)

    np.testing.assert_allclose(scores.nb_crps(y, mean, size), cases["crps_nbinom"], rtol=1e-9)
    np.testing.assert_allclose(scores.nb_log_score(y, mean, size), cases["logs_nbinom"], rtol=1e-9)
    np.testing.assert_allclose(low, cases["pit_lo"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(high, cases["pit_hi"], rtol=1e-9, atol=1e-12)


def test_the_given_scores_of_samples_are_reached(cases):
    ours = scores.crps_sample(cases["y"], cases["sample"])

    np.testing.assert_allclose(ours, cases["crps_sample_edf"], rtol=1e-9)


@given(
    st.integers(0, 400),
    st.lists(st.integers(0, 400), min_size=23, max_size=23).map(sorted),
)
def test_the_interval_score_agrees_with_its_definition(y, quantiles):
    ours = scores.interval_score(np.array([float(y)]), np.array([quantiles], dtype=float))

    expected = interval_score_one(y, quantiles, scores.LEVELS.tolist())
    assert ours.wis[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert scores.wis(np.array([float(y)]), np.array([quantiles], dtype=float))[0] == ours.wis[0]
    assert min(ours.spread[0], ours.above[0], ours.below[0]) >= -1e-9
    assert ours.spread[0] + ours.above[0] + ours.below[0] == pytest.approx(ours.wis[0])


@given(st.integers(-5, 60), st.lists(st.integers(0, 50), min_size=1, max_size=30))
def test_the_score_of_a_sample_agrees_with_its_definition(y, sample):
    ours = scores.crps_sample(np.array([float(y)]), np.array([sample], dtype=float))

    assert ours[0] == pytest.approx(crps_sample_one(y, sample), abs=1e-9)


@given(st.integers(0, 40), st.floats(0.01, 60), st.one_of(st.floats(0.05, 80), st.just(INF)))
def test_the_negative_binomial_agrees_with_its_definition(y, mean, size):
    below = sum(nb_pmf_one(k, mean, size) for k in range(y + 1))

    assert np.exp(scores.nb_logpmf(y, mean, size)) == pytest.approx(nb_pmf_one(y, mean, size))
    assert scores.nb_cdf(y, mean, size) == pytest.approx(below, abs=1e-9)
    ours = scores.nb_crps(np.array([y]), np.array([mean]), np.array([size]))[0]
    assert ours == pytest.approx(nb_crps_one(y, mean, size), rel=1e-6)


def test_many_quantiles_bring_the_score_of_quantiles_to_that_of_the_sample():
    rng = np.random.default_rng(5)
    sample = rng.normal(10, 3, (3, 4_000))
    levels = np.arange(1, 400) / 400
    y = np.array([4.0, 10.0, 19.0])

    by_quantiles = scores.crps_quantiles(y, np.quantile(sample, levels, axis=1).T, levels)

    np.testing.assert_allclose(by_quantiles, scores.crps_sample(y, sample), rtol=0.01)


def test_a_true_forecast_has_a_uniform_transform_and_its_nominal_coverage():
    rng = np.random.default_rng(6)
    mean = rng.gamma(2, 2, 4_000)
    y = rng.poisson(rng.gamma(3, mean / 3)).astype(float)
    quantile = np.array([[np.searchsorted(scores.nb_cdf(np.arange(300.0), m, 3.0), level)
                          for level in scores.LEVELS] for m in mean], dtype=float)  # fmt: skip

    exact = scores.nb_pit(y, mean, np.full(y.size, 3.0))
    known = scores.pit_of_quantiles(y, quantile)

    pit = scores.randomised(*exact, rng)
    assert np.abs(np.quantile(pit, [0.1, 0.5, 0.9]) - [0.1, 0.5, 0.9]).max() < 0.03
    assert scores.coverage(*exact, 0.9) == pytest.approx(0.9, abs=0.015)
    assert (known[0] <= exact[1] + 1e-12).all()
    assert (known[1] >= exact[0] - 1e-12).all()
    assert scores.covered(y, quantile, scores.LEVELS, 0.9).mean() > 0.9  # closed, so more


def test_a_missing_observation_has_no_score():
    ours = scores.interval_score(np.array([np.nan]), np.arange(23.0)[None, :])

    assert np.isnan(list(ours)).all()
    assert np.isnan(scores.nb_crps(np.array([np.nan]), np.array([2.0]), np.array([1.0]))).all()


@pytest.mark.parametrize(
    ("quantiles", "levels", "says"),
    [
        ([[3.0, 2.0]], [0.1, 0.9], "quantiles fall"),
        ([[2.0, 3.0]], [0.9, 0.1], "levels must rise"),
        ([[2.0, 3.0]], [0.0, 0.9], "between 0 and 1"),
        ([[2.0]], [0.1, 0.9], "expected"),
    ],
)
def test_a_forecast_that_cannot_be_scored_is_refused(quantiles, levels, says):
    with pytest.raises(BadInput, match=says):
        scores.wis(np.array([1.0]), np.array(quantiles), np.array(levels))


def test_coverage_of_a_level_that_is_not_there_is_refused():
    with pytest.raises(BadInput, match=r"level 0\.05"):
        scores.covered(np.array([1.0]), np.array([[1.0, 2.0]]), np.array([0.1, 0.9]), 0.9)
