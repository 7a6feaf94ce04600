"""A hypertension patient's month by keyboard; somebody new who is not insured; a referral and its return."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE

LATER = pytest.mark.nightly
SCREENS = ("/care/", "/care/referrals/", "/care/new/")
CARD = "011099007777|012345678|Sùng A Chứ|05061999|Nam|Bản lạ, xã xa, tỉnh khác|01072021"


def pressed(page: Page) -> None:
    with page.expect_navigation(wait_until="load"):
        page.keyboard.press("Enter")


def expected(visitor: Any, nth: int) -> str:
    """The address of the visit of somebody who is expected at the demo's station today."""
    visitor.open("/care/")
    return str(visitor.page.locator("#expected li a").nth(nth).get_attribute("href"))


def test_a_month_of_somebody_with_hypertension_is_two_numbers_and_enter(visit):
    visitor = visit("tramtruong")
    address = expected(visitor, 0)
    page = visitor.open(address)
    visitor.check_accessible()

    # The cursor stands where the pressure is typed; Enter saves with the drugs that are proposed.
    expect(page.locator("#id_pressure")).to_be_focused()
    page.keyboard.type("13585")
    pressed(page)

    expect(page.locator("#scan")).to_be_focused()  # the next patient
    expect(page.locator("main")).to_contain_text("135/85")
    expect(page.locator("main")).to_contain_text("28 viên")
    visitor.check_accessible()
    visitor.open(address.replace("visit/", ""))
    expect(page.locator("main")).to_contain_text("hẹn khám lại")
    expect(page.locator("main figure table tbody tr").first).to_contain_text("135")

    # Its claim is there, with the drug that was handed out and the paper of the next appointment.
    saved = page.locator("main a[href^='/care/visit/']").first.get_attribute("href")
    visitor.open("/claims/" + saved.strip("/").split("/")[-1] + "/")
    expect(page.locator("main")).to_contain_text("XML2")
    expect(page.locator("main")).to_contain_text("XML14")


def test_somebody_new_without_insurance_is_registered_from_the_card_and_seen(visit):
    visitor = visit("ysi")
    page = visitor.open("/care/")
    page.locator("#scan").focus()
    page.keyboard.insert_text(CARD)
    pressed(page)
    visitor.click("main form[action='/care/new/'] button[type=submit]")
    expect(page.locator("[name=name]")).to_have_value("Sùng A Chứ")
    page.fill("[name=place]", "Nà Hỳ")
    expect(page.locator("#id_place_list [role=option]").first).to_be_visible()
    page.locator("[name=place]").press("ArrowDown")
    page.locator("[name=place]").press("Enter")
    visitor.click("main form:has([name=name]) button.button-primary")

    expect(page.locator(".payer-line").first).to_contain_text("Không có BHYT")
    page.keyboard.type("12070")
    page.locator("summary", has_text="Chẩn đoán").click()
    page.locator("[name=dx_text]").first.fill("cảm thường")
    page.locator("#id_pressure").focus()
    pressed(page)

    expect(page.locator("main")).to_contain_text("J00")
    expect(page.locator("main")).to_contain_text("Người bệnh")


def test_a_referral_waits_for_its_note_until_it_is_entered(visit):
    visitor = visit("tramtruong")
    page = visitor.open(expected(visitor, 0))
    page.fill("#id_pressure", "190/115")
    page.locator("summary", has_text="Chuyển tuyến").click()
    page.fill("[name=refer_name]", "Trung tâm Y tế Nậm Pồ")
    page.fill("[name=refer_reason]", "huyết áp rất cao, đau đầu")
    page.locator("#id_pressure").focus()
    pressed(page)
    expect(page.locator("#critical")).to_contain_text("180/110")
    visitor.check_accessible()
    visitor.click("button[name=do][value=drugs]")

    expect(page.locator("#critical")).to_be_visible()  # it stays on the saved visit
    page.locator("#referral summary").click()
    page.fill("#referral [name=on]", "25/10/2026")
    page.fill("#referral [name=from_name]", "Trung tâm Y tế Nậm Pồ")
    page.fill("#referral [name=text]", "Đã hạ áp, về trạm theo dõi")
    visitor.click("#referral form button")

    expect(page.locator("#referral")).to_contain_text(re.compile("Đã hạ áp, về trạm theo dõi"))
    visitor.open("/care/referrals/?which=returned")
    expect(page.locator("main table")).to_contain_text("Nậm Pồ")


@LATER
@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_is_accessible_and_fits_a_phone(visit, path):
    visitor = visit("tramtruong", PHONE)

    visitor.open(path)

    visitor.check_accessible()
    visitor.check_fits()
