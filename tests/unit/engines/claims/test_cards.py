"""What an answer about a card says of the day of a visit, which is not the day of the question."""

from datetime import date

import pytest

from tuyen.engines.claims.cards import card_days, verdict
from tuyen.rules.claims.lookup import said, says

FIRST, LAST = date(2026, 1, 1), date(2026, 10, 31)


@pytest.mark.parametrize(
    ("code", "since", "until", "day", "expected"),
    [
        ("000", None, None, date(2026, 10, 5), "good"),
        ("000", FIRST, LAST, FIRST, "good"),
        ("000", FIRST, LAST, LAST, "good"),
        ("000", FIRST, LAST, date(2025, 12, 31), "bad"),
        ("000", FIRST, LAST, date(2026, 11, 1), "bad"),
        ("010", FIRST, LAST, date(2026, 10, 5), "good"),  # it ended since
        ("010", FIRST, LAST, date(2026, 11, 1), "bad"),
        ("010", None, LAST, date(2026, 10, 5), "bad"),
        ("003", FIRST, LAST, date(2026, 10, 5), "good"),
        ("060", FIRST, LAST, date(2026, 10, 5), "bad"),
        ("110", FIRST, LAST, date(2026, 10, 5), "bad"),
        ("055", None, None, date(2026, 10, 5), ""),
        ("401", FIRST, LAST, date(2026, 10, 5), ""),
        ("999", FIRST, LAST, date(2026, 10, 5), "bad"),  # not on the list: it confirms nothing
        ("", None, None, date(2026, 10, 5), "bad"),
    ],
)
def test_a_card_is_judged_for_the_day_of_the_visit(code, since, until, day, expected):
    assert verdict(says(code), since, until, day) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("01/01/2026", "31/10/2026"), (FIRST, LAST)),
        (("20260101", "2026-10-31"), (FIRST, LAST)),
        (("", None), (None, None)),
        (("31/02/2026", "mai"), (None, None)),
    ],
)
def test_days_are_read_as_the_portal_writes_them(texts, expected):
    assert card_days(dict(zip(("gtTheTu", "gtTheDen"), texts, strict=True))) == expected


def test_a_code_that_is_not_known_is_shown_as_it_is():
    assert said("999", "vi") == "999"
