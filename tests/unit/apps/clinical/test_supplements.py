"""Rounds of vitamin A and deworming: who is due, what was given, and that a visit says all of it."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.caring import child, family, rows, seen
from tests.unit.apps.clinical.conftest import TODAY, World
from tuyen.apps.clinical.models import Supplement
from tuyen.apps.clinical.operations import Answered, Dispensed, RecordVisit, VoidVisit
from tuyen.apps.clinical.queries import growth, supplements
from tuyen.apps.journal.replay import replay
from tuyen.apps.registry.operations import RecordDeath
from tuyen.apps.supply.operations import ReceiveLot
from tuyen.kernel.ids import uuid7

JUNE = date(2026, 6, 10)


@pytest.fixture
def home(world: World) -> World:
    world.household, _, _ = family(world)
    world.young = child(world, world.household, born=date(2025, 11, 1), name="Vàng A Sơ")
    world.older = child(world, world.household, born=date(2023, 3, 1), name="Vàng A Lử")
    child(world, world.household, born=date(2026, 7, 1), name="Vàng A Tí")
    dead = child(world, world.household, born=date(2024, 3, 1), name="Vàng A Mất")
    world.good(RecordDeath(person=dead, on=TODAY, cause="A09"), unit=world.village)
    return world


def due(world, what="vitamin_a", on=TODAY):
    return supplements.round_children(by=world.by, what=what, on=on, place=world.village)


def test_children_of_the_age_are_due_with_the_dose_of_their_age(home):
    assert [(row.person, row.months, row.dose.units) for row in due(home)] == [
        (home.older, 43, 200_000), (home.young, 11, 100_000),
    ]  # fmt: skip
    assert [(row.person, row.dose.units, row.dose.item) for row in due(home, "deworming")] == [
        (home.older, 400, "albendazole-400"),
    ]  # fmt: skip


def test_who_was_given_it_for_the_round_waits_no_more(home):
    seen(home, home.older, JUNE, "child_nutrition", {"vitamin_a": "200000", "dewormed": "yes"})
    visit = seen(home, home.young, TODAY, "child_nutrition", {"vitamin_a": "100000"})

    assert [row.given_on for row in due(home)] == [JUNE, TODAY]
    (place,) = supplements.round_places(by=home.by, what="vitamin_a", on=TODAY)
    assert (place.name, place.due, place.given) == ("Huổi Hoi", 2, 2)
    assert due(home, on=date(2026, 12, 1))[0].given_on is None
    figures = growth.growth_figures(by=home.by, first=date(2026, 7, 1), last=TODAY)
    assert [(row.measured, row.vitamin_a) for row in figures] == [(0, 1)]
    home.good(VoidVisit(visit=visit, reason="nhầm trẻ"), unit=home.station)
    assert [row.person for row in due(home) if row.given_on is None] == [home.young]


@pytest.mark.parametrize("size", [1, 4])
def test_one_by_one_is_as_all_at_once_and_the_dose_leaves_the_store(home, size):
    lot = ReceiveLot(item="vitamin-a-200k", number="VA-1", expires_on=date(2027, 5, 1), vials=50)
    home.good(lot, unit=home.station)
    visits = [
        RecordVisit(
            person=person, began_at=datetime(2026, 10, 25, 2, n, tzinfo=UTC), payer="programme",
            answered=(Answered(programme="child_nutrition", fields=fields),),
            dispensed=(Dispensed(item="vitamin-a-200k", quantity=1),),
        )
        for n, (person, fields) in enumerate([
            (home.older, {"vitamin_a": "200000"}), (home.young, {"dewormed": "yes"}),
            (home.older, {"vitamin_a": "150000"}), (home.young, {"dewormed": "no"}),
        ])
    ]  # fmt: skip
    told = home.told(*visits, ids=[uuid7() for _ in visits], size=size)
    held = rows()

    assert told == ["accepted", "accepted", "clinical.answer-not-a-choice", "accepted"]
    assert sorted(Supplement.objects.values_list("what", "units")) == [
        ("deworming", 0), ("vitamin_a", 200_000),
    ]  # fmt: skip
    assert replay().same
    assert rows() == held


def test_as_many_queries_for_many_children_as_for_one(home):
    def ask():
        with CaptureQueriesContext(connection) as caught:
            due(home)
            supplements.round_places(by=home.by, what="deworming", on=TODAY)
        return len(caught)

    seen(home, home.older, TODAY, "child_nutrition", {"vitamin_a": "200000", "dewormed": "yes"})
    ask()
    one = ask()
    for n in range(3):
        id = child(home, home.household, born=date(2024, 1, 1 + n), name=f"Vàng A {n}")
        seen(home, id, TODAY, "child_nutrition", {"vitamin_a": "200000", "dewormed": "yes"})
    assert ask() == one
