"""Training on screen: planned, put forward, given, held, closed; needs become courses; techniques signed."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.unit.apps.workforce.conftest import NOW, PROGRAM, TODAY, codes, op, place, plain
from tests.unit.apps.workforce.courses import closed, given, held, nurses, planned, with_account
from tests.unit.apps.workforce.test_techniques import begun, log
from tuyen.apps.access.models import User
from tuyen.apps.surveillance.operations.drills import DrillScore, RecordDrill
from tuyen.apps.workforce import certificate_imports as imports
from tuyen.apps.workforce import queries
from tuyen.apps.workforce.models import Course, Credential, Handover, Outing, Seat
from tuyen.apps.workforce.operations import CourseDay
from tuyen.engines.exchange.tabular import read_table
from tuyen.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
SOON = (CourseDay(day=date(2026, 11, 3), hours=8),)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def organiser(signed_in):
    return signed_in("health-centre-supervisor", place("hc"))


def page(course):
    return reverse("training-course", args=[course])


def typed(**changes):
    return {
        "title": "Cấp cứu phản vệ", "unit": str(place("hc")), "place": "Hội trường", "seats": "20",
        "days": "20/10/2026 8\n21/10/2026 4", "topics": ["anaphylaxis"], "funding": "programme",
    } | changes  # fmt: skip


def test_a_course_is_planned_and_stands_in_its_month(organiser):
    answer = organiser.post(reverse("training-new"), typed())

    row = Course.objects.get()
    assert answer.url == page(row.pk)
    assert (row.hours, row.topics, row.funding) == (12, ["anaphylaxis"], "programme")
    month = text(organiser.get(reverse("training"), {"month": "2026-10"}))
    assert "Cấp cứu phản vệ" in month
    assert "20 of 20 seats free" in month
    assert "No course in this month" in text(
        organiser.get(reverse("training"), {"month": "2026-03"})
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"days": "sometime"}, "write a line for each day"),
        ({"days": "20/10/2026 8\n20/10/2026 8"}, "20/10/2026 does not"),
        ({"days": ""}, "at least one day"),
        ({"seats": "many"}, "from 1 to 500"),
        ({"title": ""}, "Write the title"),
        ({"pass_mark": "101"}, "from 0 to 100"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(organiser, changes, told):
    answer = organiser.post(reverse("training-new"), typed(**changes))

    assert answer.status_code == 422
    assert told in text(answer)
    assert "Hội trường" in text(answer)
    assert not Course.objects.exists()


def test_a_need_becomes_a_course_with_its_people(organiser):
    a, b = nurses("stM", "stN")
    needs = text(organiser.get(reverse("training-needs")))
    assert "Treating anaphylaxis" in needs
    assert "2 people" in needs
    address = f"{reverse('training-new')}?need=anaphylaxis"
    assert str(a) in text(organiser.get(address))

    organiser.post(address, typed(member=[str(a), str(b)]))

    assert set(Seat.objects.values_list("member_id", "state")) == {(a, "granted"), (b, "granted")}


def test_a_head_puts_people_forward_and_the_organiser_gives_the_seats(signed_in):
    course, (a, b) = planned(days=SOON), nurses("stM", "stN")
    head = signed_in("station-head", place("stM"))
    seen = text(head.get(page(course)))
    assert str(a) in seen
    assert str(b) not in seen
    assert "Give seats" not in seen

    head.post(page(course), {"form": "ask", "unit": str(place("stM")), "member": [str(a)]})

    assert Seat.objects.get().state == "asked"
    refused = head.post(page(course), {"form": "give", "member": [str(a)]})
    assert refused.status_code == 422
    organiser = signed_in("health-centre-supervisor", place("hc"))
    assert "Proposal" in text(organiser.get(page(course)))
    organiser.post(page(course), {"form": "give", "member": [str(a), str(b)]})
    assert set(Seat.objects.values_list("state", flat=True)) == {"granted"}
    head = signed_in("station-head", place("stM"))
    seen = text(head.get(page(course)))
    assert "1 person of other units is not named here" in seen
    head.post(page(course), {"form": "withdraw", "member": [str(a)], "reason": "Trực trạm"})
    assert Seat.objects.get(member_id=a).state == "withdrawn"


def test_attendance_marks_and_certificates(organiser):
    course, (a, b) = planned(), nurses("stM", "stN")
    given(course, a, b)
    for day in ("2026-10-20", "2026-10-21"):
        organiser.post(page(course), {"form": "attend", "day": day, "there": [str(a)]})
    organiser.post(page(course), {"form": "marks", f"before-{a}": "40", f"after-{a}": "90"})
    wrong = organiser.post(page(course), {"form": "marks", f"after-{a}": "900"})
    assert "from 0 to 100" in text(wrong)
    assert "there" in text(organiser.get(reverse("training-list", args=[course])))

    organiser.post(page(course), {"form": "close", "series": "GCN"})

    paper = text(organiser.get(reverse("training-certificates", args=[course])))
    assert "0001/2026/GCN" in paper
    assert "16 hours" in paper
    assert "Người Số 1" not in paper  # who was absent earned none
    file = text(organiser.get(reverse("staff-file", args=[a])))
    assert "0001/2026/GCN" in file
    figures = text(organiser.get(reverse("training-figures")))
    assert "50" in figures
    people = text(organiser.get(reverse("training-people"), {"year": "2026", "cadre": "nurse"}))
    assert "Người Số 0" in people
    assert "Người Số 1" not in people
    organiser.post(page(course), {"form": "reopen", "reason": "Ghi nhầm"})
    assert not Credential.objects.filter(kind="training", state="live").exists()


def test_somebody_sees_their_courses_and_asks_for_a_seat(signed_in):
    course, past = planned(days=SOON), planned("Lớp đã qua")
    me = signed_in("physician-assistant", place("stM"))
    assert "Ask my head" not in text(me.get(page(course)))  # no file is linked
    mine = with_account(User.objects.get(pk=me.session["_auth_user_id"]).pk)
    assert "Ask my head" in text(me.get(page(course)))

    me.post(page(course), {"form": "want", "note": "Tôi chưa học"})

    assert Seat.objects.get().course_id == course
    own = text(me.get(reverse("my-file")))
    assert "An toàn tiêm chủng" in own
    assert "wants to go" in own
    given(past, mine)
    held(past, mine)
    closed(past)
    own = text(me.get(reverse("my-file")))
    assert "Certificate 0001/2026/ATTC" in own


def test_others_read_no_names(signed_in):
    course, (a,) = planned(), nurses("stN")
    given(course, a)
    nurse = signed_in("physician-assistant", place("stM"))

    seen = text(nurse.get(page(course)))

    assert "Người Số" not in seen
    for name in ("training-needs", "training-new", "training-outings", "training-import"):
        assert nurse.get(reverse(name)).status_code == 404
    assert nurse.get(reverse("training-list", args=[course])).status_code == 404


def test_a_technique_is_planned_logged_and_signed(signed_in):
    (a,) = nurses("stM")
    head = signed_in("station-head", place("stM"))
    head.post(reverse("training-techniques"), {
        "unit": str(place("stM")), "technique": "ecg", "giver_name": "Bệnh viện tỉnh",
        "teacher": "Bác sĩ Hà", "begins": "01/10/2026", "cases": "2", "member": [str(a)],
    })  # fmt: skip
    row = Handover.objects.get()
    address = reverse("training-technique", args=[row.pk])
    head.post(address, {"form": "log", "member": str(a), "day": "05/10/2026", "n": "2"})
    assert "Sign off" not in text(head.get(address))
    organiser = signed_in("health-centre-supervisor", place("hc"))
    organiser.post(address, {"form": "sign", "paper": "BB 7"})

    seen = text(organiser.get(address))
    assert "signed off" in seen
    assert "Care of chronic disease" in seen  # a service that it opens
    assert "Recording and reading an ECG" in text(organiser.get(reverse("training-techniques")))


def test_who_planned_a_technique_reads_why_they_do_not_sign(signed_in):
    (a,) = nurses("stM")
    handover = begun(a, cases=1)
    organiser = signed_in("health-centre-supervisor", place("hc"))
    organiser.post(reverse("training-technique", args=[handover]), {
        "form": "log", "member": str(a), "day": "05/10/2026",
    })  # fmt: skip
    assert log(handover, a) == ["accepted"]

    answer = organiser.post(reverse("training-technique", args=[handover]), {"form": "sign"})

    assert answer.status_code == 422
    assert "does not sign it off" in text(answer)


def test_a_drill_is_filed_for_all_who_took_part(organiser):
    (a,) = nurses("stM")
    organiser.post(reverse("training-outings"), {
        "unit": str(place("hc")), "kind": "drill", "title": "Diễn tập bạch hầu",
        "first": "10/10/2026", "last": "10/10/2026", "score": "85", "member": [str(a)],
    })  # fmt: skip

    row = Outing.objects.get()
    assert "score 85 of 100" in text(organiser.get(reverse("training-outings")))
    assert "Diễn tập bạch hầu" in text(organiser.get(reverse("staff-file", args=[a])))
    organiser.post(reverse("training-outings"), {"void": str(row.pk), "reason": "Ghi nhầm"})
    assert not Credential.objects.filter(kind="drill", state="live").exists()


def test_a_drill_of_the_program_is_taken_over_into_the_files(organiser):
    a, b = nurses("stM", "stM")
    score = DrillScore(
        points=78,
        stages=(),
        decisions=(),
        messages=0,
        answered=0,
        answered_in_time=0,
        cases=9,
        spared=2,
    )
    record = op(RecordDrill(
        drill=uuid7(), scenario="measles_village", seed=1, began_on=date(2026, 11, 1),
        ended_on=date(2026, 11, 28), score=score,
    ), "hc")  # fmt: skip
    assert codes(record) == ["accepted"]
    address = reverse("training-outings")
    assert "in nobody's file" in text(organiser.get(address))
    known = text(organiser.get(reverse("drill-record", args=[record.id])))
    assert f"?drill={record.id}" in known

    taken = {"drill": str(record.id), "of": str(place("stM"))}
    form = text(organiser.get(address, taken))
    assert 'name="score" value="78"' in form
    assert 'name="first" value="25/10/2026"' in form, (
        "the day it was kept, not one of its own clock"
    )
    sent = {
        "unit": str(place("hc")), "kind": "drill", "title": "Diễn tập sởi", "score": "78",
        "first": "25/10/2026", "last": "25/10/2026",
    }  # fmt: skip
    where = f"{address}?drill={record.id}&of={place('stM')}"
    assert organiser.post(where, sent | {"member": [str(a)]}).status_code == 302

    assert "Diễn tập sởi" in text(organiser.get(reverse("staff-file", args=[a])))
    page = text(organiser.get(address, taken))
    assert "In the file of 1 person." in page
    assert "on file already" in page
    again = organiser.post(where, sent | {"member": [str(a), str(b)]})
    assert again.status_code == 422
    assert "has this drill on file already" in text(again)
    assert organiser.post(where, sent | {"member": [str(b)]}).status_code == 302
    assert Credential.objects.filter(kind="drill", state="live").count() == 2
    assert {row.drill_id for row in Outing.objects.all()} == {record.id}
    assert 'value="78"' not in text(organiser.get(address, {"drill": str(uuid7())}))


SHEET = """Họ tên,Đơn vị,Tên lớp,Ngày cấp,Số giờ,Số chứng nhận
Người Số 0,,Cấp cứu,15/09/2026,16,77/GCN
Người Số 1,,Cấp cứu,15/09/2026,nhiều,
Ai Đó,,Cấp cứu,15/09/2026,8,
Người Số 0,,Cấp cứu,15/09/2026,16,78/GCN
"""


def test_certificates_come_from_a_file_after_a_dry_run_and_once():
    a, _b = nurses("stM", "stN")
    table = read_table(SHEET.encode(), name="cc.csv")

    made = imports.plan(by=PROGRAM, table=table, on=TODAY, at=NOW)

    assert [f.refusal.code for f in made.findings] == [
        "workforce.hours-unreadable", "workforce.person-unknown", "workforce.certificate-said-twice",
    ]  # fmt: skip
    assert not Credential.objects.filter(kind="training").exists()
    result = imports.run(by=PROGRAM, plan=made, at=NOW, accept_good_rows=True)
    assert (result.accepted, result.left_out) == (1, 3)
    row = Credential.objects.get(kind="training")
    assert (row.member_id, row.hours, row.number) == (a, 16, "77/GCN")
    again = imports.plan(by=PROGRAM, table=table, on=TODAY, at=NOW)
    assert (again.operations, again.already) == ([], [2])


def test_two_people_of_one_name_are_told_apart_by_their_unit():
    assert codes(op(plain("Lò Văn Hai"), "stM"), op(plain("Lò Văn Hai"), "stN")) == ["accepted"] * 2
    name = queries.staff(by=PROGRAM, on=TODAY).rows[-1].unit_name
    told = f"Họ tên,Đơn vị,Tên lớp,Ngày cấp,Số giờ\nLò Văn Hai,{name},Cấp cứu,15/09/2026,8\nLò Văn Hai,,Cấp cứu,15/09/2026,8\n"
    made = imports.plan(
        by=PROGRAM, table=read_table(told.encode(), name="cc.csv"), on=TODAY, at=NOW
    )

    assert [f.refusal.code for f in made.findings] == ["workforce.person-unclear"]
    assert len(made.operations) == 1


def test_the_screen_of_the_import_shows_what_would_happen(organiser):
    nurses("stM")
    sent = SimpleUploadedFile("cc.csv", SHEET.encode(), content_type="text/csv")

    answer = organiser.post(reverse("training-import"), {"file": sent}, follow=True)

    assert "Người Số 0" in text(answer)
    assert not Credential.objects.filter(kind="training").exists()
