"""Everybody sees where they are signed in and which tablets are theirs, and ends them."""

import pytest
from django.contrib.sessions.models import Session

from tests.security.two_hands import browser_of
from tuyen.apps.access import services
from tuyen.apps.access.models import Device
from tuyen.apps.access.operations import EnrolDevice
from tuyen.apps.access.services import sessions

PAGE = "/account/devices/"


@pytest.mark.check("AU-09")
def test_ones_own_sessions_are_shown_and_ended_and_nobody_elses(holder):
    who, stranger = holder("station-head"), holder("station-head")
    other = browser_of(who.user)
    shown = who.browser.get(PAGE).context["sessions"]
    mine = next(each for each in shown if not each.here)
    strangers = stranger.browser.get(PAGE).context["sessions"][0]

    assert len(shown) == 2
    who.browser.post("/account/sessions/end/", {"session": strangers.name})
    assert stranger.browser.get("/account/").status_code == 200
    who.browser.post("/account/sessions/end/", {"session": mine.name})
    assert other.get("/account/").status_code == 302
    assert who.browser.get("/account/").status_code == 200
    assert len(who.browser.get(PAGE).context["sessions"]) == 1


@pytest.mark.check("AU-09")
def test_all_others_are_ended_at_once(holder):
    who = holder("station-head")
    others = [browser_of(who.user) for _ in range(3)]
    who.browser.post("/account/sessions/end/")

    assert [other.get("/account/").status_code for other in others] == [302] * 3
    assert who.browser.get("/account/").status_code == 200


@pytest.mark.check("AU-09")
def test_ones_own_tablet_is_shown_and_reported_lost(province, holder):
    who, stranger = holder("station-head"), holder("station-head")
    enrolled = EnrolDevice(user=who.user, key="ab" * 32, label="Máy của trạm")
    id = province.good(enrolled, province.near.units["S"])

    assert "Máy của trạm" in who.browser.get(PAGE).content.decode()
    assert "Máy của trạm" not in stranger.browser.get(PAGE).content.decode()
    assert stranger.browser.post(f"{PAGE}{id}/lost/", {"reason": "không có"}).status_code == 404
    assert Device.objects.get(pk=id).state == "active"
    who.browser.post(f"{PAGE}{id}/lost/", {"reason": "rơi mất ngoài bản"})
    assert Device.objects.get(pk=id).state != "active"


@pytest.mark.check("AU-09")
def test_ones_own_keys_of_programs_end_by_the_operator(holder):
    who = holder("station-head")
    assert who.program.get("/api/v1/units").status_code == 200

    services.revoke_keys(user=who.user, label="t", now=services_now())

    assert who.program.get("/api/v1/units").status_code == 401


def services_now():
    from tuyen.apps.access import clock

    return clock.real_now()


@pytest.mark.check("AU-09", mutant=True)
def test_mutant_an_end_that_ends_nothing_is_found(holder, monkeypatch):
    monkeypatch.setattr(sessions, "end_sessions", lambda *, keys: None)

    with pytest.raises(AssertionError):
        test_all_others_are_ended_at_once(holder)


@pytest.mark.check("AU-09", mutant=True)
def test_mutant_a_page_of_everybodys_sessions_is_found(holder, monkeypatch):
    def everybodys(*, user, now):
        for row in Session.objects.filter(expire_date__gt=now):
            yield row.session_key, row.get_decoded()

    monkeypatch.setattr(sessions, "sessions_of", everybodys)

    with pytest.raises(AssertionError):
        test_ones_own_sessions_are_shown_and_ended_and_nobody_elses(holder)
