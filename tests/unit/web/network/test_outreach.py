"""Mobile sessions on screen: from villages and a team to a month in force whose sessions stand in the register."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.unit.apps.network.conftest import NOW, PROGRAM, TODAY, op, place, send
from tuyen.apps.immunization.queries import sessions
from tuyen.apps.journal import working
from tuyen.apps.network import queries, tasks
from tuyen.apps.network.operations import StateNeed, StateTeam

VILLAGES_ASK, CALENDAR_ASKS = 10, 8  # statements of a request, its session and rights among them


@pytest.fixture
def head(signed_in):
    return signed_in("station-head", place("stM"))


@pytest.fixture(autouse=True)
def beside(monkeypatch, settings, tmp_path):
    """The program beside the server works in this process, at once; tests of waiting hold it back."""
    settings.TUYEN_HOME = tmp_path
    monkeypatch.setattr(working, "start", lambda: list(tasks.answer(lambda: NOW)))


def text(answer):
    return answer.content.decode()


@pytest.fixture
def planned(head):
    """The id of a draft that the engine made at once."""
    form = {"name": "Đội 1", "kind": "motorbike", "starts": "07:30", "hours": "9", "cold": "8",
            "skill": ["vaccinator"], "weekday": ["0", "1", "2", "3", "4"], "unit": place("stM"),
            "home": place("stM")}  # fmt: skip
    assert head.post(reverse("outreach-teams"), form).status_code == 302
    for village in ("m1", "m2"):
        need = reverse("outreach-need", args=[place("stM"), place(village)])
        said = {"visits": "1", "minutes": "60", "weekday": ["1", "3"], "vaccine": "yes",
                "contact": "Chị May", "phone": "0912 000 111"}  # fmt: skip
        assert head.get(need).status_code == 200
        assert head.post(need, said).status_code == 302
    answer = head.post(
        reverse("outreach-plans"), {"unit": place("stM"), "month": "2026-11", "how": "quick"}
    )
    assert answer.status_code == 302
    (row,) = queries.rounds_plans(by=PROGRAM)
    return row.id


def held():
    found = sessions.sessions(by=PROGRAM, first=date(2026, 11, 1), last=date(2026, 12, 31))
    return {one.id: one.state for one in found}


def test_a_month_in_force_is_in_the_register_of_immunisation_once(head, planned):
    force = reverse("outreach-force", args=[planned])

    assert head.post(force).status_code == 302
    first = held()
    assert head.post(force).status_code == 302

    assert len(first) == 2
    assert held() == first == dict.fromkeys(first, "planned")
    page = text(head.get(reverse("outreach-plan", args=[planned])))
    assert "Put the month in force" not in page
    assert (
        head.post(reverse("outreach-withdraw", args=[planned]), {"reason": "Mưa"}).status_code
        == 302
    )
    assert set(held().values()) == {"cancelled"}


def test_a_visit_moved_onto_a_sunday_is_told_in_red_and_the_month_not_put_in_force(head, planned):
    page = queries.rounds_plan(by=PROGRAM, id=planned)
    day = page.days[0]
    form = {"visit": f"{day.team}|{day.day}|{day.stops[0].village}", "to_team": day.team,
            "to_day": "15/11/2026"}  # fmt: skip

    told = text(head.post(reverse("outreach-plan", args=[planned]), form, follow=True))
    refused = text(head.post(reverse("outreach-force", args=[planned]), follow=True))

    assert "Đội 1 does not go out on 15/11/2026" in told
    assert "rules that must hold are broken" in refused
    assert held() == {}
    nowhere = head.post(reverse("outreach-plan", args=[planned]), {"visit": "x", "to_day": "never"})
    assert nowhere.status_code == 422


def test_the_sheet_and_the_notice_are_printed(head, planned):
    day = queries.rounds_plan(by=PROGRAM, id=planned).days[0]

    sheet = text(head.get(reverse("outreach-sheet", args=[planned, day.team, day.day])))
    notice = text(head.get(reverse("outreach-notice", args=[planned, day.stops[0].village])))

    assert "0912 000 111" in sheet
    assert "7:30" in sheet
    assert "THÔNG BÁO" in notice
    assert "Dự thảo" in notice
    assert head.get(reverse("outreach-sheet", args=[planned, day.team, "x"])).status_code == 404
    assert head.get(reverse("outreach-notice", args=[planned, place("n1")])).status_code == 404


def test_villages_and_the_calendar_ask_as_much_for_few_as_for_many(head, planned):
    def asked(address):
        head.get(address)  # what is read once and kept is not counted
        with CaptureQueriesContext(connection) as statements:
            answer = head.get(address)
        return len(statements), answer.context

    def month(visits):
        for village in ("m1", "m2"):
            send(op(StateNeed(village=place(village), visits=visits, minutes=60, weekdays=(1, 3))))
        form = {"unit": place("stM"), "month": "2026-12", "how": "quick"}
        search = head.post(reverse("outreach-plans"), form)["Location"]
        return asked(head.get(search)["Location"])

    few_villages = asked(reverse("outreach") + "?show=none")
    (few, one), villages = month(1), asked(reverse("outreach"))
    many, four = month(4)

    assert len(few_villages[1]["rows"]) < len(villages[1]["rows"])
    assert few_villages[0] == villages[0] == VILLAGES_ASK
    assert (one["row"].visits, four["row"].visits) == (2, 8)
    assert few == many == CALENDAR_ASKS


def test_points_are_stated_and_amended(head):
    page = reverse("outreach-point", args=[place("stM"), place("pM")])
    said = {"function": ["immunisation"], "weekday": ["0"], "served_by": "Y sĩ A\nY sĩ B"}

    assert head.post(page, said).status_code == 302
    assert head.post(page, said | {"amends": "yes"}).status_code == 422
    assert (
        head.post(page, said | {"amends": "yes", "weekday": [], "reason": "Đóng"}).status_code
        == 302
    )

    assert "The point is closed" in text(head.get(page))
    assert "Y sĩ A, Y sĩ B" in text(head.get(reverse("outreach-points")))


def test_who_may_not_plan_reads_and_who_may_not_read_finds_nothing(signed_in, head, planned):
    assistant = signed_in("physician-assistant", place("stM"))
    for name in ("outreach", "outreach-teams", "outreach-plans", "outreach-points"):
        assert assistant.get(reverse(name)).status_code == 200, name
    assert assistant.post(reverse("outreach-plans"), {"month": "2026-11"}).status_code == 422
    assert assistant.get(reverse("outreach-plan", args=[planned])).status_code == 200
    stranger = signed_in("station-head", place("stN"))
    assert stranger.get(reverse("outreach-plan", args=[planned])).status_code == 404
    assert stranger.get(f"{reverse('outreach')}?unit={place('stM')}").status_code == 404


def test_the_province_plans_and_the_station_enters_the_sessions(signed_in, head, planned):
    planner = signed_in("planner", place("P"))
    day = queries.rounds_plan(by=PROGRAM, id=planned).days[0]
    sheet = reverse("outreach-sheet", args=[planned, day.team, day.day])
    # who may not see the children that are due is not told that there are none
    assert "children are due" not in text(planner.get(sheet))
    assert "children are due" in text(head.get(sheet))

    assert planner.post(reverse("outreach-force", args=[planned])).status_code == 302
    assert held() == {}
    assert "Enter its sessions" in text(head.get(reverse("outreach-plan", args=[planned])))
    head.post(reverse("outreach-force", args=[planned]))
    assert len(held()) == 2


def test_bad_forms_answer_with_their_sentences(head):
    send(op(StateNeed(village=place("m1"), visits=1, minutes=60, weekdays=(1,))))
    none = head.post(reverse("outreach-plans"), {"unit": place("stM"), "month": "2026-11"})
    hours = head.post(
        reverse("outreach-teams"), {"unit": place("stM"), "name": "Đội 2", "hours": "x"}
    )
    clock = head.post(reverse("outreach-teams"), {
        "unit": place("stM"), "name": "Đội 2", "hours": "9", "cold": "8", "weekday": ["1"],
        "starts": "25:99"})  # fmt: skip
    send(op(StateTeam(name="Đội 1", kind="boat", minutes=540, cold_minutes=480, weekdays=(1,))))
    past = head.post(reverse("outreach-plans"), {"month": "2026-08", "how": "quick"})
    boat = head.post(reverse("outreach-plans"), {"month": "2026-11", "how": "quick"}, follow=True)

    assert none.status_code == hours.status_code == clock.status_code == past.status_code == 422
    assert "say how long and on which days" in text(none)
    assert "is over" in text(past)
    assert "only boats go out, and there is no landing" in text(boat)
    assert TODAY.year == 2026


def test_a_search_says_that_it_waits_is_stopped_and_writes_nothing(head, planned, monkeypatch):
    started = []
    monkeypatch.setattr(working, "start", lambda: started.append(1))
    form = {"unit": place("stM"), "month": "2026-12", "how": "quick"}
    page = head.post(reverse("outreach-plans"), form)["Location"]
    (search,) = queries.searches(by=PROGRAM, unit=place("stM"))

    waits, list_ = text(head.get(page)), text(head.get(reverse("outreach-plans")))
    with working.turn() as turn:
        turn.at(search.id, NOW)
        works = text(head.get(page))
    again = head.post(reverse("outreach-plans"), form)
    head.post(reverse("outreach-search-start", args=[search.id]))
    head.post(reverse("outreach-search-stop", args=[search.id]))
    stopped = text(head.get(page))

    assert "nobody is at work" in waits
    assert "is being planned" in list_
    assert "The rounds are being searched since" in works
    assert again.status_code == 422
    assert "is being planned already" in text(again)
    assert len(started) == 2
    assert "The search was stopped" in stopped
    assert list(tasks.answer(lambda: NOW)) == []
    assert len(queries.rounds_plans(by=PROGRAM)) == 1


def test_a_search_that_asks_by_itself_is_led_to_the_draft(head, planned):
    form = {"unit": place("stM"), "month": "2026-12", "how": "quick"}
    page = head.post(reverse("outreach-plans"), form)["Location"]

    told = head.get(page, HTTP_HX_REQUEST="true")

    assert told.status_code == 200
    assert told["HX-Redirect"] == head.get(page)["Location"]


def test_a_search_that_came_to_nothing_says_why(head, planned, monkeypatch):
    monkeypatch.setattr(tasks, "SECONDS", 0.0)  # the clock of the search divides by it
    form = {"unit": place("stM"), "month": "2026-12", "how": "search"}
    page = head.post(reverse("outreach-plans"), form)["Location"]

    assert "The search broke off (ZeroDivisionError)" in text(head.get(page))
    assert "was not planned" in text(head.get(reverse("outreach-plans")))
    assert len(queries.rounds_plans(by=PROGRAM)) == 1


def test_the_days_of_a_point_are_shared_out_on_its_page(head):
    from tests.unit.apps.workforce.conftest import plain

    said = {"function": ["chronic"], "weekday": ["0"], "served_by": "", "mobile": ""}
    point = reverse("outreach-point", args=[place("stM"), place("pM")])
    assert head.post(point, said).status_code == 302
    page = f"{reverse('outreach-points')}?unit={place('stM')}&month=2026-11"
    share = reverse("outreach-point-days")
    form = {"unit": place("stM"), "month": "2026-11"}

    assert "not planned yet" in text(head.get(page))
    assert head.post(share, form).status_code == 302
    alone = text(head.get(page))
    send(op(plain("Lò Thị Điều", "nurse")), op(plain("Lò Thị Dưỡng", "nurse")))
    assert head.post(share, form).status_code == 302
    served = text(head.get(page))
    cell = f"{place('pM')}|2026-11-02"
    assert head.post(share, form | {"cell": cell, "member": ""}).status_code == 302

    assert "nobody of the station has a cadre that serves a point" in alone
    assert "Lò Thị Dưỡng" in served
    assert "Every open day to come is covered" in served
    assert "Monday 02/11/2026" in text(head.get(point))
    assert "nobody comes" in text(head.get(page))
    assert head.post(share, form | {"cell": "x"}).status_code == 404
