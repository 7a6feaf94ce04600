"""Techniques are learnt under supervision and signed off by another hand; exchanges and drills are filed."""

from datetime import date

import pytest

from tests.unit.apps.workforce.conftest import PROGRAM, TODAY, codes, op, place
from tests.unit.apps.workforce.courses import nurses, with_account
from tests.unit.apps.workforce.test_people import reader
from tuyen.apps.journal.replay import replay
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.models import Credential, Handover, HandoverCase, Outing
from tuyen.apps.workforce.operations import (
    Case,
    EndHandover,
    FileOuting,
    LogCases,
    PlanHandover,
    SignHandover,
    Teacher,
    VoidCase,
    VoidOuting,
)
from tuyen.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
BEGUN, DONE = date(2026, 9, 1), date(2026, 10, 1)


def learning(*learners, **rest):
    told = {
        "technique": "ecg", "begins": BEGUN, "learners": learners, "cases": 2, "giver": place("hc"),
        "teachers": (Teacher(name="Bác sĩ Hà", licence="00077/ĐB-GPHN"),),
    } | rest  # fmt: skip
    return PlanHandover(**told)


def begun(*learners, by=PROGRAM, **rest):
    made = op(learning(*learners, **rest), on=BEGUN)
    assert codes(made, by=by) == ["accepted"]
    return made.id


def log(handover, member, n=1, by=PROGRAM, supervised=True, on=DONE):
    cases = tuple(Case(member=member, done_on=DONE, supervised=supervised) for _ in range(n))
    return codes(op(LogCases(handover=handover, cases=cases), on=on), by=by)


def sign(handover, unit="hc", by=PROGRAM, on=TODAY):
    return codes(op(SignHandover(handover=handover, paper="BB 12"), unit, on=on), by=by)


def test_a_technique_is_signed_off_after_its_cases_and_then_the_station_has_it():
    (a,) = nurses("stM")
    handover = begun(a)

    assert log(handover, a) == ["accepted"]
    assert log(handover, a, n=3, supervised=False) == ["accepted"]
    assert sign(handover) == ["too-few-cases"]
    assert log(handover, a) == ["accepted"]
    lacks = {one.technique: one for one in queries.technique_gaps(by=PROGRAM, on=TODAY)}
    assert (place("stM"), "learns") in {(at, how) for at, _, how in lacks["ecg"].stations}
    assert sign(handover) == ["accepted"]

    (row,) = queries.handovers(by=PROGRAM, on=TODAY)
    assert (row.state, row.done, row.alone, row.until) == ("signed", 2, 3, date(2029, 10, 25))
    assert Credential.objects.get(member_id=a).what == "ecg"
    lacks = {one.technique: one for one in queries.technique_gaps(by=PROGRAM, on=TODAY)}
    assert place("stM") not in {at for at, _, _ in lacks["ecg"].stations}
    later = {one.technique: one for one in queries.technique_gaps(by=PROGRAM, on=row.until)}
    assert (place("stM"), "ended") in {(at, how) for at, _, how in later["ecg"].stations}
    assert queries.handovers(by=PROGRAM, on=row.until)[0].state == "lapsed"


def test_the_receiver_does_not_sign_off():
    planner, logger, nurse = uuid7(), uuid7(), uuid7()
    member = with_account(nurse)
    own = reader("health-centre-supervisor", "hc", user=planner)
    head = reader("station-head", user=logger)
    handover = begun(member, by=own)
    assert log(handover, member, n=2, by=head) == ["accepted"]

    assert sign(handover, by=own) == ["signed-by-receiver"]
    assert sign(handover, by=head) == ["access.not-allowed"]
    logs = reader("health-centre-supervisor", "hc", user=logger)
    assert sign(handover, by=logs) == ["signed-by-receiver"]
    works_there = reader("health-centre-supervisor", "hc", user=nurse)
    assert sign(handover, by=works_there) == ["signed-by-receiver"]
    assert sign(handover, unit="stM") == ["handover-settled"]
    assert sign(handover, by=reader("health-centre-supervisor", "hc")) == ["accepted"]


def test_a_hospital_that_is_not_on_the_map_is_named_and_another_than_the_station_signs():
    (a,) = nurses("stM")
    handover = begun(a, giver=None, giver_name="Bệnh viện Bạch Mai")
    log(handover, a, n=2)

    assert sign(handover, unit="stM", by=reader("health-centre-supervisor", "hc")) == ["accepted"]
    assert queries.handovers(by=PROGRAM, on=TODAY)[0].giver == "Bệnh viện Bạch Mai"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"giver": None}, "giver-missing"),
        ({"giver": place("stM")}, "giver-missing"),
        ({"giver": uuid7()}, "no-workplace"),
    ],
)
def test_a_plan_without_a_teacher_is_refused(changes, code):
    (a,) = nurses("stM")
    assert codes(op(learning(a, **changes), on=BEGUN)) == [code]
    assert not Handover.objects.exists()


