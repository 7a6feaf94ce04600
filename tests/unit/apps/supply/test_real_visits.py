"""The followers of this room read the payloads of the record as they really are."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.unit.apps.clinical.conftest import TODAY, World, visit, world  # noqa: F401
from tuyen.apps.access.actors import Actor
from tuyen.apps.clinical.operations import AmendVisit, Content, Dispensed, Prescribed, VoidVisit
from tuyen.apps.supply import queries
from tuyen.apps.supply.operations import ReceiveLot

BY = Actor.program(TODAY)


@pytest.fixture
def shelf(world: World) -> World:  # noqa: F811
    world.good(
        ReceiveLot(item="amlodipine-5", number="A1", expires_on=date(2027, 1, 1), vials=50),
        unit=world.station, on=TODAY - timedelta(10),
    )  # fmt: skip
    return world


def left(world: World) -> int:  # noqa: F811
    held = queries.on_hand(by=BY, unit=world.station, items=["amlodipine-5"], on=TODAY)
    return held["amlodipine-5"].pieces


def given(quantity: int) -> dict:
    return {
        "prescribed": (Prescribed(item="amlodipine-5", dose=Decimal(1), times=1, days=30,
                                  quantity=Decimal(30)),),
        "dispensed": (Dispensed(item="amlodipine-5", quantity=Decimal(quantity), days=30),),
    }  # fmt: skip


def test_a_visit_recorded_amended_and_void_moves_the_shelf(shelf):
    told = visit(shelf.person(), **given(30))
    (id,) = shelf.good(told, unit=shelf.station)
    assert left(shelf) == 20

    fields = {name: getattr(told, name) for name in Content.__struct_fields__} | given(12)
    shelf.good(
        AmendVisit(visit=id, reason="gõ nhầm", content=Content(**fields)), unit=shelf.station
    )
    assert left(shelf) == 38
    (waits,) = queries.to_dispense(by=BY, unit=shelf.station, first=TODAY, last=TODAY)
    assert waits.left == 18

    shelf.good(visit(told.person, **given(60)), unit=shelf.station)
    (short,) = queries.shortfalls(by=BY, on=TODAY)
    assert (left(shelf), short.pieces) == (0, 22)

    shelf.good(VoidVisit(visit=id, reason="nhầm người"), unit=shelf.station)
    assert left(shelf) == 12
