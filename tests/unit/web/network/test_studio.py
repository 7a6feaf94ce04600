"""The studio on screen: begun, changed, what it breaks in red, put forward only whole, in reach of planners."""

import math
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.unit.apps.network.conftest import PROGRAM, codes, op, place
from tuyen.apps.network import queries
from tuyen.apps.network.operations import (
    ChangePlan,
    DraftPlan,
    Found,
    FundMoney,
    ReviewSite,
    Staffed,
    Wishes,
)
from tuyen.apps.registry import queries as registry
from tuyen.apps.surveillance import places as map_of_cases
from tuyen.web.network import studio
from tuyen.web.templatetags.figures import percent


@pytest.fixture
def planner(signed_in):
    return signed_in("planner", place("P"))


def text(answer):
    return answer.content.decode()


@pytest.fixture
def begun(planner):
    """The address of a plan that begins from what stands."""
    form = {"title": "Phương án 1", "on": "01/01/2027", "origin": "present"}
    answer = planner.post(reverse("network-plan-new"), form)
    assert answer.status_code == 302
    return answer.url


def test_a_plan_is_begun_changed_and_every_page_of_it_opens(planner, begun, signed_in):
    (row,) = queries.plans(by=PROGRAM)
    commune = reverse("network-plan-commune", args=[row.id, place("M")])

    page = text(planner.get(begun))
    changed = planner.post(commune, {f"k-{place('stM')}": "satellite"})

    assert "no rule is broken" in page
    assert changed.status_code == 302
    assert "commune M would have no fully functioning station" in text(planner.get(begun))
    for name in ("network-document", "network-cutover", "network-price", "network-plan"):
        assert planner.get(reverse(name, args=[row.id])).status_code == 200, name
    head = signed_in("station-head", place("stM"))
    assert head.get(begun).status_code in (403, 404)
    assert signed_in("director", place("P")).post(commune, {}).status_code == 422


def test_what_a_point_does_is_ticked_kept_shown_and_written_in_the_annex(planner, begun):
    (row,) = queries.plans(by=PROGRAM)
    commune = reverse("network-plan-commune", args=[row.id, place("N")])
    id = place("pN")
    form = {f"k-{id}": "satellite", f"b-{id}": "1"}
    usual = {f"f-{id}": ["examination", "immunisation", "prevention", "chronic"]}

    def chosen():
        return queries.plan(by=PROGRAM, id=row.id).plan.sites[id].functions

    assert planner.post(commune, form | usual).status_code == 302
    assert chosen() is None, "what it does today is not stated anew"
    none = planner.post(commune, form | {f"k-{place('stN')}": "repurposed"})
    assert none.status_code == 422
    assert "Say what satellite_point pN does" in text(none)
    assert text(none).count('value="repurposed" selected') == 1, "what was typed comes back"
    assert (
        planner.post(commune, form | {f"f-{id}": ["immunisation", "mobile_clinic"]}).status_code
        == 302
    )
    assert chosen() == ("immunisation", "mobile_clinic")
    assert planner.post(commune, {f"k-{id}": "satellite"}).status_code == 302
    assert chosen() == ("immunisation", "mobile_clinic"), "a form without the boxes leaves them"

    page = text(planner.get(commune))
    assert "chosen in this plan" in page
    assert f'name="f-{id}" value="mobile_clinic" checked' in page
    assert f'name="f-{id}" value="chronic" checked' not in page
    document = text(planner.get(reverse("network-document", args=[row.id])))
    assert "Điểm trạm: Tiêm chủng, Khám bệnh lưu động" in document
    moves = text(planner.get(reverse("network-moves-commune", args=[row.id, place("N")])))
    assert "Mobile clinic" in moves
    assert "mobile_clinic" not in moves
    table = text(planner.get(reverse("network-plan-csv", args=[row.id])))
    assert "Immunisation, Mobile clinic" in table


