"""What is shown of sessions, events and lots, to whom, and in how many questions."""

from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.immunization.holding import (
    LOT,
    TODAY,
    expected,
    later,
    opened,
    screened,
    through,
)
from tests.unit.apps.immunization.test_aefi import report
from tuyen.apps.immunization.models import LotHold
from tuyen.apps.immunization.operations import (
    Arrive,
    CloseSession,
    InvestigateAefi,
    Leave,
    LiftSuspension,
    NotifyAefi,
    SuspendLot,
    VialLine,
)
from tuyen.apps.immunization.queries import aefi, microplan, sessions
from tuyen.apps.immunization.signals import reply, serious_events
from tuyen.apps.supply.models import Lot
from tuyen.apps.supply.operations import LiftSuspension as LiftInStock
from tuyen.apps.supply.operations import ReceiveLot
from tuyen.apps.supply.operations import SuspendLot as SuspendInStock
from tuyen.kernel.signalling import Answer, Asked


def test_the_desk_shows_each_in_their_lane(world):
    one, two, three = (world.child(f"Vàng A {n}") for n in "MNP")
    session = opened(world, expected=expected(one, three))
    through(world, session, one)
    (visit,) = world.good(Arrive(session=session, person=two), unit=world.station, at=later(2))
    world.good(screened(visit, temperature=38.2), unit=world.station, at=later(3))

    found = sessions.desk(by=world.by, id=session)

    assert [(v.number, v.state, v.person.name) for v in found.visits] == [
        (1, "observed", "Vàng A M"), (2, "deferred", "Vàng A N"),
    ]  # fmt: skip
    assert found.visits[0].until == later(30)
    assert found.visits[0].doses == (("MR", LOT, later(0)),)
    assert [(r.rule, r.outcome) for r in found.visits[1].reasons] == [("fever", "defer")]
    assert [(e.person.name, e.state) for e in found.expected] == [
        ("Vàng A M", "observed"), ("Vàng A P", ""),
    ]  # fmt: skip
    row = found.row
    assert (row.expected, row.arrived, row.here, row.vaccinated) == (2, 2, 2, 1)


def test_a_desk_of_many_asks_no_more_than_one_of_few(world):
    asked = []
    for size in (1, 9):
        session = opened(world)
        people = [world.child(f"Vàng A {'ABCDEFGHI'[n]}") for n in range(size)]
        world.good(*(Arrive(session=session, person=p) for p in people), unit=world.station)
        with CaptureQueriesContext(connection) as queried:
            sessions.desk(by=world.by, id=session)
            sessions.sessions(by=world.by, first=TODAY, last=TODAY)
        asked.append(len(queried))

    assert asked[0] == asked[1]


def test_a_post_elsewhere_sees_neither_session_nor_event(world, holder):
    child = world.child()
    session = opened(world)
    id = report(world, child, severity=("hospital",))
    here, away = holder(("midwife", world.station)), holder(("midwife", world.elsewhere))
    asked = Asked(TODAY, TODAY - timedelta(30))

    assert sessions.desk(by=here, id=session) is not None
    assert [row.id for row in aefi.events(by=here)] == [id]
    assert sessions.desk(by=away, id=session) is None
    assert sessions.sessions(by=away, first=TODAY, last=TODAY) == []
    assert aefi.event(by=away, id=id) is None
    assert serious_events(away, asked) == []
    assert [hold.lot for hold in aefi.holds(by=away)] == [LOT]  # everybody must know that


def test_a_serious_event_is_a_signal_until_it_is_looked_into(world):
    id = report(world, world.child(), severity=("hospital",))
    report(world, world.child("Lò Thị Hoa"))
    asked = Asked(TODAY, TODAY - timedelta(30))

    (signal,) = serious_events(world.by, asked)

    assert (signal.id, signal.state, signal.due_at) == (id, "new", later(100) + timedelta(hours=24))
    (taken,), (verified,) = (reply(signal, Answer(what, "đã gọi")) for what in ("take", "verify"))
    assert isinstance(taken.payload, NotifyAefi)
    world.good(verified.payload, unit=verified.unit)
    (signal,) = serious_events(world.by, asked)
    assert (signal.state, signal.due_at) == ("verified", None)
    assert isinstance(verified.payload, InvestigateAefi)


def test_the_balance_says_what_was_lost(world):
    session, child = opened(world), world.child()
    visit = through(world, session, child)
    world.good(Leave(visit=visit), unit=world.station, at=later(31))
    lines = (VialLine(vaccine="MR", lot=LOT, size=10, taken=3, opened=1, discarded=1, returned=1),)
    world.good(CloseSession(session=session, lines=lines), unit=world.station, at=later(40))

    (row,) = sessions.vials(by=world.by, id=session)

    assert (row.given, row.wasted_open, row.wasted_closed, row.missing) == (1, 9, 10, 0)


