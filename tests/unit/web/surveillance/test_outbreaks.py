"""The room of an outbreak at the door: opened, filled, followed, reported, and shown to whom it may be."""

import re
from datetime import timedelta

import pytest

from tests.unit.apps.surveillance.conftest import case, place
from tests.unit.web.surveillance.conftest import NOW, TODAY
from tuyen.apps.access import clock
from tuyen.apps.access.models import Reading
from tuyen.apps.surveillance.models import (
    Alarm,
    Contact,
    Declaration,
    FollowUp,
    Outbreak,
    OutbreakCase,
    OutbreakTask,
)
from tuyen.apps.surveillance.tasks import scan_all

PARTS = ("", "cases/", "chains/", "contacts/", "map/", "laboratory/", "tasks/", "reports/", "times/",
         "definition/", "isolation/", "form-01/", "form-02/")  # fmt: skip


@pytest.fixture
def cdc(signed_in):
    return signed_in("cdc-epidemiologist", place("hc"))


def opened(client, **changes) -> Outbreak:
    data = {"disease": "measles", "commune": str(place("M")), "since": "15/10/2026", "mine": "1"}
    answer = client.post("/outbreaks/new/", data | changes)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return Outbreak.objects.get()


def shown(client, at, status=200) -> str:
    answer = client.get(at)
    assert answer.status_code == status, at
    return answer.content.decode()


def sent(client, outbreak, what, status=302, **data):
    answer = client.post(f"/outbreaks/{outbreak.id}/{what}/", data)
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer


def test_an_alarm_fills_the_opening_in_and_is_answered_by_it(cdc, report):
    ill = report(*(case(cluster="lớp 1A", age=n) for n in range(3)))
    scan_all(on=TODAY, at=NOW)
    alarm = Alarm.objects.get(rule="AL-B2")
    page = shown(cdc, f"/outbreaks/new/?alarm={alarm.id}")

    fields = dict(re.findall(r'name="(since|disease)" value="([^"]*)"', page))
    opened(cdc, alarm=str(alarm.id), case=[str(one.id) for one in ill], **fields)

    alarm.refresh_from_db()
    assert fields == {"since": "21/10/2026", "disease": "measles"}
    assert page.count('name="case"') == 3
    assert alarm.state == "outbreak"
    assert OutbreakCase.objects.count() == 3
    assert Outbreak.objects.get().assignee_id is not None


@pytest.mark.parametrize(
    ("why", "changes", "said"),
    [
        ("no commune", {"commune": ""}, "choose at least one"),
        ("no day", {"since": "mai"}, "is not a day"),
        ("it begins tomorrow", {"since": "26/10/2026"}, "correct the day"),
        ("no disease", {"disease": ""}, "Choose the disease"),
    ],
)
def test_an_opening_that_cannot_be_read_says_so_and_loses_nothing(cdc, why, changes, said):
    data = {"disease": "measles", "commune": str(place("M")), "since": "15/10/2026",
            "title": "Sởi ở trường"}  # fmt: skip
    answer = cdc.post("/outbreaks/new/", data | changes)

    assert answer.status_code == 422, why
    assert said in answer.content.decode()
    assert "Sởi ở trường" in answer.content.decode()


def test_every_part_of_an_empty_room_says_what_to_do_next(cdc):
    outbreak = opened(cdc)

    for part in PARTS:
        assert "Measles" in shown(cdc, f"/outbreaks/{outbreak.id}/{part}"), part


def test_the_line_list_is_filled_by_the_definition_and_its_reading_is_written_down(cdc, report):
    (ill,) = report(case(name="Giàng Thị Sua"))
    outbreak = opened(cdc)
    page = shown(cdc, f"/outbreaks/{outbreak.id}/cases/")
    assert "Giàng Thị Sua" in page.split("Meet the definition")[1]

    sent(cdc, outbreak, "run/attach", case=str(ill.id), by="definition")

    assert "Giàng Thị Sua" in shown(cdc, f"/outbreaks/{outbreak.id}/cases/")
    assert Reading.objects.filter(subject="surveillance.case").exists()
    assert shown(cdc, f"/cases/?outbreak={outbreak.id}").count("Giàng Thị Sua") == 1


def test_contacts_are_written_down_by_lines_and_followed_on_the_grid(cdc, report):
    (ill,) = report(case(name="Giàng Thị Sua"))
    outbreak = opened(cdc, case=str(ill.id))

    sent(cdc, outbreak, "follow/contacts", people="Lầu A Bảo; 9; 0912 345 678\nVừ Thị Mai",
         exposed_on="22/10/2026", relation="class", case=str(ill.id))  # fmt: skip
    one, other = Contact.objects.order_by("name_folded")
    sent(cdc, outbreak, "follow/follow", day="25/10/2026",
         **{f"m-{one.id}": "ill", f"m-{other.id}": "well"})  # fmt: skip

    assert (one.name, one.age, one.phone) == ("Lầu A Bảo", 9, "0912 345 678")
    assert FollowUp.objects.count() == 2
    page = shown(cdc, f"/outbreaks/{outbreak.id}/contacts/")
    assert f"/cases/new/?contact={one.id}" in page
    assert Reading.objects.filter(subject="surveillance.contact").exists()


