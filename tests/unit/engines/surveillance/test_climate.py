"""Forecasts from the weather: it is learnt where it is there, and never known before it came."""

import numpy as np
import pytest

from tuyen.engines.surveillance.autoregression import WEEKS, autoregressions
from tuyen.engines.surveillance.climate import climate, departures, lags
from tuyen.engines.surveillance.forecasting import forecast
from tuyen.kernel.refusal import BadInput


def wet(series=6, weeks=312, lag=6, seed=1):
    """Rain that departs from its season for weeks at a time, and counts that follow ``lag`` later."""
    rng = np.random.default_rng(seed)
    t = np.arange(weeks)
    away = np.zeros((series, weeks))
    for now in range(1, weeks):
        away[:, now] = 0.8 * away[:, now - 1] + rng.normal(0, 0.6, series)
    rain = 50 + 40 * np.sin(2 * np.pi * t / 52.18) + 30 * away
    effect = np.concatenate([np.zeros((series, lag)), away[:, :-lag]], axis=1)
    mean = 20 * np.exp(0.5 * np.sin(2 * np.pi * (t - 8) / 52.18) + 0.7 * effect)
    return rng.poisson(rng.gamma(20, mean / 20)).astype(float), rain[:, :, None]


def error(found, counts, until, h):
    """Mean absolute error of the logarithm, h periods ahead, over the origins after ``until``."""
    came = counts[:, until + h - 1 :]
    said = found.mean[:, : came.shape[1], h - 1]
    return np.abs(np.log(said + 1) - np.log(came + 1)).mean()


def test_weather_of_weeks_ago_says_more_than_the_counts_alone():
    counts, rain = wet()

    alone = autoregressions(counts, 4, WEEKS, untils=[240])[0]
    found = climate(counts, rain, 4, WEEKS, untils=[240])[0]

    assert error(found, counts, 240, 4) < 0.85 * error(alone, counts, 240, 4)


def test_weather_that_means_nothing_costs_next_to_nothing():
    counts, rain = wet(seed=3)
    noise = np.random.default_rng(5).normal(0, 1, rain.shape)

    alone = autoregressions(counts, 4, WEEKS, untils=[240])[0]
    found = climate(counts, noise, 4, WEEKS, untils=[240])[0]

    assert error(found, counts, 240, 4) < 1.03 * error(alone, counts, 240, 4)


@pytest.mark.parametrize("future", [False, True])
def test_weather_after_an_origin_changes_nothing_said_there(future):
    counts, rain = wet(series=2, weeks=200)
    spoilt = rain.copy()
    spoilt[:, 180:] = 1e6
    ahead = np.full((2, 4, 1), 50.0) if future else None

    one, other = (
        climate(counts, part, 4, untils=[150], future=ahead)[0].mean for part in (rain, spoilt)
    )

    np.testing.assert_array_equal(one[:, :31], other[:, :31])  # origins 150 ... 180
    assert (one[:, 31:] != other[:, 31:]).any()


def test_a_forecast_of_the_weather_moves_the_last_origin_only():
    counts, rain = wet(series=2, weeks=200, lag=1)
    dry, flood = np.full((2, 4, 1), 0.0), np.full((2, 4, 1), 200.0)

    one, other = (
        climate(counts, rain, 4, untils=[150], future=part)[0].mean for part in (dry, flood)
    )

    np.testing.assert_array_equal(one[:, :-1], other[:, :-1])
    assert (one[:, -1, 3] != other[:, -1, 3]).all()


def test_missing_weather_is_taken_as_usual_and_a_constant_tells_nothing():
    rain = wet(series=1, weeks=160)[1]
    rain[0, 40:44] = np.nan

    found = departures(np.concatenate([rain, np.full((1, 160, 1), 7.0)], axis=2), 160, 52.18)

    assert (found[0, 40:44, 0] == 0).all()
    assert (found[..., 1] == 0).all()
    assert found[0, :, 0].std() == pytest.approx(1, abs=0.05)
    assert lags(WEEKS) == 16


def test_the_ensemble_takes_the_climate_in_and_weighs_it_by_its_past():
    counts, rain = wet()
    noise = np.random.default_rng(5).normal(0, 1, rain.shape)

    useful = forecast(counts, 4, weather=rain)
    useless = forecast(counts, 4, weather=noise)

    assert useful.weights.shape == (6, 5)
    assert useful.weights[:, 4].mean() > 0.4 > useless.weights[:, 4].mean()


def test_shapes_that_do_not_match_are_refused():
    counts, rain = wet(series=2, weeks=100)

    with pytest.raises(BadInput, match="weather has shape"):
        climate(counts, rain[:1], 2, untils=[90])
    with pytest.raises(BadInput, match="future has shape"):
        climate(counts, rain, 2, untils=[90], future=np.zeros((2, 3, 1)))
    with pytest.raises(BadInput, match="needs weather"):
        forecast(counts, 2, "climate")
