"""The map of the network: means and season, the day by keyboard, a figure opened to its villages."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE, STILL


@pytest.mark.nightly  # half a minute and more in a browser: the checks have thirty
def test_the_map_is_asked_by_keyboard_and_a_figure_opens_to_its_villages(visit):
    planner = visit("kehoach")
    planner.page.set_default_timeout(240_000)  # the first map of an installation compiles its loops
    page = planner.open("/network/map/")
    planner.check_accessible()
    fills = page.eval_on_selector_all(
        ".map-picture .reach-band", "all => all.map(e => getComputedStyle(e).fill)"
    )
    assert len(fills) == len(set(fills)) == 5, "each band has a colour of its own, the last a hatch"

    for key, value in (("mode", "foot"), ("season", "wet")):
        with page.expect_response(lambda answer, said=f"{key}={value}": said in answer.url):
            page.select_option(f"#{key}", value)
        page.wait_for_function(STILL)
    today = page.locator("#reach nav b").inner_text()
    page.focus("#at")
    with page.expect_response(lambda answer: "at=" in answer.url):
        page.keyboard.press("ArrowLeft")
    page.wait_for_function(STILL)
    expect(page.locator("#reach nav b")).not_to_have_text(today)
    planner.check_accessible()

    with page.expect_navigation():
        page.locator(".reach-figures a[href*='within=30']").press("Enter")
    assert "mode=foot&season=wet" in page.url
    expect(page.locator("main table tbody tr").first).to_be_visible()
    planner.check_accessible()
    villages = page.url.removeprefix(planner.province.url)

    phone = visit("kehoach", PHONE)
    phone.page.set_default_timeout(60_000)
    for address in ("/network/map/", villages):
        phone.open(address)
        phone.check_fits()