def test_cases_are_of_people_who_learn_it_and_of_days_that_were():
    a, b = nurses("stM", "stM")
    handover = begun(a)

    assert log(handover, b) == ["no-learner"]
    early = Case(member=a, done_on=date(2026, 8, 31))
    assert codes(op(LogCases(handover=handover, cases=(early,)))) == ["case-outside"]
    assert log(handover, a, on=date(2026, 9, 30)) == ["case-outside"]
    assert codes(op(learning(a), on=BEGUN)) == ["handover-twice"]
    assert log(handover, a) == ["accepted"]
    case = HandoverCase.objects.get()
    void = op(VoidCase(case=case.pk, reason="Ghi nhầm người"))
    assert codes(void) == ["accepted"]
    assert codes(op(VoidCase(case=case.pk, reason="Ghi nhầm người"))) == ["unknown-case"]
    assert sign(handover) == ["too-few-cases"]


def test_a_technique_is_renewed_and_given_up():
    (a,) = nurses("stM")
    handover = begun(a)
    log(handover, a, n=2)
    assert sign(handover, on=date(2026, 10, 2)) == ["accepted"]
    assert sign(handover) == ["accepted"]
    assert Handover.objects.get().until == date(2029, 10, 25)

    ended = op(EndHandover(handover=handover, reason="Người làm đã chuyển đi"))
    assert codes(ended) == ["accepted"]

    lacks = {one.technique: one for one in queries.technique_gaps(by=PROGRAM, on=TODAY)}
    assert place("stM") in {at for at, _, _ in lacks["ecg"].stations}
    assert log(handover, a) == ["handover-settled"]


def test_a_station_reads_its_own_techniques_and_no_others():
    a, b = nurses("stM", "stN")
    begun(a)
    other = op(learning(b), "stN", on=BEGUN)
    assert codes(other) == ["accepted"]

    assert [one.unit for one in queries.handovers(by=reader(), on=TODAY)] == [place("stM")]
    assert queries.handover(by=reader(), id=other.id, on=TODAY) is None
    assert len(queries.handovers(by=reader("health-centre-supervisor", "hc"), on=TODAY)) == 2


def test_an_exchange_and_a_drill_enter_the_files_and_leave_them_again():
    a, b = nurses("stM", "stN")
    exchange = op(FileOuting(
        kind="exchange", title="Trao đổi kiểm dịch với Quảng Tây", first=DONE, last=DONE,
        people=(a,), partner="CDC Bách Sắc", report="Hai bên thống nhất mẫu trao đổi.",
    ), "hc")  # fmt: skip
    drill = op(FileOuting(
        kind="drill", title="Diễn tập bạch hầu", first=DONE, last=DONE, people=(a, b), score=85,
    ), "hc")  # fmt: skip
    assert codes(exchange, drill) == ["accepted"] * 2

    assert {row.kind for row in queries.file(by=PROGRAM, id=a, on=TODAY).live} == {
        "exchange", "drill",
    }  # fmt: skip
    organiser = reader("health-centre-supervisor", "hc")
    assert {one.kind for one in queries.outings(by=organiser, on=TODAY)} == {"exchange", "drill"}
    void = op(VoidOuting(outing=drill.id, reason="Diễn tập đã hoãn"), "hc")
    assert codes(void) == ["accepted"]
    assert not Credential.objects.filter(kind="drill", state="live").exists()
    assert Credential.objects.filter(kind="exchange", state="live").count() == 1
    again = op(VoidOuting(outing=drill.id, reason="Diễn tập đã hoãn"), "hc")
    assert codes(again) == ["unknown-outing"]


def test_a_drill_of_the_program_stands_once_in_the_file_of_each():
    a, b = nurses("stM", "stN")
    drill = uuid7()

    def file(*people, kind="drill", of=drill):
        return op(FileOuting(
            kind=kind, title="Diễn tập sởi", first=DONE, last=DONE, people=people, drill=of,
        ), "hc")  # fmt: skip

    first = file(a)
    # In one batch as one by one; another drill and one of no record are no second time.
    assert codes(first, file(a, b), file(b), file(a, of=uuid7()), file(a, of=None)) == [
        "accepted", "drill-twice", "accepted", "accepted", "accepted",
    ]  # fmt: skip
    assert codes(file(b)) == ["drill-twice"]
    assert codes(file(a, kind="exchange")) == ["exchange-no-drill"]
    assert (
        codes(op(VoidOuting(outing=first.id, reason="Ghi nhầm"), "hc"), file(a)) == ["accepted"] * 2
    )


def test_what_is_to_come_is_not_filed():
    (a,) = nurses("stM")
    plain = {"kind": "drill", "title": "Diễn tập", "people": (a,)}
    to_come = FileOuting(first=DONE, last=date(2026, 10, 26), **plain)
    turned = FileOuting(first=DONE, last=BEGUN, **plain)
    unknown = FileOuting(first=DONE, last=DONE, **plain | {"people": (uuid7(),)})
    found = codes(*(op(one, "hc") for one in (to_come, turned, unknown)))
    assert found == ["day-to-come", "days-turned", "unknown-member"]
    assert not Outing.objects.exists()


def test_the_journal_replays_to_the_same_techniques():
    (a,) = nurses("stM")
    handover = begun(a)
    log(handover, a, n=2)
    sign(handover)
    tables = (Handover, HandoverCase, Credential)
    before = [sorted(map(str, one.objects.values_list())) for one in tables]

    replay()

    assert [sorted(map(str, one.objects.values_list())) for one in tables] == before
