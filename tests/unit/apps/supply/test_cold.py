"""The cold chain: what was read, what was missed, and which vials were there when it got too warm."""

from datetime import date, datetime, timedelta

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
from tuyen.apps.journal.replay import replay
from tuyen.apps.supply import queries
from tuyen.apps.supply.models import Balance, Excursion, Reading
from tuyen.apps.supply.operations import (
    ArrivedLine,
    DecidedLine,
    DecideExcursion,
    ImportReadings,
    IssuedLine,
    IssueToSession,
    LogTemperature,
    ReceiveTransfer,
    SendStock,
    SentLine,
    ServiceEquipment,
    SetEquipment,
    ShiftStock,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.zone import VIETNAM

MORNING = datetime(2026, 10, 25, 8, tzinfo=VIETNAM)


def fridge(**changes):
    plain = {"kind": "fridge", "name": "Tủ lạnh 1", "since": date(2026, 10, 1), "litres": 60.0}
    return SetEquipment(**plain | changes)


@pytest.fixture
def fridges(db):
    """Two fridges of the centre; 60 vials of MR and 40 of the pentavalent in the first, since noon
    of the day before."""
    one, two = op(fridge()), op(fridge(name="Tủ lạnh 2"))
    came = MORNING - timedelta(hours=20)
    penta = received(item="penta-1", number="PT-01", vials=40, maker="SII", into=one.id, at=came)
    assert (
        codes(one, two, op(received(vials=60, into=one.id, at=came)), op(penta)) == ["accepted"] * 4
    )
    return one.id, two.id


def log(equipment, celsius, *, half="am", on=TODAY, **rest):
    return op(LogTemperature(equipment=equipment, half=half, celsius=celsius), on=on, **rest)


def logger(equipment, *readings, begin=MORNING - timedelta(hours=12)):
    """Readings every half hour from an evening on."""
    first = int(begin.timestamp()) // 60
    return op(ImportReadings(
        equipment=equipment, minutes=tuple(first + 30 * n for n in range(len(readings))),
        celsius=tuple(map(float, readings)),
    ))  # fmt: skip


def vials(holder, state="usable", lot=MR):
    found = Balance.objects.filter(holder_id=holder, state=state, lot_id=lot)
    return found.values_list("vials", flat=True).first() or 0


# -- equipment and readings ------------------------------------------------------------------------


def test_equipment_is_changed_by_its_own_unit_and_is_empty_when_it_leaves(fridges):
    one, two = fridges
    assert codes(
        op(fridge(equipment=one, name="Tủ TCW"), "stM", corrects=one),
        op(fridge(equipment=one, name="Tủ TCW")),
        op(fridge(equipment=one, name="Tủ TCW", retired_on=TODAY), corrects=one),
        op(fridge(equipment=two, retired_on=date(2026, 9, 1)), corrects=two),
        op(fridge(equipment=two, name="Tủ 2", retired_on=TODAY), corrects=two),
        op(fridge(equipment=one, name="Tủ TCW"), corrects=one),
    ) == [
        "unknown-equipment", "corrects-another", "still-holds", "retired-before-use", "accepted",
        "accepted",
    ]  # fmt: skip
    rows = queries.equipment(by=PROGRAM, on=TODAY)
    assert [(row.name, row.state) for row in rows] == [("Tủ TCW", "working"), ("Tủ 2", "retired")]


def test_a_check_is_due_a_year_later_and_a_fault_stands_until_its_repair(fridges):
    one, _ = fridges
    assert codes(
        op(ServiceEquipment(equipment=one, what="calibration", passed=True)),
        op(ServiceEquipment(equipment=one, what="fault", note="không lạnh")),
        op(ServiceEquipment(equipment=uuid7(), what="fault")),
    ) == ["accepted", "accepted", "unknown-equipment"]

    row = queries.piece(by=PROGRAM, id=one, on=TODAY)
    assert (row.calibrate_by, row.state, row.overdue(TODAY)) == (
        date(2027, 10, 25),
        "faulty",
        False,
    )
    assert codes(op(ServiceEquipment(equipment=one, what="repair"))) == ["accepted"]
    assert queries.piece(by=PROGRAM, id=one, on=TODAY).state == "working"
    assert len(queries.servicings(by=PROGRAM, id=one)) == 3


def test_each_half_of_a_day_is_read_once_and_corrected_by_name(fridges):
    one, _ = fridges
    first = log(one, 5.0)
    assert codes(
        first, log(one, 4.0), log(one, 4.5, corrects=first.id), log(one, 99.0, half="pm"),
        log(uuid7(), 5.0), log(one, 5.0, on=TODAY + timedelta(1)),
    ) == ["accepted", "read-already", "accepted", "not-believable", "unknown-equipment",
          "from-the-future"]  # fmt: skip
    assert list(Reading.objects.values_list("celsius", flat=True)) == [4.5]


def test_a_half_day_without_a_reading_is_missing_on_holidays_too(fridges):
    one, _ = fridges
    send(log(one, 5.0, on=date(2026, 10, 1)), logger(one, 5, 5))

    grid = queries.grid(by=PROGRAM, id=one, month=TODAY, on=TODAY)

    assert (grid.expected, grid.missing) == (50, 48)
    days = {day: (am, pm) for day, am, pm in grid.days}
    assert days[date(2026, 10, 1)][0].celsius == 5.0
    assert days[date(2026, 10, 24)][1].logged
    assert days[date(2026, 10, 18)][0].missing  # a Sunday
    assert not days[date(2026, 10, 26)][0].missing  # not yet


def test_a_logger_read_twice_is_kept_once(fridges):
    one, _ = fridges
    wrong = ImportReadings(equipment=one, minutes=(1, 2), celsius=(5.0,))
    late = logger(one, 5.0, begin=NOW + timedelta(days=1))

    assert codes(logger(one, 5, 5, 6), logger(one, 5, 5, 6, 6), op(wrong), late) == [
        "accepted", "accepted", "readings-unequal", "from-the-future",
    ]  # fmt: skip
    assert Reading.objects.count() == 4


# -- excursions ------------------------------------------------------------------------------------


def test_an_excursion_sets_apart_exactly_the_vials_that_were_there_then(fridges):
    one, two = fridges
    before, after = MORNING - timedelta(hours=14), MORNING - timedelta(hours=2)
    away = ShiftStock(lot=MR, vials=10, out_of=one, into=two, at=before)
    lines = (SentLine(lot=MR, vials=20, out_of=one), SentLine(lot=PENTA, vials=5, out_of=one))
    way = op(SendStock(to=place("stM"), lines=lines, at=after))
    arrived = tuple(ArrivedLine(lot=lot, arrived=n) for lot, n in ((MR, 20), (PENTA, 5)))
    came = op(ReceiveTransfer(transfer=way.id, lines=arrived, at=after + timedelta(hours=1)), "stM")
    taken = IssueToSession(session=uuid7(), lines=(IssuedLine(lot=MR, vials=3, out_of=one),))
    assert codes(op(away), way, came, op(taken)) == ["accepted"] * 4

    # Five hours at nine degrees, from the evening on.
    send(logger(one, 5, *[9] * 10, 5))

    (row,) = queries.excursions(by=PROGRAM, on=TODAY)
    assert (row.rule, row.worst, row.going_on, row.minutes) == ("heat", 9.0, False, 285)
    assert (vials(one), vials(one, "quarantined")) == (0, 27)
    assert (vials(two), vials(two, "quarantined")) == (10, 0)
    assert (vials(place("stM")), vials(place("stM"), "quarantined")) == (0, 20)
    assert vials(place("stM"), "quarantined", PENTA) == 5
    page = queries.excursion(by=PROGRAM, id=row.id, on=TODAY)
    assert sum(e.set_apart for e in page.exposures) == 87
    assert sum(e.exposed for e in page.exposures) == 90  # three are with the session


def test_freezing_sets_apart_only_what_freezing_harms(fridges):
    one, _ = fridges

    send(log(one, -0.5))

    assert {row.rule for row in queries.excursions(by=PROGRAM, on=TODAY)} == {"freeze"}
    assert (vials(one), vials(one, lot=PENTA)) == (60, 0)
    assert vials(one, "quarantined", PENTA) == 40


def test_an_excursion_that_goes_on_is_one_and_takes_in_what_comes_meanwhile(fridges):
    one, _ = fridges
    send(logger(one, 5, *[9] * 10))
    assert Excursion.objects.get().going_on
    more = received(number="MR-02", vials=7, into=one, at=MORNING - timedelta(hours=6))
    assert codes(op(more)) == ["accepted"]

    send(logger(one, *[9] * 4, 5, begin=MORNING - timedelta(hours=6, minutes=30)))

    row = Excursion.objects.get()
    assert (row.going_on, vials(one, "quarantined")) == (False, 60)
    page = queries.excursion(by=PROGRAM, id=row.pk, on=TODAY)
    assert {e.number: e.set_apart for e in page.exposures} == {"MR-01": 60, "MR-02": 7, "PT-01": 40}


def test_what_was_set_apart_is_released_or_discarded_all_of_it(fridges):
    one, _ = fridges
    send(logger(one, 5, *[9] * 10, 5))
    excursion = Excursion.objects.get().pk
    keep, waste = (
        DecidedLine(lot=MR, held_in=one, decision="release"),
        DecidedLine(lot=PENTA, held_in=one, decision="discard"),
    )

    def decide(*lines, excursion=excursion):
        return DecideExcursion(excursion=excursion, lines=lines, reason="VVM còn tốt")

    assert codes(
        op(decide(keep)), op(decide(keep, waste), "stM"), op(decide(keep, excursion=uuid7())),
        op(decide(keep, waste)), op(decide(keep, waste)),
    ) == ["excursion-lines", "unknown-excursion", "unknown-excursion", "accepted",
          "excursion-decided"]  # fmt: skip
    assert (vials(one), vials(one, "quarantined", PENTA)) == (60, 0)
    # A reading read in again finds nothing new.
    send(logger(one, 5, *[9] * 10, 5, 5))
    assert (Excursion.objects.count(), vials(one)) == (1, 60)

    rebuilt = replay()
    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []
