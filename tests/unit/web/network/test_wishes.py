"""Wishes and pins on screen: pinned with a reason, refused in words with buttons, eased by a button."""

import re

import pytest
from django.urls import reverse

from tests.unit.apps.network.conftest import PROGRAM, codes, op, place
from tuyen.apps.network import queries
from tuyen.apps.network.operations import ChangePlan, Found, ReviewSite, Wishes


@pytest.fixture
def planner(signed_in):
    return signed_in("planner", place("P"))


@pytest.fixture
def begun(planner):
    codes(*(op(ReviewSite(found=Found(refurbish=cost, capacity=1600)), name)
            for name, cost in {"stM": 900, "pM": 500, "stN": 700, "pN": 800}.items()))  # fmt: skip
    form = {"title": "Phương án 1", "on": "01/01/2027", "origin": "present"}
    planner.post(reverse("network-plan-new"), form)
    (row,) = queries.plans(by=PROGRAM)
    return row.id


def text(answer):
    return re.sub(r"\s+", " ", answer.content.decode())


def buttons(answer):
    return re.findall(r'name="ease" value="([^"]*)"', text(answer))


def test_a_pin_is_set_kept_and_dropped_with_its_reason(planner, begun, signed_in):
    address = reverse("network-wishes", args=[begun])
    pin = {"form": "pin", "site": str(place("pN")), "must": "main", "ground": "border-post"}

    silent = planner.post(address, pin)
    told = planner.post(address, pin | {"reason": "Gần đồn biên phòng"})
    page = text(planner.get(reverse("network-plan", args=[begun])))

    assert (silent.status_code, told.status_code) == (422, 302)
    assert "Say why the site is pinned" in text(silent)
    assert "Gần đồn biên phòng" in page
    assert "satellite_point pN is pinned as main station" in page
    assert planner.post(address, {"form": "wishes"}).status_code == 302
    sites = queries.plan(by=PROGRAM, id=begun).plan.sites
    assert sites[place("pN")].kind == "main"
    planner.post(address, {"form": "unpin", "site": str(place("pN"))})
    assert queries.plan(by=PROGRAM, id=begun).plan.pins == ()
    director = signed_in("director", place("P"))
    assert director.get(address).status_code == 200
    assert director.post(address, {"form": "wishes"}).status_code == 422


def test_wishes_that_conflict_are_told_with_communes_and_amounts_and_eased(planner, begun):
    address = reverse("network-wishes", args=[begun])

    told = planner.post(address, {"form": "wishes", "capacity": "yes"})

    assert told.status_code == 422
    assert (
        "2,000 people in commune M, and its largest main station serves 1,600 (short by 400)"
        in text(told)
    )
    assert "the least that will do" in text(told)
    assert buttons(told) == ["capacity_over::25"]
    assert planner.post(address, {"form": "ease", "ease": buttons(told)[0]}).status_code == 302
    page = queries.plan(by=PROGRAM, id=begun)
    assert (page.wishes.capacity_over, page.answer.status) == (25, "optimal")


def test_sources_are_typed_checked_and_shown_with_what_they_pay(planner, begun):
    address = reverse("network-wishes", args=[begun])
    form = {"form": "wishes", "f-provincial": "700", "f-loan": "500", "has-l-loan": "yes"}

    no_list = planner.post(address, form)
    kept = planner.post(address, form | {"l-loan": [str(place("pM"))]})
    page = text(planner.get(reverse("network-plan", args=[begun])))

    assert (no_list.status_code, kept.status_code) == (422, 302)
    assert "choose the sites of its list" in text(no_list)
    assert "Budget by source" in page
    assert "All upgrades cost 1,200 million VND; 0 of it no source pays" in page


def test_a_plan_begun_under_wishes_that_conflict_offers_what_would_do(planner, begun):
    form = {"title": "Phương án 2", "on": "01/01/2027", "origin": "engine", "budget": "1000"}

    told = planner.post(reverse("network-plan-new"), form)

    assert told.status_code == 422
    assert "the budget of 1,000 million VND (short by 200)" in text(told)
    (button,) = buttons(told)
    assert planner.post(reverse("network-plan-new"), form | {"ease": button}).status_code == 302
    assert queries.plans(by=PROGRAM)[0].title == "Phương án 2"


def test_a_plan_says_what_people_lose_why_and_what_to_change(planner, begun):
    fine = text(planner.get(reverse("network-plan", args=[begun])))
    commune = reverse("network-plan-commune", args=[begun, place("N")])
    kinds = {f"k-{place('stN')}": "mobile", f"k-{place('pN')}": "main"}
    change = ChangePlan(plan=begun, wishes=Wishes(satellite_within=10))
    assert codes(op(change, "P")) == ["accepted"]
    planner.post(commune, kinds)

    page = text(planner.get(reverse("network-plan", args=[begun])))

    lost = "What people lose under this plan beside today"
    assert lost not in fine
    assert lost in page
    assert "Of 100 expected visits" in page
    assert "that serves people today becomes a mobile stop or closes: station stN" in page
    assert "more than 10 minutes from the main station of this plan" in page
    assert "Choose the main station of today again" in page
