"""The books of a month: counted, closed by counting, and what was changed afterwards."""

from datetime import UTC, date, datetime, timedelta

from tests.unit.apps.clinical.caring import birth, child, family, pregnant, seen
from tests.unit.apps.clinical.conftest import World, assistant, found, visit
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.keeping import plain
from tuyen.apps.clinical.models import Delivery
from tuyen.apps.clinical.operations import (
    AmendVisit,
    Born,
    CloseMonth,
    RecordContraception,
    Referred,
    VoidBirth,
    VoidVisit,
)
from tuyen.kernel.period import Period
from tuyen.rules.clinical.books import books

SEPTEMBER = datetime(2026, 9, 14, 2, tzinfo=UTC)
MONTH = Period.parse("2026-09")
CLOSE = CloseMonth(month="2026-09")


def test_a_book_holds_the_visits_of_its_month_and_nobody_typed_it(world: World) -> None:
    person = world.person()
    world.visit(person, began_at=SEPTEMBER)
    world.visit(person, began_at=SEPTEMBER, diagnosed=found("J06.9"))
    world.visit(person)  # of October

    lines = queries.book(by=world.by, unit=world.station, book=books()["A12"], month=MONTH)
    figures = queries.figures(by=world.by, unit=world.station, month=MONTH)

    assert [(line.number, line.facts and line.facts.row.main, line.years) for line in lines] == [
        (1, "I10", 58)
    ]
    assert (figures["A1"]["visits"], figures["A1"]["people"], figures["A1"]["women"]) == (2, 1, 0)
    assert figures["A12"]["hypertension"] == 1


def test_a_month_is_closed_once_and_only_when_it_is_over(world: World) -> None:
    world.visit(world.person(), began_at=SEPTEMBER)

    told = world.told(CLOSE, CLOSE, CloseMonth(month="2026-10"), CloseMonth(month="2026-13"))

    assert told == [
        "accepted", "clinical.month-closed-already", "clinical.month-not-over",
        "clinical.not-a-month",
    ]  # fmt: skip


def test_what_is_changed_after_the_closing_shows_as_a_difference(world: World) -> None:
    person = world.person()
    first, second = (world.visit(person, began_at=SEPTEMBER) for _ in range(2))
    assert world.told(CLOSE) == ["accepted"]
    assert queries.differences(by=world.by, unit=world.station, month=MONTH) == ([], [])

    sent = plain(visit(person, began_at=SEPTEMBER, referred=Referred(reason="x", to_name="BV")))
    late = world.visit(person, began_at=SEPTEMBER + timedelta(days=2))
    world.good(AmendVisit(visit=first, reason="bổ sung", content=sent), unit=world.station)
    world.good(VoidVisit(visit=second, reason="ghi trùng"), unit=world.station)

    figures, changed = queries.differences(by=world.by, unit=world.station, month=MONTH)
    assert ("A1", "referred", 0, 1) in figures
    assert {(one.visit, one.what) for one in changed} == {
        (first, "amended"), (second, "gone"), (late, "added"),
    }  # fmt: skip
    held = queries.closing(by=world.by, unit=world.station, month=MONTH)
    assert held is not None
    assert held.figures["A1"]["visits"] == 2


def test_a_book_about_what_stands_apart_opens_for_a_purpose_only(world: World) -> None:
    world.visit(world.person(), began_at=SEPTEMBER, diagnosed=found("O04.9"))
    book = books()["A5.2"]

    shut = queries.book(by=assistant(world.station), unit=world.station, book=book, month=MONTH)
    by = assistant(world.station, "care")
    opened = queries.book(by=by, unit=world.station, book=book, month=MONTH)

    assert (len(shut), len(opened)) == (0, 1)
    assert "A5.2" not in queries.figures(
        by=assistant(world.station), unit=world.station, month=MONTH
    )
    assert queries.figures(by=by, unit=world.station, month=MONTH)["A5.2"]["visits"] == 1


def test_a_month_of_a_leap_year_ends_on_its_last_day() -> None:
    assert Period.parse("2028-02").end == date(2028, 2, 29)


def test_births_contacts_and_contraception_stand_in_their_books(world: World) -> None:
    """A3, A4 and A5.1 are whole without a keystroke, and a closed month keeps their figures."""
    household, mother, _ = family(world)
    lmp = date(2025, 12, 20)
    pregnant(world, mother, lmp=lmp, on=date(2026, 3, 1), gravida=2, para=1)
    answers = {"hiv_test": "yes", "iron": "yes"}
    seen(world, mother, date(2026, 9, 2), "antenatal", answers, systolic=150, diastolic=95)
    born = date(2026, 9, 14)
    twins = child(world, household, born=born), child(world, household, born=born, sex=2)
    world.good(
        birth(mother, on=born, born=(
            Born(sex=1, person=twins[0], weight=2300), Born(sex=2, person=twins[1], weight=2600),
        ), mode="caesarean", place="hospital"),
        RecordContraception(person=mother, on=date(2026, 9, 28), what="start", method="iud"),
        unit=world.station,
    )  # fmt: skip

    def lines(code: str) -> list[queries.BookLine]:
        return queries.book(by=world.by, unit=world.station, book=books()[code], month=MONTH)

    (contact,) = lines("A3")
    assert contact.gestation is not None
    assert contact.gestation[:4] == (36, 2, 1, 1)
    assert contact.gestation.signs
    boy, girl = lines("A4")
    assert [(one.number, one.who, one.told and one.told["weight"]) for one in (boy, girl)] == [
        (1, mother, 2300), (2, mother, 2600),
    ]  # fmt: skip
    (step,) = lines("A5.1")
    assert step.told is not None
    assert step.told["method"] == "iud"
    figures = queries.figures(by=world.by, unit=world.station, month=MONTH)
    assert {name: n for name, n in figures["A4"].items() if n} == {
        "mothers": 1, "live": 2, "girls": 1, "low": 1, "weighed": 2, "caesarean": 1, "skilled": 1,
    }  # fmt: skip
    assert (figures["A3"]["hiv"], figures["A3"]["danger"], figures["A3"]["syphilis"]) == (1, 1, 0)
    assert (figures["A5.1"]["visits"], figures["A5.1"]["started"]) == (1, 1)
    assert world.told(CLOSE) == ["accepted"]
    (delivery,) = Delivery.objects.all()
    world.good(VoidBirth(delivery=delivery.pk, reason="nhầm tháng"), unit=world.station)
    moved, changed = queries.differences(by=world.by, unit=world.station, month=MONTH)
    assert ("A4", "live", 2, 0) in moved
    assert changed == []
