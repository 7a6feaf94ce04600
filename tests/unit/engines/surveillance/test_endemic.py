"""The endemic-epidemic model: the fit and the one-step-ahead forecasts of R's hhh4."""

import csv

import numpy as np
import pytest

from tuyen.engines.surveillance import scores
from tuyen.engines.surveillance.endemic import (
    Areas,
    Endemic,
    endemic_forecast,
    expected,
    fit_endemic,
)
from tuyen.kernel.refusal import BadInput


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def areas(shared_data):
    folder = shared_data / "data" / "surveillance"
    given = rows(folder / "hhh4_input.csv")
    units = list(dict.fromkeys(row["unit"] for row in given))
    at = {unit: n for n, unit in enumerate(units)}
    counts = np.zeros((max(int(row["t"]) for row in given), len(units)))
    share = np.zeros(len(units))
    for row in given:
        counts[int(row["t"]) - 1, at[row["unit"]]] = float(row["observed"])
        share[at[row["unit"]]] = float(row["pop_fraction"])
    weights = np.zeros((len(units), len(units)))
    for row in rows(folder / "hhh4_neighbours.csv"):
        weights[at[row["from"]], at[row["to"]]] = 1
    return Areas(counts, share, weights), at, folder


def test_r_gives_the_same_coefficients(areas):
    model, _, folder = areas
    given = rows(folder / "hhh4_coef.csv")

    fitted = fit_endemic(model)

    np.testing.assert_allclose(
        fitted.coefficients, [float(row["value"]) for row in given], rtol=1e-6, atol=1e-7
    )
    np.testing.assert_allclose(fitted.errors, [float(row["se"]) for row in given], rtol=1e-6)
    assert fitted.likelihood == pytest.approx(float(given[0]["loglik"]), rel=1e-9)


def test_r_forecasts_the_same_one_step_ahead(areas):
    model, at, folder = areas
    given = rows(folder / "hhh4_onestepahead.csv")
    fitted = None

    for t in sorted({int(row["t"]) for row in given}):
        start = None if fitted is None else fitted.coefficients
        fitted = fit_endemic(model, until=t - 1, start=start)
        mean, size = expected(model, fitted, t - 1), 1 / fitted.coefficients[6]
        for row in (row for row in given if int(row["t"]) == t):
            n = at[row["unit"]]
            y = float(row["observed"])
            assert mean[n] == pytest.approx(float(row["pred_mean"]), rel=1e-6)
            assert np.log(size) == pytest.approx(float(row["overdisp"]), rel=1e-6)
            variance = mean[n] + mean[n] ** 2 / size
            given_scores = {
                "logs": scores.nb_log_score(y, mean[n], size),
                "rps": scores.nb_crps(np.array([y]), mean[[n]], size)[0],  # the same sum of squares
                "dss": (y - mean[n]) ** 2 / variance + np.log(variance),
                "ses": (y - mean[n]) ** 2,
            }
            for name, ours in given_scores.items():
                assert ours == pytest.approx(float(row[name]), rel=1e-6, abs=1e-9), (name, t, n)


def test_the_parts_that_made_the_counts_are_found_again():
    rng = np.random.default_rng(3)
    share, weights = np.full(8, 1 / 8), np.eye(8, k=1) + np.eye(8, k=-1)
    counts = np.zeros((400, 8))
    for t in range(1, 400):
        endemic = share * np.exp(3 + 0.8 * np.sin(2 * np.pi * t / 52))
        mean = 0.4 * counts[t - 1] + 0.05 * (counts[t - 1] @ weights) + endemic
        counts[t] = rng.poisson(rng.gamma(5, mean / 5))

    fitted = fit_endemic(Areas(counts, share, weights))

    truth = np.array([np.log(0.4), np.log(0.05), 3, 0, 0.8, 0, 0.2])
    assert (np.abs(fitted.coefficients - truth) < 4 * fitted.errors).all()


def test_moments_carried_forward_are_those_of_simulated_futures():
    share, weights = np.array([0.5, 0.3, 0.2]), np.eye(3, k=1) + np.eye(3, k=-1)
    areas = Areas(np.full((30, 3), 4.0), share, weights)
    fitted = Endemic(np.array([-0.8, -2.5, 2.0, 0.0, 0.5, 0.2, 0.3]), np.zeros(7), 0.0)
    rng, draws = np.random.default_rng(4), 60_000
    count = np.full((draws, 3), 4.0)

    mean, size = endemic_forecast(areas, fitted, 3)

    for h in range(3):
        turn = 2 * np.pi * (30 + h) / 52
        season = share * np.exp(2 + 0.5 * np.sin(turn) + 0.2 * np.cos(turn))
        usual = np.exp(-0.8) * count + np.exp(-2.5) * count @ weights + season
        count = rng.poisson(rng.gamma(1 / 0.3, usual * 0.3)).astype(float)
        np.testing.assert_allclose(mean[:, h], count.mean(axis=0), rtol=0.02)
        variance = mean[:, h] + mean[:, h] ** 2 / size[:, h]
        np.testing.assert_allclose(variance, count.var(axis=0), rtol=0.05)


def test_areas_that_do_not_fit_together_are_refused():
    with pytest.raises(BadInput, match="2 areas need 2 shares"):
        fit_endemic(Areas(np.ones((30, 2)), np.ones(3), np.eye(2)))
    with pytest.raises(BadInput, match="20 periods"):
        fit_endemic(Areas(np.ones((5, 2)), np.ones(2), np.eye(2)))