def test_a_lot_is_compared_over_the_units_one_may_read(world, holder):
    for n in range(3):
        child = world.child(f"Vàng A {'ABC'[n]}")
        through(world, opened(world), child)
        report(world, child)
    found = aefi.lots(by=world.by, on=TODAY)["MR"]

    assert [(row.lot, row.doses, row.reports) for row in found] == [(LOT, 3, 3)]
    assert aefi.lots(by=holder(("midwife", world.elsewhere)), on=TODAY) == {}


def test_the_microplan_is_of_those_who_live_there(world, holder):
    world.child("Vàng A Mua", born=TODAY - timedelta(days=40))
    world.child("Lò Thị Hoa", born=TODAY - timedelta(days=600))

    plan = microplan.plan(by=world.by, unit=world.station, on=TODAY)
    due = microplan.due(by=world.by, unit=world.station, on=TODAY)

    (village,) = plan.villages
    assert (village.births, village.children) == (1, 2)
    assert village.defaulters > 0
    assert len(village.stops) == 4
    assert {len(one.vaccines) > 0 for one in due} == {True}
    assert (
        microplan.plan(by=holder(("midwife", world.elsewhere)), unit=world.station, on=TODAY)
        is None
    )


def test_a_grown_woman_with_a_dose_on_record_is_not_expected_for_those_of_children(world):
    """Tetanus in a pregnancy brings her into the register; measles or BCG must never be proposed to her."""
    mother = world.child("Bạc Thị Hương", born=TODAY.replace(year=TODAY.year - 32))
    child = world.child("Lò Thị Hoa", born=TODAY.replace(year=TODAY.year - 9))
    for person in (mother, child):
        world.visit(person, "Td", on=TODAY - timedelta(days=40))

    due = microplan.due(by=world.by, unit=world.station, on=TODAY)

    assert [one.person for one in due] == [child]
    assert microplan.due_of(by=world.by, people=[mother, child], on=TODAY).keys() == {child}


def test_a_combination_stands_for_its_parts():
    groups = [("DTP", 1), ("HepB (combination)", 1), ("Hib", 1), ("Measles", 2), ("Rubella", 1)]

    assert microplan.vaccines_for(groups, TODAY) == ("DTP-HepB-Hib", "MR")
    assert microplan.vaccines_for([("Measles", 1)], date(2026, 10, 25)) == ("Measles",)


def test_a_stop_is_heard_in_the_stock_and_the_other_way_round(world):
    receipts = [ReceiveLot(item="mr-10", number=n, expires_on=date(2027, 6, 30), vials=5) for n in
                (LOT, "MR-08")]  # fmt: skip
    world.good(*receipts, unit=world.station)
    lots = {lot.number: lot.pk for lot in Lot.objects.all()}

    world.good(SuspendLot(vaccine="MR", lot=LOT, reason="nghi ngờ"), unit=world.elsewhere)
    world.good(SuspendInStock(lot=lots["MR-08"], reason="thu hồi"), unit=world.station)

    assert Lot.objects.filter(suspended_on=TODAY).count() == 2
    assert set(LotHold.objects.filter(lifted_at=None).values_list("lot", flat=True)) == {
        LOT,
        "MR-08",
    }
    world.good(LiftInStock(lot=lots["MR-08"], reason="an toàn"), unit=world.station)
    assert LotHold.objects.filter(lifted_at=None).get().lot == LOT
    world.good(LiftSuspension(vaccine="MR", lot=LOT, reason="an toàn"), unit=world.station)


def test_the_microplan_takes_from_the_shelf_and_says_what_to_fetch(world, holder):
    """The first to expire first, none that is too old, and small villages at one session."""
    other = world._open("village", "Nậm Pồ", lies_in=world.commune)
    for n, place in enumerate((world.village, other)):
        for m in range(6):
            world.child(
                f"Vàng A {'BCDEFG'[m]}{'hk'[n]}", born=TODAY - timedelta(days=40 + m), place=place
            )
    for number, days, vials in (("BCG-2", 300, 1), ("BCG-1", 90, 2), ("BCG-0", 3, 9)):
        lot = ReceiveLot(
            item="bcg-10", number=number, vials=vials, expires_on=TODAY + timedelta(days)
        )
        world.good(lot, unit=world.station)

    plan = microplan.plan(by=world.by, unit=world.station, on=TODAY)

    assert [one.held_at for one in plan.villages] == ["Trạm y tế Nà Hỳ"] * 2
    assert sorted(len(one.stops) for one in plan.villages) == [0, 4]
    assert plan.month is not None
    row = next(one for one in plan.shelf if one.vaccine == "BCG")
    assert [lot for lot, _many, _until in row.lots][:1] == ["BCG-1"]
    assert "BCG-0" not in {lot for lot, _many, _until in row.lots}
    assert row.too_old == 9
    assert sum(many for _lot, many, _until in row.lots) + row.fetch == row.needed
    penta = next(one for one in plan.shelf if one.vaccine == "DTP-HepB-Hib")
    assert (penta.lots, penta.fetch) == ((), penta.needed)
