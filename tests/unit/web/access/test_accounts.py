"""Accounts and posts: who manages them, how one is found among many, how one ends."""

from datetime import date
from uuid import UUID

import pytest

from tests.unit.web.registry.conftest import Province, province, sign_in, stage, world
from tuyen.apps.access.models import Holding, User
from tuyen.apps.access.operations import OpenAccount
from tuyen.kernel.ids import NODE, uuid7

__all__ = ["Province", "province", "sign_in", "stage", "world"]


@pytest.fixture
def admin(province, sign_in):
    return sign_in("administrator")


@pytest.fixture
def nga(world):
    (id,) = world.good(OpenAccount(login="tong.nga", name="Tòng Thị Nga"), unit=NODE)
    return id


def listed(answer):
    return [row["account"].login for row in answer.context["rows"]]


def test_an_account_is_found_by_name_without_marks(admin, nga):
    assert listed(admin.get("/accounts/?q=nga+tong")) == ["tong.nga"]
    assert listed(admin.get("/accounts/?q=khong+co")) == []


def test_accounts_come_in_pages(admin, world):
    world.good(
        *(OpenAccount(login=f"nguoi{n:03}", name=f"Người {n}") for n in range(60)), unit=NODE
    )

    answer = admin.get("/accounts/")

    assert len(listed(answer)) == 50
    assert answer.context["page"].paginator.num_pages == 2


def test_an_account_opens_with_its_post_and_a_link_shown_once(admin, province):
    answer = admin.post(
        "/accounts/open/",
        {"login": "lo.hoa", "name": "Lò Thị Hoà", "role": "midwife", "unit": "Trạm Y tế xã Nà Hỳ",
         "unit_id": str(province.station), "since": "01/10/2026"},
    )  # fmt: skip

    user = User.objects.get(login="lo.hoa")
    holding = Holding.objects.get(user=user)
    assert (holding.post.role, holding.post.unit_id) == ("midwife", province.station)
    assert holding.since == date(2026, 10, 1)
    assert "/welcome/#" in answer.context["link"]


def test_the_link_lets_its_person_choose_a_password(admin, nga, client):
    link = admin.post(f"/accounts/{nga}/invite/").context["link"]

    answer = client.post(
        "/welcome/",
        {"token": link.split("#")[1], "password": "ba ngọn núi xanh", "again": "ba ngọn núi xanh"},
    )

    assert answer.status_code == 302
    assert User.objects.get(pk=nga).check_password("ba ngọn núi xanh")


def test_a_login_in_use_is_refused_in_the_form(admin, nga, province):
    answer = admin.post(
        "/accounts/open/",
        {"login": "tong.nga", "name": "Nga", "role": "midwife", "unit": "x",
         "unit_id": str(province.station), "since": "01/10/2026"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert b"already in use" in answer.content


def test_a_chosen_unit_that_is_not_on_the_map_is_no_place_for_a_post(admin, province):
    form = {"login": "lo.hoa", "name": "Hoà", "role": "midwife", "unit": "Trạm Y tế xã Nà Hỳ",
            "unit_id": str(uuid7()), "since": "01/10/2026"}  # fmt: skip

    answer = admin.post("/accounts/open/", form)

    assert answer.status_code == 422
    assert b"No unit is called that today" in answer.content
    assert not User.objects.filter(login="lo.hoa").exists()


def test_a_unit_that_is_not_there_is_asked_for_again(admin, province):
    answer = admin.post(
        "/accounts/open/",
        {
            "login": "lo.hoa",
            "name": "Hoà",
            "role": "midwife",
            "unit": "Qwxz",
            "since": "01/10/2026",
        },
    )

    assert answer.status_code == 422
    assert not User.objects.filter(login="lo.hoa").exists()


def test_a_closed_account_and_an_ended_post_are_shown_so(admin, nga):
    admin.post(f"/accounts/{nga}/close/")

    (row,) = admin.get("/accounts/?q=nga").context["rows"]
    assert row["account"].closed_on == date(2026, 10, 25)


def test_a_post_ends_with_the_day(admin, sign_in, province):
    sign_in("midwife", province.station)
    holding = Holding.objects.get(post__role="midwife")

    admin.post(f"/accounts/{holding.pk}/relieve/")

    holding.refresh_from_db()
    assert holding.until == date(2026, 10, 26)


def test_others_find_no_accounts(sign_in, province):
    nurse = sign_in("station-head", province.station)

    assert nurse.get("/accounts/").status_code == 404
    assert nurse.post(f"/accounts/{UUID(int=1)}/close/").status_code == 404