def test_the_price_says_by_how_much_each_limit_of_the_wishes_is_passed(planner):
    codes(*(op(ReviewSite(found=Found(refurbish=cost, capacity=n, staff=(Staffed(post="doctor", number=1),))), name)
            for name, cost, n in (("stM", 900, 1600), ("pM", 500, 2000), ("stN", 700, 900),
                                  ("pN", 300, 900))))  # fmt: skip
    funds = (FundMoney(fund="provincial", money=1000), FundMoney(fund="social", money=500))
    limits = Wishes(budget=1200, capacity=True, funds=funds)
    draft = op(
        DraftPlan(title="Đã ban hành", on=date(2027, 1, 1), origin="present", wishes=limits), "P"
    )
    assert codes(draft) == ["accepted"]

    page = text(planner.get(reverse("network-price", args=[draft.id])))

    assert "Limits that the plan passes" in page
    assert "The upgrades cost 400 million VND more than the budget of 1,200 million VND." in page
    assert "cost 100 million VND more than the 1,500 million VND of" in page
    assert "400 people are more than their nearest main station has places for." in page


def test_a_plan_that_keeps_its_limits_passes_none(planner, begun):
    (row,) = queries.plans(by=PROGRAM)
    wishes = Wishes(budget=100_000)
    assert codes(op(ChangePlan(plan=row.id, wishes=wishes), "P")) == ["accepted"]

    page = text(planner.get(reverse("network-price", args=[row.id])))

    assert "What the plan costs more" in page
    assert "Limits that the plan passes" not in page


def test_a_plan_that_breaks_a_rule_or_has_no_basis_is_not_put_forward(planner, begun):
    (row,) = queries.plans(by=PROGRAM)
    forward = reverse("network-plan-forward", args=[row.id])
    planner.post(
        reverse("network-plan-commune", args=[row.id, place("N")]), {f"k-{place('pN')}": "main"}
    )

    told = text(planner.post(forward, follow=True))

    assert "would have 2 main stations" in told
    assert "Give the legal basis first" in told
    assert queries.plans(by=PROGRAM)[0].state == "draft"


def test_communes_are_merged_and_taken_apart_and_a_plan_is_discarded(planner, begun):
    merge = {
        "form": "merge",
        "of": [str(place("M")), str(place("N"))],
        "name": "Mới",
        "type": "commune",
    }

    one = planner.post(begun, merge | {"of": [str(place("M"))]})
    both = planner.post(begun, merge)
    page = queries.plan(by=PROGRAM, id=queries.plans(by=PROGRAM)[0].id)
    apart = planner.post(begun, {"form": "unmerge", "merge": str(page.plan.merges[0].id)})
    gone = planner.post(begun, {"form": "discard", "reason": "Không theo"})

    assert (one.status_code, both.status_code) == (422, 302)
    assert [b.refusal.code for b in page.broken] == ["network.two-main-stations"]
    assert (apart.status_code, gone.status_code) == (302, 302)
    assert queries.plans(by=PROGRAM)[0].state == "discarded"


def test_what_is_typed_wrongly_comes_back_and_the_checklist_says_go(planner, begun):
    wrong = planner.post(reverse("network-plan-new"),
                         {"title": "", "on": "01/01/2020", "origin": "engine", "budget": "viele"})  # fmt: skip
    (row,) = queries.plans(by=PROGRAM)
    address = reverse("network-cutover", args=[row.id])
    waits = text(planner.get(address))
    for line in queries.cutover(by=PROGRAM, id=row.id):
        planner.post(address, {"item": line.item, "done": "yes", "note": "Xong"})

    assert wrong.status_code == 422
    for kept in ('value="viele"', "Give the plan a name.", "Give a day to come"):
        assert kept in text(wrong)
    assert "Not yet" in waits
    assert "Go: everything" in text(planner.get(address))


def test_nothing_is_watched_of_a_decision_that_there_is_not(planner, monkeypatch, atlas):
    monkeypatch.setattr(map_of_cases, "atlas", lambda: atlas)
    assert planner.get(reverse("network-watch", args=[place("M")])).status_code == 404


def test_a_map_on_which_nobody_lives_is_answered_in_words(planner, begun, monkeypatch):
    monkeypatch.setattr(registry, "people_at", lambda *, by, on: {})
    (row,) = queries.plans(by=PROGRAM)
    form = {"title": "Không dân", "on": "01/01/2027", "origin": "engine", "capacity": "yes"}

    assert "No plan keeps these rules" in text(planner.get(reverse("network-frontier")))
    assert "No plan keeps all rules" in text(planner.post(reverse("network-plan-new"), form))
    for name in ("network-plan", "network-document", "network-price"):
        assert planner.get(reverse(name, args=[row.id])).status_code == 200, name


