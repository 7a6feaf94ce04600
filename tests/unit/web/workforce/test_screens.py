"""People at work on screen: typed once, corrected by whoever may, told in words; nothing typed is lost."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.unit.apps.workforce.conftest import (
    NOW,
    OLD,
    PROGRAM,
    TODAY,
    codes,
    licence,
    member,
    op,
    place,
    plain,
)
from tuyen.apps.access.models import User
from tuyen.apps.clinical import queries as clinical
from tuyen.apps.workforce import import_findings, imports, queries
from tuyen.apps.workforce.models import Member
from tuyen.engines.exchange.tabular import read_table


def text(answer):
    return answer.content.decode()


@pytest.fixture
def editor(signed_in, db):
    return signed_in("health-centre-supervisor", place("hc"))


def typed(**changes):
    return {
        "name": "Quàng Thị Xuân", "unit": str(place("stM")), "cadre": "midwife", "position": "staff",
        "contract": "permanent", "since": "01/02/2026", "percent": "100", "sex": "female",
        "born_on": "07/03/1985", "d-what": "college", "d-since": "01/07/2008", "g-what": "thai",
        "l-number": "0077/ĐB-GPHN", "l-since": "05/01/2024", "l-until": "05/01/2029",
    } | changes  # fmt: skip


def test_somebody_new_is_typed_once_with_all_they_have_to_show(editor):
    assert "Practising licence" in text(editor.get(reverse("staff-new")))

    answer = editor.post(reverse("staff-new"), typed())

    page = text(editor.get(answer.url))
    for told in ("Quàng Thị Xuân", "Midwife", "0077/ĐB-GPHN", "College", "Thái", "0 of 120"):
        assert told in page
    assert "Quàng Thị Xuân" in text(editor.get(reverse("staff"), {"q": "xuan quang"}))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"since": "soon"}, "write it as 07/03/2026"),
        ({"percent": "120"}, "from 1 to 100"),
        ({"name": "Q"}, "Write the whole name"),
        ({"phone": "ring me"}, "digits only"),
        ({"cadre": "wizard"}, "wizard is not on the list of Cadre"),
        ({"l-number": "1", "l-until": "01/01/2020"}, "write the first day without it"),
    ],
)
def test_what_is_wrong_comes_back_beside_what_was_typed(editor, changes, told):
    answer = editor.post(reverse("staff-new"), typed(**changes))

    assert answer.status_code == 422
    assert told in text(answer).replace("&#x27;", "'")
    if "name" not in changes:
        assert 'value="Quàng Thị Xuân"' in text(answer)
    assert not Member.objects.exists()


def test_the_forms_of_a_file_each_write_one_thing(editor):
    editor.post(reverse("staff-new"), typed())
    file = queries.file(by=PROGRAM, id=Member.objects.get().pk, on=TODAY)
    address, post = reverse("staff-file", args=[file.id]), str(file.posts[0].id)
    licence = str(file.of("licence")[0].id)
    sent = [
        {"form": "show", "kind": "training", "what": "Cấp cứu sản khoa", "since": "01/05/2026", "hours": "32"},
        {"form": "show", "kind": "licence", "number": "0078", "since": "05/01/2024", "replaces": licence},
        {"form": "amend", "name": "Quàng Thị Xuân A", "sex": "female", "reason": "thêm tên đệm"},
        {"form": "take", "unit": str(place("stM")), "cadre": "population-officer", "since": "01/06/2026",
         "percent": "50", "ends": post, "position": "staff", "contract": "permanent", "main": "yes"},
    ]  # fmt: skip
    assert [editor.post(address, form).status_code for form in sent] == [302] * 4
    now = queries.file(by=PROGRAM, id=file.id, on=TODAY)
    assert (now.name, now.posts[0].cadre, now.of("licence")[0].number) == (
        "Quàng Thị Xuân A", "population-officer", "0078",
    )  # fmt: skip
    wrong = [{"form": "end", "post": post, "until": "x", "reason": "nghỉ"}, {"form": "fly"},
             {"form": "void-shown", "credential": "x", "reason": "sai"}]  # fmt: skip
    assert [editor.post(address, form).status_code for form in wrong] == [422] * 3
    assert "32 of 120" in text(editor.get(address))


def test_one_reads_ones_own_file_and_asks_and_signs_with_ones_licence(signed_in, editor):
    nurse = signed_in("midwife", place("stM"))
    assert "No file is linked" in text(nurse.get(reverse("my-file")))
    user = User.objects.get(pk=nurse.session["_auth_user_id"])
    opened = op(member("Quàng Thị Xuân"))
    assert codes(opened) == ["accepted"]
    file = reverse("staff-file", args=[opened.id])
    assert str(user.pk) in text(editor.get(file))
    linked = {
        "form": "amend",
        "name": "Quàng Thị Xuân",
        "born_on": "07/03/1985",
        "account": user.pk,
        "reason": "gắn",
    }
    assert editor.post(file, linked).status_code == 302

    asked = nurse.post(reverse("my-file"), {"field": "born_on", "value": "08/03/1985"})
    signed = nurse.post(reverse("my-file"), {"sign": "1"})

    assert (asked.status_code, signed.status_code) == (302, 302)
    assert nurse.get(reverse("staff-file", args=[Member.objects.get().pk])).status_code == 404
    page = text(editor.get(reverse("staff-wishes")))
    assert "08/03/1985" in page
    (wish,) = queries.wishes(by=PROGRAM, on=TODAY)
    no = editor.post(reverse("staff-wishes"), {"wish": wish.id, "answer": "no"})
    assert no.status_code == 422
    editor.post(reverse("staff-wishes"), {"wish": wish.id, "answer": "yes"})
    assert Member.objects.get().born_on == date(1985, 3, 8)
    assert nurse.post(reverse("my-file"), {"field": "born_on", "value": "mai"}).status_code == 422


def test_a_gap_is_seen_and_filled_from_the_nearest_that_can_spare_somebody(editor):
    people = [op(plain(f"Điều dưỡng {n}", since=OLD), "stD") for n in range(2)]
    assert codes(*people, op(plain("Y sĩ", "physician-assistant"), "stM")) == ["accepted"] * 3
    board = text(editor.get(reverse("workforce")))
    assert "No station" not in board
    assert "Nobody here is Nurse" in text(
        editor.get(reverse("workforce-station", args=[place("stM")]))
    )
    station = text(editor.get(reverse("workforce-station", args=[place("stM")])))
    assert "The village network has 1 for each village: 1 village lies in the commune." in station
    structure = text(editor.get(reverse("workforce-structure")))
    assert "Missing at single stations" in structure
    for name in ("workforce-norms", "staff-transfers", "staff-import"):
        assert editor.get(reverse(name)).status_code == 200

    plan = text(editor.get(reverse("staff-transfers-plan"), {"unit": place("stM")}))

    assert "What cannot be filled" in plan  # the small map has no positions, so nothing is near
    nothing = editor.post(
        reverse("staff-transfers-plan"), {"unit": place("stM"), "since": "01/11/2026"}
    )
    assert nothing.status_code == 422


def test_posts_are_shown_of_another_day_on_its_own_map(signed_in, db):
    planner = signed_in("planner", place("hc"))
    assert codes(*(op(plain(f"Điều dưỡng {n}", since=OLD), unit) for n, unit in enumerate(("stA", "stB", "stD")))) == ["accepted"] * 3  # fmt: skip
    board = reverse("workforce")

    now, then = (text(planner.get(board, {"on": on} if on else {})) for on in ("", "01/01/2025"))

    merged, old = (reverse("workforce-station", args=[place(unit)]) for unit in ("stM", "stA"))
    assert merged in now
    assert old not in now
    assert old + "?on=01/01/2025" in then
    assert merged not in then
    assert "As of 01/01/2025" in text(planner.get(old, {"on": "01/01/2025"}))
    assert planner.get(old).status_code == 404
    for typed in ("hôm qua", "01/01/0001", "31/12/9999"):
        wrong = text(planner.get(board, {"on": typed}))
        assert "write it as 07/03/2026" in wrong
        assert merged in wrong


def test_the_gaps_of_another_day_are_filled_by_nobody_and_lead_back_to_that_day(signed_in, db):
    planner = signed_in("planner", place("hc"))
    assert codes(op(plain("Điều dưỡng", since=OLD), "stA")) == ["accepted"]
    old = reverse("workforce-station", args=[place("stA")])

    then = text(planner.get(old, {"on": "01/01/2025"}))
    now = text(planner.get(reverse("workforce-station", args=[place("stM")])))

    assert reverse("workforce") + "?on=01/01/2025" in then
    for today_only in ("Who could come?", f"{reverse('staff')}?unit="):
        assert today_only in now
        assert today_only not in then


def test_work_of_a_day_to_come_is_that_of_the_year_before_today(signed_in, db, monkeypatch):
    """Half of the year before a day to come has not happened: its visits would be too few."""
    asked = []

    def done(*, by, first, last):
        asked.append((first, last))
        return {}

    monkeypatch.setattr(clinical, "work_done", done)
    director = signed_in("director", place("P"))

    page = text(
        director.get(reverse("workforce"), {"on": f"{TODAY + timedelta(days=200):%d/%m/%Y}"})
    )

    assert "who will hold a post there" in page
    assert [last for _, last in asked] == [TODAY - timedelta(days=1)]


def test_a_station_whose_only_doctor_is_there_for_a_term_says_that_one_who_stays_is_lacking(editor):
    doctor = plain("Bác sĩ luân phiên", "doctor", contract="rotated")
    assert codes(op(doctor, "stM")) == ["accepted"]

    board = " ".join(text(editor.get(reverse("workforce"))).split())

    assert "1 for a term" in board
    assert "1 who stays is lacking" in board


FILE = """Họ tên,Ngày sinh,Chức danh,Đơn vị,Công tác từ ngày,Trình độ,Số GPHN,Ngày cấp GPHN,Giới tính
Lò Văn Pó,07/03/1985,BS,{unit},01/02/2026,ĐH,00123/ĐB,10/01/2024,Nam
Lò Văn Pó,07/03/1985,Y sỹ,{unit},01/02/2026,,,,Nam
Vàng A Páo,01/05/1990,Phi công,{unit},01/02/2026,,,,Nam
Mùa Thị Dế,02/05/1990,Nữ hộ sinh,{unit},01/02/2026,,77/ĐB,,Nữ
"""


def test_a_list_is_tried_row_by_row_and_taken_once(db):
    data = FILE.format(unit="").encode()

    def planned():
        table = read_table(data, "ds.csv", vocabulary=imports.fields().vocabulary)
        chosen = imports.Choices(unit=place("stM"))
        return imports.plan(by=PROGRAM, table=table, on=TODAY, at=NOW, choices=chosen), NOW

    made, at = planned()
    assert [(f.row, f.refusal.code) for f in made.findings if f.severity == "error"] == [
        (3, "workforce.person-said-twice"), (4, "workforce.word-unknown"),
        (5, "workforce.licence-undated"),
    ]  # fmt: skip
    with pytest.raises(import_findings.RowsToMend):
        imports.run(by=PROGRAM, plan=made, at=at)
    done = imports.run(by=PROGRAM, plan=made, at=at, accept_good_rows=True)
    assert (done.accepted, done.left_out, Member.objects.count()) == (1, 3, 1)
    again, _ = planned()
    assert (again.already, again.operations) == ([2], [])


def test_a_file_is_sent_on_screen_and_nothing_is_written_before_somebody_looked(editor):
    sent = SimpleUploadedFile("ds.csv", FILE.format(unit="").encode())

    to = editor.post(reverse("staff-import"), {"file": sent}).url

    page = text(editor.get(to))
    assert "Name" in page
    assert not Member.objects.exists()


def test_a_reader_of_figures_is_told_no_name(signed_in, db):
    assert codes(op(member("Quàng Thị Bí Mật"))) == ["accepted"]
    committee = signed_in("commune-committee", place("M"))

    for name in ("workforce", "workforce-structure"):
        assert "Bí Mật" not in text(committee.get(reverse(name)))
    assert committee.get(reverse("staff")).status_code == 404
    assert committee.get(reverse("staff-transfers")).status_code == 404


def test_licences_that_end_soon_are_found(editor):
    soon = TODAY + timedelta(days=60)
    late = op(member("Hết Hạn", shown=(licence("1", until=soon),)))
    assert codes(late, op(member("Còn Hạn", shown=(licence("2"),)))) == ["accepted"] * 2

    page = text(editor.get(reverse("staff"), {"ending": "1"}))

    assert "Hết Hạn" in page
    assert "Còn Hạn" not in page


def test_the_households_of_a_village_are_said_by_a_form(editor, monkeypatch):
    from tuyen.apps.registry import queries as registry

    monkeypatch.setattr(registry, "people_at", lambda *, by, on: {place("va"): 900})
    page = reverse("workforce-villages", args=[place("stM")])
    village = str(place("va"))
    said = {"village": village, "households": "1.200", "since": "01/09/2026", "source": "UBND xã"}

    assert "Nobody has said the households of 1 village" in text(editor.get(page))
    assert editor.post(page, said | {"households": "many"}).status_code == 422
    assert editor.post(page, said | {"village": str(place("hc"))}).status_code == 404
    assert editor.post(page, said).status_code == 302

    told = text(editor.get(page))
    assert "1,200" in told or "1.200" in told
    assert "large village" in told
    assert "900" in told
    assert editor.get(reverse("workforce-villages", args=[place("hc")])).status_code == 404


def test_an_accountant_is_on_file_and_counted_by_no_norm(editor):
    page = reverse("workforce-station", args=[place("stM")])
    before = text(editor.get(page))
    assert codes(op(plain("Lò Thị Sổ", "accountant"))) == ["accepted"]

    (row,) = [
        one for one in queries.staffing(by=PROGRAM, on=TODAY).rows if one.station == place("stM")
    ]
    after = text(editor.get(page))

    assert (row.have, row.by_cadre) == (0, {"accountant": 1})
    assert "accountant: no norm" not in before
    assert "1 person is an accountant: no norm" in after
