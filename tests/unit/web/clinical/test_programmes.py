"""The overdue list and the programmes on the screen: a call in one tap, a figure and its people."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from tests.unit.apps.clinical.conftest import TODAY, World, found, values
from tuyen.apps.access.models import Reading
from tuyen.apps.clinical.models import Call, Enrolment, HomeVisit
from tuyen.apps.clinical.operations import Answered

SignedIn = Callable[..., Client]
MAY = datetime(2026, 5, 4, 2, tzinfo=UTC)


@pytest.fixture
def late(world: World) -> Enrolment:
    person = world.person("Lò Văn Cao", phone="0912345678")
    world.visit(person, began_at=MAY, measured=values(systolic=186, diastolic=104))
    return Enrolment.objects.get()


def test_who_is_overdue_is_called_in_one_tap(
    world: World, signed_in: SignedIn, late: Enrolment
) -> None:
    browser = signed_in("physician-assistant", world.station)

    page = browser.get("/care/overdue/").content.decode()
    told = browser.post(f"/care/overdue/{late.id}/call/", {"result": "no-answer", "query": "mine="})
    after = browser.get("/care/overdue/").content.decode()
    waiting = browser.get("/care/overdue/?list=waiting").content.decode()

    assert 'href="tel:0912345678"' in page
    assert "186/104" in page
    assert told.url == "/care/overdue/?mine="
    assert Call.objects.get().result == "no-answer"
    assert "Lò Văn Cao" not in after
    assert "Lò Văn Cao" in waiting
    assert Reading.objects.filter(subject__startswith="clinical.programme").count() == 2


def test_a_visit_at_home_is_planned_and_somebody_let_out(
    world: World, signed_in: SignedIn, late: Enrolment
) -> None:
    browser = signed_in("physician-assistant", world.station)
    browser.post(f"/care/overdue/{late.id}/visit/", {"on": f"{TODAY:%Y-%m-%d}"})
    bad = browser.post(f"/care/overdue/{late.id}/visit/", {"on": "soon"}, follow=True)
    refused = browser.post(f"/care/overdue/{late.id}/end/", {"why": "bored"}, follow=True)
    end = browser.post(
        f"/care/overdue/{late.id}/end/", {"why": "refused", "programme": "hypertension"}
    )

    assert HomeVisit.objects.get().on == TODAY
    assert "Choose the day of the visit." in bad.content.decode()
    assert "bored is no reason to leave" in refused.content.decode()
    assert end.url == "/care/programmes/hypertension/people/?"
    assert Enrolment.objects.get().why == "refused"


def test_another_station_finds_nobody(world: World, signed_in: SignedIn, late: Enrolment) -> None:
    browser = signed_in("physician-assistant", world.elsewhere)

    assert browser.post(f"/care/overdue/{late.id}/call/", {"result": "agreed"}).status_code == 404
    assert "Nobody is overdue here" in browser.get("/care/overdue/").content.decode()


def test_figures_open_to_their_people(world: World, signed_in: SignedIn, late: Enrolment) -> None:
    browser = signed_in("physician-assistant", world.station)

    every = browser.get("/care/programmes/").content.decode()
    one = browser.get("/care/programmes/hypertension/").content.decode()
    behind = browser.get("/care/programmes/hypertension/people/?part=missed").content.decode()
    file = browser.get("/care/programmes/hypertension/?form=csv").content.decode()
    people = browser.get("/care/programmes/hypertension/people/").content.decode()

    assert "Hypertension" in every
    assert "part=missed" in one
    assert "After 12 months" in one
    assert "Lò Văn Cao" in behind
    assert "Trạm y tế Nà Hỳ" in file
    assert "Lò Văn Cao" not in file
    assert "Huổi Hoi" in people
    for query, said in (
        ("part=known", "In the programme, of the ages surveyed"),
        ("quarter=2026-Q2&months=6", "joined in 2026-Q2, after 6 months"),
        ("quarter=2026-Q2&months=6&outcome=missed", "Not seen in 3 months: joined in 2026-Q2"),
    ):
        page = browser.get(f"/care/programmes/hypertension/people/?{query}&on=2026-12-31")
        assert said in page.content.decode(), query
    assert "Expected to have it" in one
    assert "All of them on every day" in one


def test_the_yearly_budget_is_said_before_and_opens_to_its_people(
    world: World, signed_in: SignedIn
) -> None:
    fields = {"group": "elderly", "payer": "state", "cost": "300000"}
    person = world.person("Lò Thị Bướm")
    world.visit(person, answered=(Answered(programme="checkup", fields=fields),))
    browser = signed_in("physician-assistant", world.station)

    form = browser.get(f"/care/person/{person}/visit/").content.decode()
    page = browser.get("/care/programmes/checkup/").content.decode()
    behind = browser.get("/care/programmes/checkup/people/?part=budget-near").content.decode()

    assert "300,000 of 350,000 VND are spent this year: hardly anything is left." in form
    assert "300,000 VND were spent in 2026" in page
    groups = page.split("By priority group")[-1].split("</table>")[0]
    assert re.findall(r"<t[hd][^>]*>([^<]+)</t", groups)[-4:] == ["Elderly", "1", "1", "300,000"]
    assert "Lò Thị Bướm" in behind


def test_the_month_is_counted_and_opens_to_visits(world: World, signed_in: SignedIn) -> None:
    world.visit(world.person("Lò Thị Mai"), diagnosed=found("I10"))
    browser = signed_in("physician-assistant", world.station)

    page = browser.get("/care/programmes/month/?month=2026-10").content.decode()
    rows = browser.get("/care/programmes/month/hypertension/?month=2026-10&part=not_on_target")
    file = browser.get("/care/programmes/month/?month=2026-10&form=csv").content.decode()

    assert "This month is still running." in page
    assert "Lò Thị Mai" in rows.content.decode()
    assert "Nà Hỳ" in file


def test_somebody_is_taken_in_by_hand_or_told_why_not(world: World, signed_in: SignedIn) -> None:
    person = world.person("Lò Văn Già")
    browser = signed_in("physician-assistant", world.station)
    address = "/care/programmes/elderly/enrol/"

    assert "Lò Văn Già" in browser.get(f"{address}?q=Già").content.decode()
    young = browser.post(address, {"person": str(person)})
    assert browser.post(address, {"person": ""}).status_code == 422
    taken = browser.post(
        "/care/programmes/checkup/enrol/", {"person": str(person), "group": "poor"}
    )

    assert young.status_code == 422
    assert "this person is 58" in young.content.decode()
    assert taken.status_code == 302
    assert Enrolment.objects.get().group == "poor"


def test_what_stands_apart_is_not_there_without_its_purpose(
    world: World, signed_in: SignedIn
) -> None:
    world.visit(world.person("Lò Văn Kín"), began_at=MAY, diagnosed=found("F20"), measured=())
    browser = signed_in("physician-assistant", world.station)

    assert browser.get("/care/programmes/mental_health/").status_code == 404
    assert "Lò Văn Kín" not in browser.get("/care/overdue/").content.decode()
    session = browser.session
    session["purpose"] = "care"
    session.save()
    assert "Lò Văn Kín" in browser.get("/care/overdue/").content.decode()
    assert browser.get("/care/programmes/mental_health/people/").status_code == 200


def test_odd_addresses_are_answered(world: World, signed_in: SignedIn, late: Enrolment) -> None:
    browser = signed_in("physician-assistant", world.station)

    for query in ("?list=x&page=0&unit=1&village=y", "?programme=gout", "?page=99999&mine=1"):
        assert browser.get(f"/care/overdue/{query}").status_code == 200
    assert browser.get("/care/programmes/gout/").status_code == 404
    assert browser.get("/care/programmes/hypertension/?on=2026-13-40").status_code == 200
    assert browser.get("/care/programmes/month/?month=9999").status_code == 200


def test_who_reads_figures_only_is_not_led_to_a_list_of_names(
    world: World, signed_in: SignedIn
) -> None:
    station = signed_in("physician-assistant", world.station).get("/care/programmes/")
    office = signed_in("cdc-epidemiologist", world.station).get("/care/programmes/")

    assert 'href="/care/overdue/"' in station.content.decode()
    assert office.status_code == 200
    assert 'href="/care/overdue/"' not in office.content.decode()
