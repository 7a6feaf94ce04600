"""Old doses by the screens of an import: tried, mended, sent again, taken."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.unit.apps.immunization.conftest import NOW, TODAY, World
from tests.unit.web.immunization.test_dose_pages import holder
from tuyen.apps.access import clock
from tuyen.apps.access.models import Reading
from tuyen.apps.immunization.models import Dose
from tuyen.apps.registry.operations import Identify

HEAD = "Đứa trẻ,Số ĐDCN,Ngày sinh,Mũi gì,Ngày tiêm,Số lô\n"
ROWS = ["Vàng A Tủa,011226000017,10/01/2026,BCG,12/01/2026,B1",
        "Vàng A Tủa,011226000017,10/01/2026,999,13/03/2026,P1",
        "Vàng A Súa,011226000017,11/01/2026,BCG,12/02/2026,",
        "Vàng A Tủa,011226000017,10/01/2026,MR,09/01/2026,"]  # fmt: skip
BY_HAND = {"column-A": "person_name", "column-D": "vaccine"}


@pytest.fixture
def nurse(db, monkeypatch, settings, tmp_path):
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"
    settings.UPLOADS = tmp_path / "uploads"
    world = World()
    child = world.child()
    number = Identify(person=child, system="personal_number", value="011226000017")
    world.good(number, unit=world.village, on=date(2026, 2, 1))
    return holder(world, "midwife")


def sent(nurse, data):
    file = SimpleUploadedFile("sổ tiêm.csv", data)
    where = nurse.post(reverse("dose-import"), {"file": file})["Location"]
    page = nurse.get(where)
    fields = {f"column-{row['letter']}": row["field"] for row in page.context["rows"]}
    return where, nurse.post(
        where, fields | BY_HAND | {"unit": page.context["units"][0][0]}, follow=True
    )


def test_a_file_is_tried_mended_and_taken(nurse):
    where, tried = sent(nurse, (HEAD + "\n".join(ROWS)).encode())
    said = tried.content.decode()
    found = [(one["row"], one["value"], one["word"]) for one in tried.context["findings"]]
    assert [(row, value) for row, value, word in found if word == "Error"] == [
        (3, "999"), (4, "011226000017"), (5, "09/01/2026"),
    ]  # fmt: skip
    assert "The number belongs to Vàng A Tủa, not to Vàng A Súa" in said
    assert Reading.objects.filter(subject="immunization.child").exists()
    assert nurse.post(where + "accept/").status_code == 422  # nobody said: without those
    assert not Dose.objects.exists()

    mend = nurse.get(where + "errors.csv").content.decode("utf-8-sig")
    mended = mend.replace(",999,", ",198,").replace("09/01/2026", "09/10/2026")
    mended = mended.replace("Vàng A Súa", "Vàng A Tủa").replace("11/01/2026", "10/01/2026")
    taken = nurse.post(where + "accept/", {"good": "1"}, follow=True)
    assert taken.context["done"]["accepted"] == 1
    again, tried = sent(nurse, mended.encode())
    assert tried.context["bad"] == 0
    nurse.post(again + "accept/")

    assert sorted(Dose.objects.values_list("vaccine", flat=True)) == [
        "BCG", "BCG", "DTP-HepB-Hib", "MR",
    ]  # fmt: skip
    nurse.post(again + "discard/")
    assert nurse.get(again).status_code == 404
