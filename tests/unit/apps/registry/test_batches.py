"""A service takes many operations at once: its statements do not grow with them, and an entry sees
what the ones before it in the batch did."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tuyen.apps.registry import queries
from tuyen.apps.registry.models import Identifier
from tuyen.apps.registry.operations import (
    AmendPerson,
    EndIdentifier,
    Entitle,
    Identify,
    MoveHousehold,
    MovePerson,
    Number,
    RecordDeath,
    RegisterPerson,
    VoidPerson,
)

SINCE = date(2020, 1, 1)
DAY = date(2026, 3, 1)


def number(n):
    return Number(system="passport", value=f"B{n:07d}")


KINDS = {
    "move_person": lambda h, p, house, n: MovePerson(person=p, place=h.other, since=DAY),
    "join": lambda h, p, house, n: MovePerson(person=p, place=None, household=house, since=DAY),
    "move_household": lambda h, p, house, n: MoveHousehold(
        household=house, place=h.other, since=DAY
    ),
    "record_death": lambda h, p, house, n: RecordDeath(person=p, on=DAY),
    "register_person": lambda h, p, house, n: RegisterPerson(
        name="Giàng A Sáng", sex=1, born_on=DAY, household=house, numbers=(number(1000 + n),)
    ),
    "amend_person": lambda h, p, house, n: AmendPerson(person=p, name="Giàng Thị Mai", sex=2),
    "ethnicity": lambda h, p, house, n: AmendPerson(person=p, ethnicity="08"),
    "void_person": lambda h, p, house, n: VoidPerson(person=p, reason="ghi trùng"),
    "identify": lambda h, p, house, n: Identify(
        person=p, system="passport", value=f"C{n:07d}", since=DAY
    ),
    "end_identifier": lambda h, p, house, n: EndIdentifier(
        person=p, system="passport", value=f"B{n:07d}", until=DAY
    ),
    "entitle": lambda h, p, house, n: Entitle(person=p, card=f"{n:010d}", since=DAY),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_statements_do_not_grow_with_the_batch(world, home, member, kind):
    def batch(start, size):
        """Operations about ``size`` people, each of a household of their own."""
        people = [member(numbers=(number(n),)) for n in range(start, start + size)]
        houses = [world.household(home.village, person, since=SINCE) for person in people]
        return [
            KINDS[kind](home, person.id, house, start + n)
            for n, (person, house) in enumerate(zip(people, houses, strict=True))
        ]

    counted = []
    for start, size in ((0, 1), (100, 40)):
        payloads = batch(start, size)
        with CaptureQueriesContext(connection) as queried:
            world.good(*payloads, unit=home.province)
        counted.append(len(queried))

    assert counted[0] == counted[1], kind


def test_somebody_who_moves_twice_in_a_batch_has_lived_in_three_places(world, home, member):
    person = member()
    world.household(home.village, person, since=SINCE)
    moves = [
        MovePerson(person=person.id, place=home.other, since=date(2025, 1, 1)),
        MovePerson(person=person.id, place=home.commune, since=date(2024, 6, 1)),
        MovePerson(person=person.id, place=home.commune, since=date(2025, 6, 1)),
    ]

    receipts = world.send(*moves, unit=home.province)

    card = queries.person(by=world.by, id=person.id)
    assert [r.status for r in receipts] == ["accepted", "refused", "accepted"]
    assert [(s.place, s.until) for s in card.stays] == [
        (home.village, date(2025, 1, 1)), (home.other, date(2025, 6, 1)), (home.commune, None),
    ]  # fmt: skip


def test_a_number_that_an_entry_ended_is_free_for_the_next(world, home, member):
    first, second = member(numbers=(number(1),)), member()
    world.household(home.village, first, second, since=SINCE)

    world.good(
        Identify(person=first.id, system="passport", value="B0000002"),
        Identify(person=second.id, system="passport", value="B0000001"),
        unit=home.station,
    )

    held = Identifier.objects.filter(until=None).values_list("value", "person")
    assert dict(held) == {"B0000002": first.id, "B0000001": second.id}


def test_a_name_amended_twice_in_a_batch_is_found_by_all_three(world, home, member):
    person = member("Giàng A Po")
    world.household(home.village, person)
    world.good(
        AmendPerson(person=person.id, name="Giàng A Pó"),
        AmendPerson(person=person.id, name="Giàng A Chua"),
        unit=home.station,
    )

    found = [queries.search_people(by=world.by, text=text) for text in ("po 1987", "chua")]

    assert [[row.name for row in rows] for rows in found] == [["Giàng A Chua"]] * 2
