"""What was handed out and the ledger did not hold is warned of at its line of the claim."""

from datetime import date, timedelta

from tests.unit.apps.claims.conftest import BEGAN, TODAY
from tuyen.apps.claims import queries
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.operations import ReceiveLot, SettleShortfall


def found(station, id):
    told, _ = queries.preview(by=station.by, visit=id, on=TODAY)
    return [
        (one.finding.severity, one.finding.row, one.finding.value, one.finding.expected)
        for one in told
        if one.finding.code == "XML2.SO_LUONG.purchases"
    ]


def received(station, number, tablets):
    station.good(
        ReceiveLot(item="amlodipine-5", number=number, expires_on=date(2028, 1, 1), vials=tablets),
        at=BEGAN - timedelta(days=1),
    )


def test_more_than_the_ledger_held_is_warned_of_until_it_is_settled(station):
    received(station, "A1", 20)
    id = station.visit(station.patient())
    before = found(station, id)
    received(station, "A2", 100)
    (short,) = supply.shortfalls(by=station.by, on=TODAY)
    station.good(SettleShortfall(shortfall=short.id, how="receipt", note="phiếu nhập ghi muộn"))

    assert before == [("warning", 1, "30", "20")]
    assert found(station, id) == []


def test_where_nobody_keeps_a_ledger_nothing_is_said(station):
    assert found(station, station.visit(station.patient())) == []
