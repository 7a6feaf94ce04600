"""The reproduction number: the answers of EpiEstim, and a slow reference on everything else."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance.reproduction import (
    growth,
    reproduction,
    reproduction_uncertain,
    serial_interval,
)
from tuyen.engines.surveillance.reproduction_reference import reproduction_one, serial_interval_one
from tuyen.kernel.refusal import BadInput

COLUMNS = ("mean", "std", "q025", "q05", "q25", "median", "q75", "q95", "q975")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_epiestim_gives_the_same_answers_on_every_series_at_hand(shared_data):
    folder = shared_data / "data" / "surveillance"
    series = {}
    for row in rows(folder / "epiestim_input.csv"):
        series.setdefault(row["dataset"], []).append(float(row["I"]))
    groups = {}
    for row in rows(folder / "epiestim_R.csv"):
        groups.setdefault((row["dataset"], row["variant"]), []).append(row)

    for (dataset, variant), expected in groups.items():
        counts = np.array([series[dataset]])
        one = expected[0]
        mean_si, sd_si = float(one["mean_si"]), float(one["std_si"])
        ours = reproduction(
            counts, serial_interval(mean_si, sd_si, counts.shape[1]), window=int(one["window"]),
            prior_mean=float(one["mean_prior"]), prior_sd=float(one["std_prior"]),
            mean_interval=mean_si,
        )  # fmt: skip

        table = np.column_stack([ours.mean[0], ours.sd[0], ours.quantiles[0]])
        theirs = np.array([[float(row[c] or "nan") for c in COLUMNS] for row in expected])
        assert [int(row["t_end"]) for row in expected] == (ours.last + 1).tolist()
        np.testing.assert_allclose(table, theirs, rtol=1e-9, err_msg=f"{dataset} {variant}")
    assert len(groups) == 28


def test_epiestim_gives_the_same_serial_intervals(shared_data):
    given = rows(shared_data / "data" / "surveillance" / "epiestim_discr_si.csv")

    ours = [
        serial_interval(float(row["mean_si"]), float(row["std_si"]), 61)[int(row["lag"])]
        for row in given
    ]

    np.testing.assert_allclose(ours, [float(row["w"]) for row in given], rtol=1e-6, atol=1e-9)


@given(st.floats(1.2, 20), st.floats(0.5, 8), st.integers(0, 30))
def test_the_serial_interval_agrees_with_numerical_integration(mean, sd, day):
    if ((mean - 1) / sd) ** 2 < 0.2:
        return  # an unbounded density defeats the integrator, not the formula

    ours = serial_interval(mean, sd, day + 1)[day]

    assert ours == pytest.approx(serial_interval_one(mean, sd, day), abs=1e-5)


@given(
    st.lists(st.integers(0, 30), min_size=2, max_size=25),
    st.integers(1, 8),
    st.floats(1.5, 6),
)
def test_agrees_with_the_reference(counts, window, mean):
    weights = serial_interval(mean, 1.5, 12)
    batch = np.array([counts, counts[::-1]], dtype=float)

    ours = reproduction(batch, weights, window=window, prior_mean=2, prior_sd=1, mean_interval=0)

    for n, one in enumerate(batch.tolist()):
        expected = reproduction_one(one, weights.tolist(), window, 2, 1, (0.025, 0.5))
        assert ours.last.tolist() == [w.last for w in expected]
        np.testing.assert_allclose(ours.mean[n], [w.mean for w in expected], rtol=1e-9)
        np.testing.assert_allclose(ours.sd[n], [w.sd for w in expected], rtol=1e-9)
        for w, window_of in enumerate(expected):
            np.testing.assert_allclose(ours.quantiles[n, w, [0, 3]], window_of.quantiles, rtol=1e-7)


def test_a_later_day_never_changes_an_earlier_estimate():
    rng = np.random.default_rng(4)
    counts = rng.poisson(20, (5, 60)).astype(float)
    longer = np.column_stack([counts, rng.poisson(900, (5, 10))])
    weights = serial_interval(4, 2, 70)

    before, after = reproduction(counts, weights), reproduction(longer, weights)

    np.testing.assert_array_equal(before.mean, after.mean[:, : before.mean.shape[1]])


def test_a_missing_day_spoils_the_windows_it_stands_in_and_no_other():
    counts = np.full((1, 30), 20.0)
    counts[0, 15] = np.nan

    mean = reproduction(counts, serial_interval(3, 1, 30), window=3, mean_interval=0).mean[0]

    assert (np.flatnonzero(np.isnan(mean)) + 1 + 2).tolist() == [15, 16, 17]


def test_an_uncertain_serial_interval_widens_the_interval_and_is_repeated_by_its_seed():
    counts = np.round(20 * 1.1 ** np.arange(40))[None, :]
    sure = reproduction(counts, serial_interval(5, 2, 40), mean_interval=5)

    def unsure(seed):
        return reproduction_uncertain(
            counts, si_mean=(5, 1.5), si_sd=(2, 0.5), rng=np.random.default_rng(seed)
        )

    one, again = unsure(1), unsure(1)
    np.testing.assert_array_equal(one.quantiles, again.quantiles)
    width = [np.ptp(part.quantiles[0, -1]) for part in (sure, one)]
    assert width[1] > 2 * width[0]
    assert one.mean[0, -1] == pytest.approx(sure.mean[0, -1], rel=0.1)


def test_growth_finds_the_doubling_time_of_exact_growth():
    counts = 100 * 2.0 ** (np.arange(28) / 5)

    found = growth(np.array([counts, counts[::-1]]), window=14)

    np.testing.assert_allclose(found.doubling[0], 5, rtol=1e-6)
    np.testing.assert_allclose(found.doubling[1], -5, rtol=1e-6)
    assert (found.low <= found.rate).all()
    assert (found.rate <= found.high).all()


def test_the_interval_of_growth_holds_the_truth_nineteen_times_in_twenty():
    rng = np.random.default_rng(8)
    counts = rng.poisson(30 * np.exp(0.05 * np.arange(14)), (2_000, 14)).astype(float)

    found = growth(counts, window=14)

    inside = ((found.low <= 0.05) & (found.high >= 0.05)).mean()
    assert 0.94 < inside < 0.985


def test_growth_says_nothing_where_there_is_nothing_to_say():
    counts = np.zeros((3, 14))
    counts[1, -1] = 9
    counts[2, 3] = np.nan

    assert np.isnan(growth(counts).rate).all()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: serial_interval(1.0, 1.0, 5), "more than 1 day"),
        (lambda: serial_interval(3.0, 0.0, 5), "more than 0 days"),
        (lambda: reproduction(np.zeros((1, 9)), np.ones(3), window=0), "at least 1"),
        (lambda: reproduction(-np.ones((1, 9)), np.ones(3)), "0 or more"),
        (lambda: reproduction(np.zeros(9), np.ones(3)), "1 dimensions"),
        (lambda: reproduction(np.zeros((1, 9)), np.ones(3), prior_sd=0), "above 0"),
        (lambda: growth(np.zeros((1, 9)), window=2), "at least 3"),
    ],
)
def test_an_argument_out_of_range_is_refused(call, says):
    with pytest.raises(BadInput, match=says):
        call()
