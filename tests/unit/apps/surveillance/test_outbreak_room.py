"""The room of an outbreak: contacts and their days, tasks, reports, isolation, 7-1-7, and replay."""

import json
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, nth, place
from tests.unit.apps.surveillance.test_outbreaks import (
    PROGRAM,
    code,
    declaration,
    opened,
    opening,
    send,
)
from tuyen.apps.journal import queries as journal
from tuyen.apps.journal.replay import replay
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Contact, FollowUp, OutbreakTask, SituationReport
from tuyen.apps.surveillance.operations import (
    AddContacts,
    AttachCases,
    CaseDefinition,
    CloseOutbreak,
    ContactDraft,
    Finding,
    FinishTask,
    FollowUpContacts,
    IssueSitrep,
    Link,
    LinkCases,
    Mark,
    NoteBottleneck,
    RecordIsolation,
    ReviewOutbreak,
    SetTasks,
    TaskDraft,
    TieContact,
)
from tuyen.apps.surveillance.services.outbreak_tasks import task_id
from tuyen.engines.surveillance.timeliness import MET, MISSED, RUNNING


def draft(n: int, **changes: Any) -> ContactDraft:
    plain: dict[str, Any] = {
        "id": nth("contact", n), "name": f"Giàng Thị Người {n}", "relation": "class",
        "exposed_on": TODAY - timedelta(3),
    }  # fmt: skip
    return ContactDraft(**plain | changes)


def adding(id, *drafts: ContactDraft, **changes: Any) -> AddContacts:
    return AddContacts(**{"outbreak": id, "disease": "measles", "contacts": drafts} | changes)


def round_(id, day: date, **marks: str) -> FollowUpContacts:
    said = tuple(
        Mark(contact=nth("contact", int(name[1:])), state=state) for name, state in marks.items()
    )
    return FollowUpContacts(outbreak=id, day=day, marks=said)


def test_a_contact_is_watched_for_the_days_of_the_rule_where_it_lives(report):
    (ill,) = report(case())
    id = opened(cases=(ill.id,))

    (receipt,) = send(adding(id, draft(1, case=ill.id), draft(2, village=place("va"))))

    assert receipt.ok
    one = Contact.objects.get(pk=nth("contact", 1))
    assert (one.until, one.commune_id, one.state) == (
        TODAY - timedelta(3) + timedelta(21), place("M"), "watched",
    )  # fmt: skip
    assert Contact.objects.get(pk=nth("contact", 2)).village_id == place("va")


@pytest.mark.parametrize(
    ("why", "payload", "refusal"),
    [
        ("exposed tomorrow", {"exposed_on": TODAY + timedelta(1)}, "exposed-in-the-future"),
        ("by a case that is not listed", {"case": nth("x", 1)}, "case-not-on-line-list"),
        ("nobody on record", {"person": place("P")}, "unknown-person"),
        ("a place that is none", {"commune": nth("x", 2)}, "unknown-place"),
    ],
)
def test_a_wrong_contact_refuses_its_whole_operation(report, why, payload, refusal):
    id = opened()

    (receipt,) = send(adding(id, draft(1), draft(2, **payload)))

    assert code(receipt) == refusal, why
    assert Contact.objects.count() == 0


def test_a_contact_is_added_once_and_to_an_outbreak_of_its_disease(report):
    id = opened()

    first, again, other, twice = send(
        adding(id, draft(1)), adding(id, draft(1)), adding(id, draft(2), disease="rubella"),
        adding(id, draft(3), draft(3)),
    )  # fmt: skip

    assert [code(r) for r in (first, again, other, twice)] == [
        "", "contact-twice", "outbreak-changed-meanwhile", "contact-twice",
    ]  # fmt: skip


