"""The ledger: every vial has an account, none is ever below zero, every difference is told."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.supply.conftest import (
    MR,
    NOW,
    PENTA,
    PROGRAM,
    TODAY,
    code,
    codes,
    op,
    place,
    received,
    send,
)
from tuyen.apps.journal.replay import replay
from tuyen.apps.supply import queries
from tuyen.apps.supply.models import Balance, Lot, Movement, SessionUse, Transfer, TransferLine
from tuyen.apps.supply.operations import (
    AdjustStock,
    ArrivedLine,
    CloseSessionStock,
    CountedLine,
    CountStock,
    DiscardStock,
    IssuedLine,
    IssueToSession,
    LiftSuspension,
    QuarantineStock,
    ReadVialMonitor,
    ReceiveTransfer,
    ReleaseStock,
    SendStock,
    SentLine,
    SessionLine,
    SetLevel,
    ShiftStock,
    SuspendLot,
)
from tuyen.engines.supply import reference
from tuyen.engines.supply.exposure import Moved
from tuyen.kernel.ids import NODE, derived_id, uuid7

TABLES = (Lot, Balance, Movement, Transfer, TransferLine, SessionUse)
SESSION = uuid7()


def vials(unit="hc", state="usable", lot=MR, holder=None):
    row = Balance.objects.filter(
        unit_id=place(unit), holder_id=holder or place(unit), state=state, lot_id=lot
    )
    return row.values_list("vials", flat=True).first() or 0


def sending(vials=30, to="stM", **rest):
    return SendStock(to=place(to), lines=(SentLine(lot=MR, vials=vials, **rest),))


# -- receipts and transfers ------------------------------------------------------------------------


def test_a_lot_is_the_same_lot_wherever_its_number_is_written(db):
    assert codes(op(received()), op(received(number=" mr-01 ", vials=5), "stM")) == ["accepted"] * 2

    assert Lot.objects.count() == 1
    assert (vials("hc"), vials("stM")) == (100, 5)
    assert vials("hc", "supplied") == -100


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"item": "mr-11"}, "unknown-item"),
        ({"number": "  "}, "unknown-item"),
        ({"expires_on": date(2027, 1, 1)}, "lot-differs"),
        ({"maker": "IVAC"}, "lot-differs"),
        ({"number": "X", "expires_on": TODAY - timedelta(1)}, "lot-expired"),
        ({"diluent": "D-404"}, "lot-never-received"),
        ({"into": place("stM")}, "unknown-holder"),
        ({"at": NOW + timedelta(hours=1)}, "from-the-future"),
        ({"at": datetime(2026, 10, 25, 3)}, "from-the-future"),  # no zone is said
    ],
)
def test_a_receipt_that_cannot_be_is_refused(stocked, changes, refused):
    assert codes(op(received(**changes))) == [refused]
    assert vials() == 100


def test_vials_that_had_too_much_heat_come_in_set_apart(db):
    assert codes(op(received(vvm=3))) == ["accepted"]

    assert (vials(), vials(state="quarantined")) == (0, 100)


def test_a_diluent_goes_with_its_vaccine(db):
    diluent = received(item="diluent-mr", number="D-01", maker="", vvm=None)

    assert codes(op(diluent), op(received(diluent="d-01"))) == ["accepted"] * 2
    page = queries.lot(by=PROGRAM, id=MR, on=TODAY)
    assert page.diluent[1] == "D-01"


def test_a_transfer_is_on_the_way_until_the_other_end_says_what_came(stocked):
    way = op(sending(30))
    assert codes(way) == ["accepted"]
    assert (vials("hc"), vials("stM")) == (70, 0)
    assert queries.stock(by=PROGRAM, on=TODAY, unit=place("stM"))[0].coming == 30

    lines = (ArrivedLine(lot=MR, arrived=26, broken=3),)
    came = ReceiveTransfer(transfer=way.id, lines=lines)
    assert codes(op(came, "stN")) == ["unknown-transfer"]
    assert codes(op(came, "stM")) == ["difference-unexplained"]
    told = ReceiveTransfer(transfer=way.id, lines=lines, note="3 lọ vỡ, thiếu 1 lọ")
    assert codes(op(told, "stM"), op(told, "stM")) == ["accepted", "transfer-received"]

    assert (vials("stM"), vials("stM", "discarded"), vials("hc", "adjusted")) == (26, 3, 1)
    assert vials("hc", "transit", holder=way.id) == 0
    row = queries.transfer(by=PROGRAM, id=way.id)
    assert (row.state, row.short, row.lines[0].arrived) == ("received", 1, 26)


@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        (sending(101), "not-enough"),
        (sending(1, to="hc"), "sends-to-itself"),
        (sending(1, to="stA"), "unknown-place"),  # closed in 2025
        (sending(1, state="quarantined"), "not-enough"),
        (SendStock(to=place("stM"), lines=(SentLine(lot=uuid7(), vials=1),)), "lot-never-received"),
        (SendStock(to=place("stM"), lines=(SentLine(lot=MR, vials=1),) * 2), "lot-twice"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(stocked, payload, refused):
    assert codes(op(payload)) == [refused]
    assert vials() == 100


def test_a_refusal_says_which_lot_which_place_and_how_many(stocked):
    (receipt,) = send(op(sending(130)))

    assert str(receipt.refusal.refusal()) == (
        "130 of lot MR-01 were asked for; at health_centre hc there are 100 (usable)."
        " Count the shelf, or take fewer."
    )


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ((ArrivedLine(lot=PENTA, arrived=1),), "transfer-lines"),
        ((ArrivedLine(lot=MR, arrived=31),), "more-than-sent"),
        ((ArrivedLine(lot=MR, arrived=15), ArrivedLine(lot=MR, arrived=15)), "lot-twice"),
    ],
)
def test_what_came_is_told_of_every_lot_that_was_sent(stocked, lines, refused):
    way = op(sending(30))
    send(way)

    assert codes(op(ReceiveTransfer(transfer=way.id, lines=lines, note="khác"), "stM")) == [refused]


# -- sessions --------------------------------------------------------------------------------------


def issue(vials=10, lot=MR, session=SESSION, **rest):
    return IssueToSession(session=session, lines=(IssuedLine(lot=lot, vials=vials, **rest),))


def close(session=SESSION, note="", lot=MR, **line):
    return CloseSessionStock(session=session, lines=(SessionLine(lot=lot, **line),), note=note)


def test_a_session_gives_back_every_vial_that_it_took(stocked):
    back = close(returned=4, opened=5, kept_open=0, discarded=1, given=41)
    assert codes(op(issue(6)), op(issue(4)), op(back)) == ["accepted"] * 3

    (row,) = queries.session_use(by=PROGRAM, session=SESSION)
    assert (row.taken, row.returned, row.opened, row.given, row.wasted) == (10, 4, 5, 41, 9)
    assert (row.out, row.closed, vials()) == (0, True, 94)
    assert codes(op(issue(1)), op(back)) == ["session-closed"] * 2


@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        (close(returned=11), "more-than-taken"),
        (close(returned=9, opened=1, given=11), "given-too-many"),
        (close(returned=9), "difference-unexplained"),
        (close(lot=PENTA, returned=1), "unknown-session"),
        (close(session=uuid7(), returned=1), "unknown-session"),
    ],
)
def test_a_session_that_does_not_balance_is_refused(stocked, payload, refused):
    assert codes(op(issue()), op(payload)) == ["accepted", refused]
    assert vials() == 90


def test_a_missing_vial_of_a_session_is_explained_and_an_open_one_used_another_day(stocked):
    told = close(returned=8, kept_open=1, given=3, note="mất 1 lọ trên đường")
    assert codes(op(issue()), op(told)) == ["accepted"] * 2

    assert (vials(), vials(state="open"), vials(state="adjusted")) == (98, 1, 1)
    again = issue(1, session=uuid7(), state="open")
    assert codes(op(again)) == ["accepted"]
    assert vials(state="open") == 0


def test_nothing_suspended_expired_or_set_apart_is_issued(stocked):
    old = received(item="penta-1", number="OLD", expires_on=TODAY, maker="")
    assert codes(op(old)) == ["accepted"]
    late = issue(1, lot=queries.find_lot(by=PROGRAM, text="old")[0][0])
    assert codes(op(late, on=TODAY + timedelta(1), at=NOW), at=NOW + timedelta(1)) == [
        "lot-expired"
    ]
    apart = QuarantineStock(lot=MR, vials=95, reason="chờ kiểm tra")
    assert codes(op(apart), op(issue(6)), op(issue(5))) == ["accepted", "not-enough", "accepted"]
    stop = SuspendLot(lot=PENTA, reason="phản ứng nặng sau tiêm")
    assert codes(op(stop, "stD"), op(issue(1, lot=PENTA)), op(sending(1))) == [
        "accepted", "lot-suspended", "not-enough",
    ]  # fmt: skip
    assert codes(op(stop)) == ["suspended-already"]
    lifted = LiftSuspension(lot=PENTA, reason="hội đồng kết luận không liên quan")
    assert codes(op(lifted), op(lifted), op(issue(1, lot=PENTA))) == [
        "accepted", "not-suspended", "accepted",
    ]  # fmt: skip


# -- where they lie --------------------------------------------------------------------------------


def test_a_count_that_differs_becomes_an_adjustment_with_its_reason(stocked):
    lines = (CountedLine(lot=MR, vials=97), CountedLine(lot=PENTA, vials=42))
    silent, told = CountStock(lines=lines), CountStock(lines=lines, note="kiểm kê tháng 10")

    assert codes(op(silent), op(told), op(told)) == [
        "difference-unexplained", "accepted", "accepted"
    ]  # fmt: skip
    assert (vials(), vials(lot=PENTA), vials(state="adjusted")) == (97, 42, 3)
    assert Movement.objects.filter(kind="counted").count() == 2
    twice = CountStock(lines=(CountedLine(lot=MR, vials=97),) * 2)
    assert codes(op(twice)) == ["lot-twice"]


def test_adjusting_discarding_and_releasing_stay_above_zero(stocked):
    assert codes(
        op(AdjustStock(lot=MR, change=0, reason="không")),
        op(AdjustStock(lot=MR, change=-101, reason="mất")),
        op(AdjustStock(lot=MR, change=-1, reason="rơi vỡ khi sắp xếp")),
        op(DiscardStock(lot=MR, vials=100, reason="broken")),
        op(DiscardStock(lot=MR, vials=9, reason="broken")),
        op(ReleaseStock(lot=MR, vials=1, reason="đạt")),
    ) == ["nothing-changes", "not-enough", "accepted", "not-enough", "accepted", "not-enough"]
    assert vials() == 90


def test_monitors_at_stage_three_set_the_vials_apart(stocked):
    assert codes(op(ReadVialMonitor(lot=MR, stage=2))) == ["accepted"]
    assert queries.usable_lots(by=PROGRAM, unit=place("hc"), on=TODAY, vaccine="MR")[0].vvm == 2
    assert codes(op(ReadVialMonitor(lot=MR, stage=4))) == ["accepted"]

    assert (vials(), vials(state="quarantined")) == (0, 100)


def test_stock_moves_within_a_unit_only_into_its_own_fridges(stocked):
    assert codes(op(ShiftStock(lot=MR, vials=5, into=place("stM")))) == ["unknown-holder"]
    assert codes(op(ShiftStock(lot=MR, vials=5))) == ["sends-to-itself"]


def test_levels_are_the_right_way_round(db):
    assert codes(
        op(SetLevel(item="mr-10", least=5, most=3)),
        op(SetLevel(item="mr", least=1, most=3)),
        op(SetLevel(item="mr-10", least=1, most=3)),
    ) == ["levels-turned", "unknown-item", "accepted"]


# -- the whole -------------------------------------------------------------------------------------


def story(seed: int) -> list:
    """Some sixty operations at three places, many of which cannot be."""
    from random import Random

    chance, made, ways = Random(seed), [], []
    for number in range(60):
        unit = chance.choice(("hc", "stM", "stN"))
        lot, n = chance.choice((MR, PENTA)), chance.randint(1, 30)
        id = derived_id(NODE, seed, number)
        match chance.randrange(9):
            case 0 | 1:
                same = (
                    {"item": "penta-1", "number": "PT-01", "maker": "SII"} if lot == PENTA else {}
                )
                made.append(op(received(vials=n, **same), unit, id=id))
            case 2 | 3:
                to = chance.choice([p for p in ("hc", "stM", "stN") if p != unit])
                payload = SendStock(to=place(to), lines=(SentLine(lot=lot, vials=n),))
                made.append(op(payload, unit, id=id))
                ways.append((id, to, lot, n))
            case 4 if ways:
                way, to, lot, n = ways.pop(0)
                line = ArrivedLine(lot=lot, arrived=n - n % 2, broken=n % 2)
                made.append(op(ReceiveTransfer(transfer=way, lines=(line,), note="vỡ"), to, id=id))
            case 5:
                line = CountedLine(lot=lot, vials=n)
                made.append(op(CountStock(lines=(line,), note="kiểm kê"), unit, id=id))
            case 6:
                made.append(op(QuarantineStock(lot=lot, vials=n, reason="nghi ngờ"), unit, id=id))
            case 7:
                made.append(op(issue(n, lot=lot, session=id), unit, id=id))
                back = close(session=id, lot=lot, opened=n, given=n)
                made.append(op(back, unit, id=derived_id(id, "close")))
            case _:
                made.append(op(DiscardStock(lot=lot, vials=n, reason="other"), unit, id=id))
    return made


def tables() -> list:
    return [sorted(map(str, model.objects.values_list())) for model in TABLES]


def check_balanced() -> None:
    """No shelf below zero, every lot sums to nothing, and every account is what a recount finds."""
    moved = [
        Moved(0, m.lot_id, m.vials, (m.from_holder_id, m.from_state), (m.to_holder_id, m.to_state))
        for m in Movement.objects.order_by("seq")
    ]
    kept = {
        ((b.holder_id, b.state), b.lot_id): b.vials for b in Balance.objects.all() if b.vials
    }  # fmt: skip
    assert kept == reference.recount(moved)
    sums = Counter()
    for (_account, lot), many in kept.items():
        sums[lot] += many
    assert not any(sums.values())


@pytest.mark.parametrize("seed", [1, 2])
def test_random_movements_balance_one_by_one_together_and_replayed(db, seed):
    made = story(seed)

    before = transaction.savepoint()  # not a block: a commit insists on being the outermost
    one_by_one = [code(send(each)[0]) for each in made]
    check_balanced()
    alone = tables()
    transaction.savepoint_rollback(before)
    together = [code(receipt) for receipt in send(*made)]

    assert together == one_by_one
    assert {"accepted", "not-enough"} <= set(together)
    assert tables() == alone
    check_balanced()
    if seed == 1:
        rebuilt = replay()
        assert rebuilt.failed == []
        assert [table.table for table in rebuilt.tables if not table.same] == []


def test_queries_do_not_grow_with_the_batch(db):
    def counted(operations):
        with CaptureQueriesContext(
            connection,
        ) as made:
            assert {r.status for r in send(*operations)} == {"accepted"}
        return len(made)

    def receipts(n, first):
        return [op(received(number=f"L-{k}")) for k in range(first, first + n)]

    assert counted(receipts(1, 0)) == counted(receipts(30, 1))

    def ways(n):
        return [op(sending(1)) for _ in range(n)]

    assert codes(op(received())) == ["accepted"]
    assert counted(ways(1)) == counted(ways(20))
