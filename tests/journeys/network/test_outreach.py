"""A station head plans a month of mobile sessions: from villages and teams to sessions in the register and paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE


def pressed(page, selector):
    page.locator(selector).first.focus()
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


@pytest.mark.nightly  # half a minute and more in a browser: the checks have thirty
def test_a_month_is_planned_moved_put_in_force_and_printed(visit):
    head = visit("tramtruong")
    page = head.open("/network/outreach/")
    head.check_accessible()
    pressed(page, "main table tbody th a")
    page.fill("[name=visits]", "1")
    page.fill("[name=contact]", "Chị Vừ Thị May")
    page.fill("[name=phone]", "0912 000 111")
    page.check("[name=weekday][value='1']")
    head.check_accessible()
    pressed(page, "main form[method=post] button[type=submit]")

    page = head.open("/network/outreach/teams/")
    page.fill("[name=name]", "Đội xe máy 2")
    head.check_accessible()
    pressed(page, "main form[method=post] button[type=submit]")
    expect(page.locator("main table").first).to_contain_text("Đội xe máy 2")

    page = head.open("/network/outreach/months/")
    page.set_default_timeout(
        240_000
    )  # the first search of an installation compiles, beside the server
    page.select_option("[name=month]", "2026-12")
    head.check_accessible()
    pressed(page, "main form[method=post] button[type=submit]")
    expect(page.locator("h1")).to_be_visible()
    head.check_accessible()  # what is being computed, since when; it leads to the draft by itself
    page.wait_for_url(re.compile("/network/outreach/months/[0-9a-f-]{36}/$"))
    plan = page.url.removeprefix(head.province.url)
    assert "/network/outreach/months/" in plan
    assert len(plan) > 40
    page.set_default_timeout(15_000)
    head.check_accessible()

    page.fill("[name=to_day]", "13/12/2026")  # a Sunday: told at once
    pressed(page, "form:has([name=to_day]) button[type=submit]")
    expect(page.locator(".broken .must, .broken li.must").first).to_contain_text("13/12/2026")
    moved = page.locator("[name=visit] option", has_text="13/12").first.get_attribute("value")
    page.select_option("[name=visit]", moved)
    page.check("[name=drop]")
    pressed(page, "form:has([name=to_day]) button[type=submit]")
    expect(page.locator(".broken li.must")).to_have_count(0)

    pressed(page, "form[action$='/force/'] button")
    expect(page.locator("form[action$='/force/']")).to_have_count(0)
    sheet = page.locator("a[href*='/sheets/']").first.get_attribute("href")
    notice = page.locator("a[href*='/notices/']").first.get_attribute("href")
    listed = head.open("/immunization/sessions/?from=01/12/2026")
    expect(listed.locator("main table tbody tr").first).to_be_visible()
    assert re.search(r"/12/2026", listed.locator("main table").inner_text())

    for address in (plan, sheet, notice, "/network/outreach/points/"):
        head.open(address)
        head.check_accessible()
    head.page.emulate_media(media="print")
    expect(head.open(sheet).locator("main h2").first).to_be_visible()

    phone = visit("tramtruong", PHONE)
    for address in ("/network/outreach/", "/network/outreach/teams/", "/network/outreach/months/", plan, sheet,
                    notice, "/network/outreach/points/"):  # fmt: skip
        phone.open(address)
        phone.check_fits()
