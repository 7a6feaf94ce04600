"""Schedules at the human door: what holds and how sure it is, whom another changes, the decision."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.unit.apps.immunization.conftest import BORN, NOW, TODAY, World, booklet
from tuyen.apps.access import clock
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.immunization import schedule_tasks
from tuyen.apps.immunization.models import PackActivation
from tuyen.kernel.ids import NODE, uuid7
from tuyen.rules.immunization import schedules
from tuyen.web.immunization import pack_words

GRACE = "vn-tt13-2026-grace"


@pytest.fixture(autouse=True)
def stage(monkeypatch, settings):
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def world(db):
    return World()


def browser(world, role, unit, language="en") -> Client:
    login = f"u{uuid7().hex[-10:]}"
    (user,) = world.good(OpenAccount(login=login, name="Người thử"), unit=NODE)
    (post,) = world.good(CreatePost(role=role, since=date(2020, 1, 1)), unit=unit)
    world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=unit)
    client = Client(headers={"accept-language": language})
    client.force_login(
        User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


def test_a_decision_from_its_effect_to_its_roll_back(world):
    child = world.child()
    early = [("DTP-HepB-Hib", BORN + timedelta(60)), ("DTP-HepB-Hib", BORN + timedelta(86))]
    world.good(booklet(child, *early), unit=world.station)
    client = browser(world, "cdc-epidemiologist", world.province)

    every = client.get(reverse("packs")).content.decode()
    effect = client.get(reverse("pack", args=[GRACE]), {"on": "25/10/2026"}).content.decode()

    assert "The province has decided nothing yet" in every
    assert "Nà Hỳ" in effect
    assert "1 of 1 people" in effect
    assert "Grace, days" in effect
    unseen = client.post(
        reverse("pack-activate", args=[GRACE]), {"on": "25/10/2026", "reason": "so be it"}
    )
    assert (unseen.status_code, PackActivation.objects.count()) == (422, 0)
    assert "See first whom the schedule changes." in unseen.content.decode()

    form = {"on": "25/10/2026", "reason": "so be it", "people": "1", "changed": "1"}
    done = client.post(reverse("pack-activate", args=[GRACE]), form, follow=True)
    row = PackActivation.objects.get()
    assert (row.pack, row.changed) == (GRACE, 1)
    assert "1 of 1" in done.content.decode()
    again = client.post(reverse("pack-activate", args=[GRACE]), form)
    assert again.status_code == 422

    back = reverse("pack-roll-back", args=[row.id])
    assert client.post(back, {"reason": " "}).status_code == 422
    client.post(back, {"reason": "too many were called"})
    row.refresh_from_db()
    assert row.rollback_reason == "too many were called"


def test_a_station_reads_the_schedule_and_decides_nothing(world):
    client = browser(world, "station-head", world.station, "vi")

    page = client.get(reverse("pack", args=[GRACE]), {"on": "25/10/2026"}).content.decode()

    assert "chưa xác nhận" in page
    assert "Xem ai thay đổi" not in page
    assert client.post(reverse("pack-activate", args=[GRACE])).status_code == 404
    assert client.get(reverse("pack", args=["vn-2017"])).status_code == 404


def test_every_figure_of_every_schedule_has_its_words():
    for one in schedules.regimes():
        for figure in schedules.figures(one.code):
            assert figure.field in pack_words.FIELD
            assert pack_words.row(figure.row) != figure.row
            assert pack_words.value(figure.value)


def test_who_decided_brings_the_children_up_to_date_part_by_part(world, monkeypatch):
    monkeypatch.setattr(schedule_tasks, "AT_FIRST", 1)
    monkeypatch.setattr(schedule_tasks.catch_up, "__kwdefaults__", {"most": 1})
    early = [("DTP-HepB-Hib", BORN + timedelta(60)), ("DTP-HepB-Hib", BORN + timedelta(86))]
    for n in range(3):
        world.good(booklet(world.child(f"Vàng A {n}"), *early), unit=world.station)
    client = browser(world, "cdc-epidemiologist", world.province)
    form = {"on": "25/10/2026", "reason": "so be it", "people": "3", "changed": "3"}

    said = client.post(reverse("pack-activate", args=[GRACE]), form, follow=True).content.decode()
    asked = {"headers": {"HX-Request": "true"}}
    first = client.post(reverse("packs-catch-up"), **asked).content.decode()
    last = client.post(reverse("packs-catch-up"), **asked).content.decode()

    assert "2 children still stand by an earlier schedule and are being" in said
    assert 'hx-trigger="load' in said
    assert "1 child still stands" in first
    assert "Every child stands by the schedule in force." in last
    assert "hx-trigger" not in last
    station = browser(world, "station-head", world.station)
    assert station.post(reverse("packs-catch-up")).status_code == 404
