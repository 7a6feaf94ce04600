"""Attendance from a file: every bad row is named, nothing is written before it was seen, and it counts once."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.unit.apps.workforce.conftest import NOW, PROGRAM, TODAY, codes, op, place, plain
from tests.unit.apps.workforce.courses import closed, given, held, nurses, planned
from tuyen.apps.journal.replay import replay
from tuyen.apps.workforce import attendance_imports as imports
from tuyen.apps.workforce.attendance_findings import RowsToMend
from tuyen.apps.workforce.models import Seat
from tuyen.apps.workforce.operations import CourseDay
from tuyen.engines.exchange.tabular import read_table

pytestmark = pytest.mark.django_db
SHEET = """Họ tên,Ngày học,Tên lớp,Có mặt
Người Số 0,20/10/2026,An toàn tiêm chủng,x
Người Số 0,21/10/2026,,vắng
Người Số 1,20/10/2026,An toàn tiêm chủng,
Người Số 1,22/10/2026,An toàn tiêm chủng,x
Người Số 1,21/10/2026,Cấp cứu phản vệ,x
Ai Đó,20/10/2026,,x
Người Số 1,21/10/2026,,chắc có
Người Số 0,21/10/2026,An toàn tiêm chủng,x
"""
BAD = [  # (row, field, value, code), and in the end what was expected
    (4, "there", "", "workforce.attendance-not-marked"),
    (5, "day", "22/10/2026", "workforce.not-that-day"),
    (6, "course", "Cấp cứu phản vệ", "workforce.course-unknown"),
    (7, "name", "Ai Đó", "workforce.seat-unknown"),
    (8, "there", "chắc có", "exchange.choice-unknown"),
    (9, "name", "Người Số 0", "workforce.attendance-said-twice"),
]


def text(answer):
    return answer.content.decode()


def read(sheet, by=PROGRAM):
    return imports.plan(by=by, table=read_table(sheet.encode(), name="dd.csv"), on=TODAY, at=NOW)


def marks():
    return dict(Seat.objects.values_list("member_id", "days"))


@pytest.fixture
def course():
    """A course that was held, two people in it, nothing noted yet: its id and theirs."""
    course, people = planned(), nurses("stM", "stN")
    assert given(course, *people) == ["accepted"]
    return course, people


def test_every_bad_row_is_named_with_field_value_and_what_was_expected(course):
    made = read(SHEET)

    errors = [one for one in made.findings if one.severity == "error"]
    assert [(f.row, f.field, str(f.value), f.refusal.code) for f in errors] == BAD
    said = {f.row: " ".join(f.refusal.parts(str)) for f in errors}
    assert "20/10/2026; 21/10/2026" in said[5]
    assert "Write one of: An toàn tiêm chủng" in said[6]
    assert "có mặt" in said[8]
    assert "row 3" in said[9]
    assert len(made.operations) == 2
    assert set(marks().values()) == {"--"}


def test_nothing_is_written_before_it_was_agreed_and_the_file_counts_once(course):
    _id, (a, b) = course
    with pytest.raises(RowsToMend):
        imports.run(by=PROGRAM, plan=read(SHEET), at=NOW)
    assert set(marks().values()) == {"--"}

    done = imports.run(by=PROGRAM, plan=read(SHEET), at=NOW, accept_good_rows=True)

    assert (done.accepted, done.left_out) == (2, 6)
    assert marks() == {a: "pa", b: "--"}
    again = read(SHEET)
    assert (again.operations, again.already) == ([], [2, 3])
    assert replay().same


def test_a_mark_that_changes_what_was_noted_is_told_and_may_come_back(course):
    _id, (a, _b) = course
    first = "Họ tên,Ngày học,Có mặt\nNgười Số 0,20/10/2026,x\n"
    for sheet in (first, first.replace(",x", ",vắng"), first):
        made = read(sheet)
        warned = [f.refusal.code for f in made.findings]
        imports.run(by=PROGRAM, plan=made, at=NOW)

    assert warned == ["workforce.attendance-changes"]
    assert marks()[a] == "p-"


def test_a_list_without_a_column_of_attendance_names_those_who_were_there(course):
    _id, (a, b) = course

    made = read("Họ tên,Ngày học\nNgười Số 0,20/10/2026\nNgười Số 1,20/10/2026\n")
    imports.run(by=PROGRAM, plan=made, at=NOW)

    assert (made.clean, marks()) == (True, {a: "p-", b: "p-"})


def test_two_people_of_one_name_and_a_closed_course_are_told(course):
    id, (a, b) = course
    held(id, a, b)
    assert closed(id) == ["accepted"]
    later = planned("Lớp sau", days=(CourseDay(day=date(2026, 10, 22), hours=8),), topics=())
    same = [op(plain("Lò Văn Hai"), unit) for unit in ("stM", "stN")]
    assert codes(*same) == ["accepted"] * 2
    assert given(later, *(one.id for one in same)) == ["accepted"]

    made = read(
        "Họ tên,Đơn vị,Ngày học\nNgười Số 0,,20/10/2026\nLò Văn Hai,,22/10/2026\nLò Văn Hai,stM,22/10/2026\n"
    )

    assert [f.refusal.code for f in made.findings] == [
        "workforce.course-shut", "workforce.seat-unclear",
    ]  # fmt: skip
    assert [one.sitting.member for one in made.lines] == [same[0].id]


def test_a_file_asks_as_much_for_few_rows_as_for_many(course):
    def count(sheet):
        with CaptureQueriesContext(connection) as seen:
            read(sheet)
        return len(seen)

    one = "Họ tên,Ngày học,Có mặt\nNgười Số 0,20/10/2026,x\n"
    count(one)
    assert count(one) == count(SHEET)


@pytest.mark.parametrize("tongue", ["vi", "en", "zh-hans"])
def test_the_list_that_is_sent_out_comes_back_filled_in(course, signed_in, tongue):
    id, (a, b) = course
    organiser = signed_in("health-centre-supervisor", place("hc"))
    address = reverse("training-attendance-list", args=[id, "csv"])
    blank = organiser.get(address, headers={"accept-language": tongue})
    lines = blank.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 5  # two people, two days
    filled = "\n".join([lines[0], *(f"{line}x" for line in lines[1:])])

    made = read(filled)

    assert (made.clean, len(made.operations)) == (True, 4)
    imports.run(by=PROGRAM, plan=made, at=NOW)
    assert marks() == {a: "pp", b: "pp"}
    noted = organiser.get(address, headers={"accept-language": tongue})
    assert len(read(noted.content.decode("utf-8-sig")).already) == 4
    assert organiser.get(address.replace(".csv", ".exe")).status_code == 404


def test_the_screens_show_what_would_happen_and_take_the_good_rows(course, signed_in):
    id, (a, _b) = course
    organiser = signed_in("health-centre-supervisor", place("hc"))
    assert reverse("training-attendance") in text(
        organiser.get(reverse("training-course", args=[id]))
    )
    sent = SimpleUploadedFile("dd.csv", SHEET.encode(), content_type="text/csv")

    columns = organiser.post(reverse("training-attendance"), {"file": sent}, follow=True)
    assert "Day of the course" in text(columns)
    step = columns.request["PATH_INFO"]
    check = text(organiser.post(step, {}, follow=True))

    for told in ("Nobody called Ai Đó", "22/10/2026", "Write one of: An toàn tiêm chủng"):
        assert told in check
    assert set(marks().values()) == {"--"}
    organiser.post(f"{step}accept/", {"good": "1"})
    assert marks()[a] == "pa"


def test_who_holds_no_course_sends_no_list(course, signed_in):
    id, _people = course
    head = signed_in("station-head", place("stM"))

    assert head.get(reverse("training-attendance")).status_code == 404
    assert head.get(reverse("training-attendance-list", args=[id, "csv"])).status_code == 404
