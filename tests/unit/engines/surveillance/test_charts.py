"""CUSUM, GLR, RKI and Bayes: R's answers, and a slow reference on everything else.

``data/charts_r.csv`` holds what R's *surveillance* 1.20.3 answered for the simulated series of
``farrington_series.csv``.
"""

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.surveillance.charts_reference import bayes_one, cusum_one, glr_one, rki_one
from tuyen.engines.surveillance.cusum import cusum
from tuyen.engines.surveillance.glr import glr
from tuyen.engines.surveillance.same_weeks import bayes, first_point, rki
from tuyen.kernel.refusal import BadInput

DATA = Path(__file__).parent / "data"
NAN = float("nan")


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return float(text) if text else NAN


def answers(algorithm, counts, first, last, frequency):
    """Upper bounds and alarms from ``first`` to ``last``, with the settings of the file."""
    outside = np.array([np.nanmean(counts[0, :-52])])
    if algorithm.startswith("cusum"):
        seasonal = algorithm.endswith("mglm")
        found = cusum(
            counts, first, last, mean="glm" if seasonal else "constant", frequency=frequency,
            scale="rossi" if "rossi" in algorithm else "standard", mode="r_compat",
        )  # fmt: skip
        return found.upperbound[0], found.alarm[0]
    if algorithm.startswith("glr"):
        theta = 1.2 if algorithm.startswith("glrpois") else None
        alpha = 0.2 if "a0.2" in algorithm else 0.0
        found = glr(counts, first, last, mean=outside, alpha=alpha, theta=theta)
        return found.statistic[0], found.alarm[0]
    if algorithm.startswith("rki"):
        found = rki(counts, b=2, w=4, frequency=frequency)
    else:
        found = bayes(counts, b=3, w=3, own_year=False, alpha=0.01, frequency=frequency)
    return found.upperbound[0, first : last + 1], found.alarm[0, first : last + 1]


def differences(table, series, frequency):
    wrong, compared = [], 0
    key = lambda row: (row["series"], row["algorithm"])  # noqa: E731  # a key, used twice
    for (one, algorithm), group in itertools.groupby(sorted(table, key=key), key=key):
        group = sorted(group, key=lambda row: int(row["t"]))
        first, last = int(group[0]["t"]) - 1, int(group[-1]["t"]) - 1
        bound, alarm = answers(algorithm, series[one][None], first, last, frequency[one])
        for row, mine, rings in zip(group, bound, alarm, strict=True):
            compared += 1
            theirs = number(row["upperbound"])
            if (
                abs(mine - theirs) > max(1e-6 * abs(theirs), 1e-9)
                or str(int(rings)) != row["alarm"]
            ):
                wrong.append((one, algorithm, row["t"], float(mine), theirs))
    return wrong, compared


def series_of(table, name, count):
    series = {}
    for row in table:
        series.setdefault(row[name], []).append(number(row[count]))
    return {one: np.array(values) for one, values in series.items()}


def test_r_gives_the_same_answers_on_simulated_series():
    table = rows(DATA / "farrington_series.csv")
    frequency = {row["series"]: int(row["frequency"]) for row in table}

    wrong, compared = differences(
        rows(DATA / "charts_r.csv"), series_of(table, "series", "count"), frequency
    )

    assert (wrong, compared) == ([], 1092)


def test_r_gives_the_same_answers_on_every_series_at_hand(shared_data):
    folder = shared_data / "data" / "surveillance"
    frequency = {row["series_id"]: int(row["freq"]) for row in rows(folder / "series_meta.csv")}
    table = [row | {"series": row["series_id"]} for row in rows(folder / "other_detectors.csv")]

    wrong, compared = differences(
        table, series_of(rows(folder / "series.csv"), "series_id", "observed"), frequency
    )

    assert (wrong, compared) == ([], 13_728)


def agree(bound, alarm, judged, expected):
    for place, point in enumerate(expected):
        rings = bool(alarm[place]) if judged[place] else None
        assert rings == point.alarm, place
        np.testing.assert_allclose(bound[place], point.upperbound, rtol=1e-6, atol=1e-6)


COUNTS = st.lists(
    st.one_of(st.integers(0, 12), st.integers(0, 60), st.just(NAN)), min_size=4, max_size=25
)


