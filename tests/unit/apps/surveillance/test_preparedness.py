"""The yearly ranking of risks, the plan and the rota."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, place, series_of
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Duty, PlanAction, RiskAssessment, RiskScore
from tuyen.apps.surveillance.operations import (
    ApproveAssessment,
    CloseAction,
    DropRisk,
    DutyDraft,
    ReopenAssessment,
    ScoreRisk,
    SetAction,
    SetDuties,
)
from tuyen.kernel.ids import uuid7
from tuyen.kernel.operation import Operation
from tuyen.rules.surveillance import preparedness as rules

PROGRAM = Actor.program(TODAY)
YEAR = TODAY.year
TABLES = (RiskAssessment, RiskScore, PlanAction, Duty)


def op(payload, corrects=None, unit="hc"):
    return Operation.of(
        payload, unit=place(unit), happened_on=TODAY, recorded_at=NOW, corrects=corrects
    )


def codes(*operations):
    receipts = commit(by=PROGRAM, operations=list(operations), at=NOW)
    return [r.refusal.code if r.refusal else r.status for r in receipts]


def risk(hazard="measles", likelihood=4, impact=4, factors=4, capacity=3, year=YEAR, **rest):
    return ScoreRisk(
        year=year, hazard=hazard, likelihood=likelihood, impact=impact, factors=factors,
        capacity=capacity, **rest,
    )  # fmt: skip


def assessed(year=YEAR):
    return queries.assessment(by=PROGRAM, unit=place("hc"), year=year)


@pytest.mark.parametrize(
    ("marks", "score", "level"),
    [
        ((1, 1, 1, 5), 1.0, "low"),
        ((5, 5, 5, 1), 125.0, "very-high"),
        ((4, 2, 2, 3), 20.0, "medium"),  # on the bound of the level
        ((3, 3, 4, 3), 31.5, "medium"),
        ((5, 3, 3, 3), 45.0, "high"),
    ],
)
def test_a_risk_is_scored_by_the_method_of_its_day(marks, score, level):
    method = rules.method(TODAY)

    assert method.score(*marks) == score
    assert method.level(score) == level


def test_risks_are_ranked_and_compared_with_last_year(db):
    codes(
        op(risk("measles", year=YEAR - 1)), op(risk("flood", likelihood=5, year=YEAR - 1)),
        op(risk("measles", likelihood=5)), op(risk("flood", likelihood=2)), op(risk("rabies", 3, 5)),
    )  # fmt: skip

    rows = assessed().rows

    assert [(row.hazard, row.rank, row.rank_before) for row in rows] == [
        ("measles", 1, 2), ("rabies", 2, None), ("flood", 3, 1),
    ]  # fmt: skip
    assert (rows[0].score, rows[0].score_before, rows[0].level) == (70.0, 56.0, "high")


def test_beside_each_risk_stands_what_the_own_counts_say(report):
    years = {date(year, 3, 5): count for year, count in ((2022, 3), (2024, 2), (2026, 4))}
    report(*series_of(years, "measles", "D"), *series_of({date(2024, 3, 5): 5}, "measles", "A"))

    evidence = {row.hazard: row.evidence for row in assessed().others}["measles"]

    # The centre guides M, N and D, and with them what they succeeded: A's cases are its own.
    assert evidence.years == (2021, 2022, 2023, 2024, 2025)
    assert evidence.cases == (0, 3, 0, 7, 0)
    assert (evidence.this_year, evidence.elsewhere, evidence.likelihood) == (4, 0, 3)


def test_cases_elsewhere_in_the_province_are_told_apart(report):
    report(*series_of({date(2024, 3, 5): 6}, "measles", "D"))

    found = queries.assessment(by=PROGRAM, unit=place("stM"), year=YEAR)

    evidence = {row.hazard: row.evidence for row in found.others}["measles"]
    assert (evidence.cases, evidence.elsewhere) == ((0, 0, 0, 0, 0), 6)


def test_what_the_head_approved_is_not_changed_until_it_is_reopened(db):
    scored, dropped = op(risk(likelihood=1)), DropRisk(year=YEAR, hazard="measles", reason="nhầm")
    assert codes(op(ApproveAssessment(year=YEAR))) == ["surveillance.nothing-to-approve"]
    assert codes(op(risk()), op(ApproveAssessment(year=YEAR, note="đồng ý"))) == ["accepted"] * 2

    assert (
        codes(scored, op(dropped), op(ApproveAssessment(year=YEAR)))
        == ["surveillance.assessment-is-approved"] * 3
    )
    assert (assessed().state, assessed().decided_on) == ("approved", TODAY)

    again = ReopenAssessment(year=YEAR, reason="thêm nguy cơ")
    assert codes(op(again), op(again), op(dropped)) == [
        "accepted", "surveillance.not-approved", "accepted"
    ]  # fmt: skip
    assert (assessed().state, assessed().note, assessed().rows) == ("draft", "thêm nguy cơ", [])


@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        (risk("cháy rừng"), "surveillance.unknown-hazard"),
        (DropRisk(year=YEAR, hazard="flood", reason="không có"), "surveillance.not-assessed"),
        (SetAction(year=YEAR, hazard="?", text="làm gì đó", owner="Ai", due=TODAY),
         "surveillance.unknown-hazard"),
        (SetAction(year=YEAR, action=uuid7(), text="làm gì đó", owner="Ai", due=TODAY),
         "surveillance.unknown-action"),
        (CloseAction(action=uuid7(), outcome="done", evidence="báo cáo"),
         "surveillance.unknown-action"),
        (SetDuties(duties=(DutyDraft(day=TODAY, shift="day", name="Lò Văn Thử"),)),
         "surveillance.duty-without-phone"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(db, payload, refused):
    assert codes(op(payload)) == [refused]
    assert [model.objects.count() for model in TABLES] == [0, 0, 0, 0]


def test_an_action_is_overdue_until_it_is_closed_once(db):
    planned = op(SetAction(year=YEAR, hazard="measles", text="Tiêm vét", owner="Khoa",
                           due=TODAY - timedelta(1)))  # fmt: skip
    later = op(SetAction(year=YEAR, text="Diễn tập", owner="Phòng", due=TODAY))
    codes(planned, later)
    rows = queries.actions(by=PROGRAM, unit=place("hc"), year=YEAR, on=TODAY)
    assert [(row.text, row.overdue) for row in rows] == [("Tiêm vét", True), ("Diễn tập", False)]

    done = CloseAction(action=planned.id, outcome="done", evidence="báo cáo số 5")
    changed = SetAction(year=YEAR, action=planned.id, text="Tiêm vét lại", owner="Ai", due=TODAY)
    assert codes(
        op(done), op(done, corrects=planned.id), op(done, corrects=planned.id),
        op(changed, corrects=planned.id), op(changed, corrects=planned.id, unit="stD"),
    ) == [
        "surveillance.corrects-another", "accepted", "surveillance.action-is-closed",
        "surveillance.action-is-closed", "surveillance.unknown-action",
    ]  # fmt: skip
    rows = queries.actions(by=PROGRAM, unit=place("hc"), year=YEAR, on=TODAY)
    assert [(row.state, row.overdue) for row in rows] == [("open", False), ("done", False)]


def duties(days, **changes):
    plain = {"shift": "day", "name": "Lò Văn Thử", "phone": "0000000000"} | changes
    return SetDuties(duties=tuple(DutyDraft(day=TODAY + timedelta(n), **plain) for n in days))


def test_the_rota_says_who_is_on_duty_and_where_nobody_is(db):
    codes(op(duties(range(3))), op(duties((0, 2), shift="night")),
          op(duties((1,), place=2, name="Giàng A Thử")), op(duties((2,), name="")))  # fmt: skip

    found = queries.rota(by=PROGRAM, unit=place("hc"), first=TODAY, last=TODAY + timedelta(2))

    assert [row.name for row in found.duties[TODAY + timedelta(1), "day"]] == [
        "Lò Văn Thử", "Giàng A Thử"
    ]  # fmt: skip
    assert found.gaps == [(TODAY + timedelta(1), "night"), (TODAY + timedelta(2), "day")]


def test_who_may_not_read_it_gets_nothing(db, holder):
    codes(op(risk()), op(duties((0,))))
    officer = holder(("population-officer", place("stM")))

    assert queries.assessment(by=officer, unit=place("hc"), year=YEAR) is None
    assert queries.rota(by=officer, unit=place("hc"), first=TODAY, last=TODAY) is None
    assert queries.actions(by=officer, unit=place("hc"), year=YEAR, on=TODAY) == []


def everything():
    action = op(SetAction(year=YEAR, text="Tiêm vét", owner="Khoa", due=TODAY))
    return [
        op(risk()), op(risk(likelihood=5)), op(risk("flood")), op(risk("?")),
        op(DropRisk(year=YEAR, hazard="flood", reason="không có")),
        op(DropRisk(year=YEAR, hazard="flood", reason="không có")),
        op(ApproveAssessment(year=YEAR)), op(ApproveAssessment(year=YEAR)),
        op(ReopenAssessment(year=YEAR, reason="thêm")), action,
        op(SetAction(year=YEAR, action=action.id, text="Khác", owner="Ai", due=TODAY), action.id),
        op(CloseAction(action=action.id, outcome="dropped", evidence="hết tiền"), action.id),
        op(CloseAction(action=action.id, outcome="done", evidence="đã xong"), action.id),
        op(duties(range(4))), op(duties((1, 2), name="")), op(duties((2,), phone="")),
    ]  # fmt: skip


def test_a_batch_is_its_operations_one_by_one(db):
    operations = everything()
    before = transaction.savepoint()
    at_once = codes(*operations)
    together = [list(model.objects.order_by("pk").values_list()) for model in TABLES]
    transaction.savepoint_rollback(before)

    assert [codes(operation)[0] for operation in operations] == at_once
    assert [list(model.objects.order_by("pk").values_list()) for model in TABLES] == together


def test_replay_makes_the_same_rows(db):
    codes(*everything())

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [table.table for table in rebuilt.tables if not table.same] == []


def test_evidence_of_many_diseases_asks_as_often_as_of_one(report):
    def asked():
        assessed()
        with CaptureQueriesContext(connection) as seen:
            assessed()
        return len(seen)

    report(*series_of({date(2024, 3, 5): 1}, "measles", "D"))
    few = asked()
    codes(*(op(risk(hazard)) for hazard in rules.hazards()))
    for disease in ("rabies", "dengue", "mumps", "varicella"):
        report(*series_of({date(2024, 3, 5): 2}, disease, "D"))

    assert asked() == few
