"""The funnel plot and the curves by age: a shape for each verdict, a table for each picture."""

import pytest
from django.utils import translation

from tuyen.web.charts import Lines, Reach, Spot, render_curve, render_funnel_plot, verdict_word


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


FLAT = Lines((1, 100), (0.5, 0.5), (1.0, 1.0))


def spot(label, verdict, size=40, share=0.6):
    return Spot(label, size, share, 0.7, 1.0, verdict, "", f"/{label}")


def plotted(*spots, **rest):
    rest = {
        "title": "Coverage",
        "middle": 0.9,
        "near": FLAT,
        "wide": FLAT,
        "across": "Children",
    } | rest
    return render_funnel_plot(list(spots), **rest)


@pytest.mark.parametrize(
    ("verdict", "shape"),
    [("short", "mark-alert"), ("watch", "mark-signal"), ("within", "spot"), ("above", "zero")],
)
def test_each_verdict_has_a_shape_and_a_word(verdict, shape):
    drawn = plotted(spot("Ban", verdict))

    assert f'class="{shape}"' in drawn or f"mark {shape}" in drawn
    assert verdict_word(verdict) in drawn
    assert '<a href="/Ban"' in drawn


def test_only_those_that_fall_short_are_named_and_no_name_hides_a_mark():
    drawn = plotted(
        spot("Alone", "short", size=90), spot("Calm", "within"),
        spot("Hidden", "short", size=20), spot("Beside", "short", size=22),
    )  # fmt: skip

    assert ">Alone</text>" in drawn
    assert ">Calm</text>" not in drawn
    assert ">Hidden</text>" not in drawn
    assert "3 fall short" in drawn
    assert "Target" not in drawn
    assert "Target" in plotted(spot("Ban", "within"), target=0.9)


def test_a_curve_says_what_it_shows_and_what_is_not_known():
    points = [Reach("0 weeks", 0.0, 0.0, 0.0, 9), Reach("2 weeks", 0.5, 0.3, 0.7, 4),
              Reach("4 weeks", None, None, None, 0)]  # fmt: skip

    drawn = render_curve(points, title="BCG", wanted=1, ticks=[(0, "0")])
    nothing = render_curve([], title="BCG")

    assert "50% have it at 2 weeks, up to which it counts." in drawn
    assert 'class="band"' in drawn
    assert drawn.count("<tr>") == 4
    assert "Nobody is followed." in nothing
    assert 'class="band"' not in nothing
