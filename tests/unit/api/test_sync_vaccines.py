"""A mobile session without a line: what the tablet of a station carries for it, and how what was
done arrives."""

import json
from datetime import date, timedelta
from uuid import UUID

import pytest

from tests.simulation.device import talk
from tests.unit.api.sync_world import held, record
from tests.unit.apps.immunization.holding import dosed, well
from tuyen.apps.access import clock
from tuyen.apps.immunization.models import Dose
from tuyen.apps.immunization.operations import (
    Arrive,
    CloseSession,
    ExpectedPerson,
    Leave,
    LiftSuspension,
    Observe,
    OpenSession,
    PlannedVials,
    PlanSession,
    RecordHistory,
    Remembered,
    Screen,
    SuspendLot,
    VialLine,
)
from tuyen.apps.registry.operations import MovePerson, RegisterPerson
from tuyen.apps.supply.operations import (
    ArrivedLine,
    IssuedLine,
    IssueToSession,
    LogTemperature,
    ReceiveLot,
    ReceiveTransfer,
    SendStock,
    SentLine,
    SetEquipment,
)
from tuyen.apps.supply.shelves import stock_id
from tuyen.apps.supply.sorting import lot_id

LOT = "MR-07"


def child(world, n=0, name="Vàng A Tủa"):
    born = clock.today() - timedelta(days=290)
    person = RegisterPerson(name=name, sex=1, born_on=born, place=world.villages[n], since=born)
    (id,) = world.send(person, unit=world.stations[n])
    return id


def session(world, *people):
    plan = PlanSession(
        kind="mobile", day=clock.today(), place=world.villages[0],
        vials=(PlannedVials(vaccine="MR", vials=2, size=10, lot=LOT),),
        expected=tuple(ExpectedPerson(person=person, vaccines=("MR",)) for person in people),
    )  # fmt: skip
    (id,) = world.send(plan, unit=world.stations[0])
    return id


def examined(visit):
    return Screen(visit=visit, vaccines=("MR",), answers=well(("MR",)), temperature=36.8)


def received(world, n=0, **changes):
    plain = {"item": "mr-10", "number": LOT, "expires_on": clock.today() + timedelta(400),
             "vials": 12, "maker": "POLYVAC"}  # fmt: skip
    world.send(ReceiveLot(**plain | changes), unit=world.stations[n])
    return lot_id("mr-10", LOT)


def body(device, kind, id):
    return device.state.documents[kind, str(id)].body


def test_a_tablet_carries_what_a_mobile_session_needs_of_its_own_reach(world):
    """The due list with the doses, the session with its queue, the stock, the fridge: of this station
    and of no other."""
    mine, other = child(world), child(world, 1, "Lò Văn Hai")
    given = RecordHistory(person=mine, doses=(Remembered(vaccine="BCG", on=clock.today()),))
    world.send(given, unit=world.stations[0])
    held_session = session(world, mine)
    lot = received(world)
    received(world, 1)
    (fridge,) = world.send(
        SetEquipment(kind="fridge", name="Tủ lạnh 1", since=date(2024, 1, 1)),
        unit=world.stations[0],
    )
    world.send(LogTemperature(equipment=fridge, half="am", celsius=4.5), unit=world.stations[0])
    device = world.tablet(0)
    talk(device)

    assert held(device) == world.expected(device)
    there = body(device, "immunization.child", mine)
    assert {"DTP", "IPV"} <= {row[0] for row in there["due"]}
    assert [dose[0] for dose in there["doses"]] == ["BCG"]
    assert ("immunization.child", str(other)) not in device.state.documents
    assert body(device, "immunization.session", held_session)["expected"] == [[str(mine), "MR"]]
    assert body(device, "supply.stock", stock_id(world.stations[0], lot))["held"][0][1:3] == [
        "usable", 12,
    ]  # fmt: skip
    assert ("supply.stock", str(stock_id(world.stations[1], lot))) not in device.state.documents
    assert body(device, "supply.equipment", fridge)["readings"][0][1::2] == ["am", 4.5]
    assert body(device, "immunization.stopped_lots", world.stations[0]) == {"lots": []}
    assert (
        len([1 for kind, _ in device.state.documents if kind == "immunization.stopped_lots"]) == 1
    )


def test_a_session_held_offline_arrives_and_is_applied_and_a_conflict_is_answered(world):
    """Two tablets of one station were away with one session. Whoever comes second with a child is
    answered, and nothing of the first is changed."""
    one, two = child(world), child(world, name="Giàng A Pó")
    held_session = session(world, one, two)
    first, second = world.tablet(0), world.tablet(0)
    talk(first), talk(second)
    here = world.stations[0]
    record(first, OpenSession(session=held_session), here)
    visits = []
    for person in (one, two):
        visit = UUID(record(first, Arrive(session=held_session, person=person), here))
        visits.append(visit)
        record(first, examined(visit), here)
        record(first, dosed(held_session, person, lot=LOT, place_kind="mobile"), here)
        record(first, Observe(visit=visit), here)
        record(first, Leave(visit=visit, early="thời tiết xấu"), here)
    again = record(second, OpenSession(session=held_session), here)
    talk(first), talk(second)

    assert {d.person_id for d in Dose.objects.filter(session_id=held_session)} == {one, two}
    assert (first.state.outbox, first.state.aside) == ((), {})
    assert second.state.aside[again][1] == "immunization.session-not-planned"
    talk(first), talk(second)
    for device in (first, second):
        assert held(device) == world.expected(device)
        assert body(device, "immunization.visit", visits[0])["state"] == "left"
        assert [dose[0] for dose in body(device, "immunization.child", one)["doses"]] == ["MR"]

    lines = (VialLine(vaccine="MR", lot=LOT, size=10, taken=2, opened=1, returned=1),)
    world.send(CloseSession(session=held_session, lines=lines), unit=here)
    talk(second)
    assert not [
        k for k, _ in second.state.documents if k in ("immunization.session", "immunization.visit")
    ]
    assert held(second) == world.expected(second)


