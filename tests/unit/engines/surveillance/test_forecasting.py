"""Forecasts: slow references, no look-ahead, and what was reached on real and simulated series."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.surveillance import scores
from tuyen.engines.surveillance.autoregression import (
    MONTHS,
    Levels,
    autoregression,
    design,
    penalised,
)
from tuyen.engines.surveillance.ensemble import combined, recalibrated, weights
from tuyen.engines.surveillance.forecasting import MODELS, forecast
from tuyen.engines.surveillance.forecasting_reference import (
    level_one,
    penalised_one,
    reconciled_one,
    walk_one,
)
from tuyen.engines.surveillance.level import level, levels
from tuyen.engines.surveillance.quantile_kernel import (
    member_scores,
    move_levels,
    transform_shares,
)
from tuyen.engines.surveillance.reconcile import reconcile, rescaled
from tuyen.engines.surveillance.sampling import draws, quantiles_of
from tuyen.engines.surveillance.walk import walk_quantiles, walks
from tuyen.kernel.refusal import BadInput

NAN = float("nan")
LEVELS = scores.LEVELS


def seasonal(series, weeks, mean, seed):
    """Negative binomial counts round a season of 52 weeks."""
    rng = np.random.default_rng(seed)
    season = np.exp(0.8 * np.sin(2 * np.pi * np.arange(weeks) / 52))
    return rng.poisson(rng.gamma(8, mean * season / 8, (series, weeks))).astype(float)


@given(
    st.lists(st.one_of(st.integers(0, 40), st.just(NAN)), min_size=1, max_size=12),
    st.integers(1, 3),
)
def test_the_baseline_agrees_with_every_path_written_out(counts, horizon):
    if all(np.isnan(counts)):
        return

    ours = walk_quantiles(np.array(counts, dtype=float), horizon, LEVELS)

    together = walks(np.array([counts], dtype=float), np.array([len(counts)]), horizon, LEVELS)
    assert ours.tolist() == walk_one(counts, horizon, LEVELS.tolist())
    assert together[0, 0].tolist() == ours.tolist()


def test_walks_of_many_are_those_of_each_as_it_stood():
    rng = np.random.default_rng(2)
    counts = np.stack([rng.poisson(2, 30), rng.poisson(5_000, 30)]).astype(float)

    found = walks(counts, np.array([10, 30]), 3, LEVELS)

    for n, o in np.ndindex(2, 2):
        alone = walk_quantiles(counts[n, : [10, 30][o]], 3, LEVELS)
        np.testing.assert_array_equal(found[n, o], alone)


@given(
    st.lists(st.one_of(st.integers(0, 90), st.just(NAN)), min_size=3, max_size=40),
    st.floats(1, 60),
)
def test_the_level_agrees_with_the_reference(counts, half_life):
    found = level(np.array([counts, counts[::-1]]), 2, half_life)

    for n, one in enumerate((counts, counts[::-1])):
        assert found.mean[n, 0, 1] == pytest.approx(max(level_one(one, half_life), 1e-6))
    assert (found.size > 0).all()


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.floats(0.3, 30))
def test_the_regression_agrees_with_a_general_optimiser(seed, mean):
    rng = np.random.default_rng(seed)
    x = np.stack([np.ones(60), rng.normal(0, 1, 60), rng.normal(0, 1, 60)], axis=1)
    y = rng.poisson(rng.gamma(2, mean * np.exp(0.4 * x[:, 1]) / 2)).astype(float)
    weight = rng.random(60).round(1)
    prior, penalty = np.array([0.0, 0.2, 0.0]), np.array([1e-3, 8.0, 20.0])

    beta, alpha = penalised(np.ascontiguousarray(x.T)[None], y[None], weight[None], prior, penalty)

    expected = penalised_one(
        x.tolist(), y.tolist(), weight.tolist(), prior.tolist(), penalty.tolist(), alpha[0]
    )
    np.testing.assert_allclose(beta[0], expected, atol=0.01)


def test_the_regression_learns_a_season():
    counts = seasonal(3, 312, 40, 1)

    found = autoregression(counts, 13)

    truth = 40 * np.exp(0.8 * np.sin(2 * np.pi * (312 + 12) / 52))
    np.testing.assert_allclose(found.mean[:, 0, 12], truth, rtol=0.25)


def test_replayed_predictions_saw_only_what_was_known():
    counts = seasonal(2, 200, 10, 2)
    spoilt = counts.copy()
    spoilt[:, 170:] = 900

    one, other = (autoregression(part, 2, until=150).mean for part in (counts, spoilt))

    np.testing.assert_array_equal(one[:, :21], other[:, :21])  # origins 150 ... 170
    assert (one[:, 21:] != other[:, 21:]).all()


def test_one_by_one_is_the_same_as_together_for_every_single_model():
    counts = seasonal(3, 150, 6, 3)
    for model in ("nb-ar", "level", "baseline"):
        together = forecast(counts, 3, model)
        for n in range(3):
            alone = forecast(counts[n : n + 1], 3, model)
            np.testing.assert_array_equal(alone.quantiles[0], together.quantiles[n], err_msg=model)


@given(
    st.lists(
        st.one_of(st.integers(0, 3), st.integers(0, 5_000), st.just(NAN)), min_size=1, max_size=90
    ),
    st.sampled_from(MODELS),  # with rain that falls as it likes, for the climate
)
@settings(max_examples=40)
def test_counts_are_whole_never_negative_and_quantiles_never_fall(counts, model):
    rain = np.random.default_rng(len(counts)).gamma(1, 20, (1, len(counts), 1))

    found = forecast(np.array([counts], dtype=float), 2, model, weather=rain)

    if np.isnan(counts).all():
        assert np.isnan(found.quantiles).all()
        return
    assert (found.quantiles >= 0).all()
    assert (found.quantiles == np.round(found.quantiles)).all()
    assert (np.diff(found.quantiles, axis=2) >= 0).all()
    assert np.isfinite(found.mean).all()


def test_a_series_of_zeros_forecasts_none_and_a_monthly_one_is_answered():
    zeros = forecast(np.zeros((1, 300)), 4)
    months = forecast(seasonal(1, 120, 20, 4), 3, speeds=MONTHS)

    assert (zeros.quantiles == 0).all()
    assert months.mean.shape == (1, 3)
    assert 2 < months.mean.min() < months.mean.max() < 200


def test_the_better_member_weighs_more_and_none_is_lost_without_a_past():
    came = np.array([[5.0, 6.0, NAN], [5.0, 6.0, 7.0]])
    near = np.repeat(np.arange(23.0)[None], 3, axis=0) / 4 + 3
    past = np.stack([near, near + 40])[None].repeat(2, axis=0)

    weight = weights(came, past, LEVELS)

    assert (weight[:, 0] > 0.99).all()
    np.testing.assert_allclose(weight.sum(axis=1), 1)
    np.testing.assert_allclose(weights(came[:, :0], past[:, :, :0], LEVELS), 0.5)
    assert combined(past, np.full((2, 2), 0.5)).shape == (2, 3, 23)


def test_levels_that_promise_too_much_are_widened():
    rng = np.random.default_rng(1)
    came = np.round(rng.normal(1_000, 60, (30, 80)))
    narrow = 1_000 + np.round(
        30 * np.sort(rng.normal(0, 1, (1, 4_000)))[0, (LEVELS * 4_000).astype(int)]
    )
    past = np.tile(narrow, (30, 80, 1))

    mended = recalibrated(past[:, :1], LEVELS, came, past)

    wide = mended[:, 0, -3] - mended[:, 0, 2]
    assert (wide > 1.2 * (narrow[-3] - narrow[2])).all()
    untouched = recalibrated(past[:, :1], LEVELS, came[:, :0], past[:, :0])
    np.testing.assert_array_equal(untouched, past[:, :1])


@given(
    st.floats(0, 200),
    st.lists(st.floats(0, 60), min_size=1, max_size=5),
    st.floats(0.1, 50),
    st.integers(0, 1_000),
)
@settings(max_examples=40)
def test_reconciled_means_add_up_and_are_the_nearest(parent, children, variance, seed):
    spread = np.random.default_rng(seed).uniform(0.2, 30, len(children))

    sums = reconcile(
        np.array([[parent]]), np.array(children)[:, None], np.array([[variance]]),
        spread[:, None], np.zeros(len(children), dtype=np.int64),
    )  # fmt: skip

    assert sums.parents[0, 0] == pytest.approx(sums.children.sum(), abs=1e-9)
    assert (sums.children >= 0).all()
    expected = reconciled_one(parent, children, variance, spread.tolist())
    np.testing.assert_allclose(sums.children[:, 0], expected, atol=0.5)


def test_quantiles_follow_their_mean_and_stay_counts():
    moved = rescaled(np.array([[[0.0, 4.0, 9.0]]]), np.array([[4.0]]), np.array([[6.0]]))

    assert moved.tolist() == [[[0.0, 6.0, 14.0]]]
    assert rescaled(moved, np.array([[0.0]]), np.array([[1.0]])).tolist() == moved.tolist()


def relative(names, series, origins=13, horizon=4):
    """WIS sums of the ensemble and the baseline by series, and the transforms of the ensemble."""
    ours, theirs, ends = [], [], []
    by_length = {}
    for name in names:
        for k in range(origins):
            length = len(series[name]) - 52 + 4 * k
            by_length.setdefault(length, []).append(name)
    sums = {name: np.zeros(2) for name in names}
    for length, members in by_length.items():
        known = np.array([series[name][:length] for name in members])
        came = np.array([series[name][length : length + horizon] for name in members])
        made = forecast(known, horizon).quantiles
        walks = np.array([walk_quantiles(one, horizon, LEVELS) for one in known])
        for n, name in enumerate(members):
            score = [scores.wis(came[n], part[n], LEVELS) for part in (made, walks)]
            sums[name] += np.nansum(score, axis=1)
            ends.append(np.array(scores.pit_of_quantiles(came[n], made[n], LEVELS)))
    ours, theirs = np.array(list(sums.values())).T
    low, high = np.concatenate(ends, axis=1)
    return ours, theirs, scores.coverage(low, high, 0.9)


def test_the_goal_is_reached_on_the_real_series_at_hand(shared_data):
    folder = shared_data / "data" / "surveillance"
    with (folder / "series_meta.csv").open(encoding="utf-8", newline="") as file:
        names = [
            row["series_id"]
            for row in csv.DictReader(file)
            if row["source"] != "sim" and row["freq"] == "52"
        ]
    series = {}
    with (folder / "series.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            series.setdefault(row["series_id"], []).append(float(row["observed"] or "nan"))

    ours, theirs, inside = relative(names, series)

    ratio = np.maximum(ours / theirs, 0.1)  # a series without cases is forecast without error
    assert ours.sum() / theirs.sum() < 0.70
    assert np.exp(np.log(ratio).mean()) < 0.55
    assert 0.88 < inside < 0.92


def test_simulated_seasons_are_forecast_better_than_the_baseline():
    counts = {str(n): one.tolist() for n, one in enumerate(seasonal(6, 260, 12, 9))}

    ours, theirs, inside = relative(list(counts), counts, origins=4)

    assert (ours < theirs).all()
    assert 0.8 < inside < 0.99


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: forecast(np.zeros((1, 50)), 0), "1 or more"),
        (lambda: forecast(np.zeros((1, 50)), 1, "prophet"), "use one of"),
        (lambda: forecast(-np.ones((1, 50)), 1), "0 or more"),
        (lambda: forecast(np.zeros(50), 1), "shape"),
        (lambda: autoregression(np.zeros((1, 20)), 4), "needs 24"),
        (
            lambda: reconcile(np.array([[NAN]]), *([np.array([[1.0]])] * 3), np.array([0])),
            "none missing",
        ),
        (lambda: reconcile(*([np.array([[1.0]])] * 4), np.array([1])), "does not exist"),
    ],
)
def test_an_argument_out_of_range_is_refused(call, says):
    with pytest.raises(BadInput, match=says):
        call()


def test_threads_change_nothing_and_those_without_a_case_change_nobody():
    counts = np.concatenate([seasonal(3, 150, 6, 3), np.zeros((2, 150)), seasonal(2, 150, 0.1, 5)])

    alone, together = (forecast(counts, 2, workers=n) for n in (1, 2))
    without = forecast(np.delete(counts, [3, 4], axis=0), 2)

    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(np.delete(alone.quantiles, [3, 4], axis=0), without.quantiles)
    assert (alone.quantiles[3:5] == 0).all()


def test_a_level_walked_once_is_the_level_of_each_replay():
    counts = seasonal(2, 90, 4, 7)
    counts[0, 20:30] = NAN

    found = levels(counts, 2, 20.0, untils=[40, 60, 90])

    for fit, until, end in zip(found, (40, 60, 90), (60, 90, 91), strict=True):
        alone = level(counts[:, : end - 1], 2, 20.0, until=until)
        np.testing.assert_allclose(fit.mean, alone.mean)
        np.testing.assert_allclose(fit.size, alone.size)


def test_draws_have_the_quantiles_they_were_drawn_from():
    quantiles = np.array([[0.0] * 12 + list(range(1, 12)), list(range(40, 63))])

    drawn = draws(quantiles, LEVELS, 20_000, np.random.default_rng(2))

    np.testing.assert_allclose(quantiles_of(drawn, LEVELS), quantiles, atol=1)
    assert (drawn >= 0).all()
    assert drawn[1].max() > 62


def test_compiled_scores_and_shares_are_those_of_the_scores():
    rng = np.random.default_rng(6)
    members = np.sort(rng.poisson(6, (3, 2, 5, 23)), axis=3).astype(float)
    came = rng.poisson(6, (3, 5)).astype(float)
    came[1, 2] = NAN

    scored = member_scores(came, members, LEVELS)
    shares = transform_shares(came, np.ascontiguousarray(members[:, 0]), LEVELS)

    for s in range(3):
        known = ~np.isnan(came[s])
        for m in range(2):
            each = scores.wis(came[s, known], members[s, m, known], LEVELS)
            assert scored[s, m] == pytest.approx(each.mean())
        low, high = scores.pit_of_quantiles(came[s, known], members[s, 0, known], LEVELS)
        part = np.clip((LEVELS - low[:, None]) / (high - low)[:, None], 0, 1)
        np.testing.assert_allclose(shares[s], part.sum(axis=0))


def test_moved_levels_are_read_between_the_old_ones():
    quantiles = np.arange(23.0)[None, None] * 10
    below = np.minimum(LEVELS * 1.2, 1.0)[None]

    moved = move_levels(below, LEVELS, quantiles)[0, 0]

    edge, stated = [0.0, *below[0], 1.0], [0.0, *LEVELS, 1.0]
    expected = np.interp(np.interp(LEVELS, edge, stated), LEVELS, quantiles[0, 0])
    np.testing.assert_array_equal(moved, np.maximum.accumulate(np.round(expected)))


def test_more_than_a_year_ahead_an_origin_knows_nothing_that_came_after_it():
    counts = seasonal(1, 60, 6, 9)
    later = counts.copy()
    later[:, 45:] += 50

    rows = [design(Levels(each, known=40), 14, MONTHS)[0][:, :, :45] for each in (counts, later)]

    np.testing.assert_array_equal(rows[0], rows[1])
