"""Numbers, dates and ages as each language writes them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from tuyen.web.templatetags import figures

DAY = date(2026, 3, 7)
NOW = datetime(2026, 3, 7, 7, 5, tzinfo=UTC)  # 14:05 in the province


@pytest.mark.parametrize(
    ("language", "whole", "broken", "short", "moment"),
    [
        ("vi", "1.234.567", "1.234,5", "07/03/2026", "14:05 07/03/2026"),
        ("en", "1,234,567", "1,234.5", "07/03/2026", "14:05 07/03/2026"),
        ("zh-hans", "1,234,567", "1,234.5", "2026-03-07", "2026-03-07 14:05"),
    ],
)
def test_each_language_has_its_way(language, whole, broken, short, moment):
    with translation.override(language):
        written = (
            figures.number(1234567),
            figures.number(1234.5),
            figures.day(DAY),
            figures.moment(NOW),
        )

    assert written == (whole, broken, short, moment)


@pytest.mark.parametrize(
    ("language", "said"),
    [("vi", "ngày 7 tháng 3 năm 2026"), ("en", "7 March 2026"), ("zh-hans", "2026年3月7日")],
)
def test_a_long_date(language, said):
    with translation.override(language):
        assert figures.long_day(DAY) == said


@pytest.mark.parametrize("write", [figures.number, figures.percent, figures.day, figures.ago])
def test_nothing_known_is_a_dash(write):
    assert write(None) == "–"


@pytest.mark.parametrize(
    ("why", "share", "said"),
    [
        ("a tenth is kept", 0.934, "93.4%"),
        ("a whole percent needs no decimal", 0.5, "50%"),
        ("not all is not 100%", 0.99999, "99.9%"),
        ("not nothing is not 0%", 0.00001, "0.1%"),
        ("all is 100%", 1, "100%"),
        ("nothing is 0%", 0, "0%"),
    ],
)
def test_percent(why, share, said):
    with translation.override("en"):
        assert figures.percent(share) == said, why


@pytest.mark.parametrize(
    ("value", "said"), [(38949, "+38,949"), (-5, "−5"), (0, "±0"), (0.0, "±0"), (None, "–")]
)
def test_a_change_has_its_sign(value, said):
    with translation.override("en"):
        assert figures.change(value) == said


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (timedelta(seconds=30), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=2), "2 hours ago"),
        (timedelta(hours=30), "yesterday"),
        (timedelta(days=12), "12 days ago"),
    ],
)
def test_ago(before, said):
    with translation.override("en"):
        assert figures.ago(NOW - before, NOW) == said


def test_a_day_ahead():
    with translation.override("en"):
        assert figures.ago(DAY + timedelta(days=2), DAY) == "in 2 days"