def test_answers_of_an_examination_stay_at_the_server(world):
    person = child(world)
    held_session = session(world, person)
    world.send(OpenSession(session=held_session), unit=world.stations[0])
    (visit,) = world.send(Arrive(session=held_session, person=person), unit=world.stations[0])
    device = world.tablet(0)
    talk(device)
    told = Screen(visit=visit, vaccines=("MR",), answers=well(("MR",)), temperature=36.8,
                  defer="mẹ nhiễm HIV", note="hẹn bác sĩ Sùng")  # fmt: skip
    world.send(told, unit=world.stations[0])
    talk(device)

    found = body(device, "immunization.visit", visit)
    assert found["state"] == "deferred"
    assert found["screening"][0] == "deferred"
    said = json.dumps(found, ensure_ascii=False)
    assert not [word for word in ("HIV", "Sùng", "mother-hiv", "answers") if word in said]


def test_a_stopped_lot_is_stopped_on_every_tablet_and_lifted_again(world):
    lot = received(world)
    received(world, 1)
    here, there = world.tablet(0), world.tablet(1)
    talk(here), talk(there)
    world.send(SuspendLot(vaccine="MR", lot=LOT, reason="phản ứng nặng"), unit=world.province)
    talk(here), talk(there)

    for n, device in enumerate((here, there)):
        station = world.stations[n]
        (row,) = body(device, "immunization.stopped_lots", station)["lots"]
        assert row[:2] == ["MR", LOT]
        assert body(device, "supply.stock", stock_id(station, lot))["suspended_on"]
        assert held(device) == world.expected(device)
    world.send(LiftSuspension(vaccine="MR", lot=LOT, reason="đạt kiểm định"), unit=world.province)
    talk(here)
    assert body(here, "immunization.stopped_lots", world.stations[0]) == {"lots": []}


def test_a_child_who_moves_goes_with_the_doses_and_vials_that_are_sent_go_too(world):
    person, lot = child(world), received(world)
    here, there = world.tablet(0), world.tablet(1)
    talk(here), talk(there)
    world.send(MovePerson(person=person, place=world.villages[1], since=clock.today()),
               unit=world.stations[0])  # fmt: skip
    (sent,) = world.send(
        SendStock(to=world.stations[1], lines=(SentLine(lot=lot, vials=12),)),
        unit=world.stations[0],
    )
    talk(here), talk(there)

    key = ("immunization.child", str(person))
    assert key not in here.state.documents
    assert key in there.state.documents
    assert ("supply.stock", str(stock_id(world.stations[0], lot))) not in here.state.documents
    assert body(there, "supply.transfer", sent)["lines"][0][-1] == 12
    came = ReceiveTransfer(transfer=sent, lines=(ArrivedLine(lot=lot, arrived=12),))
    world.send(came, unit=world.stations[1])
    talk(here), talk(there)
    for device in (here, there):
        assert ("supply.transfer", str(sent)) not in device.state.documents
        assert held(device) == world.expected(device)


def test_vials_with_a_session_are_told_as_such(world):
    lot = received(world)
    held_session = session(world)
    device = world.tablet(0)
    talk(device)
    world.send(IssueToSession(session=held_session, lines=(IssuedLine(lot=lot, vials=2),)),
               unit=world.stations[0])  # fmt: skip
    talk(device)

    places = body(device, "supply.stock", stock_id(world.stations[0], lot))["held"]
    assert {(row[0], row[2]) for row in places} == {(str(world.stations[0]), 10),
                                                    (str(held_session), 2)}  # fmt: skip
    assert held(device) == world.expected(device)


@pytest.mark.parametrize(("role", "kinds"), [
    ("village-health-worker", set()),
    ("population-officer", set()),
    ("midwife", {"immunization.child", "immunization.session", "supply.stock", "supply.equipment"}),
])  # fmt: skip
def test_a_tablet_carries_only_what_its_post_may_read(world, role, kinds):
    session(world, child(world))
    received(world)
    fridge = SetEquipment(kind="fridge", name="Tủ lạnh", since=date(2024, 1, 1))
    world.send(fridge, unit=world.stations[0])
    device = world.tablet(0, role)
    talk(device)

    ours = {
        kind
        for kind, _ in device.state.documents
        if kind.split(".")[0] in ("immunization", "supply")
    }
    assert ours - {"immunization.stopped_lots"} == kinds
