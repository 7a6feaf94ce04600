"""The day of a death is corrected: what ended with it follows, and what had stood is kept."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tuyen.apps.journal.replay import replay
from tuyen.apps.registry import queries
from tuyen.apps.registry.models import FormerDeath
from tuyen.apps.registry.operations import (
    AmendDeathDay,
    Insurance,
    MovePerson,
    RecordDeath,
    VoidDeath,
)

DAY = date(2026, 3, 1)
CARD = "DT2111234567890"


@pytest.fixture
def dead(world, home, member):
    """Somebody with a household and insurance who died on the first of March."""
    person = member(insurance=Insurance(card=CARD, since=date(2025, 1, 1)))
    world.household(home.village, person, since=date(2020, 1, 1))
    world.good(RecordDeath(person=person.id, on=DAY), unit=home.station)
    return person.id


def amend(person, on, was=DAY):
    return AmendDeathDay(person=person, was=was, on=on, reason="giấy báo tử ghi ngày khác")


@pytest.mark.parametrize("right", [date(2026, 2, 11), date(2026, 3, 9)])
def test_what_ended_with_the_death_ends_by_the_right_day(world, home, dead, right):
    world.good(amend(dead, right), unit=home.station)

    card = queries.person(by=world.by, id=dead)
    (member,) = queries.household(by=world.by, id=card.row.household).members
    ended = {card.stays[0].until, card.insurance[0].until, member.until}
    assert card.row.died_on == right
    assert ended == {date.fromordinal(right.toordinal() + 1)}
    (former,) = queries.former_deaths(by=world.by, person=dead)
    assert (former.died_on, former.reason) == (DAY, "giấy báo tử ghi ngày khác")


def test_what_had_ended_before_by_itself_stays_as_it_is(world, home, member):
    person = member(insurance=Insurance(card=CARD, since=date(2024, 1, 1), until=date(2025, 1, 1)))
    world.household(home.village, person, since=date(2020, 1, 1))
    moved = date(2026, 1, 10)
    world.good(MovePerson(person=person.id, place=home.other, since=moved), unit=home.province)
    world.good(RecordDeath(person=person.id, on=DAY), unit=home.province)
    world.good(amend(person.id, date(2026, 3, 9)), unit=home.province)

    card = queries.person(by=world.by, id=person.id)
    assert [stay.until for stay in card.stays] == [moved, date(2026, 3, 10)]
    assert card.insurance[0].until == date(2025, 1, 1)


BAD = {
    "registry.same-day-of-death": (DAY, DAY),
    "registry.death-of-another-day": (date(2026, 2, 1), date(2026, 2, 2)),
    "registry.before-birth": (date(1980, 1, 1), DAY),
    "registry.in-the-future": (date(2027, 1, 1), DAY),
    "registry.after-death": (date(2019, 12, 31), DAY),  # before they came to live there
}


@pytest.mark.parametrize("code", BAD)
def test_a_day_that_cannot_be_is_refused(world, home, dead, code):
    on, was = BAD[code]

    assert world.refused(amend(dead, on, was), unit=home.station)[0] == code
    assert queries.person(by=world.by, id=dead).row.died_on == DAY
    assert not FormerDeath.objects.exists()


def test_the_living_and_people_of_others_are_refused(world, home, dead, member):
    alive = member("Lò Văn Sống")
    world.household(home.village, alive)

    assert world.refused(amend(alive.id, DAY, date(2026, 2, 1)), unit=home.station)[0] == (
        "registry.not-on-record-as-dead"
    )
    assert world.refused(amend(dead, date(2026, 2, 2)), unit=home.other)[0].startswith("registry.")


def test_two_corrections_of_a_batch_follow_each_other_and_a_replay_makes_the_same_rows(
    world, home, dead
):
    later, latest = date(2026, 3, 5), date(2026, 3, 7)
    stale, good = amend(dead, latest), amend(dead, latest, was=later)
    receipts = world.send(amend(dead, later), stale, good, unit=home.station)

    assert [one.refusal.code if one.refusal else one.status for one in receipts] == [
        "accepted", "registry.death-of-another-day", "accepted",
    ]  # fmt: skip
    assert {one.died_on for one in queries.former_deaths(by=world.by, person=dead)} == {DAY, later}
    rebuilt = replay()
    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []


def void(person, was=DAY):
    return VoidDeath(person=person, was=was, reason="ghi nhầm người cùng tên")


def test_who_lives_goes_on_living_there_and_insurance_is_entered_anew(world, home, dead):
    world.good(void(dead), unit=home.station)

    card = queries.person(by=world.by, id=dead)
    (member,) = queries.household(by=world.by, id=card.row.household).members
    assert card.row.died_on is None
    assert (card.stays[0].until, member.until) == (None, None)
    assert card.insurance[0].until == date(2026, 3, 2)
    (former,) = queries.former_deaths(by=world.by, person=dead)
    assert (former.died_on, former.reason) == (DAY, "ghi nhầm người cùng tên")
    rebuilt = replay()
    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []


def test_what_ended_before_the_death_stays_ended_when_it_is_taken_back(world, home, member):
    person = member(insurance=Insurance(card=CARD, since=date(2024, 1, 1)))
    world.household(home.village, person, since=date(2020, 1, 1))
    moved = date(2026, 1, 10)
    world.good(MovePerson(person=person.id, place=home.other, since=moved), unit=home.province)
    world.good(RecordDeath(person=person.id, on=DAY), unit=home.province)
    world.good(void(person.id), unit=home.province)

    card = queries.person(by=world.by, id=person.id)
    assert [stay.until for stay in card.stays] == [moved, None]


def test_a_death_is_taken_back_once_and_as_it_stands(world, home, dead):
    receipts = world.send(void(dead, date(2026, 2, 2)), void(dead), void(dead), unit=home.station)

    assert [one.refusal.code if one.refusal else one.status for one in receipts] == [
        "registry.death-of-another-day", "accepted", "registry.not-on-record-as-dead",
    ]  # fmt: skip
    assert world.refused(void(dead), unit=home.other)[0].startswith("registry.")


def test_the_statements_do_not_grow_with_the_batch(world, home, member):
    counted = []
    for size in (1, 20):
        people = [member() for _ in range(size)]
        for person in people:
            world.household(home.village, person, since=date(2020, 1, 1))
        world.good(*[RecordDeath(person=one.id, on=DAY) for one in people], unit=home.station)
        with CaptureQueriesContext(connection) as queried:
            later = date(2026, 3, 5)
            world.good(*[amend(one.id, later) for one in people], unit=home.station)
            world.good(*[void(one.id, later) for one in people], unit=home.station)
        counted.append(len(queried))

    assert counted[0] == counted[1]
