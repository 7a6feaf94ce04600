"""A session by keyboard; a mobile session from pack list to closing; a lot that stops meanwhile."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE

LATER = pytest.mark.nightly
SCREENS = (
    "/immunization/sessions/", "/immunization/sessions/new/", "/immunization/planner/",
    "/immunization/aefi/", "/immunization/lots/", "/immunization/campaigns/",
)  # fmt: skip
_FORM = "main form[method=post]"


def somebody(visitor: Any, nth: int = 0) -> str:
    """The name of somebody who is expected at the demo's session of today."""
    visitor.open("/immunization/sessions/")
    visitor.click("main table tbody tr:has-text('07:30') th a")
    listed = visitor.page.locator(".expected-list form > span").nth(nth)
    return str(listed.evaluate("e => e.firstChild.textContent").strip())


def opened(visitor: Any, **fields: str) -> str:
    """Plan a session of today's for whoever comes, and open it by Enter; returns its address."""
    page: Page = visitor.open("/immunization/sessions/new/")
    page.uncheck("[name=call]")
    for name, value in fields.items():
        field = page.locator(f"{_FORM} [name={name}]").first
        if name in ("kind", "programme"):
            field.select_option(value)
        else:
            field.fill(value)
    visitor.click(f"{_FORM} button[type=submit]")
    address = page.url.removeprefix(visitor.province.url)
    page.locator(f"{_FORM}[action$='/open/'] button").focus()
    pressed(page)
    return address


def pressed(page: Page) -> None:
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


def arrives(page: Page, name: str) -> None:
    """Type a name where the cursor stands, take the first suggestion, and send it."""
    expect(page.locator("#arrives")).to_be_focused()
    page.keyboard.type(name)
    expect(page.locator("#arrives_list [role=option]").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    pressed(page)


def examined(page: Page) -> None:
    """Every question is answered with no by leaving it unticked; the temperature is typed."""
    field = page.locator("#waiting [name=temperature]").first
    expect(field).to_be_focused()
    page.locator("#waiting [name=vaccine][value=MR]").first.check()
    field.focus()
    page.keyboard.type("36,8")
    pressed(page)


def test_a_child_is_vaccinated_by_keyboard(visit):
    visitor = visit("tramtruong")
    name = somebody(visitor)
    page = visitor.page
    opened(visitor, vials="MR; ; 1; 10")

    # The cursor stands where the next thing is typed or confirmed.
    arrives(page, name)
    examined(page)
    expect(page.locator("#passed button[data-next]")).to_be_focused()
    pressed(page)
    clock = page.locator("#observed [data-until]")
    expect(clock.locator("[data-left]")).to_have_text(re.compile(r"^(30|2[5-9]):\d\d$"))

    # The clock is the server's: it survives a reload, and before its end a reason is asked for.
    until = clock.get_attribute("data-until")
    page.reload()
    expect(clock).to_have_attribute("data-until", until)
    page.locator("#observed [name=early]").focus()
    page.keyboard.type("nhà xa, đi nhờ xe")
    pressed(page)
    visitor.click("main a[href$='/closing/']")
    visitor.check_accessible()
    page.locator(f"{_FORM} button[type=submit]").focus()
    pressed(page)
    expect(page.locator("main table tbody tr").first).to_contain_text("MR")


@LATER
@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_is_accessible_and_fits_a_phone(visit, path):
    visitor = visit("tramtruong", PHONE)

    visitor.open(path)

    visitor.check_accessible()
    visitor.check_fits()


@LATER
def test_a_mobile_session_from_pack_list_to_closing(visit):
    visitor = visit("ysi")
    name = somebody(visitor, 1)
    page = visitor.open("/immunization/sessions/new/")
    page.locator(f"{_FORM} [name=kind]").select_option("mobile")
    page.fill("[name=place_name]", "Nhà văn hóa bản")
    page.uncheck("[name=call]")
    page.fill("[name=vials]", "MR; ; 2; 10")
    visitor.click(f"{_FORM} button[type=submit]")
    address = page.url.removeprefix(visitor.province.url)

    visitor.open(f"{address}pack/")
    expect(page.locator("main table tbody tr").first).to_contain_text("MR")
    visitor.check_accessible()
    visitor.open(address)
    page.locator(f"{_FORM}[action$='/open/'] button").focus()
    pressed(page)
    arrives(page, name)
    examined(page)
    pressed(page)
    page.fill("#observed [name=early]", "đường xa, trời mưa")
    visitor.click("#observed button[type=submit]")
    visitor.open(f"{address}closing/")
    visitor.click(f"{_FORM} button[type=submit]")

    expect(page.locator("main .badge").first).to_be_visible()
    expect(page.locator("main table tbody tr").first).to_contain_text("MR")


@LATER
def test_a_lot_is_suspended_during_a_session(visit):
    visitor = visit("tramtruong")
    name = somebody(visitor, 2)
    page = visitor.page
    address = opened(visitor, vials="Tdap; TD-STOP-1; 1; 1")
    arrives(page, name)
    page.locator("#waiting [name=vaccine][value=Tdap]").first.check()
    page.locator("#waiting [name=temperature]").first.fill("36,8")
    visitor.click("#waiting button[type=submit]")
    expect(page.locator("[name=lot-Tdap]")).to_have_value("TD-STOP-1")

    elsewhere = visit("cdc")
    elsewhere.open("/immunization/lots/")
    elsewhere.page.locator("#s-vaccine").select_option("Tdap")
    elsewhere.page.fill("#s-lot", "td-stop-1")
    elsewhere.page.fill("#s-why", "đợi kết quả kiểm định")
    elsewhere.click(f"{_FORM}[action$='/suspend/'] button")
    expect(elsewhere.page.locator(".person-at", has_text="TD-STOP-1")).to_be_visible()

    # The desk that was open meanwhile still shows the lot, and is refused; then it warns of it.
    visitor.click("#passed button[data-next]")
    expect(page.get_by_role("alert").first).to_contain_text("đợi kết quả kiểm định")
    visitor.open(address)
    expect(page.locator(".notice-bad").first).to_contain_text("TD-STOP-1")
    expect(page.locator("[name=lot-Tdap]")).to_have_value("")