def test_a_plan_is_begun_from_a_point_of_the_frontier(planner):
    codes(*(op(ReviewSite(found=Found(refurbish=cost)), name)
            for name, cost in (("stM", 900), ("pM", 500), ("stN", 700), ("pN", 300))))  # fmt: skip
    address, on = reverse("network-frontier"), date(2027, 1, 1)
    found, today = queries.frontier(by=PROGRAM, on=on, merges=(), wishes=Wishes())
    prices = [(one.access, one.cost, one.disruption) for one, _sites in found]

    shown = text(planner.get(address))
    wrong = planner.post(address, {"on": "01/01/2027", "point": "99"})
    made = planner.post(address, {"on": "01/01/2027", "point": "1", "title": "Điểm thứ hai"})

    assert len(found) > 1
    assert not any(
        one != other and all(a <= b for a, b in zip(one, other, strict=True))
        for one in prices for other in prices
    ), "none is as good as another in everything and better in something"  # fmt: skip
    assert shown.count('type="radio" name="point"') == len(found)
    assert "Today, without upgrades" in shown
    assert f">{percent(today.visits)}<" in shown
    for point, _sites in found:
        assert f">{percent(point.visits)}<" in shown
    assert wrong.status_code == 422
    assert "Choose a point of the frontier." in text(wrong)
    (row,) = queries.plans(by=PROGRAM)
    page = queries.plan(by=PROGRAM, id=row.id)
    assert made.url == reverse("network-plan", args=[row.id])
    assert (row.title, row.origin) == ("Điểm thứ hai", "frontier")
    assert {id: one.kind for id, one in page.plan.sites.items()} == {
        one.unit: one.kind for one in found[1][1]
    }
    assert page.compared.after.visits == pytest.approx(found[1][0].visits)


def test_today_and_two_plans_stand_side_by_side(planner, begun):
    other = {"title": "Phương án 2", "on": "01/01/2027", "origin": "engine"}
    planner.post(reverse("network-plan-new"), other)
    ids = {row.title: row.id for row in queries.plans(by=PROGRAM)}
    address = reverse("network-beside", args=[ids["Phương án 1"]])

    alone = text(planner.get(address))
    both = text(planner.get(address, {"with": str(ids["Phương án 2"])}))
    unknown = planner.get(address, {"with": str(place("M"))})

    assert "Another plan beside it" in alone
    for shown in ("People per doctor", "Positions that nobody fills", "Services within 30 and 60 minutes",
                  "Budget by source", "Worst villages", "commune M"):  # fmt: skip
        assert shown in both, shown
    assert both.count('scope="col" class="points">Phương án 2') >= 3
    assert unknown.status_code == 200


def test_side_by_side_takes_as_many_statements_with_many_plans_as_with_two(planner, begun):
    address = reverse("network-beside", args=[queries.plans(by=PROGRAM)[0].id])
    counted = []
    for many in (1, 4):
        for n in range(many):
            form = {"title": f"Phương án {many}.{n}", "on": "01/01/2027", "origin": "present"}
            planner.post(reverse("network-plan-new"), form)
        other = next(row.id for row in queries.plans(by=PROGRAM) if row.title == f"Phương án {many}.0")  # fmt: skip
        with CaptureQueriesContext(connection) as context:
            assert planner.get(address, {"with": str(other)}).status_code == 200
        counted.append(len(context))

    assert counted[0] == counted[1]
    assert counted[0] == 19


def test_contents_lead_to_every_part_of_a_plan(planner, begun):
    page = text(planner.get(begun))

    nav = re.search(r'<nav class="contents.*?</nav>', page, re.DOTALL).group()
    parts = re.findall(r'href="#([\w-]+)"', nav)

    assert {"rules", "in-beside", "in-services", "in-maps", "in-each", "change"} <= set(parts)
    assert all(f'id="{part}"' in page for part in parts)


def test_a_village_without_a_way_is_told_in_words():
    assert studio.farthest(math.inf) == "no way within 3 hours"
    assert studio.farthest(12.34) == "12.3"