def test_an_ill_contact_becomes_a_case_in_one_tap(signed_in, cdc, report):
    (ill,) = report(case())
    outbreak = opened(cdc, case=str(ill.id))
    sent(cdc, outbreak, "follow/contacts", people="Lầu A Bảo; 9", exposed_on="22/10/2026",
         relation="class", case=str(ill.id))  # fmt: skip
    contact = Contact.objects.get()
    sent(cdc, outbreak, "follow/follow", day="25/10/2026", **{f"m-{contact.id}": "ill"})
    station = signed_in("station-head", place("stM"))

    page = shown(station, f"/cases/new/?contact={contact.id}")
    draft = re.search(r'name="draft" value="([^"]+)"', page)[1]
    answer = station.post("/cases/new/", {
        "draft": draft, "disease": "Measles", "disease_id": "measles", "name": "Lầu A Bảo",
        "sex": "male", "age": "9", "place": "M", "place_id": str(place("M")),
        "classification": "suspected", "onset_on": "24/10/2026", "unit": str(place("stM")),
    })  # fmt: skip

    assert 'value="Lầu A Bảo"' in page
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    contact.refresh_from_db()
    assert str(contact.became_id) == draft
    assert OutbreakCase.objects.filter(case_id=contact.became_id, by="contact").exists()


def test_a_wrong_line_of_contacts_is_said_and_kept(cdc):
    outbreak = opened(cdc)

    answer = sent(cdc, outbreak, "follow/contacts", 422, people="Lầu A Bảo; chín", relation="class",
                  exposed_on="22/10/2026")  # fmt: skip

    assert "“chín” is not an age" in answer.content.decode()
    assert "Lầu A Bảo; chín" in answer.content.decode()


def test_a_report_is_issued_numbered_and_compared(cdc, report, monkeypatch):
    ill = report(case(), case(age=9))
    outbreak = opened(cdc, case=str(ill[0].id))
    sent(cdc, outbreak, "run/sitrep", situation="Một ca")
    sent(cdc, outbreak, "run/attach", case=str(ill[1].id))
    monkeypatch.setattr(clock, "now", lambda: (NOW + timedelta(1)).astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY + timedelta(1))
    sent(cdc, outbreak, "run/sitrep", situation="Hai ca")

    page = shown(cdc, f"/outbreaks/{outbreak.id}/reports/2/")

    row = next(row for row in page.split("<tr") if ">Cases</th>" in row)
    assert re.findall(r">([^<>\s][^<>]*)<", row) == ["Cases", "2", "1", "+1"]
    assert "Hai ca" in page
    assert "Một ca" in shown(cdc, f"/outbreaks/{outbreak.id}/reports/1/")
    shown(cdc, f"/outbreaks/{outbreak.id}/reports/3/", 404)


def test_closing_too_early_says_when_it_may(cdc, report):
    (ill,) = report(case())
    outbreak = opened(cdc, case=str(ill.id))

    answer = sent(cdc, outbreak, "declare/close", 422, because="rule")

    assert "11/11/2026" in answer.content.decode()


def test_a_declaration_fills_form_01_and_leaves_the_rest_blank(cdc):
    outbreak = opened(cdc)
    before = shown(cdc, f"/outbreaks/{outbreak.id}/form-01/")
    sent(cdc, outbreak, "declare/declare", level="epidemic", authority="station",
         document="07/TB-TYT", declared_on="25/10/2026", criterion="EP-B2")  # fmt: skip

    after = shown(cdc, f"/outbreaks/{outbreak.id}/form-01/")

    assert "07/TB-TYT" not in before
    assert "07/TB-TYT" in after
    assert "Sởi" in after
    assert 0 < after.count('class="blank') < before.count('class="blank')


def test_the_figures_of_group_a_are_shown_and_a_person_decides(cdc, report):
    ill = report(case(disease="plague", classification="confirmed"),
                 case(disease="plague", age=30))  # fmt: skip
    outbreak = opened(cdc, disease="plague", case=[str(one.id) for one in ill])
    page = shown(cdc, f"/outbreaks/{outbreak.id}/")
    plain = {"level": "epidemic", "authority": "station", "document": "07/TB-TYT",
             "declared_on": "25/10/2026"}  # fmt: skip

    assert "1 confirmed case on the line list; an epidemic from 1 on." in page
    assert '<option value="EP-A" selected>' in page
    assert "a proposal of the project, not law" in page
    sent(cdc, outbreak, "declare/declare", 422, basis="1 ca xác định", **plain)
    assert not Declaration.objects.exists(), "figures without a criterion that somebody chose"

    sent(cdc, outbreak, "declare/declare", criterion="EP-A", basis="1 ca xác định", **plain)
    assert "1 ca xác định" in Declaration.objects.get().content
    again = shown(cdc, f"/outbreaks/{outbreak.id}/")
    assert '<option value="EP-A" selected>' not in again, (
        "the next may be another level, or the end"
    )


