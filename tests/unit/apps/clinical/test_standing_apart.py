"""What of a visit stands apart: kept by itself, opened by a right with its purpose."""

from uuid import UUID

from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import TODAY, World, assistant, found, visit
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.keeping import plain
from tuyen.apps.clinical.models import Diagnosis, SensitiveDiagnosis, Visit
from tuyen.apps.clinical.operations import AmendVisit, Answered, Served
from tuyen.apps.journal import store

SAD = {"diagnosed": found("F32.1", "I10"), "reason": "mất ngủ, buồn", "advice": "hẹn tâm lý"}


def test_nothing_open_tells_what_stands_apart(world: World) -> None:
    id = world.visit(world.person(), **SAD)

    row = Visit.objects.get(pk=id)

    assert (row.apart, row.main) == (True, "")
    assert not any(word in row.content for word in ("F32", "buồn", "tâm lý"))
    assert list(Diagnosis.objects.values_list("code", flat=True)) == ["I10"]
    assert list(SensitiveDiagnosis.objects.values_list("code", "kind")) == [("F32.1", "mental")]


def test_it_opens_for_the_purpose_and_for_no_other(world: World) -> None:
    person = world.person()
    id = world.visit(person, **SAD)

    told = {
        purpose: queries.visit(by=assistant(world.station, purpose), id=id)
        for purpose in ("duty", "statistics", "care")
    }

    assert [facts and facts.opened for facts in told.values()] == [False, False, True]
    shut, opened = told["duty"], told["care"]
    assert shut is not None
    assert opened is not None
    assert [one.code for one in shut.content.diagnosed] == ["I10"]
    assert (shut.content.reason, opened.content.reason) == ("", "mất ngủ, buồn")


def test_another_station_sees_neither_the_visit_nor_that_there_is_one(world: World) -> None:
    person = world.person()
    id = world.visit(person, **SAD)
    stranger = assistant(world.elsewhere, "care")

    assert queries.visit(by=stranger, id=id) is None
    assert queries.visits_of(by=stranger, person=person) == []
    assert queries.last_values(by=stranger, persons=[person]) == {person: {}}


def test_answers_of_a_programme_and_a_test_stand_apart_by_themselves(world: World) -> None:
    person = world.person()
    told = Answered(programme="mental_health", fields={"function": "poor"})
    id = world.visit(person, answered=(told,))
    test = world.visit(person, served=(Served(code="hiv-rapid", result="âm tính"),))

    rows = queries.visits(by=world.by, ids=[id, test])

    assert [rows[one].apart for one in (id, test)] == [True, True]
    assert [rows[one].main for one in (id, test)] == ["I10", "I10"]
    assert "poor" not in Visit.objects.get(pk=id).content


def test_what_stood_apart_stays_so_in_the_history(world: World) -> None:
    person = world.person()
    id = world.visit(person, **SAD)
    world.good(
        AmendVisit(visit=id, reason="nhầm mã", content=plain(visit(person))), unit=world.station
    )

    (plain_step,) = queries.history(by=assistant(world.station), id=id)
    (step,) = queries.history(by=assistant(world.station, "care"), id=id)

    assert (plain_step.opened, plain_step.content.reason) == (False, "")
    assert (step.opened, step.content.reason) == (True, "mất ngủ, buồn")
    assert SensitiveDiagnosis.objects.count() == 0


def test_a_list_takes_as_many_queries_for_thirty_visits_as_for_three(world: World) -> None:
    def cost(people: list[UUID]) -> int:
        for person in people:
            world.visit(person, **SAD)
        with CaptureQueriesContext(store.connection()) as seen:
            queries.between(by=world.by, units=[world.station], first=TODAY, last=TODAY)
            queries.last_values(by=world.by, persons=people)
            queries.day(by=world.by, unit=world.station, on=TODAY)
        return len(seen)

    few = [world.person(f"Lò Văn {n}") for n in "ABC"]
    many = few + [world.person(f"Lò Thị {n}") for n in "ABCDEFGHIJ"]

    assert cost(few) == cost(many) <= 7
