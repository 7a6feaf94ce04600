"""A name is found as somebody at a desk types it; the cases are in tests/spec/registry_app."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tuyen.apps.registry import queries, search
from tuyen.apps.registry.operations import AmendPerson, Insurance, MovePerson, Number
from tuyen.kernel.ids import uuid7

NUMBER = Number(system="personal_number", value="011087001234")


def found(by, text, **rest):
    return [row.name for row in queries.search_people(by=by, text=text, **rest)]


def test_whole_words_come_before_parts(world, home, member):
    world.household(home.village, member("Vàng Anh"), member("Vàng A"))

    assert found(world.by, "vang a") == ["Vàng A", "Vàng Anh"]


@pytest.mark.parametrize(
    "text", ["011087001234", "011 087 001 234", "DT2111234567890", "dt 2 11 1234567890",
             "0912345678", "+84 912 345 678", "84912345678"],
)  # fmt: skip
def test_a_whole_number_finds_its_holder(world, home, member, text):
    card = Insurance(card="DT2111234567890", since=date(2025, 1, 1))
    person = member(numbers=(NUMBER,), phone="0912 345 678", insurance=card)
    world.household(home.village, person, member("Mùa A Chu"))

    assert found(world.by, text) == ["Giàng A Pó"]


@pytest.mark.parametrize("text", ["01108700123", "", "   ", "%", "'", '"', "*", "0", "a' OR '1"])
def test_what_finds_nobody_is_no_error(world, home, member, text):
    world.household(home.village, member("Giàng Pó", numbers=(NUMBER,)))

    assert found(world.by, text) == []


def test_a_search_stays_within_the_readers_places(world, home, member, holder):
    world.household(home.village, member("Giàng A Pó"), member("Giàng A Chu", numbers=(NUMBER,)))
    world.household(home.other, member("Giàng A Xa"))
    nurse = holder(("physician-assistant", home.station))

    assert found(nurse, "giang") == ["Giàng A Pó", "Giàng A Chu"]
    assert found(nurse, "xa giang") == []
    assert found(holder(("physician-assistant", home.other)), "011087001234") == []


def test_a_scope_too_wide_for_the_index_gives_the_same_answer(world, home, member):
    world.household(home.village, member("Giàng A Pó"))
    world.household(home.other, member("Giàng A Xa"))
    wide = {uuid7() for _ in range(search.MOST_PLACES)} | {home.village}

    narrow = search.find(search.asked("giang"), {home.village}, 20)

    assert len(narrow) == 1
    assert search.find(search.asked("giang"), wide, 20) == narrow


def test_who_moved_is_found_where_they_are(world, home, member, holder):
    person = member()
    world.household(home.village, person, since=date(2020, 1, 1))
    nurse = holder(("physician-assistant", home.station))
    world.good(
        MovePerson(person=person.id, place=home.other, since=date(2026, 1, 1)), unit=home.province
    )

    assert found(nurse, "giang") == []
    assert found(world.by, "giang") == ["Giàng A Pó"]


def test_an_amended_name_is_found_by_both(world, home, member):
    person = member("Lò Thị Mây")
    world.household(home.village, person)
    world.good(AmendPerson(person=person.id, name="Lường Thị Mai"), unit=home.station)

    assert found(world.by, "luong mai") == found(world.by, "lo may") == ["Lường Thị Mai"]


def test_at_most_twenty_are_shown(world, home, member):
    world.household(home.village, *(member(f"Giàng A {chr(97 + n)}") for n in range(25)))

    assert len(found(world.by, "giang")) == 20
    assert len(found(world.by, "giang", limit=500)) == 20


def test_a_row_says_where_and_whose(world, home, member):
    world.household(home.village, member(role="head", numbers=(NUMBER,)))

    (row,) = queries.search_people(by=world.by, text="po")

    assert (row.village, row.commune, row.head) == ("Huổi Hoi", "Xã Nà Hỳ", "Giàng A Pó")
    assert row.numbers == (("personal_number", "•••••••••234"),)


def test_the_number_of_queries_does_not_grow(world, home, member):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            queries.search_people(by=world.by, text="giang a")
        return len(captured)

    world.household(home.village, member())
    few = asked()
    world.household(home.village, *(member() for _ in range(30)))

    assert asked() <= few <= 7
