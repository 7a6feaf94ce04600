"""From a review to a decision and back: the engine draws a plan, two persons decide it, two undo it."""

from tests.journeys.conftest import PHONE


def test_a_plan_of_the_engine_is_decided_by_two_and_undone(visit):
    planner = visit("kehoach")
    page = planner.open("/network/sites/")
    planner.check_accessible()
    page.focus("[name=w-staff]")
    with page.expect_response(lambda answer: "w-staff=20" in answer.url):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector("#ranking table")

    page = planner.open("/network/plans/")
    page.set_default_timeout(
        60_000
    )  # the first plan of an installation waits for its loops to compile
    page.fill("[name=title]", "Sắp xếp trạm y tế sau hợp nhất, quý I năm 2027")
    page.fill("[name=basis]", "Tờ trình số 12/TTr-SYT ngày 20/10/2026")
    page.check("[name=origin][value=engine]")
    with page.expect_navigation():
        page.locator("form[action$='/plans/new/'] button").last.press("Enter")
    plan = page.url.removeprefix(planner.province.url)
    assert page.locator("#rules ~ .notice-good").count() == 1, "no commune without a main station"
    assert page.locator(".sankey svg").count() == 1
    planner.check_accessible()
    with page.expect_navigation():
        page.locator("form[action$='/forward/'] button").press("Enter")
    proposal = page.url.removeprefix(planner.province.url)

    director = visit("giamdoc", PHONE)
    page = director.open(proposal)
    with page.expect_navigation():
        page.click("form[action$='/confirm/'] button")
    decision = page.url.removeprefix(planner.province.url)
    assert "proposals" not in decision
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
