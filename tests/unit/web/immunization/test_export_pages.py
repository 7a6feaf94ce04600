"""Doses out: without whose they are at once, with names by two hands, and what each lacks."""

import csv
from datetime import date
from io import StringIO

import pytest
from django.urls import reverse

from tests.unit.apps.immunization.conftest import BORN, NOW, TODAY, World, booklet
from tests.unit.web.immunization.test_dose_pages import holder
from tuyen.apps.access import clock
from tuyen.apps.access.models import ExportRequest, Reading
from tuyen.apps.registry.operations import Identify

SAID = {"from": "01/01/2026", "to": "25/10/2026", "form": "csv", "reason": "gửi hệ thống quốc gia"}
NUMBER = "011226000017"


@pytest.fixture
def world(db, monkeypatch, settings):
    monkeypatch.setattr(clock, "now", lambda: NOW.astimezone())
    monkeypatch.setattr(clock, "today", lambda: TODAY)
    settings.LANGUAGE_CODE = "en"
    world = World()
    child = world.child()
    known = Identify(person=child, system="personal_number", value=NUMBER)
    world.good(known, unit=world.village, on=date(2026, 2, 1))
    world.good(booklet(child, ("BCG", BORN)), unit=world.station)
    return world


def table(answer):
    """The rows of a file by their headers; what stands above the table is left out."""
    lines = answer.content.decode("utf-8-sig").splitlines()
    head = next(n for n, line in enumerate(lines) if "Full name" in line)
    return list(csv.DictReader(StringIO("\n".join(lines[head:]))))


def test_the_page_says_what_is_lacking(world):
    page = holder(world, "station-head").get(reverse("dose-export"), {"from": "01/01/2026"})

    said = page.content.decode()
    assert dict(page.context["lacking"]) == {
        "Ethnic group": 1, "Facility": 1, "Commune of permanent residence": 1,
        "Province of permanent residence": 1, "Commune of present residence": 1,
        "Province of present residence": 1,
    }  # fmt: skip
    assert "Commune of origin" in said
    assert "Vàng A Tủa" not in said


def test_nobody_grown_has_an_appointment_for_a_dose_of_children(world):
    mother = world.child("Bạc Thị Hương", born=date(1994, 3, 2))
    world.visit(mother, "Td", on=date(2026, 10, 1))

    rows = table(holder(world, "station-head").post(reverse("dose-export"), SAID))

    assert {row["Vaccine"]: bool(row["Next appointment"]) for row in rows} == {
        "BCG": True, "Td": False,
    }  # fmt: skip


def test_alone_nobody_takes_a_name_out(world):
    head = holder(world, "station-head")

    (row,) = table(head.post(reverse("dose-export"), SAID))

    assert (row["Full name"], row["Date of birth"], row["Vaccine"]) == ("", "", "BCG")
    assert "Commune of birth" in row["Lacks"]
    assert Reading.objects.filter(subject="immunization.child").count() == 1


def test_with_a_second_person_the_names_leave_once(world):
    head, other = holder(world, "station-head"), holder(world, "station-head")
    assert head.post(reverse("dose-export"), SAID | {"names": "yes"}).url == reverse("names-asked")
    request = ExportRequest.objects.get()
    fetch = reverse("names-fetch", args=[request.pk])
    assert head.post(fetch, {"form": "csv"}).status_code == 302  # nobody agreed

    waiting = other.get(reverse("names-waiting")).content.decode()
    assert "Doses in the fields of decision 3891" in waiting
    assert "Vàng A Tủa" not in waiting
    other.post(reverse("names-answer", args=[request.pk]), {"verdict": "yes"})
    (row,) = table(head.post(fetch, {"form": "csv"}))

    told = [name for name in row if name.startswith("Personal number")]
    assert [row[told[0]], row["Full name"]] == [NUMBER, "Vàng A Tủa"]
    assert head.post(fetch, {"form": "csv"}).status_code == 302  # once


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"reason": "x"}, "at least 3 letters"), ({"names": "yes", "reason": "why"}, "at least 10"),
     ({"from": "01/09/2026", "to": "02/09/2026"}, "No dose was given in these"),
     ({"from": "yesterday"}, "is not a day")],
)  # fmt: skip
def test_what_is_in_the_way_is_said(world, changed, said):
    answer = holder(world, "station-head").post(reverse("dose-export"), SAID | changed)

    assert said in answer.content.decode()
    assert not Reading.objects.exists()
