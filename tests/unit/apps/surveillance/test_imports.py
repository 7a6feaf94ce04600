"""A line list from any file: planned first, good rows only when somebody says so, never twice."""

from datetime import date, timedelta

import pytest

from tests.unit.apps.surveillance.conftest import NOW, TODAY, place
from tuyen.apps.access.actors import Actor
from tuyen.apps.access.policies import NotAllowed
from tuyen.apps.journal.models import Entry
from tuyen.apps.journal.services import commit
from tuyen.apps.surveillance.imports import Choices, fields, plan, run
from tuyen.apps.surveillance.imports.run import FileToMend, RowsToMend
from tuyen.apps.surveillance.models import Case
from tuyen.apps.surveillance.operations import AmendCase, CaseChanges
from tuyen.engines.exchange.tabular import read_table
from tuyen.kernel.operation import Operation

PROGRAM = Actor.program(TODAY)
HEADER = "STT;Họ và tên;Giới;Năm sinh;Mã xã;Bệnh;Ngày khởi phát;Ngày chẩn đoán;Phân loại;Mã ca"
GOOD = [
    "1;Lò Thị Hoa;Nữ;12/03/2019;03101;Sởi;20/10/2026;22/10/2026;xác định;S-1",
    "2;Giàng A Páo;nam;1980;03102;sốt xuất huyết Dengue có dấu hiệu cảnh báo;19/10/2026;21/10/2026;nghi ngờ;S-2",
    "3;Vàng Thị Mỷ;N;2001;03004;thuỷ đậu;18/10/2026;21/10/2026;nghi ngờ;S-3",
]
OURS = Choices(unit=place("stD"))


def planned(*rows, header=HEADER, choices=OURS, by=PROGRAM, name="ca.csv"):
    data = "\n".join([header, *rows]).encode()
    table = read_table(data, name, vocabulary=fields().vocabulary)
    return plan(by=by, table=table, on=TODAY, at=NOW, choices=choices)


def codes(made, row):
    return [f.code for f in made.findings if f.row == row and f.severity == "error"]


def test_a_plan_writes_nothing_and_says_what_would_go_in(db):
    made = planned(*GOOD)

    assert made.clean, [f.parts() for f in made.findings]
    assert made.rows == [2, 3, 4]
    assert [c.disease for c in made.drafts] == ["measles", "dengue", "varicella"]
    assert not Entry.objects.exists()


def test_the_rows_become_cases_with_what_they_say(db):
    result = run(by=PROGRAM, plan=planned(*GOOD), at=NOW)

    assert (result.accepted, result.refused) == (3, 0)
    row = Case.objects.get(external_id="S-1")
    assert (row.name, row.sex, row.birth_date, row.commune_id, row.classification, row.unit_id) == (
        "Lò Thị Hoa", "female", date(2019, 3, 12), place("M"), "confirmed", place("stD"),
    )  # fmt: skip
    assert Case.objects.get(external_id="S-2").age == 46


@pytest.mark.parametrize("numbers", [True, False])
def test_the_same_file_again_changes_nothing(db, numbers):
    rows = GOOD if numbers else [row.rpartition(";")[0] + ";" for row in GOOD]
    run(by=PROGRAM, plan=planned(*rows), at=NOW)
    before = Entry.objects.count()

    again = planned(*reversed(rows), header=HEADER)
    result = run(by=PROGRAM, plan=again, at=NOW + timedelta(days=1))

    assert sorted(again.already) == [2, 3, 4]
    assert (result.accepted, result.already) == (0, 3)
    assert Entry.objects.count() == before


def test_the_columns_may_stand_in_any_order_and_language(db):
    run(by=PROGRAM, plan=planned(*GOOD), at=NOW)
    header = (
        "Case ID;Onset date;Date of diagnosis;Disease;Ward code;Sex;Full name;DOB;Classification"
    )
    row = "S-1;2026-10-20;2026-10-22;Measles;03101;F;Lò Thị Hoa;2019-03-12;confirmed"

    assert planned(row, header=header).already == [2]


def test_an_amended_case_is_not_brought_back_by_its_file(db):
    run(by=PROGRAM, plan=planned(*GOOD), at=NOW)
    case = Case.objects.get(external_id="S-1")
    amend = AmendCase(case=case.id, changes=CaseChanges(age=8, birth_date=None))
    commit(by=PROGRAM, at=NOW, operations=[Operation.of(
        amend, unit=place("stD"), happened_on=TODAY, recorded_at=NOW, corrects=case.id)])  # fmt: skip

    assert planned(*GOOD).already == [2, 3, 4]


