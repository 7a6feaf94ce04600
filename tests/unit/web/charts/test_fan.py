"""What is known, what is to come and how sure that is: told by shape and words, not by colour."""

import re

import pytest
from django.utils import translation

from tuyen.web import charts


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


SPREAD = charts.Spread(2, 4, 5, 7, 11)
STEPS = [
    charts.Step("W40", 4),
    charts.Step("W41", 0),
    charts.Step("W42", 3, SPREAD),
    charts.Step("W43", None, SPREAD),
    charts.Step("W44", None, charts.Spread(1, 4, 6, 9, 15)),
]


def test_each_kind_of_knowledge_has_a_shape_of_its_own():
    picture = charts.render_fan(STEPS, title="Outlook")

    assert picture.count('class="bar"') == 2
    assert 'class="zero"' in picture
    assert re.search(r'fill="url\(#c\w+-h\)" class="to-come"', picture), "hatched"
    assert picture.count('class="whisker"') == 2, "the bar's, and that of the key"
    for shape in ("fan-wide", "fan-half", "fan-middle"):
        assert f'class="{shape}"' in picture


def test_the_table_holds_what_the_picture_shows():
    table = charts.render_fan(STEPS, title="Outlook").split("<tbody>")[1]
    rows = [re.findall(r">([^<>]+)<", row) for row in table.split("</tr>")]

    assert rows[0] == ["W40", "4", "–", "–", "–"]
    assert rows[2] == ["W42", "3", "5", "4–7", "2–11"]
    assert rows[3] == ["W43", "to come", "5", "4–7", "2–11"]


def test_the_sentence_for_those_who_do_not_see_it():
    said = charts.render_fan(STEPS, title="Outlook").split("<desc")[1]

    assert "3 cases reported in the last period" in said
    assert "about 5, 6 cases" in said


@pytest.mark.parametrize("steps", [[], [charts.Step("W1", None, SPREAD)], [charts.Step("W1", 0)]])
def test_little_is_drawn_as_little(steps):
    picture = charts.render_fan(steps, title="Outlook")

    assert picture.startswith("<figure")
    assert "NaN" not in picture


def test_a_rate_breaks_where_too_little_is_known():
    points = [
        charts.Rate("1/10", 1.4, 1.1, 1.8), charts.Rate("2/10", 1.3, 1.0, 1.7),
        charts.Rate("3/10", None), charts.Rate("4/10", 0.9, 0.6, 1.2),
        charts.Rate("5/10", 0.8, 0.5, 1.1),
    ]  # fmt: skip
    picture = charts.render_rate(points, title="Growth", unit="R", even_words="even")

    assert picture.count('class="band"') == 2
    assert picture.count('class="expected"') == 2, "the level of one, and that of the key"
    line = re.search(r'd="(M[^"]+)" class="line"', picture)[1]
    assert line.count("M") == 2
    assert "R: 0.80 (0.50 to 1.10) at 5/10." in picture


def test_a_rate_that_nobody_can_tell_says_so():
    picture = charts.render_rate([charts.Rate("1/10", None)], title="Growth")

    assert "Too few cases to say." in picture
