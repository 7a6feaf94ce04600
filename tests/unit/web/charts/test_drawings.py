"""A picture is drawn once for the same data and language, and never shown for other data."""

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import override

from tuyen.web.charts import Outline, Week, render_weekly, weekly_table
from tuyen.web.charts.drawings import Drawings, drawn_once

WEEKS = [Week("2026-W01", 3, 1, 5), Week("2026-W02", None)]


def counted(calls):
    @drawn_once
    def draw(points, *, title=""):
        calls.append((points, title))
        return SafeString(f"<p>{len(calls)}</p>")

    return draw


def test_the_same_data_are_drawn_once():
    calls: list = []
    draw = counted(calls)

    assert draw([(1, 2)], title="a") is draw([(1, 2)], title="a")
    assert draw([(1, 3)], title="a") != draw([(1, 2)], title="a")
    assert draw([(1, 2)], title="b") != draw([(1, 2)], title="a")
    assert len(calls) == 3


def test_a_list_that_changed_is_drawn_again():
    calls: list = []
    draw, points = counted(calls), [1, 2]

    draw(points)
    points.append(3)
    draw(points)

    assert len(calls) == 2


def test_each_language_has_its_own_picture():
    with override("vi"):
        vietnamese = render_weekly(WEEKS, title="x")
    with override("en"):
        english = render_weekly(WEEKS, title="x")

    assert vietnamese != english
    assert "No report" in english
    assert "No report" not in vietnamese


def test_markup_and_the_same_text_are_two_pictures():
    trusted = render_weekly(WEEKS, title=mark_safe("<b>x</b>"))  # what is tested
    typed = render_weekly(WEEKS, title="<b>x</b>")

    assert "<b>x</b>" in trusted
    assert "<b>x</b>" not in typed


def test_the_longest_unused_goes_first_and_the_bound_holds():
    kept = Drawings(most=30, largest=20)
    for name in "abc":
        kept.keep(name, SafeString(name * 10))
    kept.get("a")
    kept.keep("d", SafeString("d" * 10))

    assert [name for name in "abcd" if kept.get(name)] == ["a", "c", "d"]
    assert kept.characters == 30


def test_a_picture_too_large_pushes_nothing_out():
    kept = Drawings(most=30, largest=20)
    kept.keep("a", SafeString("a" * 10))
    kept.keep("b", SafeString("b" * 21))

    assert kept.get("b") is None
    assert len(kept) == 1


def test_a_picture_kept_again_is_counted_once():
    kept = Drawings(most=30, largest=20)
    kept.keep("a", SafeString("a" * 10))
    kept.keep("a", SafeString("a" * 12))

    assert kept.characters == 12


def test_outlines_of_equal_rings_are_one_key():
    one, same = Outline([[(1.0, 2.0), (3.0, 4.0)]]), Outline([((1.0, 2.0), (3.0, 4.0))])

    assert hash(one) == hash(same)
    assert one == same
    assert one != Outline([[(1.0, 2.5), (3.0, 4.0)]])


def test_a_table_fetched_when_opened_is_reached_without_a_script():
    chart = render_weekly(WEEKS, title="Dengue", table_at="/board/figures/?of=dengue&area=1")

    assert 'hx-get="/board/figures/?of=dengue&amp;area=1"' in chart
    assert '<a href="/board/figures/?of=dengue&amp;area=1">' in chart
    assert "<table" not in chart
    assert weekly_table(WEEKS, title="Dengue") in render_weekly(WEEKS, title="Dengue")
