"""Lists with names, batch by batch: what the journal gives again is what the tables hold."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tuyen.apps.access import exports, letting_out, queries
from tuyen.apps.access.models import ExportRequest, User
from tuyen.apps.access.operations import (
    AnswerExport,
    Appoint,
    CreatePost,
    FetchExport,
    OpenAccount,
    RequestExport,
    WithdrawExport,
)
from tuyen.apps.journal.replay import replay
from tuyen.kernel.ids import uuid7
from tuyen.rules.access.export_of_names import export_of_names

NOW = datetime(2026, 10, 25, 3, 0, tzinfo=UTC)
TODAY = date(2026, 10, 25)
PURPOSE = "báo cáo tháng cho Sở"


@pytest.fixture
def unit():
    return uuid7()


@pytest.fixture
def serving(send, operate, program, unit):
    """``serving(role)``: somebody who holds that post at the unit."""

    def make(role: str):
        login = f"u{uuid7().hex[-10:]}"
        account = operate(OpenAccount(login=login, name=f"Người {role}"))
        post = operate(CreatePost(role=role, since=date(2020, 1, 1)), unit=unit)
        holding = operate(Appoint(post=post.id, user=account.id, since=date(2020, 1, 1)), unit=unit)
        assert all(receipt.ok for receipt in send(program, account, post, holding))
        return queries.actor(User.objects.get(pk=account.id), on=TODAY, channel="web")

    return make


def wanted(rows: int = 10, **rest):
    return RequestExport(what="surveillance.cases", query="{}", purpose=PURPOSE, rows=rows, **rest)


def test_the_statements_do_not_grow_with_the_batch(serving, send, operate, unit):
    asker, head = serving("station-head"), serving("director")
    send(asker, operate(wanted(), unit=unit))  # what a process learns once is learned
    counted = []
    for size in (1, 25):
        asked = [operate(wanted(), unit=unit) for _ in range(size)]
        answers = [operate(AnswerExport(request=a.id, approved=True), unit=unit) for a in asked]
        fetched = [operate(FetchExport(request=a.id, rows=10), unit=unit) for a in asked]
        for by, batch in ((asker, asked), (head, answers), (asker, fetched)):
            with CaptureQueriesContext(connection) as queried:
                assert all(receipt.ok for receipt in send(by, *batch))
            counted.append((size, len(queried)))

    assert [n for size, n in counted if size == 1] == [n for size, n in counted if size == 25]


def test_a_batch_is_what_its_entries_are_one_by_one(serving, send, operate, unit):
    """In one batch: agreed to, agreed to again, taken back, and answered too late."""
    asker, head = serving("station-head"), serving("director")
    (asked,) = [operate(wanted(), unit=unit)]
    send(asker, asked)
    steps = [
        AnswerExport(request=asked.id, approved=True),
        AnswerExport(request=asked.id, approved=True),
        AnswerExport(request=asked.id, approved=False, reason="nhầm"),
        AnswerExport(request=asked.id, approved=True),
    ]

    receipts = send(head, *[operate(step, unit=unit) for step in steps])

    assert [r.refusal.code if r.refusal else "" for r in receipts] == [
        "", "access.export-answered", "", "access.export-answered",
    ]  # fmt: skip
    assert ExportRequest.objects.get(pk=asked.id).answer == "refused"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (lambda id: FetchExport(request=id, rows=10), "access.export-not-approved"),
        (lambda id: FetchExport(request=uuid7(), rows=10), "access.unknown-export"),
        (lambda id: WithdrawExport(request=uuid7()), "access.unknown-export"),
    ],
)
def test_what_nobody_agreed_to_is_refused(said, code, serving, send, operate, unit):
    asker, asked = serving("station-head"), operate(wanted(), unit=unit)
    send(asker, asked)

    (receipt,) = send(asker, operate(said(asked.id), unit=unit))
    assert receipt.refusal.code == code


def test_a_no_without_a_reason_is_refused(serving, send, operate, unit):
    asker, head, asked = serving("station-head"), serving("director"), operate(wanted(), unit=unit)
    send(asker, asked)

    no = operate(AnswerExport(request=asked.id, approved=False), unit=unit)
    assert send(head, no)[0].refusal.code == "access.export-no-reason"


def test_replay_gives_the_same_rows(serving, send, operate, unit):
    asker, head = serving("station-head"), serving("director")
    asked = [operate(wanted(n), unit=unit) for n in (10, 20, 30)]
    send(asker, *asked)
    send(head, operate(AnswerExport(request=asked[0].id, approved=True), unit=unit),
         operate(AnswerExport(request=asked[1].id, approved=False, reason="không cần"), unit=unit))  # fmt: skip
    send(asker, operate(FetchExport(request=asked[0].id, rows=11), unit=unit),
         operate(WithdrawExport(request=asked[2].id), unit=unit))  # fmt: skip
    states = {each.rows: each.state for each in exports.mine(by=asker, at=NOW)}

    assert states == {10: "fetched", 20: "refused", 30: "withdrawn"}
    assert ExportRequest.objects.get(pk=asked[0].id).fetched_rows == 11
    assert replay().same


def test_how_it_stands_changes_with_the_hour(serving, send, operate, unit):
    asker, head = serving("station-head"), serving("director")
    first, second = operate(wanted(1), unit=unit), operate(wanted(2), unit=unit)
    send(asker, first, second)
    send(head, operate(AnswerExport(request=first.id, approved=True), unit=unit))
    rule = export_of_names(TODAY)

    def at(hours: float) -> dict[int, str]:
        found = exports.mine(by=asker, at=NOW + timedelta(hours=hours))
        return {each.rows: each.state for each in found}

    assert at(0) == {1: "approved", 2: "waits"}
    assert at(rule.fetch_hours) == {1: "expired", 2: "waits"}
    assert at(rule.answer_hours) == {1: "expired", 2: "lapsed"}
    assert exports.waiting(by=head, at=NOW) == 1
    assert exports.waiting(by=asker, at=NOW) == 0
    assert letting_out.answer_until(NOW) == NOW + timedelta(hours=rule.answer_hours)