def test_tasks_are_finished_by_evidence(cdc):
    outbreak = opened(cdc)
    task = OutbreakTask.objects.get(action="laboratory")

    sent(cdc, outbreak, "run/finish-task", 422, task=str(task.id), evidence="")
    sent(cdc, outbreak, "run/finish-task", task=str(task.id), evidence="Phiếu 12")

    assert OutbreakTask.objects.get(pk=task.id).done_on == TODAY
    assert "Phiếu 12" in shown(cdc, f"/outbreaks/{outbreak.id}/tasks/")


def test_who_may_not_see_names_sees_figures(signed_in, cdc, report):
    (ill,) = report(case(name="Giàng Thị Sua"))
    outbreak = opened(cdc, case=str(ill.id))
    director = signed_in("director", place("P"))

    assert ">1</dd>" in shown(director, f"/outbreaks/{outbreak.id}/")
    assert "Giàng Thị Sua" not in shown(director, f"/outbreaks/{outbreak.id}/cases/")
    assert "Giàng Thị Sua" not in shown(director, f"/outbreaks/{outbreak.id}/chains/")
    shown(director, f"/outbreaks/{outbreak.id}/contacts/", 404)
    sent(director, outbreak, "run/sitrep", 404)
    shown(signed_in("station-head", place("stN")), f"/outbreaks/{outbreak.id}/", 404)


def test_each_figure_of_717_opens_to_its_events(cdc, report):
    (ill,) = report(case(onset_on=TODAY - timedelta(12), diagnosed_on=TODAY))
    outbreak = opened(cdc, case=str(ill.id), since="13/10/2026")
    sent(cdc, outbreak, "run/bottleneck", why="detect:care-sought-late")

    page = shown(cdc, "/seven-one-seven/")
    missed = shown(cdc, "/seven-one-seven/?stage=detect&state=missed")
    met = shown(cdc, "/seven-one-seven/?stage=detect&state=met")
    table = cdc.get("/seven-one-seven.csv").content.decode("utf-8-sig")

    assert "People sought care late" in page
    assert outbreak.title in missed
    assert outbreak.title not in met
    assert outbreak.title in table.splitlines()[1]
    assert ",12," in table.splitlines()[1]


def test_the_questions_of_a_page_do_not_grow_with_its_cases(
    cdc, report, django_assert_max_num_queries
):
    ill = report(*(case(age=n % 90) for n in range(150)))
    outbreak = opened(cdc, case=[str(one.id) for one in ill])

    for part in PARTS:
        with django_assert_max_num_queries(60):
            shown(cdc, f"/outbreaks/{outbreak.id}/{part}")


def test_every_picture_of_the_room_is_a_file_too_and_names_nobody(cdc, report):
    first, second = report(case(name="Giàng A Thử"), case(name="Lò Thị Thử"))
    outbreak = opened(cdc, case=[str(first.id), str(second.id)])
    sent(
        cdc,
        outbreak,
        "run/link",
        case=str(second.id),
        infector=str(first.id),
        evidence="same-house",
    )
    sent(
        cdc,
        outbreak,
        "follow/contacts",
        people="Vàng Thị Thử; 30",
        exposed_on="20/10/2026",
        relation="class",
    )

    files = {part: cdc.get(f"/outbreaks/{outbreak.id}/{part}?form=csv")
             for part in ("", "chains/", "map/", "contacts/")}  # fmt: skip

    lines = {part: file.content.decode("utf-8-sig").splitlines() for part, file in files.items()}
    assert all(file.headers["Content-Type"].startswith("text/csv") for file in files.values())
    assert lines[""][0].startswith("day,confirmed,probable,suspected")
    assert sum(int(n) for line in lines[""][1:] for n in line.split(",")[1:4]) == 2
    assert f"{second.id}" in lines["chains/"][2] + lines["chains/"][1]
    assert any(str(first.id) in line and "same-house" in line for line in lines["chains/"])
    assert lines["map/"][1].endswith(",2,1")
    assert len(lines["contacts/"]) == 2
    assert not any("Thử" in line for each in lines.values() for line in each)
    assert f"{shown(cdc, f'/outbreaks/{outbreak.id}/chains/')}".count("form=csv") == 1
