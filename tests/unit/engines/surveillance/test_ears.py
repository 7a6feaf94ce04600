"""EARS: the answers of R on simulated series, and a slow reference on everything else.

``data/ears_simulated.csv`` holds series simulated for this project (negative binomial, with trend,
season and injected outbreaks) and what ``earsC`` of R's *surveillance* 1.20.3 answered for them.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuyen.engines.surveillance.ears import ALPHA, ears, first_point
from tuyen.engines.surveillance.ears_reference import ears_one
from tuyen.kernel.refusal import BadInput

SIMULATED = Path(__file__).parent / "data" / "ears_simulated.csv"
SETTINGS = [
    ("C1", 7, 0.0, 0.001),
    ("C2", 7, 0.0, 0.001),
    ("C3", 7, 0.0, 0.025),
    ("C1", 4, 0.5, 0.01),
    ("C2", 5, 0.5, 0.01),
    ("C3", 5, 0.5, 0.01),
]
NAN = float("nan")


def number(text: str) -> float:
    return float(text) if text else NAN


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@pytest.mark.parametrize(("method", "baseline", "min_sigma", "alpha"), SETTINGS)
def test_r_gives_the_same_answers_on_simulated_series(method, baseline, min_sigma, alpha):
    name = f"{method}_{baseline}_{min_sigma:g}_{alpha:g}"
    series: dict[str, list[dict[str, str]]] = {}
    for row in rows(SIMULATED):
        series.setdefault(row["series"], []).append(row)
    counts = np.array([[number(row["count"]) for row in one] for one in series.values()])
    bound = np.array([[number(r[f"{name}_upperbound"]) for r in one] for one in series.values()])
    alarm = np.array([[r[f"{name}_alarm"] for r in one] for one in series.values()])

    ours = ears(counts, method, baseline=baseline, min_sigma=min_sigma, alpha=alpha)

    scanned = np.arange(counts.shape[1]) >= 13  # the file holds 13 points before R's first answer
    said = np.where(ours.judged, ours.alarm.astype(int).astype(str), "")
    np.testing.assert_array_equal(said[:, scanned], alarm[:, scanned])
    np.testing.assert_allclose(
        ours.upperbound[:, scanned], bound[:, scanned], rtol=1e-6, atol=1e-9, equal_nan=True
    )


def test_r_gives_the_same_answers_on_every_series_at_hand(shared_data):
    folder = shared_data / "data" / "surveillance"
    series: dict[str, list[float]] = {}
    for row in rows(folder / "series.csv"):
        series.setdefault(row["series_id"], []).append(number(row["observed"]))
    answers, wrong, judged = {}, [], 0

    for row in rows(folder / "ears.csv"):
        key = (row["series_id"], row["method"], row["baseline"], row["min_sigma"], row["alpha"])
        if key not in answers:
            answers[key] = ears(
                np.array([series[key[0]]]),
                row["method"],
                baseline=int(row["baseline"]),
                min_sigma=float(row["min_sigma"]),
                alpha=float(row["alpha"]),
            )
        ours, t = answers[key], int(row["t"]) - 1
        alarm = str(int(ours.alarm[0, t])) if ours.judged[0, t] else ""
        bound = number(row["upperbound"])
        same = np.isclose(ours.upperbound[0, t], bound, rtol=1e-6, atol=1e-9, equal_nan=True)
        judged += 1
        if alarm != row["alarm"] or not same:
            wrong.append((*key, row["t"]))

    assert (judged, wrong) == (18_432, [])


counts_of_series = st.lists(
    st.one_of(st.integers(0, 3), st.integers(0, 10_000), st.just(NAN)), min_size=0, max_size=40
)


@given(
    series=counts_of_series,
    method=st.sampled_from(["C1", "C2", "C3"]),
    baseline=st.integers(3, 9),
    min_sigma=st.sampled_from([0.0, 0.5, 2.0]),
    alpha=st.sampled_from([0.001, 0.025, 0.2]),
)
def test_agrees_with_the_reference(series, method, baseline, min_sigma, alpha):
    counts = np.array([series, series[::-1]], dtype=float).reshape(2, len(series))

    ours = ears(counts, method, baseline=baseline, min_sigma=min_sigma, alpha=alpha)

    for n, one in enumerate(counts.tolist()):
        points = ears_one(one, method, baseline, min_sigma, alpha)
        alarm = [bool(a) if j else None for a, j in zip(ours.alarm[n], ours.judged[n], strict=True)]
        assert alarm == [point.alarm for point in points]
        for column, name in ((ours.expected, "expected"), (ours.upperbound, "upperbound")):
            expected = [getattr(point, name) for point in points]
            np.testing.assert_allclose(column[n], expected, rtol=1e-9, atol=1e-9, equal_nan=True)


# From 1 up: R's bound of C3 is never below 0, so that a count of 0 alone cannot exceed it.
@given(st.lists(st.integers(1, 500), min_size=12, max_size=30), st.integers(1, 1_000))
def test_raising_every_count_by_the_same_number_changes_no_alarm(series, more):
    counts = np.array([series], dtype=float)

    for method in ("C1", "C2", "C3"):
        np.testing.assert_array_equal(
            ears(counts, method).alarm, ears(counts + more, method).alarm, err_msg=method
        )


@pytest.mark.parametrize(("method", "first"), [("C1", 7), ("C2", 9), ("C3", 11)])
def test_the_first_point_is_that_of_r(method, first):
    noisy = np.array([[1.0, 2, 4, 3, 5, 2, 1, 3, 2, 4, 6, 1, 2, 3]])

    judged = ears(noisy, method).judged[0]

    assert first_point(method) == first == int(np.argmax(judged))


def test_a_missing_value_silences_the_points_that_need_it_and_no_other():
    counts = np.arange(20.0)[None, :] % 5
    counts[0, 10] = NAN

    judged = ears(counts, "C1", baseline=3).judged[0]

    assert np.flatnonzero(~judged).tolist() == [0, 1, 2, 10, 11, 12, 13]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"method": "C4"}, "use C1, C2 or C3"),
        ({"baseline": 2}, "at least 3"),
        ({"min_sigma": -1}, "0 or more"),
        ({"min_sigma": NAN}, "0 or more"),
        ({"alpha": 0}, "between 0 and 1"),
        ({"alpha": 1.0}, "between 0 and 1"),
    ],
)
def test_an_argument_out_of_range_is_refused(arguments, says):
    with pytest.raises(BadInput, match=says):
        ears(np.zeros((1, 20)), **arguments)


def test_one_series_without_its_axis_is_refused():
    with pytest.raises(BadInput, match="1 dimensions"):
        ears(np.zeros(20))


def test_the_default_risks_are_those_of_r():
    assert ALPHA == {"C1": 0.001, "C2": 0.001, "C3": 0.025}
