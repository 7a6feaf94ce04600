import numpy as np
import pytest

from tuyen.engines.surveillance import scores
from tuyen.engines.surveillance.as_of import Reports
from tuyen.engines.surveillance.backtest_forecast import as_reported, quality, replay
from tuyen.engines.surveillance.count_quantiles import nb_quantiles
from tuyen.engines.surveillance.walk import walk_quantiles
from tuyen.kernel.refusal import BadInput

LEVELS = scores.LEVELS
ORIGINS = np.arange(60, 96, 4)


@pytest.fixture(scope="module")
def counts():
    return np.random.default_rng(1).poisson(20, (12, 100)).astype(float)


def right(known, horizon):
    """The law the counts are drawn from."""
    mean = np.full(known.shape[0] * horizon, 20.0)
    flat = nb_quantiles(mean, np.full_like(mean, np.inf), LEVELS)
    return flat.reshape(known.shape[0], horizon, LEVELS.size)


def walk(known, horizon):
    return np.stack([walk_quantiles(one, horizon, LEVELS) for one in known])


def test_the_right_law_beats_the_baseline_and_is_calibrated(counts):
    made = quality(replay(counts, ORIGINS, 4, right), np.zeros(12, int), shares=(0.5, 0.9))

    assert made.forecasts[0] == 12 * 9 * 4
    assert made.relative[0] < 0.8
    assert made.geometric[0] < 0.8
    np.testing.assert_allclose(made.coverage[0], [0.5, 0.9], atol=0.06)
    assert made.histogram[0].sum() == pytest.approx(1)
    assert made.histogram[0].max() < 0.16


def test_the_baseline_is_as_good_as_itself(counts):
    made = quality(replay(counts, ORIGINS, 2, walk), np.arange(12) % 2)

    np.testing.assert_allclose(made.relative, 1)
    np.testing.assert_allclose(made.geometric, 1)


def test_scores_are_those_of_the_scores(counts):
    found = replay(counts, [70], 1, right)

    expected = scores.wis(counts[:, 71], right(counts[:, :71], 1)[:, 0], LEVELS)
    np.testing.assert_allclose(found.wis[:, 0, 0], expected)


def test_a_forecaster_is_given_nothing_that_came_later(counts):
    given = []

    replay(counts, [60, 64], 2, lambda known, h: given.append(known.shape) or right(known, h))

    assert given == [(12, 61), (12, 65)]


def test_with_reports_it_is_given_what_was_known(counts):
    cases = np.zeros((*counts.shape, 3))
    cases[:, :, 2] = counts
    given = []

    replay(counts, [60], 1, lambda known, h: given.append(known) or right(known, h),
           known=as_reported(Reports(cases)))  # fmt: skip

    np.testing.assert_array_equal(given[0][:, :59], counts[:, :59])
    assert (given[0][:, 59:] == 0).all()


def test_what_has_not_come_yet_is_not_scored(counts):
    found = replay(counts, [98], 3, right)

    assert np.isnan(found.wis[:, 0, 1:]).all()
    made = quality(found, np.zeros(12, int), groups=2)
    assert made.forecasts.tolist() == [12, 0]
    assert np.isnan(made.relative[1])


def test_bad_origins_and_shapes_are_refused(counts):
    with pytest.raises(BadInput):
        replay(counts, [100], 1, right)
    with pytest.raises(BadInput):
        replay(counts, [60], 2, lambda known, _h: right(known, 1))
