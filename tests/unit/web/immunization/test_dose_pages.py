"""A dose corrected on the screen: what it does is shown before and after, with reasons in words."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.unit.apps.immunization.conftest import BORN, NOW, TODAY, World, booklet
from tuyen.apps.access import clock
from tuyen.apps.access.models import User
from tuyen.apps.access.operations import Appoint, CreatePost, OpenAccount
from tuyen.apps.immunization.models import Dose
from tuyen.kernel.ids import NODE, uuid7

FIRST = BORN + timedelta(days=70)


@pytest.fixture
def world(db, monkeypatch, settings):
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"
    return World()


def holder(world, role) -> Client:
    login = f"u{uuid7().hex[-10:]}"
    (user,) = world.good(OpenAccount(login=login, name="Người thử"), unit=NODE)
    (post,) = world.good(CreatePost(role=role, since=date(2020, 1, 1)), unit=world.station)
    world.good(Appoint(post=post, user=user, since=date(2020, 1, 1)), unit=world.station)
    client = Client(headers={"accept-language": "en"})
    client.force_login(
        User.objects.get(login=login), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client


@pytest.fixture
def dose(world) -> Dose:
    world.good(booklet(world.child(), ("DTP-HepB-Hib", FIRST)), unit=world.station)
    return Dose.objects.get()


def fields(dose, **changed):
    stands = {"vaccine": dose.vaccine, "on": f"{dose.given_on:%d/%m/%Y}", "precision": "day",
              "product": "", "lot": dose.lot, "programme": dose.programme, "place": dose.place,
              "revision": dose.revision, "reason": "misread"}  # fmt: skip
    return stands | changed


def test_a_dose_is_corrected_with_what_it_does(world, dose):
    nurse = holder(world, "station-head")
    amend, effect = (reverse(f"dose-{what}", args=[dose.id]) for what in ("amend", "effect"))
    young = f"{BORN + timedelta(days=20):%d/%m/%Y}"

    seen = nurse.post(effect, fields(dose, on=young, reason="")).content.decode()
    assert all(text in seen for text in ("1 → <b>0</b>", "dose 2", "dose 1"))
    same = nurse.post(amend, fields(dose, look="1")).content.decode()
    assert "The amendment changes nothing" in same
    early = nurse.post(amend, fields(dose, on="01/01/2026"))
    assert (early.status_code, "is before the birth" in early.content.decode()) == (422, True)
    done = nurse.post(amend, fields(dose, on=young))

    assert done.url == reverse("child", args=[dose.person_id])
    card = nurse.get(done.url).content.decode()
    said = ("misread", "<del>21/03/2026</del>", "rule CALCDTAGE-5", "dose 1: least age 2 months",
            "Too young: this dose counts from 10/03/2026 (age 2 months).")  # fmt: skip
    assert [text for text in said if text not in card] == []
    stale = nurse.post(amend, fields(dose, on="22/03/2026"))
    assert "Somebody changed dose" in stale.content.decode()


def test_what_taking_a_dose_out_does_is_shown_before(world, dose):
    nurse = holder(world, "station-head")
    void = reverse("dose-void", args=[dose.id])

    assert "1 → <b>0</b>" in nurse.get(void).content.decode()
    done = nurse.post(void, {"reason": "another child"})

    assert "another child" in nurse.get(done.url).content.decode()
    assert nurse.get(reverse("dose-amend", args=[dose.id])).status_code == 404


def test_only_who_may_record_corrects_and_only_who_may_void_voids(world, dose):
    other = holder(world, "midwife")
    assert other.get(reverse("dose-void", args=[dose.id])).status_code == 404
    assert other.get(reverse("dose-amend", args=[dose.id])).status_code == 200
    card = other.get(reverse("child", args=[dose.person_id])).content.decode()
    assert reverse("dose-amend", args=[dose.id]) in card
    assert reverse("dose-void", args=[dose.id]) not in card
