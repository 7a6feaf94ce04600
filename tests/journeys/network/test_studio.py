"""From 129 sites to an applied decision and back: the engine draws a plan, two persons decide it, two undo it."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import PHONE


def standing(visitor, kind, on=""):
    """The units of a kind on the map of a day (of today where none is named), by their addresses."""
    page = visitor.open(f"/units/?type={kind}&on={on}")
    many = int(re.match(r"\d+", page.locator("main table caption").inner_text())[0])
    links = page.eval_on_selector_all("main tbody th a", "all => all.map(e => e.pathname)")
    return many, set(links)


def test_129_sites_become_a_plan_of_the_engine_that_two_decide_and_two_undo(visit):
    planner = visit("kehoach")
    before, stations = standing(planner, "station")
    points, _ = standing(planner, "satellite_point")
    assert (before, points, before + points) == (45, 84, 129)
    page = planner.open("/network/sites/")
    planner.check_accessible()
    page.focus("[name=w-staff]")
    with page.expect_response(lambda answer: "w-staff=20" in answer.url):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("#ranking table")

    page = planner.open("/network/plans/")
    page.set_default_timeout(240_000)  # the first plan of an installation compiles its loops
    page.fill("[name=title]", "Sắp xếp trạm y tế sau hợp nhất, quý I năm 2027")
    page.fill("[name=basis]", "Tờ trình số 12/TTr-SYT ngày 20/10/2026")
    day = page.locator("[name=on]").input_value()
    page.check("[name=origin][value=engine]")
    with page.expect_navigation():
        page.locator("form[action$='/plans/new/'] button").last.press("Enter")
    plan = page.url.removeprefix(planner.province.url)
    assert page.locator("#rules ~ .notice-good").count() == 1, "no commune without a main station"
    assert page.locator(".sankey svg").count() == 1
    planner.check_accessible()
    pinned_and_eased(planner, plan)
    with page.expect_navigation():
        page.locator("form[action$='/forward/'] button").press("Enter")
    proposal = page.url.removeprefix(planner.province.url)

    director = visit("giamdoc", PHONE)
    page = director.open(proposal)
    with page.expect_navigation():
        page.click("form[action$='/confirm/'] button")
    decision = page.url.removeprefix(planner.province.url)
    assert "proposals" not in decision
    watched = decision.replace("/reorganise/", "/network/watch/")
    director.open(watched)
    expect(page.locator("main table").first).to_be_visible()
    director.check_fits()
    many, applied = standing(planner, "station", day)
    assert many == 45, "a station in each commune, on the map of the day"
    assert applied - stations, "points became stations, the pinned one among them"
    assert standing(planner, "station")[1] == stations, "and today nothing has changed yet"

    page = director.open(plan)
    assert page.locator(f"a[href='{decision}']").count() == 1
    director.check_accessible()
    director.check_fits()

    page = planner.open(f"{decision}undo/")
    page.fill("[name=reason]", "Chưa đủ kinh phí nâng cấp trạm")
    with page.expect_navigation():
        page.locator("[name=reason]").press(
            "Tab"
        )  # the reason has lines: Enter would begin another
        page.keyboard.press("Enter")
    page = director.open(f"{decision}undo/")
    with page.expect_navigation():
        page.click("button[value=confirm]")
    page = planner.open("/network/plans/")
    assert page.locator("tbody tr .badge-bad").count() == 1, "the plan stands as undone"
    assert standing(planner, "station", day) == (45, stations), "every station is back"
    assert standing(planner, "satellite_point", day)[0] == 84


def pinned_and_eased(planner, plan):
    """A point is pinned as a main station, a budget that is too small is refused in words, and one
    press of what would do gives a plan that keeps the pin."""
    page = planner.open(f"{plan}wishes/")
    planner.check_accessible()
    point = page.locator("#site option", has_text="Điểm trạm").first
    name = point.inner_text().strip()
    page.select_option("#site", point.get_attribute("value"))
    page.select_option("#must", "main")
    page.fill("#reason", "Gần đồn biên phòng")
    with page.expect_navigation():
        page.press("#reason", "Enter")
    expect(page.locator("section[aria-labelledby=pins] tbody")).to_contain_text(name)

    page.fill("#budget", "100")
    with page.expect_navigation():
        page.press("#budget", "Enter")
    expect(page.locator(".clash li.must").first).to_contain_text("100 triệu")
    planner.check_accessible()
    with page.expect_navigation():
        page.locator(".eases button[value^='budget:']").press("Enter")
    assert page.url == planner.province.url + plan
    expect(page.locator(".pins li")).to_contain_text(name)
    assert page.locator("#rules ~ .notice-good").count() == 1, "the pin is kept, no rule is broken"
    planner.check_accessible()
