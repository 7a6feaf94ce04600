"""Lists by risk, panels, figures with their denominators, and the rows behind each figure."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.clinical.conftest import TODAY, World, found, values, visit
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.clinical import queries
from tuyen.apps.clinical.models import Enrolment
from tuyen.apps.clinical.operations import Answered, EndEnrolment, LogCall, NextVisit
from tuyen.apps.registry.operations import MovePerson, RecordDeath
from tuyen.kernel.ids import uuid7
from tuyen.kernel.period import Period


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 2, tzinfo=UTC)


@pytest.fixture
def people(world: World) -> dict[str, UUID]:
    """Four with high blood pressure: out of control and late, very high and late, controlled, lost."""
    held = {name: world.person(f"Lò Văn {name}", phone="0912345678") for name in
            ("Cao", "Nguy", "Tốt", "Mất")}  # fmt: skip
    story = [
        (held["Cao"], at(5, 1), 160), (held["Cao"], at(8, 20), 155),
        (held["Nguy"], at(6, 1), 150), (held["Nguy"], at(9, 1), 190),
        (held["Tốt"], at(5, 1), 150), (held["Tốt"], at(10, 5), 130),
        (held["Mất"], datetime(2025, 9, 1, 2, tzinfo=UTC), 150),
    ]  # fmt: skip
    world.good(
        *(visit(person, began_at=began, measured=values(systolic=systolic, diastolic=80))
          for person, began, systolic in story),
        unit=world.station,
    )  # fmt: skip
    return held


def staff(world: World, role: str = "station-head", unit: UUID | None = None) -> Actor:
    post = HeldPost(uuid7(), role, unit or world.station)
    return Actor(user=uuid7(), name="Lường Thị Xuân", posts=(post,), on=TODAY, channel="web")


def test_who_is_overdue_stands_by_risk_and_then_by_time(
    world: World, people: dict[str, UUID]
) -> None:
    page = queries.overdue(by=staff(world), on=TODAY, unit=world.station)

    assert [row.person for row in page.rows] == [people["Nguy"], people["Mất"], people["Cao"]][
        :1
    ] + [row.person for row in page.rows[1:]]
    assert page.total == 3
    first = page.rows[0]
    assert (first.step_do, first.values["systolic"], first.phone) == ("refer", 190.0, "0912345678")
    assert first.late_days == (TODAY - date(2026, 10, 1)).days
    assert [row.risk for row in page.rows] == sorted((row.risk for row in page.rows), reverse=True)


def test_who_was_called_waits_in_another_list(world: World, people: dict[str, UUID]) -> None:
    by = staff(world)
    row = queries.overdue(by=by, on=TODAY).rows[0]
    world.told(LogCall(enrolment=row.enrolment, result="no-answer"))

    lists = queries.list_lengths(by=by, filters=queries.PanelFilters(), on=TODAY)

    assert (lists["late"], lists["waiting"], lists["all"]) == (2, 1, 4)
    assert queries.overdue(by=by, on=TODAY + timedelta(days=2)).total == 3
    (call,) = queries.calls_of(by=by, enrolment_id=row.enrolment, on=TODAY)
    assert call.result == "no-answer"


def test_a_list_is_only_of_what_the_reader_reaches(world: World, people: dict[str, UUID]) -> None:
    assert queries.overdue(by=staff(world, unit=world.elsewhere), on=TODAY).total == 0
    assert queries.overdue(by=staff(world), on=TODAY, village=world.other).total == 0
    assert queries.enrolment(
        by=staff(world, unit=world.elsewhere), id=Enrolment.objects.all()[0].id, on=TODAY
    ) is None  # fmt: skip


def test_what_stands_apart_opens_by_its_right_and_purpose_only(world: World) -> None:
    person = world.person()
    form = Answered(programme="mental_health", fields={"function": "good"})
    world.visit(person, began_at=at(5, 1), diagnosed=found("F20"), measured=(), answered=(form,))
    by = staff(world)
    filters = queries.PanelFilters(programme="mental_health")

    assert queries.panel(by=by, filters=filters, on=TODAY).total == 0
    assert queries.overdue(by=by, on=TODAY).total == 0
    assert "mental_health" not in [one.key for one in queries.open_programmes(by=by)]
    care = by.stating("care")
    assert queries.panel(by=care, filters=filters, on=TODAY).total == 1
    assert queries.overdue(by=care, on=TODAY).total == 1


def test_control_is_counted_by_its_denominators(world: World, people: dict[str, UUID]) -> None:
    found_ = queries.control(by=staff(world), programme="hypertension", on=TODAY)

    counts = found_.total.counts
    assert (counts["registered"], counts["under_care"], counts["contacted"]) == (4, 3, 1)
    assert (counts["counted"], counts["controlled"], counts["uncontrolled"], counts["missed"]) == (
        3,
        1,
        2,
        0,
    )
    assert (counts["old"], counts["lost"]) == (1, 1)
    (row,) = found_.rows
    assert (row.unit, row.name) == (world.station, "Trạm y tế Nà Hỳ")


def test_a_day_in_the_past_is_counted_as_it_was(world: World, people: dict[str, UUID]) -> None:
    past = date(2026, 8, 31)

    counts = queries.control(by=staff(world), programme="hypertension", on=past).total.counts

    assert (counts["registered"], counts["controlled"], counts["uncontrolled"]) == (4, 0, 1)
    assert (counts["missed"], counts["counted"]) == (2, 3)  # Nguy joined too lately


def test_every_figure_opens_to_its_rows(world: World, people: dict[str, UUID]) -> None:
    by = staff(world)
    for on in (TODAY, date(2026, 8, 31)):
        counts = queries.control(by=by, programme="hypertension", on=on).total.counts
        for part, count in counts.items():
            page = queries.behind(by=by, programme="hypertension", on=on, part=part)
            assert (part, page.total) == (part, count)


def test_the_dead_are_in_no_list_and_no_figure(world: World, people: dict[str, UUID]) -> None:
    world.good(RecordDeath(person=people["Nguy"], on=TODAY, cause="I64"), unit=world.village)
    by = staff(world)

    assert people["Nguy"] not in [row.person for row in queries.overdue(by=by, on=TODAY).rows]
    assert (
        queries.control(by=by, programme="hypertension", on=TODAY).total.counts["registered"] == 3
    )


def test_cohorts_say_what_became_of_who_joined(world: World, people: dict[str, UUID]) -> None:
    row = Enrolment.objects.get(person=people["Cao"])
    world.told(EndEnrolment(enrolment=row.id, why="refused"), on=date(2026, 9, 30))
    on = date(2026, 12, 31)
    by = replace(staff(world), on=on)

    (quarter,) = queries.cohorts(by=by, programme="hypertension", on=on, quarters=1)

    assert (quarter.quarter, quarter.joined) == ("2026-Q2", 3)
    assert {name: n for name, n in quarter.counts.items() if n} == {
        "controlled": 1, "missed": 1, "left": 1,
    }  # fmt: skip
    (year,) = queries.cohorts(by=by, programme="hypertension", on=on, quarters=1, months=12)
    assert (year.quarter, year.joined) == ("2025-Q4", 0)


def test_the_month_counts_a_person_once_and_the_last_visit_wins(world: World) -> None:
    one, two = world.person("Lò Văn Một"), world.person("Lò Thị Hai", place=world.commune)
    world.visit(one, began_at=at(9, 1), measured=values(systolic=160, diastolic=90))
    world.visit(one, began_at=at(10, 2), measured=values(systolic=150, diastolic=90))
    world.visit(one, began_at=at(10, 20), measured=values(systolic=130, diastolic=80))
    world.visit(two, began_at=at(10, 3), diagnosed=found("E11.9", "F20"), measured=())
    by = staff(world)

    report = queries.ncd_report(by=by, month=TODAY)

    assert [name for _, name in report.communes] == ["Nà Hỳ"]
    assert report.total["hypertension"] == queries.NcdCell(1, 0, 1, 0, 0, 0)
    assert report.total["diabetes"][:2] == (1, 1)
    assert report.total["schizophrenia"].people == 1
    (row,) = queries.ncd_visits(by=by, month=TODAY, key="hypertension", part="on_target")
    assert row.day == date(2026, 10, 20)
    assert queries.ncd_visits(by=by, month=TODAY, key="schizophrenia") == []
    assert len(queries.ncd_visits(by=by.stating("care"), month=TODAY, key="schizophrenia")) == 1


def test_groups_add_up_to_the_panel(world: World, people: dict[str, UUID]) -> None:
    by = staff(world)

    villages, workers = queries.panel_groups(
        by=by, programme="hypertension", unit=world.station, on=TODAY
    )

    assert [(row.name, row.people, row.late) for row in villages] == [("Huổi Hoi", 4, 3)]
    assert sum(row.people for row in workers) == 4


def test_what_a_person_is_in_is_asked_by_the_person(world: World, people: dict[str, UUID]) -> None:
    world.visit(
        people["Tốt"], diagnosed=found("E11.9"), measured=values(hba1c=6.5),
        next=NextVisit(on=TODAY + timedelta(days=30), programme="diabetes"),
    )  # fmt: skip

    rows = queries.enrolments_of(by=staff(world), person=people["Tốt"], on=TODAY)

    assert [row.programme for row in rows] == ["hypertension", "diabetes"]
    assert [row.due_on for row in rows][1] == TODAY + timedelta(days=30)


def test_lists_ask_as_often_for_many_as_for_one(world: World, people: dict[str, UUID]) -> None:
    by = staff(world).stating("care")
    queries.overdue(by=by, on=TODAY)
    with CaptureQueriesContext(connection) as for_three:
        queries.overdue(by=by, on=TODAY, unit=world.station)
    for n in range(6):
        world.visit(world.person(f"Lò Văn {n}"), began_at=at(6, 1))

    with CaptureQueriesContext(connection) as for_nine:
        assert queries.overdue(by=by, on=TODAY, unit=world.station).total == 9

    assert len(for_nine) == len(for_three) <= 20


def test_every_figure_of_a_cohort_opens_to_its_people(
    world: World, people: dict[str, UUID]
) -> None:
    on = date(2026, 12, 31)
    by = replace(staff(world), on=on)
    (row,) = queries.cohorts(by=by, programme="hypertension", on=on, quarters=1)
    asked = {"by": by, "programme": "hypertension", "on": on, "months": 6}
    quarter = Period.parse(row.quarter)

    for outcome, count in row.counts.items():
        page = queries.cohort_people(quarter=quarter, outcome=outcome, **asked)
        assert (outcome, page.total) == (outcome, count)
    assert queries.cohort_people(quarter=quarter, **asked).total == row.joined
    assert queries.cohort_people(quarter=quarter, outcome="cured", **asked).total == 0
    page = queries.cohort_people(quarter=quarter, outcome="controlled", **asked)
    assert [one.person for one in page.rows] == [people["Tốt"]]


def test_who_is_known_stands_beside_who_must_be_expected(
    world: World, people: dict[str, UUID]
) -> None:
    world.visit(world.person("Lò Thị Già", born=date(1950, 1, 1)), began_at=at(6, 1))
    by = staff(world)

    row, total = queries.detection(by=by, programme="hypertension", on=TODAY)

    assert (row.name, row.adults, row.known) == ("Nà Hỳ", 4, 4)
    assert round(row.expected, 3) == 1.048
    assert (total.adults, total.known) == (4, 4)
    assert queries.detected(by=by, programme="hypertension", on=TODAY).total == 4
    assert queries.detected(by=by, programme="hypertension", on=TODAY, unit=world.other).total == 0
    assert queries.detection(by=by, programme="checkup", on=TODAY) == []


def test_the_month_counts_where_people_lived_when_it_was_over(world: World) -> None:
    mover, dead = world.person("Lò Văn Đi"), world.person("Lò Văn Mất")
    for person in (mover, dead):
        world.visit(person, began_at=at(9, 1), diagnosed=found("I21.9"))
    world.good(RecordDeath(person=dead, on=date(2026, 9, 20), cause="I21"), unit=world.village)
    world.good(MovePerson(person=mover, place=world.other, since=date(2026, 10, 5)),
               unit=world.province)  # fmt: skip

    report = queries.ncd_report(by=world.by, month=date(2026, 9, 30))

    assert [name for _, name in report.communes] == ["Nà Hỳ"]
    assert report.total["ischaemic-heart"].people == 2
    later = queries.ncd_report(by=world.by, month=TODAY)
    assert later.total["ischaemic-heart"].people == 0
