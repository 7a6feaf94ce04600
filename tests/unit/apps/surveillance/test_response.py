"""Teams and goods: what a unit has, what is promised once, what goes back."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, place
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import means, queries
from tuyen.apps.surveillance.models import Alarm, Booking, Movement, Resource, Team
from tuyen.apps.surveillance.operations import (
    Arrive,
    Away,
    BookResponse,
    CloseAlarm,
    CountResource,
    Member,
    MoveResource,
    ReceiveResource,
    ReleaseBooking,
    SetResource,
    SetTeam,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

PROGRAM = Actor.program(TODAY)
TABLES = (Team, Resource, Movement, Booking)


def op(payload, unit="hc", on=TODAY, corrects=None, id=None):
    return Operation.of(
        payload, id=id or uuid7(), unit=place(unit), happened_on=on, recorded_at=NOW,
        corrects=corrects,
    )  # fmt: skip


def send(*operations, by=PROGRAM):
    return commit(by=by, operations=list(operations), at=NOW)


def code(receipt):
    return receipt.refusal.code if receipt.refusal else receipt.status


def codes(*operations, **rest):
    return [code(receipt) for receipt in send(*operations, **rest)]


def a_team(name="Đội đáp ứng nhanh số 1", **changes):
    plain = {
        "name": name,
        "members": (
            Member(name="Lường Văn Thử", skills=("epidemiology", "vaccination"), languages=("vi", "tai")),
            Member(name="Giàng A Thử", skills=("clinical",), languages=("vi", "hmn"), phone="0000000000"),
        ),
        "contact": "0000000000",
    }  # fmt: skip
    return SetTeam(**plain | changes)


@pytest.fixture
def alarm(report):
    """An alert of group A in M: one confirmed case of plague."""
    report(case(disease="plague", classification="confirmed"))
    return Alarm.objects.get(rule="AL-A").id


@pytest.fixture
def team(db):
    operation = op(a_team())
    assert send(operation)[0].ok
    return operation.id


def booking(alarm, **changes):
    plain = {
        "subject_kind": "alarm", "subject": alarm, "since": TODAY, "until": TODAY + timedelta(6),
    }  # fmt: skip
    return BookResponse(**plain | changes)


def shelf(unit="hc", item="ppe"):
    return Resource.objects.values_list("on_hand", flat=True).get(unit_id=place(unit), item=item)


# -- teams ---------------------------------------------------------------------------------------


def test_a_team_has_the_skills_and_languages_of_its_members(team):
    (row,) = queries.teams(by=PROGRAM, on=TODAY)

    assert row.facts.skills == {"clinical", "epidemiology", "vaccination"}
    assert row.facts.languages == ("hmn", "tai", "vi")
    assert (row.facts.size, row.missing, row.taken_until) == (2, "", None)


def test_a_team_is_changed_whole_and_stays_with_its_unit(team):
    changed = a_team("Đội số 1", team=team, stands=place("stM"), days=(1, 2, 3, 4, 5))

    assert codes(op(changed, unit="stD", corrects=team)) == ["surveillance.unknown-team"]
    assert codes(op(changed)) == ["surveillance.corrects-another"]
    assert codes(op(changed, corrects=team)) == ["accepted"]
    row = Team.objects.get(pk=team)
    assert (row.name, row.unit_id, row.stands_id, row.days) == (
        "Đội số 1", place("hc"), place("stM"), "1111100"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        (
            {"members": (Member(name="Ai đó", skills=("phẫu thuật",)),)},
            "surveillance.unknown-skill",
        ),
        ({"away": (Away(since=TODAY, until=TODAY - timedelta(1)),)}, "surveillance.bad-absence"),
        ({"stands": uuid7()}, "surveillance.unknown-place"),
        ({"team": uuid7()}, "surveillance.unknown-team"),
    ],
)
def test_a_team_that_cannot_be_is_refused(db, changes, refused):
    assert codes(op(a_team(**changes))) == [refused]


# -- the ledger of goods -------------------------------------------------------------------------


def test_goods_come_in_move_and_are_counted_and_every_line_stays(db):
    assert (
        codes(
            op(SetResource(item="ppe", minimum=20)),
            op(ReceiveResource(item="ppe", quantity=100, document="PX 12")),
            op(MoveResource(item="ppe", quantity=30, to=place("stM"))),
            op(CountResource(item="ppe", counted=68, note="2 bộ rách")),
        )
        == ["accepted"] * 4
    )

    assert (shelf("hc"), shelf("stM")) == (68, 30)
    lines = queries.movements(by=PROGRAM, unit=place("hc"), item="ppe")
    assert sorted((line.kind, line.delta, line.balance) for line in lines) == [
        ("counted", -2, 68), ("moved-out", -30, 70), ("received", 100, 100),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        (MoveResource(item="ppe", quantity=11, to=place("stM")), "surveillance.not-enough"),
        (MoveResource(item="ppe", quantity=1, to=place("hc")), "surveillance.moves-to-itself"),
        (MoveResource(item="ppe", quantity=1, to=uuid7()), "surveillance.unknown-place"),
        (MoveResource(item="ors", quantity=1, to=place("stM")), "surveillance.not-kept-here"),
        (CountResource(item="ppe", counted=9), "surveillance.count-differs"),
        (CountResource(item="ors", counted=9, note="đếm lại"), "surveillance.not-kept-here"),
        (ReceiveResource(item="kẹo", quantity=1), "surveillance.unknown-item"),
        (SetResource(item="kẹo", minimum=1), "surveillance.unknown-item"),
    ],
)
def test_a_movement_that_cannot_be_is_refused_and_the_shelf_stays(db, payload, refused):
    send(op(ReceiveResource(item="ppe", quantity=10)))

    assert codes(op(payload)) == [refused]
    assert shelf() == 10


def test_what_is_promised_to_a_response_does_not_move_away(alarm):
    send(op(ReceiveResource(item="ppe", quantity=10)), op(booking(alarm, item="ppe", quantity=8)))

    assert codes(op(MoveResource(item="ppe", quantity=3, to=place("stM")))) == [
        "surveillance.not-enough"
    ]
    assert codes(op(MoveResource(item="ppe", quantity=2, to=place("stM")))) == ["accepted"]


def test_a_count_is_believed_even_below_what_was_promised(alarm):
    send(op(ReceiveResource(item="ppe", quantity=10)), op(booking(alarm, item="ppe", quantity=8)))

    assert codes(op(CountResource(item="ppe", counted=5, note="kho bị dột"))) == ["accepted"]
    (row,) = queries.stocks(by=PROGRAM, on=TODAY)
    assert (row.facts.on_hand, row.promised, row.free) == (5, 8, 0)
    held = Booking.objects.get()
    assert codes(op(Arrive(booking=held.id), corrects=held.id)) == ["surveillance.not-enough"]


# -- bookings ------------------------------------------------------------------------------------


def test_a_team_is_booked_arrives_and_is_free_again(alarm, team):
    booked = op(booking(alarm, team=team, left={"before": 20.0, "after": 41.5}))
    assert codes(booked) == ["accepted"]
    (row,) = queries.bookings_for(by=PROGRAM, subject=alarm)
    assert (row.team_name, row.disease, row.commune, row.state) == (
        "Đội đáp ứng nhanh số 1", "plague", place("M"), "booked"
    )  # fmt: skip
    assert row.left == {"before": 20.0, "after": 41.5}

    assert codes(op(Arrive(booking=booked.id), unit="M", corrects=booked.id)) == ["accepted"]
    later = TODAY + timedelta(2)
    ended = op(ReleaseBooking(booking=booked.id, reason="xong việc"), on=later, corrects=booked.id)
    assert codes(ended) == ["accepted"]

    (row,) = queries.bookings_for(by=PROGRAM, subject=alarm)
    assert (row.state, row.until, row.arrived_at) == ("released", later, NOW)
    assert means.bound() == []


def test_a_team_is_not_booked_twice_for_days_that_meet(alarm, team):
    first, overlapping = booking(alarm, team=team), booking(alarm, team=team, since=TODAY + timedelta(6),
                                                            until=TODAY + timedelta(9))  # fmt: skip
    after = booking(alarm, team=team, since=TODAY + timedelta(7), until=TODAY + timedelta(9))

    assert codes(op(first), op(overlapping), op(after)) == [
        "accepted", "surveillance.team-is-taken", "accepted"
    ]  # fmt: skip
    assert codes(op(overlapping)) == ["surveillance.team-is-taken"]


def test_goods_are_promised_once(alarm):
    send(op(ReceiveResource(item="ppe", quantity=50)))

    assert codes(
        op(booking(alarm, item="ppe", quantity=30)), op(booking(alarm, item="ppe", quantity=21)),
        op(booking(alarm, item="ppe", quantity=20)),
    ) == ["accepted", "surveillance.not-enough", "accepted"]  # fmt: skip


def test_goods_leave_the_shelf_when_they_arrive_and_what_was_not_used_returns(alarm):
    send(op(ReceiveResource(item="ppe", quantity=50)))
    booked = op(booking(alarm, item="ppe", quantity=30))
    send(booked)
    assert shelf() == 50

    assert codes(op(Arrive(booking=booked.id), corrects=booked.id)) == ["accepted"]
    assert shelf() == 20
    too_much = ReleaseBooking(booking=booked.id, reason="xong việc", used=31)
    assert codes(op(too_much, corrects=booked.id)) == ["surveillance.used-too-much"]
    done = ReleaseBooking(booking=booked.id, reason="xong việc", used=18)
    assert codes(op(done, corrects=booked.id)) == ["accepted"]

    assert shelf() == 32
    assert Booking.objects.get().used == 18


def test_what_is_called_off_before_it_came_was_never_gone(alarm):
    send(op(ReceiveResource(item="ppe", quantity=50)))
    booked = op(booking(alarm, item="ppe", quantity=30))
    send(booked)

    send(op(ReleaseBooking(booking=booked.id, reason="nhầm xã"), corrects=booked.id))

    assert shelf() == 50
    assert codes(op(booking(alarm, item="ppe", quantity=50))) == ["accepted"]


@pytest.mark.parametrize(
    ("changes", "unit", "refused"),
    [
        ({"subject": uuid7()}, "hc", "surveillance.unknown-subject"),
        ({"subject_kind": "signal"}, "hc", "surveillance.unknown-subject"),
        ({"commune": place("D")}, "hc", "surveillance.not-its-commune"),
        ({"item": "ppe"}, "hc", "surveillance.one-thing-only"),
        ({"team": None}, "hc", "surveillance.one-thing-only"),
        ({"team": uuid7()}, "hc", "surveillance.unknown-team"),
        ({}, "stD", "surveillance.unknown-team"),
        ({"until": TODAY - timedelta(1)}, "hc", "surveillance.bad-days"),
        ({"until": TODAY + timedelta(61)}, "hc", "surveillance.bad-days"),
        ({"team": None, "item": "kẹo"}, "hc", "surveillance.unknown-item"),
        ({"team": None, "item": "ppe", "quantity": 1}, "hc", "surveillance.not-enough"),
    ],
)
def test_a_booking_that_cannot_be_is_refused(alarm, team, changes, unit, refused):
    assert codes(op(booking(alarm, **{"team": team} | changes), unit=unit)) == [refused]
    assert not Booking.objects.exists()


def test_nothing_is_sent_to_an_alarm_that_was_closed(alarm, team, holder):
    closing = CloseAlarm(alarm=alarm, because="by-hand", reason="hết ca")
    head = holder(("station-head", place("stM")))
    assert codes(op(closing, unit="M", corrects=alarm), by=head) == ["accepted"]

    assert codes(op(booking(alarm, team=team))) == ["surveillance.subject-is-closed"]


def test_a_team_that_is_away_or_disbanded_is_not_booked(alarm, team):
    away = Away(since=TODAY, until=TODAY, why="tập huấn")
    send(op(a_team(team=team, away=(away,)), corrects=team))
    assert codes(op(booking(alarm, team=team))) == ["surveillance.team-not-there"]

    send(op(a_team(team=team, days=(1, 2, 3)), corrects=team))  # TODAY is a Sunday
    assert codes(op(booking(alarm, team=team))) == ["surveillance.team-not-there"]

    send(op(a_team(team=team, disbanded=True), corrects=team))
    assert codes(op(booking(alarm, team=team))) == ["surveillance.team-disbanded"]


def test_a_booking_that_is_over_is_over(alarm, team):
    booked = op(booking(alarm, team=team))
    send(booked)
    again = Arrive(booking=booked.id)
    assert codes(op(again, unit="stD", corrects=booked.id)) == ["surveillance.unknown-booking"]
    assert codes(op(again)) == ["surveillance.corrects-another"]
    assert codes(op(again, corrects=booked.id), op(again, corrects=booked.id)) == [
        "accepted", "surveillance.arrived-already"
    ]  # fmt: skip

    done = ReleaseBooking(booking=booked.id, reason="xong việc")
    assert codes(op(done, corrects=booked.id), op(done, corrects=booked.id)) == [
        "accepted", "surveillance.booking-is-over"
    ]  # fmt: skip


# -- as everywhere -------------------------------------------------------------------------------


def everything(alarm):
    """A run of operations of every kind, some of them refused."""
    first, second = op(a_team()), op(a_team("Đội số 2", days=(1,)))
    goods = [op(booking(alarm, item="ppe", quantity=n)) for n in (40, 40, 40)]
    bookings = [op(booking(alarm, team=t.id)) for t in (first, first, second)]
    return [
        first, second,
        op(SetResource(item="ppe", minimum=10)), op(SetResource(item="ors", minimum=10), unit="stM"),
        op(ReceiveResource(item="ppe", quantity=60)), op(ReceiveResource(item="ppe", quantity=30)),
        op(CountResource(item="ppe", counted=88, note="đếm lại")), op(CountResource(item="ppe", counted=80)),
        *goods, *bookings,
        op(MoveResource(item="ppe", quantity=8, to=place("stM"))), op(MoveResource(item="ppe", quantity=8, to=place("stM"))),
        op(Arrive(booking=goods[0].id), corrects=goods[0].id), op(Arrive(booking=bookings[0].id), corrects=bookings[0].id),
        op(ReleaseBooking(booking=goods[0].id, reason="xong", used=12), corrects=goods[0].id),
        op(ReleaseBooking(booking=bookings[0].id, reason="xong"), corrects=bookings[0].id),
        op(booking(alarm, team=first.id)),
    ]  # fmt: skip


def state():
    return [list(model.objects.order_by("pk").values_list()) for model in TABLES]


def test_a_batch_is_its_operations_one_by_one(alarm):
    operations = everything(alarm)
    before = transaction.savepoint()
    at_once = codes(*operations)
    together = state()
    transaction.savepoint_rollback(before)

    one_by_one = [code(send(operation)[0]) for operation in operations]

    assert one_by_one == at_once
    assert state() == together
    assert set(at_once) == {
        "accepted", "surveillance.count-differs", "surveillance.not-enough",
        "surveillance.team-is-taken", "surveillance.team-not-there",
    }  # fmt: skip


def test_replay_makes_the_same_rows(alarm):
    send(*everything(alarm))

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []
    assert {"surveillance_booking", "surveillance_movement"} <= {t.table for t in rebuilt.tables}


def test_a_batch_asks_as_often_for_many_as_for_one(alarm):
    def asked(many):
        operations = [op(a_team(f"Đội {many} {n}")) for n in range(many)]
        send(*operations, op(ReceiveResource(item="ors", quantity=many)))
        wanted = [op(booking(alarm, team=o.id)) for o in operations]
        wanted += [op(booking(alarm, item="ors", quantity=1)) for _ in range(many)]
        with CaptureQueriesContext(connection) as seen:
            assert {code(r) for r in send(*wanted)} == {"accepted"}
        return len(seen)

    assert asked(1) == asked(40)
