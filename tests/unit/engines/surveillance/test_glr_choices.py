"""The choices of the likelihood ratio chart: R's answers, and a slow reference for the rest.

``data/glr_r.csv`` holds what ``glrnb`` of R's *surveillance* 1.20.3 answered for the last year of
three simulated series, with the mean of the points before where nothing else is named.
"""

import csv
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuyen.engines.surveillance.charts_reference import glr_one
from tuyen.engines.surveillance.glr import glr
from tuyen.engines.surveillance.glr_mean import Wave
from tuyen.kernel.refusal import BadInput

DATA = Path(__file__).parent / "data"
NAN = float("nan")
CHOICES = {
    "dec_a0.2": {"alpha": 0.2, "direction": "dec"},
    "arl3": {"alpha": 0.1, "limit": 3.0},
    "theta1.3_a0": {"theta": math.exp(1.3)},
    "theta1.2_a0.2": {"alpha": 0.2, "theta": math.exp(1.2)},
    "cases_a0": {"cases": True},
    "cases_a0.2": {"alpha": 0.2, "cases": True, "most": 300},
    "cases_theta_a0": {"theta": math.exp(1.3), "cases": True},
    "cases_theta_a0.2": {"alpha": 0.2, "theta": math.exp(1.3), "cases": True},
    "glm_default": {"mean": Wave(1)},
    "glm_S2t": {"mean": Wave(2, trend=True)},
    "glm_S0": {"mean": Wave(0)},
    "nb_S1": {"mean": Wave(1), "alpha": None},
}


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def series():
    found = {}
    for row in rows(DATA / "farrington_series.csv"):
        found.setdefault(row["series"], []).append(float(row["count"] or "nan"))
    return {name: np.array(counts) for name, counts in found.items()}


@pytest.mark.parametrize("algorithm", CHOICES)
def test_r_gives_the_same_answers(series, algorithm):
    given = [row for row in rows(DATA / "glr_r.csv") if row["algorithm"] == algorithm]
    choice, wrong = CHOICES[algorithm], []
    for name, group in itertools.groupby(given, key=lambda row: row["series"]):
        counts = series[name][None]
        found = glr(counts, counts.shape[1] - 52, **choice)
        bound = found.cases if choice.get("cases") else found.statistic
        for row, ours, rings in zip(group, bound[0], found.alarm[0], strict=True):
            theirs = float(row["upperbound"])
            # R's search for the number of cases gives up where a single count says nothing yet.
            apart = theirs != 1e99 and abs(ours - theirs) > max(1e-6 * abs(theirs), 1e-9)
            if apart or str(int(rings)) != row["alarm"]:
                wrong.append((name, row["t"], float(ours), theirs))

    assert (wrong, len(given)) == ([], 156)


COUNTS = st.lists(
    st.one_of(st.integers(0, 12), st.integers(0, 60), st.just(NAN)), min_size=2, max_size=12
)


@settings(deadline=None, max_examples=25)
@given(
    counts=COUNTS,
    mean=st.sampled_from([0.4, 3.0, 11.0]),
    alpha=st.sampled_from([0.0, 0.2]),
    choice=st.sampled_from([("intercept", "inc"), ("intercept", "dec"), ("epi", "inc")]),
)
def test_every_change_agrees_with_the_reference(counts, mean, alpha, choice):
    change, direction = choice
    usual = mean * (1 + 0.3 * np.sin(np.arange(len(counts))))

    found = glr(
        np.array([counts]), 0, mean=usual[None], alpha=alpha, change=change, direction=direction
    )

    expected = glr_one(counts, usual.tolist(), alpha, 5.0, None, change, direction)
    for place, point in enumerate(expected):
        if found.judged[0, place]:
            assert found.statistic[0, place] == pytest.approx(point.upperbound, rel=1e-5, abs=1e-4)


def test_the_count_that_just_rings_rings_and_one_less_does_not(series):
    counts = series["sim32"][None]
    first = counts.shape[1] - 52
    for direction, step in (("inc", -1), ("dec", 1)):
        found = glr(counts, first, alpha=0.2, direction=direction, cases=True)
        for place in (0, 5, 30):
            bound = found.cases[0, place]
            if not np.isfinite(bound):
                continue
            tried = counts.copy()
            tried[0, first + place] = bound
            at = glr(tried, first, alpha=0.2, direction=direction)
            tried[0, first + place] = bound + step
            beside = glr(tried, first, alpha=0.2, direction=direction)
            assert at.alarm[0, place]
            assert not beside.alarm[0, place]


def test_an_epidemic_that_feeds_on_itself_is_seen_before_its_level_is_high():
    weeks = np.array([[2.0] * 20 + [2, 3, 4, 6, 8, 11]])

    found = glr(weeks, 20, change="epi")

    assert found.statistic[0, -1] > 5
    assert found.alarm[0].any()


def test_fewest_counts_and_longest_look_back_are_kept():
    weeks = np.array([[4.0] * 10 + [9, 9, 9, 4, 4, 4, 4, 4]])

    late = glr(weeks, 10, shortest=3, limit=50)
    near = glr(weeks, 10, longest=2, limit=50)

    assert (late.statistic[0, :2] == 0).all()
    assert late.statistic[0, 2] > 0
    assert (near.statistic[0, 6:] == 0).all()


def test_a_series_without_any_case_before_has_no_mean_and_no_alarm():
    found = glr(np.array([[0.0] * 20 + [9.0]]), 20, mean=Wave(1), alpha=None)

    assert not found.judged.any()
    assert np.isnan(found.statistic).all()


def test_means_that_do_not_fit_are_refused():
    with pytest.raises(BadInput, match="mean has shape"):
        glr(np.ones((2, 10)), 5, mean=np.ones((2, 3)))
    with pytest.raises(BadInput, match="theta looks for a rise"):
        glr(np.ones((2, 10)), 5, theta=1.5, direction="dec")
