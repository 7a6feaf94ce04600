"""Refusals, corrections, the money at risk and the clocks."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from tests.unit.engines.claims.making import base, found, summed, visit
from tuyen.engines.claims.answers import (
    Denial,
    Sent,
    answer_by,
    at_risk,
    correct_by,
    corrected,
    match,
    pareto,
    send_by,
)  # fmt: skip
from tuyen.rules.calendar.working_days import add_working_days

KEY = "20001261004000001"
LINE = Decimal("31500.00")
WHOLE = Decimal("93865.00")


def denial(table="XML2", row=1, reason="A", amount=None, key=KEY, facility="20001"):
    return Denial(key, facility, table, row, "DON_GIA", reason, amount)


@pytest.fixture
def sent():
    return {KEY: Sent(visit(base("station"))), "old": Sent(visit(base("station")), current=False)}


@pytest.mark.parametrize(
    ("why", "denials", "expected"),
    [
        ("a line", [denial()], [("line", LINE)]),
        ("the insurer's own amount", [denial(amount=Decimal(5))], [("line", Decimal(5))]),
        ("a line twice counts once", [denial(), denial(reason="B")], [("line", LINE), ("line", Decimal(0))]),
        ("a visit", [denial("XML1", 0)], [("visit", WHOLE)]),
        ("a field of the header is the visit", [denial("XML1", 1)], [("line", WHOLE)]),
        ("a line of a refused visit adds nothing", [denial("XML1", 0), denial()], [("visit", WHOLE), ("line", Decimal(0))]),
        ("a row that was never sent", [denial(row=9)], [("no-row", Decimal(0))]),
        ("a visit amended since", [denial(key="old")], [("amended", LINE)]),
        ("a visit never sent", [denial(key="x")], [("unknown", Decimal(0))]),
        ("the key of another facility", [denial(facility="20002")], [("unknown", Decimal(0))]),
    ],
)  # fmt: skip
def test_a_refusal_finds_what_it_speaks_of(why, denials, expected, sent):
    assert [(m.status, m.at_risk) for m in match(denials, sent)] == expected, why


def test_the_reasons_that_cost_most_come_first(sent):
    matches = match(
        [denial(amount=Decimal(10)), denial(row=2, reason="B", amount=Decimal(80)),
         denial("XML3", 1, "A", Decimal(10)), denial("XML3", 2, "C", Decimal(0))],
        sent,
    )  # fmt: skip

    assert pareto(matches) == [
        ("B", 1, Decimal(80), Decimal("0.8")), ("A", 2, Decimal(20), Decimal(1)),
        ("C", 1, Decimal(0), Decimal(1)),
    ]  # fmt: skip
    assert at_risk([*matches, *match([denial(key="x")], sent)]) == {"20001": Decimal(100)}
    assert pareto([]) == []


def test_a_correction_changes_a_copy_and_is_clean_again():
    tables = base("station")
    tables["XML2"][0]["MA_NHOM"] = "10"
    broken = summed(tables)

    mended = corrected(broken, [("XML2", 1, "MA_NHOM", "4")])

    assert found(broken) != []
    assert found(mended) == []
    assert tables["XML2"][0]["MA_NHOM"] == "10"


@pytest.mark.parametrize(
    "change", [("XML2", 9, "MA_NHOM", "4"), ("XML2", 0, "MA_NHOM", "4"), ("XML2", 1, "NONE", "4"), ("XML9", 1, "SO", "1"), ("XML1", 1, "MA_LK", "x")]
)  # fmt: skip
def test_a_correction_of_nothing_is_refused(change):
    with pytest.raises(LookupError):
        corrected(base("station"), [change])


@pytest.mark.parametrize(
    ("ended", "last"),
    [
        ("2026-10-05", "2026-10-14"),  # seven working days
        ("2026-10-29", "2026-11-05"),  # the fifth of the next month comes first
        ("2026-12-28", "2027-01-05"),  # across the year
    ],
)
def test_the_last_day_to_send(ended, last):
    assert send_by(date.fromisoformat(ended), 7, 5, add_working_days) == date.fromisoformat(last)


def test_the_last_day_to_correct_and_the_answer_that_is_due():
    assert correct_by(date(2026, 10, 9), 2, add_working_days) == date(2026, 10, 13)
    assert answer_by(datetime(2026, 10, 9, 20), 6) == datetime(2026, 10, 10, 2)
