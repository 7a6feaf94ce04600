"""Coverage, the room's first page and a campaign at the human door: every part answers, with its file,
also where there is nothing."""

import csv
import io
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from tests.unit.apps.immunization.conftest import TODAY, World, booklet
from tests.unit.apps.immunization.holding import AT, opened, through
from tests.unit.apps.immunization.test_status import primary
from tuyen.apps.access import clock
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.kernel.ids import NODE, uuid7
from tuyen.web.immunization import views_lists
from tuyen.web.immunization.coverage_asked import PARTS

BORN = date(2025, 1, 10)


@pytest.fixture(autouse=True)
def hour(monkeypatch, settings):
    monkeypatch.setattr(clock, "now", lambda: AT.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def world(db):
    return World()


def client_of(world, role, unit) -> Client:
    login = f"u{uuid7().hex[-10:]}"
    (user,) = world.good(OpenAccount(login=login, name="Người thử"), unit=NODE)
    (post,) = world.good(CreatePost(role=role, since=date(2020, 1, 1)), unit=unit)
    world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=unit)
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_every_part_answers_with_its_file(world):
    whole, late = world.child("Trẻ Đủ", born=BORN), world.child("Trẻ Thiếu", born=BORN)
    world.good(primary(whole, BORN), booklet(late, ("BCG", BORN)), unit=world.station)
    cdc = client_of(world, "cdc-epidemiologist", world.province)
    director = client_of(world, "director", world.province)

    pages = {
        part: cdc.get(reverse("immunization-coverage"), {"show": part, "year": "2025"})
        for part in PARTS
    }
    files = {
        part: cdc.get(reverse("immunization-coverage-table"), {"show": part, "year": "2025"})
        for part in PARTS
    }

    assert {page.status_code for page in (*pages.values(), *files.values())} == {200}
    areas = pages["areas"].content.decode()
    assert "1 of 2 who are old enough" in areas
    assert "list=missed" in areas
    assert "list=missed" not in director.get(
        reverse("immunization-coverage"), {"year": "2025"}
    ).content.decode()  # fmt: skip
    rows = list(csv.reader(io.StringIO(files["way"].content.decode("utf-8-sig"))))
    assert rows[-1][1:] == ["2", "1", "1"]
    behind = cdc.get(
        reverse("children"),
        {"list": "missed", "code": "mr-1", "born_from": "01/01/2025", "born_to": "31/12/2025"},
    ).content.decode()
    assert "Trẻ Thiếu" in behind
    assert "Trẻ Đủ" not in behind


@pytest.mark.parametrize("query", [
    {"year": "999999999999"}, {"area_text": "Không có nơi này"}, {"code": "zzz", "map": "old"},
    {"show": "none", "area": "x"}, {"show": "chance", "level": "village", "year": "1800"},
])  # fmt: skip
def test_what_cannot_be_read_is_left_out(world, query):
    cdc = client_of(world, "cdc-epidemiologist", world.province)

    answer = cdc.get(reverse("immunization-coverage"), query)

    assert answer.status_code == 200
    assert ("No place is called" in answer.content.decode()) == ("area_text" in query)


def test_the_first_page_shows_what_the_post_may_open(world):
    session = opened(world, kind="campaign", campaign="Sởi 2026")
    through(world, session, world.child())
    nurse = client_of(world, "station-head", world.station)
    committee = client_of(world, "commune-committee", world.commune)

    page = nurse.get(reverse("immunization")).content.decode()
    bare = committee.get(reverse("immunization")).content.decode()

    assert reverse("session", args=[session]) in page
    assert 'id="stock"' in page
    assert 'id="stock"' not in bare
    assert 'id="sessions"' not in bare
    named = nurse.get(reverse("campaign-days")).content.decode()
    assert "of/?name=S%E1%BB%9Fi+2026" in named
    campaign = nurse.get(reverse("campaign"), {"name": "Sởi 2026"}).content.decode()
    assert "Vaccinated, by age" in campaign
    table = nurse.get(reverse("campaign-export"), {"name": "Sởi 2026"}).content.decode("utf-8-sig")
    assert table.splitlines()[-1].startswith("Total,1,")
    assert nurse.get(reverse("campaign"), {"name": "Không có"}).status_code == 404


def test_a_class_is_taken_out_whole_for_a_reason(world, monkeypatch):
    for n in range(3):
        world.child(f"Trẻ {n}", born=date(2020, 2, 1 + n))
    monkeypatch.setattr(views_lists, "MOST_SHOWN", 2)
    nurse = client_of(world, "station-head", world.station)

    page = nurse.get(reverse("school-check"), {"year": "2020"}).content.decode()
    refused = nurse.post(reverse("school-export"), {"year": "2020", "reason": " "}, follow=True)
    file = nurse.post(reverse("school-export"), {"year": "2020", "reason": "a check of grade 1"})

    assert "The first 2 of 3 are shown" in page
    assert "Write the reason" in refused.content.decode()
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert len(rows[2:]) == 3
    assert "Trẻ" not in file.content.decode()
    assert rows[-1][1:4] == ["2020-02", "Huổi Hoi", "Nà Hỳ"]
    assert "Measles" in rows[-1][4]
