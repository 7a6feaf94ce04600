"""What each chart says and draws: what is not known never looks like nothing."""

from xml.etree import ElementTree

import pytest

from tuyen.web.charts import (
    Bar,
    Bin,
    Due,
    Note,
    Strip,
    Week,
    render_bars,
    render_epicurve,
    render_heat,
    render_multiples,
    render_sparkline,
    render_weekly,
)
from tuyen.web.charts.scale import breaks, class_of, spread, ticks

HOSTILE = "<script>alert('x')</script>\"&"
WEEKS = [
    Week("2026-W01", 3, 1, 5, 7),
    Week("2026-W02", 0, 1, 5, 7),
    Week("2026-W03", None, 1, 5, 7),
    Week("2026-W04", 9, 1, 5, 7, "alert", "/rows", "9 cases; 1 to 5 expected"),
]


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def parts(markup):
    """The elements of a figure, as (tag, class) with the whole tree."""
    return ElementTree.fromstring(f"<div>{markup}</div>")


def classes(markup):
    return {name for e in parts(markup).iter() for name in (e.get("class") or "").split()}


def of(markup, name):
    return [e for e in parts(markup).iter() if name in (e.get("class") or "").split()]


def every_chart(words):
    return [
        render_weekly([Week(words, 1, 0, 2, 3, "alert", words, words)], title=words, sub=words),
        render_multiples([(words, words, WEEKS)], unit=words),
        render_epicurve([Bin(words, [1], words)], [words], title=words, notes=[Note(0, words)]),
        render_bars([Bar(words, 1, words, 2, words)], title=words),
        render_heat([Strip(words, [Due(0.5, True)], words)], [words], title=words),
        render_sparkline([1, 2], title=words),
    ]


@pytest.mark.parametrize("at", range(6))
def test_every_word_is_escaped(at):
    markup = every_chart(HOSTILE)[at]

    assert "<script" not in markup
    assert parts(markup) is not None, "and it is well-formed"


@pytest.mark.parametrize("at", range(6))
def test_nothing_inline_that_the_csp_refuses(at):
    assert not any(e.get("style") or e.tag == "style" for e in parts(every_chart("x")[at]).iter())


def test_a_missing_report_is_hatched_and_a_zero_is_marked():
    markup = render_weekly(WEEKS, title="Dengue")

    assert len(of(markup, "gap")) == 1
    assert of(markup, "gap")[0].get("fill").startswith("url(#")
    assert of(markup, "zero"), "a reported zero has a mark"
    assert "No report" in markup
    assert "Reported: none" in markup


def test_without_gaps_there_is_no_hatch():
    assert "gap" not in classes(render_weekly(WEEKS[:2], title="Dengue"))


def test_the_table_says_what_the_picture_shows():
    rows = [
        ["".join(cell.itertext()) for cell in row]
        for row in parts(render_weekly(WEEKS, title="Dengue")).iter("tr")
    ]

    assert rows == [
        ["Period", "Cases", "Expected range", "Threshold", "Alarm"],
        ["2026-W01", "3", "1–5", "7", "–"],
        ["2026-W02", "0", "1–5", "7", "–"],
        ["2026-W03", "No report", "1–5", "7", "–"],
        ["2026-W04", "9", "1–5", "7", "Alert"],
    ]


def test_the_picture_has_a_name_and_a_description():
    image = next(e for e in parts(render_weekly(WEEKS, title="Dengue")).iter("svg"))
    named = {e.get("id"): e.text for e in image}

    assert named[image.get("aria-labelledby")] == "Dengue"
    assert "9 in the last period reported" in named[image.get("aria-describedby")]


def test_an_image_holds_no_links_and_a_group_may():
    def role(weeks):
        return next(e for e in parts(render_weekly(weeks, title="x")).iter("svg")).get("role")

    assert role(WEEKS) == "group"
    assert role(WEEKS[:3]) == "img"


def test_the_same_chart_has_the_same_ids_and_another_has_others():
    one, same, other = (render_weekly(WEEKS[:n], title="x") for n in (4, 4, 3))

    assert one == same
    assert not _ids(one) & _ids(other)


def _ids(markup):
    return {e.get("id") for e in parts(markup).iter() if e.get("id")}


@pytest.mark.parametrize("points", [[], [Week("a", None)], [Week("a", 0)]])
def test_empty_and_silent_series_are_drawn(points):
    assert parts(render_weekly(points, title="x")) is not None


def test_five_years_of_small_multiples_stay_small():
    years = [Week(f"{y}-W{w:02d}", (y * w) % 40, 5, 15, 20) for y in range(5) for w in range(52)]
    markup = render_multiples([(f"d{n}", "", years) for n in range(15)], show_table=False)

    assert len(markup) < 400_000


def test_an_unknown_alarm_is_refused():
    with pytest.raises(ValueError, match="alarm level 'panic'"):
        render_weekly([Week("a", 1, alarm="panic")], title="x")


def test_the_curve_stacks_its_series():
    markup = render_epicurve(
        [Bin("01/03", [2, 1]), Bin("02/03", None)], ["Confirmed", "Probable"], title="x"
    )

    assert {"cat-0", "cat-1", "gap"} <= classes(markup)


def test_the_curve_refuses_more_series_than_the_palette():
    with pytest.raises(ValueError, match="7 series"):
        render_epicurve([], list("abcdefg"), title="x")


def test_a_bar_without_a_report_is_hatched():
    assert len(of(render_bars([Bar("a", None), Bar("b", 0)], title="x"), "gap")) == 1


def test_the_strip_hatches_what_did_not_come_and_leaves_blank_what_was_not_due():
    strip = Strip("a", [Due(0), Due(None), Due(1)])
    drawn = parts(render_heat([strip], ["1", "2", "3"], title="x"))
    cells = [e for e in drawn.find(".//svg").iter("path") if e.find("title") is not None]

    assert len(cells) == 2
    assert cells[0].get("fill").startswith("url(#")
    assert cells[1].get("class") == "seq-6"


def test_the_strip_refuses_a_row_of_another_length():
    with pytest.raises(ValueError, match="a: 1 cells for 2 weeks"):
        render_heat([Strip("a", [Due(1)])], ["1", "2"], title="x")


@pytest.mark.parametrize(
    ("top", "expected"),
    [(0, [0, 1]), (1, [0, 1]), (4, [0, 1, 2, 3, 4]), (23, [0, 10, 20, 30]), (1e6, [0, 5e5, 1e6])],
)
def test_ticks(top, expected):
    assert ticks(top) == expected


@pytest.mark.parametrize(
    ("values", "cuts"),
    [([], []), ([0, 0], []), ([5, 5, 5], []), (list(range(1, 101)), [21, 41, 61, 81])],
)
def test_breaks(values, cuts):
    assert breaks(values) == cuts


def test_a_value_on_a_cut_belongs_above_it():
    assert [class_of(v, [10, 20]) for v in (9.9, 10, 19, 20)] == [0, 1, 1, 2]


def test_spread_keeps_the_first():
    assert spread(52, 6) == [0, 9, 18, 27, 36, 45]
