"""The one palette: readable on its page, and told apart by every eye."""

from itertools import combinations, pairwise
from pathlib import Path

import pytest

import tuyen.web
from tests.unit.web.charts.colour import EYES, contrast, distance, lightness
from tuyen.web.palette import ALARM_LEVELS, DARK, LIGHT, ramp, stylesheet

THEMES = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
EVERY_EYE = pytest.mark.parametrize("eye", EYES)


def test_the_style_sheet_is_the_palette():
    committed = Path(tuyen.web.__path__[0]) / "static/tuyen/css/palette.css"

    assert committed.read_text() == stylesheet(), "run python -m tuyen.web.palette > palette.css"


@THEMES
def test_words_in_a_chart_are_readable(palette):
    faint = [c for c in (palette.ink, palette.muted) if contrast(c, palette.surface) < 4.5]

    assert faint == []


@THEMES
def test_marks_stand_out_from_the_page(palette):
    marks = [*palette.categorical, *palette.alarm.values(), palette.no_report]

    assert [c for c in marks if contrast(c, palette.surface) < 3] == []


@THEMES
@EVERY_EYE
def test_neighbouring_classes_differ(palette, eye):
    for name in ("sequential", "diverging"):
        near = [pair for pair in pairwise(getattr(palette, name)) if distance(*pair, eye) < 7]
        assert near == [], f"{name} as seen with {eye}"


@THEMES
@EVERY_EYE
def test_series_and_alarms_differ(palette, eye):
    for colours in (palette.categorical, tuple(palette.alarm.values())):
        near = [pair for pair in combinations(colours, 2) if distance(*pair, eye) < 6.5]
        assert near == [], f"as seen with {eye}"


@THEMES
def test_more_is_always_further_from_the_page(palette):
    steps = [lightness(c) for c in palette.sequential]

    assert steps == sorted(steps, reverse=palette is LIGHT)


@THEMES
def test_every_alarm_level_has_a_colour(palette):
    assert tuple(palette.alarm) == ALARM_LEVELS


@pytest.mark.parametrize(
    ("classes", "steps"), [(1, (4,)), (2, (0, 6)), (3, (0, 3, 6)), (7, (0, 1, 2, 3, 4, 5, 6))]
)
def test_ramp_spreads_over_the_palette(classes, steps):
    assert ramp(classes) == steps
