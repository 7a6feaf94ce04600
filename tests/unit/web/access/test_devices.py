"""Tablets and sessions at the console: enrolled by the holder, ordered by the head, ended by oneself."""

# ruff: noqa: F401, F811  # fixtures of another room

import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tests.unit.web.registry.conftest import (
    province,
    sign_in,
    stage,
    world,
)
from tuyen.apps.access import clock, devices
from tuyen.apps.access.models import Device, Holding
from tuyen.apps.access.operations import EnrolDevice, Relieve

BACKEND = "django.contrib.auth.backends.ModelBackend"


def user_of(client) -> UUID:
    return UUID(client.session["_auth_user_id"])


@pytest.fixture
def head(province, sign_in):
    return sign_in("station-head", province.station)


@pytest.fixture
def midwife(province, sign_in):
    return sign_in("midwife", province.station)


@pytest.fixture
def tablet(world, province, midwife):
    wish = EnrolDevice(user=user_of(midwife), key="ab" * 32, label="máy của Én")
    (id,) = world.good(wish, unit=province.station)
    return id


class TestEnrolling:
    def test_the_holder_gets_a_code_that_enrols_in_their_name_once(self, midwife):
        page = midwife.post("/account/devices/code/")
        code = page.context["code"]

        actor, _unit = devices.use_code(code=code, on=date(2026, 10, 25), now=clock.real_now())

        assert re.fullmatch(r"(\w{4}-){3}\w{4}", code)
        assert page.content.decode().count("<svg") >= 1
        assert actor.user == user_of(midwife)
        with pytest.raises(devices.CodeRefused):
            devices.use_code(code=code, on=date(2026, 10, 25), now=clock.real_now())

    def test_who_may_not_enrol_gets_none(self, province, sign_in):
        planner = sign_in("planner", province.root)

        assert planner.post("/account/devices/code/").status_code == 404
        assert not planner.get("/account/devices/").context["may_enrol"]

    def test_the_page_never_asks_for_a_code_by_reading(self, midwife):
        assert midwife.get("/account/devices/code/").status_code == 405


class TestOrders:
    def test_the_head_sees_it_and_locks_it_with_a_reason(self, head, midwife, tablet):
        (listed,) = head.get("/tablets/").context["rows"]
        page = head.get(listed["href"])

        bare = head.post(f"/tablets/{tablet}/lock/", {"reason": ""})
        done = head.post(f"/tablets/{tablet}/lock/", {"reason": "để quên trên xe"})

        assert [label for label, _href, _danger in page.context["rows"][0]["orders"]] == [
            "Lock", "Wipe", "Revoke",
        ]  # fmt: skip
        assert (bare.status_code, done.status_code) == (422, 302)
        row = Device.objects.get(pk=tablet)
        assert (row.state, row.reason) == ("locked", "để quên trên xe")
        (after,) = head.get("/tablets/").context["rows"]
        assert (after["state"], after["waits"]) == ("Locked", True)

    @pytest.mark.parametrize(
        ("orders", "state"),
        [(["lock", "unlock"], "active"), (["wipe"], "wiped"), (["lock", "revoke"], "revoked")],
    )
    def test_orders_follow_one_another(self, head, tablet, orders, state):
        for order in orders:
            head.post(f"/tablets/{tablet}/{order}/", {"reason": "thử"})

        assert Device.objects.get(pk=tablet).state == state

    @pytest.mark.parametrize("order", ["unlock", "burn"])
    def test_an_order_that_makes_no_sense_has_no_page(self, head, tablet, order):
        assert head.get(f"/tablets/{tablet}/{order}/").status_code == 404

    def test_another_units_head_finds_nothing(self, province, sign_in, midwife, tablet):
        other = sign_in("station-head", province.far_station)

        assert other.get("/tablets/").context["rows"] == []
        assert other.get(f"/accounts/{user_of(midwife)}/").status_code == 404
        assert other.post(f"/tablets/{tablet}/wipe/", {"reason": "thử"}).status_code == 404
        assert other.get(f"/accounts/{uuid4()}/").status_code == 404

    def test_the_holder_reports_it_lost_and_orders_nothing_else(self, midwife, head, tablet):
        (own,) = midwife.get("/account/devices/").context["rows"]

        assert own["orders"] == []
        assert midwife.post(f"/tablets/{tablet}/wipe/", {"reason": "thử"}).status_code == 404
        assert midwife.post(f"/account/devices/{tablet}/lost/", {"reason": ""}).status_code == 422
        done = midwife.post(f"/account/devices/{tablet}/lost/", {"reason": "rơi ở suối"})
        assert done.status_code == 302
        assert Device.objects.get(pk=tablet).state == "locked"
        assert head.post(f"/account/devices/{tablet}/lost/", {"reason": "thử"}).status_code == 404

    def test_an_account_of_ones_unit_is_shown_without_a_tablet(self, head, midwife):
        page = head.get(f"/accounts/{user_of(midwife)}/")

        assert page.status_code == 200
        assert page.context["rows"] == []

    def test_a_post_that_has_ended_opens_the_account_no_more(
        self,
        world,
        province,
        head,
        midwife,
    ):
        holding = Holding.objects.get(user=user_of(midwife))
        world.good(Relieve(holding=holding.pk, until=date(2026, 10, 1)), unit=province.station)

        assert head.get(f"/accounts/{user_of(midwife)}/").status_code == 404


class TestSessions:
    @pytest.fixture
    def second(self, midwife):
        """The same person at another browser."""
        client = Client(headers={"accept-language": "en", "user-agent": "X11; Linux Firefox/140"})
        client.force_login(_user(midwife), backend=BACKEND)
        return client

    def test_they_are_listed_and_this_one_is_marked(self, midwife, second):
        sessions = second.get("/account/devices/").context["sessions"]

        assert [session.here for session in sessions] == [True, False]
        assert all(second.session.session_key not in session.name for session in sessions)

    def test_one_is_ended_and_ends_at_its_next_request(self, midwife, second):
        other = next(s for s in midwife.get("/account/devices/").context["sessions"] if not s.here)

        midwife.post("/account/sessions/end/", {"session": other.name})

        assert second.get("/account/devices/").status_code == 302
        assert midwife.get("/account/devices/").status_code == 200

    def test_all_others_are_ended_and_nobody_elses(self, midwife, second, head):
        midwife.post("/account/sessions/end/")

        assert second.get("/account/").status_code == 302
        assert head.get("/account/").status_code == 200
        assert midwife.get("/account/").status_code == 200

    def test_this_session_and_those_of_others_cannot_be_named(self, midwife, head):
        own, others = (c.get("/account/devices/").context["sessions"][0].name
                       for c in (midwife, head))  # fmt: skip
        before = Session.objects.count()

        for name in (own, others, "x"):
            midwife.post("/account/sessions/end/", {"session": name})

        assert Session.objects.count() == before


def _user(client):
    from tuyen.apps.access.models import User

    return User.objects.get(pk=user_of(client))


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/126.0 Mobile Safari/537",
            "Chrome, Android",
        ),
        ("<script>alert(1)</script>", ""),
    ],
)
def test_a_browser_is_told_by_its_kind_and_nothing_else_is_kept(agent, told):
    from tuyen.web.access.sessions import browser

    assert browser(agent) == told
