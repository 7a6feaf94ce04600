"""Outbreaks: opened from an alarm, filled, declared by the law of the day, closed by its rule."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.unit.apps.surveillance.conftest import NOW, TODAY, case, nth, place
from tuyen.apps.access.actors import Actor
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.models import (
    Alarm,
    Declaration,
    Outbreak,
    OutbreakCase,
    OutbreakPlace,
    OutbreakTask,
    Transmission,
)
from tuyen.apps.surveillance.operations import (
    AmendOutbreak,
    AttachCases,
    CloseOutbreak,
    DeclareOutbreak,
    DetachCases,
    Link,
    LinkCases,
    OpenOutbreak,
    OutbreakChanges,
    ReopenOutbreak,
    UnlinkCases,
)
from tuyen.kernel.operation import Operation

PROGRAM = Actor.program(TODAY)


def send(*payloads: Any, unit=None, at: datetime = NOW, on: date | None = None):
    """Commit payloads as the program, in one batch, at M unless told otherwise."""
    operations = [
        Operation.of(
            each, unit=unit or place("M"), happened_on=on or at.date(), recorded_at=at
        )
        for each in payloads
    ]  # fmt: skip
    return commit(by=PROGRAM, operations=operations, at=at)


def opening(**changes: Any) -> OpenOutbreak:
    """An outbreak of measles in M that began ten days ago."""
    plain: dict[str, Any] = {
        "disease": "measles",
        "title": "Sởi tại xã M",
        "since": TODAY - timedelta(10),
        "communes": (place("M"),),
    }
    return OpenOutbreak(**plain | changes)


def opened(**changes: Any):
    (receipt,) = send(opening(**changes))
    assert receipt.ok, receipt.refusal
    return receipt.id


def code(receipt) -> str:
    return receipt.refusal.code.removeprefix("surveillance.") if receipt.refusal else ""


def test_opening_keeps_its_places_cases_and_the_seven_first_tasks(report):
    (ill,) = report(case())

    id = opened(cases=(ill.id,), communes=(place("M"), place("N")), lead=place("hc"))

    row = Outbreak.objects.get(pk=id)
    assert (row.disease, row.group, row.unit_id, row.lead_id) == (
        "measles", "B", place("M"), place("hc"),
    )  # fmt: skip
    assert OutbreakPlace.objects.filter(outbreak_id=id).count() == 2
    assert OutbreakCase.objects.get(outbreak_id=id).case_id == ill.id
    tasks = list(OutbreakTask.objects.filter(outbreak_id=id).order_by("rank"))
    assert [task.action for task in tasks] == [
        "investigate", "analyse", "laboratory", "manage", "countermeasures", "communicate",
        "coordinate",
    ]  # fmt: skip
    assert {task.due_on for task in tasks} == {TODAY + timedelta(7)}


def test_opening_answers_the_alarm_it_comes_from(report):
    report(*(case(cluster="lớp 1A", age=n) for n in range(3)))
    alarm = Alarm.objects.get(rule="AL-B2")

    id = opened(from_alarms=(alarm.id,), assignee=nth("user", 1))

    alarm.refresh_from_db()
    assert (alarm.state, alarm.owner_id, alarm.answered_at) == ("outbreak", nth("user", 1), NOW)
    assert Outbreak.objects.get(pk=id).assignee_id == nth("user", 1)


@pytest.mark.parametrize(
    ("why", "changes", "refusal"),
    [
        ("neither disease nor syndrome", {"disease": ""}, "no-disease-or-syndrome"),
        ("a disease nobody knows", {"disease": "measels"}, "unknown-disease"),
        ("it begins tomorrow", {"since": TODAY + timedelta(1)}, "outbreak-begins-later"),
        ("a commune that is none", {"communes": (place("stM"),)}, "not-a-commune"),
        ("a place that is not on the map", {"communes": (nth("x", 1),)}, "unknown-place"),
        ("sent for a unit elsewhere", {"communes": (place("D"),)}, "outbreak-elsewhere"),
        ("an alarm that is not there", {"from_alarms": (nth("x", 2),)}, "alarm-elsewhere"),
        ("a signal that is not there", {"from_signals": (nth("x", 6),)}, "unknown-signal"),
        ("a case that is not there", {"cases": (nth("x", 3),)}, "unknown-case"),
        ("a lead that is not there", {"lead": nth("x", 4)}, "unknown-place"),
    ],
)
def test_an_opening_that_cannot_be_is_refused(report, why, changes, refusal):
    (receipt,) = send(opening(**changes))

    assert code(receipt) == refusal, why
    assert Outbreak.objects.count() == 0


def test_a_syndrome_waits_for_its_disease(report):
    id = opened(disease="", syndrome="Sốt cao, co giật, không rõ căn nguyên")

    (named,) = send(AmendOutbreak(
        outbreak=id, changes=OutbreakChanges(disease="anthrax"), revision=0
    ))  # fmt: skip
    late = send(AmendOutbreak(outbreak=id, changes=OutbreakChanges(title="Khác"), revision=0))
    same = send(AmendOutbreak(outbreak=id, changes=OutbreakChanges(disease="anthrax")))

    assert named.ok
    assert Outbreak.objects.get(pk=id).group == "B"
    assert code(late[0]) == "outbreak-changed-meanwhile"
    assert code(same[0]) == "outbreak-unchanged"


def test_communes_that_stay_keep_their_rows(report):
    id = opened()
    (before,) = OutbreakPlace.objects.values_list("id", flat=True)

    send(AmendOutbreak(
        outbreak=id, changes=OutbreakChanges(communes=(place("M"), place("D")))
    ))  # fmt: skip

    now = set(OutbreakPlace.objects.values_list("id", flat=True))
    assert before in now
    assert len(now) == 2


def test_a_line_list_takes_each_case_once_and_only_of_its_disease(report):
    first, second, other = report(case(), case(age=9), case(disease="varicella"))
    id = opened()

    taken = send(AttachCases(outbreak=id, cases=(first.id, second.id)),
                 AttachCases(outbreak=id, cases=(first.id,), by="definition"),
                 AttachCases(outbreak=id, cases=(other.id,)),
                 AttachCases(outbreak=nth("x", 5), cases=(first.id,)))  # fmt: skip

    assert [code(r) for r in taken] == ["", "", "case-of-another-disease", "unknown-outbreak"]
    assert OutbreakCase.objects.filter(outbreak_id=id).count() == 2


def test_a_case_that_is_taken_off_leaves_the_chains_too(report):
    a, b, c = report(case(), case(age=8), case(age=9))
    id = opened(cases=(a.id, b.id, c.id))
    send(LinkCases(outbreak=id, links=(
        Link(case=b.id, infector=a.id, evidence="same-class"),
        Link(case=c.id, infector=b.id, evidence="same-house"),
    )))  # fmt: skip

    gone, absent = send(
        DetachCases(outbreak=id, cases=(b.id,), reason="Xét nghiệm âm tính"),
        DetachCases(outbreak=id, cases=(b.id,), reason="Xét nghiệm âm tính"),
    )

    assert (code(gone), code(absent)) == ("", "case-not-on-line-list")
    assert Transmission.objects.count() == 0


def test_nobody_infects_himself_at_any_distance(report):
    a, b, c = report(case(), case(age=8), case(age=9))
    id = opened(cases=(a.id, b.id))

    def link(of, by):
        return LinkCases(outbreak=id, links=(Link(case=of.id, infector=by.id, evidence="care"),))

    taken = send(link(b, a), link(a, b), link(c, a), link(a, a))

    assert [code(r) for r in taken] == [
        "", "its-own-infector", "case-not-on-line-list", "its-own-infector",
    ]  # fmt: skip
    back = send(UnlinkCases(outbreak=id, cases=(b.id,), reason="Nhầm lẫn"), link(a, b))
    assert [code(r) for r in back] == ["", ""]


def declaration(id, **changes: Any) -> DeclareOutbreak:
    plain: dict[str, Any] = {
        "outbreak": id, "level": "epidemic", "authority": "station", "document": "12/TB-TYT",
        "declared_on": TODAY, "criterion": "EP-B2",
    }  # fmt: skip
    return DeclareOutbreak(**plain | changes)


@pytest.mark.parametrize(
    ("why", "changes", "refusal"),
    [
        ("the station announces an epidemic", {}, ""),
        ("by another hand", {"authority": "province-committee"}, "not-the-authority"),
        ("without its ground", {"criterion": ""}, "ground-missing"),
        ("level 1 without a failed test",
         {"level": "level-1", "authority": "commune-committee", "copes": "commune"},
         "ground-missing"),
        ("level 1 with all",
         {"level": "level-1", "authority": "commune-committee", "fails": ("station",),
          "copes": "commune"}, ""),
        ("level 2: the commune no longer copes",
         {"level": "level-2", "authority": "province-committee", "fails": ("station",),
          "copes": "commune"}, "ground-missing"),
        ("a level that ended with the old law", {"level": "epidemic-a", "authority": "minister"},
         "level-unknown"),
        ("tomorrow", {"declared_on": TODAY + timedelta(1)}, "declared-in-the-future"),
        ("before it began", {"declared_on": TODAY - timedelta(11)}, "declared-in-the-future"),
    ],
)  # fmt: skip
def test_a_declaration_is_judged_by_the_law_of_its_day(report, why, changes, refusal):
    id = opened()

    (receipt,) = send(declaration(id, **changes))

    assert code(receipt) == refusal, why
    assert Declaration.objects.count() == (not refusal)


def test_under_the_old_law_the_province_announced_group_b(report):
    then = datetime(2025, 11, 3, 3, tzinfo=UTC)
    (receipt,) = send(opening(since=date(2025, 11, 1)), at=then)

    by_station, by_province = send(
        declaration(receipt.id, declared_on=date(2025, 11, 3)),
        declaration(receipt.id, declared_on=date(2025, 11, 3), authority="province-committee"),
        at=then,
    )

    assert (code(by_station), code(by_province)) == ("not-the-authority", "")


def test_an_outbreak_closes_when_its_days_have_passed_and_says_when_before(report):
    (ill,) = report(case(onset_on=TODAY - timedelta(4)))
    id = opened(cases=(ill.id,))

    (early,) = send(CloseOutbreak(outbreak=id, because="rule"))
    at = NOW + timedelta(17)
    (due,) = send(CloseOutbreak(outbreak=id, because="rule"), at=at)

    assert early.refusal.values["on"] == str(TODAY + timedelta(17))
    assert early.refusal.values["days"] == 21
    assert due.ok
    assert Outbreak.objects.get(pk=id).closed_on == at.date()


def test_a_case_that_was_ruled_out_keeps_nothing_open(report):
    (ill,) = report(case(classification="discarded"))
    id = opened(cases=(ill.id,), since=TODAY - timedelta(30))

    assert send(CloseOutbreak(outbreak=id, because="rule"))[0].ok


def test_an_epidemic_that_was_declared_ends_with_its_criterion(report):
    report(*(case(cluster="trường X", age=n, onset_on=TODAY - timedelta(n)) for n in range(6)))
    assert Alarm.objects.filter(rule="EP-B2", closed_on=None).exists()
    id = opened(since=TODAY - timedelta(40))
    send(declaration(id))

    (receipt,) = send(CloseOutbreak(outbreak=id, because="rule"))

    assert code(receipt) == "epidemic-goes-on"


def test_what_was_none_is_closed_with_its_reason_and_opened_again(report):
    id = opened()

    bare, told, twice = send(
        CloseOutbreak(outbreak=id, because="ruled-out"),
        CloseOutbreak(outbreak=id, because="ruled-out", conclusion="Phát ban do thuốc"),
        CloseOutbreak(outbreak=id, because="ruled-out", conclusion="Phát ban do thuốc"),
    )
    again, open_ = send(ReopenOutbreak(outbreak=id, reason="Có ca mới"),
                        ReopenOutbreak(outbreak=id, reason="Có ca mới"))  # fmt: skip

    assert [code(r) for r in (bare, told, twice, again, open_)] == [
        "reason-needed", "", "outbreak-is-closed", "", "outbreak-is-open",
    ]  # fmt: skip


def test_a_batch_takes_the_same_queries_for_one_as_for_many(report):
    cases = report(*(case(age=n) for n in range(40)))
    ids = [opened() for _ in range(3)]

    def queries(*payloads):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert all(receipt.ok for receipt in send(*payloads))
        return len(seen)

    one = queries(AttachCases(outbreak=ids[0], cases=(cases[0].id,)))
    many = queries(*(AttachCases(outbreak=id, cases=tuple(c.id for c in cases[1:])) for id in ids))
    assert many == one
    assert queries(opening()) == queries(*(opening() for _ in range(9)))