def test_a_round_marks_many_and_the_last_day_says_how_each_stands(report):
    id = opened()
    send(adding(id, draft(1), draft(2), draft(3)))

    today = round_(id, TODAY, c1="well", c2="ill", c3="not-found")
    yesterday = round_(id, TODAY - timedelta(1), c2="well")
    better = round_(id, TODAY, c2="well")
    receipts = send(today, yesterday, better)

    assert all(receipt.ok for receipt in receipts)
    states = dict(Contact.objects.values_list("id", "state"))
    assert [states[nth("contact", n)] for n in (1, 2, 3)] == ["watched", "watched", "watched"]
    assert FollowUp.objects.count() == 4
    grid = queries.contact_grid(by=PROGRAM, outbreak=id, on=TODAY)
    assert (grid.total, grid.due, grid.done) == (3, 0, 3)
    assert grid.marks[nth("contact", 3), TODAY] == "not-found"


@pytest.mark.parametrize(
    ("why", "day", "contact", "refusal"),
    [
        ("before the exposure", TODAY - timedelta(4), 1, "not-watched-that-day"),
        ("tomorrow", TODAY + timedelta(1), 1, "not-watched-that-day"),
        ("somebody of another outbreak", TODAY, 9, "unknown-contact"),
    ],
)
def test_a_day_that_cannot_be_is_refused(report, why, day, contact, refusal):
    id = opened()
    send(adding(id, draft(1)))

    (receipt,) = send(round_(id, day, **{f"c{contact}": "well"}))

    assert code(receipt) == refusal, why


def test_a_contact_that_fell_ill_joins_the_list_and_the_chain(report):
    source, ill = report(case(), case(age=9))
    id = opened(cases=(source.id,))
    send(adding(id, draft(1, case=source.id)))

    (receipt,) = send(TieContact(outbreak=id, contact=nth("contact", 1), case=ill.id))

    assert receipt.ok
    found = queries.chains(by=PROGRAM, id=id)
    assert [(link.case, link.infector, link.evidence) for link in found.infections] == [
        (ill.id, source.id, "same-class")
    ]
    assert queries.contact(by=PROGRAM, id=nth("contact", 1)).state == "case"
    assert queries.line_list(by=PROGRAM, filters=queries.CaseFilters(outbreak=id)).total == 2


def test_a_name_withheld_for_a_case_is_withheld_for_a_contact(report, holder):
    id = opened(disease="tuberculosis", title="Lao tại trường")
    send(adding(id, draft(1, phone="0912"), disease="tuberculosis"))
    head = holder(("station-head", place("stM")))

    quiet = queries.contact_grid(by=head, outbreak=id, on=TODAY).rows[0]
    told = queries.contact_grid(by=head.stating("care"), outbreak=id, on=TODAY).rows[0]

    assert (quiet.name, quiet.phone, quiet.masked) == ("", "", True)
    assert told.name == "Giàng Thị Người 1"
    assert queries.contact_grid(by=head, outbreak=id, on=TODAY, text="Giàng").total == 0


def test_contacts_are_seen_from_where_they_are_watched(report, holder):
    id = opened(communes=(place("M"), place("D")))
    send(adding(id, draft(1), draft(2, commune=place("D"))))

    there = queries.contact_grid(by=holder(("station-head", place("stD"))), outbreak=id, on=TODAY)
    board = holder(("director", place("P")))

    assert [row.id for row in there.rows] == [nth("contact", 2)]
    assert queries.contact_grid(by=board, outbreak=id, on=TODAY).total == 0
    assert queries.outbreak(by=board, id=id) is not None
    assert queries.outbreak(by=holder(("station-head", place("stN"))), id=id) is None


