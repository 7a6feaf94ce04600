"""Which cases a list is about: when they were reported, how they ended, and whose they are today."""

from datetime import UTC, date, datetime

import pytest

from tests.unit.apps.registry.conftest import Village, World
from tests.unit.apps.registry.conftest import home as home
from tests.unit.apps.registry.conftest import member as member
from tests.unit.apps.registry.conftest import world as world
from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, place
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.registry.operations import MergePersons, UndoMerge
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.operations import ReportCase, VoidCase
from tuyen.apps.surveillance.queries import CaseFilters
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation

PROGRAM = Actor.program(TODAY)


def listed(**filters):
    return [row.id for row in queries.line_list(by=PROGRAM, filters=CaseFilters(**filters)).rows]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"reported_first": date(2026, 10, 23)}, {"late", "last"}),
        ({"reported_last": date(2026, 10, 22)}, {"first"}),
        ({"reported_first": date(2026, 10, 23), "reported_last": date(2026, 10, 23)}, {"late"}),
        ({"reported_first": date(2026, 10, 26)}, set()),
    ],
)
def test_a_report_belongs_to_its_day_in_vietnam(report, asked, found):
    at = {
        "first": datetime(2026, 10, 22, 16, 59, tzinfo=UTC),  # 23:59 on the 22nd
        "late": datetime(2026, 10, 22, 17, 0, tzinfo=UTC),  # midnight: the 23rd
        "last": datetime(2026, 10, 24, 2, 0, tzinfo=UTC),
    }
    ids = {
        report(case(reported_at=moment, age=n))[0].id: name
        for n, (name, moment) in enumerate(at.items(), 5)
    }

    assert {ids[id] for id in listed(**asked)} == found


@pytest.mark.parametrize(
    ("outcomes", "found"),
    [
        (("died",), {"died"}),
        (("recovered", "died"), {"recovered", "died"}),
        (("none",), {None}),
        (("none", "recovered"), {None, "recovered"}),
        ((), {None, "recovered", "died"}),
    ],
)
def test_cases_by_how_they_ended(report, outcomes, found):
    ids = {
        report(case(outcome=outcome, age=n, outcome_on=TODAY if outcome else None))[0].id: outcome
        for n, outcome in enumerate((None, "recovered", "died"), 5)
    }

    assert {ids[id] for id in listed(outcomes=outcomes)} == found


@pytest.fixture
def own_map():
    """The map of the registry, not the small province."""


@pytest.fixture
def merged(own_map, world: World, home: Village, member):
    """A case each of two records of one person, which were merged afterwards; and the merger."""
    one, other = member("Giàng A Pó"), member("Giàng A Po")
    for each in (one, other):
        world.household(home.village, each, since=date(2020, 1, 1))
    cases = []
    for n, each in enumerate((one, other)):
        given = {"person": each.id, "commune": home.commune, "name": each.name, "sex": "male"}
        onset = date(2026, 10, 10 + n)
        told = ReportCase(
            disease="measles", onset_on=onset, classification="suspected", age=39,
            not_a_duplicate_of=tuple(cases), **given,
        )  # fmt: skip
        (receipt,) = commit(
            by=PROGRAM, at=NOW, react=False,
            operations=[Operation.of(told, unit=home.station, happened_on=TODAY, recorded_at=NOW)],
        )  # fmt: skip
        assert receipt.ok, receipt.refusal
        cases.append(receipt.id)
    (merger,) = world.good(MergePersons(kept=one.id, duplicate=other.id), unit=home.station)
    return one.id, other.id, cases, merger


def test_a_case_shows_the_record_that_stands_for_its_person_today(merged, world, home):
    kept, duplicate, cases, merger = merged

    rows = {row.id: row.person for row in queries.line_list(by=PROGRAM).rows}
    opened = queries.case(by=PROGRAM, id=cases[1])
    world.good(UndoMerge(merge=merger, reason="two people after all"), unit=home.station)

    assert rows == {cases[0]: kept, cases[1]: kept}
    assert (opened.row.person, opened.content.person) == (kept, duplicate)
    assert queries.case(by=PROGRAM, id=cases[1]).row.person == duplicate


@pytest.mark.parametrize("asked", ["kept", "duplicate"])
def test_the_cases_of_a_person_are_those_of_all_their_records(merged, asked):
    kept, duplicate, cases, _ = merged
    person = kept if asked == "kept" else duplicate

    found = [row.id for row in queries.cases_of_person(by=PROGRAM, person=person)]

    assert found == [cases[1], cases[0]]


def test_a_draft_about_either_record_repeats_the_cases_of_both(merged, home):
    kept, duplicate, cases, _ = merged

    for person in (kept, duplicate):
        draft = ReportCase(
            disease="measles", onset_on=date(2026, 10, 12), classification="suspected",
            sex="unknown", person=person, commune=home.commune,
        )  # fmt: skip
        found = queries.duplicates_of(by=PROGRAM, draft=draft)

        assert {(likely.row.id, likely.why) for likely in found} == {(id, "person") for id in cases}


def test_a_page_takes_as_many_queries_for_a_hundred_persons(report, django_assert_num_queries):
    report(*(case(person=uuid7(), age=n % 90, name=f"Người {n}") for n in range(100)))

    with django_assert_num_queries(4):  # the small province is no query
        page = queries.line_list(by=PROGRAM, size=100)

    assert len(page.rows) == 100
    assert place("M") == page.rows[0].commune


def test_the_whole_list_counts_what_is_not_void(report):
    kept, wrong = report(case(age=5), case(age=6))
    void = VoidCase(case=wrong.id, reason="reported twice")
    operation = Operation.of(
        void, unit=place("stM"), happened_on=TODAY, recorded_at=NOW, corrects=wrong.id
    )
    (receipt,) = commit(by=PROGRAM, operations=[operation], at=NOW, react=False)
    assert receipt.ok

    whole = queries.line_list(by=PROGRAM)
    one = queries.line_list(by=PROGRAM, filters=CaseFilters(diseases=("measles",)))

    assert (whole.total, [row.id for row in whole.rows]) == (1, [kept.id])
    assert (one.total, one.rows) == (1, whole.rows)
