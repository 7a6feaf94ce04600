"""Medicines leave the shelf with the visit; what the shelf does not hold is a difference, no refusal."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.supply.conftest import (
    NOW,
    PROGRAM,
    TODAY,
    code,
    codes,
    op,
    place,
    received,
    send,
)
from tests.unit.apps.supply.visiting import (
    Amended,
    Dispensed,
    Prescribed,
    Recorded,
    Voided,
    visits,  # noqa: F401  # a fixture
)
from tuyen.apps.journal.replay import replay
from tuyen.apps.supply import queries
from tuyen.apps.supply.models import (
    Balance,
    ControlledCount,
    ControlledLine,
    DispensedLot,
    Dispensing,
    Lot,
    Movement,
    Prescription,
    Shortfall,
)
from tuyen.apps.supply.operations import (
    CountControlled,
    CountedLine,
    CountStock,
    DestroyControlled,
    DestroyedLine,
    DiscardStock,
    Dispense,
    FoundLine,
    HandedLine,
    SetEquipment,
    SettleShortfall,
    SuspendLot,
    TakeBack,
    WitnessCount,
)
from tuyen.apps.supply.sorting import lot_id
from tuyen.kernel.ids import uuid7

pytestmark = pytest.mark.usefixtures("visits")
TABLES = (Lot, Balance, Movement, Dispensing, DispensedLot, Shortfall, Prescription,
          ControlledCount, ControlledLine)  # fmt: skip
OLD, NEW = lot_id("amlodipine-5", "A1"), lot_id("amlodipine-5", "A2")


def medicine(**changes: Any):
    plain: dict[str, Any] = {"item": "amlodipine-5", "number": "A1", "vials": 20, "maker": "",
                             "vvm": None, "expires_on": date(2027, 1, 31)}  # fmt: skip
    return received(**plain | changes)


@pytest.fixture
def shelf(db):
    """At station stM: 20 tablets that expire in January, 40 that do in June."""
    newer = medicine(number="A2", vials=40, expires_on=date(2027, 6, 30))
    assert codes(op(newer, "stM"), op(medicine(), "stM")) == ["accepted"] * 2


def given(*lines: Dispensed, prescribed=(), **rest):
    return Recorded(began_at=NOW - timedelta(minutes=20), dispensed=lines, prescribed=prescribed,
                    **rest)  # fmt: skip


def tablets(quantity, **rest) -> Dispensed:
    return Dispensed(item=rest.pop("item", "amlodipine-5"), quantity=Decimal(str(quantity)), **rest)


def left(lot=OLD, unit="stM", holder=None, state="usable"):
    row = Balance.objects.filter(unit_id=place(unit), holder_id=holder or place(unit), state=state,
                                 lot_id=lot)  # fmt: skip
    return row.values_list("vials", flat=True).first() or 0


def shorts(**which):
    rows = Shortfall.objects.filter(**which).order_by("item", "pieces")
    return [(row.item, row.pieces, row.why, row.state) for row in rows]


def balanced():
    return not queries.recount(by=PROGRAM).wrong and not queries.recount(by=PROGRAM).lots


# -- the visit -------------------------------------------------------------------------------------


def test_a_visit_takes_what_expires_first_and_then_the_next(shelf):
    visit = op(given(tablets(30)), "stM")

    assert codes(visit) == ["accepted"]
    assert (left(OLD), left(NEW), shorts()) == (0, 30, [])
    (line,) = queries.dispensed(by=PROGRAM, visits=[visit.id])[visit.id]
    assert [(out.number, out.pieces) for out in line.lots] == [("A1", 20), ("A2", 10)]
    assert (line.quantity, line.pieces, line.short, line.source) == (30, 30, 0, "visit")
    assert Movement.objects.filter(cause_id=visit.id, kind="dispensed").count() == 2


def test_the_lot_that_was_read_goes_and_no_other_stands_in_for_it(shelf):
    assert codes(op(given(tablets(30, lot=OLD)), "stM")) == ["accepted"]

    assert (left(OLD), left(NEW)) == (0, 40)
    assert shorts() == [("amlodipine-5", 10, "not-enough", "open")]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (tablets(10, item="ors"), "not-enough"),
        (tablets(10, item="moonlight"), "unknown-item"),
        (tablets(10, lot=uuid7()), "no-lot"),
        (tablets(10, item="ors", lot=OLD), "other-item"),
    ],
)
def test_what_the_shelf_does_not_hold_is_a_difference_and_no_refusal(shelf, line, why):
    assert codes(op(given(line), "stM")) == ["accepted"]

    assert shorts() == [(line.item, 10, why, "open")]
    assert (left(OLD), left(NEW)) == (20, 40)
    assert balanced()


def test_half_a_tablet_too_many_opens_another_and_nothing_is_no_line(shelf):
    visit = op(given(tablets("7.5"), tablets(0)), "stM")

    assert codes(visit) == ["accepted"]
    assert left(OLD) == 12
    assert Dispensing.objects.get().quantity == Decimal("7.5")


def test_expired_and_suspended_lots_stay_where_they_are_unless_they_were_read(shelf):
    assert codes(op(SuspendLot(lot=OLD, reason="thu hồi"), "hc")) == ["accepted"]
    assert codes(op(given(tablets(30)), "stM")) == ["accepted"]
    assert (left(OLD), left(NEW)) == (20, 10)

    told = op(given(tablets(5, lot=OLD)), "stM")
    assert codes(told) == ["accepted"]
    assert Movement.objects.get(cause_id=told.id).reason == "suspended"
    late = op(given(tablets(5)), "stM", on=date(2027, 7, 1))
    assert codes(late, at=NOW + timedelta(days=260)) == ["accepted"]
    assert shorts(visit_id=late.id) == [("amlodipine-5", 5, "not-enough", "open")]


def test_each_unit_has_its_own_shelf_and_the_bag_of_a_team_is_named(shelf):
    bag = op(SetEquipment(kind="team-bag", name="Túi lưu động", since=TODAY, watched=False), "stM")
    assert codes(bag, op(medicine(number="B1", into=bag.id, expires_on=date(2028, 1, 1)), "stM")) == [
        "accepted"] * 2  # fmt: skip
    in_bag = lot_id("amlodipine-5", "B1")

    assert codes(op(given(tablets(25, holder=bag.id)), "stM")) == ["accepted"]
    assert (left(OLD), left(in_bag, holder=bag.id)) == (20, 0)
    assert shorts() == [("amlodipine-5", 5, "not-enough", "open")]
    assert codes(op(given(tablets(5)), "stN")) == ["accepted"]
    assert left(OLD) == 20


def test_a_corrected_visit_gives_back_and_takes_again(shelf):
    visit = op(given(tablets(90)), "stM")
    assert codes(visit) == ["accepted"]
    assert shorts() == [("amlodipine-5", 30, "not-enough", "open")]

    amended = Amended(visit=visit.id, reason="gõ nhầm", content=given(tablets(9)))
    assert codes(op(amended, "stM")) == ["accepted"]
    assert (left(OLD), left(NEW)) == (11, 40)
    assert shorts() == [("amlodipine-5", 30, "not-enough", "void")]
    assert balanced()


def test_a_correction_that_changes_no_line_moves_nothing(shelf):
    visit = op(given(tablets(9)), "stM")
    assert codes(visit) == ["accepted"]
    before = Movement.objects.count()

    same = Amended(visit=visit.id, reason="sửa chẩn đoán", content=given(tablets("9.0")))
    assert codes(op(same, "stM")) == ["accepted"]
    assert Movement.objects.count() == before


def test_a_void_visit_gives_back_what_it_handed_out_and_the_counter_what_came_back(shelf):
    order = Prescribed(item="amlodipine-5")
    visit = op(given(tablets(10), prescribed=(order,)), "stM")
    later = Dispense(visit=visit.id, lines=(HandedLine(item="amlodipine-5", quantity=Decimal(20)),))
    assert codes(visit, op(later, "stM")) == ["accepted"] * 2

    assert codes(op(Voided(visit=visit.id, reason="nhầm người"), "stM")) == ["accepted"]
    kept = queries.dispensed(by=PROGRAM, visits=[visit.id])[visit.id]
    assert [(line.source, line.pieces) for line in kept] == [("desk", 20)]
    assert left(OLD) + left(NEW) == 40
    back = TakeBack(visit=visit.id, note="bệnh nhân trả lại nguyên vỉ")
    assert codes(op(back, "stN"), op(back, "stM"), op(back, "stM")) == [
        "nothing-to-take-back", "accepted", "nothing-to-take-back",
    ]  # fmt: skip
    assert (left(OLD), left(NEW)) == (20, 40)
    assert queries.dispensed(by=PROGRAM, visits=[visit.id]) == {}
    assert queries.to_dispense(by=PROGRAM, unit=place("stM"), first=TODAY, last=TODAY) == []
    assert balanced()


# -- the counter -----------------------------------------------------------------------------------


@pytest.fixture
def waiting(shelf):
    """A visit that prescribed 30 tablets and 6 sachets and handed out 10 of the tablets."""
    orders = (Prescribed(item="amlodipine-5"), Prescribed(item="ors", quantity=Decimal(6)))
    visit = op(given(tablets(10), prescribed=orders), "stM")
    assert codes(visit) == ["accepted"]
    return visit.id


def queue():
    rows = queries.to_dispense(by=PROGRAM, unit=place("stM"), first=TODAY, last=TODAY)
    return {row.item: row.left for row in rows}


def handed(item="amlodipine-5", quantity: Any = 20, **rest):
    return HandedLine(item=item, quantity=Decimal(quantity), **rest)


def test_what_was_prescribed_waits_until_it_is_handed_out(waiting):
    assert queue() == {"amlodipine-5": 20, "ors": 6}

    lines = (handed(), handed("ors", 6, days=3))
    assert codes(op(Dispense(visit=waiting, lines=lines), "stM")) == ["accepted"]
    assert queue() == {}
    assert (left(OLD), left(NEW)) == (0, 30)
    assert shorts() == [("ors", 6, "not-enough", "open")]
    sources = [line.source for line in queries.dispensed(by=PROGRAM, visits=[waiting])[waiting]]
    assert sources == ["visit", "desk", "desk"]


@pytest.mark.parametrize(
    ("lines", "rest", "refused"),
    [
        ((handed(quantity=21),), {}, "more-than-prescribed"),
        ((handed(quantity=0),), {}, "no-quantity"),
        ((handed(quantity="NaN"),), {}, "no-quantity"),
        ((handed(quantity=15), handed(quantity=15)), {}, "more-than-prescribed"),
        ((handed("zinc-20", 5),), {}, "not-prescribed"),
        ((handed("moonlight", 5),), {}, "unknown-item"),
        ((handed("zinc-20", 5, instead_of="ors"),), {}, "substitute-unexplained"),
        ((handed("ors", 5, lot=OLD),), {}, "lot-of-another"),
        ((handed(lot=uuid7()),), {}, "lot-never-received"),
        ((handed(holder=uuid7()),), {}, "unknown-holder"),
        ((handed(),), {"visit": uuid7()}, "nothing-prescribed"),
        ((handed(),), {"at": NOW + timedelta(days=1)}, "from-the-future"),
    ],
)
def test_what_cannot_be_handed_out_is_refused(waiting, lines, rest, refused):
    payload = Dispense(**{"visit": waiting, "lines": lines} | rest)

    assert codes(op(payload, "stM")) == [refused]
    assert queue() == {"amlodipine-5": 20, "ors": 6}


def test_another_unit_hands_nothing_out_for_this_visit(waiting):
    assert codes(op(Dispense(visit=waiting, lines=(handed(),)), "stN")) == ["nothing-prescribed"]


def test_a_substitute_stands_for_what_was_prescribed(waiting):
    assert codes(op(medicine(item="zinc-20", number="Z1"), "stM")) == ["accepted"]
    line = handed("zinc-20", 6, instead_of="ors")

    payload = Dispense(visit=waiting, lines=(line,), note="hết oresol")
    assert codes(op(payload, "stM")) == ["accepted"]
    assert queue() == {"amlodipine-5": 20}
    assert left(lot_id("zinc-20", "Z1")) == 14


def test_a_correction_of_the_visit_leaves_what_was_handed_out_later(waiting):
    assert codes(op(Dispense(visit=waiting, lines=(handed(quantity=5),)), "stM")) == ["accepted"]
    more = Prescribed(item="amlodipine-5", quantity=Decimal(60))

    amended = Amended(
        visit=waiting, reason="kê thêm", content=given(tablets(12), prescribed=(more,))
    )
    assert codes(op(amended, "stM")) == ["accepted"]
    assert queue() == {"amlodipine-5": 43}
    assert balanced()


# -- differences -----------------------------------------------------------------------------------


def test_a_difference_is_settled_by_the_receipt_that_came_late(shelf):
    visit = op(given(tablets(6, item="ors")), "stM")
    assert codes(visit) == ["accepted"]
    (short,) = queries.shortfalls(by=PROGRAM, on=TODAY)
    settle = SettleShortfall(shortfall=short.id, how="receipt", note="phiếu nhập ghi muộn")
    assert codes(op(settle, "stM")) == ["not-on-the-shelf"]
    assert codes(op(medicine(item="ors", number="O1", vials=10), "stM")) == ["accepted"]

    assert codes(op(settle, "stN")) == ["unknown-shortfall"]
    assert codes(op(settle, "stM"), op(settle, "stM")) == ["accepted", "unknown-shortfall"]
    assert left(lot_id("ors", "O1")) == 4
    (line,) = queries.dispensed(by=PROGRAM, visits=[visit.id])[visit.id]
    assert (line.short, [out.number for out in line.lots]) == (0, ["O1"])
    assert codes(op(Voided(visit=visit.id, reason="nhầm"), "stM")) == ["accepted"]
    assert left(lot_id("ors", "O1")) == 10
    assert balanced()


def test_a_difference_that_a_count_set_right_moves_nothing(shelf):
    assert codes(op(given(tablets(70)), "stM")) == ["accepted"]
    (short,) = queries.shortfalls(by=PROGRAM, on=TODAY)
    before = Movement.objects.count()

    settle = SettleShortfall(shortfall=short.id, how="count", note="đã kiểm kê")
    assert codes(op(settle, "stM")) == ["accepted"]
    assert Movement.objects.count() == before
    (done,) = queries.shortfalls(by=PROGRAM, on=TODAY, state="settled")
    assert (done.how, done.note) == ("count", "đã kiểm kê")


# -- drugs under special control -------------------------------------------------------------------


@pytest.fixture
def cabinet(db):
    """Twelve ampoules of morphine at the station."""
    payload = medicine(item="morphine-10", number="M1", vials=12)
    assert codes(op(payload, "stM")) == ["accepted"]
    return lot_id("morphine-10", "M1")


def test_one_person_alone_does_not_count_controlled_drugs(cabinet):
    alone = CountStock(lines=(CountedLine(lot=cabinet, vials=11),), note="thiếu một")

    assert codes(op(alone, "stM")) == ["needs-two"]
    assert left(cabinet) == 12


def test_a_count_by_two_moves_when_the_second_agrees(cabinet):
    found = (FoundLine(lot=cabinet, found=11),)
    assert codes(op(CountControlled(lines=found), "stM")) == ["difference-unexplained"]
    count = op(CountControlled(lines=found, note="vỡ một ống"), "stM")
    assert codes(count, op(CountControlled(lines=(*found, *found), note="hai lần"), "stM")) == [
        "accepted", "lot-twice"]  # fmt: skip
    assert left(cabinet) == 12

    agree = WitnessCount(count=count.id, agrees=True)
    assert codes(op(agree, "stN")) == ["unknown-count"]
    assert codes(op(agree, "stM"), op(agree, "stM")) == ["accepted", "unknown-count"]
    assert left(cabinet) == 11
    page = queries.register(
        by=PROGRAM, unit=place("stM"), item="morphine-10", first=TODAY, last=TODAY
    )
    assert [(row.kind, row.came, row.went, row.balance) for row in page.rows] == [
        ("received", 12, 0, 12), ("counted", 0, 1, 11)]  # fmt: skip


def test_a_count_that_the_second_did_not_see_moves_nothing(cabinet):
    count = op(CountControlled(lines=(FoundLine(lot=cabinet, found=9),), note="thiếu ba"), "stM")
    assert codes(count) == ["accepted"]
    assert codes(op(WitnessCount(count=count.id, agrees=False), "stM")) == [
        "difference-unexplained"
    ]

    told = WitnessCount(count=count.id, agrees=False, note="tôi đếm được 12")
    assert codes(op(told, "stM")) == ["accepted"]
    assert left(cabinet) == 12
    assert [row.state for row in queries.counts(by=PROGRAM, unit=place("stM"))] == ["disputed"]


def test_controlled_drugs_are_destroyed_before_the_eyes_of_two(cabinet):
    alone = DiscardStock(lot=cabinet, vials=2, reason="expired")
    gone = DestroyedLine(lot=cabinet, pieces=2)
    more = DestroyedLine(lot=cabinet, pieces=13)
    destroy = op(DestroyControlled(lines=(gone,), reason="expired", note="biên bản 04"), "stM")

    assert codes(op(alone, "stM"), destroy) == ["destroyed-by-two", "accepted"]
    assert codes(op(DestroyControlled(lines=(more,), reason="broken", note="vỡ ống"), "stM")) == [
        "more-than-there"
    ]
    assert left(cabinet) == 12
    (row,) = queries.counts(by=PROGRAM, unit=place("stM"))
    assert (row.purpose, row.reason, row.state) == ("destroy", "expired", "waiting")
    assert codes(op(WitnessCount(count=destroy.id, agrees=True), "stM")) == ["accepted"]
    assert left(cabinet) == 10
    assert balanced()


def test_a_medicine_that_is_not_controlled_is_counted_by_one(shelf):
    payload = CountControlled(lines=(FoundLine(lot=OLD, found=20),))

    assert codes(op(payload, "stM")) == ["not-controlled"]


def test_the_register_says_for_which_visit(cabinet):
    visit = op(given(tablets(2, item="morphine-10")), "stM")
    assert codes(visit) == ["accepted"]

    page = queries.register(
        by=PROGRAM, unit=place("stM"), item="morphine-10", first=TODAY, last=TODAY
    )
    assert (page.opening, page.closing) == (0, 10)
    assert page.rows[-1].visit == visit.id


# -- a batch is its entries ------------------------------------------------------------------------


def story():
    """Visits, corrections and what follows them, with ids that are told again."""
    first, second, third = (op(given(tablets(n)), "stM", id=uuid7()) for n in (15, 30, 40))
    order = (Prescribed(item="amlodipine-5", quantity=Decimal(20)),)
    other = op(given(prescribed=order), "stM", id=uuid7())
    return [
        [op(medicine(), "stM"), op(medicine(number="A2", vials=40, expires_on=date(2027, 6, 30)), "stM")],
        [first, second, third, other],
        [op(Amended(visit=first.id, reason="sửa", content=given(tablets(5))), "stM"),
         op(Amended(visit=third.id, reason="sửa", content=given(tablets(2, lot=NEW))), "stM"),
         op(Amended(visit=first.id, reason="sửa lại", content=given(tablets(6))), "stM")],
        [op(Dispense(visit=other.id, lines=(handed(quantity=n),)), "stM") for n in (8, 8, 8)],
        [op(Voided(visit=second.id, reason="nhầm"), "stM")],
    ]  # fmt: skip


def state():
    return {
        table.__name__: sorted(table.objects.values_list(*[f.attname for f in table._meta.fields]),
                               key=str)
        for table in TABLES
    }  # fmt: skip


def test_a_batch_writes_what_its_entries_write_one_by_one_and_a_replay_again(db):
    steps = story()
    before = transaction.savepoint()  # not a block: a commit insists on being the outermost
    one_by_one = [code(send(each)[0]) for step in steps for each in step]
    alone = state()
    transaction.savepoint_rollback(before)
    together = [code(receipt) for step in steps for receipt in send(*step)]

    assert together == one_by_one
    assert Counter(together)["more-than-prescribed"] == 1
    assert state() == alone
    assert balanced()
    rebuilt = replay()
    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []


def test_the_number_of_queries_does_not_grow_with_the_batch(shelf):
    assert codes(op(given(tablets(1)), "stM")) == ["accepted"]
    counted = []
    for many in (1, 12):
        with CaptureQueriesContext(connection) as seen:
            send(*(op(given(tablets(1)), "stM") for _ in range(many)))
        counted.append(len(seen))
    assert counted[0] == counted[1]
