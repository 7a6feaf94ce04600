"""What a unit may use, needs and should order; and what rooms beside this one are told."""

from datetime import date, timedelta

import numpy as np
import pytest

from tests.unit.apps.supply.conftest import (
    MR,
    NOW,
    PENTA,
    PROGRAM,
    TODAY,
    codes,
    op,
    place,
    received,
    send,
)
from tuyen.apps.registry import queries as registry
from tuyen.apps.registry.counting import Population
from tuyen.apps.supply import queries
from tuyen.apps.supply.moving import move_stock
from tuyen.apps.supply.operations import (
    CloseSessionStock,
    IssuedLine,
    IssueToSession,
    LiftSuspension,
    QuarantineStock,
    SendStock,
    SentLine,
    SessionLine,
    SetEquipment,
    SetLevel,
    SuspendLot,
)
from tuyen.kernel import stocking
from tuyen.kernel.ids import uuid7
from tuyen.kernel.reorganising import Change
from tuyen.rules import supply as rules


@pytest.fixture
def people(monkeypatch):
    """2,400 people in M, of whom 60 are infants; 600 in N, without an infant on record."""
    counts = np.array([[[30, 1170], [30, 1170], [0, 0]], [[0, 300], [0, 300], [0, 0]]])
    found = Population((place("M"), place("N")), (0, 1), counts, counts, counts)
    monkeypatch.setattr(registry, "population", lambda **_: found)


def test_what_a_unit_may_use_stands_in_the_order_in_which_it_goes(stocked):
    soon = received(number="MR-00", vials=10, expires_on=TODAY + timedelta(30))
    gone = received(number="MR-OLD", vials=10, expires_on=TODAY)
    assert codes(op(soon), op(gone)) == ["accepted"] * 2

    tomorrow = TODAY + timedelta(1)
    found = stocking.usable(PROGRAM, unit=place("hc"), on=tomorrow, vaccine="MR")
    assert [(one.rank, one.number, one.vials) for one in found] == [
        (0, "MR-00", 10),
        (1, "MR-01", 100),
    ]
    taken, lacking = queries.proposal(
        by=PROGRAM, unit=place("hc"), item="mr-10", vials=115, on=tomorrow
    )
    assert [(held.number, many) for held, many in taken] == [("MR-00", 10), ("MR-01", 100)]
    assert lacking == 5


def test_readers_see_the_stock_of_their_own_reach(stocked, holder):
    way = SendStock(to=place("stM"), lines=(SentLine(lot=MR, vials=5),))
    assert codes(op(way), op(received(number="N-1"), "stN")) == ["accepted"] * 2
    nurse = holder(("station-head", place("stM")))

    assert {row.item for row in queries.stock(by=nurse, on=TODAY)} == {"mr-10"}
    assert queries.stock(by=nurse, on=TODAY)[0].coming == 5
    page = queries.lot(by=nurse, id=MR, on=TODAY)
    assert (page.number, page.held, page.journey) == ("MR-01", [], [])  # on the way
    assert queries.lot(by=nurse, id=PENTA, on=TODAY) is None
    assert queries.transfers(by=nurse)[0].vials == 5
    centre = holder(("health-centre-supervisor", place("hc")))
    assert {row.unit for row in queries.stock(by=centre, on=TODAY)} >= {place("hc"), place("stN")}
    assert send(op(received(number="X"), "stN"), by=nurse)[0].refusal.code == "access.not-allowed"


def test_need_is_reckoned_by_session_and_summed_where_it_is_supplied(db, people):
    rows = {(r.unit, r.item): r for r in queries.needs(by=PROGRAM, on=TODAY, months=6)}

    station, centre = rows[place("stM"), "mr-10"], rows[place("hc"), "mr-10"]
    assert (station.births, station.counted, round(station.doses)) == (60, True, 30)
    # Five children a session want most of a ten-dose vial each month, and half of it is lost.
    assert 5.5 < station.vials < 6.9
    assert station.wastage > 0.4
    other = rows[place("stN"), "mr-10"]
    assert (round(other.births, 1), other.counted) == (10.8, False)
    assert centre.vials == pytest.approx(station.vials + other.vials)


def test_orders_fill_up_to_the_most_and_a_unit_may_set_its_own(stocked, people):
    rows = {(r.unit, r.item): r for r in queries.orders(by=PROGRAM, on=TODAY)}
    penta = rows[place("hc"), "penta-1"]
    assert (penta.on_hand, penta.coming) == (40, 0)
    # 70.8 births want 17.7 doses a month: the least is a month, the most two.
    assert (penta.least, penta.most, penta.order) == (18, 36, 0)
    assert rows[place("stM"), "penta-1"].order == rows[place("stM"), "penta-1"].most > 0
    assert penta.expiring == 0
    assert rows[place("hc"), "mr-10"].expiring > 0

    own = SetLevel(item="penta-1", least=50, most=90)
    assert codes(op(own)) == ["accepted"]
    penta = next(
        r for r in queries.orders(by=PROGRAM, on=TODAY, unit=place("hc")) if r.item == "penta-1"
    )
    assert (penta.least, penta.most, penta.order, penta.own_levels) == (50, 90, 50, True)


