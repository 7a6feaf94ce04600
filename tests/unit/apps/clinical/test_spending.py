"""The cap of the yearly check-up: what counts, what is refused, and who came near it."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import TODAY, World, tables, visit
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import (
    AmendVisit,
    Answered,
    Content,
    Enrol,
    RecordVisit,
    VoidVisit,
)
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7


def checked(person: Any, cost: int, payer: str = "state", on: date = TODAY) -> RecordVisit:
    fields = {"group": "elderly", "payer": payer, "cost": str(cost)}
    began = datetime(on.year, on.month, on.day, 1, tzinfo=UTC)
    return visit(person, began_at=began, diagnosed=(), measured=(),
                 answered=(Answered(programme="checkup", fields=fields),))  # fmt: skip


def content(said: RecordVisit) -> Content:
    return Content(**{name: getattr(said, name) for name in said.__struct_fields__})


def purse(world: World, person: Any, on: date = TODAY) -> queries.Purse:
    found = queries.purse(by=world.by, programme="checkup", person=person, on=on)
    assert found is not None
    return found


@pytest.mark.parametrize("size", [pytest.param(1, marks=pytest.mark.nightly), 9])
def test_a_visit_beyond_the_years_cap_is_refused_one_by_one_as_all_at_once(
    world: World, size: int
) -> None:
    one, other = world.person(), world.person("Lò Thị Hai")
    said = [
        checked(one, 200_000, on=date(2026, 8, 3)), checked(one, 150_001),
        checked(one, 150_001, payer="employer"), checked(one, 100_000, on=date(2026, 7, 2)),
        checked(other, 350_000), checked(one, 350_000, on=date(2026, 6, 1)), checked(one, 50_000),
        checked(other, 1),
    ]  # fmt: skip
    ids = [uuid7() for _ in said]

    told = world.told(*said, ids=ids, size=size)

    assert told == [
        "accepted", "clinical.beyond-cap", "accepted", "accepted", "accepted",
        "clinical.beyond-cap", "accepted", "clinical.beyond-cap",
    ]  # fmt: skip
    held = tables()
    assert purse(world, one) == (350_000, 350_000, True)
    assert replay().same
    assert tables() == held


def test_what_is_refused_says_the_sum_and_a_correction_counts_itself_once(world: World) -> None:
    person = world.person()
    (first,) = world.good(checked(person, 300_000), unit=world.station)
    (receipt,) = world.send(checked(person, 60_000), unit=world.station)

    assert receipt.refusal is not None
    assert str(receipt.refusal.refusal()) == (
        "checkup, cost: 300000 VND were spent on this person in 2026; with 60000 it is 360000,"
        " above 350000. Correct the amount, or say who else pays."
    )
    amended = [
        AmendVisit(visit=first, reason="sai số tiền", content=content(checked(person, cost)))
        for cost in (350_001, 350_000)
    ]
    assert world.told(*amended) == ["clinical.beyond-cap", "accepted"]
    assert world.told(VoidVisit(visit=first, reason="nhầm người")) == ["accepted"]
    assert purse(world, person).spent == 0


def test_a_budget_adds_up_and_opens_to_its_people(world: World) -> None:
    for n, cost in enumerate((100_000, 290_000, 350_000)):
        world.good(checked(world.person(f"Lò Văn {n}"), cost), unit=world.station)

    told = queries.budget(by=world.by, programme="checkup", on=TODAY)

    assert told == (2026, 740_000, 350_000, 3, 2, 0)
    for which in ("people", "near", "above"):
        page = queries.budget_people(by=world.by, programme="checkup", on=TODAY, which=which)
        assert page.total == getattr(told, which), which
    assert queries.budget(by=world.by, programme="hypertension", on=TODAY) is None


def test_a_programme_is_counted_by_its_priority_groups(world: World) -> None:
    """The last visit of the year decides, else the group in which somebody was taken in."""
    seen, taken_in, both = (world.person(f"Lò Văn {n}") for n in range(3))
    world.good(checked(seen, 100_000), unit=world.station)
    world.good(
        Enrol(person=taken_in, programme="checkup", group="poor"),
        Enrol(person=both, programme="checkup", group="poor"), unit=world.station,
    )  # fmt: skip
    world.good(checked(both, 50_000), unit=world.station)

    rows = {
        row.group: row[1:]
        for row in queries.by_group(by=world.by, programme="checkup", on=TODAY)
        if any(row[1:])
    }

    assert rows == {"elderly": (2, 2, 150_000), "poor": (1, 0, 0)}
    assert queries.by_group(by=world.by, programme="hypertension", on=TODAY) == []


def test_a_visit_that_spends_nothing_asks_no_more_and_many_as_often_as_one(world: World) -> None:
    people = [world.person(f"Lò Văn {n}") for n in range(5)]

    def asked(*said: RecordVisit) -> int:
        with CaptureQueriesContext(connection) as caught:
            world.good(*said, unit=world.station)
        return len(caught)

    asked(checked(people[0], 1000))
    one = asked(checked(people[0], 1000))
    assert asked(*(checked(person, 1000) for person in people[:3])) == one
    plain = asked(visit(people[4]))
    assert asked(checked(people[3], 0)) <= plain + 2
