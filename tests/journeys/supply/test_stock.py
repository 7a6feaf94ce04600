"""A lot comes in, goes to a centre, and stands there: by keyboard, in three forms."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import PHONE


def test_a_lot_is_received_sent_on_and_stands_in_the_other_place(visit):
    store = visit("cdc")
    page = store.open("/stock/receive/")
    page.select_option("#item", "mr-10")
    page.fill("#number", "MR-TEST")
    page.fill("#expires", "30/06/2027")
    page.fill("#vials", "50")
    with page.expect_navigation():
        page.press("#vials", "Enter")
    expect(page.locator(".notice-good")).to_contain_text("MR-TEST")

    page = store.open("/stock/send/")
    page.select_option("#to", label="Trung tâm Y tế khu vực Nậm Pồ")
    row = page.locator("tr", has=page.get_by_role("rowheader", name="MR-TEST"))
    row.locator("input").fill("20")
    with page.expect_navigation():
        row.locator("input").press("Enter")

    centre = visit("trungtam", PHONE)
    page = centre.open("/stock/transfers/?state=sent")
    with page.expect_navigation():
        page.locator("tbody th a").first.click()
    centre.check_fits()
    with page.expect_navigation():
        page.locator("form.stack button").click()
    with page.expect_navigation():
        page.get_by_role("link", name="MR-TEST").click()
    expect(page.locator("main")).to_contain_text("20")
    centre.check_accessible()


@pytest.mark.nightly
def test_a_fridge_is_read_twice_a_day_and_an_excursion_is_decided(visit):
    nurse = visit("tramtruong")
    page = nurse.open("/cold/")
    field = page.locator("input[name^='c-']").first
    field.fill("5,2")
    with page.expect_navigation():
        field.press("Enter")
    expect(page.locator("main")).to_contain_text("5,2")

    centre = visit("cdc")
    page = centre.open("/cold/excursions/")
    with page.expect_navigation():
        page.locator("tbody th a").first.click()
    for choice in page.locator("select[name^='d-']").all():
        choice.select_option("discard")
    page.fill("#reason", "Không bảo đảm sau 11 °C trong nhiều giờ")
    with page.expect_navigation():
        page.locator("form.stack button").click()
    expect(page.locator("select[name^='d-']")).to_have_count(0)
