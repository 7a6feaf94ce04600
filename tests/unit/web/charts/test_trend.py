"""Values of one person along time."""

from datetime import date

from tuyen.web.charts import Band, Measure, render_trend

AIM = Band(None, 140, "Aim: below 140")


def drawn(points, **rest):
    return str(
        render_trend(points, title="Pressure", lines=["upper", "lower"], unit="mmHg", **rest)
    )


def test_every_value_stands_in_the_table_with_its_way_to_the_visit():
    points = [Measure(date(2026, 9, 1), (152, 91), "/v/1", outside=True),
              Measure(date(2026, 10, 1), (131, None), "/v/2")]  # fmt: skip

    chart = drawn(points, bands=[AIM])

    assert 'href="/v/1"' in chart
    assert ">152<" in chart
    assert ">–<" in chart  # the lower one was not measured
    assert chart.count('class="trend-out"') == 2 + 1  # two marks, and one in the key


def test_a_value_as_aimed_at_is_hollow():
    chart = drawn([Measure(date(2026, 10, 1), (131, 80))], bands=[AIM])

    assert chart.count('class="spot"') == 2


def test_one_day_and_no_day_are_drawn():
    assert "131" in drawn([Measure(date(2026, 10, 1), (131, 80))])
    assert "svg" in drawn([])


def test_what_is_typed_into_a_title_is_escaped():
    chart = drawn([Measure(date(2026, 10, 1), (131, 80), '"><script>')], sub="<b>")

    assert "<script>" not in chart
    assert "<b>" not in chart
