"""The books of a month: counted, closed by counting, and what was changed afterwards."""

from datetime import UTC, date, datetime, timedelta

from tests.unit.apps.clinical.conftest import World, assistant, found, visit
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.keeping import plain
from tuyen.apps.clinical.operations import AmendVisit, CloseMonth, Referred, VoidVisit
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

    assert [(line.number, line.facts.row.main, line.years) for line in lines] == [(1, "I10", 58)]
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
