"""Vaccines that answer an outbreak come from the stock's lots: first expired first, promised once."""

from datetime import date, timedelta
from uuid import uuid5

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.supply.conftest import received
from tests.unit.apps.surveillance.conftest import TODAY, case, place, small_province
from tests.unit.apps.surveillance.test_response import PROGRAM, booking, codes, op, send
from tuyen.apps.journal.replay import replay
from tuyen.apps.supply import places as shelves
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.sorting import lot_id
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Alarm, Booking, Movement
from tuyen.apps.surveillance.operations import Arrive, ReceiveResource, ReleaseBooking
from tuyen.apps.surveillance.operations.response import LotPart
from tuyen.apps.surveillance.vials import Vials
from tuyen.rules import supply as stock
from tuyen.rules.surveillance import response as rules

SOON, LATE = lot_id("mr-10", "SOON"), lot_id("mr-10", "LATE")


@pytest.fixture
def store(db, monkeypatch):
    """Measles-rubella at hc: 4 vials of 10 that expire soon, 20 later; 3 at stM that expired."""
    monkeypatch.setattr(shelves, "atlas", lambda: small_province())
    for unit, number, expires, vials in (
        ("hc", "SOON", date(2026, 12, 1), 4), ("hc", "LATE", date(2028, 1, 1), 20),
        ("stM", "OLD", date(2026, 10, 1), 3),
    ):  # fmt: skip
        taken = codes(op(received(number=number, expires_on=expires, vials=vials), unit=unit,
                         on=date(2026, 9, 1)))  # fmt: skip
        assert taken == ["accepted"]


@pytest.fixture
def alarm(report):
    """An epidemic of measles in M."""
    report(*(case(cluster="lớp 1A", age=n) for n in range(2, 8)))
    return Alarm.objects.filter(disease="measles").order_by("id")[0].id


def parts(**vials):
    ids = {"soon": SOON, "late": LATE}
    return tuple(LotPart(lot=ids[name], vials=n) for name, n in vials.items())


def book(alarm, doses, lots, unit="hc", id=None):
    return op(booking(alarm, item="vaccine-mr", quantity=doses, lots=lots), unit=unit, id=id)


def test_every_vaccine_that_names_a_code_is_one_that_the_stock_keeps():
    known = {item.vaccine for item in stock.items().values()}
    named = {item.vaccine for item in rules.items().values() if item.vaccine}

    assert named
    assert named <= known


def test_what_expires_first_is_chosen_first_and_what_expired_is_not_there(store):
    there = Vials(PROGRAM, TODAY)

    assert [(part.number, n) for part, n in there.choose(place("hc"), "vaccine-mr", 55)] == [
        ("SOON", 4), ("LATE", 2),
    ]  # fmt: skip
    assert [(one.unit, one.item, one.on_hand) for one in there.stocks()] == [
        (place("hc"), "vaccine-mr", 240)
    ]


def test_an_allocation_takes_vaccines_from_the_stock_and_says_what_stays(store, alarm):
    codes(op(ReceiveResource(item="vaccine-mr", quantity=9999), unit="stD"))
    subject = queries.subject(by=PROGRAM, kind="alarm", id=alarm)

    found = queries.allocation(by=PROGRAM, subject=subject, on=TODAY)

    need = next(one for one in found.items if one.amount.item == "vaccine-mr")
    (choice,) = need.choices
    assert (choice.unit, choice.on_hand, choice.kept_by_stock) == (place("hc"), 240, True)
    assert choice.send == 240 - choice.leaves
    assert choice.lots[0][0].number == "SOON"


def test_a_booking_of_lots_is_promised_once_and_seen_by_the_stock(store, alarm):
    assert codes(book(alarm, 60, parts(soon=4, late=2))) == ["accepted"]

    kept = msgspec.json.decode(Booking.objects.get().left)["lots"]
    assert [(one["number"], one["vials"], one["expires"]) for one in kept] == [
        ("SOON", 4, "2026-12-01"), ("LATE", 2, "2028-01-01"),
    ]  # fmt: skip
    assert supply.promised(by=PROGRAM) == {(place("hc"), "mr-10"): 6}
    assert codes(book(alarm, 10, parts(soon=1))) == ["surveillance.not-enough"]
    assert codes(book(alarm, 180, parts(late=18))) == ["accepted"]
    assert codes(book(alarm, 10, parts(late=1))) == ["surveillance.not-enough"]


@pytest.mark.parametrize(
    ("doses", "lots", "unit"),
    [(50, {"late": 4}, "hc"), (10, {"late": 1}, "stM"), (10, {"soon": 5}, "hc")],
)
def test_vials_that_are_not_there_or_hold_too_little_are_refused(store, alarm, doses, lots, unit):
    assert codes(book(alarm, doses, parts(**lots), unit=unit)) == ["surveillance.not-enough"]
    assert Booking.objects.count() == 0


def test_this_rooms_shelf_is_not_moved_by_lots_and_a_release_frees_them(store, alarm):
    first = uuid5(alarm, "booking")
    codes(book(alarm, 40, parts(soon=4), id=first))

    assert codes(op(Arrive(booking=first), corrects=first)) == ["accepted"]
    assert supply.promised(by=PROGRAM) == {}, "what came is the stock's own matter"
    done = ReleaseBooking(booking=first, reason="Xong", used=30)
    assert codes(op(done, corrects=first)) == ["accepted"]
    assert Movement.objects.count() == 0


def test_one_by_one_is_as_a_batch_and_replay_gives_the_same_rows(store, alarm):
    wanted = [book(alarm, 30, parts(soon=3)), book(alarm, 20, parts(soon=2)),
              book(alarm, 10, parts(soon=1))]  # fmt: skip

    assert codes(*wanted) == ["accepted", "surveillance.not-enough", "accepted"]
    rebuilt = replay()

    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []


def test_the_questions_do_not_grow_with_bookings_and_lots(store, alarm):
    subject = queries.subject(by=PROGRAM, kind="alarm", id=alarm)

    def asked():
        with CaptureQueriesContext(connection) as seen:
            queries.allocation(by=PROGRAM, subject=subject, on=TODAY)
        return len(seen)

    codes(book(alarm, 10, parts(late=1)))
    asked()  # what is kept in memory is read
    few = asked()
    for n in range(4):
        later = date(2027, 1, 1) + timedelta(30 * n)
        send(op(received(number=f"N{n}", expires_on=later, vials=5), on=date(2026, 9, 1)))
        codes(book(alarm, 10, parts(late=1)))

    assert asked() == few