@settings(deadline=None)
@given(
    series=COUNTS,
    mean=st.sampled_from([0.4, 3.0, 11.0]),
    k=st.sampled_from([0.5, 1.04]),
    h=st.sampled_from([2.26, 5.0]),
    scale=st.sampled_from(["standard", "rossi"]),
)
def test_cusum_agrees_with_the_reference(series, mean, k, h, scale):
    found = cusum(np.array([series]), 0, mean=mean, k=k, h=h, scale=scale)

    expected = cusum_one(series, [mean] * len(series), k, h, scale)
    agree(found.upperbound[0], found.alarm[0], found.judged[0], expected)


@settings(deadline=None, max_examples=40)
@given(
    series=COUNTS,
    mean=st.sampled_from([0.4, 3.0, 11.0]),
    alpha=st.sampled_from([0.0, 0.2]),
    theta=st.sampled_from([None, 1.5]),
)
def test_glr_agrees_with_the_reference(series, mean, alpha, theta):
    found = glr(np.array([series]), 0, mean=np.array([mean]), alpha=alpha, theta=theta)

    expected = glr_one(series, [mean] * len(series), alpha, 5.0, theta)
    agree(found.statistic[0], found.alarm[0], found.judged[0], expected)


@settings(deadline=None)
@given(
    series=st.lists(st.one_of(st.integers(0, 60), st.just(NAN)), min_size=30, max_size=60),
    b=st.integers(0, 3),
    w=st.integers(1, 3),
    own_year=st.booleans(),
)
def test_rki_and_bayes_agree_with_the_reference(series, b, w, own_year):
    own_year = own_year or b == 0
    counts = np.array([series])

    german = rki(counts, b=b, w=w, own_year=own_year, frequency=12)
    bayesian = bayes(counts, b=b, w=w, own_year=own_year, alpha=0.01, frequency=12)

    every = range(len(series))
    agree(german.upperbound[0], german.alarm[0], german.judged[0],
          [rki_one(series, t, b, w, own_year, 12) for t in every])  # fmt: skip
    agree(bayesian.upperbound[0], bayesian.alarm[0], bayesian.judged[0],
          [bayes_one(series, t, b, w, own_year, 12, 0.01) for t in every])  # fmt: skip
    assert not german.judged[0, : first_point(b, w, own_year, 12)].any()


def test_a_bound_below_nothing_is_nothing():
    """R squares a negative root there: a bound of 0.36 where any count raises the alarm."""
    counts = np.array([[4.0] * 10 + [30.0, 3.0]])

    ours = cusum(counts, 10)
    theirs = cusum(counts, 10, mode="r_compat")

    assert ours.upperbound[0, 1] == 0
    assert ours.alarm.tolist() == theirs.alarm.tolist() == [[True, True]]


def test_a_missing_count_leaves_the_sum_as_it_is():
    counts = np.array([[4.0] * 10 + [9.0, NAN, 9.0], [4.0] * 10 + [9.0, 9.0, 9.0]])

    found = cusum(counts, 10)

    assert found.judged[0].tolist() == [True, False, True]
    assert found.sum[0, 2] == pytest.approx(found.sum[1, 1])


def test_a_series_without_a_case_before_is_not_judged():
    counts = np.array([[0.0] * 10 + [3.0], [NAN] * 10 + [3.0]])

    for found in (cusum(counts, 10), cusum(counts, 10, mean="glm"), glr(counts, 10)):
        assert not found.judged.any()
        assert not found.alarm.any()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda c: cusum(c, 0), "first is 0"),
        (lambda c: cusum(c, 99), "first is 99"),
        (lambda c: cusum(c, 3, h=0), "h is 0"),
        (lambda c: cusum(c, 3, mean=-1.0), "mean is -1.0"),
        (lambda c: cusum(c, 3, scale="x"), "scale is 'x'"),
        (lambda c: glr(c, 3, alpha=-1), "alpha is -1"),
        (lambda c: glr(c, 3, theta=0.5), "theta is 0.5"),
        (lambda c: glr(c, 3, shortest=0), "shortest is 0"),
        (lambda c: rki(c, b=0), "no count is left"),
        (lambda c: bayes(c, alpha=0), "alpha is 0"),
        (lambda c: rki(c[0]), "1 dimensions"),
    ],
)
def test_an_argument_out_of_its_range_is_named(call, says):
    with pytest.raises(BadInput, match=says):
        call(np.ones((1, 10)))
