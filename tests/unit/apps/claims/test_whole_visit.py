"""One operation is the whole of a visit, and everything that is counted of it follows: nobody types again."""

from datetime import date, timedelta
from decimal import Decimal

from tests.unit.apps.claims.conftest import BEGAN, NOW, TODAY, visit
from tuyen.apps.access.actors import Actor
from tuyen.apps.claims.queries import claim
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import (
    AmendVisit,
    Answered,
    Content,
    Diagnosed,
    Dispensed,
    Referred,
    Served,
)
from tuyen.apps.journal.models import Entry
from tuyen.apps.supply import queries as supply
from tuyen.apps.supply.operations import ReceiveLot
from tuyen.kernel.period import Period
from tuyen.rules.clinical.books import books

MONTH = Period.parse("2026-10")
LOT = ReceiveLot(item="amlodipine-5", number="AML-1", expires_on=date(2027, 5, 1), vials=100)
SENT = Referred(to_name="Trung tâm Y tế Hữu Lũng", reason="đau ngực", urgent=True)


def whole(person, lot):
    """Everything that a visit may say: with a lot, a pair of codes, a test, a referral, a next day, answers."""
    return visit(
        person,
        diagnosed=(
            Diagnosed(code="I10", main=True),
            Diagnosed(code="M54.5", traditional="U62.392.3"),
        ),
        dispensed=(Dispensed(item="amlodipine-5", quantity=Decimal(30), days=30, lot=lot),),
        served=(Served(code="23.0075.1494"), Served(code="08.0008.0224")),
        referred=SENT, leaving="2",
        answered=(Answered(programme="hypertension", fields={"tobacco": "yes"}),),
    )  # fmt: skip


def shelved(station):
    """A lot that came a month ago."""
    station.good(LOT, at=NOW - timedelta(days=30))
    by = Actor.program(TODAY)
    found = supply.on_hand(by=by, unit=station.id, items=["amlodipine-5"], on=TODAY)
    return found["amlodipine-5"].lots[0].lot


def lines(station, book):
    by = Actor.program(TODAY)
    return queries.book(by=by, unit=station.id, book=books()[book], month=MONTH)


def test_a_visit_told_once_fills_books_claim_store_programmes_and_figures(station):
    lot = shelved(station)
    person = station.patient()
    before = Entry.objects.count()

    (id,) = station.good(whole(person, lot))

    by = Actor.program(TODAY)
    assert Entry.objects.count() == before + 1
    # The station's books.
    filled = {"A1", "A12", "medicines", "tests", "traditional", "referrals"}
    assert {code for code in filled if len(lines(station, code)) == 1} == filled
    assert lines(station, "procedures") == []
    # The tables of the claim, and so of the health book; what a test showed is the value that was measured.
    tables = claim(by=by, id=id, on=TODAY).tables
    assert {"XML1", "XML2", "XML3", "XML4", "XML13", "XML14"} <= {
        t for t, rows in tables.items() if rows
    }
    (first,) = tables["XML1"]
    assert (first["MA_BENH_CHINH"], first["MA_BENH_YHCT"], first["MA_DOITUONG_KCB"]) == (
        "I10", "U62.392.3", "1.2",
    )  # fmt: skip
    assert (tables["XML2"][0]["SO_LUONG"], tables["XML4"][0]["GIA_TRI"]) == ("30", "6.2")
    # The store: from the lot that was named.
    (held,) = supply.held_of(by=by, item="amlodipine-5", unit=station.id, on=TODAY)
    assert held.vials == 70
    # The programmes, their figures and the monthly report.
    rows = queries.enrolments_of(by=by, person=person, on=TODAY)
    assert {row.programme for row in rows} == {"hypertension", "traditional_medicine"}
    assert queries.control(by=by, programme="hypertension", on=TODAY).total.counts["contacted"] == 1
    report = queries.ncd_report(by=by, month=date(2026, 10, 1))
    assert report.total["hypertension"].people == 1
    # What waits: the return note, the next day.
    assert [row.id for row in queries.referrals(by=by)] == [id]
    assert [one.value for one in queries.series(by=by, person=person, whats=["systolic"])] == [150]


def test_a_correction_of_the_visit_corrects_all_of_it(station):
    lot = shelved(station)
    person = station.patient()
    (id,) = station.good(whole(person, lot))
    less = visit(
        person, diagnosed=(Diagnosed(code="E11.9", main=True),), prescribed=(), dispensed=(), served=(),
        next=None,
    )  # fmt: skip
    content = Content(**{name: getattr(less, name) for name in Content.__struct_fields__})

    station.good(AmendVisit(visit=id, reason="nhầm người bệnh", content=content))

    by = Actor.program(TODAY)
    tables = claim(by=by, id=id, on=TODAY).tables
    assert tables["XML1"][0]["MA_BENH_CHINH"] == "E11.9"
    assert not any(tables.get(table) for table in ("XML2", "XML13", "XML14"))
    assert [
        len(lines(station, book)) for book in ("A1", "referrals", "traditional", "medicines")
    ] == [1, 0, 0, 0]
    (held,) = supply.held_of(by=by, item="amlodipine-5", unit=station.id, on=TODAY)
    assert held.vials == 100
    open_ = {row.programme for row in queries.enrolments_of(by=by, person=person, on=TODAY)
             if row.until is None}  # fmt: skip
    assert open_ == {"diabetes"}
    assert BEGAN.date() == queries.visit(by=by, id=id).row.day
