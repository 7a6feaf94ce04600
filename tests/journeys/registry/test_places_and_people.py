"""The map, the units and the people in a real browser: by keyboard, on a phone, without script."""

import pytest

from tests.journeys.conftest import PHONE

SCREENS = {
    "kehoach": ("/map/", "/map/?on=2025-06-30&show=cases&weeks=26&layer=station&layer=point",
                "/units/", "/units/?q=na+hy&state=all"),
    "tramtruong": ("/people/", "/people/?q=a", "/people/new/", "/households/?q=a",
                   "/households/new/", "/palette/?q=na", "/operations/", "/operations/refused/"),
    "quantri": ("/account/", "/accounts/", "/accounts/open/", "/proof/", "/doctor/"),
}  # fmt: skip


@pytest.mark.nightly  # the walks of test_every_screen judge the same screens of one post
@pytest.mark.parametrize("login", SCREENS)
@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_every_screen_is_accessible_and_fits(visit, login, size):
    someone = visit(login, size)
    for path in SCREENS[login]:
        someone.open(path)
        someone.check_accessible()
        someone.check_fits()


def test_the_map_turns_by_the_arrow_keys_and_opens_a_commune(visit):
    planner = visit("kehoach")
    page = planner.open("/map/?show=units")
    page.focus("#time")

    page.keyboard.press("Home")
    page.wait_for_url("**on=2025-06-30**")

    assert page.locator("#communes tbody tr").count() == 129
    assert page.evaluate("document.activeElement.id") == "time", "the slider keeps the focus"

    page.focus(".map-picture a[tabindex='0']")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/**")
    assert page.locator(".notice-warn").count() == 1, "a former commune says what it became"
    planner.check_accessible()


def test_the_palette_opens_a_place_by_keyboard_alone(visit):
    planner = visit("kehoach")
    page = planner.open("/units/")

    page.keyboard.press("Control+k")
    page.keyboard.type("tram na hy")
    page.wait_for_selector("#palette-list [aria-selected=true] >> text=Trạm Y tế xã Nà Hỳ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/units/*-*/")

    assert "Nà Hỳ" in page.inner_text("h1")
    planner.check_accessible()


def test_a_person_is_found_as_one_types_and_the_reading_is_noted(visit):
    nurse = visit("tramtruong")
    page = nurse.open("/people/")

    page.keyboard.type("a")
    page.wait_for_selector("#found table")
    page.keyboard.press("Tab")
    page.locator("#found tbody a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/*-*/")

    nurse.check_accessible()
    masked = page.inner_text(".facts-stacked")
    page.click(".reveal button")
    page.wait_for_selector(".notice-warn")
    assert "•" in masked
    assert "•" not in page.locator(".facts-stacked dd span.nowrap").first.inner_text()
    nurse.check_accessible()


def test_a_household_is_registered_by_keyboard(visit):
    nurse = visit("tramtruong")
    page = nurse.open("/households/new/")
    page.focus("#id_place")
    page.keyboard.type("pom hoc")
    page.wait_for_selector("#id_place_list [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("#id_place_id")

    page.focus("#id_member-0-name")
    page.keyboard.type("Vàng Thị Thử Nghiệm")
    page.check("#id_member-0-sex_1")
    page.fill("#id_member-0-born_on", "01/02/1980")
    page.focus("#id_member-0-born_on")
    page.keyboard.press("Enter")
    page.wait_for_url("**/households/*-*/")

    assert "Vàng Thị Thử Nghiệm" in page.inner_text("h1")
    nurse.check_accessible()


def _pressing(page):
    """Press what leads to another page and wait for the whole of it: a count reads what has come."""

    def press(selector):
        with page.expect_navigation(wait_until="load"):
            page.click(selector)

    return press


def test_the_screens_work_without_script(browser, province):
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(province.url + "/sign-in/")
    page.fill("[name=login]", "tramtruong")
    page.fill("[name=password]", province.password)
    press = _pressing(page)
    press("main button[type=submit]")

    page.goto(province.url + "/map/?show=units")
    press(".slider-stops a >> nth=0")
    assert page.locator("#communes tbody tr").count() == 129
    page.goto(province.url + "/people/")
    page.fill("#id_q", "a")
    press("main .search-line button")
    assert page.locator("#found tbody tr").count() > 0
    page.goto(province.url + "/palette/?q=na+hy")
    press(".finds a >> nth=0")
    assert page.locator("h1").count() == 1
    page.goto(province.url + "/households/new/")
    page.fill("#id_member-0-name", "Lò Thị Còn Đây")
    press("button[name=more]")
    assert page.input_value("#id_member-0-name") == "Lò Thị Còn Đây"
    assert page.locator("fieldset.member").count() == 6
    context.close()