def test_tasks_have_owners_days_and_evidence(report):
    id = opened()
    lab = task_id(id, "laboratory")

    receipts = send(
        SetTasks(outbreak=id, tasks=(
            TaskDraft(action="laboratory", owner=nth("user", 1), due_on=TODAY + timedelta(2)),
            TaskDraft(id=nth("task", 1), title="Phun hóa chất", owner_unit=place("stM"),
                      due_on=TODAY),
        )),
        SetTasks(outbreak=id, tasks=(TaskDraft(due_on=TODAY),)),
        SetTasks(outbreak=id, tasks=(TaskDraft(id=nth("task", 2), title="a", due_on=TODAY),)),
    )  # fmt: skip
    finished = send(
        FinishTask(outbreak=id, task=lab, done_on=TODAY, evidence="Phiếu kết quả số 12"),
        FinishTask(outbreak=id, task=lab, done_on=TODAY, evidence="Phiếu kết quả số 12"),
        FinishTask(outbreak=id, task=nth("task", 1), done_on=TODAY + timedelta(1), evidence="ảnh"),
        FinishTask(outbreak=id, task=nth("task", 9), done_on=TODAY, evidence="ảnh"),
    )

    assert [code(r) for r in receipts] == ["", "task-unnamed", "task-unnamed"]
    assert [code(r) for r in finished] == [
        "", "task-is-done", "done-in-the-future", "unknown-task",
    ]  # fmt: skip
    rows = queries.tasks(by=PROGRAM, id=id)
    assert [row.origin for row in rows] == ["action"] * 7 + ["other"]
    assert rows[2].evidence == "Phiếu kết quả số 12"
    assert [t.id for t in queries.tasks_of(by=PROGRAM, owner=nth("user", 1))] == []


def test_a_report_keeps_its_figures_when_the_cases_change(report):
    ill = report(case(), case(age=9, classification="confirmed", result="positive"))
    id = opened(cases=tuple(one.id for one in ill))

    first, same_day, tomorrow = send(
        IssueSitrep(outbreak=id, day=TODAY, situation="Hai ca cùng lớp"),
        IssueSitrep(outbreak=id, day=TODAY),
        IssueSitrep(outbreak=id, day=TODAY + timedelta(1)),
    )
    (third,) = report(case(age=11))
    send(AttachCases(outbreak=id, cases=(third.id,)))
    later = NOW + timedelta(1)
    send(IssueSitrep(outbreak=id, day=later.date()), at=later)

    assert [code(r) for r in (first, same_day, tomorrow)] == [
        "", "reported-that-day", "report-of-another-day",
    ]  # fmt: skip
    kept = [json.loads(text) for text in
            SituationReport.objects.order_by("number").values_list("figures", flat=True)]  # fmt: skip
    assert [(f["cases"], f["confirmed"], f["positive"]) for f in kept] == [(2, 1, 1), (3, 1, 1)]


def test_days_without_a_report_are_counted(report):
    id = opened()
    later = NOW + timedelta(3)
    send(IssueSitrep(outbreak=id, day=later.date()), at=later)

    row = queries.outbreak(by=PROGRAM, id=id).row
    found = queries.reports(by=PROGRAM, row=row, at=later)

    assert found.missing == [TODAY + timedelta(n) for n in range(3)]
    assert found.due_at.date() == later.date() + timedelta(1)


def test_a_review_makes_tasks_of_its_findings_once_the_outbreak_is_closed(report):
    id = opened()
    finding = Finding(id=nth("task", 5), title="Lập đội cơ động", due_on=TODAY + timedelta(30))
    review = ReviewOutbreak(outbreak=id, held_on=TODAY, findings=(finding,))

    (early,) = send(review)
    send(CloseOutbreak(outbreak=id, because="ruled-out", conclusion="Không phải dịch"))
    (kept,) = send(review)

    assert (code(early), code(kept)) == ("outbreak-is-open", "")
    assert OutbreakTask.objects.get(pk=nth("task", 5)).origin == "review"
    assert queries.reviews(by=PROGRAM, id=id)[0].said.findings == (finding,)


def test_each_step_of_an_isolation_has_its_clock(report):
    (ill,) = report(case(disease="plague", classification="confirmed"))
    id = opened(disease="plague", title="Dịch hạch", cases=(ill.id,))
    found = NOW - timedelta(hours=8)
    steps = {"listed": found + timedelta(hours=1), "decided": found + timedelta(hours=4)}

    ok, unknown, early = send(
        RecordIsolation(outbreak=id, case=ill.id, setting="home", found_at=found, steps=steps),
        RecordIsolation(outbreak=id, case=ill.id, setting="gate", found_at=found,
                        steps={"informed": NOW}),
        RecordIsolation(outbreak=id, case=ill.id, setting="home", found_at=found,
                        steps={"listed": found - timedelta(hours=1)}),
    )  # fmt: skip

    assert [code(r) for r in (ok, unknown, early)] == ["", "step-unknown", "step-before-found"]
    (row,) = queries.isolations(by=PROGRAM, id=id, disease="plague")
    late = {clock.step: clock.late(NOW) for clock in row.clocks}
    assert late == {"listed": False, "decided": True, "started": True, "hold": True}


