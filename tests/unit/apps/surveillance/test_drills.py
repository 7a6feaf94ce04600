"""Drills as operations: their clock, their messages, their end; their record and its tasks."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.surveillance.conftest import NOW, TODAY
from tuyen.apps.access.actors import Actor, HeldPost
from tuyen.apps.access.operations import OpenAccount
from tuyen.apps.journal.replay import replay
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Drill, DrillFinding, DrillMessage
from tuyen.apps.surveillance.operations.drills import (
    AnswerDrillMessage,
    AssignDrillFinding,
    BeginDrill,
    CallDrillPersona,
    DrillDecision,
    DrillFindingDraft,
    DrillScore,
    DrillStage,
    EndDrill,
    RecordDrill,
    SendDrillMessage,
    SetDrillClock,
    SettleDrillFinding,
)
from tuyen.kernel.ids import NODE, uuid7
from tuyen.kernel.operation import Operation

pytestmark = pytest.mark.django_db
PROGRAM = Actor.program(TODAY)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ENDS = NOW + timedelta(days=28)
BEGIN = BeginDrill(scenario="measles_village", seed=3, begins=NOW, ends=ENDS, real=NOW)
SCORE = DrillScore(
    points=71, stages=(DrillStage(name="detect", days=2.0, met=True),),
    decisions=(DrillDecision(id="verify", due_hours=24, hours=None, met=False),),
    messages=2, answered=1, answered_in_time=1, cases=40, spared=9,
)  # fmt: skip


def said(payload, at=NOW, id=None):
    return Operation.of(payload, unit=NODE, happened_on=at.date(), recorded_at=at, id=id or uuid7())


def send(*payloads, by=PROGRAM, at=NOW):
    return commit(by=by, operations=[said(each, at) for each in payloads], at=at)


def codes(receipts):
    return [receipt.refusal.code if receipt.refusal else receipt.status for receipt in receipts]


def director():
    """A person who runs drills, with an account."""
    (receipt,) = send(OpenAccount(login="giamdoc", name="Giám đốc"))
    post = HeldPost(uuid7(), "director", NODE)
    return Actor(user=receipt.id, name="Giám đốc", posts=(post,), on=TODAY, channel="web")


def test_a_drill_begins_once_and_only_by_the_program():
    by = director()

    assert codes(send(BEGIN, by=by)) == ["surveillance.drill-by-program"]
    assert codes(send(BEGIN, BEGIN)) == ["accepted", "surveillance.drill-begun"]
    assert Drill.objects.get().speed == 0


def test_a_drill_of_no_scenario_or_without_time_is_none():
    wrong = BeginDrill(scenario="nothing", seed=1, begins=NOW, ends=ENDS, real=NOW)
    short = BeginDrill(scenario="measles_village", seed=1, begins=NOW, ends=NOW, real=NOW)

    assert codes(send(wrong, short)) == [
        "surveillance.unknown-drill-scenario", "surveillance.drill-clock-past-end",
    ]  # fmt: skip


def test_the_clock_runs_stands_and_jumps_but_never_goes_back_or_past_the_end():
    send(BEGIN)
    later = NOW + 10 * SECOND

    receipts = send(
        SetDrillClock(speed=500, real=NOW, shows=NOW),
        SetDrillClock(speed=0, real=later, shows=NOW + 5000 * SECOND),
        SetDrillClock(speed=1, real=later, shows=NOW),
        SetDrillClock(speed=1, real=later, shows=ENDS + HOUR),
        SetDrillClock(speed=60, real=later, shows=NOW + 24 * HOUR),
    )

    assert codes(receipts) == [
        "accepted", "accepted", "surveillance.drill-clock-backwards",
        "surveillance.drill-clock-past-end", "accepted",
    ]  # fmt: skip
    row = Drill.objects.get()
    assert (row.speed, row.shows, row.real) == (60, NOW + 24 * HOUR, later)


def test_a_message_is_sent_once_and_its_first_answer_stands():
    by = director()
    send(BEGIN)
    inject = SendDrillMessage(key="press", sort="inject", to="director", due_at=NOW + HOUR)
    notice = SendDrillMessage(key="B:2026-W44:3:1:0", sort="notice", to="")
    assert codes(send(inject, notice, inject)) == [
        "accepted", "accepted", "surveillance.drill-message-sent",
    ]  # fmt: skip

    answers = send(
        AnswerDrillMessage(message="press", answer="Ba ca xác nhận."),
        AnswerDrillMessage(message="press", answer="Khác."),
        AnswerDrillMessage(message=notice.key, answer="Đã nhận."),
        AnswerDrillMessage(message="nothing", answer="Đã nhận."), by=by,
    )  # fmt: skip

    assert codes(answers) == [
        "accepted", "surveillance.drill-message-answered", "surveillance.drill-no-answer-asked",
        "surveillance.unknown-drill-message",
    ]  # fmt: skip
    row = DrillMessage.objects.get(key="press")
    assert (row.answer, row.answered_by_id, row.answered_at) == ("Ba ca xác nhận.", by.user, NOW)


def test_a_question_is_one_of_the_scenario():
    send(BEGIN)

    assert codes(send(CallDrillPersona(call="ask-station"), CallDrillPersona(call="x"))) == [
        "accepted", "surveillance.unknown-drill-call",
    ]  # fmt: skip


def test_after_the_end_nothing_moves():
    send(BEGIN, SetDrillClock(speed=500, real=NOW, shows=NOW))
    send(EndDrill(reason="đã đủ"), at=NOW + HOUR)

    assert codes(send(
        SetDrillClock(speed=1, real=NOW + HOUR, shows=NOW + 2 * HOUR), EndDrill(reason="lần nữa"),
        SendDrillMessage(key="press", sort="inject", to=""), CallDrillPersona(call="ask-station"),
    )) == ["surveillance.drill-ended"] * 4  # fmt: skip
    row = Drill.objects.get()
    assert (row.speed, row.ended_at) == (0, NOW + HOUR)


def test_in_reality_there_is_no_drill_to_turn():
    receipts = send(SetDrillClock(speed=1, real=NOW, shows=NOW), EndDrill(reason="không có"),
                    CallDrillPersona(call="ask-station"),
                    AnswerDrillMessage(message="x", answer="Đã nhận."))  # fmt: skip

    assert codes(receipts) == ["surveillance.no-drill"] * 4


def recorded(**changes):
    plain = {"drill": uuid7(), "scenario": "measles_village", "seed": 3, "began_on": TODAY,
             "ended_on": TODAY + timedelta(days=28), "score": SCORE,
             "findings": (DrillFindingDraft(code="verify", text="Gọi trong 24 giờ."),
                          DrillFindingDraft(code="notify", text="Báo trong một ngày."))}  # fmt: skip
    return RecordDrill(**plain | changes)


def test_a_result_is_kept_once_and_its_findings_become_tasks():
    by, record = director(), recorded()
    assert codes(send(record, record, recorded(ended_on=date(2020, 1, 1)), recorded(scenario="x"),
                      by=by)) == [
        "accepted", "surveillance.drill-recorded", "surveillance.drill-ends-before-it-begins",
        "surveillance.unknown-drill-scenario",
    ]  # fmt: skip

    first, second = DrillFinding.objects.order_by("code").values_list("pk", flat=True)
    given = AssignDrillFinding(finding=first, owner=by.user, due_on=TODAY + timedelta(days=30))
    receipts = send(
        given, AssignDrillFinding(finding=second, owner=uuid7(), due_on=given.due_on),
        AssignDrillFinding(finding=second, owner=by.user, due_on=date(2020, 1, 1)),
        SettleDrillFinding(finding=first, note="đã tập huấn"),
        SettleDrillFinding(finding=first, note="lần nữa"),
        SettleDrillFinding(finding=uuid7(), note="không có"), by=by,
    )  # fmt: skip

    assert codes(receipts) == [
        "accepted", "surveillance.drill-finding-owner", "surveillance.drill-finding-due-before",
        "accepted", "surveillance.drill-finding-settled", "surveillance.unknown-drill-finding",
    ]  # fmt: skip
    (row,) = queries.drill_records(by=by)
    assert (row.score.points, row.open_findings) == (71, 1)
    assert [f.done_on for f in queries.drill_findings(by=by)] == [None, TODAY]


def test_one_by_one_is_as_a_batch_and_replay_gives_the_same_rows():
    by = director()
    send(BEGIN)
    batch = [
        SendDrillMessage(key=f"m{n}", sort="inject", to="", due_at=NOW + HOUR) for n in range(3)
    ]
    send(*batch)
    send(AnswerDrillMessage(message="m1", answer="Đã nhận."), by=by)
    for each in (recorded(), recorded()):
        send(each, by=by)
    send(recorded(), recorded(), by=by)
    send(SetDrillClock(speed=10, real=NOW, shows=NOW + HOUR), EndDrill(reason="đã đủ"))

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [diff.table for diff in rebuilt.tables if not diff.same] == []
