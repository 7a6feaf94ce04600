"""The risk map: small numbers do not shout, and what is not sure is said."""

import math

import pytest
from django.utils import translation

from tuyen.web.charts import Risk, ratios, render_risk_map
from tuyen.web.charts.riskmap import byar

RING = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Exact Poisson limits from tables; Byar's approximation is within 0.06 from 1 on.
    [(0, 0.0, 3.69), (1, 0.025, 5.57), (10, 4.80, 18.39), (100, 81.36, 121.63)],
)
def test_the_interval_of_a_count(count, low, high):
    assert byar(count) == pytest.approx((low, high), abs=0.06)


def test_where_little_is_expected_the_ratio_is_drawn_to_the_mean():
    small, large, rest = ratios([2, 200, 98], [0.5, 50.0, 249.5])

    # Both have four times the expected; the small one keeps less of it.
    assert 1 < small.smoothed < large.smoothed < 4
    assert large.sure
    assert rest.high < 1


def test_alike_ratios_stay_alike():
    found = ratios([10, 20, 30], [10.0, 20.0, 30.0])

    assert [ratio.smoothed for ratio in found] == pytest.approx([1, 1, 1])
    assert not any(ratio.sure for ratio in found)


def test_nothing_expected_anywhere_is_nothing_known():
    assert [ratio.high for ratio in ratios([0, 3], [0.0, 0.0])] == [math.inf, math.inf]


def test_the_map_says_cases_expected_and_how_sure():
    picture = render_risk_map(
        [Risk("a", "Xã A", [RING], 40, 10.0), Risk("b", "Xã B", [RING], 5, 35.0),
         Risk("c", "Xã C", [RING], 0, None)],
        title="T",
    )  # fmt: skip

    assert "40 cases, 10.0 expected; surely more" in picture
    assert "5 cases, 35.0 expected; surely fewer" in picture
    assert picture.count("No report") >= 2  # hatched, and in the table
    assert picture.count("<tbody>") == 1
    assert "div-" in picture