def test_other_rooms_are_told_what_is_known_of_a_lot(stocked):
    def verdict(number, vaccine="MR", unit="hc", on=TODAY):
        (found,) = stocking.standing([stocking.Named(place(unit), vaccine, number, on)])
        return found.verdict

    assert verdict("mr 01".replace(" ", "-")) == "usable"
    assert verdict("MR-99") == "never-received"
    assert verdict("MR-01", unit="stM") == "never-received"
    assert verdict("H-1", vaccine="HPV4") == "not-kept"
    assert verdict("MR-01", on=date(2027, 7, 1)) == "expired"
    assert codes(op(QuarantineStock(lot=PENTA, vials=40, reason="nghi ngờ"))) == ["accepted"]
    assert verdict("PT-01", vaccine="DTP-HepB-Hib") == "quarantined"
    session = uuid7()
    taken = IssueToSession(session=session, lines=(IssuedLine(lot=MR, vials=2),))
    assert codes(op(taken)) == ["accepted"]
    (row,) = stocking.taken(PROGRAM, session=session)
    assert (row.number, row.taken, row.out, row.closed) == ("MR-01", 2, 2, False)


def test_a_suspension_asked_for_beside_stops_the_lot_everywhere_and_is_heard(stocked):
    heard = []
    stocking.hears_of_stops("test")(heard.extend)
    try:
        asked = stocking.suspension(lot=MR, unit=place("stM"), reason="phản ứng nặng")
        assert isinstance(asked.payload, SuspendLot)
        assert codes(op(asked.payload, asked.unit)) == ["accepted"]
        lifted = LiftSuspension(lot=MR, reason="kết luận không liên quan")
        (found,) = stocking.standing([stocking.Named(place("hc"), "MR", "MR-01", TODAY)])
        assert found.verdict == "suspended"
        assert stocking.usable(PROGRAM, unit=place("hc"), on=TODAY, vaccine="MR") == ()
        assert codes(op(lifted)) == ["accepted"]
    finally:
        stocking._HEARERS.pop("test")
    assert [(one.number, one.lifted) for one in heard] == [("MR-01", False), ("MR-01", True)]


def test_every_item_is_of_a_vaccine_of_the_list_and_every_diluent_of_its_own():
    items = rules.items()
    from tuyen.rules.loader import load

    vaccines = {row["code"] for row in load("immunization/vaccines")}
    assert {one.vaccine for one in items.values() if one.kind == "vaccine"} <= vaccines
    diluents = {one.diluent for one in items.values() if one.diluent}
    assert diluents == {code for code, one in items.items() if one.kind == "diluent"}
    assert rules.doses_per_child(TODAY).keys() <= items.keys()
    assert NOW.date() == TODAY


def test_use_is_reckoned_by_the_days_on_which_there_was_any(stocked):
    session = uuid7()
    taken = IssueToSession(session=session, lines=(IssuedLine(lot=MR, vials=12),))
    back = CloseSessionStock(session=session, lines=(SessionLine(lot=MR, opened=10, returned=2),))
    assert codes(op(taken), op(back)) == ["accepted"] * 2

    (row,) = [
        r for r in queries.orders(by=PROGRAM, on=TODAY, unit=place("hc")) if r.item == "mr-10"
    ]

    # All came today: on the 179 days before there was nothing to use.
    assert round(row.used_a_month / 30.4375) == 10
    assert (row.on_hand, round(row.days_left)) == (90, 9)


def test_a_fridge_and_what_is_on_the_way_go_on_with_the_successor(stocked):
    fridge = op(SetEquipment(kind="fridge", name="Tủ", since=TODAY), "stM")
    way = op(SendStock(to=place("stM"), lines=(SentLine(lot=MR, vials=5),)))
    inside = op(received(number="MR-7", into=fridge.id), "stM")
    loose = op(received(number="MR-8"), "stM")
    assert codes(fridge, way, inside, loose) == ["accepted"] * 4

    found = list(
        move_stock(Change(uuid7(), TODAY, {place("stM"): place("stN"), place("stD"): None}))
    )

    assert all(place("stN") in edit.values.values() for edit in found)
    moved = {(type(edit.row).__name__, edit.row.pk) for edit in found}
    assert {("Equipment", fridge.id), ("Transfer", way.id)} <= moved
    held = [edit.row for edit in found if type(edit.row).__name__ == "Balance"]
    assert [row.holder_id for row in held] == [fridge.id]


def test_syringes_boxes_and_diluents_are_needed_in_the_numbers_of_the_doses(db, people):
    """A session that has the vaccine and no syringe gives nothing; drops by mouth take none."""
    needed = {
        row.item: row for row in queries.needs(by=PROGRAM, on=TODAY, months=1, unit=place("stM"))
    }
    said = rules.goods(TODAY)
    injected = [needed[item] for item in needed if item in said.syringe]
    small = needed["bcg-10"]

    assert needed["ad-005"].doses == pytest.approx(small.doses)
    assert needed["ad-005"].vials == pytest.approx(small.doses * (1 + said.spare))
    assert needed["ad-05"].doses == pytest.approx(sum(row.doses for row in injected) - small.doses)
    assert needed["mix-2"].doses == pytest.approx(small.vials)
    assert needed["diluent-bcg"].vials == pytest.approx(small.vials)
    used = sum(needed[item].doses for item in ("ad-005", "ad-05", "mix-2", "mix-5"))
    assert needed["box-5l"].doses == pytest.approx(used / said.holds)


def test_syringes_have_lots_and_balances_and_are_ordered(db, people):
    lot = received(item="ad-05", number="K05", vials=30, maker="MEDIPLAST", vvm=None)
    assert codes(op(lot, "stM")) == ["accepted"]

    (row,) = queries.stock(by=PROGRAM, on=TODAY, unit=place("stM"))
    assert (row.item, row.usable) == ("ad-05", 30)
    orders = {one.item: one for one in queries.orders(by=PROGRAM, on=TODAY, unit=place("stM"))}
    assert orders["ad-05"].on_hand == 30
    assert orders["box-5l"].order > 0
    (move,) = queries.proposal(by=PROGRAM, unit=place("stM"), item="ad-05", vials=20, on=TODAY)[0]
    assert (move[0].number, move[1]) == ("K05", 20)
