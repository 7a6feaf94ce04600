"""Wishes and pins: kept with their reasons, answered, or told in words with what would do."""

from datetime import date

import pytest

from tests.unit.apps.network.conftest import PROGRAM, codes, op, place
from tuyen.apps.journal.replay import replay
from tuyen.apps.network import queries
from tuyen.apps.network.operations import (
    ChangePlan,
    DraftPlan,
    Found,
    FundMoney,
    Pin,
    PutPlanForward,
    ReviewSite,
    SiteChoice,
    Staffed,
    Wishes,
)
from tuyen.apps.network.operations.wishes import with_grounds
from tuyen.kernel.ids import uuid7

ON = date(2027, 1, 1)


def pin(name, must, reason="Đồn biên phòng", ground="border-post"):
    return Pin(unit=place(name), must=must, ground=ground, reason=reason)


def drafted(**changes):
    draft = op(DraftPlan(title="Phương án 1", on=ON, origin="present", **changes), "P")
    assert codes(draft) == ["accepted"]
    return draft.id


def answered(**wishes):
    return queries.answered(by=PROGRAM, on=ON, merges=(), wishes=Wishes(**wishes))


def test_a_pin_is_kept_by_the_engine_and_its_breach_holds_up_the_plan(db):
    pins = (pin("pN", "main"), pin("pM", "open"))
    id = drafted(wishes=Wishes(pins=pins))
    broken = [(one.refusal.code, one.must) for one in queries.plan(by=PROGRAM, id=id).broken]
    assert broken == [("network.pin-broken", True)]
    assert codes(op(PutPlanForward(plan=id, proposal=uuid7()), "P")) == ["pin-broken"]

    found = answered(pins=pins)
    kinds = {one.unit: one.kind for one in found.sites}
    assert kinds[place("pN")] == "main"
    assert kinds[place("pM")] in ("main", "satellite")
    change = ChangePlan(plan=id, sites=found.sites, answer=found.answer)
    assert codes(op(change, "P")) == ["accepted"]

    page = queries.plan(by=PROGRAM, id=id)
    assert page.broken == []
    assert page.answer.status == "optimal"
    assert [one.reason for one in page.plan.pins] == ["Đồn biên phòng"] * 2
    assert replay().same


def test_points_that_are_far_today_are_left_and_the_answer_is_not_worse(db):
    wishes = Wishes(satellite_within=10)
    found = answered(satellite_within=10)
    present = drafted(wishes=wishes)

    asked = queries.plan(by=PROGRAM, id=present).problem
    price, _asked = queries.price_of(by=PROGRAM, id=present)

    n, head = asked.units.index(place("pN")), asked.units.index(place("stN"))
    assert asked.after.under[n] == head
    assert asked.after.between[n, head] > 10, "farther than the wish allows"
    kinds = {one.unit: one.kind for one in found.sites}
    assert (kinds[place("stN")], kinds[place("pN")]) == ("main", "satellite")
    assert found.answer.status == "optimal"
    assert price.points >= 0, (
        "what stands is within the rules, so that the best is as good at least"
    )


def test_a_plan_that_takes_something_from_people_says_what_and_why(db):
    sites = [
        SiteChoice(unit=place("stN"), kind="mobile"),
        SiteChoice(unit=place("pN"), kind="main"),
    ]
    id = drafted(wishes=Wishes(satellite_within=10), sites=tuple(sites))
    near = drafted(sites=(SiteChoice(unit=place("pM"), kind="mobile"),))

    found = queries.plan(by=PROGRAM, id=id).worse
    other = queries.plan(by=PROGRAM, id=near).worse

    assert (list(found.shut), list(found.far), found.moved) == ([place("stN")], [place("stN")], 1)
    assert found.visits > 0.01
    assert found.minutes > 0
    assert (list(other.shut), list(other.far), other.moved) == ([place("pM")], [], 0)
    assert queries.plan(by=PROGRAM, id=drafted()).worse is None


def test_what_the_engine_said_stands_no_more_once_somebody_changes_the_plan(db):
    found = answered()
    id = drafted(sites=found.sites, answer=found.answer)
    assert queries.plan(by=PROGRAM, id=id).answer is not None

    moved = SiteChoice(unit=place("pM"), kind="mobile")
    assert codes(op(ChangePlan(plan=id, sites=(moved,)), "P")) == ["accepted"]

    assert queries.plan(by=PROGRAM, id=id).answer is None


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ({"pins": (pin("pN", "main"), pin("pN", "close"))}, "pinned-twice"),
        ({"pins": (pin("cM", "main"),)}, "no-such-site"),
        ({"funds": (FundMoney(fund="gold", money=1),)}, "unknown-fund"),
        ({"funds": (FundMoney(fund="social", money=1), FundMoney(fund="social", money=2))}, "fund-twice"),
        ({"funds": (FundMoney(fund="loan", money=1),)}, "fund-list-missing"),
        ({"funds": (FundMoney(fund="loan", money=1, sites=(place("cM"),)),)}, "no-such-site"),
    ],
)  # fmt: skip
def test_wishes_that_name_what_is_not_there_are_refused(db, wishes, code):
    id = drafted()

    assert codes(op(ChangePlan(plan=id, wishes=Wishes(**wishes)), "P")) == [code]
    draft = DraftPlan(title="Phương án", on=ON, origin="present", wishes=Wishes(**wishes))
    assert codes(op(draft, "P")) == [code]


