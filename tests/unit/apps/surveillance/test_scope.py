"""Everybody sees what their post needs, on every path, and nothing tells them what else there is."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, place
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.policies import NotAllowed
from tuyen.apps.journal import queries as journal
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.queries import CaseFilters
from tuyen.kernel.ids import uuid7

PROGRAM = Actor.program(TODAY)


@pytest.fixture
def cases(report):
    """One case each in M, N and D, reported by the station of each, with a name."""
    made = {}
    for name in "MND":
        (receipt,) = report(
            case(commune=place(name), name=f"Giàng A {name}"), unit=place(f"st{name}")
        )
        made[name] = receipt.id
    return made


@pytest.mark.parametrize(
    ("role", "unit", "seen"),
    [
        ("station-head", "stM", {"M"}),
        ("health-centre-supervisor", "hc", {"M", "N", "D"}),
        ("cdc-epidemiologist", "P", {"M", "N", "D"}),
        ("commune-committee", "M", set()),
        ("director", "P", set()),
        ("village-health-worker", "stM", set()),
    ],
)
def test_a_post_reads_the_cases_of_its_reach(cases, holder, role, unit, seen):
    by = holder((role, place(unit)))

    listed = {row.id for row in queries.line_list(by=by).rows}
    opened = {name for name, id in cases.items() if queries.case(by=by, id=id)}

    assert listed == {cases[name] for name in seen}
    assert opened == seen


def test_a_case_reported_here_is_seen_here_wherever_it_lives(report, holder):
    report(case(commune=place("D")), unit=place("stM"))

    assert queries.line_list(by=holder(("station-head", place("stM")))).total == 1


def test_a_case_elsewhere_and_one_that_is_not_look_alike(cases, holder):
    by = holder(("station-head", place("stM")))

    assert queries.case(by=by, id=cases["D"]) is queries.case(by=by, id=uuid7()) is None


def test_counts_are_seen_by_those_who_see_no_names(cases, holder):
    owner = holder(("commune-committee", place("M")))
    director = holder(("director", place("P")))

    def total(by):
        return queries.counts(by=by, kind="month", first=TODAY, last=TODAY).cases.sum()

    assert (total(owner), total(director)) == (1, 3)


def test_a_duplicate_check_tells_nothing_about_other_units(cases, holder):
    draft = case(commune=place("D"), name="Giàng A D")

    assert queries.duplicates_of(by=PROGRAM, draft=draft)[0].row.id == cases["D"]
    found = queries.duplicates_of(by=holder(("station-head", place("stM"))), draft=draft)
    assert cases["D"] not in {item.row.id for item in found}


def test_only_those_who_may_take_lists_out(cases, holder):
    midwife = holder(("midwife", place("stM")))
    head = holder(("station-head", place("stM")))

    with pytest.raises(NotAllowed):
        list(queries.export_rows(by=midwife))
    assert [row.id for row in queries.export_rows(by=head)] == [cases["M"]]


@pytest.mark.parametrize(
    ("why", "text", "found"),
    [
        ("without marks", "giang a m", 1),
        ("in any order", "m giang", 1),
        ("in part", "gian", 3),
        ("another name", "lò", 0),
    ],
)
def test_names_are_found_as_people_type_them(cases, why, text, found):
    assert queries.line_list(by=PROGRAM, filters=CaseFilters(text=text)).total == found, why


def test_the_cases_of_an_area_include_those_of_what_it_succeeded(report):
    day = date(2025, 6, 2)
    report(case(commune=place("A"), onset_on=day, diagnosed_on=day))
    report(case(commune=place("C"), onset_on=day, diagnosed_on=day))

    def total(name):
        return queries.line_list(by=PROGRAM, filters=CaseFilters(area=place(name))).total

    assert {name: total(name) for name in "AMNP"} == {"A": 1, "M": 1, "N": 1, "P": 2}


def screens(by):
    yield lambda: queries.line_list(by=by)
    yield lambda: queries.alarms(by=by)
    yield lambda: queries.completeness(by=by)
    yield lambda: queries.board(by=by, since_position=1)
    yield lambda: queries.counts(by=by, kind="week", first=TODAY, last=TODAY)


def test_no_screen_asks_more_when_there_is_more(cases, report, holder):
    by = holder(("cdc-epidemiologist", place("P")))

    def costs():
        found = []
        for screen in screens(by):
            with CaptureQueriesContext(connection) as captured:
                screen()
            found.append(len(captured))
        return found

    few = costs()
    report(*(case(commune=place("MND"[n % 3]), cluster="x") for n in range(30)))

    assert costs() == few
    assert max(few) <= 18


def test_the_board_says_what_is_new_since_it_was_looked_at(cases, report):
    _, position, _ = journal.head()
    at_first = queries.board(by=PROGRAM, since_position=position)
    more = [case(commune=place("D"), cluster="trường X", onset_on=TODAY) for _ in range(3)]
    report(*more, at=NOW + timedelta(minutes=5))

    board = queries.board(by=PROGRAM, since_position=position)

    assert (at_first.new_cases, at_first.new_alarms.total) == (0, 0)
    assert board.new_cases == 3
    assert [row.rule for row in board.new_alarms.rows] == ["AL-B2"]
    assert board.trends[0].disease == "measles"
    assert board.map.totals().sum() == 6
