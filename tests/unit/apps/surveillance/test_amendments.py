"""A correction moves the counts with it; a void takes them out; both leave their trace."""

from datetime import date

import pytest

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, place
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance import queries
from tuyen.apps.surveillance.models import Case, Count, UnitWeek
from tuyen.apps.surveillance.operations import AmendCase, CaseChanges, ReportZero, VoidCase
from tuyen.kernel.operation import Operation


@pytest.fixture
def change(db):
    def give(payload, *, unit=None, corrects=None, by=None):
        operation = Operation.of(
            payload, unit=unit or place("stM"), happened_on=TODAY, recorded_at=NOW,
            corrects=corrects or getattr(payload, "case", None),
        )  # fmt: skip
        (receipt,) = commit(by=by or Actor.program(TODAY), operations=[operation], at=NOW)
        return receipt

    return give


@pytest.fixture
def reported(report):
    (receipt,) = report(case(name="Lò Thị Hoa"))
    return receipt.id


def cells():
    return sorted(Count.objects.values_list("disease", "day", "classification", "cases", "deaths"))


def test_only_what_is_named_changes_and_the_counts_follow(change, reported):
    receipt = change(AmendCase(case=reported, changes=CaseChanges(
        classification="confirmed", onset_on=date(2026, 10, 20), outcome="died",
        outcome_on=date(2026, 10, 24),
    )))  # fmt: skip

    assert receipt.ok, receipt.refusal
    row = Case.objects.get()
    assert (row.name, row.classification, row.revision) == ("Lò Thị Hoa", "confirmed", 1)
    assert cells() == [("measles", date(2026, 10, 20), "confirmed", 1, 1)]


def test_a_value_is_taken_away_by_saying_null(change, report):
    (receipt,) = report(case(village=place("va")))

    change(AmendCase(case=receipt.id, changes=CaseChanges(village=None)))

    assert Case.objects.get().village_id is None


def test_a_corrected_diagnosis_day_is_judged_by_the_list_of_that_day(change, report):
    (receipt,) = report(case(disease="dengue", onset_on=date(2026, 6, 20),
                             diagnosed_on=date(2026, 7, 1)))  # fmt: skip

    change(AmendCase(case=receipt.id, changes=CaseChanges(diagnosed_on=date(2026, 6, 30))))

    assert Case.objects.get().window == "24h"


def test_a_voided_case_leaves_all_counts_and_stays_as_a_row(change, reported):
    receipt = change(VoidCase(case=reported, reason="Nhập nhầm"))

    assert receipt.ok
    assert cells() == []
    assert not UnitWeek.objects.exists()
    assert Case.objects.get().void_reason == "Nhập nhầm"


def amendment(case, **rest):
    return AmendCase(case=case, changes=CaseChanges(age=8), **rest)


@pytest.mark.parametrize(
    ("why", "make", "code"),
    [
        ("another unit", lambda id: (amendment(id), {"unit": place("stN")}), "unknown-case"),
        ("no such case", lambda id: (amendment(place("M")), {}), "unknown-case"),
        ("it corrects another", lambda id: (amendment(id), {"corrects": place("M")}),
         "corrects-another"),
        ("changed meanwhile", lambda id: (amendment(id, revision=3), {}), "changed-meanwhile"),
        ("nothing new", lambda id: (AmendCase(case=id, changes=CaseChanges(age=7)), {}),
         "nothing-changes"),
        ("onset tomorrow", lambda id: (AmendCase(case=id, changes=CaseChanges(
            onset_on=date(2026, 10, 26))), {}), "onset-in-the-future"),
    ],
)  # fmt: skip
def test_an_amendment_that_cannot_be_is_refused(change, reported, why, make, code):
    payload, rest = make(reported)

    receipt = change(payload, **rest)

    assert receipt.refusal.code == f"surveillance.{code}", why
    assert Case.objects.get().revision == 0


def test_a_void_case_is_not_amended(change, reported):
    change(VoidCase(case=reported, reason="Nhập nhầm"))

    assert change(amendment(reported)).refusal.code == "surveillance.case-is-void"


def test_amendments_of_one_batch_follow_one_another(reported):
    changes = (CaseChanges(age=8), CaseChanges(classification="confirmed"), CaseChanges(age=8))
    operations = [
        Operation.of(AmendCase(case=reported, changes=each), unit=place("stM"), happened_on=TODAY,
                     recorded_at=NOW, corrects=reported) for each in changes
    ]  # fmt: skip

    receipts = commit(by=Actor.program(TODAY), operations=operations, at=NOW)

    assert [receipt.ok for receipt in receipts] == [True, True, False]
    assert Case.objects.get().revision == 2
    assert Count.objects.get().cases == 1


def test_the_journal_keeps_the_report_and_every_change(change, reported):
    change(amendment(reported))
    change(VoidCase(case=reported, reason="Nhập nhầm"))

    detail = queries.case(by=Actor.program(TODAY), id=reported)

    assert [kept.kind.partition(".")[2] for kept in detail.history] == [
        "report_case", "amend_case", "void_case",
    ]  # fmt: skip
    assert detail.history[1].payload["changes"] == {"age": 8}


@pytest.mark.parametrize(
    ("why", "week", "code"),
    [
        ("this week, not ended", "2026-W43", None),
        ("a week to come", "2026-W45", "bad-week"),
        ("not a week", "2026-W60", "bad-week"),
    ],
)
def test_a_zero_is_said_for_a_week_that_has_begun(change, why, week, code):
    receipt = change(ReportZero(week=week))

    assert (receipt.refusal and receipt.refusal.code) == (code and f"surveillance.{code}"), why


def test_a_zero_contradicts_cases_of_the_same_week(change, reported):
    receipt = change(ReportZero(week="2026-W43"))

    assert receipt.refusal.code == "surveillance.cases-in-zero-week"


def test_a_case_after_a_zero_is_taken_and_the_zero_is_remembered(change, report):
    change(ReportZero(week="2026-W43"))

    report(case())

    row = UnitWeek.objects.get()
    assert (row.cases, row.zero_at) == (1, NOW)
