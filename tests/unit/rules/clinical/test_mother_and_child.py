"""What the rules of mothers and children say must fit together."""

from datetime import date
from decimal import Decimal

import pytest

from tuyen.rules.clinical import family_planning, nutrition, pregnancy, thalassaemia

DAY = date(2026, 10, 1)
LANGUAGES = {"vi", "en", "zh"}


@pytest.mark.parametrize("name", pregnancy.SCHEDULES)
def test_contacts_lie_in_order_and_within_their_time(name):
    contacts = pregnancy.schedule(name, DAY)

    assert [c.due for c in contacts] == sorted(c.due for c in contacts)
    assert all(c.first <= c.due <= c.last for c in contacts)
    assert {c.key for c in contacts} <= set(pregnancy.words("slots"))


def test_there_are_four_and_eight_contacts():
    assert [len(pregnancy.schedule(name, DAY)) for name in pregnancy.SCHEDULES] == [4, 8]
    assert [c.last for c in pregnancy.postnatal(DAY)] == [1, 7, 42]


def test_every_sign_has_words_and_advice():
    signs = pregnancy.signs(DAY)

    assert {s.key for s in signs} == set(pregnancy.words("words")) == set(pregnancy.words("advice"))
    assert {s.key for s in signs if not s.measure} == set(pregnancy.answers())


def test_words_are_in_three_languages():
    lists = [
        pregnancy.choices(name)
        for name in ("dated_by", "place", "attendant", "mode", "end", "loss")
    ]
    lists += [pregnancy.words(name) for name in ("slots", "words", "advice")]
    lists += [thalassaemia.words(name) for name in ("classes", "forms", "prenatal")]
    lists += [family_planning.words(name) for name in ("stop_reasons", "side_effects")]

    assert all(set(names) == LANGUAGES for words in lists for names in words.values())


def test_vitamin_a_by_age():
    assert [nutrition.vitamin_a_units(m, DAY) for m in (5, 6, 11, 12, 59, 60)] == [
        None, 100000, 100000, 200000, 200000, None,
    ]  # fmt: skip
    assert nutrition.rounds("vitamin_a", DAY, 2026)[1].first == date(2026, 12, 1)
    assert nutrition.round_of("vitamin_a", date(2026, 5, 31)).first == date(2025, 12, 1)
    assert nutrition.round_of("deworming", date(2026, 6, 1)).last == date(2026, 6, 30)
    assert nutrition.span("deworming", DAY) == (12, 59)


def test_classes_of_prevalence():
    shares = (0.02, 0.025, 0.1993, 0.2, 0.3)

    assert [nutrition.prevalence("stunting", share, DAY) for share in shares] == [
        "very-low", "low", "medium", "high", "very-high",
    ]  # fmt: skip


def test_limits_are_numbers():
    assert nutrition.plausible(DAY)["wfa"] == (Decimal(-6), Decimal(5))
    assert nutrition.arm(DAY) == (Decimal("12.5"), Decimal("11.5"))
    assert thalassaemia.cuts(DAY)["mcv"] == 80
    assert family_planning.methods()["tubal"].days is None