def test_717_is_read_from_what_came_in(report):
    ill = report(
        case(onset_on=TODAY - timedelta(9), diagnosed_on=TODAY - timedelta(1)),
        case(age=9, onset_on=TODAY - timedelta(3)),
    )
    id = opened(cases=tuple(one.id for one in ill), since=TODAY - timedelta(5))
    send(NoteBottleneck(outbreak=id, stage="detect", code="care-sought-late"))

    (event,) = queries.seven_one_seven(by=PROGRAM).events

    assert (event.emerged.on, event.detected.on, event.notified.on) == (
        TODAY - timedelta(9), TODAY - timedelta(1), TODAY,
    )  # fmt: skip
    assert (event.days, event.state) == ((8.0, 1.0, 0.0), (MISSED, MET, RUNNING))
    assert event.last == "investigate"
    assert event.hindrances == (("detect", "care-sought-late"),)


def test_717_is_whole_when_all_that_applies_is_done(report):
    (ill,) = report(case(onset_on=TODAY - timedelta(2), diagnosed_on=TODAY))
    id = opened(cases=(ill.id,), since=TODAY - timedelta(2))
    actions = [row.id for row in queries.tasks(by=PROGRAM, id=id)]
    send(*(FinishTask(outbreak=id, task=task, done_on=TODAY, evidence="biên bản", applicable=n > 0)
           for n, task in enumerate(actions)))  # fmt: skip

    found = queries.seven_one_seven(by=PROGRAM)

    assert found.found.whole.tolist() == [True]
    assert found.events[0].state == (MET, MET, MET)


def test_a_reason_must_be_one_of_its_stage(report):
    id = opened()

    wrong, right, again, back = send(
        NoteBottleneck(outbreak=id, stage="notify", code="care-sought-late"),
        NoteBottleneck(outbreak=id, stage="notify", code="no-connection"),
        NoteBottleneck(outbreak=id, stage="notify", code="no-connection"),
        NoteBottleneck(outbreak=id, stage="notify", code="no-connection", holds=False),
    )

    assert [code(r) for r in (wrong, right, again, back)] == [
        "unknown-bottleneck", "", "outbreak-unchanged", "",
    ]  # fmt: skip
    assert queries.hindrances(by=PROGRAM, id=id) == []


def test_the_search_finds_cases_by_place_time_and_class(report):
    there, *_others = report(
        case(classification="confirmed"), case(age=8, commune=place("D")),
        case(age=9, classification="confirmed", onset_on=TODAY - timedelta(80)), case(age=10),
    )  # fmt: skip
    id = opened(definition=CaseDefinition(classes=("confirmed",)))
    row = queries.outbreak(by=PROGRAM, id=id).row

    found = [one.id for one in queries.search_for_cases(by=PROGRAM, row=row)]
    send(AttachCases(outbreak=id, cases=(there.id,), by="definition"))

    assert found == [there.id]
    assert queries.search_for_cases(by=PROGRAM, row=row) == []


def test_questions_take_the_same_queries_for_few_as_for_many(report):
    few = opened(cases=tuple(one.id for one in report(case(), case(age=9))))
    many = opened(cases=tuple(one.id for one in report(*(case(age=n) for n in range(10, 60)))))
    send(adding(few, draft(1)), adding(many, *(draft(n) for n in range(2, 40))))

    def count(ask):
        with CaptureQueriesContext(connection) as seen:
            ask()
        return len(seen)

    for ask in (
        lambda id: queries.outbreak(by=PROGRAM, id=id),
        lambda id: queries.outbreak_figures(by=PROGRAM, id=id),
        lambda id: queries.onsets(by=PROGRAM, id=id),
        lambda id: queries.chains(by=PROGRAM, id=id),
        lambda id: queries.samples(by=PROGRAM, id=id),
        lambda id: queries.contact_grid(by=PROGRAM, outbreak=id, on=TODAY),
        lambda id: queries.seven_one_seven(by=PROGRAM, ids=[id]),
    ):
        assert count(lambda ask=ask: ask(few)) == count(lambda ask=ask: ask(many))
    one = count(lambda: queries.outbreaks(by=PROGRAM, size=1))
    assert one == count(lambda: queries.outbreaks(by=PROGRAM, size=50))


