"""On how many days the medicines of a programme could all be handed out."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
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
from tests.unit.apps.supply.visiting import Dispensed, Recorded, visits  # noqa: F401  # a fixture
from tuyen.apps.supply import queries
from tuyen.engines.supply.levels import days_without
from tuyen.rules.supply import medicine

pytestmark = [pytest.mark.usefixtures("visits"), pytest.mark.django_db]
FIRST = date(2026, 10, 1)


def kept(item: str, day: int, number: str = "A", until: date = date(2027, 6, 30), pieces: int = 30):
    said = received(item=item, number=f"{item}-{number}", expires_on=until, vials=pieces, vvm=None)
    on = date(2026, 10, day)
    at = datetime(2026, 10, day, 2, tzinfo=UTC)
    assert [code(r) for r in send(op(said, "stM", on=on, at=at), at=at)] == ["accepted"]


def asked(last: date = TODAY):
    rows = queries.availability(by=PROGRAM, programme="hypertension", first=FIRST, last=last)
    return {row.unit: row for row in rows}


def test_a_station_has_all_of_them_or_it_has_not():
    core = queries.core_medicines("hypertension")
    for item in core:
        kept(item, 2 if item == core[0] else 4)
    found = asked()[place("stM")]

    assert "amlodipine-5" in core
    assert all(medicine(item).tracer for item in core)
    assert (found.days, found.whole, found.always) == (24, 22, False)
    assert found.short == dict.fromkeys(core[1:], 2)
    assert asked()[place("stN")].days == 0
    assert queries.availability(by=PROGRAM, programme="elderly", first=FIRST, last=TODAY) == []


def test_what_expired_and_what_was_handed_out_is_there_no_more():
    core = queries.core_medicines("hypertension")
    for item in core:
        kept(item, 1, until=date(2026, 10, 10) if item == core[0] else date(2027, 1, 1))
    kept(core[0], 14, "B", pieces=10)
    gone = Recorded(began_at=NOW, dispensed=(Dispensed(item=core[0], quantity=Decimal(10)),))
    assert codes(op(gone, "stM")) == ["accepted"]

    found = asked()[place("stM")]

    expected = days_without([(1, 30), (11, 0), (14, 10), (25, 0)], 1, 25)
    assert (found.days, found.short) == (25, {core[0]: expected})
    assert asked(date(2026, 10, 9))[place("stM")].always


def test_as_many_queries_for_many_medicines_as_for_one():
    kept("amlodipine-5", 1)
    with CaptureQueriesContext(connection) as one:
        asked()
    for day, item in enumerate(queries.core_medicines("hypertension")[1:], 2):
        kept(item, day)
        kept(item, day, "C", until=TODAY + timedelta(60))
    with CaptureQueriesContext(connection) as many:
        asked()

    assert len(one) == len(many) <= 4
    assert NOW.date() == TODAY
