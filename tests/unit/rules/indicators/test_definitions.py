"""The indicator list is whole, in three languages, and answers for the day that is asked."""

from datetime import date
from decimal import Decimal

import pytest

from tuyen.rules.indicators import completeness_gap, indicator, indicators, unit_words

LANGUAGES = {"en", "vi", "zh"}


@pytest.mark.parametrize("code", list(indicators()))
def test_every_indicator_speaks_three_languages(code):
    one = indicators()[code]
    told = [one.name, unit_words(one.unit), *(d.words for d in one.definitions)]
    told += [source.source for source in (*one.definitions, *one.goals, *one.references)]

    assert all(set(words) in (LANGUAGES, {"en"}) for words in told)  # an act is the same in all
    assert set(one.name) == set(unit_words(one.unit)) == LANGUAGES
    assert (one.measure == "percent") == (one.unit == "percent")
    assert one.per is None or one.measure != "count"


@pytest.mark.parametrize(
    ("code", "on", "value"),
    [
        ("insurance-coverage", date(2026, 12, 31), "95"),
        ("insurance-coverage", date(2027, 1, 1), "100"),
        ("communes-meeting-criteria", date(2036, 1, 1), "95"),  # the last one set
        ("regular-exercise", date(2026, 1, 1), None),  # 10 points more than a base nobody gave
    ],
)
def test_the_next_goal(code, on, value):
    goal = indicator(code).goal(on)

    assert (goal.value if goal else None) == (Decimal(value) if value else None)


def test_a_definition_is_that_of_the_day():
    stations = indicator("stations")

    assert stations.definition(date(2025, 6, 30)).since == date(2014, 1, 1)
    assert stations.definition(date(2025, 7, 1)).since == date(2025, 7, 1)
    assert stations.definition(date(2013, 12, 31)) is None


def test_nothing_is_said_to_be_verified_that_nobody_compared():
    stated = [(*one.definitions, *one.goals, *one.references) for one in indicators().values()]

    assert not any(fact.verified for facts in stated for fact in facts)


def test_the_gap_of_completeness():
    assert completeness_gap(date(2026, 1, 1)) == Decimal("0.05")
