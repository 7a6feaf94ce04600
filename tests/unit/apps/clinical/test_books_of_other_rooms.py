"""Books of doses, malaria, mental health, tuberculosis and HIV; and months closed before they came."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import World, assistant, found
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.operations import CloseMonth, Served
from tuyen.apps.immunization.operations import Given, RecordDoses
from tuyen.apps.journal.replay import replay
from tuyen.kernel.period import Period
from tuyen.kernel.station_books import LINES
from tuyen.rules.clinical.books import SOURCES, books

SEPTEMBER = datetime(2026, 9, 14, 2, tzinfo=UTC)
DAY = date(2026, 9, 14)
MONTH = Period.parse("2026-09")


def lines(world: World, book: str, by: Any = None) -> list[queries.BookLine]:
    return queries.book(by=by or world.by, unit=world.station, book=books()[book], month=MONTH)


def figures(world: World, book: str) -> dict[str, int]:
    found = queries.figures(by=world.by, unit=world.station, month=MONTH)[book]
    return {name: n for name, n in found.items() if n}


def test_every_source_of_the_rule_is_told_by_a_room() -> None:
    assert SOURCES - {"visits"} == set(LINES)


def test_malaria_stands_in_its_book_with_what_the_slide_showed(world: World) -> None:
    slide = Served(code="24.0289.1694", result="P. falciparum (+)")
    world.visit(world.person(), began_at=SEPTEMBER, diagnosed=found("B50.9"), served=(slide,))
    world.visit(world.person("Lò Thị Ơn"), began_at=SEPTEMBER, diagnosed=found("B54"))
    world.visit(world.person("Lò Văn Xa"), began_at=SEPTEMBER)

    assert len(lines(world, "A7")) == 2
    assert figures(world, "A7") == {"visits": 2, "people": 2, "confirmed": 1, "falciparum": 1}


APART = {
    "A8": {"diagnosed": found("F20.0")},
    "A9": {"diagnosed": found("A15.0")},
    "A10": {"diagnosed": found("B20")},
}


@pytest.mark.parametrize("book", APART)
def test_a_book_of_what_stands_apart_opens_for_care_only(world: World, book: str) -> None:
    world.visit(world.person(), began_at=SEPTEMBER, **APART[book])
    shut, opened = assistant(world.station), assistant(world.station, "care")

    assert (len(lines(world, book, shut)), len(lines(world, book, opened))) == (0, 1)
    assert book not in queries.figures(by=shut, unit=world.station, month=MONTH)
    assert figures(world, book)["visits"] == 1


def test_a_months_closing_keeps_the_new_books_and_an_old_closing_is_rebuilt_without_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.visit(world.person(), began_at=SEPTEMBER, diagnosed=found("B50.9"))
    august = datetime(2026, 8, 14, 2, tzinfo=UTC)
    world.visit(world.person("Lò Thị Ơn"), began_at=august, diagnosed=found("B50.9"))
    with monkeypatch.context() as before:  # as the version before this one closed it
        before.setattr(CloseMonth.KIND, "version", 1)
        assert world.told(CloseMonth(month="2026-08")) == ["accepted"]
    assert world.told(CloseMonth(month="2026-09")) == ["accepted"]

    old = queries.closing(by=world.by, unit=world.station, month=Period.parse("2026-08"))
    new = queries.closing(by=world.by, unit=world.station, month=MONTH)

    assert old is not None
    assert new is not None
    assert "A7" not in old.figures
    assert new.figures["A7"]["visits"] == 1
    assert {"A2.1", "A2.2", "A6", "A8", "A9", "A10"} <= set(new.figures)
    moved = queries.differences(by=world.by, unit=world.station, month=Period.parse("2026-08"))
    assert moved == ([], [])
    rebuilt = replay()
    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []


def given(world: World, person: Any, vaccine: str, unit: Any = None, **rest: Any) -> None:
    dose = RecordDoses(
        person=person, given=(Given(vaccine=vaccine, lot="L1", number=1),), programme="routine",
        place_kind="station", screening="passed", vaccinator="Vì Thị Én", **rest,
    )  # fmt: skip
    world.good(dose, unit=unit or world.station, on=DAY)


def test_doses_of_a_unit_stand_in_the_books_of_children_and_of_others(world: World) -> None:
    baby = world.person("Lò Văn Bé", born=date(2026, 9, 13))
    woman = world.person("Lò Thị Ơn", born=date(1998, 4, 2))
    given(world, baby, "BCG")
    given(world, baby, "HepB")
    given(world, woman, "TT")
    given(world, world.person("Lò Văn Xa", born=date(2026, 7, 1)), "BCG", unit=world.elsewhere)

    children, others = lines(world, "A2.1"), lines(world, "A2.2")

    assert sorted(one.told["vaccine"] for one in children if one.told) == ["BCG", "HepB"]
    assert [(one.who, one.told and one.told["lot"]) for one in others] == [(woman, "L1")]
    assert figures(world, "A2.1") == {
        "doses": 2, "people": 1, "under1": 2, "bcg": 1, "hepatitis": 1,
    }  # fmt: skip
    assert figures(world, "A2.2")["tetanus"] == 1
    assert lines(world, "A2.1", assistant(world.elsewhere)) == []


def test_the_figures_ask_the_same_number_of_questions_for_one_line_and_for_many(
    world: World,
) -> None:
    counts = []
    for n in (1, 8):
        for k in range(n):
            person = world.person(f"Lò Văn Bé {n} {k}", born=date(2026, 9, 13))
            given(world, person, "BCG")
            world.visit(person, began_at=SEPTEMBER, diagnosed=found("B50.9"), measured=())
        with CaptureQueriesContext(connection) as asked:
            figures(world, "A2.1")
        counts.append(len(asked))

    assert counts[0] == counts[1]