def test_pins_that_leave_no_main_station_are_told_with_the_pins_to_drop(db):
    pins = (pin("stN", "satellite", "Theo nghị quyết", "political"), pin("pN", "mobile"))

    found = answered(pins=pins)

    (clash,) = found.clashes
    assert {rule.key for rule in clash.rules} == {"pinned", "mains"}
    assert (clash.communes, set(clash.sites)) == ((place("N"),), {place("stN"), place("pN")})
    assert {(one.what, one.exact, one.enough) for one in found.eases} == {("pin", True, True)}
    less = Wishes(pins=pins)
    for one in found.eases:
        assert answered(pins=queries.eased(less, one.what, one.of, one.value).pins).answer


def test_a_budget_that_is_short_is_raised_by_exactly_what_lacks(db):
    codes(*(op(ReviewSite(found=Found(refurbish=cost)), name)
            for name, cost in {"stM": 900, "pM": 500, "stN": 700, "pN": 800}.items()))  # fmt: skip

    found = answered(budget=1000)

    (clash,) = found.clashes
    assert [(rule.key, rule.limit, rule.short) for rule in clash.rules] == [("budget", 1000, 200)]
    (one,) = found.eases
    assert one == queries.Ease("budget", "", 1200, 200, True, True)
    assert answered(budget=1200).answer
    assert answered(budget=1199).answer is None


def test_places_that_are_too_few_say_in_which_commune_and_by_how_many_people(db):
    codes(*(op(ReviewSite(found=Found(capacity=n)), name)
            for name, n in {"stM": 1600, "pM": 1000, "stN": 900}.items()))  # fmt: skip

    found = answered(capacity=True)

    (clash,) = found.clashes
    assert (clash.communes, clash.people, clash.places) == ((place("M"),), 2000, 1600)
    assert next(rule.short for rule in clash.rules if rule.key == "capacity") == 400
    (one,) = found.eases
    assert one == queries.Ease("capacity_over", "", 25, 25, True, True)
    assert answered(capacity=True, capacity_over=25).answer
    assert answered(capacity=True, capacity_over=24).answer is None


def test_one_doctor_fewer_or_one_more_who_comes(db):
    told = {"stM": 2, "stN": 1}
    codes(*(op(ReviewSite(found=Found(staff=(Staffed(post="doctor", number=n),))), name)
            for name, n in told.items()))  # fmt: skip

    found = answered(doctors=2)

    assert [rule.key for rule in found.clashes[0].rules] == ["doctors"]
    assert set(found.eases) == {queries.Ease("doctors", "", 1, 1, True, True),
                                queries.Ease("recruits", "", 1, 1, True, True)}  # fmt: skip
    assert answered(doctors=1).answer
    assert answered(doctors=2, recruits=1).answer


def test_a_fund_pays_only_for_its_own_and_says_what_it_lacks(db):
    codes(*(op(ReviewSite(found=Found(refurbish=cost)), name)
            for name, cost in {"stM": 900, "pM": 500, "stN": 700, "pN": 800}.items()))  # fmt: skip
    funds = (
        FundMoney(fund="provincial", money=600),  # pays for stations alone
        FundMoney(fund="loan", money=450, sites=(place("pM"),)),
    )

    found = answered(funds=funds)

    keys = {rule.key for clash in found.clashes for rule in clash.rules}
    assert keys == {"funds"}
    assert {(one.what, one.of, one.value) for one in found.eases if one.enough} == {
        ("fund", "provincial", 1600)  # it may pay for both stations, without the loan
    }
    enough = (
        FundMoney(fund="provincial", money=700),
        FundMoney(fund="loan", money=500, sites=(place("pM"),)),
    )
    kinds = {one.unit: one.kind for one in answered(funds=enough).sites}
    assert (kinds[place("pM")], kinds[place("stN")]) == ("main", "main")


def test_pins_of_the_first_version_are_read_with_a_ground():
    said = {
        "wishes": {"pins": [{"unit": "u", "kind": "repurposed"}, {"unit": "v", "kind": "main"}]}
    }

    pins = with_grounds(said)["wishes"]["pins"]

    assert [one["must"] for one in pins] == ["close", "main"]
    assert all(one["reason"] for one in pins)
