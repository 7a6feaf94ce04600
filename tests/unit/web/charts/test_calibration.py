"""Plots of calibration: what chance allows is drawn, and what is off is marked by shape."""

import re

import pytest
from django.utils import translation

from tuyen.web.charts import Covered, render_coverage, render_pit
from tuyen.web.charts.calibration import expected_range


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("share", "of", "low", "high"),
    [(0.5, 100, 0.402, 0.598), (0.9, 240, 0.862, 0.938), (0.95, 4, 0.736, 1.0), (0.5, 0, 0.0, 1.0)],
)
def test_what_chance_allows_is_the_binomial_range(share, of, low, high):
    assert expected_range(share, of) == pytest.approx((low, high), abs=5e-4)


def test_a_histogram_has_a_bar_for_each_part_and_its_numbers_in_a_table():
    picture = render_pit([10, 20, 30, 40], title="T")

    assert picture.count('class="cell cat-0"') == 4
    assert picture.count('class="band"') == 1
    # Part, observed, and 25 in each if calibrated.
    cells = re.findall(r'<th scope="row">(.*?)</th><td class="number">(.*?)</td>', picture)
    assert [observed for _, observed in cells] == ["10", "20", "30", "40"]
    assert picture.count('<td class="number">25</td>') == 4


def test_bars_are_as_high_as_their_counts():
    picture = render_pit([10, 20], title="T")

    heights = [
        float(h) for h in re.findall(r'd="M[\d. ]+h[\d.]+v([\d.]+)h[^"]*" class="cell', picture)
    ]
    assert heights[1] == pytest.approx(2 * heights[0], rel=0.01)


def test_coverage_further_off_than_chance_allows_has_another_shape():
    held = render_coverage([Covered(0.5, 50, 100), Covered(0.9, 70, 100)], title="T")

    inside = held.partition("<ul")[0]
    assert inside.count('class="symbol"') == 1
    assert inside.count('class="cell cat-1"') == 1
    assert "2 intervals; 1 of them further off" in held


def test_an_interval_without_observations_is_not_drawn_and_is_told():
    held = render_coverage([Covered(0.5, 0, 0)], title="T")

    assert 'class="symbol"' not in held.partition("<ul")[0]
    assert "No report" in held


def test_words_are_escaped():
    assert "<b>" not in render_pit([1], title="<b>")
    assert "<b>" not in render_coverage([], title="<b>")
