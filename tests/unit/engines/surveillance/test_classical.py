"""Exponential smoothing and ARIMA: the library's own levels, counts, and nothing of the future."""

import numpy as np
import pytest
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from tuyen.engines.surveillance.autoregression import MONTHS, WEEKS
from tuyen.engines.surveillance.classical import _arima, _smoothed, classical
from tuyen.engines.surveillance.forecasting import forecast
from tuyen.kernel.refusal import BadInput

NAN = float("nan")


@pytest.fixture(scope="module")
def walking():
    """Counts whose level walks, a year and a half of weeks."""
    rng = np.random.default_rng(4)
    return rng.poisson(np.exp(2 + np.cumsum(rng.normal(0, 0.12, (2, 80)), axis=1))).astype(float)


@pytest.mark.filterwarnings("ignore")
def test_levels_ahead_are_those_that_the_library_forecasts(walking):
    y = np.log1p(walking[0])
    smooth = {"error": "add", "seasonal": None, "trend": "add", "damped_trend": True}
    ets = ETSModel(y, **smooth).fit(disp=False)
    arima = ARIMA(y, order=(1, 0, 1), trend="c").fit(method="innovations_mle", cov_type="none")

    np.testing.assert_allclose(_smoothed(y, 4, 80, True).ahead[-1], ets.forecast(4), rtol=1e-6)
    np.testing.assert_allclose(_arima(y, 4, 80, (1, 0, 1)).ahead[-1], arima.forecast(4), rtol=1e-6)


@pytest.mark.parametrize("kind", ["ets", "arima"])
def test_an_origin_saw_only_what_was_known(walking, kind):
    walking = walking[:1]
    spoilt = walking.copy()
    spoilt[:, 70:] = 900

    one, other = (classical(c, 2, kind, WEEKS, untils=[60])[0].mean for c in (walking, spoilt))

    np.testing.assert_array_equal(one[:, :11], other[:, :11])  # origins 60 ... 70
    assert (one[:, 11:] != other[:, 11:]).all()


@pytest.mark.parametrize("kind", ["ets", "arima"])
def test_counts_with_gaps_are_whole_and_never_negative(walking, kind):
    counts = np.where(np.arange(80) % 9 == 2, NAN, walking[:1])

    found = forecast(counts, 3, kind)

    assert (found.quantiles >= 0).all()
    assert (found.quantiles == np.round(found.quantiles)).all()
    assert (np.diff(found.quantiles, axis=2) >= 0).all()
    assert np.nanmin(counts[0, -8:]) / 3 < found.mean.min() < np.nanmax(counts[0, -8:]) * 3


def test_a_series_that_never_moved_goes_on():
    found = classical(np.full((1, 40), 7.0), 2, "ets", MONTHS, untils=[40])[0]

    np.testing.assert_allclose(found.mean, 7.0, rtol=1e-6)


def test_a_member_that_was_worse_does_not_drag_the_ensemble_down():
    rng = np.random.default_rng(6)
    flat = rng.poisson(rng.gamma(4, 3, (1, 90))).astype(float)

    found = forecast(flat, 2, members=("level", "ets", "baseline"))

    assert found.weights.shape == (1, 3)
    assert found.weights.sum() == pytest.approx(1)
    assert found.weights[0, 2] < 0.05 < found.weights[0, 0]


def test_too_few_periods_are_refused():
    with pytest.raises(BadInput, match="needs 30"):
        classical(np.ones((1, 20)), 2, "arima", WEEKS, untils=[20])