def everything(report):
    """An outbreak to which everything that can happen has happened."""
    ill = [one.id for one in report(case(), case(age=8), case(age=9))]
    id = opened(cases=tuple(ill[:2]))
    send(
        adding(id, draft(1, case=ill[0]), draft(2)),
        round_(id, TODAY, c1="ill", c2="well"),
        LinkCases(outbreak=id, links=(Link(case=ill[1], infector=ill[0], evidence="care"),)),
        TieContact(outbreak=id, contact=nth("contact", 1), case=ill[2]),
        RecordIsolation(outbreak=id, case=ill[0], setting="facility", found_at=NOW),
        SetTasks(outbreak=id, tasks=(
            TaskDraft(id=nth("task", 1), title="Phun hóa chất", due_on=TODAY),)),
        FinishTask(outbreak=id, task=task_id(id, "analyse"), done_on=TODAY, evidence="biên bản"),
        NoteBottleneck(outbreak=id, stage="respond", code="no-staff"),
        IssueSitrep(outbreak=id, day=TODAY),
        declaration(id),
        declaration(id, level="end", document="13/TB-TYT"),
        CloseOutbreak(outbreak=id, because="joined", conclusion="Nhập vào ổ dịch khác"),
        ReviewOutbreak(outbreak=id, held_on=TODAY, findings=(
            Finding(id=nth("task", 2), title="Tập huấn lại", due_on=TODAY),)),
    )  # fmt: skip
    return id


def test_the_journal_rebuilds_every_row_of_an_outbreak(report):
    everything(report)

    rebuilt = replay()

    assert rebuilt.failed == []
    assert [t.table for t in rebuilt.tables if not t.same] == []


def test_one_by_one_gives_what_a_batch_gives(report):
    def rows():
        grid = queries.contact_grid(by=PROGRAM, outbreak=id, on=TODAY)
        return grid.rows, grid.marks

    id = opened()
    operations = [adding(id, draft(1)), adding(id, draft(2)), adding(id, draft(2)),
                  round_(id, TODAY, c1="ill"), round_(id, TODAY, c1="well", c2="ill"),
                  round_(id, TODAY - timedelta(1), c2="well")]  # fmt: skip
    together = [code(r) for r in send(*operations)]
    batch = rows()

    id = send(opening())[0].id
    again = [on_another(operation, id) for operation in operations]
    apart = [code(send(one)[0]) for one in again]

    assert apart == together
    other, marks = rows()
    assert [(r.state, r.last_on) for r in other] == [(r.state, r.last_on) for r in batch[0]]
    assert sorted(marks.values()) == sorted(batch[1].values())


def on_another(operation: Any, id: Any) -> Any:
    """The same operation on another outbreak and other contacts."""
    plain = msgspec.to_builtins(operation) | {"outbreak": str(id)}
    for each in (*plain.get("contacts", ()), *plain.get("marks", ())):
        key = "id" if "id" in each else "contact"
        each[key] = str(nth("other", int(str(each[key])[-6:], 16)))
    return msgspec.convert(plain, type(operation))


def test_the_journal_withholds_the_same_names(report, holder):
    id = opened(disease="tuberculosis", title="Lao tại trường")
    (kept,) = send(adding(id, draft(1, phone="0912 345 678"), disease="tuberculosis"))
    head = holder(("station-head", place("stM")))

    quiet = journal.operation(by=head, id=kept.id)
    told = journal.operation(by=head.stating("care"), id=kept.id)

    assert "Giàng" not in str(quiet.payload)
    assert "0912" not in str(quiet.payload)
    assert "Giàng" in str(told.payload)
    assert nth("contact", 1) in told.subjects