def test_a_number_with_other_content_is_shown_and_not_taken(db):
    run(by=PROGRAM, plan=planned(*GOOD), at=NOW)

    made = planned(GOOD[0].replace("Nữ", "Nam"))

    assert codes(made, 2) == ["surveillance.imported-differently"]


@pytest.mark.parametrize(
    ("why", "old", "new", "code"),
    [
        ("an unknown disease", "Sởi", "Bệnh lạ", "surveillance.disease-not-found"),
        ("no onset", "20/10/2026", "", "surveillance.onset-missing"),
        ("an onset after today", "20/10/2026", "20/11/2026", "exchange.date-in-future"),
        ("an unknown commune", "03101", "99999", "surveillance.commune-not-found"),
        (
            "diagnosed before onset",
            "22/10/2026",
            "02/10/2026",
            "surveillance.diagnosis-before-onset",
        ),
        ("a divided commune", "03101", "03003", "surveillance.commune-was-divided"),
    ],
)
def test_a_bad_row_is_refused_alone_with_its_column(db, why, old, new, code):
    made = planned(GOOD[0].replace(old, new, 1), *GOOD[1:])

    assert codes(made, 2) == [code], why
    assert made.rows == [3, 4]
    (finding,) = [f for f in made.findings if f.row == 2 and f.severity == "error"]
    message, advice = finding.parts()
    assert message, advice


def test_good_rows_go_in_only_if_the_person_says_so(db):
    made = planned(GOOD[0].replace("Sởi", "Bệnh lạ"), *GOOD[1:])

    with pytest.raises(RowsToMend):
        run(by=PROGRAM, plan=made, at=NOW)
    assert not Case.objects.exists()

    result = run(by=PROGRAM, plan=made, at=NOW, accept_good_rows=True)
    assert (result.accepted, result.left_out) == (2, 1)


def test_the_rows_to_mend_come_back_as_a_file_that_can_be_sent_again(db):
    made = planned(GOOD[0].replace("Sởi", "Bệnh lạ"), *GOOD[1:])

    text = made.errors_file(form="csv").decode("utf-8-sig")

    assert "surveillance.disease-not-found" in text
    mended = read_table(text.replace("Bệnh lạ", "Sởi").encode(), "sửa.csv",
                        vocabulary=fields().vocabulary)  # fmt: skip
    assert plan(by=PROGRAM, table=mended, on=TODAY, at=NOW, choices=OURS).rows == [2]


def test_a_former_commune_is_taken_as_it_was_then_and_as_its_one_successor_now(db):
    then = GOOD[0].replace("03101", "03001").replace("10/2026", "06/2025").replace("Sởi", "Sởi")
    now = GOOD[1].replace("03102", "03001")

    made = planned(then, now)

    assert [case.commune for case in made.drafts] == [place("A"), place("M")]
    assert [f.code for f in made.findings if f.row == 3] == ["surveillance.commune-was-merged"]


def test_a_divided_commune_is_taken_as_its_largest_part_only_by_consent(db):
    row = GOOD[0].replace("03101", "03003")

    made = planned(row, choices=Choices(unit=place("stD"), accept_successors=True))

    assert [case.commune for case in made.drafts] == [place("N")]


def test_the_same_row_twice_is_taken_once(db):
    bare = GOOD[0].replace("S-1", "")

    made = planned(bare, bare, GOOD[1])

    assert (made.rows, codes(made, 3)) == ([2, 4], ["exchange.duplicate-row"])


def test_without_a_needed_column_nothing_goes_in(db):
    made = planned("1;x", header="STT;Ghi chú")

    assert made.refused
    with pytest.raises(FileToMend):
        run(by=PROGRAM, plan=made, at=NOW, accept_good_rows=True)


def test_rows_of_a_unit_beyond_ones_post_are_refused(db, holder):
    head = holder(("station-head", place("stM")))
    row = GOOD[0] + ";station stD"

    made = planned(row, header=HEADER + ";Đơn vị báo cáo", choices=Choices(), by=head)
    own = planned(GOOD[0], choices=Choices(), by=head)

    assert codes(made, 2) == ["surveillance.reporting-unit-not-yours"]
    assert own.rows == [2]
    with pytest.raises(NotAllowed):
        planned(*GOOD, by=holder(("director", place("P"))))
