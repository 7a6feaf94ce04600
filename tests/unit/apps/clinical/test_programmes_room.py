"""Programmes fill themselves from visits, are worked with by hand, and lose whom the registry loses."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import NOW, TODAY, World, found, values, visit
from tuyen.apps.clinical.models import (
    Call,
    Contact,
    Enrolment,
    HomeVisit,
    SensitiveContact,
    SensitiveEnrolment,
)
from tuyen.apps.clinical.operations import (
    AmendVisit,
    Answered,
    AssignEnrolment,
    Content,
    EndEnrolment,
    Enrol,
    LogCall,
    NextVisit,
    PlanHomeVisit,
    VoidVisit,
)
from tuyen.apps.journal.replay import replay
from tuyen.apps.registry.operations import MergePersons, MovePerson, RecordDeath, UndoMerge
from tuyen.kernel.ids import uuid7

TABLES = (Call, Contact, Enrolment, HomeVisit, SensitiveContact, SensitiveEnrolment)


def tables() -> dict[str, list[Any]]:
    return {
        model.__name__: sorted(model._default_manager.values_list(), key=str) for model in TABLES
    }


def day(month: int, number: int) -> datetime:
    return datetime(2026, month, number, 2, tzinfo=UTC)


def only(person: UUID, programme: str = "hypertension", model: Any = Enrolment) -> Any:
    return model.objects.get(person=person, programme=programme)


def test_a_confirmed_diagnosis_enrols_and_counts(world: World) -> None:
    person = world.person()
    world.visit(person, began_at=day(7, 1), measured=values(systolic=150, diastolic=95))
    world.visit(
        person, began_at=day(8, 3), measured=values(systolic=152, diastolic=88), diagnosed=(),
        next=NextVisit(on=date(2026, 9, 2)),
    )  # fmt: skip

    row = only(person)

    assert (row.since, row.last_on, row.due_on) == (
        date(2026, 7, 1),
        date(2026, 8, 3),
        date(2026, 9, 2),
    )
    assert (row.contacts, row.reading, row.step_do) == (2, 0, "step-up")
    assert row.risk == 209  # a step up is due, and 152 is 9 % above 140
    assert row.unit_id == world.station


def test_what_is_suspected_or_too_young_enrols_nobody(world: World) -> None:
    child = world.person("Lò Thị Mai", born=date(2016, 1, 1))
    world.visit(world.person(), diagnosed=found("I10", certainty="suspected"))
    world.visit(child, diagnosed=found("I10"))

    assert Enrolment.objects.count() == 0


def test_a_form_enrols_and_what_is_sensitive_stands_apart(world: World) -> None:
    person = world.person()
    form = Answered(programme="mental_health", fields={"function": "poor", "relapse": "yes"})
    world.visit(person, diagnosed=found("F20"), measured=(), answered=(form,))
    worker = Answered(
        programme="occupational", fields={"employer": "Mỏ đá", "exam": "periodic", "class": "II"}
    )
    world.visit(person, diagnosed=found("J00"), measured=(), answered=(worker,))

    apart = only(person, "mental_health", SensitiveEnrolment)

    assert (apart.reading, apart.step_do) == (0, "refer")
    assert [row.programme for row in Enrolment.objects.all()] == ["occupational"]
    assert SensitiveContact.objects.count() == Contact.objects.count() == 1


def test_traditional_medicine_is_known_by_the_code_beside_a_diagnosis(world: World) -> None:
    treated, covid = world.person(), world.person("Lò Thị Ơn")
    world.visit(treated, measured=(), diagnosed=found("M54.5", traditional="U62.392.3"))
    world.visit(covid, measured=(), diagnosed=found("U07.1"))

    assert [(row.person_id, row.programme) for row in Enrolment.objects.all()] == [
        (treated, "traditional_medicine")
    ]


def test_who_is_suspected_of_an_occupational_disease_by_its_code_alone_is_referred(
    world: World,
) -> None:
    told = {"employer": "Mỏ đá", "exam": "detection", "class": "III", "suspected": "J62.8"}
    form = Answered(programme="occupational", fields=told)
    world.visit(world.person(), diagnosed=found("Z10.0"), measured=(), answered=(form,))

    row = Enrolment.objects.get(programme="occupational")
    assert (row.step, row.step_do) == ("suspected", "refer")


def test_a_visit_taken_back_leaves_nobody_behind(world: World) -> None:
    person = world.person()
    id = world.visit(person)

    world.good(VoidVisit(visit=id, reason="nhầm người"), unit=world.station)

    row = only(person)
    assert (row.until, row.why, row.contacts) == (row.since, "error", 0)
    assert Contact.objects.count() == 0


def test_an_amended_visit_is_counted_as_it_is_now(world: World) -> None:
    person = world.person()
    id = world.visit(person, measured=values(systolic=190, diastolic=100))
    told = visit(person, measured=values(systolic=130, diastolic=80))
    content = {name: getattr(told, name) for name in told.__struct_fields__}
    world.good(
        AmendVisit(visit=id, reason="ghi nhầm", content=Content(**content)), unit=world.station
    )

    row = only(person)
    assert (row.reading, row.step_do, row.risk, row.contacts) == (1, "", 0, 1)


def test_an_older_visit_told_later_moves_the_beginning(world: World) -> None:
    person = world.person()
    world.visit(person, began_at=day(9, 1))
    world.visit(person, began_at=day(6, 1))

    row = only(person)

    assert (row.since, row.contacts, row.last_on) == (date(2026, 6, 1), 2, date(2026, 9, 1))


def test_the_dead_the_moved_and_the_merged_leave_every_panel(world: World) -> None:
    dead, gone, kept, double = (world.person(f"Lò Văn {n}") for n in ("Một", "Hai", "Ba", "Bốn"))
    for person in (dead, gone, kept, double):
        world.visit(person)
    world.good(RecordDeath(person=dead, on=TODAY, cause="I64"), unit=world.village)
    world.good(MovePerson(person=gone, place=None), unit=world.village)
    (merge,) = world.good(MergePersons(kept=kept, duplicate=double), unit=world.village)

    still = set(Enrolment.objects.filter(until=None).values_list("person_id", flat=True))
    whys = set(Enrolment.objects.exclude(until=None).values_list("why", flat=True))
    assert (still, whys) == ({kept}, {"died", "moved", "merged"})

    world.good(UndoMerge(merge=merge, reason="hai người"), unit=world.village)
    assert Enrolment.objects.filter(until=None).count() == 2


def test_a_call_waits_and_a_visit_answers_it(world: World) -> None:
    person = world.person()
    world.visit(person, began_at=day(8, 1))
    row = only(person)
    assert world.told(LogCall(enrolment=row.id, result="no-answer")) == ["accepted"]
    assert world.told(PlanHomeVisit(enrolment=row.id, on=TODAY + timedelta(days=3))) == ["accepted"]
    row = only(person)
    assert (row.call, row.next_try) == ("no-answer", TODAY + timedelta(days=2))
    assert row.home_on == TODAY + timedelta(days=3)

    later = NOW + timedelta(days=3)
    world.good(visit(person, began_at=later), unit=world.station, at=later, on=later.date())

    row = only(person)
    assert (row.next_try, row.home_on, row.last_on) == (None, None, later.date())


def test_every_mistake_has_its_own_code(world: World) -> None:
    person, child = world.person(), world.person("Lò Thị Mai", born=date(2016, 1, 1))
    world.visit(person)
    ended = world.person("Lò Văn Hai")
    world.visit(ended)
    id, over = only(person).id, only(ended).id
    dead = world.person("Lò Văn Ba")
    world.good(RecordDeath(person=dead, on=TODAY, cause="I64"), unit=world.village)
    world.told(EndEnrolment(enrolment=over, why="refused"))
    mistakes = {
        "enrolled-already": Enrol(person=person, programme="hypertension"),
        "unknown-programme": Enrol(person=person, programme="gout"),
        "unknown-person": Enrol(person=uuid7(), programme="elderly"),
        "not-for-this-person": Enrol(person=child, programme="elderly"),
        "died-already": Enrol(person=dead, programme="hypertension"),
        "unknown-group": Enrol(person=person, programme="checkup", group="rich"),
        "unknown-outcome": EndEnrolment(enrolment=id, why="bored"),
        "unknown-enrolment": EndEnrolment(enrolment=uuid7(), why="refused"),
        "enrolment-ended": LogCall(enrolment=over, result="agreed"),
        "unknown-call-result": LogCall(enrolment=id, result="maybe"),
        "day-not-ahead": PlanHomeVisit(enrolment=id, on=TODAY - timedelta(days=1)),
        "unknown-unit": AssignEnrolment(enrolment=id, follows=uuid7()),
    }

    told = world.told(*mistakes.values(), size=1)

    assert told == [f"clinical.{code}" for code in mistakes]
    assert world.told(EndEnrolment(enrolment=id, why="moved"), on=TODAY - timedelta(days=400)) == [
        "clinical.ends-before-enrolment"
    ]
    assert world.told(LogCall(enrolment=id, result="agreed"), unit=world.elsewhere) == [
        "clinical.unknown-enrolment"
    ]
    assert world.told(Enrol(person=person, programme="elderly"), on=TODAY + timedelta(days=2)) == [
        "clinical.in-the-future"
    ]


def test_a_batch_is_its_entries_one_by_one(world: World) -> None:
    one, two = world.person("Lò Văn Một"), world.person("Lò Văn Hai")
    story = (
        visit(one, began_at=day(7, 1)), visit(two, began_at=day(7, 2)),
        visit(one, began_at=day(8, 1), measured=values(systolic=185, diastolic=100)),
        visit(two, began_at=day(6, 1), diagnosed=found("I10", "E11.9")),
        visit(one, began_at=day(9, 1), diagnosed=found("F32")),
        Enrol(person=one, programme="checkup", group="poor"),
        Enrol(person=one, programme="checkup"),
    )  # fmt: skip
    ids = [uuid7() for _ in story]
    before = transaction.savepoint()
    told = world.told(*story, ids=ids)
    together = tables()
    transaction.savepoint_rollback(before)

    assert (
        world.told(*story, ids=ids, size=1)
        == told
        == [*["accepted"] * 6, "clinical.enrolled-already"]
    )
    assert tables() == together


@pytest.mark.nightly
def test_a_replay_arrives_at_the_same_rows(world: World) -> None:
    one, two = world.person("Lò Văn Một"), world.person("Lò Văn Hai")
    world.visit(one, began_at=day(7, 1))
    world.visit(two, diagnosed=found("F32"))
    world.told(LogCall(enrolment=only(one).id, result="later", note="đi nương"))
    world.good(RecordDeath(person=two, on=TODAY, cause="I64"), unit=world.village)
    before = tables()

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [one.table for one in rebuilt.tables if not one.same] == []
    assert tables() == before


@pytest.mark.parametrize("more", [1, 6])
def test_a_batch_asks_as_often_as_one(world: World, more: int) -> None:
    people = [world.person(f"Lò Văn {n}") for n in range(more)]
    world.visit(world.person("Lò Văn Đầu"))
    payloads = [visit(person, diagnosed=found("I10", "F32")) for person in people]

    with CaptureQueriesContext(
        connection,
    ) as told:
        world.told(*payloads)

    assert len([q for q in told if "clinical_" in q["sql"] and "SELECT" in q["sql"]]) <= 9
